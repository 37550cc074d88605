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

Result<void> PictureMeter::add(const Image& wanted, const Image& got) {
  VOLPRESS_TRY(const double square, metrics::meanSquaredError(wanted, got));
  VOLPRESS_TRY(const double ssim, metrics::ssim(wanted, got, m_runner));
  m_squares += square;
  m_sums.ssim += ssim;
  // The error's change since the frame before, put upon the original.
  std::vector<float>& before = m_errors.at(m_view++);
  Image changed = wanted;
  std::vector<float> now(changed.pixels.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    now[i] = got.pixels[i] - wanted.pixels[i];
    changed.pixels[i] += before.empty() ? 0.0F : now[i] - before[i];
  }
  if (!before.empty()) {
    VOLPRESS_TRY(const metrics::FlipResult flicker, metrics::flip(wanted, changed, m_runner));
    m_sums.flicker += flicker.mean;
  }
  before = std::move(now);
  return {};
}

FrameQuality PictureMeter::finishFrame(std::size_t frame) {
  const auto count = static_cast<double>(m_view);
  const FrameQuality quality{frame, std::min(kIdentical, metrics::psnrFromError(m_squares / count)),
                             m_sums.ssim / count, m_sums.flicker / count};
  m_sums = {};
  m_squares = 0;
  m_view = 0;
  return quality;
}

Result<FrameQuality> FrameMeter::measure(std::size_t frame, GaussianCloud&& decoded,
                                         const FrameVisitor& visitor) {
  VOLPRESS_TRY(GaussianCloud original, m_reference.frame(frame, m_runner, m_stop));
  VOLPRESS_TRY(const auto a,
               m_rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(original))));
  VOLPRESS_TRY(const auto b,
               m_rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(decoded))));
  renderer::RenderOptions options;
  options.stop = m_stop;
  for (std::size_t v = 0; v < m_views.views.size(); ++v) {
    const Camera& camera = m_views.views[v].camera;
    VOLPRESS_TRY(const renderer::RenderResult wanted, m_rasterizer.render(*a, camera, options));
    VOLPRESS_TRY(const renderer::RenderResult got, m_rasterizer.render(*b, camera, options));
    if (visitor) {
      VOLPRESS_CHECK(visitor(frame, v, wanted.color, got.color));
    }
    VOLPRESS_CHECK(m_pictures.add(wanted.color, got.color));
  }
  return m_pictures.finishFrame(frame);
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
