// Converting one scene, for a single file and for whole folders.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/engine/json_text.hpp"
#include "scene/edit/operations.hpp"
#include "scene/formats/format.hpp"

namespace volpress::cli {

struct ConvertOptions {
  MeshConvertOptions mesh;
  std::string input;
  std::string output;
  std::string to;  ///< extension that a folder's scenes get
  std::vector<std::string> settings;
  std::vector<edit::EditOperation> edits;
  unsigned shDegree = kMaxShDegree;
  unsigned level = 0;
  bool acceptsFront = false;  ///< of a file cut short, take what is there
};

/// What came of one conversion.
struct Converted {
  std::string input;
  std::string output;
  std::string label;  ///< of the format written
  std::string formatId;
  std::size_t splats = 0;
  unsigned shDegree = 0;
  std::uint64_t inputBytes = 0;
  std::uint64_t outputBytes = 0;
  double seconds = 0;
  std::string lost;  ///< what the format written cannot hold; empty when it holds all
  std::vector<std::string> notes;
};

/// The format that an output's name asks for; the error lists the names that can be asked for.
[[nodiscard]] Result<const formats::Format*> outputFormat(const std::string& output);

/// Reads, edits and writes one scene. `options.input` and `output` are replaced by those given.
[[nodiscard]] Result<Converted> convertFile(const std::string& input, const std::string& output,
                                            const ConvertOptions& options, TaskRunner& runner,
                                            Console& console);

[[nodiscard]] std::string describeConverted(const Converted& converted);
[[nodiscard]] engine::Json convertedToJson(const Converted& converted);

/// Converts every scene below a folder into the same place below another, going on after failures.
/// Fails when any scene did, naming them.
[[nodiscard]] Result<void> convertFolder(const ConvertOptions& options, const CommonOptions& common,
                                         Console& console);

}  // namespace volpress::cli
