// SOG, PlayCanvas' scenes in lossless images: reads versions 1 and 2, writes version 2, as a bundle
// (.sog, a ZIP) or as a folder with meta.json.
#pragma once

#include <filesystem>

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// The numbers are those of the INRIA PLY: writers and viewers keep them unchanged whatever the
/// published text says of axes. Clouds in another frame are converted to it. Write parameters:
/// "palette", "iterations", "effort".
[[nodiscard]] const Format& sogFormat();

/// Whether these bytes look like the meta.json of a SOG scene (and not like a streamed one).
[[nodiscard]] bool isSogMeta(ByteView head);

struct LooseSog {
  GaussianCloud cloud;
  std::uint64_t fileBytes = 0;  ///< meta.json and every image it names
};

/// Opens a folder that holds meta.json, or the JSON file itself whatever its name. Images are
/// looked up beside it by their safe relative names only.
[[nodiscard]] Result<LooseSog> loadLooseSog(const std::filesystem::path& path, IoContext& context);

/// Writes the folder (of `path`, when it names a meta.json) whole or not at all; a folder that is
/// there is replaced, and refused when it holds anything but meta.json and .webp files. `params` is
/// completed. Returns the bytes written.
[[nodiscard]] Result<std::uint64_t> saveLooseSog(const std::filesystem::path& path,
                                                 const GaussianCloud& cloud, const ParamSet& params,
                                                 IoContext& context);

}  // namespace volpress::formats
