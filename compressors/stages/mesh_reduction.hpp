// What may be taken from a mesh before any codec: triangles, and bytes of its pictures.
#pragma once

#include <optional>
#include <vector>

#include "compressors/codec.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::compressors {

/// Parameters `triangles` (percent kept) and `pictures`, `picture_quality` (WebP), which every
/// codec of meshes has.
[[nodiscard]] std::vector<ParamSpec> meshReductionParams();

/// The reduced mesh, or nothing when the parameters ask for nothing. Triangles go by
/// meshoptimizer's quadric edge collapse, which keeps seams of attributes; where several parts meet
/// their borders stay. Colour pictures become lossy WebP; normal maps and other numbers
/// near-lossless WebP, since halved chroma would bend them (unless they are JPEGs, which have lost
/// that already). A picture that would grow, or that
/// cannot be decoded, stays as it is. What was done is added to the log. Cancelled.
[[nodiscard]] Result<std::optional<Mesh>> reduceMesh(const Mesh& mesh, const ParamSet& params,
                                                     RunContext& context);

}  // namespace volpress::compressors
