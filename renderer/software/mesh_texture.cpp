#include "renderer/software/mesh_texture.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::renderer {
namespace {

const std::array<float, 256>& srgbTable() {
  static const std::array<float, 256> kTable = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      const float c = static_cast<float>(i) / 255.0F;
      table[i] = c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
    }
    return table;
  }();
  return kTable;
}

const std::array<float, 256>& plainTable() {
  static const std::array<float, 256> kTable = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      table[i] = static_cast<float>(i) / 255.0F;
    }
    return table;
  }();
  return kTable;
}

std::uint8_t toByte(float linear, bool isColor) {
  const float c = std::clamp(linear, 0.0F, 1.0F);
  const float display =
      !isColor ? c : (c <= 0.0031308F ? 12.92F * c : 1.055F * std::pow(c, 1 / 2.4F) - 0.055F);
  return static_cast<std::uint8_t>(std::lround(255 * display));
}

/// A texel's place after wrapping.
std::size_t wrapped(std::int64_t i, std::size_t size, TextureWrap wrap) {
  const auto n = static_cast<std::int64_t>(size);
  if (wrap == TextureWrap::Clamp) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(i, 0, n - 1));
  }
  const std::int64_t period = wrap == TextureWrap::Mirror ? 2 * n : n;
  std::int64_t at = i % period;
  at += at < 0 ? period : 0;
  return static_cast<std::size_t>(at < n ? at : 2 * n - 1 - at);
}

}  // namespace

MeshTextureLevels::MeshTextureLevels(formats::RgbaImage image, bool isColor) : m_isColor(isColor) {
  m_levels.push_back({image.width, image.height, std::move(image.pixels)});
  const std::array<float, 256>& table = isColor ? srgbTable() : plainTable();
  while (m_levels.back().width > 1 || m_levels.back().height > 1) {
    const Level& from = m_levels.back();
    Level to{
        std::max<std::size_t>(1, from.width / 2), std::max<std::size_t>(1, from.height / 2), {}};
    to.pixels.resize(4 * to.width * to.height);
    for (std::size_t y = 0; y < to.height; ++y) {
      for (std::size_t x = 0; x < to.width; ++x) {
        for (std::size_t c = 0; c < 4; ++c) {
          float sum = 0;
          for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t fx = std::min(2 * x + (k & 1), from.width - 1);
            const std::size_t fy = std::min(2 * y + (k >> 1), from.height - 1);
            const std::uint8_t value = from.pixels[4 * (fy * from.width + fx) + c];
            sum += c == 3 ? static_cast<float>(value) / 255.0F : table[value];
          }
          to.pixels[4 * (y * to.width + x) + c] = toByte(sum / 4, isColor && c != 3);
        }
      }
    }
    m_levels.push_back(std::move(to));
  }
}

std::array<float, 4> MeshTextureLevels::bilinear(const Level& level, float u, float v,
                                                 const TextureUse& use) const {
  const std::array<float, 256>& table = m_isColor ? srgbTable() : plainTable();
  constexpr float kFar = 1e6F;  // beyond it a float has no texels left to tell apart
  const float x = std::clamp(u, -kFar, kFar) * static_cast<float>(level.width) - 0.5F;
  const float y = std::clamp(v, -kFar, kFar) * static_cast<float>(level.height) - 0.5F;
  const float floorX = std::floor(x);
  const float floorY = std::floor(y);
  const float fx = x - floorX;
  const float fy = y - floorY;
  std::array<std::size_t, 2> columns{};
  std::array<std::size_t, 2> rows{};
  for (std::int64_t k = 0; k < 2; ++k) {
    const auto i = static_cast<std::size_t>(k);
    columns[i] = wrapped(static_cast<std::int64_t>(floorX) + k, level.width, use.wrapU);
    rows[i] = wrapped(static_cast<std::int64_t>(floorY) + k, level.height, use.wrapV);
  }
  std::array<float, 4> result{};
  for (std::size_t k = 0; k < 4; ++k) {
    const float weight = ((k & 1) != 0 ? fx : 1 - fx) * ((k >> 1) != 0 ? fy : 1 - fy);
    const std::uint8_t* texel = &level.pixels[4 * (rows[k >> 1] * level.width + columns[k & 1])];
    for (std::size_t c = 0; c < 3; ++c) {
      result[c] += weight * table[texel[c]];
    }
    result[3] += weight * static_cast<float>(texel[3]) / 255.0F;
  }
  return result;
}

std::array<float, 4> MeshTextureLevels::sample(float u, float v, float footprint,
                                               const TextureUse& use) const {
  const auto longest =
      static_cast<float>(std::max(m_levels.front().width, m_levels.front().height));
  const float texels = footprint * longest;
  const auto last = static_cast<float>(m_levels.size() - 1);
  const float level = texels > 1 ? std::min(std::log2(texels), last) : 0.0F;
  const auto low = static_cast<std::size_t>(level);
  const float fraction = level - static_cast<float>(low);
  std::array<float, 4> result = bilinear(m_levels[low], u, v, use);
  if (fraction > 0 && low + 1 < m_levels.size()) {
    const std::array<float, 4> next = bilinear(m_levels[low + 1], u, v, use);
    for (std::size_t c = 0; c < 4; ++c) {
      result[c] += fraction * (next[c] - result[c]);
    }
  }
  return result;
}

}  // namespace volpress::renderer
