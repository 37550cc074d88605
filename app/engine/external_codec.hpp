// The codec that stands for a plug-in: hands scenes over to its program, and takes what comes back
// for what it is, untrusted bytes. File layout:
//   chunk "model"    the text that says which model wrote the payload
//   chunk "payload"  what the program wrote
// in a container whose codec is the plug-in's name.
#pragma once

#include "app/engine/plugin.hpp"

namespace volpress::engine {

/// Adds the plug-in's codec to the list of its kind; it lives as long as the program.
void addExternalCodec(Plugin plugin);

}  // namespace volpress::engine
