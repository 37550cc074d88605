#include "compressors/fields/ray_learner.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/fields/feature_gradients.hpp"

namespace volpress::fields {
namespace {

using renderer::FieldBatch;
using renderer::FieldModel;
using renderer::kFieldBatch;

/// Rays are dealt to so many workers whatever the number of threads.
constexpr std::size_t kWorkers = 16;
/// Samples that are marched before they are learnt from.
constexpr std::size_t kBlock = 1024;
/// Behind it a ray's samples no longer matter.
constexpr float kLeastTransmittance = 1e-4F;
constexpr float kHuber = 0.1F;
constexpr float kGradientLimit = 15;  ///< of the logit, in the density's slope

struct Sample {
  std::array<float, 3> place;
  float step;
  float gate;  ///< a factor of features and density
};

/// What a sample's gate should do.
struct GateSlope {
  std::array<float, 3> place;
  float slope;
};

/// A ray's stretch of a block's samples.
struct Stretch {
  const LearningRay* ray;
  std::size_t first;
  std::size_t count;
};

}  // namespace

/// One share of a step's rays, and memory that outlives the step.
class RayWorker {
public:
  /// Before each step. `model` and `marcher` must live through it.
  void begin(LearningLoss loss, const FieldModel& model, const renderer::FieldMarcher& marcher,
             std::size_t rays, const SaliencyGrid* gate) {
    m_loss = loss;
    m_gate = gate;
    m_gateSlopes.clear();
    m_model = &model;
    m_marcher = &marcher;
    m_scale = 1.0F / (3.0F * static_cast<float>(rays));
    m_outcome = {};
    m_networkGradient.assign(model.density.parameters() + model.color.parameters(), 0.0F);
    m_features.begin(model);
  }

  void learn(std::span<const LearningRay> rays) {
    for (const LearningRay& ray : rays) {
      march(ray);
      if (m_samples.size() >= kBlock) {
        learnBlock();
      }
    }
    learnBlock();
  }

  [[nodiscard]] const FeatureGradients& features() const noexcept { return m_features; }
  [[nodiscard]] const std::vector<float>& networkGradient() const noexcept {
    return m_networkGradient;
  }
  [[nodiscard]] const LearningOutcome& outcome() const noexcept { return m_outcome; }
  [[nodiscard]] const std::vector<GateSlope>& gateSlopes() const noexcept { return m_gateSlopes; }

private:
  void march(const LearningRay& ray) {
    Stretch stretch{&ray, m_samples.size(), 0};
    renderer::FieldMarcher::Walk walk = m_marcher->start(ray.ray, ray.jitter, ray.nearest);
    renderer::FieldSample sample;
    while (m_marcher->next(ray.ray, walk, sample)) {
      Sample kept{{}, sample.step, 1};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        kept.place[axis] = m_marcher->inBox(
            std::fma(ray.ray.direction[axis], sample.distance, ray.ray.origin[axis]));
      }
      if (m_gate != nullptr) {
        kept.gate = m_gate->at(m_gate->around(kept.place));
        if (kept.gate < SaliencyGrid::kLeast) {
          continue;
        }
      }
      m_samples.push_back(kept);
    }
    stretch.count = m_samples.size() - stretch.first;
    m_stretches.push_back(stretch);
  }

  FieldBatch& batch(std::size_t index) {
    while (m_batches.size() <= index) {
      m_batches.emplace_back(*m_model);
    }
    return m_batches[index];
  }

  /// Leaves out what lies behind opaque samples; densities decide.
  void compact() {
    m_logits.resize(m_samples.size());
    FieldBatch& scratch = batch(0);
    for (std::size_t first = 0; first < m_samples.size(); first += kFieldBatch) {
      scratch.count = std::min(kFieldBatch, m_samples.size() - first);
      fillPlaces(scratch, first);
      fieldDensity(*m_model, scratch);
      std::copy_n(scratch.logit(), scratch.count, m_logits.begin() + static_cast<long>(first));
    }
    std::size_t kept = 0;
    for (Stretch& stretch : m_stretches) {
      float transmittance = 1;
      std::size_t count = 0;
      const std::size_t first = stretch.first;
      stretch.first = kept;
      for (; count < stretch.count && transmittance >= kLeastTransmittance; ++count) {
        const Sample& sample = m_samples[first + count];
        transmittance *= std::exp(-sample.gate * std::exp(m_logits[first + count]) * sample.step);
        m_samples[kept++] = sample;
      }
      stretch.count = count;
    }
    m_samples.resize(kept);
  }

  void fillPlaces(FieldBatch& batch, std::size_t first) const {
    batch.isGated = m_gate != nullptr;
    for (std::size_t n = 0; n < batch.count; ++n) {
      batch.gate()[n] = m_samples[first + n].gate;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        batch.place(axis)[n] = m_samples[first + n].place[axis];
      }
    }
  }

  void learnBlock() {
    m_outcome.marched += m_samples.size();
    compact();
    m_outcome.learnt += m_samples.size();
    const std::size_t batches = (m_samples.size() + kFieldBatch - 1) / kFieldBatch;
    for (std::size_t index = 0; index < batches; ++index) {
      FieldBatch& at = batch(index);
      at.count = std::min(kFieldBatch, m_samples.size() - index * kFieldBatch);
      fillPlaces(at, index * kFieldBatch);
    }
    for (const Stretch& stretch : m_stretches) {
      for (std::size_t i = stretch.first; i < stretch.first + stretch.count; ++i) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
          m_batches[i / kFieldBatch].direction(axis)[i % kFieldBatch] =
              stretch.ray->ray.direction[axis];
        }
      }
    }
    for (std::size_t index = 0; index < batches; ++index) {
      fieldDensity(*m_model, m_batches[index]);
      fieldColor(*m_model, m_batches[index]);
    }
    m_gateOfDensity.assign(m_samples.size(), 0.0F);
    for (const Stretch& stretch : m_stretches) {
      pull(stretch);
    }
    for (std::size_t index = 0; index < batches; ++index) {
      fieldBackward(*m_model, m_batches[index], m_networkGradient);
      m_features.append(m_batches[index]);
      for (std::size_t n = 0; m_gate != nullptr && n < m_batches[index].count; ++n) {
        const std::size_t at = index * kFieldBatch + n;
        m_gateSlopes.push_back(
            {m_samples[at].place, m_gateOfDensity[at] + m_batches[index].gateGradient()[n]});
      }
    }
    m_samples.clear();
    m_stretches.clear();
  }

  /// Composites a ray and fills the gradients of its samples.
  void pull(const Stretch& stretch) {
    std::array<float, 3> color{};
    float transmittance = 1;
    m_colors.resize(stretch.count);
    m_after.resize(stretch.count);
    m_opacity.resize(stretch.count);
    for (std::size_t i = 0; i < stretch.count; ++i) {
      const std::size_t at = stretch.first + i;
      FieldBatch& batch = m_batches[at / kFieldBatch];
      const std::size_t n = at % kFieldBatch;
      const float opacity =
          1 - std::exp(-m_samples[at].gate * std::exp(batch.logit()[n]) * m_samples[at].step);
      m_opacity[i] = opacity;
      for (std::size_t c = 0; c < 3; ++c) {
        m_colors[i][c] = renderer::colorOf(batch.rawColor(c)[n], m_model->isHdr);
        color[c] += transmittance * opacity * m_colors[i][c];
      }
      transmittance *= 1 - opacity;
      m_after[i] = transmittance;
    }
    std::array<float, 3> slope{};
    std::array<float, 3> behind{};
    for (std::size_t c = 0; c < 3; ++c) {
      behind[c] = transmittance * stretch.ray->background[c];
      if (m_loss == LearningLoss::Probe) {
        slope[c] = stretch.ray->target[c];
        continue;
      }
      const float difference = color[c] + behind[c] - stretch.ray->target[c];
      const Huber error = m_loss == LearningLoss::Huber
                              ? huber(difference)
                              : Huber{difference * difference, 2 * difference};
      m_outcome.loss += static_cast<double>(error.loss * m_scale);
      m_outcome.squaredError += static_cast<double>(difference * difference * m_scale);
      slope[c] = error.slope * m_scale;
    }
    for (std::size_t i = stretch.count; i-- > 0;) {
      const std::size_t at = stretch.first + i;
      FieldBatch& batch = m_batches[at / kFieldBatch];
      const std::size_t n = at % kFieldBatch;
      const float before = i == 0 ? 1.0F : m_after[i - 1];
      const float weight = before * m_opacity[i];
      float ofDensity = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = m_colors[i][c];
        ofDensity += slope[c] * (m_after[i] * value - behind[c]);
        behind[c] += weight * value;
        batch.rawColorGradient(c)[n] =
            slope[c] * weight * (m_model->isHdr ? value : value * (1 - value));
      }
      const float logit = std::clamp(batch.logit()[n], -kGradientLimit, kGradientLimit);
      m_gateOfDensity[at] = ofDensity * m_samples[at].step * std::exp(logit);
      batch.logitGradient()[n] = m_samples[at].gate * m_gateOfDensity[at];
    }
  }

  LearningLoss m_loss = LearningLoss::Huber;
  const FieldModel* m_model = nullptr;
  const renderer::FieldMarcher* m_marcher = nullptr;
  float m_scale = 1;
  std::vector<float> m_networkGradient;
  FeatureGradients m_features;
  std::vector<FieldBatch> m_batches;
  std::vector<Sample> m_samples;
  std::vector<Stretch> m_stretches;
  const SaliencyGrid* m_gate = nullptr;
  std::vector<GateSlope> m_gateSlopes;
  std::vector<float> m_logits, m_after, m_opacity, m_gateOfDensity;
  std::vector<std::array<float, 3>> m_colors;
  LearningOutcome m_outcome;
};

Huber huber(float difference) noexcept {
  const float size = std::fabs(difference);
  return size < kHuber ? Huber{0.5F / kHuber * difference * difference, difference / kHuber}
                       : Huber{size - 0.5F * kHuber, difference > 0 ? 1.0F : -1.0F};
}

RayLearner::RayLearner(const HashGridField& shape, TaskRunner& runner)
    : m_shape(shape), m_runner(runner), m_workers(kWorkers) {}

RayLearner::~RayLearner() = default;

LearningOutcome RayLearner::accumulate(LearningLoss loss, std::span<const float> parameters,
                                       std::span<const std::uint8_t> occupancy,
                                       std::span<const LearningRay> rays, std::span<float> gradient,
                                       const LearningGate& gate) {
  const FieldModel model(m_shape, parameters);
  const renderer::FieldMarcher marcher(m_shape, occupancy);
  const std::size_t networks = m_shape.gridFirst();
  m_runner.parallelFor(kWorkers, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t index = begin; index < end; ++index) {
      const std::size_t first = rays.size() * index / kWorkers;
      const std::size_t last = rays.size() * (index + 1) / kWorkers;
      m_workers[index].begin(loss, model, marcher, rays.size(), gate.grid);
      m_workers[index].learn(rays.subspan(first, last - first));
    }
  });
  std::vector<const FeatureGradients*> features;
  LearningOutcome sum;
  for (const RayWorker& worker : m_workers) {
    features.push_back(&worker.features());
    for (std::size_t i = 0; i < networks; ++i) {
      gradient[i] += worker.networkGradient()[i];
    }
    sum.loss += worker.outcome().loss;
    sum.squaredError += worker.outcome().squaredError;
    sum.marched += worker.outcome().marched;
    sum.learnt += worker.outcome().learnt;
    for (const GateSlope& one : worker.gateSlopes()) {
      const SaliencyGrid::Place place = gate.grid->around(one.place);
      for (std::size_t i = 0; i < place.cells.size(); ++i) {
        gate.gradient[place.cells[i]] += place.weights[i] * one.slope;
      }
    }
  }
  addFeatureGradients(model, features, gradient.subspan(networks), m_runner);
  return sum;
}

Result<LearningOutcome> RayLearner::accumulateOn(renderer::FieldLearner* device, LearningLoss loss,
                                                 std::span<const float> parameters,
                                                 std::span<const std::uint8_t> occupancy,
                                                 std::span<const LearningRay> rays,
                                                 std::span<float> gradient) {
  return device != nullptr
             ? device->accumulate(m_shape, loss, parameters, occupancy, rays, gradient)
             : accumulate(loss, parameters, occupancy, rays, gradient);
}

}  // namespace volpress::fields
