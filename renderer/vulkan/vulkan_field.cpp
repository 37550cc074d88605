#include "renderer/vulkan/vulkan_field.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "shaders/shared/field_layout.h"

namespace volpress::renderer {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;
/// Of one submission: far below what makes a driver give up on a device that does not answer.
constexpr std::uint32_t kBandPixels = 1U << 16;
constexpr float kSmallestStep = 1.7320508F / 1024;
constexpr float kLargestStep = 1.7320508F;

class Field final : public VulkanField {
public:
  [[nodiscard]] std::uint64_t deviceBytes() const noexcept override {
    return parameters.bytes() + occupancy.bytes();
  }

  HashGridField shape;  ///< without its arrays
  VulkanBuffer parameters, occupancy;
};

layout::FieldLayers layersOf(const FieldNetwork& network) {
  return {network.inputs, network.neurons, network.hiddenLayers, network.outputs};
}

/// As StepSchedule of the software renderer.
void fillSchedule(unsigned aabbScale, layout::FieldConstants& constants) {
  if (aabbScale <= 1) {
    return;
  }
  const float cone = 1.0F / 256;
  const float log = std::log1p(cone);
  const float nearN = (std::log(kSmallestStep) - std::log(log)) / log;
  const float farN = (std::log(kLargestStep) - std::log(log)) / log;
  const std::array<float, 4> first{cone, log, nearN, std::exp(nearN * log)};
  std::copy(first.begin(), first.end(), constants.schedule);
  constants.scheduleFar[0] = farN;
  constants.scheduleFar[1] = std::exp(farN * log);
}

std::uint32_t interpolationCode(GridInterpolation interpolation) {
  switch (interpolation) {
    case GridInterpolation::Linear: return VP_INTERPOLATE_LINEAR;
    case GridInterpolation::Smoothstep: return VP_INTERPOLATE_SMOOTHSTEP;
    case GridInterpolation::Nearest: return VP_INTERPOLATE_NEAREST;
  }
  return VP_INTERPOLATE_LINEAR;
}

layout::FieldConstants constantsOf(const HashGridField& shape, const Camera& camera,
                                   const FieldRenderOptions& options) {
  layout::FieldConstants constants{};
  for (std::size_t row = 0; row < 3; ++row) {
    std::copy_n(&camera.rotation[3 * row], 3, constants.rotation[row]);
  }
  std::copy_n(camera.position.data(), 3, constants.position);
  constants.position[3] = 0.5F - 0.5F * static_cast<float>(shape.aabbScale);
  const std::array<float, 4> lens{camera.fx, camera.fy, camera.cx, camera.cy};
  std::copy(lens.begin(), lens.end(), constants.intrinsics);
  const std::array<float, 4> background = options.background.value_or(shape.background);
  std::copy(background.begin(), background.end(), constants.background);
  fillSchedule(shape.aabbScale, constants);
  constants.scheduleFar[2] = std::exp2(shape.exposure);
  constants.density = layersOf(shape.density);
  constants.color = layersOf(shape.color);
  constants.width = static_cast<std::uint32_t>(camera.width);
  constants.height = static_cast<std::uint32_t>(camera.height);
  constants.cascades = shape.cascades();
  constants.skipsEmpty = options.skipsEmpty ? 1 : 0;
  constants.levels = shape.grid.levels;
  constants.features = shape.grid.features;
  constants.interpolation = interpolationCode(shape.grid.interpolation);
  constants.extraInputs = shape.extraInputs;
  constants.isHdr = shape.isHdr ? 1 : 0;
  constants.blendsOriginal = options.blending == FieldBlending::Original ? 1 : 0;
  const std::vector<GridLevel> levels = gridLevels(shape.grid);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint32_t kind = levels[i].hashed ? VP_LEVEL_HASHED : VP_LEVEL_DENSE;
    constants.level[i] = {levels[i].scale,
                          levels[i].resolution,
                          static_cast<std::uint32_t>(levels[i].entries),
                          static_cast<std::uint32_t>(levels[i].first),
                          kind,
                          0,
                          0,
                          0};
  }
  return constants;
}

class Renderer final : public VulkanFieldRenderer {
public:
  Renderer(std::shared_ptr<VulkanContext> context, CommandRunner runner, Pipeline march)
      : m_context(std::move(context)), m_runner(std::move(runner)), m_march(std::move(march)) {}

  Result<std::shared_ptr<const VulkanField>> upload(
      const HashGridField& field, std::span<const std::uint8_t> occupancy) override {
    for (const FieldNetwork* network : {&field.density, &field.color}) {
      const unsigned widest = std::max({network->inputs, network->neurons, network->outputs});
      if (widest > VP_FIELD_WIDTH) {
        return fail(ErrorCode::InvalidParameter,
                    "a network {} wide; the Vulkan path draws up to {}, the software one all",
                    widest, VP_FIELD_WIDTH);
      }
    }
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
