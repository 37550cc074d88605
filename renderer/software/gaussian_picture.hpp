// Pictures that are sums of 2-D Gaussians (GaussianImage, Zhang et al., ECCV 2024, section 3): no
// depth, no opacity, no order. The software reference with its gradients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "renderer/gaussian_picture.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::renderer {

/// A picture as planes of red, green and blue, whose rows are padded.
struct PicturePlanes {
  PicturePlanes() = default;
  /// All zero.
  PicturePlanes(std::size_t pictureWidth, std::size_t pictureHeight);
  explicit PicturePlanes(const Image& image);

  [[nodiscard]] float* row(std::size_t channel, std::size_t y) noexcept {
    return values.data() + (channel * height + y) * stride;
  }
  [[nodiscard]] const float* row(std::size_t channel, std::size_t y) const noexcept {
    return values.data() + (channel * height + y) * stride;
  }

  std::size_t width = 0;
  std::size_t height = 0;
  std::size_t stride = 0;  ///< floats a row; what lies beyond the width means nothing
  FloatArray values;
};

/// Centres and shapes made ready for drawing any colours with them. The same bits on any number of
/// threads, and on all instruction sets with fused multiply-add.
class PlacedGaussians {
public:
  /// Sizes of arrays must agree. Numbers may be anything: what is not finite adds nothing.
  PlacedGaussians(const GaussianPicture& picture, TaskRunner& runner);

  /// The sum, unclamped. `colors` has 3 a Gaussian. Where `stop` asked to, rows stay unfinished.
  void draw(const FloatArray& colors, PicturePlanes& sum, const std::stop_token& stop = {}) const;

  /// d(loss)/d(colours) from d(loss)/d(sum), which must be 0 beyond the width.
  void pullBackColors(const PicturePlanes& gradient, FloatArray& colors) const;

  struct Gradients {
    FloatArray centres, shapes, colors;  ///< as those of GaussianPicture
  };
  /// All gradients of `picture`, the one that was placed.
  void pullBack(const GaussianPicture& picture, const PicturePlanes& gradient,
                Gradients& gradients) const;

  /// One Gaussian: v = 2^-((s dx + t dy)^2 + (w dy)^2).
  struct Kernel {
    float u = 0, v = 0;  ///< centre
    float s = 0, t = 0, w = 0;
    float slope = 0;        ///< t / s
    float halfHeight = -1;  ///< rows it reaches from its centre; below 0: none
  };

private:
  std::size_t m_width, m_height;
  TaskRunner& m_runner;
  std::vector<Kernel> m_kernels;
  std::vector<std::uint32_t> m_bandFirst;  ///< of the bands of rows, into m_bandList
  std::vector<std::uint32_t> m_bandList;   ///< Gaussians in rising order
};

/// The picture as files show it: clamped to 0..1 and rounded to whole 1/255.
[[nodiscard]] Image drawGaussianPicture(const GaussianPicture& picture, TaskRunner& runner,
                                        const std::stop_token& stop = {});

}  // namespace volpress::renderer
