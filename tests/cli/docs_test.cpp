// The written documentation against what the program itself says.
#include <algorithm>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using testing::runShell;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// As a reader sees it: roff's escapes undone.
std::string unescaped(std::string text) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\\-", "-"},
                                 {"\\fB", ""},
                                 {"\\fI", ""},
                                 {"\\fR", ""},
                                 {"\\(ha", "^"},
                                 {"\\(ti", "~"},
                                 {"\\e", "\\"}}) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), to);
      at += to.size();
    }
  }
  return text;
}

/// The "--flag" words of a help text's option lists; its prose and its examples are left out.
std::set<std::string> flagsOf(const std::string& help) {
  std::set<std::string> flags;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  -", 0) != 0) {
      continue;
    }
    std::istringstream words(line.substr(0, 30));
    for (std::string word; words >> word;) {
      std::istringstream parts(word);
      for (std::string part; std::getline(parts, part, ',');) {
        if (part.rfind("--", 0) == 0) {
          flags.insert(part.substr(0, part.find('=')));
        }
      }
    }
  }
  return flags;
}

std::vector<std::string> commandsOf(const std::string& help) {
  std::vector<std::string> commands;
  std::istringstream lines(help.substr(help.find("Subcommands:")));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.rfind("  ", 0) == 0) {
    if (line[2] != ' ') {
      commands.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return commands;
}

class DocsTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(runShell("exec $V documentation out -q", folder).exitCode, 0);
    page = unescaped(testing::readText(folder / "out/volpress.1"));
    bash = testing::readText(folder / "out/volpress.bash");
    zsh = testing::readText(folder / "out/_volpress");
    fish = testing::readText(folder / "out/volpress.fish");
  }
  [[nodiscard]] std::string output(const std::string& line) const {
    return runShell(line, folder).output;
  }
  [[nodiscard]] bool has(const char* program) const {
    return runShell(std::string("command -v ") + program, folder).exitCode == 0;
  }

  std::filesystem::path folder = testing::scratchFolder("docs");
  std::string page, bash, zsh, fish;
};

TEST_F(DocsTest, everyCommandAndOptionOfTheHelpAppears) {
  const std::vector<std::string> commands = commandsOf(output("$V --help"));
  ASSERT_GE(commands.size(), 10U);
  std::size_t options = 0;
  for (const std::string& command : commands) {
    EXPECT_TRUE(contains(page, "\n.SS " + command + "\n")) << command;
    EXPECT_TRUE(contains(bash, "\"" + command + "\") flags=")) << command;
    std::string function = "_volpress_" + command + "() {";
    std::replace(function.begin(), function.end(), '-', '_');
    EXPECT_TRUE(contains(zsh, function)) << command;
    EXPECT_TRUE(contains(fish, "-a '" + command + "'")) << command;
    const std::size_t start = page.find("\n.SS " + command + "\n");
    const std::string section = page.substr(start, page.find("\n.S", start + 1) - start);
    const std::string common = page.substr(page.find("\n.SH COMMON OPTIONS"));
    for (const std::string& flag : flagsOf(output("$V " + command + " --help"))) {
      ++options;
      EXPECT_TRUE(contains(section, flag) || contains(common, flag)) << command << " " << flag;
      EXPECT_TRUE(contains(fish, "'__volpress_in " + command + "'") &&
                  contains(fish, " -l " + flag.substr(2) + " "))
          << command << " " << flag;
      EXPECT_TRUE(contains(zsh, flag)) << command << " " << flag;
      const std::size_t flags = bash.find("\"" + command + "\") flags=");
      EXPECT_TRUE(contains(bash.substr(flags, bash.find('\n', flags) - flags), flag))
          << command << " " << flag;
    }
  }
  EXPECT_GE(options, 50U);
  EXPECT_FALSE(contains(page, "\n.SS documentation\n"));
}

TEST_F(DocsTest, everySettingAndPresetOfEveryCodecAppears) {
  const std::string codecs = unescaped(testing::readText(folder / "out/volpress-codecs.7"));
  const auto list = nlohmann::json::parse(output("$V codecs --json"));
  ASSERT_FALSE(list.empty());
  for (const auto& codec : list) {
    const std::string id = codec["id"];
    const std::size_t start = codecs.find("\n.SS " + id + "\n");
    ASSERT_NE(start, std::string::npos) << id;
    const std::string section = codecs.substr(start, codecs.find("\n.S", start + 1) - start);
    for (const auto& param : codec["params"]) {
      const std::string name = param["id"];
      EXPECT_TRUE(contains(section, "\n" + name + "=")) << id << " " << name;
      EXPECT_TRUE(contains(bash, name + "=") && contains(fish, name + "=")) << id << " " << name;
    }
    for (const auto& preset : codec["presets"]) {
      const std::string name = preset["id"];
      EXPECT_TRUE(contains(section, "\n" + name + "\n")) << id << " " << name;
    }
  }
}

TEST_F(DocsTest, theManPagesAreCleanRoff) {
  if (!has("mandoc")) {
    GTEST_SKIP() << "mandoc is not installed";
  }
  // Pages without a date are wanted: the same sources give the same bytes.
  const std::string remarks =
      output("mandoc -T lint -W warning out/*.[17] | grep -v 'missing date'");
  EXPECT_EQ(remarks, "");
}

TEST_F(DocsTest, bashCompletesCommandsOptionsAndValues) {
  const std::string script =
      "source out/volpress.bash\ncompopt() { :; }\n"
      "t() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _volpress; echo \"${COMPREPLY[*]}\"; }\n";
  const auto complete = [&](const std::string& words) {
    return output("exec bash -c '" + script + "t " + words + "'");
  };
  EXPECT_EQ(complete("volpress enc"), "encode\n");
  EXPECT_EQ(complete("volpress encode --mea"), "--measure\n");
  EXPECT_EQ(complete("volpress -q encode --outp"), "--output\n");
  EXPECT_EQ(complete("volpress encode --codec lightg"), "lightgaussian\n");
  EXPECT_EQ(complete("volpress encode --codec spz --preset comp"), "compatible\n");
  EXPECT_EQ(complete("volpress encode --codec lightgaussian --set prun"), "prune=\n");
  EXPECT_EQ(complete("volpress render --device v"), "vulkan\n");
  EXPECT_EQ(complete("volpress info ou"), "out\n");
}

TEST_F(DocsTest, zshAndFishTakeTheirScripts) {
  if (!has("zsh") || !has("fish")) {
    GTEST_SKIP() << "zsh or fish is not installed";
  }
  EXPECT_EQ(runShell("exec zsh -n out/_volpress", folder).exitCode, 0);
  EXPECT_EQ(runShell("exec fish --no-execute out/volpress.fish", folder).exitCode, 0);
  const std::string presets = output(
      "fish -c 'source out/volpress.fish; complete -C \"volpress encode --codec spz --preset \"'");
  EXPECT_TRUE(contains(presets, "compatible\t")) << presets;
}

}  // namespace
}  // namespace volpress
