// The view sets on which scenes are scored, optimised and measured.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

#include "renderer/rasterizer.hpp"
#include "scene/base/result.hpp"
#include "scene/edit/transform.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

struct ViewOptions {
  std::size_t maxWidth = 640;  ///< larger views are scaled down, keeping the aspect
  std::size_t maxHeight = 480;
  std::size_t maxViews = 48;     ///< of a camera file, evenly picked
  edit::Similarity placement{};  ///< where edits moved the scene: cameras of a file follow
};

/// N of "orbit:N" for the head "orbit", and `usual` of "orbit" alone; nothing when `spec` has
/// another head. InvalidParameter unless N is 1 to `most`.
[[nodiscard]] Result<std::optional<std::size_t>> viewCountAfter(std::string_view spec,
                                                                std::string_view head,
                                                                std::size_t usual,
                                                                std::size_t most);

/// Views for `spec`: "auto", "orbit:N", "inside:N", or the path of a file or folder with cameras
/// (cameras.json, transforms.json, a COLMAP model; see readPosedImages; bookmarks; a camera path).
/// "auto" takes cameras that lie beside `scenePath` ("cameras.json",
/// "<stem>_cameras.json"), else decides between orbit and inside views from the scene's density.
/// About one view in eight (at least one) is held out, unless the file names its own. Generated
/// views whose mean accumulated alpha is below 0.3 are rejected with the help of `rasterizer`.
/// Deterministic.
[[nodiscard]] Result<ViewSet> makeViewSet(std::string_view spec, const GaussianCloud& cloud,
                                          const std::filesystem::path& scenePath,
                                          renderer::Rasterizer& rasterizer,
                                          const ViewOptions& options);

/// The first camera an artist sees: looks at the dense part of the scene from a good distance, from
/// the +Z side unless small pictures show far more detail from another: a capture is a smear from
/// where nobody photographed it. Deterministic.
[[nodiscard]] Camera homeCamera(const GaussianCloud& cloud, std::size_t width, std::size_t height,
                                renderer::Rasterizer& rasterizer);

/// As above, but the first of the cameras that lie beside `scenePath` wins, where there are any.
[[nodiscard]] Camera homeCamera(const GaussianCloud& cloud, const std::filesystem::path& scenePath,
                                std::size_t width, std::size_t height,
                                renderer::Rasterizer& rasterizer);

}  // namespace volpress::engine
