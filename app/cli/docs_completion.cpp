// Completion for bash, zsh and fish, from the same tables as `--help`.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/core.h>

#include "app/cli/codec_list.hpp"
#include "app/cli/docs_model.hpp"

namespace volpress::cli {
namespace {

/// What the shell can offer for a value.
enum class Offer : std::uint8_t { Nothing, Words, Codec, Preset, Setting, File };

bool hasFlag(const OptionDoc& option, std::string_view flag) {
  return std::find(option.flags.begin(), option.flags.end(), flag) != option.flags.end();
}

Offer offerFor(const OptionDoc& option) {
  constexpr std::array<std::string_view, 6> kFreeText{"N", "X", "WxH", "R,G,B", "0-4", "CAMERA"};
  if (!option.choices.empty()) {
    return Offer::Words;
  }
  if (hasFlag(option, "--codec") || hasFlag(option, "--codecs") || option.value == "ID") {
    return Offer::Codec;
  }
  if (hasFlag(option, "--preset")) {
    return Offer::Preset;
  }
  if (hasFlag(option, "--set")) {
    return Offer::Setting;
  }
  const bool free = std::find(kFreeText.begin(), kFreeText.end(), option.value) != kFreeText.end();
  return option.value.empty() || free || !option.limits.empty() ? Offer::Nothing : Offer::File;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::vector<std::string> codecIds() {
  std::vector<std::string> ids;
  for (const ListedCodec& codec : listedCodecs()) {
    ids.push_back(codec.info.id);
  }
  return ids;
}

std::string presetWords(const compressors::CodecInfo& info) {
  std::vector<std::string> ids;
  for (const ParamPreset& preset : info.presets) {
    ids.push_back(preset.id);
  }
  return joined(ids);
}

std::string settingWords(const compressors::CodecInfo& info) {
  std::vector<std::string> ids;
  for (const ParamSpec& spec : info.params) {
    ids.push_back(spec.id + "=");
  }
  return joined(ids);
}

/// Inside single quotes of bash and zsh.
std::string singleQuoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out;
}

std::string functionName(const std::string& command) {
  std::string name = "_volpress_" + command;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return name;
}

void forEachCommand(const CommandDoc& command, const std::function<void(const CommandDoc&)>& call) {
  for (const CommandDoc& child : command.commands) {
    call(child);
    forEachCommand(child, call);
  }
}

std::string childNames(const CommandDoc& command) {
  std::vector<std::string> names;
  for (const CommandDoc& child : command.commands) {
    names.push_back(child.name.substr(child.name.rfind(' ') + 1));
  }
  return joined(names);
}

/// "case" arms over the codecs for what belongs to one of them.
std::string codecCases(std::string (*words)(const compressors::CodecInfo&), const char* line) {
  std::string text;
  for (const ListedCodec& codec : listedCodecs()) {
    if (const std::string list = words(codec.info); !list.empty()) {
      text +=
          fmt::format("    {}) ", codec.info.id) + fmt::format(fmt::runtime(line), list) + " ;;\n";
    }
  }
  return text;
}

void addBashCommand(const CommandDoc& command, std::string& cases, std::string& values) {
  std::vector<std::string> flags;
  for (const OptionDoc& option : command.options) {
    flags.insert(flags.end(), option.flags.begin(), option.flags.end());
    if (option.isPositional() || option.value.empty()) {
      continue;
    }
    std::string offer;
    switch (offerFor(option)) {
      case Offer::Words: offer = "words=\"" + joined(option.choices) + "\""; break;
      case Offer::Codec: offer = "words=\"" + joined(codecIds()) + "\""; break;
      case Offer::Preset: offer = "words=$(_volpress_presets \"$codec\")"; break;
      case Offer::Setting: offer = "words=$(_volpress_settings \"$codec\")"; break;
      case Offer::File: offer = "files=1"; break;
      case Offer::Nothing: break;
    }
    for (const std::string& flag : option.flags) {
      values += fmt::format("    \"{} {}\") {}{}taken=1 ;;\n", command.name, flag, offer,
                            offer.empty() ? "" : "; ");
    }
  }
  const bool takesId = std::any_of(
      command.options.begin(), command.options.end(),
      [](const OptionDoc& option) { return option.isPositional() && option.value == "ID"; });
  cases += fmt::format("    \"{}\") flags=\"{}\"; commands=\"{}\" ;;\n", command.name,
                       joined(flags), takesId ? joined(codecIds()) : childNames(command));
}

}  // namespace

std::string bashCompletion(const CommandDoc& program) {
  std::string names;
  std::string cases;
  std::string values;
  addBashCommand(program, cases, values);
  forEachCommand(program, [&](const CommandDoc& command) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : " | ", command.name);
    addBashCommand(command, cases, values);
  });
  return "# Completion of volpress for bash. Written from its option tables.\n"
         "_volpress_presets() {\n  case \"$1\" in\n" +
         codecCases(presetWords, "echo \"{}\"") +
         "  esac\n}\n\n_volpress_settings() {\n  case \"$1\" in\n" +
         codecCases(settingWords, "echo \"{}\"") +
         "  esac\n}\n\n"
         "_volpress() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "  local command= codec= flags= commands= words= files= taken= word i\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    case \"${command:+$command }$word\" in\n      " +
         names +
         ") command=${command:+$command }$word ;;\n"
         "    esac\n"
         "    [ \"$word\" = --codec ] && codec=${COMP_WORDS[i + 1]}\n"
         "  done\n"
         "  case \"$command $before\" in\n" +
         values +
         "  esac\n"
         "  case \"$command\" in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=()\n"
         "  if [ -z \"$taken\" ]; then\n"
         "    case \"$current\" in\n"
         "      -*) words=$flags ;;\n"
         "      *) words=$commands; [ -n \"$commands\" ] || files=1 ;;\n"
         "    esac\n"
         "  fi\n"
         "  [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  if [ -n \"$files\" ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "    compopt -o filenames\n"
         "  fi\n"
         "  case \"${COMPREPLY[0]:-}\" in\n"
         "    *=) compopt -o nospace ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _volpress volpress\n";
}

namespace {

/// Inside the brackets of a zsh option description.
std::string zshText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return singleQuoted(out);
}

std::string zshAction(const OptionDoc& option) {
  switch (offerFor(option)) {
    case Offer::Words: return "(" + joined(option.choices) + ")";
    case Offer::Codec: return "(" + joined(codecIds()) + ")";
    case Offer::Preset: return "_volpress_presets";
    case Offer::Setting: return "_volpress_settings";
    case Offer::File: return "_files";
    case Offer::Nothing: return " ";
  }
  return {};
}

std::string zshOption(const OptionDoc& option) {
  if (option.isPositional()) {
    return fmt::format("'{}:{}:{}'", option.repeats ? "*" : "", zshText(option.value),
                       zshAction(option));
  }
  const std::string tail =
      option.value.empty() ? "" : ":" + zshText(option.value) + ":" + zshAction(option);
  const std::string described = fmt::format("[{}]{}", zshText(option.help), tail);
  if (option.flags.size() == 1) {
    return fmt::format("'{}{}{}'", option.repeats ? "*" : "", option.flags[0], described);
  }
  std::string flags;
  for (const std::string& flag : option.flags) {
    flags += (flags.empty() ? "" : ",") + flag;
  }
  return fmt::format("{}{{{}}}'{}'", option.repeats ? "'*'" : "'(" + joined(option.flags) + ")'",
                     flags, described);
}

std::string zshFunction(const CommandDoc& command) {
  std::string text = functionName(command.name) + "() {\n";
  std::string arguments;
  for (const OptionDoc& option : command.options) {
    arguments += " \\\n    " + zshOption(option);
  }
  if (command.commands.empty()) {
    return text + "  _arguments -s" + arguments + "\n}\n\n";
  }
  text += "  local state\n  local -a commands\n  commands=(\n";
  std::string cases;
  for (const CommandDoc& child : command.commands) {
    const std::string name = child.name.substr(child.name.rfind(' ') + 1);
    text += fmt::format("    '{}:{}'\n", name, zshText(child.summary));
    cases += fmt::format("        {}) {} ;;\n", name, functionName(child.name));
  }
  return text + "  )\n  _arguments -C" + arguments +
         " \\\n    '1:command:->command' '*::argument:->argument'\n"
         "  case $state in\n"
         "    command) _describe command commands ;;\n"
         "    argument)\n      case $words[1] in\n" +
         cases + "      esac ;;\n  esac\n}\n\n";
}

/// Inside single quotes of fish.
std::string fishText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string fishOption(const CommandDoc& command, const OptionDoc& option) {
  if (option.isPositional()) {
    return option.value == "ID"
               ? fmt::format("complete -c volpress -n '__volpress_in {}' -f -a '{}'\n",
                             command.name, joined(codecIds()))
               : std::string();
  }
  std::string line = command.name.empty()
                         ? std::string("complete -c volpress -n 'not __volpress_command'")
                         : fmt::format("complete -c volpress -n '__volpress_in {}'", command.name);
  for (const std::string& flag : option.flags) {
    line += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
  }
  switch (option.value.empty() ? Offer::Nothing : offerFor(option)) {
    case Offer::Words: line += " -x -a '" + joined(option.choices) + "'"; break;
    case Offer::Codec: line += " -x -a '" + joined(codecIds()) + "'"; break;
    case Offer::Preset: line += " -x -a '(__volpress_presets)'"; break;
    case Offer::Setting: line += " -x -a '(__volpress_settings)'"; break;
    case Offer::File: line += " -r -F"; break;
    case Offer::Nothing: line += option.value.empty() ? "" : " -x"; break;
  }
  return line + fmt::format(" -d '{}'\n", fishText(option.help));
}

std::string fishCases(std::string (*words)(const compressors::CodecInfo&)) {
  std::string text = "  switch (__volpress_codec)\n";
  for (const ListedCodec& codec : listedCodecs()) {
    std::string list = words(codec.info);
    if (!list.empty()) {
      text += fmt::format("    case {}\n      string split ' ' '{}'\n", codec.info.id, list);
    }
  }
  return text + "  end\n";
}

}  // namespace

std::string zshCompletion(const CommandDoc& program) {
  std::string text =
      "#compdef volpress\n# Completion of volpress for zsh. Written from its option tables.\n\n"
      "_volpress_codec() {\n  local at=${words[(I)--codec]}\n  print -r -- ${words[at + 1]}\n}\n\n"
      "_volpress_presets() {\n  case \"$(_volpress_codec)\" in\n" +
      codecCases(presetWords, "compadd -- {}") +
      "  esac\n}\n\n_volpress_settings() {\n  case \"$(_volpress_codec)\" in\n" +
      codecCases(settingWords, "compadd -S '' -- {}") + "  esac\n}\n\n";
  forEachCommand(program, [&](const CommandDoc& command) { text += zshFunction(command); });
  std::string body = zshFunction(program);
  body.replace(0, body.find('('), "_volpress");
  return text + body + "_volpress \"$@\"\n";
}

std::string fishCompletion(const CommandDoc& program) {
  std::vector<std::string> names;
  for (const CommandDoc& command : program.commands) {
    names.push_back(command.name);
  }
  std::string text =
      "# Completion of volpress for fish. Written from its option tables.\n"
      "function __volpress_command\n"
      "  for word in (commandline -opc)[2..]\n"
      "    contains -- $word " +
      joined(names) +
      "; and return 0\n  end\n  return 1\nend\n\n"
      "# Whether the words of the line begin with this command.\n"
      "function __volpress_in\n"
      "  set -l words (string match -v -- '-*' (commandline -opc)[2..])\n"
      "  test \"$words[1..$(count $argv)]\" = \"$argv\"\nend\n\n"
      "function __volpress_codec\n"
      "  set -l words (commandline -opc)\n"
      "  if set -l at (contains -i -- --codec $words)\n    echo $words[(math $at + 1)]\n  end\n"
      "end\n\n"
      "function __volpress_presets\n" +
      fishCases(presetWords) + "end\n\nfunction __volpress_settings\n" + fishCases(settingWords) +
      "end\n\n";
  for (const CommandDoc& command : program.commands) {
    text += fmt::format("complete -c volpress -n 'not __volpress_command' -f -a '{}' -d '{}'\n",
                        command.name, fishText(command.summary));
  }
  for (const OptionDoc& option : program.options) {
    text += fishOption(program, option);
  }
  forEachCommand(program, [&](const CommandDoc& command) {
    for (const OptionDoc& option : command.options) {
      text += fishOption(command, option);
    }
    for (const CommandDoc& child : command.commands) {
      text += fmt::format("complete -c volpress -n '__volpress_in {}' -f -a '{}' -d '{}'\n",
                          command.name, child.name.substr(child.name.rfind(' ') + 1),
                          fishText(child.summary));
    }
  });
  return text;
}

}  // namespace volpress::cli
