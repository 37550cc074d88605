// The `volpress` program: finds the command that is asked for and runs it.
#include <exception>
#include <new>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/serve_command.hpp"
#include "app/engine/mesh_import.hpp"
#include "app/engine/plugin.hpp"

namespace {

using namespace volpress;

/// Every command, in the order in which `--help` lists them.
std::vector<cli::Command> addCommands(CLI::App& root) {
  return {
      cli::addInfoCommand(root),          cli::addConvertCommand(root),
      cli::addEncodeCommand(root),        cli::addDecodeCommand(root),
      cli::addEvaluateCommand(root),      cli::addAttributeCommand(root),
      cli::addCompareCommand(root),       cli::addSweepCommand(root),
      cli::addRenderCommand(root),        cli::addRenderPathCommand(root),
      cli::addCodecsCommand(root),        cli::addSampleCommand(root),
      cli::addSequenceCommand(root),      cli::addStreamCommand(root),
      cli::addServeCommand(root),         cli::addSubmitCommand(root),
      cli::addTrainCommand(root),         cli::addDoctorCommand(root),
      cli::addThumbnailCommand(root),     cli::addWorkerCommand(root),
      cli::addDocumentationCommand(root),
  };
}

Result<void> runCommand(const cli::Command& command, cli::Console& console) {
  try {
    for (const std::string& problem : engine::addInstalledPlugins()) {
      console.note("plug-in left out: " + problem);
    }
    VOLPRESS_CHECK(engine::addPluginFiles(command.common->plugins));
    engine::readMeshesApart(cli::ownProgram());
    VOLPRESS_CHECK(command.run(console));
    return console.checkPrinted();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory,
                "there is not enough memory; close other programs or use a smaller scene");
  } catch (const std::exception& problem) {
    return fail(ErrorCode::Internal, "unexpected failure: {}", problem.what());
  }
}

/// A usage error, with where to read on.
int refuse(const CLI::App& root, const CLI::ParseError& problem, cli::Console& console) {
  std::string name = "volpress";
  for (const CLI::App* used : root.get_subcommands()) {
    name += " " + used->get_name();
  }
  console.printError({ErrorCode::InvalidParameter,
                      fmt::format("{}; try \"{} --help\"", problem.what(), name), std::nullopt});
  return cli::kUsage;
}

int run(int count, char** arguments) {
  CLI::App root(
      "Volpress compresses 3-D Gaussian splat scenes, and shows and measures what is lost.",
      "volpress");
  root.set_version_flag("--version", "volpress " VOLPRESS_VERSION);
  root.require_subcommand(1);
  root.get_formatter()->column_width(30);
  root.footer(
      "Start here:\n"
      "  volpress sample still-life.ply                a scene to try things on\n"
      "  volpress compare still-life.ply -o report     all compressors, one page to look at\n"
      "  volpress encode still-life.ply -o small.vpc --codec lightgaussian\n"
      "\"volpress COMMAND --help\" explains each command with examples.\n"
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the doctor found something, 130 cancelled.");
  const std::vector<cli::Command> commands = addCommands(root);
  cli::Console console;
  try {
    root.parse(count, arguments);
  } catch (const CLI::Success& wanted) {
    return root.exit(wanted);
  } catch (const CLI::ParseError& problem) {
    // Which flags were understood before the mistake cannot be known: look for the word itself.
    for (int i = 1; i < count; ++i) {
      if (std::string_view(arguments[i]) == "--json") {
        console.configure(true, false);
      }
    }
    return refuse(root, problem, console);
  }
  for (const cli::Command& command : commands) {
    if (command.app->parsed()) {
      console.configure(command.common->json, command.common->quiet);
      const Result<void> done = runCommand(command, console);
      if (!done) {
        console.printError(done.error());
        return cli::exitCodeOf(done.error());
      }
    }
  }
  return console.exitCode();
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "volpress: unexpected failure: %s\n", problem.what());
    return cli::kFailed;
  }
}
