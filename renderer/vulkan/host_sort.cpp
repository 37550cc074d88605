#include "renderer/vulkan/host_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "shaders/shared/gaussian_layout.h"

namespace volpress::renderer {
namespace {

/// Floats in an order that unsigned integers have.
std::uint32_t orderedBits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr unsigned kPasses = 3;

}  // namespace

std::size_t HostSort::sort(const PackedScene& scene, const Camera& camera,
                           std::span<std::uint32_t> order) {
  const std::size_t count = scene.count();
  m_entries.resize(count);
  m_scratch.resize(count);
  std::array<std::array<std::uint32_t, kDigits>, kPasses> histograms{};
  const float* row = &camera.rotation[6];
  const auto& eye = camera.position;

  std::size_t kept = 0;
  std::size_t index = 0;
  for (const VulkanBuffer& chunk : scene.chunks()) {
    const std::byte* geometry = chunk.mapped();
    const std::size_t end = std::min<std::size_t>(count, index + VP_CHUNK_SPLATS);
    for (; index < end; ++index, geometry += 4 * VP_GEOMETRY_WORDS) {
      float mean[3];
      std::memcpy(mean, geometry, sizeof(mean));
      const float depth =
          row[0] * (mean[0] - eye[0]) + row[1] * (mean[1] - eye[1]) + row[2] * (mean[2] - eye[2]);
      if (!(depth >= camera.nearPlane)) {
        continue;
      }
      const std::uint32_t key = orderedBits(depth);
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
