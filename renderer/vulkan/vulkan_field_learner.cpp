#include "renderer/vulkan/vulkan_field_learner.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_field_shape.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "shaders/shared/field_learning_layout.h"

namespace volpress::renderer {
namespace {

/// More than the steps of any ray through a box of 128 cubes.
constexpr std::uint32_t kMostOfRay = 4096;
/// Samples of a chunk: what the sums of the grid's gradients have room for.
constexpr std::uint32_t kMostOfChunk = 1U << 16;
constexpr std::uint64_t kRowsBytes = std::uint64_t{1} << 27;
/// Outputs are computed four at a time.
constexpr std::uint32_t kSpareRows = VP_LEARN_TILE - 1;
constexpr std::uint32_t kMostGroups = 65535;  // along one side of a dispatch, everywhere

constexpr std::uint32_t groups(std::uint64_t invocations) {
  return static_cast<std::uint32_t>((invocations + VP_LEARN_GROUP - 1) / VP_LEARN_GROUP);
}

/// First rows of what a batch of samples has, as in FieldBatch.
struct Rows {
  explicit Rows(const HashGridField& shape)
      : densityHidden(VP_ROW_ENCODED + shape.density.inputs),
        colorIn(densityHidden + shape.density.hiddenLayers * shape.density.neurons),
        colorHidden(colorIn + std::max(shape.color.inputs, shape.density.outputs + kSpareRows)),
        colorOut(colorHidden + shape.color.hiddenLayers * shape.color.neurons),
        count(colorOut + shape.color.outputs + kSpareRows) {}

  std::uint32_t densityHidden, colorIn, colorHidden, colorOut, count;
};

/// Passes that end every ray: a turn goes on by a step at least.
std::uint32_t marchPasses(const layout::FieldConstants& constants, unsigned aabbScale) {
  constexpr float kDiagonal = 1.7320508F;
  constexpr float kSmallest = kDiagonal / 1024;
  const float reach = kDiagonal * static_cast<float>(aabbScale);
  float turns = reach / kSmallest;
  if (constants.schedule[0] != 0) {
    turns = std::log(reach) / constants.schedule[1] - constants.schedule[2] +
            constants.schedule[3] / kSmallest;
  }
  return 2 + static_cast<std::uint32_t>(turns) / VP_LEARN_STEPS;
}

/// Rays whose samples are in memory together.
struct Chunk {
  std::uint32_t first = 0;
  std::uint32_t rays = 0;
  std::uint32_t samples = 0;
};

/// What one call works on.
struct Batch {
  const HashGridField& shape;
  std::span<const LearningRay> rays;
  Rows rows;
  std::uint32_t marches = 1;  ///< passes
  layout::LearnPush push{};

  [[nodiscard]] std::uint32_t networks() const {
    return static_cast<std::uint32_t>(shape.gridFirst());
  }
};

class Learner final : public FieldLearner {
public:
  Learner(std::shared_ptr<VulkanContext> context, CommandRunner runner)
      : m_context(std::move(context)), m_runner(std::move(runner)) {}

  Result<void> makePipelines() {
    VOLPRESS_TRY(m_rays, makeComputePipeline(m_context, shaders::fieldLearnRays(),
                                             sizeof(layout::LearnPush), "field learning: rays"));
    VOLPRESS_TRY(m_samples,
                 makeComputePipeline(m_context, shaders::fieldLearnSamples(),
                                     sizeof(layout::LearnPush), "field learning: samples"));
    VOLPRESS_TRY(m_layers, makeComputePipeline(m_context, shaders::fieldLearnLayer(),
                                               sizeof(layout::LayerPush), "field learning: layer"));
    return {};
  }

  [[nodiscard]] std::string name() const override { return "Vulkan, " + m_context->deviceName(); }

  Result<LearningOutcome> accumulate(const HashGridField& shape, LearningLoss loss,
                                     std::span<const float> parameters,
                                     std::span<const std::uint8_t> occupancy,
                                     std::span<const LearningRay> rays,
                                     std::span<float> gradient) override {
    VOLPRESS_CHECK(checkFieldWidths(shape));
    if (rays.empty()) {
      return LearningOutcome{};
    }
    Batch batch{shape, rays, Rows(shape)};
    VOLPRESS_CHECK(begin(batch, loss, parameters, occupancy));
    LearningOutcome outcome;
    // How many samples rays have at all, then in front of what is opaque; those are learnt from.
    limitRays(std::vector<std::uint32_t>(rays.size(), kMostOfRay));
    const Chunk all{0, static_cast<std::uint32_t>(rays.size()), 0};
    VOLPRESS_CHECK(
        run([&](VkCommandBuffer commands) { march(commands, batch, all, VP_RAYS_COUNT); }));
    for (const Chunk& chunk : chunksOf(found(rays.size()))) {
      outcome.marched += chunk.samples;
      VOLPRESS_CHECK(run([&](VkCommandBuffer commands) {
        evaluateDensity(commands, batch, chunk);
        onRays(commands, batch, chunk, VP_RAYS_CUT);
      }));
    }
    for (const Chunk& chunk : chunksOf(found(rays.size()))) {
      outcome.learnt += chunk.samples;
      VOLPRESS_CHECK(run([&](VkCommandBuffer commands) { learn(commands, batch, chunk); }));
    }
    VOLPRESS_CHECK(takeGradient(gradient));
    for (std::size_t ray = 0; ray < rays.size(); ++ray) {
      std::array<float, 2> errors{};
      std::memcpy(errors.data(), m_errors.mapped() + ray * sizeof(errors), sizeof(errors));
      outcome.loss += static_cast<double>(errors[0]);
      outcome.squaredError += static_cast<double>(errors[1]);
    }
    return outcome;
  }

private:
  /// Records, runs and waits; the host sees what was written.
  template <typename Record>
  Result<void> run(const Record& record) {
    return m_runner.run([&](VkCommandBuffer commands) -> Result<void> {
      record(commands);
      memoryBarrier(commands, kComputeUse, kHostRead);
      return {};
    });
  }

  /// Makes a buffer at least so large. Whether it is a new one.
  Result<bool> make(VulkanBuffer& buffer, std::uint64_t bytes, MemoryUse use, const char* name) {
    if (buffer.bytes() >= bytes) {
      return false;
    }
    VOLPRESS_TRY(buffer, VulkanBuffer::create(m_context, bytes,
                                              VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                  VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                  VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                              use, name));
    return true;
  }

  /// Makes an Upload buffer hold these bytes.
  Result<void> fill(VulkanBuffer& buffer, std::span<const std::byte> bytes, const char* name) {
    VOLPRESS_CHECK(make(buffer, bytes.size(), MemoryUse::Upload, name));
    std::memcpy(buffer.mapped(), bytes.data(), bytes.size());
    return {};
  }

  Result<void> begin(Batch& batch, LearningLoss loss, std::span<const float> parameters,
                     std::span<const std::uint8_t> occupancy) {
    const std::size_t rays = batch.rays.size();
    const std::uint64_t rowBytes = sizeof(float) * std::uint64_t{batch.rows.count};
    m_capacity = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
        kRowsBytes / rowBytes / VP_LEARN_PART * VP_LEARN_PART, kMostOfRay, kMostOfChunk));
    const std::uint64_t parts = m_capacity / VP_LEARN_PART;
    const std::uint64_t tableSize = parameters.size() - batch.networks();
    VOLPRESS_CHECK(make(m_values, m_capacity * rowBytes, MemoryUse::Device, "learning: values"));
    VOLPRESS_CHECK(make(m_slopes, m_capacity * rowBytes, MemoryUse::Device, "learning: slopes"));
    VOLPRESS_CHECK(make(m_parts, sizeof(float) * parts * batch.networks(), MemoryUse::Device,
                        "learning: parts of gradients"));
    VOLPRESS_CHECK(make(m_largest, 4, MemoryUse::Device, "learning: largest gradient"));
    VOLPRESS_CHECK(make(m_places, 4 * rays, MemoryUse::Device, "learning: places of rays"));
    VOLPRESS_CHECK(make(m_found, 4 * rays, MemoryUse::ReadBack, "learning: samples of rays"));
    VOLPRESS_CHECK(make(m_errors, 8 * rays, MemoryUse::ReadBack, "learning: errors of rays"));
    VOLPRESS_CHECK(make(m_offsets, 4 * rays, MemoryUse::Upload, "learning: first samples"));
    VOLPRESS_CHECK(make(m_limits, 4 * rays, MemoryUse::Upload, "learning: limits of rays"));
    const std::uint64_t bytes = parameters.size_bytes();
    VOLPRESS_CHECK(make(m_parameters, bytes, MemoryUse::Device, "learning: parameters"));
    VOLPRESS_CHECK(make(m_occupancy, occupancy.size(), MemoryUse::Device, "learning: occupancy"));
    VOLPRESS_CHECK(make(m_gradient, bytes, MemoryUse::Device, "learning: gradient"));
    VOLPRESS_CHECK(make(m_gradientRead, bytes, MemoryUse::ReadBack, "learning: read gradient"));
    VOLPRESS_TRY(const bool isNewSum,
                 make(m_sums, 8 * tableSize, MemoryUse::Device, "learning: sums"));
    VOLPRESS_CHECK(fill(m_parametersSent, std::as_bytes(parameters), "learning: sent parameters"));
    VOLPRESS_CHECK(fill(m_occupancySent, std::as_bytes(occupancy), "learning: sent occupancy"));
    VOLPRESS_CHECK(sendRays(batch.rays));
    const layout::FieldConstants constants = fieldConstants(batch.shape);
    batch.marches = marchPasses(constants, batch.shape.aabbScale);
    VOLPRESS_CHECK(
        fill(m_constants, std::as_bytes(std::span(&constants, 1)), "learning: constants"));
    const layout::LearnBatch described = describe(batch, loss);
    VOLPRESS_CHECK(fill(m_batch, std::as_bytes(std::span(&described, 1)), "learning: batch"));
    batch.push.constants = m_constants.address();
    batch.push.batch = m_batch.address();
    return m_runner.run([&](VkCommandBuffer commands) -> Result<void> {
      const VkBufferCopy all{0, 0, bytes};
      vkCmdCopyBuffer(commands, m_parametersSent.get(), m_parameters.get(), 1, &all);
      const VkBufferCopy bits{0, 0, occupancy.size()};
      vkCmdCopyBuffer(commands, m_occupancySent.get(), m_occupancy.get(), 1, &bits);
      vkCmdFillBuffer(commands, m_gradient.get(), 0, bytes, 0);
      // Rows that only pad a layer get no gradient.
      vkCmdFillBuffer(commands, m_parts.get(), 0, VK_WHOLE_SIZE, 0);
      if (isNewSum) {
        vkCmdFillBuffer(commands, m_sums.get(), 0, VK_WHOLE_SIZE, 0);
      }
      memoryBarrier(commands, kTransferWrite, kComputeUse);
      return {};
    });
  }

  Result<void> sendRays(std::span<const LearningRay> rays) {
    VOLPRESS_CHECK(make(m_sentRays, sizeof(layout::LearnRay) * rays.size(), MemoryUse::Upload,
                        "learning: rays"));
    for (std::size_t i = 0; i < rays.size(); ++i) {
      const LearningRay& ray = rays[i];
      layout::LearnRay sent{};
      std::copy_n(ray.ray.origin.data(), 3, sent.origin);
      std::copy_n(ray.ray.direction.data(), 3, sent.direction);
      std::copy_n(ray.target.data(), 3, sent.target);
      std::copy_n(ray.background.data(), 3, sent.background);
      sent.origin[3] = ray.jitter;
      sent.direction[3] = ray.nearest;
      std::memcpy(m_sentRays.mapped() + i * sizeof(sent), &sent, sizeof(sent));
    }
    return {};
  }

  [[nodiscard]] layout::LearnBatch describe(const Batch& batch, LearningLoss loss) const {
    layout::LearnBatch described{};
    described.rays = m_sentRays.address();
    described.offsets = m_offsets.address();
    described.limits = m_limits.address();
    described.found = m_found.address();
    described.places = m_places.address();
    described.errors = m_errors.address();
    described.values = m_values.address();
    described.slopes = m_slopes.address();
    described.table = m_parameters.address() + 4 * std::uint64_t{batch.networks()};
    described.tableGradient = m_gradient.address() + 4 * std::uint64_t{batch.networks()};
    described.sums = m_sums.address();
    described.largest = m_largest.address();
    described.occupancy = m_occupancy.address();
    described.capacity = m_capacity;
    described.colorIn = batch.rows.colorIn;
    described.colorOut = batch.rows.colorOut;
    described.loss = loss == LearningLoss::Huber    ? VP_LOSS_HUBER
                     : loss == LearningLoss::Square ? VP_LOSS_SQUARE
                                                    : VP_LOSS_PROBE;
    described.scale = 1.0F / (3.0F * static_cast<float>(batch.rays.size()));
    return described;
  }

  [[nodiscard]] std::vector<std::uint32_t> found(std::size_t rays) const {
    std::vector<std::uint32_t> counts(rays);
    std::memcpy(counts.data(), m_found.mapped(), 4 * rays);
    return counts;
  }

  void limitRays(const std::vector<std::uint32_t>& counts) {
    std::memcpy(m_limits.mapped(), counts.data(), 4 * counts.size());
  }

  /// Deals rays with so many samples to chunks, and tells the device.
  std::vector<Chunk> chunksOf(const std::vector<std::uint32_t>& counts) {
    std::vector<Chunk> chunks(1);
    std::vector<std::uint32_t> offsets(counts.size());
    for (std::size_t ray = 0; ray < counts.size(); ++ray) {
      if (chunks.back().samples + counts[ray] > m_capacity) {
        chunks.push_back({static_cast<std::uint32_t>(ray), 0, 0});
      }
      Chunk& chunk = chunks.back();
      offsets[ray] = chunk.samples;
      chunk.samples += counts[ray];
      ++chunk.rays;
    }
    limitRays(counts);
    std::memcpy(m_offsets.mapped(), offsets.data(), 4 * offsets.size());
    return chunks;
  }

  template <typename Push>
  static void dispatch(VkCommandBuffer commands, const Pipeline& pipeline, const Push& push,
                       std::uint32_t x, std::uint32_t y) {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.pipeline.get());
    vkCmdPushConstants(commands, pipeline.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                       sizeof(push), &push);
    vkCmdDispatch(commands, x, y, 1);
    memoryBarrier(commands, kComputeUse, kComputeUse);
  }

  void onRays(VkCommandBuffer commands, const Batch& batch, const Chunk& chunk, std::uint32_t pass,
              bool isFirst = false) const {
    layout::LearnPush push = batch.push;
    push.pass = pass;
    push.first = chunk.first;
    push.count = chunk.rays;
    push.isFirst = isFirst ? 1 : 0;
    dispatch(commands, m_rays, push, groups(chunk.rays), 1);
  }

  void march(VkCommandBuffer commands, const Batch& batch, const Chunk& chunk,
             std::uint32_t pass) const {
    for (std::uint32_t i = 0; i < batch.marches; ++i) {
      onRays(commands, batch, chunk, pass, i == 0);
    }
  }

  void onSamples(VkCommandBuffer commands, const Batch& batch, std::uint32_t samples,
                 std::uint32_t pass, std::uint32_t levels) const {
    layout::LearnPush push = batch.push;
    push.pass = pass;
    push.count = samples;
    dispatch(commands, m_samples, push, groups(samples), levels);
  }

  [[nodiscard]] VkDeviceAddress row(const VulkanBuffer& rows, std::uint32_t index) const {
    return rows.address() + sizeof(float) * std::uint64_t{index} * m_capacity;
  }

  void forward(VkCommandBuffer commands, const FieldNetwork& network, VkDeviceAddress weights,
               std::uint32_t in, std::uint32_t hidden, std::uint32_t out,
               std::uint32_t samples) const {
    std::uint32_t from = in;
    for (unsigned layer = 0; layer <= network.hiddenLayers; ++layer) {
      const bool last = layer == network.hiddenLayers;
      const std::uint32_t to = last ? out : hidden + layer * network.neurons;
      layout::LayerPush push{};
      push.weights = weights;
      push.from = row(m_values, from);
      push.to = row(m_values, to);
      push.pass = VP_LAYER_FORWARD;
      push.flags = last ? 0 : VP_LAYER_RECTIFIES;
      push.columns = static_cast<std::uint32_t>(network.columns(layer));
      push.rows = last ? network.outputs : network.neurons;
      push.count = samples;
      push.capacity = m_capacity;
      dispatch(commands, m_layers, push, groups(samples),
               (push.rows + VP_LEARN_TILE - 1) / VP_LEARN_TILE);
      weights += sizeof(float) * network.columns(layer) * network.rows(layer);
      from = to;
    }
  }

  /// Gradients of weights and of the first `wanted` inputs, from those of the outputs.
  /// `firstWeight` is the network's among all parameters; `added` a row of gradients that the first
  /// input has besides, or none.
  void backward(VkCommandBuffer commands, const Batch& batch, const FieldNetwork& network,
                std::size_t firstWeight, std::uint32_t in, std::uint32_t hidden, std::uint32_t out,
                std::uint32_t wanted, VkDeviceAddress added, std::uint32_t samples) const {
    std::size_t weight = firstWeight + network.parameters();
    std::uint32_t pulled = out;
    for (unsigned layer = network.hiddenLayers + 1; layer-- > 0;) {
      const std::size_t columns = network.columns(layer);
      weight -= columns * network.rows(layer);
      const std::uint32_t below = layer == 0 ? in : hidden + (layer - 1) * network.neurons;
      layout::LayerPush push{};
      push.weights = m_parameters.address() + sizeof(float) * weight;
      push.from = row(m_slopes, pulled);
      push.to = m_parts.address() + sizeof(float) * weight;
      push.other = row(m_values, below);
      push.pass = VP_LAYER_WEIGHTS;
      push.columns = static_cast<std::uint32_t>(columns);
      push.rows = layer == network.hiddenLayers ? network.outputs : network.neurons;
      push.count = samples;
      push.capacity = m_capacity;
      push.width = batch.networks();
      const std::uint32_t tiles = (push.rows + VP_LEARN_TILE - 1) / VP_LEARN_TILE;
      dispatch(commands, m_layers, push, push.columns / VP_LEARN_TILE * tiles, partsOf(samples));
      push.to = row(m_slopes, below);
      push.pass = VP_LAYER_BACK;
      if (layer > 0) {
        push.flags = VP_LAYER_RECTIFIES;
      } else if (added != 0) {
        push.flags = VP_LAYER_ADDS;
        push.other = added;
      }
      const std::uint32_t inputs = layer == 0 ? wanted : push.columns;
      dispatch(commands, m_layers, push, groups(samples),
               (inputs + VP_LEARN_TILE - 1) / VP_LEARN_TILE);
      pulled = below;
    }
  }

  static std::uint32_t partsOf(std::uint32_t samples) {
    return (samples + VP_LEARN_PART - 1) / VP_LEARN_PART;
  }

  void evaluateDensity(VkCommandBuffer commands, const Batch& batch, const Chunk& chunk) const {
    march(commands, batch, chunk, VP_RAYS_WRITE);
    onSamples(commands, batch, chunk.samples, VP_SAMPLES_ENCODE, batch.shape.grid.levels);
    forward(commands, batch.shape.density, m_parameters.address(), VP_ROW_ENCODED,
            batch.rows.densityHidden, batch.rows.colorIn, chunk.samples);
  }

  /// Adds a chunk's part of the gradient.
  void learn(VkCommandBuffer commands, const Batch& batch, const Chunk& chunk) const {
    const HashGridField& shape = batch.shape;
    const Rows& rows = batch.rows;
    vkCmdFillBuffer(commands, m_largest.get(), 0, VK_WHOLE_SIZE, 0);
    memoryBarrier(commands, kTransferWrite, kComputeUse);
    evaluateDensity(commands, batch, chunk);
    onSamples(commands, batch, chunk.samples, VP_SAMPLES_DIRECTION, 1);
    forward(commands, shape.color, m_parameters.address() + sizeof(float) * shape.colorFirst(),
            rows.colorIn, rows.colorHidden, rows.colorOut, chunk.samples);
    onRays(commands, batch, chunk, VP_RAYS_PULL);
    backward(commands, batch, shape.color, shape.colorFirst(), rows.colorIn, rows.colorHidden,
             rows.colorOut, shape.density.outputs, row(m_slopes, VP_SLOPE_LOGIT), chunk.samples);
    backward(commands, batch, shape.density, shape.densityFirst(), VP_ROW_ENCODED,
             rows.densityHidden, rows.colorIn, shape.density.inputs, 0, chunk.samples);
    layout::LayerPush sum{};
    sum.from = m_parts.address();
    sum.to = m_gradient.address();
    sum.pass = VP_LAYER_SUM;
    sum.columns = sum.width = batch.networks();
    sum.rows = partsOf(chunk.samples);
    dispatch(commands, m_layers, sum, groups(sum.columns), 1);
    onSamples(commands, batch, chunk.samples, VP_SAMPLES_LARGEST, shape.grid.levels);
    onSamples(commands, batch, chunk.samples, VP_SAMPLES_SCATTER, shape.grid.levels);
    layout::LearnPush fold = batch.push;
    fold.pass = VP_SAMPLES_FOLD;
    fold.count = static_cast<std::uint32_t>(gridParameters(shape.grid));
    const std::uint32_t across = std::min(groups(fold.count), kMostGroups);
    dispatch(commands, m_samples, fold, across, (groups(fold.count) + across - 1) / across);
  }

  Result<void> takeGradient(std::span<float> gradient) {
    VOLPRESS_CHECK(m_runner.run([&](VkCommandBuffer commands) -> Result<void> {
      memoryBarrier(commands, kComputeUse, kTransferRead);
      const VkBufferCopy all{0, 0, gradient.size_bytes()};
      vkCmdCopyBuffer(commands, m_gradient.get(), m_gradientRead.get(), 1, &all);
      memoryBarrier(commands, kTransferWrite, kHostRead);
      return {};
    }));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      float part = 0;
      std::memcpy(&part, m_gradientRead.mapped() + i * sizeof(part), sizeof(part));
      gradient[i] += part;
    }
    return {};
  }

  std::shared_ptr<VulkanContext> m_context;
  CommandRunner m_runner;
  Pipeline m_rays, m_samples, m_layers;
  std::uint32_t m_capacity = 0;
  VulkanBuffer m_constants, m_batch, m_sentRays, m_offsets, m_limits, m_found, m_errors, m_places;
  VulkanBuffer m_parametersSent, m_parameters, m_occupancySent, m_occupancy;
  VulkanBuffer m_values, m_slopes, m_parts, m_sums, m_largest, m_gradient, m_gradientRead;
};

}  // namespace

Result<std::unique_ptr<FieldLearner>> makeVulkanFieldLearner(
    std::shared_ptr<VulkanContext> context) {
  VOLPRESS_TRY(CommandRunner runner, CommandRunner::create(context));
  auto learner = std::make_unique<Learner>(std::move(context), std::move(runner));
  VOLPRESS_CHECK(learner->makePipelines());
  return learner;
}

}  // namespace volpress::renderer
