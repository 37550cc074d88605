// Plug-ins: codecs whose work is done by another program, described by a JSON file. The manual is
// docs/plugins.md.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/limited_process.hpp"
#include "app/engine/scene_model.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

/// Every plug-in's name begins so: no codec of ours does.
inline constexpr std::string_view kPluginPrefix = "ext-";
/// Whether a codec's id is a plug-in's.
[[nodiscard]] inline bool isPluginName(std::string_view id) noexcept {
  return id.starts_with(kPluginPrefix);
}

/// That a plug-in is wanted which is not there, and what to do.
[[nodiscard]] tl::unexpected<Error> pluginMissing(std::string_view name);

/// As pluginMissing, where a file of ours was written by one.
[[nodiscard]] Result<void> checkPluginOf(const std::filesystem::path& file);

struct Plugin {
  std::string name;  ///< "ext-example": the id of its codec, at most 31 of `a-z`, `0-9`, `-`
  std::string label;
  std::string summary;
  SceneKind kind = SceneKind::Splats;  ///< or Mesh, Field, Picture
  std::string interchange;  ///< how scenes are handed over: ".ply", ".glb", ".ingp" or ".png"
  /// Arguments; "{input}", "{output}" and "{folder}" in them stand for the files, and for the
  /// folder of the description. Never seen by a shell.
  std::vector<std::string> encode, decode;
  std::string model;                ///< says which model does the work; or else
  std::filesystem::path modelFile;  ///< its bytes do
  std::filesystem::path folder;     ///< of the description
  ProcessLimits limits;
};

/// Reads a description that lies in `folder`. CorruptData or InvalidParameter name the field.
[[nodiscard]] Result<Plugin> pluginFromJson(std::string_view text,
                                            const std::filesystem::path& folder);

/// Adds the codec of a plug-in to the lists of codecs, until the program ends. Before a second
/// thread asks for codecs. InvalidParameter when there is a codec of that name.
[[nodiscard]] Result<void> addPlugin(Plugin plugin);

/// "$XDG_CONFIG_HOME/volpress/plugins", or the same below "$HOME/.config"; empty without both.
[[nodiscard]] std::filesystem::path pluginFolder();

/// Reads and adds every *.json of `pluginFolder`, and those that the environment variable
/// VOLPRESS_PLUGINS lists (paths with colons between). What is wrong with any of them; the others
/// are there all the same.
[[nodiscard]] std::vector<std::string> addInstalledPlugins();

/// As `addPlugin` of the description in each file, here and in the workers that this program
/// starts.
[[nodiscard]] Result<void> addPluginFiles(std::span<const std::string> files);

}  // namespace volpress::engine
