// The project file: which scenes are open, what was made of them, and what people said about it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/job.hpp"
#include "app/engine/presets.hpp"

namespace volpress::engine {

inline constexpr std::string_view kProjectExtension = ".volpress";

/// A file that a variant was exported to, with what was measured of that file.
struct ExportRecord {
  std::filesystem::path file;
  std::string format;  ///< its extension
  std::uint64_t fileBytes = 0;
  std::size_t splats = 0;  ///< or triangles, or parameters
  double meanPsnr = 0;     ///< dB against the source; 0 when it was not measured
  double worstPsnr = 0;    ///< dB
  double meanSsim = 0;
};

struct ProjectSource {
  std::uint64_t id = 0;  ///< unique among sources and variants; > 0
  std::string name;
  std::filesystem::path file;
  std::string note;
  std::map<std::string, std::string> extras;  ///< JSON texts of other parts, by name
  std::vector<edit::EditOperation> edits{};   ///< done before it is shown and compressed
};

struct ProjectVariant {
  std::uint64_t id = 0;
  std::uint64_t source = 0;
  std::string name;
  std::filesystem::path file;
  std::string codec;
  std::string preset;
  ParamSet overrides;
  std::uint64_t job = 0;  ///< id in the queue that made it; 0: none
  std::optional<Evaluation> evaluation;
  std::string note;
  bool starred = false;
  bool trashed = false;
  std::vector<ExportRecord> exports;
  std::vector<edit::EditOperation> edits{};  ///< of its source, as they were when it was made
};

/// Plain data. In memory paths are absolute; on disk they are relative to the project file.
struct Project {
  std::vector<ProjectSource> sources;
  std::vector<ProjectVariant> variants;
  std::array<std::uint64_t, 2> sides{};  ///< ids shown on A and B; 0: none
  std::string defaultCodec;              ///< empty: the program's
  std::string defaultPreset;
  std::string views = "auto";                 ///< the view set that results are measured on
  std::vector<SharedPreset> presets;          ///< that travel with the project
  std::string windowState;                    ///< of the window, opaque text
  std::map<std::string, std::string> extras;  ///< JSON texts of other parts, by name

  // Of a working copy that was kept for recovery, never of a saved project.
  std::filesystem::path savedAs;  ///< the project file that it belongs to; empty: untitled
  bool modified = false;          ///< it differs from that file
};

/// `folder` is where the file will lie: paths are written relative to it. An empty folder keeps
/// them absolute, as the recovery copy needs them.
[[nodiscard]] std::string projectToJson(const Project& project,
                                        const std::filesystem::path& folder);
/// Reads untrusted text. CorruptData names what is wrong; a later version is UnsupportedVersion.
/// Every variant's source is there and all ids differ.
[[nodiscard]] Result<Project> projectFromJson(std::string_view text,
                                              const std::filesystem::path& folder);

[[nodiscard]] Result<Project> loadProject(const std::filesystem::path& file);
/// Atomic: the old file stays until the new one is whole.
[[nodiscard]] Result<void> saveProject(const Project& project, const std::filesystem::path& file);

/// The folder beside a project file that its results are moved to: "garden.results".
[[nodiscard]] std::filesystem::path resultsFolderOf(const std::filesystem::path& projectFile);
/// Makes a file appear in `folder` too, under a free name: a second link to it, or a copy where the
/// file system has no links. Nothing is ever replaced. Returns the new path.
[[nodiscard]] Result<std::filesystem::path> copyInto(const std::filesystem::path& folder,
                                                     const std::filesystem::path& file);

/// Where a missing file may be now: `missing` moved along with others that were found again
/// (`foundOld` was located at `foundNew`). Nothing when there is no such file.
[[nodiscard]] std::optional<std::filesystem::path> relocate(const std::filesystem::path& missing,
                                                            const std::filesystem::path& foundOld,
                                                            const std::filesystem::path& foundNew);

}  // namespace volpress::engine
