#include "compressors/gaussianforest/encoder.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/gaussianforest/fitting.hpp"
#include "compressors/gaussianforest/planting.hpp"
#include "compressors/gaussianforest/tuning.hpp"
#include "compressors/learning/teacher_cameras.hpp"
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
constexpr double kVolumePower = 0.1;
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
    VOLPRESS_TRY(const coding::Significance significance,
                 coding::scoreSplats(m_original, m_cameras,
                                     {coding::ScoreKind::WeightedContribution,
                                      coding::VolumeNorm::None, kVolumePower, false},
                                     m_context));
    const std::vector<std::uint32_t> stay =
        coding::keptSplats(significance.score, m_settings.prune);
    const GaussianCloud kept = gatherSplats(m_original, stay);
    const std::vector<std::uint32_t> order = mortonOrder(kept.means, m_context.runner);
    m_target =
        withShDegree(gatherSplats(kept, order), std::min(m_settings.shDegree, kept.shDegree));
    m_target.extras.clear();
    for (float& logit : m_target.opacityLogits) {
      logit = std::clamp(logit, -kLogitLimit, kLogitLimit);
    }
    std::vector<double> scores;
    scores.reserve(stay.size());
    for (const std::uint32_t splat : stay) {
      scores.push_back(significance.score[splat]);
    }
    const std::vector<float> weights = coding::fitWeights(scores);
    m_weights.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      m_weights[i] = weights[order[i]];
    }
    m_context.log.push_back(fmt::format("{} of {} splats are seen in none of the {} views; {} stay",
                                        significance.unseen, m_original.count, m_cameras.size(),
                                        m_target.count));
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
    const double levels = std::exp2(m_settings.featureBits) - 1;
    const auto add = [&](const FloatArray& features, std::size_t width) {
      for (std::size_t c = 0; c < width; ++c) {
        float low = features[c];
        float high = features[c];
        for (std::size_t i = c; i < features.size(); i += width) {
          low = std::min(low, features[i]);
          high = std::max(high, features[i]);
        }
        const auto step = static_cast<float>(static_cast<double>(high - low) / levels);
        m_scene.steps.features.push_back(std::max(step, kLeastFeatureStep));
      }
    };
    add(m_scene.shared.nodeFeatures, m_scene.widths.node);
    add(m_scene.shared.rootFeatures, m_scene.widths.root);
  }

  Result<void> tune() {
    m_stages.enter(kDrawing);
    std::vector<learning::TeacherView> teachers;
    std::vector<learning::TeacherView> trials;
    if (m_context.photos.empty()) {
      const learning::CameraSplit split = learning::splitCameras(m_cameras);
      VOLPRESS_TRY(teachers, learning::drawTeachers(m_original, split.learnt, m_context));
      VOLPRESS_TRY(trials, learning::drawTeachers(m_original, split.trials, m_context));
    } else {
      constexpr std::size_t kPhotosPerTrial = 6;
      for (std::size_t i = 0; i < m_context.photos.size(); ++i) {
        const bool trial = i % kPhotosPerTrial == kPhotosPerTrial / 2;
        (trial ? trials : teachers).push_back(m_context.photos[i]);
      }
      m_context.log.push_back(
          fmt::format("learns from {} photographs; {} are trials", teachers.size(), trials.size()));
    }
    m_stages.enter(kTuning);
    return tuneForest(m_scene, {teachers, trials, m_steps, m_settings.grow, m_original.count},
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
