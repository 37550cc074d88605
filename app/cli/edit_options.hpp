// Options for light edits, the same on every command that takes them.
#pragma once

#include <memory>
#include <vector>

#include "scene/edit/operations.hpp"

namespace CLI {
class App;
}

namespace volpress::cli {

/// Adds an option for each kind of edit. What is given is appended to `edits` in the order of the
/// command line; an option may be given again.
void addEditOptions(CLI::App& app, std::vector<edit::EditOperation>& edits);
/// Those that may be done to each frame of a sequence by itself: see keepsSplats.
void addFrameEditOptions(CLI::App& app, std::vector<edit::EditOperation>& edits);

/// Adds --level.
void addLevelOption(CLI::App& app, unsigned& level);

}  // namespace volpress::cli
