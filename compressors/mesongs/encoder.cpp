#include "compressors/mesongs/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/coding/vector_codebook.hpp"
#include "compressors/mesongs/bit_allocation.hpp"
#include "compressors/mesongs/channel_weights.hpp"
#include "compressors/mesongs/faithful_file.hpp"
#include "compressors/mesongs/fine_tuning.hpp"
#include "compressors/mesongs/packed_file.hpp"
#include "compressors/mesongs/sh_palette.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"

namespace volpress::compressors::mesongs {
namespace {

enum Stage : std::size_t { kScoring, kWeighing, kAllocating, kTuning, kPacking };
constexpr const char* kStageNames[] = {"scoring", "weighing attributes", "allocating bits",
                                       "fine-tuning", "packing"};

/// What a bit a splat may cost in mean squared error of the pictures, at the neutral quality.
constexpr double kNeutralPrice = 2e-5;
constexpr float kNeutralShStep = 0.045F;
constexpr float kLogitLimit = 6;
constexpr double kLeastDepth = 9.5;
constexpr double kMostDepth = 20;
/// How much faster the kept share falls than the steps grow.
constexpr double kPruneShare = 0.7;
constexpr std::size_t kMostEntries = 16384;
/// Trials that the search for a budget may take, and how near it must come.
constexpr unsigned kMaxTrials = 10;
constexpr double kBudgetTolerance = 0.01;
constexpr double kWidestOctaves = 6;

/// One encode: the stages share the splats that stay and what was learnt of them.
class Encoder {
public:
  Encoder(const GaussianCloud& original, const Settings& settings, std::size_t overhead,
          RunContext& context)
      : m_original(original),
        m_settings(settings),
        m_overhead(overhead),
        m_context(context),
        m_cameras(coding::trainingCameras(context.views)) {}

  Result<std::vector<Chunk>> run() {
    VOLPRESS_CHECK(checkViews());
    setStages();
    VOLPRESS_CHECK(score());
    auto chunks = m_settings.layout == Layout::Packed ? packed() : faithful();
    if (chunks) {
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  [[nodiscard]] bool hasViews() const {
    return !m_cameras.empty() && m_context.rasterizer != nullptr;
  }

  [[nodiscard]] Result<void> checkViews() const {
    if (m_settings.prune > 0 || m_settings.steps > 0) {
      VOLPRESS_CHECK(coding::checkSeesViews("MesonGS", m_cameras, m_context));
    }
    if (m_settings.budget > 0 && m_settings.layout == Layout::Faithful) {
      return fail(ErrorCode::InvalidParameter,
                  "a size budget needs the packed layout: the faithful one allocates no bits");
    }
    return {};
  }

  void setStages() {
    // Weights in the time of scoring one view.
    const double views = static_cast<double>(std::max<std::size_t>(1, m_cameras.size()));
    const double trials = m_settings.budget > 0 ? kMaxTrials : 1;
    m_context.progress.setStages({{"scoring views", hasViews() ? views : 0},
                                  {"weighing attributes", hasViews() ? 40.0 : 0},
                                  {"allocating bits", 40 * trials},
                                  {"fine-tuning", 4.0 * m_settings.steps},
                                  {"packing", 20}});
  }

  /// Importance of every splat of the original.
  Result<void> score() {
    m_significance.assign(m_original.count, 1);
    if (hasViews()) {
      m_stages.enter(kScoring);
      VOLPRESS_TRY(coding::Significance significance,
                   coding::scoreSplats(m_original, m_cameras,
                                       {coding::ScoreKind::WeightedContribution,
                                        coding::VolumeNorm::None, m_settings.volumePower, false},
                                       m_context));
      m_significance = std::move(significance.score);
      m_context.log.push_back(fmt::format("{} of {} splats are seen in none of the {} views",
                                          significance.unseen, m_original.count, m_cameras.size()));
    }
    return {};
  }

  /// The splats that stay at a quality, described canonically, and their importance.
  void prune(double octaves) {
    const double kept = 1 - m_settings.prune;
    const double share = 1 - std::pow(kept, std::exp2(-kPruneShare * octaves));
    const std::vector<std::uint32_t> stay = coding::keptSplats(m_significance, share);
    m_student = withShDegree(gatherSplats(m_original, stay),
                             std::min(m_settings.shDegree, m_original.shDegree));
    m_student.extras.clear();
    m_keptSignificance.resize(stay.size());
    for (std::size_t i = 0; i < stay.size(); ++i) {
      m_keptSignificance[i] = m_significance[stay[i]];
    }
    // Beyond that alpha is clamped or invisible anyway, and far values would cost bits.
    for (float& logit : m_student.opacityLogits) {
      logit = std::clamp(logit, -kLogitLimit, kLogitLimit);
    }
    if (m_settings.canonical) {
      coding::canonicalise(m_student, m_context.runner);
    }
  }

  [[nodiscard]] std::size_t paletteEntries(double octaves, std::size_t splats) const {
    const auto wanted = static_cast<double>(
        m_settings.codebook != 0 ? m_settings.codebook : coding::codebookSize(0, splats));
    const double entries = wanted * std::exp2(octaves);
    const double most = static_cast<double>(std::max(m_settings.codebook, kMostEntries));
    return static_cast<std::size_t>(std::clamp(
        std::round(entries), 1.0,
        std::max(1.0, std::min(most, static_cast<double>(splats) / (octaves > 0 ? 2 : 4)))));
  }

  [[nodiscard]] PaletteOptions paletteOptions(double octaves, std::size_t splats) const {
    return {paletteEntries(octaves, splats), m_context.seed, m_context.stop};
  }

  [[nodiscard]] static double priceAt(double octaves) {
    return kNeutralPrice * std::exp2(-2 * octaves);
  }

  /// The depth at which a bit more for positions is worth as much as one for anything else: their
  /// error is weight * cell^2 / 12 and falls to a quarter for 3 bits a splat.
  [[nodiscard]] double depthAt(double octaves, double price) const {
    if (m_settings.depth > 0) {
      return std::clamp(m_settings.depth + 0.6 * octaves, 1.0, kMostDepth);
    }
    const double cell = std::sqrt(12 * positionVariance(m_weights, price));
    return std::clamp(-std::log2(cell), kLeastDepth, kMostDepth);
  }

  /// One way to pack the scene.
  struct Candidate {
    PackedScene scene;
    SceneHeader header;
    std::vector<Chunk> chunks;
    std::size_t bytes = 0;
    double octaves = 0;
  };

  Result<Candidate> pack(double octaves) {
    prune(octaves);
    const double price = priceAt(octaves);
    Candidate result;
    PackedScene& scene = result.scene;
    scene.grid = VoxelGrid::cubes(m_student.means, depthAt(octaves, price));
    VOLPRESS_TRY(VoxelCloud voxels,
                 voxelise(m_student, m_keptSignificance, scene.grid, false, m_context.stop));
    scene.points = std::move(voxels.points);
    const AttributeTransform transform(scene.points, packedStyle(scene.transformScales));
    const Coefficients coefficients = transform.forward(voxels.cloud, m_context.runner);
    const BitAllocation allocation(transform, coefficients, m_weights, m_settings.blocks,
                                   m_context.runner);
    scene.steps = allocation.choose(price);
    scene.roots = coefficients.roots;
    scene.symbols = quantise(coefficients, packedBlocks(scene.steps), packedDeadZones(transform),
                             m_context.runner);
    scene.shStep = kNeutralShStep * static_cast<float>(std::exp2(-octaves));
    if (voxels.cloud.shDegree > 0) {
      VOLPRESS_TRY(const ShPalette palette,
                   trainPalette(voxels.cloud, voxels.significance,
                                paletteOptions(octaves, voxels.cloud.count), m_context.runner));
      PackedPalette packed = packPalette(voxels.cloud, palette, scene.shStep, m_context.runner);
      scene.shLevels = std::move(packed.levels);
      scene.shLabels = std::move(packed.labels);
    }
    result.header = {static_cast<std::uint8_t>(Layout::Packed), voxels.cloud.shDegree,
                     m_original.frame, m_original.filter,
                     static_cast<std::uint32_t>(voxels.cloud.count)};
    VOLPRESS_TRY(result.chunks,
                 writePacked(result.header, scene, m_context.stop, m_context.runner));
    result.bytes = m_overhead;
    for (const Chunk& chunk : result.chunks) {
      result.bytes += chunkTableBytes(chunk) + chunk.data.size();
    }
    m_voxels = std::move(voxels);
    return result;
  }

  [[nodiscard]] static std::array<double, kChannels> packedDeadZones(
      const AttributeTransform& transform) {
    std::array<double, kChannels> zones{};
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      zones[channel] = transform.transforms(channel) ? kDeadZone : 0.5;
    }
    return zones;
  }

  /// The quality at which the file takes the budget: size grows with it, about geometrically, so
  /// a line through the last bracket's logarithms is where to look next.
  Result<Candidate> packToBudget() {
    struct Trial {
      double octaves;
      double size;  ///< logarithm of bytes
    };
    const double wanted = std::log(static_cast<double>(m_settings.budget));
    std::optional<Trial> below;
    std::optional<Trial> above;
    std::optional<Candidate> best;
    double octaves = m_settings.octaves;
    for (unsigned trial = 0; trial < kMaxTrials; ++trial) {
      VOLPRESS_TRY(Candidate candidate, pack(octaves));
      m_context.progress.report(static_cast<double>(trial + 1) / kMaxTrials,
                                fmt::format("{} bytes", candidate.bytes));
      const Trial tried{octaves, std::log(static_cast<double>(candidate.bytes))};
      const bool fits = tried.size <= wanted;
      (fits ? below : above) = tried;
      const bool close = wanted - tried.size < kBudgetTolerance;
      if (!best || (fits ? best->bytes > m_settings.budget || best->bytes < candidate.bytes
                         : best->bytes > candidate.bytes)) {
        best = std::move(candidate);
        best->octaves = octaves;
      }
      if (fits && close) {
        break;
      }
      if (below && above) {
        // Sizes jump with what is counted in whole entries, so every other look is at the middle.
        const double part = (wanted - kBudgetTolerance / 2 - below->size) /
                            std::max(1e-6, above->size - below->size);
        octaves = below->octaves + (trial % 2 == 0 ? std::clamp(part, 0.05, 0.95) : 0.5) *
                                       (above->octaves - below->octaves);
      } else {
        constexpr double kOctavesPerLog = 2;
        const double step = kOctavesPerLog * (wanted - tried.size);
        octaves += fits ? std::max(step, 0.1) : std::min(step, -0.1);
      }
      if (std::abs(octaves) > kWidestOctaves) {
        break;
      }
    }
    if (best->bytes > m_settings.budget) {
      return fail(ErrorCode::InvalidParameter,
                  "the budget of {} bytes is too small for this scene: {} is the least",
                  m_settings.budget, best->bytes);
    }
    if (m_settings.steps > 0) {
      return pack(best->octaves);  // tuning goes on from the splats of that quality
    }
    return std::move(*best);
  }

  /// Fits the candidate to the original's pictures and packs it again.
  Result<void> tune(Candidate& candidate) {
    m_stages.enter(kTuning);
    PackedScene& scene = candidate.scene;
    const AttributeTransform transform(scene.points, packedStyle(scene.transformScales));
    const BlockTable blocks = packedBlocks(scene.steps);
    const std::array<double, kChannels> deadZones = packedDeadZones(transform);
    ShPalette palette = packedPalette(scene, candidate.header.shDegree);
    const auto roundPalette = [&](std::vector<float>& entries) {
      PackedScene rounded;
      rounded.shStep = scene.shStep;
      rounded.shLevels = paletteLevels(entries, scene.shStep);
      entries = packedPalette(rounded, candidate.header.shDegree).entries;
    };
    std::uint64_t identity = m_settings.steps;
    for (const Chunk& chunk : candidate.chunks) {
      identity = hashBytes(chunk.data, identity);
    }
    VOLPRESS_CHECK(fineTuneScene(m_original, m_cameras,
                                 {transform, blocks, deadZones, palette.labels, roundPalette,
                                  static_cast<double>(scene.shStep), m_settings.steps, identity},
                                 m_voxels.cloud, palette, m_context));
    m_stages.enter(kPacking);
    const Coefficients coefficients = transform.forward(m_voxels.cloud, m_context.runner);
    scene.roots = coefficients.roots;
    scene.symbols = quantise(coefficients, blocks, deadZones, m_context.runner);
    scene.shLevels = paletteLevels(palette.entries, scene.shStep);
    VOLPRESS_TRY(candidate.chunks,
                 writePacked(candidate.header, scene, m_context.stop, m_context.runner));
    return {};
  }

  Result<std::vector<Chunk>> packed() {
    prune(m_settings.octaves);
    m_weights = typicalWeights();
    if (hasViews()) {
      m_stages.enter(kWeighing);
      VOLPRESS_TRY(m_weights, measureWeights(m_student, m_keptSignificance, m_cameras,
                                             priceAt(m_settings.octaves), m_context));
    }
    m_stages.enter(kAllocating);
    VOLPRESS_TRY(Candidate candidate,
                 m_settings.budget > 0 ? packToBudget() : pack(m_settings.octaves));
    const double cell = static_cast<double>(candidate.scene.grid.cell[0]);
    m_context.log.push_back(fmt::format("{} of {} splats are left, in voxels of 2^-{:.1f}",
                                        candidate.header.count, m_original.count,
                                        std::log2(sceneSize(m_student) / cell)));
    if (m_settings.steps > 0) {
      VOLPRESS_CHECK(tune(candidate));
    }
    m_stages.logTime();
    return std::move(candidate.chunks);
  }

  Result<std::vector<Chunk>> faithful() {
    m_stages.enter(kAllocating);
    prune(m_settings.octaves);
    FaithfulScene scene;
    const double depth = m_settings.depth > 0 ? m_settings.depth : kMostDepth;
    scene.grid = VoxelGrid::slabs(m_student.means,
                                  static_cast<unsigned>(std::lround(std::clamp(
                                      depth + 0.6 * m_settings.octaves, kLeastDepth, kMostDepth))));
    VOLPRESS_TRY(VoxelCloud voxels,
                 voxelise(m_student, m_keptSignificance, scene.grid, true, m_context.stop));
    scene.points = std::move(voxels.points);
    const AttributeTransform transform(scene.points, faithfulStyle());
    const Coefficients coefficients = transform.forward(voxels.cloud, m_context.runner);
    scene.roots = coefficients.roots;
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      const std::vector<float>& column = coefficients.columns[channel];
      const std::size_t count = blockCount(column.size(), m_settings.blocks);
      for (std::size_t index = 0; index < count; ++index) {
        const std::size_t begin = blockStart(column.size(), count, index);
        scene.blocks[channel].push_back(eightBitBlock(std::span<const float>(column).subspan(
            begin, blockStart(column.size(), count, index + 1) - begin)));
      }
    }
    std::array<double, kChannels> deadZones{};
    deadZones.fill(0.5);
    scene.symbols = quantise(coefficients, scene.blocks, deadZones, m_context.runner);
    if (voxels.cloud.shDegree > 0) {
      VOLPRESS_TRY(
          scene.palette,
          trainPalette(voxels.cloud, voxels.significance,
                       paletteOptions(m_settings.octaves, voxels.cloud.count), m_context.runner));
    }
    if (m_settings.steps > 0) {
      m_stages.enter(kTuning);
      VOLPRESS_CHECK(tuneFaithful(transform, deadZones, scene, voxels.cloud));
    }
    const SceneHeader header{static_cast<std::uint8_t>(Layout::Faithful), voxels.cloud.shDegree,
                             m_original.frame, m_original.filter,
                             static_cast<std::uint32_t>(voxels.cloud.count)};
    m_stages.enter(kPacking);
    return writeFaithful(header, scene);
  }

  Result<void> tuneFaithful(const AttributeTransform& transform,
                            const std::array<double, kChannels>& deadZones, FaithfulScene& scene,
                            GaussianCloud& cloud) {
    std::uint64_t identity = m_settings.steps;
    for (const coding::SymbolArray& column : scene.symbols) {
      identity = hashBytes(viewBytes(std::span<const std::int32_t>(column)), identity);
    }
    const std::vector<std::int32_t> labels = scene.palette.labels;
    VOLPRESS_CHECK(
        fineTuneScene(m_original, m_cameras,
                      {transform, scene.blocks, deadZones, labels, [](std::vector<float>&) {},
                       static_cast<double>(kNeutralShStep), m_settings.steps, identity},
                      cloud, scene.palette, m_context));
    const Coefficients coefficients = transform.forward(cloud, m_context.runner);
    scene.roots = coefficients.roots;
    scene.symbols = quantise(coefficients, scene.blocks, deadZones, m_context.runner);
    return {};
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  std::size_t m_overhead;  ///< bytes of the file before any chunk
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  std::vector<double> m_significance;      ///< of the original's splats
  GaussianCloud m_student;                 ///< the splats that stay
  std::vector<double> m_keptSignificance;  ///< of those
  ChannelWeights m_weights;
  VoxelCloud m_voxels;  ///< of the last candidate
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       std::size_t overhead, RunContext& context) {
  return Encoder(cloud, settings, overhead, context).run();
}

}  // namespace volpress::compressors::mesongs
