// Named settings of people's own, for one codec or several, kept and shared as JSON files.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/job.hpp"
#include "compressors/codec.hpp"

namespace volpress::engine {

/// Settings of one codec: one of its presets and what differs from it.
struct CodecSettings {
  std::string preset;  ///< id, empty for the defaults
  ParamSet values;
};

struct SharedPreset {
  std::string name;  ///< shown to people; unique in a store
  std::string help;  ///< one sentence, may be empty
  /// By codec id. A codec that is not named takes `fallback`.
  std::map<std::string, CodecSettings, std::less<>> codecs;
  /// Preset ids to look for in a codec that is not named, the first that it has.
  std::vector<std::string> fallback;
  std::optional<QualityTarget> target;
};

/// Presets that work with every codec: small, balanced, visually lossless.
[[nodiscard]] const std::vector<SharedPreset>& generalPresets();

/// Whether the preset says anything about this codec: by name, by fallback, or by being for all.
[[nodiscard]] bool appliesTo(const SharedPreset& preset, const compressors::CodecInfo& codec);
/// What it means for this codec. Values that the codec does not take are InvalidParameter.
[[nodiscard]] Result<CodecSettings> settingsFor(const SharedPreset& preset,
                                                const compressors::CodecInfo& codec);

[[nodiscard]] std::string presetToJson(const SharedPreset& preset);
/// Reads untrusted text: CorruptData names the field, a later version is UnsupportedVersion. Values
/// are checked against the codecs of this program; unknown codecs are kept unchecked.
[[nodiscard]] Result<SharedPreset> presetFromJson(std::string_view text);
[[nodiscard]] Result<SharedPreset> loadPreset(const std::filesystem::path& file);
[[nodiscard]] Result<void> savePreset(const SharedPreset& preset,
                                      const std::filesystem::path& file);

/// The presets in a folder, a file each.
class PresetStore {
public:
  explicit PresetStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  struct Listing {
    std::vector<SharedPreset> presets;  ///< by name
    std::vector<std::string> problems;  ///< files that could not be read, and why
  };
  [[nodiscard]] Listing list() const;
  /// Replaces the preset of that name.
  Result<void> save(const SharedPreset& preset) const;
  Result<void> remove(std::string_view name) const;
  /// Copies a shared file in; its name gets a number where there is another of that name.
  Result<SharedPreset> import(const std::filesystem::path& file) const;

private:
  [[nodiscard]] std::filesystem::path fileOf(std::string_view name) const;
  std::filesystem::path m_folder;
};

}  // namespace volpress::engine
