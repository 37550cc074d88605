// Training a hash-grid field from photographs (Müller et al. 2022, with the training of
// instant-ngp: Adam, an exponential mean of the parameters, a density grid that follows them).
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "renderer/field_learner.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/hash_grid_field.hpp"
#include "scene/types/posed_picture.hpp"

namespace volpress::fields {

/// Defaults are instant-ngp's, but for the size of the table and of a step.
struct FieldTrainSettings {
  unsigned iterations = 4000;
  GridEncoding grid;  ///< the growth follows from the other numbers
  std::uint64_t seed = 1;
  double rate = 1e-2;              ///< of Adam; times 0.33 every tenth of the run after half of it
  float meanDecay = 0.95F;         ///< of the exponential mean of parameters
  float weightDecay = 1e-6F;       ///< of the networks' weights
  std::size_t samples = 1U << 14;  ///< of a step, about
  std::size_t rays = 1024;         ///< of the first step
  renderer::FieldLearner* device = nullptr;  ///< that steps are learnt on, or the CPU
};

/// One training photograph and its camera in the field's frame.
struct FieldPhoto {
  std::string name;
  PosedPicture picture;
  bool isOpaque = true;  ///< else it lies over black, and is learnt so
};

/// One training run. The same photographs and settings give the same bits on any number of threads,
/// whether it went through or was resumed.
class FieldTrainer {
public:
  /// `placement` gives aabbScale and how the data set lies in the field's frame. InvalidParameter
  /// without photographs, or with one whose size is not its camera's.
  [[nodiscard]] static Result<std::unique_ptr<FieldTrainer>> start(
      const HashGridField& placement, std::vector<FieldPhoto> photos,
      const FieldTrainSettings& settings, TaskRunner& runner);
  virtual ~FieldTrainer() = default;

  /// One step on random pixels of all photographs. What the device says when it fails.
  [[nodiscard]] virtual Result<void> step() = 0;
  [[nodiscard]] virtual unsigned iteration() const noexcept = 0;
  [[nodiscard]] virtual double loss() const noexcept = 0;  ///< of late: a running mean
  [[nodiscard]] virtual double psnr() const noexcept = 0;  ///< of late, of the rays learnt from
  [[nodiscard]] virtual std::size_t raysAStep() const noexcept = 0;
  /// The field as it would be saved: the mean parameters and what they occupy.
  [[nodiscard]] virtual HashGridField field() const = 0;

  /// The whole state as bytes, and back. A checkpoint of another run is InvalidParameter, a damaged
  /// one CorruptData.
  [[nodiscard]] virtual Bytes checkpoint() const = 0;
  [[nodiscard]] virtual Result<void> restore(ByteView bytes) = 0;
};

struct FieldTrainRun {
  FieldTrainSettings settings;
  std::filesystem::path checkpoint;  ///< written now and then, read at the start; may be empty
  double checkpointSeconds = 60;
};

/// Trains to the end. When cancelled, the checkpoint is written first.
[[nodiscard]] Result<HashGridField> trainField(const HashGridField& placement,
                                               std::vector<FieldPhoto> photos,
                                               const FieldTrainRun& run, TaskRunner& runner,
                                               Progress& progress, const std::stop_token& stop);

}  // namespace volpress::fields
