// A picture as a thing that cameras see: on the plane z = 0, 2 long at its longer side, with
// x right and y down.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "renderer/rasterizer.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

/// The camera that sees exactly the picture, pixel for pixel.
[[nodiscard]] Camera wholePicture(const Image& picture);

/// Cameras whose picture is so large, and which see all of this one with a little room around it.
[[nodiscard]] Camera pictureHome(const Image& picture, std::size_t width, std::size_t height);
/// How far those are from the plane.
[[nodiscard]] float pictureHomeDistance(const Image& picture, std::size_t width,
                                        std::size_t height);

/// Where the ray through a pixel meets the picture; nothing beside it and behind the camera.
[[nodiscard]] std::optional<std::array<float, 3>> pictureUnder(const Image& picture,
                                                               const Camera& camera, float x,
                                                               float y);

/// The picture with its smaller levels.
class PicturePlane {
public:
  explicit PicturePlane(std::shared_ptr<const Image> picture);

  [[nodiscard]] const Image& picture() const noexcept { return *m_levels.front(); }

  /// What a camera sees: pixels as squares where they are larger than those of the camera, means of
  /// several where they are smaller; nothing (alpha 0) beside it.
  [[nodiscard]] renderer::RenderResult draw(const Camera& camera, TaskRunner& runner) const;

private:
  std::vector<std::shared_ptr<const Image>> m_levels;  ///< each by 2 x 2 means of the one before
};

}  // namespace volpress::engine
