// Colours by linear least squares: a picture is linear in them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>

#include "renderer/software/gaussian_picture.hpp"

namespace volpress::gaussianimage {

/// What is asked of the colours of a picture whose centres and shapes stay.
struct ColorProblem {
  const renderer::GaussianPicture& shapes;  ///< the one that was placed; its colours are not read
  const renderer::PlacedGaussians& placed;
  const renderer::PicturePlanes& target;
  double decay = 0;  ///< times the square of every colour, added to the squared error
};

/// Moves `colors` (3 a Gaussian) towards the least error by at most `iterations` steps of conjugate
/// gradients, scaled by the Gaussians' areas. Where `stop` asks to, they are of no use.
void solveColors(const ColorProblem& problem, unsigned iterations, FloatArray& colors,
                 const std::stop_token& stop);

/// The same of two codebooks (3 an entry) whose sum is the colours: Gaussian i has entry
/// `entries[2 i]` of the first and `entries[2 i + 1]` of the second.
void solveBooks(const ColorProblem& problem, std::span<const std::uint8_t> entries,
                unsigned iterations, std::array<FloatArray, 2>& books, const std::stop_token& stop);

}  // namespace volpress::gaussianimage
