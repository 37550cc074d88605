#include "app/cli/edit_options.hpp"

#include <algorithm>
#include <cctype>

#include <CLI/CLI.hpp>

namespace volpress::cli {
namespace {

/// "MIN_X,MIN_Y,...": the values in their order.
std::string valueNames(const edit::EditKind& kind) {
  std::string names;
  for (const ParamSpec& spec : kind.params) {
    names += (names.empty() ? "" : ",") + spec.id;
  }
  std::transform(names.begin(), names.end(), names.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return names;
}

void addEditOption(CLI::App& app, const edit::EditKind& kind,
                   std::vector<edit::EditOperation>& edits) {
  const std::string option = "--" + kind.id;
  app.add_option_function<std::string>(
         option,
         [&edits, option, id = kind.id](const std::string& text) {
           auto operation = edit::parseEdit(id, text);
           if (!operation) {
             throw CLI::ValidationError(option, operation.error().message);
           }
           edits.push_back(std::move(*operation));
         },
         kind.help)
      ->type_name(valueNames(kind))
      ->group("Edits of the scene, done in the order given")
      ->trigger_on_parse();
}

}  // namespace

void addEditOptions(CLI::App& app, std::vector<edit::EditOperation>& edits) {
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    addEditOption(app, kind, edits);
  }
}

void addFrameEditOptions(CLI::App& app, std::vector<edit::EditOperation>& edits) {
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    if (edit::keepsSplats(kind.id)) {
      addEditOption(app, kind, edits);
    }
  }
}

void addLevelOption(CLI::App& app, unsigned& level) {
  app.add_option("--level", level,
                 "Level of detail to read, of scenes that have several (0: the finest)")
      ->type_name("N")
      ->check(CLI::Range(0, 63));
}

}  // namespace volpress::cli
