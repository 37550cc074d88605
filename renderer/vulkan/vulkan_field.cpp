#include "renderer/vulkan/vulkan_field.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_field_shape.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "shaders/shared/field_layout.h"

namespace volpress::renderer {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;
/// Of one submission: far below what makes a driver give up on a device that does not answer.
constexpr std::uint32_t kBandPixels = 1U << 16;

class Field final : public VulkanField {
public:
  [[nodiscard]] std::uint64_t deviceBytes() const noexcept override {
    return parameters.bytes() + occupancy.bytes();
  }

  HashGridField shape;  ///< without its arrays
  VulkanBuffer parameters, occupancy;
};

layout::FieldConstants constantsOf(const HashGridField& shape, const Camera& camera,
                                   const FieldRenderOptions& options) {
  layout::FieldConstants constants = fieldConstants(shape);
  for (std::size_t row = 0; row < 3; ++row) {
    std::copy_n(&camera.rotation[3 * row], 3, constants.rotation[row]);
  }
  std::copy_n(camera.position.data(), 3, constants.position);
  const std::array<float, 4> lens{camera.fx, camera.fy, camera.cx, camera.cy};
  std::copy(lens.begin(), lens.end(), constants.intrinsics);
  const std::array<float, 4> background = options.background.value_or(shape.background);
  std::copy(background.begin(), background.end(), constants.background);
  constants.width = static_cast<std::uint32_t>(camera.width);
  constants.height = static_cast<std::uint32_t>(camera.height);
  constants.skipsEmpty = options.skipsEmpty ? 1 : 0;
  constants.blendsOriginal = options.blending == FieldBlending::Original ? 1 : 0;
  return constants;
}

class Renderer final : public VulkanFieldRenderer {
public:
  Renderer(std::shared_ptr<VulkanContext> context, CommandRunner runner, Pipeline march)
      : m_context(std::move(context)), m_runner(std::move(runner)), m_march(std::move(march)) {}

  Result<std::shared_ptr<const VulkanField>> upload(
      const HashGridField& field, std::span<const std::uint8_t> occupancy) override {
    VOLPRESS_CHECK(checkFieldWidths(field));
    if (occupancy.size() != field.cascades() * kCascadeCells / 8) {
      return fail(ErrorCode::Internal, "{} bytes of occupancy for {} cascades", occupancy.size(),
                  field.cascades());
    }
    auto made = std::make_shared<Field>();
    made->shape.grid = field.grid;
    made->shape.density = field.density;
    made->shape.color = field.color;
    made->shape.extraInputs = field.extraInputs;
    made->shape.aabbScale = field.aabbScale;
    made->shape.isHdr = field.isHdr;
    made->shape.background = field.background;
    made->shape.exposure = field.exposure;
    VOLPRESS_TRY(made->parameters,
                 copied(std::as_bytes(std::span(field.parameters.data(), field.parameters.size())),
                        "field parameters"));
    VOLPRESS_TRY(made->occupancy, copied(std::as_bytes(occupancy), "field occupancy"));
    return made;
  }

  Result<RenderResult> render(const VulkanField& given, const Camera& camera,
                              const FieldRenderOptions& options) override {
    const auto* field = dynamic_cast<const Field*>(&given);
    if (field == nullptr) {
      return fail(ErrorCode::Internal, "a field that another renderer uploaded");
    }
    if (camera.width == 0 || camera.height == 0 || camera.width > kMostPixels / camera.height) {
      return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels; allowed are 1 to 2^28",
                  camera.width, camera.height);
    }
    const layout::FieldConstants constants = constantsOf(field->shape, camera, options);
    VOLPRESS_TRY(const VulkanBuffer frame,
                 copied(std::as_bytes(std::span(&constants, 1)), "field constants"));
    VOLPRESS_CHECK(makePixels(std::uint64_t{constants.width} * constants.height));
    const VkDeviceAddress base = field->parameters.address();
    layout::FieldPush push{};
    push.constants = frame.address();
    push.densityWeights = base;
    push.colorWeights = base + 4 * field->shape.colorFirst();
    push.table = base + 4 * field->shape.gridFirst();
    push.occupancy = field->occupancy.address();
    push.pixels = m_pixels.address();
    push.places = m_places.address();
    push.live = m_live.address();
    push.samples = samplesOfPass(field->shape);
    const std::uint32_t rows =
        std::max<std::uint32_t>(VP_FIELD_GROUP, kBandPixels / constants.width / VP_FIELD_GROUP *
                                                    std::uint32_t{VP_FIELD_GROUP});
    for (std::uint32_t first = 0; first < constants.height; first += rows) {
      push.firstRow = first;
      const std::uint32_t height = std::min(rows, constants.height - first);
      VOLPRESS_CHECK(drawBand(push, constants.width, height, options.stop));
    }
    return readBack(camera.width, camera.height);
  }

private:
  /// So many that a pass is over before a driver takes it for one that hangs.
  [[nodiscard]] std::uint32_t samplesOfPass(const HashGridField& shape) const {
    constexpr std::uint32_t kOfDevice = 256;
    constexpr std::uint32_t kLoopTurns = 8000;  // what the CPU driver was seen to stand, halved
    std::uint32_t turns = 9 * shape.grid.levels + shape.grid.levels * shape.grid.features * 10 + 64;
    for (const FieldNetwork* network : {&shape.density, &shape.color}) {
      for (unsigned layer = 0; layer <= network->hiddenLayers; ++layer) {
        turns +=
            static_cast<std::uint32_t>(network->rows(layer) * (2 + network->columns(layer) / 8));
      }
    }
    return m_context->isCpuDevice() ? std::max(1U, kLoopTurns / turns) : kOfDevice;
  }

  /// Passes over some rows until all of their rays are over.
  Result<void> drawBand(layout::FieldPush push, std::uint32_t width, std::uint32_t height,
                        const std::stop_token& stop) {
    for (push.isFirst = 1;; push.isFirst = 0) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while drawing");
      }
      std::memset(m_live.mapped(), 0, 4);
      VOLPRESS_CHECK(m_runner.run([&](VkCommandBuffer commands) -> Result<void> {
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, m_march.pipeline.get());
        vkCmdPushConstants(commands, m_march.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                           sizeof(push), &push);
        vkCmdDispatch(commands, groups(width), groups(height), 1);
        memoryBarrier(commands, kComputeUse, kComputeUse);
        memoryBarrier(commands, kComputeUse, kHostRead);
        return {};
      }));
      std::uint32_t live = 0;
      std::memcpy(&live, m_live.mapped(), sizeof(live));
      if (live == 0) {
        return {};
      }
    }
  }

  static std::uint32_t groups(std::uint32_t pixels) {
    return (pixels + VP_FIELD_GROUP - 1) / VP_FIELD_GROUP;
  }

  Result<VulkanBuffer> copied(std::span<const std::byte> bytes, const char* name) {
    return copyToDevice(m_context, m_runner, bytes, name);
  }

  Result<void> makePixels(std::uint64_t count) {
    const auto make = [this](VulkanBuffer& buffer, std::uint64_t bytes, MemoryUse use,
                             const char* name) -> Result<void> {
      if (buffer.bytes() < bytes) {
        VOLPRESS_TRY(buffer, VulkanBuffer::create(m_context, bytes,
                                                  VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, use, name));
      }
      return {};
    };
    VOLPRESS_CHECK(make(m_live, 4, MemoryUse::ReadBack, "rays on their way"));
    VOLPRESS_CHECK(make(m_places, 4 * count, MemoryUse::Device, "places of rays"));
    return make(m_pixels, 16 * count, MemoryUse::ReadBack, "field picture");
  }

  [[nodiscard]] RenderResult readBack(std::size_t width, std::size_t height) const {
    RenderResult result{makeImage(width, height, 3), makeImage(width, height, 1)};
    for (std::size_t pixel = 0; pixel < width * height; ++pixel) {
      std::array<float, 4> rgba{};
      std::memcpy(rgba.data(), m_pixels.mapped() + 16 * pixel, sizeof(rgba));
      std::copy_n(rgba.data(), 3, &result.color.pixels[3 * pixel]);
      result.alpha.pixels[pixel] = rgba[3];
    }
    return result;
  }

  std::shared_ptr<VulkanContext> m_context;
  CommandRunner m_runner;
  Pipeline m_march;
  VulkanBuffer m_pixels, m_places, m_live;
};

}  // namespace

Result<std::unique_ptr<VulkanFieldRenderer>> VulkanFieldRenderer::create(
    std::shared_ptr<VulkanContext> context) {
  VOLPRESS_TRY(CommandRunner runner, CommandRunner::create(context));
  VOLPRESS_TRY(Pipeline march, makeComputePipeline(context, shaders::fieldMarch(),
                                                   sizeof(layout::FieldPush), "field march"));
  return std::make_unique<Renderer>(std::move(context), std::move(runner), std::move(march));
}

}  // namespace volpress::renderer
