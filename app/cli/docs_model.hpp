// The option tables of the program as plain data: man pages and shell completion are written from
// it.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "scene/base/result.hpp"

namespace CLI {
class App;
}

namespace volpress::cli {

struct OptionDoc {
  std::vector<std::string> flags;    ///< "-o", "--output"; empty for a positional argument
  std::string value;                 ///< the name of its value, "OUT.vpc"; empty for a plain flag
  std::vector<std::string> choices;  ///< the words it takes, where only some are allowed
  std::string limits;                ///< "0 to 1024", where a range is checked
  std::string help;
  bool required = false;
  bool repeats = false;

  [[nodiscard]] bool isPositional() const noexcept { return flags.empty(); }
  /// Same flags, same value, same words.
  friend bool operator==(const OptionDoc&, const OptionDoc&) = default;
};

struct CommandDoc {
  std::string name;  ///< as typed after the program's name: "encode", "sequence encode"
  std::string summary;
  std::string footer;              ///< examples and remarks, as `--help` shows them
  std::vector<OptionDoc> options;  ///< positional arguments first, then options
  std::vector<CommandDoc> commands;
};

/// Every command and option that `--help` shows; hidden commands are left out.
[[nodiscard]] CommandDoc describeProgram(const CLI::App& root);

/// The options that every command has, word for word.
[[nodiscard]] std::vector<OptionDoc> commonOptions(const CommandDoc& program);

/// The page of section 1 in roff: commands, options, examples, exit codes.
[[nodiscard]] std::string manPage(const CommandDoc& program, const std::string& version);
/// The page of section 7 in roff: what the compressors are, and every setting of them.
[[nodiscard]] std::string codecsManPage(const std::string& version);

[[nodiscard]] std::string bashCompletion(const CommandDoc& program);
[[nodiscard]] std::string zshCompletion(const CommandDoc& program);
[[nodiscard]] std::string fishCompletion(const CommandDoc& program);

}  // namespace volpress::cli
