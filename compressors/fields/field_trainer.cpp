#include "compressors/fields/field_trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <utility>

#include "compressors/fields/density_grid.hpp"
#include "compressors/fields/ray_learner.hpp"
#include "compressors/learning/adam.hpp"
#include "compressors/learning/state_file.hpp"
#include "compressors/learning/view_order.hpp"
#include "scene/base/files.hpp"
#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

using learning::mixSeed;

constexpr std::string_view kMagic = "VPFIELD1";
constexpr unsigned kGridInterval = 16;  // steps between updates of the density grid
constexpr double kMemory = 0.98;        // of running means
constexpr std::size_t kLeastRays = 128;
constexpr std::size_t kMostRays = std::size_t{1} << 16;

float fraction(std::uint64_t random) { return static_cast<float>(random >> 40) * 0x1p-24F; }

/// Features near zero; weights as Glorot and Bengio (2010) draw them.
FloatArray freshParameters(const HashGridField& field, std::uint64_t seed) {
  FloatArray values;
  values.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  std::size_t at = 0;
  for (const FieldNetwork* network : {&field.density, &field.color}) {
    for (unsigned layer = 0; layer <= network->hiddenLayers; ++layer) {
      const std::size_t rows = network->rows(layer);
      const std::size_t columns = network->columns(layer);
      const float range = std::sqrt(6.0F / static_cast<float>(rows + columns));
      for (std::size_t i = 0; i < rows * columns; ++i, ++at) {
        values[at] = range * (2 * fraction(mixSeed(seed, at)) - 1);
      }
    }
  }
  constexpr float kFeatures = 1e-4F;
  for (; at < values.size(); ++at) {
    values[at] = kFeatures * (2 * fraction(mixSeed(seed, at)) - 1);
  }
  return values;
}

std::uint64_t identityOf(const HashGridField& field, const std::vector<FieldPhoto>& photos,
                         const FieldTrainSettings& settings) {
  ByteWriter out;
  const GridEncoding& grid = field.grid;
  for (const unsigned value :
       {settings.iterations, static_cast<unsigned>(grid.kind),
        static_cast<unsigned>(grid.interpolation), grid.levels, grid.features, grid.tableBits,
        grid.base, field.aabbScale, field.color.neurons, field.density.neurons}) {
    out.write(value);
  }
  for (const float value : {grid.growth, settings.meanDecay, settings.weightDecay}) {
    out.write(value);
  }
  out.write(settings.seed);
  out.write(settings.rate);
  out.write<std::uint64_t>(settings.samples);
  out.write<std::uint64_t>(settings.rays);
  for (const FieldPhoto& photo : photos) {
    learning::appendView(photo.picture.camera, photo.picture.picture, out);
    out.write<std::uint8_t>(photo.isOpaque ? 1 : 0);
  }
  return hashBytes(out.bytes());
}

class Trainer final : public FieldTrainer {
public:
  Trainer(const HashGridField& placement, std::vector<FieldPhoto> photos,
          const FieldTrainSettings& settings, TaskRunner& runner)
      : m_shape(placement),
        m_photos(std::move(photos)),
        m_settings(settings),
        m_runner(runner),
        m_rays(settings.rays),
        m_learner(m_shape, runner) {
    m_parameters = freshParameters(m_shape, settings.seed);
    m_mean = m_parameters;
    m_gradient.assign(m_parameters.size(), 0.0F);
    m_adam.beta2 = 0.99;
    m_adam.leavesUntouched = true;
    std::vector<Camera> cameras;
    cameras.reserve(m_photos.size());
    for (const FieldPhoto& photo : m_photos) {
      cameras.push_back(photo.picture.camera);
    }
    m_grid = DensityGrid::seenBy(cameras, m_shape.cascades(), runner);
  }

  Result<void> step() override {
    if (m_iteration % kGridInterval == 0) {
      m_grid.update(m_shape, {m_parameters.data(), m_parameters.size()}, m_settings.seed, m_runner);
    }
    const std::vector<LearningRay> rays = drawRays();
    VOLPRESS_TRY(
        const LearningOutcome outcome,
        m_learner.accumulateOn(m_settings.device, LearningLoss::Huber,
                               {m_parameters.data(), m_parameters.size()}, m_grid.occupancy, rays,
                               {m_gradient.data(), m_gradient.size()}));
    for (std::size_t i = 0; i < m_shape.gridFirst(); ++i) {
      m_gradient[i] += m_settings.weightDecay * m_parameters[i];
    }
    m_adam.step(m_parameters, m_gradient, rate(), m_runner);
    ++m_iteration;
    follow();
    const double memory = m_iteration == 1 ? 0 : kMemory;
    m_loss = memory * m_loss + (1 - memory) * outcome.loss;
    m_error = memory * m_error + (1 - memory) * outcome.squaredError;
    // As many rays as make about the wanted samples.
    const double samples = static_cast<double>(std::max<std::uint64_t>(outcome.learnt, 1));
    const double wanted =
        static_cast<double>(m_rays) * static_cast<double>(m_settings.samples) / samples;
    m_rays =
        std::clamp(static_cast<std::size_t>(std::min(wanted, 2.0 * static_cast<double>(m_rays))),
                   kLeastRays, kMostRays);
    return {};
  }

  [[nodiscard]] unsigned iteration() const noexcept override { return m_iteration; }
  [[nodiscard]] double loss() const noexcept override { return m_loss; }
  [[nodiscard]] double psnr() const noexcept override {
    return -10 * std::log10(std::max(m_error, 1e-10));
  }
  [[nodiscard]] std::size_t raysAStep() const noexcept override { return m_rays; }

  [[nodiscard]] HashGridField field() const override {
    HashGridField field = m_shape;
    field.parameters = m_mean;
    constexpr float kMost = 65504.0F;
    for (float& value : field.parameters) {
      value = halfToFloat(floatToHalf(std::clamp(value, -kMost, kMost)));
    }
    field.occupancy = m_grid.occupancy;
    field.trainingStep = m_iteration;
    field.loss = static_cast<float>(m_loss);
    for (const FieldPhoto& photo : m_photos) {
      field.views.push_back({photo.name, photo.picture.camera, false});
    }
    return field;
  }

  [[nodiscard]] Bytes checkpoint() const override {
    ByteWriter out = learning::beginState(kMagic, identityOf(m_shape, m_photos, m_settings));
    out.write<std::uint32_t>(m_iteration);
    out.write<std::uint32_t>(m_grid.updates);
    out.write<std::uint64_t>(m_rays);
    out.write(m_loss);
    out.write(m_error);
    out.write(m_adam.steps);
    for (const FloatArray* values :
         {&m_parameters, &m_mean, &m_adam.first, &m_adam.second, &m_grid.thickness}) {
      learning::appendArray(*values, out);
    }
    return learning::finishState(std::move(out));
  }

  [[nodiscard]] Result<void> restore(ByteView bytes) override {
    VOLPRESS_TRY(ByteReader reader,
                 learning::openState(bytes, kMagic, identityOf(m_shape, m_photos, m_settings)));
    VOLPRESS_TRY(m_iteration, reader.read<std::uint32_t>("iteration"));
    VOLPRESS_TRY(m_grid.updates, reader.read<std::uint32_t>("grid updates"));
    VOLPRESS_TRY(m_rays, reader.read<std::uint64_t>("rays"));
    VOLPRESS_TRY(m_loss, reader.read<double>("loss"));
    VOLPRESS_TRY(m_error, reader.read<double>("error"));
    VOLPRESS_TRY(m_adam.steps, reader.read<std::uint64_t>("steps"));
    if (m_rays < kLeastRays || m_rays > kMostRays) {
      return fail(ErrorCode::CorruptData, "checkpoint: {} rays a step, allowed are {} to {}",
                  m_rays, kLeastRays, kMostRays);
    }
    const std::size_t count = m_parameters.size();
    VOLPRESS_CHECK(learning::readArray(reader, m_parameters, count, false, "parameters"));
    VOLPRESS_CHECK(learning::readArray(reader, m_mean, count, false, "mean parameters"));
    VOLPRESS_CHECK(learning::readArray(reader, m_adam.first, count, true, "first moments"));
    VOLPRESS_CHECK(
        learning::readArray(reader, m_adam.second, m_adam.first.size(), false, "second moments"));
    VOLPRESS_CHECK(learning::readArray(reader, m_grid.thickness, m_shape.cascades() * kCascadeCells,
                                       false, "density grid"));
    if (m_grid.updates != 0) {
      m_grid.occupancy = occupancyOf({m_grid.thickness.data(), m_grid.thickness.size()});
    }
    return {};
  }

private:
  [[nodiscard]] double rate() const {
    const unsigned tenth = std::max(1U, m_settings.iterations / 10);
    const unsigned start = m_settings.iterations / 2;
    const unsigned drops = m_iteration < start ? 0 : 1 + (m_iteration - start) / tenth;
    return m_settings.rate * std::pow(0.33, drops);
  }

  /// Random pixels of random photographs. Behind those of an opaque photograph lies a random
  /// background each, so that only an opaque field can look like it; what has transparent parts was
  /// read over black.
  [[nodiscard]] std::vector<LearningRay> drawRays() const {
    const std::uint64_t key = mixSeed(m_settings.seed, std::uint64_t{m_iteration} << 8);
    std::vector<LearningRay> rays(m_rays);
    for (std::size_t i = 0; i < rays.size(); ++i) {
      const std::uint64_t random = mixSeed(key, i);
      const auto& [name, photo, isOpaque] = m_photos[random % m_photos.size()];
      const std::uint64_t place = mixSeed(random, 1);
      const std::size_t x = place % photo.camera.width;
      const std::size_t y = (place >> 32) % photo.camera.height;
      LearningRay& ray = rays[i];
      ray.ray = renderer::rayThrough(photo.camera, static_cast<float>(x) + 0.5F,
                                     static_cast<float>(y) + 0.5F);
      ray.jitter = fraction(mixSeed(random, 2));
      ray.nearest = kNearest;
      for (std::size_t c = 0; c < 3; ++c) {
        ray.target[c] = photo.picture.pixels[3 * (y * photo.camera.width + x) + c];
        if (isOpaque) {
          ray.background[c] = fraction(mixSeed(random, 3 + c));
        }
      }
    }
    return rays;
  }

  /// The exponential mean, as if it had begun with the first step.
  void follow() {
    const double decay = static_cast<double>(m_settings.meanDecay);
    const double now = 1 - std::pow(decay, m_iteration);
    const double before = 1 - std::pow(decay, m_iteration - 1.0);
    const auto keep = static_cast<float>(decay * before / now);
    const auto take = static_cast<float>((1 - decay) / now);
    constexpr std::size_t kGrain = std::size_t{1} << 16;
    m_runner.parallelFor(m_mean.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        m_mean[i] = keep * m_mean[i] + take * m_parameters[i];
      }
    });
  }

  HashGridField m_shape;
  std::vector<FieldPhoto> m_photos;
  FieldTrainSettings m_settings;
  TaskRunner& m_runner;
  FloatArray m_parameters, m_mean, m_gradient;
  learning::Adam m_adam;
  DensityGrid m_grid;
  unsigned m_iteration = 0;
  std::size_t m_rays;
  double m_loss = 0;
  double m_error = 0;
  RayLearner m_learner;
};

Result<void> resume(const std::filesystem::path& path, FieldTrainer& trainer) {
  std::error_code problem;
  if (path.empty() || !std::filesystem::exists(path, problem)) {
    return {};
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto restored = trainer.restore(file.bytes());
  return restored ? Result<void>() : withContext(std::move(restored).error(), path.string());
}

}  // namespace

Result<std::unique_ptr<FieldTrainer>> FieldTrainer::start(const HashGridField& placement,
                                                          std::vector<FieldPhoto> photos,
                                                          const FieldTrainSettings& settings,
                                                          TaskRunner& runner) {
  if (photos.empty()) {
    return fail(ErrorCode::InvalidParameter, "there are no photographs to train from");
  }
  for (const FieldPhoto& photo : photos) {
    const auto& [camera, picture] = photo.picture;
    if (picture.channels != 3 || picture.width != camera.width || picture.height != camera.height ||
        picture.pixels.size() != 3 * picture.width * picture.height || picture.pixels.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "photograph {} is {} x {} x {}, its camera's picture {} x {} x 3", photo.name,
                  picture.width, picture.height, picture.channels, camera.width, camera.height);
    }
  }
  HashGridField shape = makeField(settings.grid, placement.aabbScale);
  shape.sceneScale = placement.sceneScale;
  shape.sceneOffset = placement.sceneOffset;
  VOLPRESS_CHECK(validate(shape));
  return std::make_unique<Trainer>(shape, std::move(photos), settings, runner);
}

Result<HashGridField> trainField(const HashGridField& placement, std::vector<FieldPhoto> photos,
                                 const FieldTrainRun& run, TaskRunner& runner, Progress& progress,
                                 const std::stop_token& stop) {
  try {
    using Clock = std::chrono::steady_clock;
    VOLPRESS_TRY(const auto trainer,
                 FieldTrainer::start(placement, std::move(photos), run.settings, runner));
    VOLPRESS_CHECK(resume(run.checkpoint, *trainer));
    auto saved = Clock::now();
    while (trainer->iteration() < run.settings.iterations) {
      const bool stops = stop.stop_requested();
      const std::chrono::duration<double> since = Clock::now() - saved;
      if (!run.checkpoint.empty() && (stops || since.count() >= run.checkpointSeconds)) {
        VOLPRESS_CHECK(writeFileAtomically(run.checkpoint, trainer->checkpoint()));
        saved = Clock::now();
      }
      if (stops) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      VOLPRESS_CHECK(trainer->step());
      progress.report(
          static_cast<double>(trainer->iteration()) / static_cast<double>(run.settings.iterations),
          fmt::format("{}/{} steps, {} rays, {:.2f} dB", trainer->iteration(),
                      run.settings.iterations, trainer->raysAStep(), trainer->psnr()));
    }
    return trainer->field();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory,
                "not enough memory to train; use smaller photographs or a smaller table");
  }
}

}  // namespace volpress::fields
