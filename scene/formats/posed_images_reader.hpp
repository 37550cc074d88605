// Posed photographs from whatever describes them.
#pragma once

#include <filesystem>

#include "scene/base/result.hpp"
#include "scene/types/posed_images.hpp"

namespace volpress::formats {

/// Reads cameras.json, transforms.json (or transforms_train.json, with transforms_val.json and
/// transforms_test.json beside it held out), or a COLMAP model. `path` is the file (any file of a
/// COLMAP model stands for the whole) or a folder in which they are looked for in that order.
/// NotThisFormat, saying what was looked for, where nothing of the kind is there.
[[nodiscard]] Result<PosedImages> readPosedImages(const std::filesystem::path& path);

}  // namespace volpress::formats
