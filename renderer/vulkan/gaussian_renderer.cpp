#include "renderer/vulkan/gaussian_renderer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <Eigen/Core>

#include "renderer/vulkan/gaussian_scene.hpp"
#include "renderer/vulkan/host_sort.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "shaders/shared/gaussian_layout.h"

namespace volpress::renderer {
namespace {

static_assert(kLowPass == static_cast<float>(VP_LOW_PASS));
static_assert(kMinAlpha == static_cast<float>(VP_MIN_ALPHA));
static_assert(kMaxAlpha == static_cast<float>(VP_MAX_ALPHA));
static_assert(kSh0 == static_cast<float>(VP_SH0));
static_assert(shRestCount(kMaxShDegree) + 1 == 25);
static_assert(sizeof(layout::FrameConstants) == 128 + 8 * VP_MAX_CHUNKS);
static_assert(sizeof(layout::ProjectConstants) <= 128);

constexpr std::uint32_t groups(std::size_t count, std::size_t size) {
  return static_cast<std::uint32_t>((count + size - 1) / size);
}

template <typename T>
void push(VkCommandBuffer commands, const Pipeline& pipeline, VkShaderStageFlags stages,
          const T& constants) {
  vkCmdPushConstants(commands, pipeline.layout.get(), stages, 0, sizeof(T), &constants);
}

template <typename T>
void dispatch(VkCommandBuffer commands, const Pipeline& pipeline, const T& constants,
              std::uint32_t groupCount) {
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.pipeline.get());
  push(commands, pipeline, VK_SHADER_STAGE_COMPUTE_BIT, constants);
  vkCmdDispatch(commands, groupCount, 1, 1);
}

/// The device memory of drawing one picture.
struct WorkBuffers {
  VulkanBuffer frame;
  VulkanBuffer projected;
  VulkanBuffer order;                ///< sorted on the CPU
  std::array<VulkanBuffer, 2> keys;  ///< sorted on the device, as the rest
  std::array<VulkanBuffer, 2> values;
  VulkanBuffer bins;
  VulkanBuffer visible;
  VulkanBuffer draws;
};

class Picture final : public VulkanPicture {
public:
  Picture(std::shared_ptr<VulkanContext> context, VkFormat format)
      : m_context(std::move(context)), m_format(format) {}

  Result<void> resize(std::uint32_t width, std::uint32_t height) override {
    if (m_image.extent().width == width && m_image.extent().height == height) {
      return {};
    }
    VOLPRESS_TRY(m_image, VulkanImage::create(m_context, {width, height}, m_format,
                                              VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                                  VK_IMAGE_USAGE_SAMPLED_BIT |
                                                  VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                                              "Gaussian picture"));
    drawn = false;
    return {};
  }
  VkExtent2D extent() const noexcept override { return m_image.extent(); }
  VkImageView view() const noexcept override { return drawn ? m_image.view() : VK_NULL_HANDLE; }
  Result<void> prepareForReading(VkCommandBuffer /*commands*/) override { return {}; }

  [[nodiscard]] const VulkanImage& image() const noexcept { return m_image; }

  /// Makes room for `count` splats; what is there stays when it is large enough.
  Result<void> reserve(std::size_t count, bool hostSort) {
    if (work.frame.bytes() == 0) {
      VOLPRESS_TRY(work.frame, make(sizeof(layout::FrameConstants), 0, MemoryUse::Upload, "frame"));
    }
    if (count <= m_capacity) {
      return {};
    }
    m_capacity = 0;
    const std::uint64_t words = std::uint64_t{4} * count;
    VOLPRESS_TRY(work.projected,
                 make(words * VP_PROJECTED_WORDS, 0, MemoryUse::Device, "projected splats"));
    if (hostSort) {
      VOLPRESS_TRY(work.order, make(words, 0, MemoryUse::Upload, "depth order"));
    } else {
      for (std::size_t side = 0; side < 2; ++side) {
        VOLPRESS_TRY(work.keys[side], make(words, 0, MemoryUse::Device, "depth keys"));
        VOLPRESS_TRY(work.values[side], make(words, 0, MemoryUse::Device, "depth values"));
      }
      const std::uint64_t blocks = groups(count, VP_SORT_BLOCK);
      VOLPRESS_TRY(work.bins, make(4 * VP_SORT_BINS * blocks, 0, MemoryUse::Device, "sort bins"));
      VOLPRESS_TRY(work.visible,
                   make(4, VK_BUFFER_USAGE_TRANSFER_DST_BIT, MemoryUse::Device, "visible count"));
      VOLPRESS_TRY(
          work.draws,
          make(sizeof(VkDrawIndexedIndirectCommand) * std::uint64_t{groups(count, VP_DRAW_SPLATS)},
               VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, MemoryUse::Device, "indirect draws"));
    }
    m_capacity = count;
    return {};
  }

  WorkBuffers work;
  HostSort sorter;
  bool drawn = false;

private:
  [[nodiscard]] Result<VulkanBuffer> make(std::uint64_t bytes, VkBufferUsageFlags usage,
                                          MemoryUse use, const char* name) const {
    return VulkanBuffer::create(m_context, bytes, usage | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, use,
                                name);
  }

  std::shared_ptr<VulkanContext> m_context;
  VkFormat m_format;
  VulkanImage m_image;
  std::size_t m_capacity = 0;
};

class Renderer final : public VulkanGaussianRenderer {
public:
  explicit Renderer(std::shared_ptr<VulkanContext> context, SortPlace sort)
      : m_context(std::move(context)),
        m_hostSort(sort == SortPlace::Fastest && m_context->isCpuDevice()) {}

  Result<void> initialise();

  Result<std::shared_ptr<const VulkanScene>> upload(const GaussianCloud& cloud) override {
    return PackedScene::upload(m_context, cloud);
  }

  Result<std::unique_ptr<VulkanPicture>> makePicture(std::uint32_t width, std::uint32_t height,
                                                     PicturePrecision precision) override {
    const bool isFloat = precision == PicturePrecision::Float ||
                         (precision == PicturePrecision::Fastest && m_context->isCpuDevice());
    auto picture = std::make_unique<Picture>(
        m_context, isFloat ? VK_FORMAT_R32G32B32A32_SFLOAT : VK_FORMAT_R16G16B16A16_SFLOAT);
    VOLPRESS_CHECK(picture->resize(width, height));
    return picture;
  }

  Result<void> record(VkCommandBuffer commands, const VulkanScene& scene, const Camera& camera,
                      const RenderOptions& options, VulkanPicture& picture) override;
  Result<RenderResult> renderNow(const VulkanScene& scene, const Camera& camera,
                                 const RenderOptions& options, VulkanPicture& picture) override;

private:
  void project(VkCommandBuffer commands, Picture& picture, std::size_t count) const;
  void sort(VkCommandBuffer commands, Picture& picture, std::size_t count) const;
  void draw(VkCommandBuffer commands, const Camera& camera, const RenderOptions& options,
            Picture& picture, std::size_t count) const;

  std::shared_ptr<VulkanContext> m_context;
  bool m_hostSort;
  Pipeline m_project, m_sortCount, m_sortScan, m_sortScatter, m_draws;
  Pipeline m_splatHalf, m_splatFloat;
  VulkanBuffer m_indices;  ///< two triangles for each of VP_DRAW_SPLATS boxes
  CommandRunner m_runner;
  VulkanBuffer m_readBack;
};

Result<void> Renderer::initialise() {
  VOLPRESS_TRY(m_runner, CommandRunner::create(m_context));
  VOLPRESS_TRY(m_project, makeComputePipeline(m_context, shaders::gaussianProject(),
                                              sizeof(layout::ProjectConstants), "project"));
  VOLPRESS_TRY(m_sortCount, makeComputePipeline(m_context, shaders::sortCount(),
                                                sizeof(layout::SortConstants), "sort count"));
  VOLPRESS_TRY(m_sortScan, makeComputePipeline(m_context, shaders::sortScan(),
                                               sizeof(layout::SortConstants), "sort scan"));
  VOLPRESS_TRY(m_sortScatter, makeComputePipeline(m_context, shaders::sortScatter(),
                                                  sizeof(layout::SortConstants), "sort scatter"));
  VOLPRESS_TRY(m_draws, makeComputePipeline(m_context, shaders::gaussianDraws(),
                                            sizeof(layout::DrawsConstants), "draws"));
  GraphicsPipelineInfo splat;
  splat.vertex = shaders::gaussianSplatVertex();
  splat.fragment = shaders::gaussianSplatFragment();
  splat.pushBytes = sizeof(layout::SplatConstants);
  splat.premultipliedOver = true;
  splat.name = "splat";
  splat.format = VK_FORMAT_R16G16B16A16_SFLOAT;
  VOLPRESS_TRY(m_splatHalf, makeGraphicsPipeline(m_context, splat));
  splat.format = VK_FORMAT_R32G32B32A32_SFLOAT;
  VOLPRESS_TRY(m_splatFloat, makeGraphicsPipeline(m_context, splat));

  std::vector<std::uint32_t> indices;
  indices.reserve(std::size_t{6} * VP_DRAW_SPLATS);
  for (std::uint32_t first = 0; first < 4U * VP_DRAW_SPLATS; first += 4) {
    for (const std::uint32_t corner : {0U, 1U, 2U, 2U, 1U, 3U}) {
      indices.push_back(first + corner);
    }
  }
  const std::uint64_t bytes = 4 * indices.size();
  VOLPRESS_TRY(m_indices, VulkanBuffer::create(
                              m_context, bytes,
                              VK_BUFFER_USAGE_INDEX_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                              MemoryUse::Device, "box indices"));
  VOLPRESS_TRY(const VulkanBuffer staging,
               VulkanBuffer::create(m_context, bytes, VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                                    MemoryUse::Upload, "box indices upload"));
  std::memcpy(staging.mapped(), indices.data(), bytes);
  return m_runner.run([&](VkCommandBuffer commands) -> Result<void> {
    const VkBufferCopy region{0, 0, bytes};
    vkCmdCopyBuffer(commands, staging.get(), m_indices.get(), 1, &region);
    return {};
  });
}

layout::FrameConstants frameConstants(const PackedScene& scene, const Camera& camera,
                                      const RenderOptions& options) {
  layout::FrameConstants frame{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      frame.rotation[row][column] = camera.rotation[3 * row + column];
    }
    frame.cameraPosition[row] = camera.position[row];
  }
  const auto width = static_cast<float>(camera.width);
  const auto height = static_cast<float>(camera.height);
  frame.cameraPosition[3] = camera.nearPlane;
  frame.intrinsics[0] = camera.fx;
  frame.intrinsics[1] = camera.fy;
  frame.intrinsics[2] = camera.cx;
  frame.intrinsics[3] = camera.cy;
  frame.viewport[0] = width;
  frame.viewport[1] = height;
  frame.viewport[2] = kJacobianLimit * 0.5F * width / camera.fx;
  frame.viewport[3] = kJacobianLimit * 0.5F * height / camera.fy;
  frame.logScaleRange[0] = scene.range().lowest;
  frame.logScaleRange[1] = scene.range().step;
  frame.count = static_cast<std::uint32_t>(scene.count());
  frame.coefficients = static_cast<std::uint32_t>(shRestCount(scene.shDegree()) + 1);
  frame.shDegree = std::min(scene.shDegree(), options.maxShDegree);
  frame.antialiased = scene.antialiased() ? 1 : 0;
  for (std::size_t chunk = 0; chunk < scene.chunks().size(); ++chunk) {
    frame.chunks[chunk] = scene.chunks()[chunk].address();
  }
  return frame;
}

Result<void> Renderer::record(VkCommandBuffer commands, const VulkanScene& given,
                              const Camera& camera, const RenderOptions& options,
                              VulkanPicture& givenPicture) {
  const auto* scene = dynamic_cast<const PackedScene*>(&given);
  auto* picture = dynamic_cast<Picture*>(&givenPicture);
  if (scene == nullptr || picture == nullptr) {
    return fail(ErrorCode::Internal, "a scene or picture that this renderer did not make");
  }
  if (camera.width == 0 || camera.height == 0) {
    return fail(ErrorCode::InvalidParameter, "a camera of {} x {} pixels; both must be at least 1",
                camera.width, camera.height);
  }
  std::size_t count = scene->count();
  if (count > 0) {
    VOLPRESS_CHECK(picture->reserve(count, m_hostSort));
    const layout::FrameConstants frame = frameConstants(*scene, camera, options);
    std::memcpy(picture->work.frame.mapped(), &frame, sizeof(frame));
    if (m_hostSort) {
      count = picture->sorter.sort(
          *scene, camera, {reinterpret_cast<std::uint32_t*>(picture->work.order.mapped()), count});
    }
  }
  if (count > 0) {
    project(commands, *picture, count);
    if (!m_hostSort) {
      sort(commands, *picture, count);
    }
    memoryBarrier(commands, kComputeUse, kVertexRead);
  }
  draw(commands, camera, options, *picture, count);
  picture->drawn = true;
  return {};
}

void Renderer::project(VkCommandBuffer commands, Picture& picture, std::size_t count) const {
  const WorkBuffers& work = picture.work;
  layout::ProjectConstants constants{};
  constants.frame = work.frame.address();
  constants.projected = work.projected.address();
  constants.count = static_cast<std::uint32_t>(count);
  if (m_hostSort) {
    constants.sortedFirst = 1;
    constants.order = work.order.address();
  } else {
    constants.keys = work.keys[0].address();
    constants.values = work.values[0].address();
    constants.visible = work.visible.address();
    vkCmdFillBuffer(commands, work.visible.get(), 0, 4, 0);
    memoryBarrier(commands, kTransferWrite, kComputeUse);
  }
  dispatch(commands, m_project, constants, groups(count, VP_PROJECT_GROUP));
}

void Renderer::sort(VkCommandBuffer commands, Picture& picture, std::size_t count) const {
  const WorkBuffers& work = picture.work;
  layout::SortConstants constants{};
  constants.count = static_cast<std::uint32_t>(count);
  constants.blocks = groups(count, VP_SORT_BLOCK);
  constants.bins = work.bins.address();
  for (std::uint32_t pass = 0; pass < 8; ++pass) {
    const std::size_t from = pass % 2;
    constants.keysIn = work.keys[from].address();
    constants.valuesIn = work.values[from].address();
    constants.keysOut = work.keys[1 - from].address();
    constants.valuesOut = work.values[1 - from].address();
    constants.shift = 4 * pass;
    memoryBarrier(commands, kComputeUse, kComputeUse);
    dispatch(commands, m_sortCount, constants, constants.blocks);
    memoryBarrier(commands, kComputeUse, kComputeUse);
    dispatch(commands, m_sortScan, constants, 1);
    memoryBarrier(commands, kComputeUse, kComputeUse);
    dispatch(commands, m_sortScatter, constants, constants.blocks);
  }
  layout::DrawsConstants draws{};
  draws.visible = work.visible.address();
  draws.draws = work.draws.address();
  draws.drawCount = groups(count, VP_DRAW_SPLATS);
  dispatch(commands, m_draws, draws, groups(draws.drawCount, VP_PROJECT_GROUP));
}

void Renderer::draw(VkCommandBuffer commands, const Camera& camera, const RenderOptions& options,
                    Picture& picture, std::size_t count) const {
  const VulkanImage& image = picture.image();
  imageBarrier(commands, image.get(), VK_IMAGE_LAYOUT_UNDEFINED,
               VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, kFragmentRead, kColorOutput);
  VkRenderingAttachmentInfo attachment{};
  attachment.sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO;
  attachment.imageView = image.view();
  attachment.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  attachment.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  attachment.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  attachment.clearValue.color = {
      {options.background[0], options.background[1], options.background[2], 0}};
  VkRenderingInfo rendering{};
  rendering.sType = VK_STRUCTURE_TYPE_RENDERING_INFO;
  rendering.renderArea.extent = image.extent();
  rendering.layerCount = 1;
  rendering.colorAttachmentCount = 1;
  rendering.pColorAttachments = &attachment;
  vkCmdBeginRendering(commands, &rendering);
  if (count > 0) {
    const WorkBuffers& work = picture.work;
    const Pipeline& pipeline =
        image.format() == VK_FORMAT_R16G16B16A16_SFLOAT ? m_splatHalf : m_splatFloat;
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.pipeline.get());
    const VkViewport viewport{
        0, 0, static_cast<float>(image.extent().width), static_cast<float>(image.extent().height),
        0, 1};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &rendering.renderArea);
    layout::SplatConstants constants{};
    constants.projected = work.projected.address();
    constants.count = static_cast<std::uint32_t>(count);
    constants.scaleX = 2.0F / static_cast<float>(camera.width);
    constants.scaleY = 2.0F / static_cast<float>(camera.height);
    constants.sortedFirst = m_hostSort ? 1 : 0;
    constants.triangles = m_hostSort ? 1 : 0;
    if (!m_hostSort) {
      constants.order = work.values[0].address();
      constants.visible = work.visible.address();
    }
    push(commands, pipeline, VK_SHADER_STAGE_VERTEX_BIT, constants);
    if (m_hostSort) {
      vkCmdDraw(commands, 3 * constants.count, 1, 0, 0);
    } else {
      vkCmdBindIndexBuffer(commands, m_indices.get(), 0, VK_INDEX_TYPE_UINT32);
      for (std::uint32_t i = 0; i < groups(count, VP_DRAW_SPLATS); ++i) {
        vkCmdDrawIndexedIndirect(commands, work.draws.get(),
                                 i * sizeof(VkDrawIndexedIndirectCommand), 1, 0);
      }
    }
  }
  vkCmdEndRendering(commands);
  imageBarrier(commands, image.get(), VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
               VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, kColorOutput, kFragmentRead);
}

Result<RenderResult> Renderer::renderNow(const VulkanScene& scene, const Camera& camera,
                                         const RenderOptions& options, VulkanPicture& given) {
  auto* picture = dynamic_cast<Picture*>(&given);
  if (picture == nullptr) {
    return fail(ErrorCode::Internal, "a picture that this renderer did not make");
  }
  const VulkanImage& image = picture->image();
  const std::size_t pixels = std::size_t{image.extent().width} * image.extent().height;
  const bool isHalf = image.format() == VK_FORMAT_R16G16B16A16_SFLOAT;
  const std::uint64_t bytes = pixels * (isHalf ? 8 : 16);
  if (m_readBack.bytes() < bytes) {
    VOLPRESS_TRY(m_readBack,
                 VulkanBuffer::create(m_context, bytes, VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                      MemoryUse::ReadBack, "picture read back"));
  }
  const auto recordAndCopy = [&](VkCommandBuffer commands) -> Result<void> {
    VOLPRESS_CHECK(record(commands, scene, camera, options, given));
    imageBarrier(commands, image.get(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                 VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, kColorOutput, kTransferRead);
    VkBufferImageCopy copy{};
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    copy.imageExtent = {image.extent().width, image.extent().height, 1};
    vkCmdCopyImageToBuffer(commands, image.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                           m_readBack.get(), 1, &copy);
    imageBarrier(commands, image.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                 VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, kTransferRead, kFragmentRead);
    memoryBarrier(commands, kTransferWrite, kHostRead);
    return {};
  };
  VOLPRESS_CHECK(m_runner.run(recordAndCopy));

  RenderResult result{makeImage(image.extent().width, image.extent().height, 3),
                      makeImage(image.extent().width, image.extent().height, 1)};
  const std::byte* source = m_readBack.mapped();
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    float rgba[4];
    if (isHalf) {
      std::uint16_t halfs[4];
      std::memcpy(halfs, source + 8 * pixel, sizeof(halfs));
      for (std::size_t c = 0; c < 4; ++c) {
        rgba[c] = Eigen::half_impl::half_to_float(Eigen::half_impl::raw_uint16_to_half(halfs[c]));
      }
    } else {
      std::memcpy(rgba, source + 16 * pixel, sizeof(rgba));
    }
    std::copy_n(rgba, 3, &result.color.pixels[3 * pixel]);
    result.alpha.pixels[pixel] = rgba[3];
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<VulkanGaussianRenderer>> VulkanGaussianRenderer::create(
    std::shared_ptr<VulkanContext> context, SortPlace sort) {
  auto renderer = std::make_unique<Renderer>(std::move(context), sort);
  VOLPRESS_CHECK(renderer->initialise());
  return renderer;
}

}  // namespace volpress::renderer
