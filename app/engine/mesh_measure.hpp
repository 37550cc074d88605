// Measuring a decoded mesh against its original.
#pragma once

#include <memory>

#include "app/engine/evaluate.hpp"
#include "renderer/software/mesh_renderer.hpp"

namespace volpress::engine {

/// Both meshes drawn and laid over each other. PSNR is over the union of the silhouettes (the
/// background would flatter it); SSIM, MS-SSIM and FLIP are over the whole pictures. Shading is
/// textured, and flat for `MeshQuality::flatPsnr`. Surfaces are compared at the nodes' own frames.
struct MeasuredMesh {
  std::vector<ViewQuality> views;
  MeshQuality quality;
};
[[nodiscard]] Result<MeasuredMesh> measureMesh(const std::shared_ptr<const Mesh>& reference,
                                               const std::shared_ptr<const Mesh>& test,
                                               const ViewSet& views, MeasureContext& context,
                                               const ViewVisitor& visitor = {},
                                               const std::vector<std::size_t>& only = {});

}  // namespace volpress::engine
