// The man pages, in the classic man macros.
#include <algorithm>

#include <fmt/core.h>

#include "app/cli/codec_list.hpp"
#include "app/cli/docs_model.hpp"

namespace volpress::cli {
namespace {

/// Running text: what roff would take for a command is made harmless.
std::string prose(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\e"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += c;
    }
  }
  if (!out.empty() && (out.front() == '.' || out.front() == '\'')) {
    out.insert(0, "\\&");
  }
  return out;
}

/// Text to be typed: a hyphen stays the character of the keyboard.
std::string typed(std::string_view text) {
  std::string out;
  for (const char c : prose(text)) {
    out += c == '-' ? "\\-" : std::string(1, c);
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + typed(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + typed(text) + "\\fR"; }

/// A sentence ends with a full stop.
std::string sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?:").find(text.back()) == std::string_view::npos) {
    text += '.';
  }
  return text;
}

std::string heading(const std::string& name, int section, const std::string& version) {
  return fmt::format(".TH {} {} \"\" \"volpress {}\" \"Volpress\"\n.ad l\n", name, section,
                     version);
}

/// The parts of a help footer: indented lines are to be typed, the others are read.
std::string footerText(std::string_view footer, std::string_view skippedTitle) {
  std::string out;
  bool verbatim = false;
  const auto leave = [&] {
    if (verbatim) {
      out += ".EE\n.RE\n";
      verbatim = false;
    }
  };
  while (!footer.empty()) {
    const std::string_view line = footer.substr(0, footer.find('\n'));
    footer.remove_prefix(std::min(footer.size(), line.size() + 1));
    if (line.empty()) {
      continue;
    }
    if (line.front() == ' ') {
      if (!verbatim) {
        out += ".PP\n.RS 4\n.EX\n";
        verbatim = true;
      }
      out += typed(line.substr(line.find_first_not_of(' '))) + "\n";
      continue;
    }
    leave();
    if (line != skippedTitle) {
      out += ".PP\n" + prose(line) + "\n";
    }
  }
  leave();
  return out;
}

std::string optionTitle(const OptionDoc& option) {
  if (option.isPositional()) {
    return italic(option.value);
  }
  std::string title;
  for (const std::string& flag : option.flags) {
    title += (title.empty() ? "" : ", ") + bold(flag);
  }
  return option.value.empty() ? title : title + " " + italic(option.value);
}

std::string optionText(const OptionDoc& option) {
  std::string text = fmt::format(".TP\n{}\n{}", optionTitle(option), prose(sentence(option.help)));
  if (!option.choices.empty()) {
    text += " One of ";
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      text += (i == 0                           ? ""
               : i + 1 == option.choices.size() ? " and "
                                                : ", ") +
              bold(option.choices[i]);
    }
    text += '.';
  }
  if (!option.limits.empty()) {
    text += " Allowed: " + typed(option.limits) + ".";
  }
  if (option.repeats && !option.isPositional()) {
    text += " May be given more than once.";
  }
  return text + "\n";
}

std::string synopsis(const CommandDoc& command) {
  std::string line = bold("volpress " + command.name);
  for (const OptionDoc& option : command.options) {
    if (option.required && !option.isPositional()) {
      line += " " + bold(option.flags.front()) + " " + italic(option.value);
    }
  }
  line += " [" + italic("OPTION") + "]...";
  for (const OptionDoc& option : command.options) {
    if (option.isPositional()) {
      const std::string name = italic(option.value) + (option.repeats ? "..." : "");
      line += option.required ? " " + name : " [" + name + "]";
    }
  }
  return line;
}

void addCommand(const CommandDoc& command, const std::vector<OptionDoc>& common,
                std::string& page) {
  page += ".SS " + typed(command.name) + "\n" + prose(sentence(command.summary)) + "\n";
  if (command.commands.empty()) {
    page += ".PP\n.RS 4\n" + synopsis(command) + "\n.RE\n";
  }
  for (const OptionDoc& option : command.options) {
    if (std::find(common.begin(), common.end(), option) == common.end()) {
      page += optionText(option);
    }
  }
  page += footerText(command.footer, {});
  for (const CommandDoc& child : command.commands) {
    addCommand(child, common, page);
  }
}

std::string allowedText(const ParamSpec& spec) {
  if (spec.range) {
    return fmt::format("{:g} to {:g}{}", spec.range->min, spec.range->max,
                       spec.unit.empty() ? "" : " " + spec.unit);
  }
  std::string words;
  for (const ParamChoice& choice : spec.choices) {
    words += (words.empty() ? "" : ", ") + choice.key;
  }
  return words.empty() && std::holds_alternative<bool>(spec.defaultValue) ? "true, false" : words;
}

std::string codecText(const compressors::CodecInfo& info) {
  std::string text =
      ".SS " + typed(info.id) + "\n" + prose(info.label + ": " + sentence(info.summary)) + "\n";
  text += "It writes " + bold(info.extension) + " files.";
  text += info.lossless ? " Nothing is lost.\n" : "\n";
  if (!info.lost.empty() && !info.lossless) {
    text += ".PP\nLost by design: " + prose(sentence(info.lost)) + "\n";
  }
  if (!info.paper.empty()) {
    text += ".PP\nPaper: " + prose(sentence(info.paper)) + "\n";
  }
  if (!info.presets.empty()) {
    text += ".PP\nPresets:\n";
    for (const ParamPreset& preset : info.presets) {
      text += ".TP\n" + bold(preset.id) + "\n" + prose(sentence(preset.help)) + "\n";
    }
  }
  if (!info.params.empty()) {
    text += ".PP\nSettings:\n";
    for (const ParamSpec& spec : info.params) {
      text += ".TP\n" + bold(spec.id) + "=" + italic(formatParamValue(spec.defaultValue)) + "\n";
      text += prose(sentence(spec.help));
      if (const std::string allowed = allowedText(spec); !allowed.empty()) {
        text += " Allowed: " + prose(allowed) + ".";
      }
      text += spec.id == info.qualityKnob ? " Trades size against quality.\n" : "\n";
    }
  }
  return text;
}

}  // namespace

std::string manPage(const CommandDoc& program, const std::string& version) {
  const std::vector<OptionDoc> common = commonOptions(program);
  std::string page = heading("VOLPRESS", 1, version);
  page +=
      ".SH NAME\nvolpress \\- compress 3-D Gaussian splat scenes and measure what is lost\n"
      ".SH SYNOPSIS\n" +
      bold("volpress") + " " + italic("COMMAND") + " [" + italic("OPTION") + "]... [" +
      italic("FILE") + "]...\n";
  page += ".SH DESCRIPTION\n" + prose(program.summary) + "\n.PP\nWhat the window of " +
          bold("volpress-studio") +
          "(1) does is done by a command here, with the same presets and the same figures. Results "
          "go to standard output, everything else to standard error.\n";
  page += ".SH COMMANDS\n";
  for (const CommandDoc& command : program.commands) {
    addCommand(command, common, page);
  }
  page += ".SH COMMON OPTIONS\nEvery command takes these.\n";
  for (const OptionDoc& option : common) {
    page += optionText(option);
  }
  page += ".PP\nBefore any command:\n";
  for (const OptionDoc& option : program.options) {
    if (std::find(common.begin(), common.end(), option) == common.end()) {
      page += optionText(option);
    }
  }
  page += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] :
       {std::pair{"0", "Done."},
        {"1", "Failed; a line on standard error says what, and what can be done."},
        {"2", "Wrong usage."},
        {"3", "The doctor found something wrong with the file."},
        {"130", "Cancelled by Ctrl\\-C or a signal. Nothing half written is left behind."}}) {
    page += fmt::format(".TP\n.B {}\n{}\n", code, meaning);
  }
  page += ".SH EXAMPLES\nA first session:\n" + footerText(program.footer, "Start here:");
  page += ".SH SEE ALSO\n" + bold("volpress-codecs") + "(7), " + bold("volpress-studio") + "(1)\n";
  return page;
}

std::string codecsManPage(const std::string& version) {
  std::string page = heading("VOLPRESS\\-CODECS", 7, version);
  page += ".SH NAME\nvolpress\\-codecs \\- the compressors of volpress and their settings\n";
  page += ".SH DESCRIPTION\nA compressor is chosen with " + bold("--codec") +
          ", one of its named presets with " + bold("--preset") + ", and single settings with " +
          bold("--set") + " " + italic("key") + "=" + italic("value") +
          " on top of it, as in\n.PP\n.RS 4\n.EX\n" +
          typed("volpress encode scene.ply -o scene.vpc --codec lightgaussian --preset small") +
          "\n.EE\n.RE\n.PP\nBehind each setting stands its default. The presets run from the "
          "fastest to the smallest.\n.SH CODECS\n";
  for (const ListedCodec& codec : listedCodecs()) {
    page += codecText(codec.info);
  }
  page += ".SH SEE ALSO\n" + bold("volpress") + "(1), " + bold("volpress-studio") + "(1)\n";
  return page;
}

}  // namespace volpress::cli
