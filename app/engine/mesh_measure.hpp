// Measuring a decoded mesh against its original.
#pragma once

#include <memory>

#include "app/engine/evaluate.hpp"
#include "app/engine/mesh_views.hpp"
#include "renderer/software/mesh_renderer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// Both meshes drawn and laid over each other. PSNR is over the union of the silhouettes (the
/// background would flatter it); SSIM, MS-SSIM and FLIP are over the whole pictures. Shading is
/// textured, and flat for `MeshQuality::flatPsnr`. Pictures are compared at the views' moments,
/// surfaces at the nodes' own frames and, of what moves, at all moments (`MeshQuality::motion`).
struct MeasuredMesh {
  std::vector<ViewQuality> views;
  MeshQuality quality;
};
[[nodiscard]] Result<MeasuredMesh> measureMesh(const std::shared_ptr<const Mesh>& reference,
                                               const std::shared_ptr<const Mesh>& test,
                                               const MeshViewSet& views, MeasureContext& context,
                                               const ViewVisitor& visitor = {},
                                               const std::vector<std::size_t>& only = {});

/// Splats measured against the mesh that they stand for: both drawn in software by the same cameras
/// (of the mesh's frame; the cloud is turned into it), textured. PSNR is over the union of the
/// silhouettes.
[[nodiscard]] Result<std::vector<ViewQuality>> measureSplatsOfMesh(
    const std::shared_ptr<const Mesh>& reference, GaussianCloud cloud, const ViewSet& views,
    MeasureContext& context, const ViewVisitor& visitor = {});

}  // namespace volpress::engine
