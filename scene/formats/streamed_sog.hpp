// Streamed SOG: a scene at several levels of detail, cut into SOG units that a viewer fetches as it
// needs them. A folder with lod-meta.json, or the same folder as one ZIP (.ssog).
#pragma once

#include <filesystem>

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Reads one level (ImportOptions::level): the splats of all units that show it, and the
/// environment. Write parameters: "levels", "unit_splats", and those of SOG.
[[nodiscard]] const Format& streamedSogFormat();

/// Whether these bytes look like a lod-meta.json.
[[nodiscard]] bool isLodMeta(ByteView head, std::string_view name);

/// Writes the folder of a path that ends in "lod-meta.json", whole or not at all; a folder that is
/// there is replaced, and refused when it holds anything but an older streamed SOG. `params` is
/// completed. Returns the bytes written.
[[nodiscard]] Result<std::uint64_t> saveStreamedSog(const std::filesystem::path& path,
                                                    const GaussianCloud& cloud,
                                                    const ParamSet& params, IoContext& context);

}  // namespace volpress::formats
