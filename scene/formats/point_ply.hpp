// Sparse point clouds as PLY (x y z, red green blue), as structure from motion tools leave them.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/posed_images.hpp"

namespace volpress::formats {

/// Appends the vertices of an untrusted PLY, in any of the three encodings, to the points of
/// `into`; without colours they are mid grey. Integer colours are divided by their type's largest
/// value.
[[nodiscard]] Result<void> parsePointPly(ByteView file, PosedImages& into);

}  // namespace volpress::formats
