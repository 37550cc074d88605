#include "renderer/vulkan/host_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "shaders/shared/gaussian_layout.h"

namespace volpress::renderer {
namespace {

/// Floats in an order that unsigned integers have.
std::uint32_t orderedBits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

/// Bounds what a splat can cover, from above and without a division or an exponential a splat. The
/// exact cull follows in gaussian_project.comp.
class FrustumBound {
public:
  FrustumBound(const PackedScene& scene, const Camera& camera) : m_camera(camera) {
    for (std::size_t i = 0; i < m_sigma.size(); ++i) {
      const auto code = static_cast<float>(256 * (i + 1));
      m_sigma[i] = std::exp(scene.range().lowest + scene.range().step * code);
    }
    m_halfWidth = 0.5F * static_cast<float>(camera.width);
    m_halfHeight = 0.5F * static_cast<float>(camera.height);
    m_spreadX = kReach * spread(camera.fx, m_halfWidth);
    m_spreadY = kReach * spread(camera.fy, m_halfHeight);
  }

  /// `position` in camera space; `words` are the packed scales and opacity.
  [[nodiscard]] bool mayBeSeen(const std::array<float, 3>& position,
                               const std::array<std::uint32_t, 2>& words) const noexcept {
    if ((words[1] >> 16U) < kLeastOpacity) {
      return false;
    }
    const std::uint32_t code = std::max({words[0] & 0xffffU, words[0] >> 16U, words[1] & 0xffffU});
    const float sigma = m_sigma[code >> 8U];
    const auto [x, y, z] = position;
    return std::abs(x * m_camera.fx + (m_camera.cx - m_halfWidth) * z) <=
               (m_halfWidth + kMargin) * z + sigma * m_spreadX &&
           std::abs(y * m_camera.fy + (m_camera.cy - m_halfHeight) * z) <=
               (m_halfHeight + kMargin) * z + sigma * m_spreadY;
  }

private:
  static constexpr float kReach = 3.34F;  ///< sqrt(2 ln 255) and a little: sigmas to the alpha cut
  static constexpr float kMargin = 2.0F;  ///< pixels: the low pass at that reach, and a little
  static constexpr std::uint32_t kLeastOpacity = 256;  ///< just under 1/255 of 65535

  /// Pixels times depth that a sigma of one unit spreads to: the norm of the clamped Jacobian's
  /// row.
  static float spread(float focal, float halfSize) {
    const float limit = kJacobianLimit * halfSize / focal;
    return focal * std::sqrt(1 + limit * limit);
  }

  const Camera& m_camera;
  std::array<float, 256> m_sigma{};
  float m_halfWidth = 0, m_halfHeight = 0;
  float m_spreadX = 0, m_spreadY = 0;
};

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr unsigned kPasses = 3;
constexpr std::size_t kScaleWord = 5;  ///< of a splat's geometry: scales, then opacity

}  // namespace

std::size_t HostSort::sort(const PackedScene& scene, const Camera& camera,
                           std::span<std::uint32_t> order) {
  const std::size_t count = scene.count();
  m_entries.resize(count);
  m_scratch.resize(count);
  std::array<std::array<std::uint32_t, kDigits>, kPasses> histograms{};
  const FrustumBound bound(scene, camera);
  const auto& r = camera.rotation;
  const auto& eye = camera.position;

  std::size_t kept = 0;
  std::size_t index = 0;
  for (const VulkanBuffer& chunk : scene.chunks()) {
    const std::byte* geometry = chunk.mapped();
    const std::size_t end = std::min<std::size_t>(count, index + VP_CHUNK_SPLATS);
    for (; index < end; ++index, geometry += 4 * VP_GEOMETRY_WORDS) {
      std::array<float, 3> mean;
      std::memcpy(mean.data(), geometry, sizeof(mean));
      std::array<std::uint32_t, 2> words;
      std::memcpy(words.data(), geometry + 4 * kScaleWord, sizeof(words));
      const float x = mean[0] - eye[0];
      const float y = mean[1] - eye[1];
      const float z = mean[2] - eye[2];
      const std::array position{r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z,
                                r[6] * x + r[7] * y + r[8] * z};
      if (!(position[2] >= camera.nearPlane) || !bound.mayBeSeen(position, words)) {
        continue;
      }
      const std::uint32_t key = orderedBits(position[2]);
      m_entries[kept++] = {key, static_cast<std::uint32_t>(index)};
      for (unsigned pass = 0; pass < kPasses; ++pass) {
        ++histograms[pass][(key >> (pass * kDigitBits)) & (kDigits - 1)];
      }
    }
  }

  for (unsigned pass = 0; pass < kPasses; ++pass) {
    auto& starts = histograms[pass];
    const unsigned shift = pass * kDigitBits;
    if (kept > 0 && starts[(m_entries[0].key >> shift) & (kDigits - 1)] == kept) {
      continue;  // all keys share this digit
    }
    std::uint32_t running = 0;
    for (std::uint32_t& start : starts) {
      running += std::exchange(start, running);
    }
    for (std::size_t i = 0; i < kept; ++i) {
      const Entry entry = m_entries[i];
      m_scratch[starts[(entry.key >> shift) & (kDigits - 1)]++] = entry;
    }
    m_entries.swap(m_scratch);
  }
  for (std::size_t i = 0; i < kept; ++i) {
    order[i] = m_entries[i].splat;
  }
  return kept;
}

}  // namespace volpress::renderer
