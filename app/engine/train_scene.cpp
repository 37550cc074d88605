#include "app/engine/train_scene.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "app/engine/evaluate.hpp"
#include "app/engine/scene_files.hpp"
#include "compressors/training/trainer.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::engine {
Result<ViewQuality> measurePhoto(const training::TrainingView& view, bool heldOut,
                                 const Image& drawn, TaskRunner& runner) {
  ViewQuality quality;
  quality.view = view.name;
  quality.heldOut = heldOut;
  VOLPRESS_TRY(quality.psnr, metrics::psnr(view.photo, drawn));
  VOLPRESS_TRY(quality.ssim, metrics::ssim(view.photo, drawn, runner));
  VOLPRESS_TRY(quality.msSsim, metrics::msSsim(view.photo, drawn, runner));
  VOLPRESS_TRY(const metrics::FlipResult flip, metrics::flip(view.photo, drawn, runner));
  quality.flip = flip.mean;
  return quality;
}

MeanQuality meanQuality(const std::vector<ViewQuality>& views, bool heldOut) {
  MeanQuality mean;
  for (const ViewQuality& view : views) {
    if (view.heldOut == heldOut) {
      ++mean.views;
      mean.psnr += view.psnr;
      mean.ssim += view.ssim;
    }
  }
  const auto count = static_cast<double>(std::max<std::size_t>(1, mean.views));
  mean.psnr /= count;
  mean.ssim /= count;
  return mean;
}

Result<std::vector<ViewQuality>> measureAgainstPhotos(const DrawnScene& scene,
                                                      const PhotoSet& photos,
                                                      renderer::Rasterizer& rasterizer,
                                                      TaskRunner& runner, Progress& progress,
                                                      const std::stop_token& stop) {
  VOLPRESS_TRY(ViewPainter painter, ViewPainter::make(scene, rasterizer, runner));
  const std::size_t total = photos.learnt.views.size() + photos.heldOut.size();
  std::vector<ViewQuality> measured;
  for (const bool heldOut : {false, true}) {
    for (const training::TrainingView& view : heldOut ? photos.heldOut : photos.learnt.views) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      renderer::RenderOptions options;
      options.stop = stop;
      VOLPRESS_TRY(const auto drawn, painter.draw(view.camera, options));
      VOLPRESS_TRY(ViewQuality quality, measurePhoto(view, heldOut, drawn.color, runner));
      measured.push_back(std::move(quality));
      progress.report(static_cast<double>(measured.size()) / static_cast<double>(total),
                      fmt::format("{}/{} photographs", measured.size(), total));
    }
  }
  return measured;
}

Result<TrainReport> trainScene(const TrainSpec& spec, JobRun& run) {
  using Clock = std::chrono::steady_clock;
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  const auto runner = makeThreadRunner(spec.threads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  run.progress.setStages({{"reading photographs", 2},
                          {"training", 96},
                          {"writing", 0.5},
                          {"measuring", run.measure ? 1.5 : 0}});
  VOLPRESS_TRY(const PhotoSet photos,
               loadPhotos(spec.photos, *runner, run.progress.enter(kReading), run.stop));
  for (const std::string& warning : photos.warnings) {
    run.log(warning);
  }
  const Camera& first = photos.learnt.views.front().camera;
  run.log(fmt::format("{}: {} photographs to learn from and {} held out, {} x {}, {} points",
                      photos.origin, photos.learnt.views.size(), photos.heldOut.size(), first.width,
                      first.height, photos.learnt.points.size() / 3));
  training::TrainRun training;
  training.settings = spec.settings;
  training.checkpoint = spec.checkpoint;
  training.checkpointSeconds = spec.checkpointSeconds;
  const auto start = Clock::now();
  VOLPRESS_TRY(GaussianCloud trained, training::train(photos.learnt, training, *rasterizer, *runner,
                                                      run.progress.enter(kTraining), run.stop));
  TrainReport report;
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto cloud = std::make_shared<const GaussianCloud>(std::move(trained));
  report.splats = cloud->count;
  report.shDegree = cloud->shDegree;
  formats::IoContext context{*runner, run.progress.enter(kWriting), run.stop, {}};
  VOLPRESS_TRY(report.fileBytes, formats::saveCloud(spec.output, *cloud, {}, context));
  if (run.measure) {
    VOLPRESS_TRY(report.views, measureAgainstPhotos({cloud}, photos, *rasterizer, *runner,
                                                    run.progress.enter(kMeasuring), run.stop));
  }
  std::error_code ignored;
  std::filesystem::remove(spec.checkpoint, ignored);
  report.peakMemoryBytes = peakMemoryBytes();
  run.progress.finish();
  return report;
}

}  // namespace volpress::engine
