#include "app/engine/clip_quality.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/engine/view_sets.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::engine {
namespace {

constexpr double kIdentical = 100;  // dB, for means over frames of which some are identical

double mean(const std::vector<FrameQuality>& frames, double FrameQuality::*member) {
  double sum = 0;
  for (const FrameQuality& frame : frames) {
    sum += frame.*member;
  }
  return frames.empty() ? 0 : sum / static_cast<double>(frames.size());
}

}  // namespace

Result<FrameQuality> FrameMeter::measure(std::size_t frame, GaussianCloud&& decoded,
                                         const FrameVisitor& visitor) {
  VOLPRESS_TRY(GaussianCloud original, m_reference.frame(frame, m_runner, m_stop));
  VOLPRESS_TRY(const auto a,
               m_rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(original))));
  VOLPRESS_TRY(const auto b,
               m_rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(decoded))));
  FrameQuality quality;
  quality.frame = frame;
  double error = 0;
  renderer::RenderOptions options;
  options.stop = m_stop;
  const bool first = m_errors.empty();
  m_errors.resize(m_views.views.size());
  for (std::size_t v = 0; v < m_views.views.size(); ++v) {
    const Camera& camera = m_views.views[v].camera;
    VOLPRESS_TRY(const renderer::RenderResult wanted, m_rasterizer.render(*a, camera, options));
    VOLPRESS_TRY(const renderer::RenderResult got, m_rasterizer.render(*b, camera, options));
    VOLPRESS_TRY(const double square, metrics::meanSquaredError(wanted.color, got.color));
    VOLPRESS_TRY(const double ssim, metrics::ssim(wanted.color, got.color, m_runner));
    if (visitor) {
      VOLPRESS_CHECK(visitor(frame, v, wanted.color, got.color));
    }
    error += square;
    quality.ssim += ssim;
    // The error's change since the frame before, put upon the original.
    Image changed = wanted.color;
    std::vector<float> now(changed.pixels.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      now[i] = got.color.pixels[i] - wanted.color.pixels[i];
      changed.pixels[i] += first ? 0.0F : now[i] - m_errors[v][i];
    }
    if (!first) {
      VOLPRESS_TRY(const metrics::FlipResult flicker,
                   metrics::flip(wanted.color, changed, m_runner));
      quality.flicker += flicker.mean;
    }
    m_errors[v] = std::move(now);
  }
  const auto count = static_cast<double>(m_views.views.size());
  quality.psnr = std::min(kIdentical, metrics::psnrFromError(error / count));
  quality.ssim /= count;
  quality.flicker /= count;
  return quality;
}

Result<ViewSet> makeClipViews(const LoadedSequence& loaded, const std::string& views,
                              renderer::Rasterizer& rasterizer, TaskRunner& runner,
                              const std::stop_token& stop) {
  VOLPRESS_TRY(const GaussianCloud first, loaded.sequence->frame(0, runner, stop));
  return makeViewSet(
      views == "auto" ? "orbit:4" : views, first,
      loaded.files.frames.empty() ? std::filesystem::path() : loaded.files.frames.front(),
      rasterizer, {});
}

double ClipQuality::meanPsnr() const { return mean(frames, &FrameQuality::psnr); }
double ClipQuality::meanSsim() const { return mean(frames, &FrameQuality::ssim); }

const FrameQuality& ClipQuality::worst() const {
  return *std::min_element(
      frames.begin(), frames.end(),
      [](const FrameQuality& a, const FrameQuality& b) { return a.psnr < b.psnr; });
}

double ClipQuality::worstSsim() const {
  return std::min_element(
             frames.begin(), frames.end(),
             [](const FrameQuality& a, const FrameQuality& b) { return a.ssim < b.ssim; })
      ->ssim;
}

double ClipQuality::meanFlicker() const {
  return frames.size() < 2
             ? 0
             : mean(frames, &FrameQuality::flicker) * static_cast<double>(frames.size()) /
                   static_cast<double>(frames.size() - 1);
}

std::vector<Progress::Stage> clipMeasureStages() {
  return {{"choosing views", 1}, {"measuring", 20}};
}

Result<ClipQuality> evaluateClip(const std::filesystem::path& reference,
                                 const std::filesystem::path& clip, const std::string& views,
                                 std::size_t layers, TaskRunner& runner, StagedProgress& progress,
                                 const std::stop_token& stop,
                                 std::optional<std::size_t> firstStage) {
  using Clock = std::chrono::steady_clock;
  if (!firstStage) {
    progress.setStages(clipMeasureStages());
  }
  const std::size_t stage = firstStage.value_or(0);
  progress.enter(stage);
  VOLPRESS_TRY(const LoadedSequence loaded, openSequence(reference, 30));
  VOLPRESS_TRY(const OpenClip opened, OpenClip::open(clip, runner, stop));
  if (opened.info().frameCount != loaded.sequence->frameCount()) {
    return fail(ErrorCode::InvalidParameter, "{} has {} frames, {} has {}", clip.string(),
                opened.info().frameCount, reference.string(), loaded.sequence->frameCount());
  }
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  VOLPRESS_TRY(ViewSet set, makeClipViews(loaded, views, *rasterizer, runner, stop));
  ClipQuality quality;
  quality.views = set.origin;
  quality.viewCount = set.views.size();
  quality.frameCount = opened.info().frameCount;
  quality.fileBytes = opened.bytes();
  FrameMeter meter(*loaded.sequence, std::move(set), *rasterizer, runner, stop);
  Progress& measuring = progress.enter(stage + 1);
  Clock::time_point resumed = Clock::now();
  for (std::size_t entry = 0; entry < opened.file().entries().size(); ++entry) {
    resumed = Clock::now();
    VOLPRESS_CHECK(opened.decode(
        entry, layers, runner, stop, [&](std::size_t frame, GaussianCloud&& cloud) -> Result<void> {
          quality.decodeSeconds += std::chrono::duration<double>(Clock::now() - resumed).count();
          quality.referenceBytes += floatPlyBytes(cloud.count, cloud.shDegree);
          VOLPRESS_TRY(const FrameQuality measured, meter.measure(frame, std::move(cloud)));
          quality.frames.push_back(measured);
          measuring.report(static_cast<double>(quality.frames.size()) /
                           static_cast<double>(quality.frameCount));
          resumed = Clock::now();
          return {};
        }));
  }
  if (!firstStage) {
    progress.finish();
  }
  return quality;
}

}  // namespace volpress::engine
