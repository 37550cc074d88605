#include "app/engine/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/engine/view_sets.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/morton.hpp"

namespace volpress::engine {
namespace {

constexpr std::size_t kRuns = 24;
constexpr std::size_t kRunLength = 128;
constexpr std::size_t kViewWidth = 96;
constexpr std::size_t kViewHeight = 72;
constexpr float kCovered = 0.1F;  // alpha from which a pixel shows something
constexpr double kIdentical = 100;
constexpr std::size_t kRemembered = 64;

// What first guesses on the generated sample, with four codecs, mostly stayed within.
constexpr double kSizeErrorAlone = 0.25;
constexpr double kSizeErrorCorrected = 0.10;
constexpr double kPsnrErrorAlone = 5;
constexpr double kPsnrErrorCorrected = 1.5;

/// Every `step`-th of the runs, in Morton order.
std::vector<std::uint32_t> runsOf(std::span<const std::uint32_t> order, std::size_t step) {
  std::vector<std::uint32_t> chosen;
  if (order.size() <= kRuns * kRunLength * 2) {
    // A small scene is its own sample; the smaller one is its first half.
    chosen.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(order.size() / step));
    return chosen;
  }
  for (std::size_t run = 0; run < kRuns; run += step) {
    const std::size_t first = run * (order.size() - kRunLength) / (kRuns - 1);
    chosen.insert(chosen.end(), order.begin() + static_cast<std::ptrdiff_t>(first),
                  order.begin() + static_cast<std::ptrdiff_t>(first + kRunLength));
  }
  return chosen;
}

std::size_t splatsIn(const Scene& scene) { return std::get<GaussianCloud>(scene).count; }

/// How far two settings of one codec lie apart: 0 when they are the same.
double distance(const compressors::CodecInfo& info, const ParamSet& a, const ParamSet& b) {
  double sum = 0;
  for (const ParamSpec& spec : info.params) {
    const auto left = a.find(spec.id);
    const auto right = b.find(spec.id);
    if (left == a.end() || right == b.end() || left->second == right->second) {
      continue;
    }
    const auto* x = std::get_if<double>(&left->second);
    const auto* y = std::get_if<double>(&right->second);
    const double span = spec.range ? spec.range->max - spec.range->min : 0;
    sum += x != nullptr && y != nullptr && span > 0 ? std::abs(*x - *y) / span : 0.5;
  }
  return sum;
}

}  // namespace

Result<Estimator> Estimator::make(const std::shared_ptr<const GaussianCloud>& cloud,
                                  TaskRunner& runner, const std::stop_token& stop) {
  Estimator estimator;
  estimator.m_runner = &runner;
  estimator.m_count = cloud->count;
  const std::vector<std::uint32_t> order = mortonOrder(cloud->means, runner);
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  auto large = std::make_shared<const Scene>(gatherSplats(*cloud, runsOf(order, 1)));
  estimator.m_small = std::make_shared<const Scene>(gatherSplats(*cloud, runsOf(order, 2)));
  estimator.m_large = large;
  estimator.m_rasterizer = renderer::makeSoftwareRasterizer(runner);
  // Where one sees the scene from; the sample alone could make another shape.
  for (const double share : {0.0, 0.5}) {
    Camera camera = homeCamera(*cloud, kViewWidth, kViewHeight, *estimator.m_rasterizer);
    if (share > 0) {
      // From the other side, at the same distance of what is looked at.
      const Bounds bounds = meanBounds(*cloud);
      std::array<float, 3> centre{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        centre[axis] = 0.5F * (bounds.min[axis] + bounds.max[axis]);
      }
      std::array<float, 3> eye = camera.position;
      eye[0] = 2 * centre[0] - eye[0];
      eye[2] = 2 * centre[2] - eye[2];
      camera = lookAt(eye, centre, {0, 1, 0}, 0.9F, kViewWidth, kViewHeight);
    }
    estimator.m_views.views.push_back({"sample", camera, false});
  }
  const std::shared_ptr<const GaussianCloud> sample(large, &std::get<GaussianCloud>(*large));
  VOLPRESS_TRY(const auto prepared, estimator.m_rasterizer->prepare(sample));
  std::size_t covered = 0;
  std::size_t pixels = 0;
  for (const View& view : estimator.m_views.views) {
    VOLPRESS_TRY(auto drawn, estimator.m_rasterizer->render(*prepared, view.camera, {}));
    for (const float alpha : drawn.alpha.pixels) {
      covered += alpha > kCovered ? 1U : 0U;
      ++pixels;
    }
    estimator.m_pictures.push_back(std::move(drawn.color));
  }
  estimator.m_covered = std::max(0.01, static_cast<double>(covered) / static_cast<double>(pixels));
  return estimator;
}

Result<Bytes> Estimator::encode(const compressors::Codec& codec, const ParamSet& params,
                                const std::shared_ptr<const Scene>& scene,
                                const std::stop_token& stop) {
  Progress unseen;
  compressors::RunContext context{*m_runner, unseen, stop, nullptr, nullptr, 1, {}, {}};
  if (codec.usesViews(params)) {
    context.rasterizer = m_rasterizer.get();
    context.views = &m_views;
  }
  return codec.encode(*scene, params, context);
}

Result<double> Estimator::sampleQuality(const GaussianCloud& decoded, const std::stop_token& stop) {
  VOLPRESS_TRY(const auto prepared,
               m_rasterizer->prepare(std::make_shared<const GaussianCloud>(decoded)));
  double sum = 0;
  std::size_t values = 0;
  for (std::size_t i = 0; i < m_pictures.size(); ++i) {
    renderer::RenderOptions options;
    options.stop = stop;
    VOLPRESS_TRY(const auto drawn,
                 m_rasterizer->render(*prepared, m_views.views[i].camera, options));
    for (std::size_t p = 0; p < drawn.color.pixels.size(); ++p) {
      const double off = std::clamp(static_cast<double>(drawn.color.pixels[p]), 0.0, 1.0) -
                         std::clamp(static_cast<double>(m_pictures[i].pixels[p]), 0.0, 1.0);
      sum += off * off;
    }
    values += drawn.color.pixels.size();
  }
  // Pixels that show nothing are right without any merit.
  const double error = sum / (static_cast<double>(values) * m_covered);
  return error <= 1e-10 ? kIdentical : -10 * std::log10(error);
}

Result<Estimator::Raw> Estimator::raw(const compressors::Codec& codec, const ParamSet& params,
                                      const std::stop_token& stop) {
  const std::string& id = codec.info().id;
  const auto at =
      std::find_if(m_remembered.begin(), m_remembered.end(),
                   [&](const Remembered& one) { return one.codec == id && one.params == params; });
  if (at != m_remembered.end()) {
    return at->raw;
  }
  VOLPRESS_TRY(const Bytes small, encode(codec, params, m_small, stop));
  VOLPRESS_TRY(const Bytes large, encode(codec, params, m_large, stop));
  Progress unseen;
  compressors::RunContext context{*m_runner, unseen, stop, nullptr, nullptr, 1, {}, {}};
  VOLPRESS_TRY(const Scene decoded, codec.decode(large, context));
  // Two sizes tell what a file costs by itself from what each splat adds.
  const auto fewer = static_cast<double>(splatsIn(*m_small));
  const auto more = static_cast<double>(splatsIn(*m_large));
  const double perSplat =
      std::max(0.0, (static_cast<double>(large.size()) - static_cast<double>(small.size())) /
                        std::max(1.0, more - fewer));
  Raw raw;
  raw.bytes = static_cast<double>(large.size()) + perSplat * (static_cast<double>(m_count) - more);
  VOLPRESS_TRY(raw.psnr, sampleQuality(std::get<GaussianCloud>(decoded), stop));
  if (m_remembered.size() >= kRemembered) {
    m_remembered.erase(m_remembered.begin());
  }
  m_remembered.push_back({id, params, raw});
  return raw;
}

Result<Estimate> Estimator::estimate(const compressors::Codec& codec, const ParamSet& params,
                                     std::span<const KnownResult> known,
                                     const std::stop_token& stop) {
  VOLPRESS_TRY(const Raw guess, raw(codec, params, stop));
  double weights = 0;
  double sizeShift = 0;  // of the logarithm
  double psnrShift = 0;
  Estimate estimate;
  for (const KnownResult& result : known) {
    if (result.codec != codec.info().id || result.fileBytes == 0) {
      continue;
    }
    VOLPRESS_TRY(const Raw then, raw(codec, result.params, stop));
    const double away = distance(codec.info(), params, result.params);
    const double weight = 1 / (0.01 + away * away);
    weights += weight;
    sizeShift += weight * std::log(static_cast<double>(result.fileBytes) / then.bytes);
    psnrShift += weight * (std::min(result.meanPsnr, kIdentical) - then.psnr);
    ++estimate.known;
  }
  const bool corrected = weights > 0;
  estimate.bytes = guess.bytes * (corrected ? std::exp(sizeShift / weights) : 1.0);
  estimate.bytesError = corrected ? kSizeErrorCorrected : kSizeErrorAlone;
  if (guess.psnr < kIdentical && !codec.info().lossless) {
    estimate.psnr = guess.psnr + (corrected ? psnrShift / weights : 0.0);
    estimate.psnrError = corrected ? kPsnrErrorCorrected : kPsnrErrorAlone;
  }
  return estimate;
}

}  // namespace volpress::engine
