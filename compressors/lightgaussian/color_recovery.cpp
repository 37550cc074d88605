#include "compressors/lightgaussian/color_recovery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "renderer/metrics/metrics.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

/// Blending weights are kept between passes while they take no more floats than this (512 MB).
constexpr std::size_t kMaxKeptWeights = std::size_t{128} << 20;
/// Pixels' worth of trust in the colour a splat starts from.
constexpr float kInertia = 0.5F;
/// A view that shows a splat less than this share of what its best view shows moves it less: near
/// splats that fill one picture must not follow what little others see of them.
constexpr float kMinorShare = 0.5F;
/// How readily bands above 0 move compared with band 0: a view tells little of other directions.
constexpr float kBandWeight = 0.1F;
constexpr float kLastRelaxation = 0.4F;
constexpr std::size_t kSplatGrain = 4096;
constexpr std::size_t kCoefficients = shRestCount(kMaxShDegree) + 1;

Result<void> checkStop(const RunContext& context) {
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "colour recovery was cancelled");
  }
  return {};
}

}  // namespace

ColorRecovery::ColorRecovery(GaussianCloud& student, std::vector<TeacherView> teachers,
                             std::vector<TeacherView> trials)
    : m_student(&student), m_teachers(std::move(teachers)), m_trials(std::move(trials)) {}

Result<ColorRecovery> ColorRecovery::create(GaussianCloud& student,
                                            std::vector<TeacherView> teachers,
                                            std::vector<TeacherView> trials, RunContext& context) {
  ColorRecovery recovery(student, std::move(teachers), std::move(trials));
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &student);
  VOLPRESS_TRY(recovery.m_geometry, context.rasterizer->prepare(alias));
  recovery.m_weights.resize(recovery.m_teachers.size());
  recovery.m_keepsWeights = student.count * recovery.m_teachers.size() <= kMaxKeptWeights;
  recovery.m_largestWeights.assign(student.count, 0.0F);
  for (std::size_t view = 0; view < recovery.m_teachers.size(); ++view) {
    VOLPRESS_CHECK(checkStop(context));
    VOLPRESS_TRY(std::vector<float> weights, recovery.drawWeights(view, context));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      recovery.m_largestWeights[i] = std::max(recovery.m_largestWeights[i], weights[i]);
    }
    if (recovery.m_keepsWeights) {
      recovery.m_weights[view] = std::move(weights);
    }
  }
  return recovery;
}

Result<std::vector<float>> ColorRecovery::drawWeights(std::size_t view, RunContext& context) {
  const TeacherView& teacher = m_teachers[view];
  const Image ones = makeImage(teacher.camera.width, teacher.camera.height, 3, 1.0F);
  std::vector<float> gradient(3 * m_student->count);
  VOLPRESS_CHECK(context.rasterizer->accumulateColorGradients(*m_geometry, teacher.camera, ones,
                                                              gradient, context.stop));
  std::vector<float> weights(m_student->count);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = gradient[3 * i];
  }
  return weights;
}

Result<void> ColorRecovery::step(std::size_t view, float relaxation, unsigned degree,
                                 RunContext& context) {
  const TeacherView& teacher = m_teachers[view];
  GaussianCloud& student = *m_student;
  if (m_weights[view].empty()) {
    VOLPRESS_TRY(m_weights[view], drawWeights(view, context));
  }
  renderer::RenderOptions options;
  options.stop = context.stop;
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &student);
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(alias));
  VOLPRESS_TRY(const auto drawn, context.rasterizer->render(*prepared, teacher.camera, options));
  Image residual = teacher.picture;
  for (std::size_t i = 0; i < residual.pixels.size(); ++i) {
    residual.pixels[i] -= drawn.color.pixels[i];
  }
  std::vector<float> sums(3 * student.count);
  VOLPRESS_CHECK(context.rasterizer->accumulateColorGradients(*m_geometry, teacher.camera, residual,
                                                              sums, context.stop));

  const std::vector<float>& weights = m_weights[view];
  const std::size_t stride = 3 * shRestCount(student.shDegree);
  const std::size_t trained = shRestCount(degree);
  context.runner.parallelFor(student.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    std::array<float, kCoefficients> basis{};
    for (std::size_t i = begin; i < end; ++i) {
      if (!(weights[i] > 0)) {
        continue;
      }
      const float* const mean = student.means.data() + 3 * i;
      evaluateShBasis(student.shDegree, mean, teacher.camera.position, basis);
      float norm = basis[0] * basis[0];
      for (std::size_t k = 1; k <= trained; ++k) {
        norm += kBandWeight * basis[k] * basis[k];
      }
      const float weight = std::max(weights[i], kMinorShare * m_largestWeights[i]) + kInertia;
      float* const dc = student.shDc.data() + 3 * i;
      float* const rest = student.shRest.data() + stride * i;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        float color = 0.5F + basis[0] * dc[channel];
        for (std::size_t k = 0; 3 * k < stride; ++k) {
          color += basis[k + 1] * rest[3 * k + channel];
        }
        const float change = relaxation * sums[3 * i + channel] / weight;
        // The picture clamps colours at 0, so that more darkness would change nothing.
        if (color < 0 && change < 0) {
          continue;
        }
        dc[channel] += change * basis[0] / norm;
        for (std::size_t k = 0; k < trained; ++k) {
          rest[3 * k + channel] += change * kBandWeight * basis[k + 1] / norm;
        }
      }
    }
  });
  if (!m_keepsWeights) {
    m_weights[view] = {};
  }
  return {};
}

Result<double> ColorRecovery::trialError(RunContext& context) {
  renderer::RenderOptions options;
  options.stop = context.stop;
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), m_student);
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(alias));
  double sum = 0;
  for (const TeacherView& trial : m_trials) {
    VOLPRESS_CHECK(checkStop(context));
    VOLPRESS_TRY(const auto drawn, context.rasterizer->render(*prepared, trial.camera, options));
    VOLPRESS_TRY(const double error, metrics::meanSquaredError(trial.picture, drawn.color));
    sum += error;
  }
  return sum / static_cast<double>(std::max<std::size_t>(1, m_trials.size()));
}

Result<void> ColorRecovery::run(std::size_t passes, unsigned degree, RunContext& context) {
  const std::size_t views = m_teachers.size();
  // A stride near the golden section that is coprime to the count spreads successive views.
  std::size_t stride = std::max<std::size_t>(1, views * 618 / 1000);
  while (std::gcd(stride, views) > 1) {
    ++stride;
  }
  VOLPRESS_TRY(const double before, trialError(context));
  double best = before;
  std::size_t bestPass = 0;
  FloatArray bestDc = m_student->shDc;
  FloatArray bestRest = m_student->shRest;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    const float part =
        passes > 1 ? static_cast<float>(pass) / static_cast<float>(passes - 1) : 1.0F;
    const float relaxation = 1.0F + part * (kLastRelaxation - 1.0F);
    for (std::size_t i = 0; i < views; ++i) {
      VOLPRESS_CHECK(checkStop(context));
      VOLPRESS_CHECK(step(i * stride % views, relaxation, degree, context));
      context.progress.report(
          static_cast<double>(pass * views + i + 1) / static_cast<double>(passes * views),
          fmt::format("pass {}/{}, {}/{} views", pass + 1, passes, i + 1, views));
    }
    VOLPRESS_TRY(const double error, trialError(context));
    if (error <= best) {
      best = error;
      bestPass = pass + 1;
      bestDc = m_student->shDc;
      bestRest = m_student->shRest;
    }
  }
  if (bestPass != passes) {
    m_student->shDc = std::move(bestDc);
    m_student->shRest = std::move(bestRest);
  }
  context.log.push_back(fmt::format(
      "recovery of SH degree {}: pass {} of {} is closest on {} trial views, {:.2f} dB before and "
      "{:.2f} dB after",
      degree, bestPass, passes, m_trials.size(), metrics::psnrFromError(before),
      metrics::psnrFromError(best)));
  return {};
}

}  // namespace volpress::compressors::lightgaussian
