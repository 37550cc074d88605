#include "compressors/compgs/encoder.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/compgs/anchor_file.hpp"
#include "compressors/compgs/fitting.hpp"
#include "compressors/compgs/tuning.hpp"
#include "compressors/learning/scene_extent.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/stage_log.hpp"
#include "compressors/stages/teachers.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::compressors::compgs {
namespace {

enum Stage : std::size_t { kScoring, kPlanting, kFitting, kDrawing, kTraining, kPacking };
constexpr const char* kStageNames[] = {"scoring", "placing anchors", "fitting",
                                       "drawing", "training",        "packing"};

constexpr unsigned kFreeFitSteps = 100;
constexpr std::size_t kSplatsPerFitStep = 32;
constexpr std::size_t kSplatsPerStep = 80;
constexpr float kLogitLimit = 6;
constexpr float kFreshScaleStep = 0.1F;

class Encoder {
public:
  Encoder(const GaussianCloud& original, const Settings& settings, RunContext& context)
      : m_original(original),
        m_settings(settings),
        m_context(context),
        m_cameras(coding::trainingCameras(context.views)) {}

  Result<std::vector<Chunk>> run() {
    VOLPRESS_CHECK(coding::checkSeesViews("CompGS", m_cameras, m_context));
    plan();
    VOLPRESS_CHECK(choose());
    VOLPRESS_CHECK(plant());
    VOLPRESS_CHECK(fit());
    if (m_steps > 0) {
      VOLPRESS_CHECK(train());
    }
    m_stages.enter(kPacking);
    auto chunks = pack();
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
    // Fewer splats an anchor make more anchors: each is to be looked at as often.
    m_fitSteps = static_cast<unsigned>(
        std::min<std::size_t>(m_settings.fitSteps, kFreeFitSteps + count / kSplatsPerFitStep) *
        kPrimitives / m_settings.splatsPerAnchor);
    m_unit = learning::sceneExtent(m_cameras);
    // Weights in the time of drawing a view.
    const double views = static_cast<double>(m_cameras.size());
    m_context.progress.setStages({{"scoring views", views},
                                  {"placing anchors", 2},
                                  {"fitting anchors", 0.5 * m_fitSteps},
                                  {"drawing the original", m_steps > 0 ? views : 0},
                                  {"training", 6.0 * m_steps},
                                  {"packing", 30}});
  }

  /// The splats that stay, and their weights.
  Result<void> choose() {
    m_stages.enter(kScoring);
    VOLPRESS_TRY(
        coding::KeptScene kept,
        coding::keepContributing(m_original, m_cameras, m_settings.prune, kLogitLimit, m_context));
    m_target = std::move(kept.cloud);
    m_weights = std::move(kept.weights);
    return {};
  }

  Result<void> plant() {
    m_stages.enter(kPlanting);
    VOLPRESS_TRY(m_planting, plantAnchors(m_target, m_settings.splatsPerAnchor,
                                          m_settings.precision, m_context.stop));
    m_model = freshModel(m_context.seed);
    startLatents(m_target, m_planting, m_model);
    m_model[kScaleSteps].assign(kScaleWidth, std::log(kFreshScaleStep));
    m_options.hyperprior = m_settings.hyperprior;
    const std::size_t anchors = m_planting.anchors.count();
    std::vector<float> column(anchors);
    for (std::size_t c = 0; c < kScaleWidth; ++c) {
      for (std::size_t i = 0; i < anchors; ++i) {
        column[i] = m_model[kScales][kScaleWidth * i + c];
      }
      const auto middle = column.begin() + static_cast<std::ptrdiff_t>(anchors / 2);
      std::nth_element(column.begin(), middle, column.end());
      m_options.scaleCentre[c] = std::clamp(*middle, -kMostLogScale, kMostLogScale);
    }
    m_context.log.push_back(
        fmt::format("{} anchors, {} primitives", anchors, anchors * kPrimitives));
    return {};
  }

  Result<void> fit() {
    m_stages.enter(kFitting);
    std::vector<std::array<float, 3>> eyes;
    for (const Camera& camera : m_cameras) {
      eyes.push_back(camera.position);
    }
    VOLPRESS_TRY(const double loss,
                 fitModel({m_target, m_planting, m_weights, eyes, m_unit, m_options}, m_settings,
                          m_fitSteps, m_model, m_context));
    m_context.log.push_back(
        fmt::format("{} steps of fitting end at a loss of {:.4f}", m_fitSteps, loss));
    return {};
  }

  Result<void> train() {
    m_stages.enter(kDrawing);
    VOLPRESS_TRY(m_lessons, learning::drawLessons(m_original, m_cameras, m_context));
    m_stages.enter(kTraining);
    return tuneModel({m_lessons.teachers, m_lessons.trials, m_planting.anchors, m_options, m_unit,
                      m_original.filter, m_steps},
                     m_settings, m_model, m_context);
  }

  Result<std::vector<Chunk>> pack() {
    const std::size_t anchors = m_planting.anchors.count();
    AnchorScene scene;
    scene.eyes = chooseEyes(m_cameras);
    scene.unit = m_unit;
    scene.shDegree = std::min(m_settings.shDegree, m_original.shDegree);
    roundNetworks(m_model, m_settings.networkBits, scene.networks);
    VOLPRESS_TRY(CodedLatents latents, encodeLatents(m_model, scene.networks, m_options, anchors,
                                                     m_context.stop, m_context.runner));
    logRate(latents);
    scene.anchors = m_planting.anchors;
    scene.latents = std::move(latents.seen);
    VOLPRESS_CHECK(logBaking(scene));
    const SceneHeader header{0, scene.shDegree, m_original.frame, m_original.filter,
                             static_cast<std::uint32_t>(anchors * kPrimitives)};
    return writeAnchors(header,
                        {scene.anchors, scene.networks, m_settings.networkBits, scene.eyes, m_unit},
                        std::move(latents), m_context.stop, m_context.runner);
  }

  /// Says what the model expected the streams to take, and what they take.
  void logRate(const CodedLatents& latents) {
    constexpr std::array<const char*, kStreams> kNames{"hyper-reference", "reference",
                                                       "hyper-residual", "residual", "scales"};
    std::string line = "bytes coded of bytes expected:";
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      line += fmt::format(" {} {} of {:.0f};", kNames[stream], latents.streams[stream].size(),
                          latents.ideal[stream] / 8);
    }
    line.pop_back();
    m_context.log.push_back(line);
  }

  /// Says what baking loses on the trial views.
  Result<void> logBaking(const AnchorScene& scene) {
    if (m_lessons.trials.empty()) {
      return {};
    }
    VOLPRESS_TRY(GaussianCloud baked, bake(scene, m_context.stop, m_context.runner));
    baked.filter = m_original.filter;
    const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &baked);
    VOLPRESS_TRY(const auto prepared, m_context.rasterizer->prepare(alias));
    double psnr = 0;
    for (const learning::TeacherView& trial : m_lessons.trials) {
      renderer::RenderOptions options;
      options.stop = m_context.stop;
      VOLPRESS_TRY(const auto drawn,
                   m_context.rasterizer->render(*prepared, trial.camera, options));
      VOLPRESS_TRY(const double error, metrics::meanSquaredError(trial.picture, drawn.color));
      constexpr double kLeastError = 1e-12;
      psnr += metrics::psnrFromError(std::max(error, kLeastError)) /
              static_cast<double>(m_lessons.trials.size());
    }
    m_context.log.push_back(
        fmt::format("baked to {} splats with SH of degree {} the trial views are at {:.2f} dB",
                    baked.count, baked.shDegree, psnr));
    return {};
  }

  const GaussianCloud& m_original;
  const Settings& m_settings;
  RunContext& m_context;
  std::vector<Camera> m_cameras;
  unsigned m_steps = 0, m_fitSteps = 0;
  float m_unit = 1;
  GaussianCloud m_target;        ///< the splats that stay
  std::vector<float> m_weights;  ///< of those
  Planting m_planting;
  Model m_model;
  LatentOptions m_options;
  learning::Lessons m_lessons;
  StageLog m_stages{m_context, kStageNames};
};

}  // namespace

Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud, const Settings& settings,
                                       RunContext& context) {
  return Encoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::compgs
