// Training a cloud of Gaussians from photographs (3-D Gaussian Splatting, Kerbl et al. 2023).
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "compressors/training/train_settings.hpp"
#include "compressors/training/training_set.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::training {

/// One training run. The same set, settings and rasteriser give the same bits on any number of
/// threads, whether it went through or was resumed from checkpoints.
class Trainer {
public:
  /// `set`, `rasterizer` and `runner` must outlive the trainer. InvalidParameter without views, or
  /// with photographs of another size than their cameras.
  [[nodiscard]] static Result<std::unique_ptr<Trainer>> start(const TrainingSet& set,
                                                              const TrainSettings& settings,
                                                              renderer::Rasterizer& rasterizer,
                                                              TaskRunner& runner);
  virtual ~Trainer() = default;

  /// One iteration on one photograph. Cancelled leaves the state as it was.
  [[nodiscard]] virtual Result<void> step(const std::stop_token& stop) = 0;
  [[nodiscard]] virtual unsigned iteration() const noexcept = 0;  ///< done so far
  [[nodiscard]] virtual double loss() const noexcept = 0;         ///< of late: a running mean
  [[nodiscard]] virtual const GaussianCloud& cloud() const noexcept = 0;

  /// The whole state as bytes, and back. A checkpoint of another set or other settings is
  /// InvalidParameter, a damaged one CorruptData.
  [[nodiscard]] virtual Bytes checkpoint() const = 0;
  [[nodiscard]] virtual Result<void> restore(ByteView bytes) = 0;
};

struct TrainRun {
  TrainSettings settings;
  std::filesystem::path checkpoint;  ///< written now and then, read at the start; may be empty
  double checkpointSeconds = 60;     ///< between writes
};

/// Trains to the end. When cancelled, the checkpoint is written first.
[[nodiscard]] Result<GaussianCloud> train(const TrainingSet& set, const TrainRun& run,
                                          renderer::Rasterizer& rasterizer, TaskRunner& runner,
                                          Progress& progress, const std::stop_token& stop);

}  // namespace volpress::training
