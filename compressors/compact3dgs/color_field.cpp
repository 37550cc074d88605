#include "compressors/compact3dgs/color_field.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/sh_baking.hpp"
#include "compressors/learning/view_order.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

using learning::Direction;
using learning::directionTo;

/// Rates and their fall as in the released code, over the steps given.
constexpr double kFirstRate = 0.01;
constexpr double kLastRate = 0.0004;
constexpr std::size_t kFewestSamples = 128;
constexpr std::size_t kMostSamples = 8192;
constexpr std::size_t kSplatsPerSample = 16;
/// Share of the samples that are seen from anywhere: what is baked needs all directions.
constexpr double kAnywhereShare = 0.3;
constexpr float kGridStart = 1e-4F;
constexpr std::size_t kSplatGrain = 1024;
/// Splats that are baked together.
constexpr std::size_t kBakedTogether = 2048;

/// A number of [0, 1) that belongs to a sample.
double unit(std::uint64_t seed, std::uint64_t what) {
  return static_cast<double>(learning::mixSeed(seed, what) >> 11) * 0x1p-53;
}

/// SH band 0 that has the colour of all the splat's bands in this direction.
void flatColor(const GaussianCloud& cloud, std::size_t splat, const Direction& direction,
               float* out) {
  std::array<float, kMaxShBasis> basis{};
  evaluateShBasis(cloud.shDegree, direction, basis);
  const std::size_t rest = shRestCount(cloud.shDegree);
  for (std::size_t c = 0; c < 3; ++c) {
    float sum = cloud.shDc[3 * splat + c] * basis[0];
    for (std::size_t k = 0; k < rest; ++k) {
      sum += cloud.shRest[3 * (rest * splat + k) + c] * basis[k + 1];
    }
    out[c] = sum / kSh0;
  }
}

std::array<std::size_t, 4> networkWidths(std::size_t features) {
  return {features + ColorField::kDirectionValues, ColorField::kHidden, ColorField::kHidden, 3};
}

}  // namespace

float roundedTo(float value, float step) noexcept {
  return step > 0 ? step * std::round(value / step) : value;
}

void roundWeights(std::span<const float> grid, std::span<const float> network,
                  const FieldSteps& steps, FieldWeights& rounded) {
  const auto roundAll = [](std::span<const float> values, float step, float threshold,
                           FloatArray& to) {
    to.resize(values.size());
    std::transform(values.begin(), values.end(), to.begin(), [=](float value) {
      return std::abs(value) <= threshold ? 0.0F : roundedTo(value, step);
    });
  };
  roundAll(grid, steps.grid, steps.gridThreshold, rounded.grid);
  roundAll(network, steps.network, 0, rounded.network);
}

ColorField::ColorField(const learning::HashGridShape& shape, const learning::FieldPlace& place)
    : m_grid(shape), m_network(learning::mlp(networkWidths(m_grid.outputs()))), m_place(place) {}

FieldWeights ColorField::freshWeights(std::uint64_t seed) const {
  FieldWeights weights;
  weights.network = m_network.freshParameters(seed);
  weights.grid.resize(m_grid.parameters());
  for (std::size_t i = 0; i < weights.grid.size(); ++i) {
    weights.grid[i] = kGridStart * static_cast<float>(2 * unit(~seed, i) - 1);
  }
  return weights;
}

FloatArray ColorField::points(const FloatArray& means) const {
  return learning::cubePoints(m_place, means);
}

void ColorField::fillInput(const float* features, const Direction& direction, float* row) const {
  std::copy_n(features, m_grid.outputs(), row);
  std::array<float, kMaxShBasis> basis{};
  evaluateShBasis(kDirectionDegree, direction, basis);
  std::copy_n(basis.begin(), kDirectionValues, row + m_grid.outputs());
}

Result<FieldWeights> ColorField::fit(const GaussianCloud& teacher, std::span<const Camera> cameras,
                                     const FieldFit& options, RunContext& context) const {
  TaskRunner& runner = context.runner;
  FieldWeights master = freshWeights(options.seed);
  FieldWeights seen;
  FieldWeights gradient;
  gradient.grid.assign(master.grid.size(), 0.0F);
  gradient.network.assign(master.network.size(), 0.0F);
  learning::Adam gridDescent;
  learning::Adam networkDescent;

  // Running sums of the splats' weights: a uniform number finds its splat by bisection.
  std::vector<double> ranks(teacher.count);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranks[i] = options.weights.empty() ? 1.0 : static_cast<double>(options.weights[i]);
  }
  std::partial_sum(ranks.begin(), ranks.end(), ranks.begin());
  const FloatArray places = points(teacher.means);
  const std::size_t samples =
      std::clamp(teacher.count / kSplatsPerSample, kFewestSamples, kMostSamples);
  std::vector<float> where(3 * samples);
  std::vector<float> targets(3 * samples);
  std::vector<Direction> directions(samples);
  FloatArray features(samples * m_grid.outputs());
  FloatArray rows(samples * inputs());
  FloatArray out(3 * samples);
  FloatArray pulled(3 * samples);
  FloatArray rowGradient(rows.size());
  FloatArray featureGradient(features.size());
  FloatArray tape;
  const learning::RateSchedule rate{kFirstRate, kLastRate, 1, 0};
  for (unsigned step = 0; step < options.steps; ++step) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "fitting the colour field was cancelled");
    }
    const std::uint64_t seed = learning::mixSeed(options.seed, step);
    runner.parallelFor(samples, kSplatGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double rank = unit(seed, 4 * i) * ranks.back();
        const auto splat = std::min<std::size_t>(
            teacher.count - 1,
            static_cast<std::size_t>(std::upper_bound(ranks.begin(), ranks.end(), rank) -
                                     ranks.begin()));
        if (cameras.empty() || unit(seed, 4 * i + 1) < kAnywhereShare) {
          const double z = 2 * unit(seed, 4 * i + 2) - 1;
          const double angle = 2 * std::numbers::pi * unit(seed, 4 * i + 3);
          const double flat = std::sqrt(1 - z * z);
          directions[i] = {static_cast<float>(flat * std::cos(angle)),
                           static_cast<float>(flat * std::sin(angle)), static_cast<float>(z)};
        } else {
          const auto camera =
              static_cast<std::size_t>(unit(seed, 4 * i + 2) * static_cast<double>(cameras.size()));
          directions[i] = directionTo(&teacher.means[3 * splat], cameras[camera].position);
        }
        flatColor(teacher, splat, directions[i], &targets[3 * i]);
        std::copy_n(&places[3 * splat], 3, &where[3 * i]);
      }
    });
    const bool rounds = step >= options.steps / 2;
    roundWeights(master.grid, master.network, rounds ? options.rounding : FieldSteps{}, seen);
    m_grid.forward(seen.grid, where, features, runner);
    runner.parallelFor(samples, kSplatGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        fillInput(&features[i * m_grid.outputs()], directions[i], &rows[i * inputs()]);
      }
    });
    m_network.forward(seen.network, rows, out, tape, runner);
    for (std::size_t i = 0; i < out.size(); ++i) {
      pulled[i] = 2 * (out[i] - targets[i]) / static_cast<float>(out.size());
    }
    m_network.backward(seen.network, rows, out, tape, pulled, rowGradient, gradient.network,
                       runner);
    for (std::size_t i = 0; i < samples; ++i) {
      std::copy_n(&rowGradient[i * inputs()], m_grid.outputs(),
                  &featureGradient[i * m_grid.outputs()]);
    }
    m_grid.backward(where, featureGradient, gradient.grid, runner);
    const double now = learning::rateAt(rate, step, options.steps);
    gridDescent.step(master.grid, gradient.grid, now, runner);
    networkDescent.step(master.network, gradient.network, now, runner);
    context.progress.report(static_cast<double>(step + 1) / options.steps,
                            fmt::format("{}/{} steps", step + 1, options.steps));
  }
  return master;
}

void ColorField::look(const FieldWeights& weights, const FloatArray& means,
                      const std::array<float, 3>& eye, FloatArray& values, FloatArray& rows,
                      FloatArray& tape, TaskRunner& runner) const {
  const std::size_t count = means.size() / 3;
  const FloatArray places = points(means);
  FloatArray features(count * m_grid.outputs());
  m_grid.forward(weights.grid, places, features, runner);
  rows.resize(count * inputs());
  runner.parallelFor(count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      fillInput(&features[i * m_grid.outputs()], directionTo(&means[3 * i], eye),
                &rows[i * inputs()]);
    }
  });
  values.resize(3 * count);
  m_network.forward(weights.network, rows, values, tape, runner);
}

Result<void> ColorField::bake(const FieldWeights& weights, GaussianCloud& cloud, TaskRunner& runner,
                              const std::stop_token& stop) const {
  const std::size_t rest = shRestCount(cloud.shDegree);
  const learning::ShBaking baking(cloud.shDegree);
  const std::size_t bands = baking.bands();
  const std::size_t turns = baking.directions().size();

  const FloatArray places = points(cloud.means);
  FloatArray features;
  FloatArray rows;
  FloatArray out;
  for (std::size_t first = 0; first < cloud.count; first += kBakedTogether) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "baking colours was cancelled");
    }
    const std::size_t count = std::min(kBakedTogether, cloud.count - first);
    features.resize(count * m_grid.outputs());
    m_grid.forward(weights.grid, std::span<const float>(places).subspan(3 * first, 3 * count),
                   features, runner);
    rows.resize(count * turns * inputs());
    out.resize(3 * count * turns);
    runner.parallelFor(count, 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t turn = 0; turn < turns; ++turn) {
          fillInput(&features[i * m_grid.outputs()], baking.directions()[turn],
                    &rows[(i * turns + turn) * inputs()]);
        }
      }
    });
    m_network.forward(weights.network, rows, out, runner);
    runner.parallelFor(count, 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t k = 0; k < bands; ++k) {
          const std::array<float, 3> sum = baking.coefficient(k, &out[3 * i * turns]);
          float* to = k == 0 ? &cloud.shDc[3 * (first + i)]
                             : &cloud.shRest[3 * (rest * (first + i) + k - 1)];
          std::copy(sum.begin(), sum.end(), to);
        }
      }
    });
  }
  return {};
}

FieldError measureField(const ColorField& field, const FieldWeights& weights,
                        const GaussianCloud& teacher, const GaussianCloud& baked,
                        std::span<const Camera> cameras, std::span<const float> importance,
                        TaskRunner& runner) {
  FieldError result;
  FloatArray values;
  FloatArray rows;
  FloatArray tape;
  double mass = 0;
  double fieldError = 0;
  double bakedError = 0;
  const auto shown = [](float value) {
    return std::clamp(0.5 + static_cast<double>(kSh0) * static_cast<double>(value), 0.0, 1.0);
  };
  constexpr std::size_t kMostCameras = 8;
  const std::size_t stride = cameras.size() / kMostCameras + 1;
  for (std::size_t view = 0; view < cameras.size(); view += stride) {
    const std::array<float, 3>& eye = cameras[view].position;
    field.look(weights, teacher.means, eye, values, rows, tape, runner);
    for (std::size_t i = 0; i < teacher.count; ++i) {
      const Direction direction = directionTo(&teacher.means[3 * i], eye);
      std::array<float, 3> wanted{};
      std::array<float, 3> got{};
      flatColor(teacher, i, direction, wanted.data());
      flatColor(baked, i, direction, got.data());
      const double weight = importance.empty() ? 1.0 : static_cast<double>(importance[i]);
      mass += 3 * weight;
      for (std::size_t c = 0; c < 3; ++c) {
        const double middle = shown(values[3 * i + c]);
        fieldError += weight * (middle - shown(wanted[c])) * (middle - shown(wanted[c]));
        bakedError += weight * (middle - shown(got[c])) * (middle - shown(got[c]));
      }
    }
  }
  constexpr double kLeastError = 1e-12;
  result.fieldPsnr = -10 * std::log10(std::max(kLeastError, fieldError / std::max(mass, 1e-300)));
  result.bakedPsnr = -10 * std::log10(std::max(kLeastError, bakedError / std::max(mass, 1e-300)));
  return result;
}

}  // namespace volpress::compressors::compact3dgs
