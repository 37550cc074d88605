// A cloud packed for the Gaussian passes, in chunks of device memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/vulkan_buffer.hpp"
#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::renderer {

/// The scene's log scales as unorm16: value = lowest + step * code.
struct LogScaleRange {
  float lowest = 0;
  float step = 0;
};
[[nodiscard]] LogScaleRange logScaleRange(const GaussianCloud& cloud);

/// Words of one packed splat's colours: half-precision RGB of every coefficient, band 0 included.
[[nodiscard]] std::size_t colourWords(unsigned shDegree) noexcept;

/// Writes splats [first, first + count) as shaders/shared/gaussian_layout.h describes; `words`
/// holds count * (VP_GEOMETRY_WORDS + colourWords) of them.
void packSplats(const GaussianCloud& cloud, std::size_t first, std::size_t count,
                LogScaleRange range, std::span<std::uint32_t> words);

class PackedScene final : public VulkanScene {
public:
  /// InvalidParameter for more splats than the chunk table holds (67 million).
  [[nodiscard]] static Result<std::shared_ptr<const PackedScene>> upload(
      const std::shared_ptr<VulkanContext>& context, const GaussianCloud& cloud);

  [[nodiscard]] std::size_t count() const noexcept override { return m_count; }
  [[nodiscard]] std::uint64_t deviceBytes() const noexcept override;

  [[nodiscard]] unsigned shDegree() const noexcept { return m_shDegree; }
  [[nodiscard]] bool antialiased() const noexcept { return m_antialiased; }
  [[nodiscard]] LogScaleRange range() const noexcept { return m_range; }
  [[nodiscard]] std::span<const VulkanBuffer> chunks() const noexcept { return m_chunks; }

private:
  PackedScene() = default;
  std::size_t m_count = 0;
  unsigned m_shDegree = 0;
  bool m_antialiased = false;
  LogScaleRange m_range;
  std::vector<VulkanBuffer> m_chunks;
};

}  // namespace volpress::renderer
