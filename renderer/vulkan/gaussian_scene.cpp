#include "renderer/vulkan/gaussian_scene.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <Eigen/Core>

#include "renderer/vulkan/vulkan_commands.hpp"
#include "shaders/shared/gaussian_layout.h"

namespace volpress::renderer {
namespace {

constexpr float kMaxHalf = 65504.0F;

std::uint16_t halfBits(float value) {
  return Eigen::half_impl::float_to_half_rtne(std::clamp(value, -kMaxHalf, kMaxHalf)).x;
}

std::uint32_t unorm16(float value) {
  return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 65535.0F));
}

float sigmoid(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

void packQuaternion(const float* quaternion, std::uint32_t* out) {
  double length2 = 0;
  std::uint32_t largest = 0;
  for (std::uint32_t c = 0; c < 4; ++c) {
    length2 += double{quaternion[c]} * quaternion[c];
    if (std::abs(quaternion[c]) > std::abs(quaternion[largest])) {
      largest = c;
    }
  }
  const double scale = (quaternion[largest] < 0 ? -1 : 1) * VP_QUATERNION_ZERO /
                       (VP_QUATERNION_LIMIT * std::sqrt(length2));
  std::uint32_t codes[3];
  for (std::uint32_t c = 0, kept = 0; c < 4; ++c) {
    if (c != largest) {
      const double code = std::round(scale * quaternion[c]) + VP_QUATERNION_ZERO;
      codes[kept++] = static_cast<std::uint32_t>(std::clamp(code, 0.0, 2.0 * VP_QUATERNION_ZERO));
    }
  }
  out[0] = codes[0] | codes[1] << 20;
  out[1] = codes[1] >> 12 | codes[2] << 8 | largest << 28;
}

void packGeometry(const GaussianCloud& cloud, std::size_t i, LogScaleRange range,
                  std::uint32_t* out) {
  for (std::size_t c = 0; c < 3; ++c) {
    out[c] = std::bit_cast<std::uint32_t>(cloud.means[3 * i + c]);
  }
  packQuaternion(&cloud.rotations[4 * i], out + 3);
  std::uint32_t codes[3];
  for (std::size_t c = 0; c < 3; ++c) {
    const float steps =
        range.step > 0 ? (cloud.logScales[3 * i + c] - range.lowest) / range.step : 0;
    codes[c] = static_cast<std::uint32_t>(std::lround(std::clamp(steps, 0.0F, 65535.0F)));
  }
  out[5] = codes[0] | codes[1] << 16;
  out[6] = codes[2] | unorm16(sigmoid(cloud.opacityLogits[i])) << 16;
}

}  // namespace

LogScaleRange logScaleRange(const GaussianCloud& cloud) {
  if (cloud.logScales.empty()) {
    return {};
  }
  // Beyond these, exp() leaves what a float pixel can show; a wild scale must not cost the others
  // their precision.
  constexpr float kLowest = -20.0F;
  constexpr float kHighest = 50.0F;
  const auto [low, high] = std::minmax_element(cloud.logScales.begin(), cloud.logScales.end());
  const float lowest = std::clamp(*low, kLowest, kHighest);
  return {lowest, (std::clamp(*high, kLowest, kHighest) - lowest) / 65535.0F};
}

std::size_t colourWords(unsigned shDegree) noexcept {
  return (3 * (shRestCount(shDegree) + 1) + 1) / 2;
}

void packSplats(const GaussianCloud& cloud, std::size_t first, std::size_t count,
                LogScaleRange range, std::span<std::uint32_t> words) {
  const std::size_t restWidth = 3 * shRestCount(cloud.shDegree);
  const std::size_t stride = colourWords(cloud.shDegree);
  std::uint32_t* colours = words.data() + count * VP_GEOMETRY_WORDS;
  std::vector<std::uint16_t> halfs(2 * stride, 0);
  for (std::size_t local = 0; local < count; ++local) {
    const std::size_t i = first + local;
    packGeometry(cloud, i, range, words.data() + local * VP_GEOMETRY_WORDS);
    for (std::size_t c = 0; c < 3; ++c) {
      halfs[c] = halfBits(cloud.shDc[3 * i + c]);
    }
    for (std::size_t k = 0; k < restWidth; ++k) {
      halfs[3 + k] = halfBits(cloud.shRest[restWidth * i + k]);
    }
    for (std::size_t w = 0; w < stride; ++w) {
      colours[local * stride + w] = halfs[2 * w] | static_cast<std::uint32_t>(halfs[2 * w + 1])
                                                       << 16;
    }
  }
}

Result<std::shared_ptr<const PackedScene>> PackedScene::upload(
    const std::shared_ptr<VulkanContext>& context, const GaussianCloud& cloud) {
  constexpr std::size_t kChunkSplats = VP_CHUNK_SPLATS;
  constexpr std::size_t kMaxSplats = kChunkSplats * VP_MAX_CHUNKS;
  if (cloud.count > kMaxSplats) {
    return fail(ErrorCode::InvalidParameter, "a scene of {} splats; the Vulkan path draws up to {}",
                cloud.count, kMaxSplats);
  }
  std::shared_ptr<PackedScene> scene(new PackedScene);
  scene->m_count = cloud.count;
  scene->m_shDegree = cloud.shDegree;
  scene->m_antialiased = cloud.filter == FilterMode::Antialiased;
  scene->m_range = logScaleRange(cloud);

  VOLPRESS_TRY(CommandRunner runner, CommandRunner::create(context));
  VulkanBuffer staging;
  const std::size_t splatWords = VP_GEOMETRY_WORDS + colourWords(cloud.shDegree);
  for (std::size_t first = 0; first < cloud.count; first += kChunkSplats) {
    const std::size_t splats = std::min(kChunkSplats, cloud.count - first);
    const std::uint64_t bytes = std::uint64_t{4} * splats * splatWords;
    VOLPRESS_TRY(VulkanBuffer chunk, VulkanBuffer::create(context, bytes,
                                                          VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                                          MemoryUse::Device, "scene chunk"));
    std::byte* target = chunk.mapped();
    if (target == nullptr) {
      if (staging.bytes() < bytes) {
        VOLPRESS_TRY(staging, VulkanBuffer::create(context, bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                                                   MemoryUse::Upload, "scene upload"));
      }
      target = staging.mapped();
    }
    packSplats(cloud, first, splats, scene->m_range,
               {reinterpret_cast<std::uint32_t*>(target), splats * splatWords});
    if (chunk.mapped() == nullptr) {
      VOLPRESS_CHECK(runner.run([&](VkCommandBuffer commands) -> Result<void> {
        const VkBufferCopy region{0, 0, bytes};
        vkCmdCopyBuffer(commands, staging.get(), chunk.get(), 1, &region);
        return {};
      }));
    }
    scene->m_chunks.push_back(std::move(chunk));
  }
  return scene;
}

std::uint64_t PackedScene::deviceBytes() const noexcept {
  std::uint64_t bytes = 0;
  for (const VulkanBuffer& chunk : m_chunks) {
    bytes += chunk.bytes();
  }
  return bytes;
}

}  // namespace volpress::renderer
