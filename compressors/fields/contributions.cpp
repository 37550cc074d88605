#include "compressors/fields/contributions.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "scene/base/morton.hpp"

namespace volpress::fields {
namespace {

constexpr float kUnit = 1U << 24;
constexpr float kOpaque = 0.99F;     // as the renderer ends a ray
constexpr std::size_t kAtOnce = 64;  // samples of a ray
constexpr std::size_t kTriedRays = 2048;
constexpr std::size_t kMostRays = std::size_t{1} << 19;

class RayWeights {
public:
  RayWeights(const HashGridField& field, const renderer::FieldModel& model, SampleWeight counts,
             std::vector<std::uint64_t>& sums)
      : m_marcher(field, field.occupancy),
        m_model(model),
        m_counts(counts),
        m_sums(sums),
        m_batch(model) {}

  void add(const renderer::FieldRay& ray) {
    renderer::FieldMarcher::Walk walk = m_marcher.start(ray, 0.5F);
    float transmittance = 1;
    bool goesOn = true;
    while (goesOn && transmittance > 1 - kOpaque) {
      goesOn = gather(ray, walk);
      if (m_batch.count == 0) {
        return;
      }
      fieldDensity(m_model, m_batch);
      for (std::size_t n = 0; n < m_batch.count && transmittance > 1 - kOpaque; ++n) {
        const float opacity = 1 - std::exp(-std::exp(m_batch.logit()[n]) * m_steps[n]);
        const float weight = opacity * transmittance;
        const auto counted = static_cast<std::uint64_t>(
            std::lround(kUnit * (m_counts == SampleWeight::Squared ? weight * weight : weight)));
        transmittance *= 1 - opacity;
        // Sums of integers do not depend on the order of threads.
        std::atomic_ref<std::uint64_t>(m_sums[m_cells[n]])
            .fetch_add(counted, std::memory_order_relaxed);
      }
    }
  }

private:
  /// The ray's next samples; false when it is over.
  bool gather(const renderer::FieldRay& ray, renderer::FieldMarcher::Walk& walk) {
    m_batch.count = 0;
    renderer::FieldSample sample;
    while (m_batch.count < kAtOnce) {
      if (!m_marcher.next(ray, walk, sample)) {
        return false;
      }
      std::array<float, 3> place{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        place[axis] = std::fma(ray.direction[axis], sample.distance, ray.origin[axis]);
        m_batch.place(axis)[m_batch.count] = m_marcher.inBox(place[axis]);
      }
      m_cells[m_batch.count] = m_marcher.cellOf(place);
      m_steps[m_batch.count] = sample.step;
      ++m_batch.count;
    }
    return true;
  }

  renderer::FieldMarcher m_marcher;
  const renderer::FieldModel& m_model;
  SampleWeight m_counts;
  std::vector<std::uint64_t>& m_sums;
  renderer::FieldBatch m_batch;
  std::array<std::size_t, kAtOnce> m_cells{};
  std::array<float, kAtOnce> m_steps{};
};

/// The error of some of the pictures' rays with other cells occupied.
class TriedMasks {
public:
  TriedMasks(const HashGridField& field, const ViewingRays& rays, std::uint64_t seed,
             TaskRunner& runner)
      : m_field(field), m_rays(rays.draw(kTriedRays, seed)), m_learner(field, runner) {
    m_gradient.assign(field.parameters.size(), 0.0F);
  }

  double errorWith(const std::vector<std::uint8_t>& occupancy) {
    return m_learner
        .accumulate(LearningLoss::Square, {m_field.parameters.data(), m_field.parameters.size()},
                    occupancy, m_rays, {m_gradient.data(), m_gradient.size()})
        .squaredError;
  }
  double errorWith(const SaliencyMask& mask) { return errorWith(maskOccupancy(mask)); }

private:
  const HashGridField& m_field;
  std::vector<LearningRay> m_rays;
  RayLearner m_learner;
  FloatArray m_gradient;
};

}  // namespace

std::vector<std::uint64_t> cellContributions(const HashGridField& field, const ViewingRays& rays,
                                             TaskRunner& runner, const std::stop_token& stop,
                                             SampleWeight counts) {
  std::vector<std::uint64_t> sums(field.occupancy.size() * 8, 0);
  const renderer::FieldModel model(field);
  const std::size_t stride = 1 + rays.pixels.size() / kMostRays;
  constexpr std::size_t kGrain = 512;
  runner.parallelFor(rays.pixels.size() / stride, kGrain, [&](std::size_t begin, std::size_t end) {
    RayWeights weights(field, model, counts, sums);
    for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      weights.add(rays.pixels[i * stride].ray);
    }
  });
  return sums;
}

std::vector<std::uint64_t> overMask(const std::vector<std::uint64_t>& contributions,
                                    const SaliencyMask& mask) {
  std::vector<std::uint64_t> own(mask.cells.size(), 0);
  const std::size_t each = contributions.size() / own.size();
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    own[i / each] += contributions[i];
  }
  std::vector<std::uint64_t> sums(own.size(), 0);
  for (std::size_t cell = 0; cell < own.size(); ++cell) {
    if (mask.cells[cell] == 0) {
      continue;
    }
    const std::size_t first = cell & ~(mask.cascadeCells() - 1);
    const MortonPoint at = mortonPoint(cell - first);
    std::uint64_t around = 0;
    const auto add = [&](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
      const std::uint32_t side = 1U << mask.bits;
      if (x < side && y < side && z < side) {  // one before 0 wraps to beyond it
        around += own[first + static_cast<std::size_t>(mortonCode(x, y, z))];
      }
    };
    add(at.x - 1, at.y, at.z);
    add(at.x + 1, at.y, at.z);
    add(at.x, at.y - 1, at.z);
    add(at.x, at.y + 1, at.z);
    add(at.x, at.y, at.z - 1);
    add(at.x, at.y, at.z + 1);
    sums[cell] = own[cell] + around / 12;
  }
  return sums;
}

SaliencyMask salientCells(const std::vector<std::uint64_t>& contributions, const SaliencyMask& mask,
                          double share) {
  SaliencyMask salient = mask;
  std::fill(salient.cells.begin(), salient.cells.end(), std::uint8_t{0});
  std::vector<std::uint32_t> order;
  for (std::size_t cell = 0; cell < contributions.size(); ++cell) {
    if (contributions[cell] != 0) {
      order.push_back(static_cast<std::uint32_t>(cell));
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return contributions[a] > contributions[b];
  });
  const auto total = static_cast<double>(
      std::accumulate(contributions.begin(), contributions.end(), std::uint64_t{0}));
  double kept = 0;
  for (const std::uint32_t cell : order) {
    if (kept >= share * total) {
      break;
    }
    kept += static_cast<double>(contributions[cell]);
    salient.cells[cell] = 1;
  }
  return salient;
}

SaliencyMask leanCells(const HashGridField& field, const SaliencyMask& mask,
                       const ViewingRays& rays, double most, std::uint64_t seed, TaskRunner& runner,
                       const std::stop_token& stop) {
  constexpr std::size_t kTriedOf = 8;
  ViewingRays asked;
  ViewingRays others;
  for (std::size_t i = 0; i < rays.pixels.size(); ++i) {
    (i % kTriedOf == 0 ? others : asked).pixels.push_back(rays.pixels[i]);
  }
  const std::vector<std::uint64_t> contributions =
      overMask(cellContributions(field, asked, runner, stop, SampleWeight::Squared), mask);
  if (stop.stop_requested()) {
    return mask;
  }
  TriedMasks tried(field, others, seed, runner);
  const double limit = tried.errorWith(mask) + most;
  // Logarithms of the share that is left out.
  double little = -7;
  double much = -0.3;
  SaliencyMask lean = salientCells(contributions, mask, 1 - std::pow(10, little));
  constexpr int kTrials = 7;
  for (int trial = 0; trial < kTrials; ++trial) {
    const double middle = 0.5 * (little + much);
    SaliencyMask candidate = salientCells(contributions, mask, 1 - std::pow(10, middle));
    if (tried.errorWith(candidate) <= limit) {
      little = middle;
      lean = std::move(candidate);
    } else {
      much = middle;
    }
  }
  return lean;
}

bool bearsMask(const HashGridField& field, unsigned bits, const ViewingRays& rays, double most,
               std::uint64_t seed, TaskRunner& runner) {
  TriedMasks tried(field, rays, seed, runner);
  return tried.errorWith(maskOf(field.occupancy, bits)) <= tried.errorWith(field.occupancy) + most;
}

}  // namespace volpress::fields
