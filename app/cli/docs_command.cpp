// volpress documentation: writes the man pages and the shell completion; the build runs it.
#include <filesystem>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/docs_model.hpp"
#include "scene/base/files.hpp"

namespace volpress::cli {
namespace {

Result<void> writeDocumentation(const CLI::App& root, const std::filesystem::path& folder,
                                Console& console) {
  const CommandDoc program = describeProgram(root);
  const std::string version = VOLPRESS_VERSION;
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return fail(ErrorCode::IoFailure, "{}: the folder cannot be made: {}", folder.string(),
                problem.message());
  }
  for (const auto& [name, text] :
       {std::pair<const char*, std::string>{"volpress.1", manPage(program, version)},
        {"volpress-codecs.7", codecsManPage(version)},
        {"volpress.bash", bashCompletion(program)},
        {"_volpress", zshCompletion(program)},
        {"volpress.fish", fishCompletion(program)}}) {
    const std::filesystem::path path = folder / name;
    VOLPRESS_CHECK(writeFileAtomically(path, std::as_bytes(std::span(text))));
    if (!console.quiet()) {
      console.print(path.string() + "\n");
    }
  }
  return {};
}

}  // namespace

Command addDocumentationCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("documentation",
                                      "Write the man pages and the shell completion to a folder");
  app->group("");  // for packagers: not in the help that people read
  auto common = std::make_shared<CommonOptions>();
  auto folder = std::make_shared<std::string>();
  app->add_option("FOLDER", *folder, "The folder to write to")->required();
  addCommonOptions(*app, *common);
  app->footer("Example:\n  volpress documentation build/docs");
  return {app, common,
          [folder, &root](Console& console) { return writeDocumentation(root, *folder, console); }};
}

}  // namespace volpress::cli
