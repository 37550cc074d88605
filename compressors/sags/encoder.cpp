#include "compressors/sags/encoder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compressors/sags/baking_loss.hpp"
#include "compressors/sags/fitting.hpp"
#include "compressors/sags/key_points.hpp"
#include "compressors/sags/tuning.hpp"
#include "compressors/stages/feature_steps.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::sags {
namespace {

enum Stage : std::size_t { kScoring, kChoosing, kFitting, kDrawing, kTuning, kPacking };
constexpr const char* kStageNames[] = {"scoring", "choosing points", "fitting",
                                       "drawing", "fine-tuning",     "packing"};

constexpr unsigned kFreeFitSteps = 30;
constexpr std::size_t kSplatsPerFitStep = 50;
constexpr std::size_t kSplatsPerStep = 100;
constexpr std::size_t kPointsPerEntry = 8;  ///< of a level of the hash grid
constexpr float kNeutralSizeStep = 0.2F;
constexpr float kLeastStep = 1e-4F;
constexpr float kLogitLimit = 7;

class Encoder {
public:
  Encoder(const GaussianCloud& original, const Settings& settings, RunContext& context)
      : m_original(original),
        m_settings(settings),
        m_context(context),
        m_cameras(coding::trainingCameras(context.views)) {}

  Result<std::vector<Chunk>> run() {
    VOLPRESS_CHECK(coding::checkSeesViews("SAGS", m_cameras, m_context));
    plan();
    VOLPRESS_CHECK(choose());
    VOLPRESS_CHECK(fit());
    if (m_steps > 0) {
      VOLPRESS_CHECK(tune());
    }
    m_stages.enter(kPacking);
    VOLPRESS_CHECK(logBaking());
    const SceneHeader header{static_cast<std::uint8_t>(m_scene.layout), m_scene.shape.shDegree,
                             m_original.frame, m_original.filter,
                             static_cast<std::uint32_t>(m_scene.keys.size())};
    auto chunks = writeScene(header, m_scene, m_context.stop, m_context.runner);
    if (chunks) {
      m_stages.logTime();
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
    // Weights in the time of drawing the scene ten times.
    const double all = static_cast<double>(std::max<std::size_t>(count, 1));
    m_context.progress.setStages(
        {{"scoring views", 0.1 * static_cast<double>(m_cameras.size())},
         {"choosing points", 1},
         {"fitting features", m_fitSteps * (0.1 + std::min(1.0, 4096 / all))},
         {"drawing the original", m_steps > 0 ? 0.1 * static_cast<double>(m_cameras.size()) : 0},
         {"fine-tuning", 1.0 * m_steps},
         {"packing", 3}});
  }

  Result<void> choose() {
    m_stages.enter(kScoring);
    VOLPRESS_TRY(const coding::Significance significance,
                 coding::scoreSplats(m_original, m_cameras,
                                     {coding::ScoreKind::WeightedContribution}, m_context));
    m_stages.enter(kChoosing);
    VOLPRESS_CHECK(choosePoints(m_original, significance.score, m_settings, m_scene, m_context));
    VOLPRESS_TRY(m_points, buildPoints(m_scene.keys, m_scene.parents, m_scene.grid,
                                       m_context.runner, m_context.stop));
    m_targets = targetsOf(m_original, m_points, m_context.runner);
    m_importance = coding::fitWeights(significance.score);
    m_context.log.push_back(fmt::format(
        "{} of {} splats are seen in none of the {} views; {} points are stored, {} mid-points "
        "between them are not",
        significance.unseen, m_original.count, m_cameras.size(), m_points.keys,
        m_points.parents.size()));
    return {};
  }

  void shapeDecoder() {
    DecoderShape& shape = m_scene.shape;
    shape.features = m_settings.features;
    shape.shDegree = std::min(m_settings.shDegree, m_original.shDegree);
    shape.shapesSeeView = m_settings.shapesSeeView;
    const std::size_t entries = std::bit_floor(std::max<std::size_t>(
        m_points.count() / kPointsPerEntry, std::size_t{1} << kLeastTableBits));
    shape.tableBits =
        m_settings.tableBits != 0
            ? m_settings.tableBits
            : std::min(kMostTableBits, static_cast<unsigned>(std::bit_width(entries)) - 1);
    shape.place = learning::placeOf(m_points.positions);
    // The cameras' mean distance from the middle of the scene.
    double sum = 0;
    for (const Camera& camera : m_cameras) {
      double squares = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double off =
            static_cast<double>(camera.position[c]) - static_cast<double>(shape.place.centre[c]);
        squares += off * off;
      }
      sum += std::sqrt(squares) / static_cast<double>(m_cameras.size());
    }
    const auto distance = static_cast<float>(sum);
    shape.viewDistance = distance > 0 && std::isfinite(distance) ? distance : 1.0F;
  }

  Result<void> fit() {
    m_stages.enter(kFitting);
    shapeDecoder();
    const PointDecoder decoder(m_scene.shape);
    m_scene.weights = decoder.freshWeights(m_points.keys, m_context.seed);
    m_scene.weights[kSizes] = freshSizes(m_original, m_points, m_targets);
    GaussianCloud target = withShDegree(m_original, m_scene.shape.shDegree);
    for (float& logit : target.opacityLogits) {
      logit = std::clamp(logit, -kLogitLimit, kLogitLimit);
    }
    VOLPRESS_TRY(const double loss,
                 fitPoints({m_points, decoder, target, m_targets, m_importance, m_fitSteps},
                           m_scene.weights, m_context));
    chooseSteps();
    m_context.log.push_back(
        fmt::format("{} steps of fitting end at a loss of {:.4f}; a hash grid of 2^{} entries a "
                    "level",
                    m_fitSteps, loss, m_scene.shape.tableBits));
    return {};
  }

  /// A step is a share of the spread of what it rounds.
  void chooseSteps() {
    const auto stepsOf = [&](const FloatArray& values, std::size_t width) {
      return coding::stepsOverRanges(values, width, m_settings.featureBits, kLeastStep);
    };
    m_scene.steps.features = stepsOf(m_scene.weights[kFeatures], m_scene.shape.features);
    m_scene.steps.grid = stepsOf(m_scene.weights[kGrid], 1).front();
    m_scene.steps.sizes =
        kNeutralSizeStep * static_cast<float>(std::exp2(-0.5 * m_settings.octaves));
  }

  Result<void> tune() {
    m_stages.enter(kDrawing);
    VOLPRESS_TRY(m_lessons, learning::drawLessons(m_original, m_cameras, m_context));
    m_stages.enter(kTuning);
    return tunePoints(m_points, m_scene,
                      {m_lessons.teachers, m_lessons.trials, m_steps, m_settings.asSeen},
                      m_context);
  }

  /// Says what is lost between the heads' own answers and what a file decodes to.
  Result<void> logBaking() {
    if (m_lessons.trials.empty()) {
      return {};
    }
    VOLPRESS_TRY(const BakingLoss loss,
                 measureBaking(m_points, m_scene, m_lessons.trials, m_context));
    m_context.log.push_back(fmt::format(
        "on {} trial views: {:.2f} dB as the heads see each view, {:.2f} dB baked to SH of degree "
        "{}; {:.2f} dB between the two",
        m_lessons.trials.size(), loss.asSeenPsnr, loss.bakedPsnr, m_scene.shape.shDegree,
        loss.betweenPsnr));
    return {};
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  unsigned m_steps = 0, m_fitSteps = 0;
  std::vector<float> m_importance;  ///< of each splat
  learning::Lessons m_lessons;
  StoredScene m_scene;  ///< exact values
  Points m_points;
  std::vector<std::uint32_t> m_targets;
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::sags
