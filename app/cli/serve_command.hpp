// volpress serve.
#pragma once

#include "app/cli/command.hpp"

namespace volpress::cli {

Command addServeCommand(CLI::App& root);

}  // namespace volpress::cli
