#include "renderer/vulkan/vulkan_gaussian_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "shaders/shared/picture_layout.h"

namespace volpress::renderer {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 26;
constexpr std::size_t kTile = VP_PICTURE_TILE;

/// A whole number of tiles, from `begin` to before `end`.
struct TileRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The tiles of one axis that something of this centre and spread reaches.
TileRange reachedTiles(float centre, float spread, std::size_t pixels) {
  // Where exp(-r^2 / 2) is 1/255, and a little more.
  constexpr float kReach = 3.33F;
  const float low = centre - kReach * spread;
  const float high = centre + kReach * spread;
  if (!(spread > 0) || !std::isfinite(spread) || !(high >= 0) ||
      !(low <= static_cast<float>(pixels))) {
    return {};
  }
  const std::size_t tiles = (pixels + kTile - 1) / kTile;
  const auto tileOf = [&](float at) {
    const float whole = std::clamp(at, 0.0F, static_cast<float>(pixels - 1));
    return static_cast<std::size_t>(whole) / kTile;
  };
  return {tileOf(low), std::min(tiles, tileOf(high) + 1)};
}

/// Which Gaussians each tile has.
struct TileLists {
  std::vector<std::uint32_t> first;  ///< of each tile, and the end
  std::vector<std::uint32_t> list{};
};

TileLists listsOf(const GaussianPicture& picture) {
  const std::size_t across = (picture.width + kTile - 1) / kTile;
  const std::size_t down = (picture.height + kTile - 1) / kTile;
  const auto eachTile = [&](std::size_t i, const auto& visit) {
    const float* shape = picture.shapes.data() + 3 * i;
    const TileRange x = reachedTiles(picture.centres[2 * i], std::fabs(shape[0]), picture.width);
    const TileRange y =
        reachedTiles(picture.centres[2 * i + 1], std::hypot(shape[1], shape[2]), picture.height);
    for (std::size_t row = y.begin; row < y.end; ++row) {
      for (std::size_t column = x.begin; column < x.end; ++column) {
        visit(row * across + column);
      }
    }
  };
  TileLists lists{std::vector<std::uint32_t>(across * down + 1, 0)};
  for (std::size_t i = 0; i < picture.count(); ++i) {
    eachTile(i, [&](std::size_t tile) { ++lists.first[tile + 1]; });
  }
  for (std::size_t tile = 0; tile < across * down; ++tile) {
    lists.first[tile + 1] += lists.first[tile];
  }
  lists.list.resize(std::max<std::size_t>(1, lists.first.back()));
  std::vector<std::uint32_t> next = lists.first;
  for (std::size_t i = 0; i < picture.count(); ++i) {
    eachTile(i,
             [&](std::size_t tile) { lists.list[next[tile]++] = static_cast<std::uint32_t>(i); });
  }
  return lists;
}

std::vector<layout::PictureGaussian> packed(const GaussianPicture& picture) {
  std::vector<layout::PictureGaussian> gaussians(std::max<std::size_t>(1, picture.count()));
  for (std::size_t i = 0; i < picture.count(); ++i) {
    const std::array<float, 4> place{picture.centres[2 * i], picture.centres[2 * i + 1],
                                     picture.shapes[3 * i], picture.shapes[3 * i + 1]};
    const std::array<float, 4> paint{picture.shapes[3 * i + 2], picture.colors[3 * i],
                                     picture.colors[3 * i + 1], picture.colors[3 * i + 2]};
    std::copy(place.begin(), place.end(), gaussians[i].place);
    std::copy(paint.begin(), paint.end(), gaussians[i].paint);
  }
  return gaussians;
}

}  // namespace

Result<Image> drawGaussianPictureByVulkan(const std::shared_ptr<VulkanContext>& context,
                                          const GaussianPicture& picture) {
  if (picture.width == 0 || picture.height == 0 || picture.width > kMostPixels / picture.height) {
    return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels; allowed are 1 to 2^26",
                picture.width, picture.height);
  }
  VOLPRESS_TRY(CommandRunner runner, CommandRunner::create(context));
  VOLPRESS_TRY(const Pipeline draw,
               makeComputePipeline(context, shaders::gaussianPicture(), sizeof(layout::PicturePush),
                                   "Gaussian picture"));
  const TileLists lists = listsOf(picture);
  const std::vector<layout::PictureGaussian> gaussians = packed(picture);
  const auto copied = [&](const auto& values, const char* name) {
    return copyToDevice(context, runner, std::as_bytes(std::span(values)), name);
  };
  VOLPRESS_TRY(const VulkanBuffer onDevice, copied(gaussians, "Gaussians of a picture"));
  VOLPRESS_TRY(const VulkanBuffer first, copied(lists.first, "tiles of a picture"));
  VOLPRESS_TRY(const VulkanBuffer list, copied(lists.list, "Gaussians of tiles"));
  VOLPRESS_TRY(const VulkanBuffer pixels,
               VulkanBuffer::create(context, 16 * picture.width * picture.height,
                                    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, MemoryUse::ReadBack,
                                    "Gaussian picture"));
  layout::PicturePush push{};
  push.gaussians = onDevice.address();
  push.tileFirst = first.address();
  push.list = list.address();
  push.pixels = pixels.address();
  push.width = static_cast<std::uint32_t>(picture.width);
  push.height = static_cast<std::uint32_t>(picture.height);
  push.tilesAcross = static_cast<std::uint32_t>((picture.width + kTile - 1) / kTile);
  VOLPRESS_CHECK(runner.run([&](VkCommandBuffer commands) -> Result<void> {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, draw.pipeline.get());
    vkCmdPushConstants(commands, draw.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push),
                       &push);
    vkCmdDispatch(commands, push.tilesAcross,
                  static_cast<std::uint32_t>((picture.height + kTile - 1) / kTile), 1);
    memoryBarrier(commands, kComputeUse, kHostRead);
    return {};
  }));
  Image image = makeImage(picture.width, picture.height);
  for (std::size_t pixel = 0; pixel < picture.width * picture.height; ++pixel) {
    std::memcpy(&image.pixels[3 * pixel], pixels.mapped() + 16 * pixel, 3 * sizeof(float));
  }
  return image;
}

}  // namespace volpress::renderer
