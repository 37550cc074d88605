// What files keep of a sum of Gaussians: grid points, codes of shapes, entries of two codebooks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "renderer/software/gaussian_picture.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::gaussianimage {

inline constexpr unsigned kPlaceBits = 12;
inline constexpr unsigned kShapeBits = 6;
inline constexpr std::uint32_t kMostShapeCode = (1U << kShapeBits) - 1;
inline constexpr std::size_t kMostEntries = 64;  ///< of a codebook

struct Quantiser {
  /// Of l11, l21, l22: a code n stands for sinh(n * step + offset) pixels, so that steps are of the
  /// size of what they round.
  std::array<float, 3> steps{}, offsets{};
  std::array<FloatArray, 2> books;  ///< 3 an entry; a colour is the sum of an entry of each
};

struct PictureCodes {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<coding::GridPoint> places;  ///< below 2^kPlaceBits over the picture; z is 0
  std::vector<std::uint8_t> shapes;       ///< 3 each
  std::vector<std::uint8_t> colors;       ///< 2 each: entries
  Quantiser quantiser;
};

/// What the codes stand for.
[[nodiscard]] renderer::GaussianPicture decodeCodes(const PictureCodes& codes);

/// The grid cell of a centre.
[[nodiscard]] coding::GridPoint placeOf(const float* centre, std::size_t width, std::size_t height);

/// The code nearest to a shape's asinh, within range.
[[nodiscard]] std::uint8_t shapeCode(float companded, float step, float offset);

/// The entries whose sum is nearest to each colour, among the pairs of the four nearest entries of
/// the first codebook.
[[nodiscard]] std::vector<std::uint8_t> nearestEntries(const FloatArray& colors,
                                                       const std::array<FloatArray, 2>& books,
                                                       TaskRunner& runner);

/// Puts both codebooks into order from dark to bright, codes with them.
void sortBooks(PictureCodes& codes);

}  // namespace volpress::gaussianimage
