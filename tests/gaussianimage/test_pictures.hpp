// Pictures made on the spot.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "renderer/software/gaussian_picture.hpp"
#include "scene/types/image.hpp"

namespace volpress::testing {

/// The same numbers in [0, 1) everywhere.
class Draws {
public:
  explicit Draws(std::uint32_t seed) : m_state(seed) {}
  float operator()() {
    m_state = m_state * 1664525U + 1013904223U;
    return static_cast<float>(m_state >> 8) * 0x1p-24F;
  }

private:
  std::uint32_t m_state;
};

/// Photo-like: a sky that fades, smooth noise of several octaves, things with sharp edges, grain.
/// Whole 1/255.
inline Image testPicture(std::size_t width, std::size_t height) {
  const auto lattice = [](int x, int y, int octave) {
    auto bits = static_cast<std::uint32_t>(x) * 374761393U +
                static_cast<std::uint32_t>(y) * 668265263U +
                static_cast<std::uint32_t>(octave) * 974711U;
    bits = (bits ^ (bits >> 13)) * 1274126177U;
    return static_cast<float>((bits ^ (bits >> 16)) & 0xFFFFU) / 65535.0F;
  };
  const auto noise = [&](float x, float y) {
    float sum = 0;
    float size = 48;
    float weight = 0.5F;
    for (int octave = 0; octave < 4; ++octave, size /= 2, weight /= 2) {
      const float u = x / size;
      const float v = y / size;
      const int i = static_cast<int>(u);
      const int j = static_cast<int>(v);
      const float a = u - static_cast<float>(i);
      const float b = v - static_cast<float>(j);
      const float s = a * a * (3 - 2 * a);
      const float t = b * b * (3 - 2 * b);
      const float above = lattice(i, j, octave) * (1 - s) + lattice(i + 1, j, octave) * s;
      const float below = lattice(i, j + 1, octave) * (1 - s) + lattice(i + 1, j + 1, octave) * s;
      sum += weight * (above * (1 - t) + below * t);
    }
    return sum;
  };
  Image image = makeImage(width, height);
  for (std::size_t j = 0; j < height; ++j) {
    for (std::size_t i = 0; i < width; ++i) {
      const auto x = static_cast<float>(i);
      const auto y = static_cast<float>(j);
      const float up = y / static_cast<float>(height);
      const float grain = noise(x, y);
      std::array<float, 3> color{0.35F + 0.3F * up + 0.2F * grain, 0.5F + 0.2F * up + 0.15F * grain,
                                 0.8F - 0.3F * up + 0.1F * grain};
      const float hill = 0.55F + 0.1F * std::sin(x / 23) + 0.04F * std::sin(x / 7);
      if (up > hill) {
        const float light = 0.25F + 0.5F * grain;
        color[0] = 0.6F * light;
        color[1] = 0.9F * light;
        color[2] = 0.3F * light;
      }
      const float dx = x / static_cast<float>(width) - 0.7F;
      const float dy = up - 0.3F;
      if (dx * dx + dy * dy < 0.02F) {
        color[0] = 0.95F;
        color[1] = 0.75F;
        color[2] = 0.25F;
      }
      const float speckle = 0.06F * (lattice(static_cast<int>(i), static_cast<int>(j), 9) - 0.5F);
      for (std::size_t c = 0; c < 3; ++c) {
        image.pixels[3 * (j * width + i) + c] =
            std::floor(std::clamp(color[c] + speckle, 0.0F, 1.0F) * 255 + 0.5F) / 255;
      }
    }
  }
  return image;
}

/// Gaussians all over a picture, of both signs of colour.
inline renderer::GaussianPicture randomGaussians(std::size_t width, std::size_t height,
                                                 std::size_t count, float size,
                                                 std::uint32_t seed) {
  Draws draw(seed);
  renderer::GaussianPicture picture{width, height, {}, {}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    picture.centres.push_back(draw() * static_cast<float>(width));
    picture.centres.push_back(draw() * static_cast<float>(height));
    picture.shapes.push_back(size * (0.3F + draw()));
    picture.shapes.push_back(size * (draw() - 0.5F));
    picture.shapes.push_back(size * (0.3F + draw()));
    for (std::size_t c = 0; c < 3; ++c) {
      picture.colors.push_back(draw() - 0.25F);
    }
  }
  return picture;
}

}  // namespace volpress::testing
