#include "compressors/training/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/photometric_loss.hpp"
#include "compressors/learning/view_order.hpp"
#include "compressors/training/checkpoint.hpp"
#include "compressors/training/density_control.hpp"
#include "compressors/training/initial_cloud.hpp"

namespace volpress::training {
namespace {

constexpr double kLossMemory = 0.98;
constexpr float kResetOpacity = 0.01F;

Result<void> checkSet(const TrainingSet& set) {
  if (set.views.empty()) {
    return fail(ErrorCode::InvalidParameter, "there are no photographs to train from");
  }
  for (const TrainingView& view : set.views) {
    const Image& photo = view.photo;
    if (photo.width != view.camera.width || photo.height != view.camera.height ||
        photo.channels != 3 || photo.pixels.size() != 3 * photo.width * photo.height) {
      return fail(ErrorCode::InvalidParameter,
                  "photograph {} is {} x {} x {}, its camera's picture {} x {} x 3", view.name,
                  photo.width, photo.height, photo.channels, view.camera.width, view.camera.height);
    }
  }
  if (set.points.size() % 3 != 0 || set.pointColors.size() != set.points.size()) {
    return fail(ErrorCode::InvalidParameter, "{} point coordinates have {} colour values",
                set.points.size(), set.pointColors.size());
  }
  return {};
}

class CloudTrainer final : public Trainer {
public:
  CloudTrainer(const TrainingSet& set, const TrainSettings& settings,
               renderer::Rasterizer& rasterizer, TaskRunner& runner)
      : m_set(set),
        m_settings(settings),
        m_extent(sceneExtent(set)),
        m_rasterizer(rasterizer),
        m_runner(runner),
        m_order(set.views.size(), settings.seed) {
    m_state.cloud =
        initialCloud(set, settings.shDegree, settings.randomCount, settings.seed, runner);
  }

  [[nodiscard]] Result<void> step(const std::stop_token& stop) override {
    GaussianCloud& cloud = m_state.cloud;
    const TrainingView& view = m_set.views[m_order.at(m_state.iteration)];
    renderer::RenderOptions options;
    options.maxShDegree = degree();
    options.stop = stop;
    const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
    VOLPRESS_TRY(const auto prepared, m_rasterizer.prepare(alias));
    VOLPRESS_TRY(const auto frame,
                 m_rasterizer.renderDifferentiable(*prepared, view.camera, options));
    const double loss =
        learning::photometricLoss(frame->color(), view.photo, m_runner, m_lossGradient);
    Result<void> done = frame->accumulateGradients(m_lossGradient, m_gradients, stop);
    if (!done) {
      m_gradients = {};
      return done;
    }
    ++m_state.iteration;
    m_state.loss =
        m_state.iteration == 1 ? loss : kLossMemory * m_state.loss + (1 - kLossMemory) * loss;
    if (m_state.iteration < m_settings.densifyUntil) {
      m_state.density.observe(m_gradients, view.camera.width, view.camera.height);
    }
    descend();
    changeDensity();
    return {};
  }

  [[nodiscard]] unsigned iteration() const noexcept override { return m_state.iteration; }
  [[nodiscard]] double loss() const noexcept override { return m_state.loss; }
  [[nodiscard]] const GaussianCloud& cloud() const noexcept override { return m_state.cloud; }

  [[nodiscard]] Bytes checkpoint() const override {
    return writeCheckpoint(m_state, identityOf(m_set, m_settings));
  }

  [[nodiscard]] Result<void> restore(ByteView bytes) override {
    VOLPRESS_TRY(m_state, readCheckpoint(bytes, identityOf(m_set, m_settings)));
    m_gradients = {};
    return {};
  }

private:
  [[nodiscard]] unsigned degree() const {
    return std::min(m_settings.shDegree, m_state.iteration / std::max(1U, m_settings.shInterval));
  }

  void descend() {
    GaussianCloud& cloud = m_state.cloud;
    const double progress = static_cast<double>(m_state.iteration) /
                            static_cast<double>(std::max(1U, m_settings.iterations));
    const double meansRate =
        static_cast<double>(m_extent) * std::exp((1 - progress) * std::log(m_settings.meansFirst) +
                                                 progress * std::log(m_settings.meansLast));
    TrainState& s = m_state;
    s.adam[0].step(cloud.means, m_gradients.means, meansRate, m_runner);
    s.adam[1].step(cloud.logScales, m_gradients.logScales, m_settings.logScales, m_runner);
    s.adam[2].step(cloud.rotations, m_gradients.rotations, m_settings.rotations, m_runner);
    s.adam[3].step(cloud.opacityLogits, m_gradients.opacityLogits, m_settings.opacityLogits,
                   m_runner);
    s.adam[4].step(cloud.shDc, m_gradients.shDc, m_settings.shDc, m_runner);
    if (degree() > 0) {
      s.adam[5].step(cloud.shRest, m_gradients.shRest, m_settings.shRest, m_runner);
    }
    std::fill(m_gradients.screenMeans.begin(), m_gradients.screenMeans.end(), 0.0F);
    std::fill(m_gradients.visible.begin(), m_gradients.visible.end(), 0U);
  }

  void changeDensity() {
    const unsigned done = m_state.iteration;
    if (done >= m_settings.densifyUntil) {
      return;
    }
    const bool resets = m_settings.opacityResetEvery != 0;
    if (done > m_settings.densifyFrom && done % m_settings.densifyEvery == 0) {
      const bool pruneLarge = resets && done > m_settings.opacityResetEvery;
      const DensityChange change =
          m_state.density.apply(m_state.cloud, m_settings, m_extent, pruneLarge,
                                learning::mixSeed(m_settings.seed ^ 0x5EED, done));
      const std::array<std::size_t, 6> widths{3, 3, 4,
                                              1, 3, 3 * shRestCount(m_state.cloud.shDegree)};
      for (std::size_t group = 0; group < widths.size(); ++group) {
        m_state.adam[group].regroup(change.sources, change.kept, widths[group]);
      }
      m_gradients = {};
    }
    if (resets && done % m_settings.opacityResetEvery == 0) {
      const float limit = std::log(kResetOpacity / (1 - kResetOpacity));
      for (float& logit : m_state.cloud.opacityLogits) {
        logit = std::min(logit, limit);
      }
      m_state.adam[3].first.assign(m_state.cloud.count, 0.0F);
      m_state.adam[3].second.assign(m_state.cloud.count, 0.0F);
    }
  }

  const TrainingSet& m_set;
  TrainSettings m_settings;
  float m_extent;
  renderer::Rasterizer& m_rasterizer;
  TaskRunner& m_runner;
  TrainState m_state;
  renderer::CloudGradients m_gradients;
  Image m_lossGradient;
  learning::ViewOrder m_order;
};

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::start(const TrainingSet& set,
                                                const TrainSettings& settings,
                                                renderer::Rasterizer& rasterizer,
                                                TaskRunner& runner) {
  VOLPRESS_CHECK(checkSet(set));
  return std::make_unique<CloudTrainer>(set, settings, rasterizer, runner);
}

}  // namespace volpress::training
