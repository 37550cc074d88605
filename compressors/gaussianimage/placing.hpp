// Where the Gaussians of a picture start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "renderer/software/gaussian_picture.hpp"

namespace volpress::gaussianimage {

/// A number of at least 0 for every pixel: how much it needs Gaussians.
struct PixelWeights {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<float> values;
};

/// The length of the colour gradient, with what makes flat parts get some as well.
[[nodiscard]] PixelWeights edgeWeights(const renderer::PicturePlanes& target);
/// The squared error of every pixel, blurred a little.
[[nodiscard]] PixelWeights errorWeights(const renderer::PicturePlanes& residual);

/// Adds `count` round Gaussians of colour 0, drawn by weight and spread evenly: pixels are taken in
/// Morton order at equal steps of their summed weight. Each is as large as the room that its weight
/// gives it, at most `largest` pixels.
void placeByWeight(const PixelWeights& weights, std::size_t count, float largest,
                   std::uint64_t seed, renderer::GaussianPicture& picture);

}  // namespace volpress::gaussianimage
