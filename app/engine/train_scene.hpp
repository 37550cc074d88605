// Training a scene from photographs as one piece of work: read, train, write, measure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "app/engine/job.hpp"
#include "app/engine/photo_set.hpp"
#include "app/engine/run_job.hpp"
#include "app/engine/view_painter.hpp"
#include "compressors/training/train_settings.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

struct TrainSpec {
  PhotoOptions photos;
  std::filesystem::path output;  ///< a scene file
  training::TrainSettings settings;
  std::filesystem::path checkpoint;  ///< see TrainRun; removed when the scene is written
  double checkpointSeconds = 60;
  std::size_t threads = 0;  ///< 0: all
};

/// What learning from photographs consists of, in the order of a run's progress.
enum TrainStage : std::size_t { kReading, kTraining, kWriting, kMeasuring };

struct TrainReport {
  std::size_t splats = 0;
  unsigned shDegree = 0;
  std::uint64_t fileBytes = 0;
  double seconds = 0;  ///< of training in this process
  std::uint64_t peakMemoryBytes = 0;
  std::vector<ViewQuality> views;  ///< against the photographs: learnt ones, then held-out ones
};

/// The means over the views that are held out, or over those that are not.
struct MeanQuality {
  std::size_t views = 0;
  double psnr = 0;  ///< dB, mean of the views' PSNR
  double ssim = 0;
};
[[nodiscard]] MeanQuality meanQuality(const std::vector<ViewQuality>& views, bool heldOut);

/// A drawn picture against the photograph that it stands for.
[[nodiscard]] Result<ViewQuality> measurePhoto(const training::TrainingView& view, bool heldOut,
                                               const Image& drawn, TaskRunner& runner);

/// Measures a scene against photographs, over black.
[[nodiscard]] Result<std::vector<ViewQuality>> measureAgainstPhotos(
    const DrawnScene& scene, const PhotoSet& photos, renderer::Rasterizer& rasterizer,
    TaskRunner& runner, Progress& progress, const std::stop_token& stop);

/// Does it all. The output gets its name when it is whole; when cancelled, the checkpoint holds
/// what was learnt so far.
[[nodiscard]] Result<TrainReport> trainScene(const TrainSpec& spec, JobRun& run);

}  // namespace volpress::engine
