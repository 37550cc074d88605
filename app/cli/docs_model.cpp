#include "app/cli/docs_model.hpp"

#include <algorithm>
#include <string_view>

#include <CLI/CLI.hpp>

namespace volpress::cli {
namespace {

std::vector<std::string> splitWords(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.find(',');
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

/// CLI11 appends what is checked to the value's name: "DEVICE:{software,vulkan}", "N:INT in [0 -
/// 9]".
void takeTypeName(const std::string& text, OptionDoc& doc) {
  const std::size_t colon = text.find(':');
  const bool checked = colon != std::string::npos && text.find_first_of("{[", colon) == colon + 1;
  const std::size_t range = text.find(" in [");
  if (checked && text.back() == '}') {
    doc.choices = splitWords(std::string_view(text).substr(colon + 2, text.size() - colon - 3));
  } else if (range != std::string::npos && text.back() == ']') {
    doc.limits = text.substr(range + 5, text.size() - range - 6);
    if (const std::size_t dash = doc.limits.find(" - "); dash != std::string::npos) {
      doc.limits.replace(dash, 3, " to ");
    }
  }
  const std::size_t end = checked || range != std::string::npos ? text.find(':') : text.size();
  doc.value = text.substr(0, end);
}

OptionDoc describeOption(const CLI::Option& option) {
  OptionDoc doc;
  doc.help = option.get_description();
  doc.required = option.get_required();
  const bool takesValue = option.get_items_expected_max() > 0;
  if (takesValue) {
    takeTypeName(option.get_type_name(), doc);
  }
  doc.repeats = option.get_items_expected_max() > 1 ||
                option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  if (option.get_positional()) {
    doc.value = option.get_name(true);
    return doc;
  }
  for (const std::string& name : option.get_snames()) {
    doc.flags.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    doc.flags.push_back("--" + name);
  }
  return doc;
}

CommandDoc describeApp(const CLI::App& app, const std::string& name) {
  CommandDoc doc;
  doc.name = name;
  doc.summary = app.get_description();
  doc.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) {
      doc.options.push_back(describeOption(*option));
    }
  }
  std::stable_partition(doc.options.begin(), doc.options.end(),
                        [](const OptionDoc& option) { return option.isPositional(); });
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!child->get_group().empty()) {
      doc.commands.push_back(
          describeApp(*child, name.empty() ? child->get_name() : name + " " + child->get_name()));
    }
  }
  return doc;
}

}  // namespace

CommandDoc describeProgram(const CLI::App& root) { return describeApp(root, {}); }

std::vector<OptionDoc> commonOptions(const CommandDoc& program) {
  std::vector<OptionDoc> common;
  if (program.commands.empty()) {
    return common;
  }
  for (const OptionDoc& option : program.commands.front().options) {
    const bool everywhere =
        std::all_of(program.commands.begin(), program.commands.end(), [&](const CommandDoc& other) {
          return std::find(other.options.begin(), other.options.end(), option) !=
                 other.options.end();
        });
    if (everywhere && !option.isPositional()) {
      common.push_back(option);
    }
  }
  return common;
}

}  // namespace volpress::cli
