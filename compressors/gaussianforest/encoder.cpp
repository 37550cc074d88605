#include "compressors/gaussianforest/encoder.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/gaussianforest/fitting.hpp"
#include "compressors/gaussianforest/planting.hpp"
#include "compressors/gaussianforest/tuning.hpp"
#include "compressors/stages/feature_steps.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"
#include "compressors/stages/teachers.hpp"
#include "scene/base/morton.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

enum Stage : std::size_t { kScoring, kPlanting, kFitting, kDrawing, kTuning, kPacking };
constexpr const char* kStageNames[] = {"scoring", "planting",    "fitting",
                                       "drawing", "fine-tuning", "packing"};

constexpr unsigned kFreeFitSteps = 50;
constexpr std::size_t kSplatsPerFitStep = 24;
constexpr std::size_t kSplatsPerStep = 100;
constexpr float kLogitLimit = 6;
constexpr float kNeutralOpacityStep = 0.25F;
constexpr float kLeastFeatureStep = 1e-4F;

class Encoder {
public:
  Encoder(const GaussianCloud& original, const Settings& settings, RunContext& context)
      : m_original(original),
        m_settings(settings),
        m_context(context),
        m_cameras(coding::trainingCameras(context.views)) {}

  Result<std::vector<Chunk>> run() {
    VOLPRESS_CHECK(coding::checkSeesViews("GaussianForest", m_cameras, m_context));
    plan();
    VOLPRESS_CHECK(choose());
    VOLPRESS_CHECK(plant());
    VOLPRESS_CHECK(fit());
    if (m_steps > 0) {
      VOLPRESS_CHECK(tune());
    }
    m_stages.enter(kPacking);
    const SceneHeader header{0, m_scene.shDegree, m_original.frame, m_original.filter,
                             static_cast<std::uint32_t>(m_scene.forest.leaves())};
    auto chunks = writeForest(header, m_scene, m_context.stop, m_context.runner);
    m_stages.logTime();
    if (chunks) {
      m_context.progress.finish();
    }
    return chunks;
  }

private:
  void plan() {
    const std::size_t count = m_original.count;
    m_steps =
        static_cast<unsigned>(std::min<std::size_t>(m_settings.steps, count / kSplatsPerStep));
    m_fitSteps = static_cast<unsigned>(
        std::min<std::size_t>(m_settings.fitSteps, kFreeFitSteps + count / kSplatsPerFitStep));
    // Weights in the time of decoding all leaves once.
    const double all = static_cast<double>(std::max<std::size_t>(count, 1));
    m_context.progress.setStages(
        {{"scoring views", 0.1 * static_cast<double>(m_cameras.size())},
         {"planting the forest", 2},
         {"fitting features", 3.0 * m_fitSteps * std::min(1.0, 4096 / all)},
         {"drawing the original", m_steps > 0 ? 0.1 * static_cast<double>(m_cameras.size()) : 0},
         {"fine-tuning", 4.0 * m_steps},
         {"packing", 1}});
  }

  /// The splats that stay, in Morton order, and their weights.
  Result<void> choose() {
    m_stages.enter(kScoring);
    VOLPRESS_TRY(
        const coding::KeptScene kept,
        coding::keepContributing(m_original, m_cameras, m_settings.prune, kLogitLimit, m_context));
    const std::vector<std::uint32_t> order = mortonOrder(kept.cloud.means, m_context.runner);
    m_target = withShDegree(gatherSplats(kept.cloud, order),
                            std::min(m_settings.shDegree, kept.cloud.shDegree));
    m_weights.resize(order.size());
    std::transform(order.begin(), order.end(), m_weights.begin(),
                   [&](std::uint32_t splat) { return kept.weights[splat]; });
    return {};
  }

  Result<void> plant() {
    m_stages.enter(kPlanting);
    m_scene.widths = m_settings.widths;
    m_scene.shDegree = m_target.shDegree;
    VOLPRESS_TRY(m_scene.forest, plantForest(m_target,
                                             {m_settings.leavesPerNode, m_settings.nodesPerRoot,
                                              m_context.seed, m_context.stop},
                                             m_context.runner));
    m_scene.means = m_target.means;
    m_scene.opacityLogits = m_target.opacityLogits;
    m_scene.steps.grid = coding::PositionGrid::between(m_target.means, m_settings.precision);
    m_scene.steps.opacity =
        kNeutralOpacityStep * static_cast<float>(std::exp2(-0.5 * m_settings.octaves));
    m_context.log.push_back(fmt::format("{} leaves, {} nodes, {} roots", m_scene.forest.leaves(),
                                        m_scene.forest.nodes(), m_scene.forest.roots));
    return {};
  }

  Result<void> fit() {
    m_stages.enter(kFitting);
    const LeafDecoder decoder(m_scene.widths, m_scene.shDegree);
    m_scene.shared = freshAttributes(m_scene.forest, decoder, m_target, m_context.seed);
    VOLPRESS_TRY(const double loss,
                 fitShared({m_scene.forest, decoder, m_target, m_weights, m_fitSteps},
                           m_scene.shared, m_context));
    chooseFeatureSteps();
    m_context.log.push_back(
        fmt::format("{} steps of fitting end at a loss of {:.4f}", m_fitSteps, loss));
    return {};
  }

  /// Each dimension's range, cut into 2^bits - 1 steps.
  void chooseFeatureSteps() {
    const auto add = [&](const FloatArray& features, std::size_t width) {
      const std::vector<float> steps =
          coding::stepsOverRanges(features, width, m_settings.featureBits, kLeastFeatureStep);
      m_scene.steps.features.insert(m_scene.steps.features.end(), steps.begin(), steps.end());
    };
    add(m_scene.shared.nodeFeatures, m_scene.widths.node);
    add(m_scene.shared.rootFeatures, m_scene.widths.root);
  }

  Result<void> tune() {
    m_stages.enter(kDrawing);
    VOLPRESS_TRY(const learning::Lessons lessons,
                 learning::drawLessons(m_original, m_cameras, m_context));
    m_stages.enter(kTuning);
    return tuneForest(
        m_scene, {lessons.teachers, lessons.trials, m_steps, m_settings.grow, m_original.count},
        m_context);
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  unsigned m_steps = 0, m_fitSteps = 0;
  GaussianCloud m_target;        ///< the splats that stay, in Morton order
  std::vector<float> m_weights;  ///< of those
  ForestScene m_scene;           ///< exact values
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::gaussianforest
