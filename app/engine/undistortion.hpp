// Turning photographs into what a pinhole camera would have taken.
#pragma once

#include <cstddef>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"
#include "scene/types/lens.hpp"

namespace volpress::engine {

/// Resamples the photographs of one lens to a pinhole picture: the largest one that the photograph
/// fills to every edge. Smaller pictures average the photograph's pixels.
class Undistortion {
public:
  /// `lens` in pixels of photographs of `photoWidth` x `photoHeight`; pictures get `width` x
  /// `height`. InvalidParameter for a lens of which no pinhole picture can be made.
  [[nodiscard]] static Result<Undistortion> make(const Lens& lens, std::size_t photoWidth,
                                                 std::size_t photoHeight, std::size_t width,
                                                 std::size_t height);

  /// `camera` with the picture size, focal lengths and principal point of the result.
  [[nodiscard]] Camera cameraOf(Camera camera) const;

  /// `photo` has 3 channels and the size given to `make`.
  [[nodiscard]] Image apply(const Image& photo) const;

private:
  Undistortion() = default;
  Camera m_pinhole;             ///< intrinsics only
  std::size_t m_samples = 1;    ///< a pixel's side is split into
  std::vector<float> m_places;  ///< x, y in the photograph (pixel centres at integers), a sample
};

}  // namespace volpress::engine
