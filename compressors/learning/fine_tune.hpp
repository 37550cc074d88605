// Fine-tuning a scene by gradient descent on pictures: the loop that compressors share.
//
// Full-precision ("master") parameters are kept; what is drawn is what a hook makes of them, for
// instance what a decoder would see. Gradients of what is drawn go to the master unchanged
// (straight-through) unless a second hook says otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

#include "compressors/encode_watcher.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/posed_picture.hpp"

namespace volpress::learning {

/// A picture that the scene should look like: a render of the original, or a photograph.
using TeacherView = PosedPicture;

/// The learning rate of one group of parameters over a run.
struct RateSchedule {
  double first = 0;         ///< at the first iteration; 0: the group is not trained
  double last = 0;          ///< at the last, reached exponentially; 0: as `first`
  double decay = 1;         ///< a factor that applies once more
  unsigned decayEvery = 0;  ///< every so many iterations; 0: never
};
/// At `iteration` (from 0) of `iterations`.
[[nodiscard]] double rateAt(const RateSchedule& schedule, unsigned iteration, unsigned iterations);

/// Places in FineTuneSettings::rates.
enum Group : std::size_t { kMeans, kLogScales, kRotations, kOpacityLogits, kShDc, kShRest };
inline constexpr std::size_t kGroups = 6;

struct FineTuneSettings {
  unsigned iterations = 1000;
  std::array<RateSchedule, kGroups> rates;
  unsigned warmUp = 0;      ///< iterations over which all rates rise linearly from 0
  double averageDecay = 0;  ///< of an exponential moving average that becomes the result; 0: none
  unsigned trialEvery = 0;  ///< iterations between looks at the trial views; 0: a tenth of the run
  std::uint64_t seed = 1;
};

/// Parameters besides the cloud's (weights of a network, steps of a quantiser, a mask).
struct LearntArray {
  std::string name;  ///< for messages
  FloatArray values;
  FloatArray gradient;  ///< of the same length; hooks add to it, the loop sets it to zero
  RateSchedule rate;
};

/// The moment a hook is called at.
struct FineTuneStep {
  unsigned iteration = 0;  ///< from 0
  unsigned iterations = 0;
  std::uint64_t seed = 0;  ///< differs from iteration to iteration: for noise
  const Camera* camera = nullptr;
  bool trial = false;  ///< the picture is only judged: round, instead of adding noise
};

/// What is drawn.
struct SeenScene {
  GaussianCloud cloud;
  FloatArray directColors;  ///< 3 a splat, in place of SH (RenderOptions::directColors), or empty
};

/// SH degree that is enough for a watcher: the training waits for what it is shown.
inline constexpr unsigned kWatchedDegree = 1;

/// Any may be empty. They run on the calling thread and must be deterministic.
struct FineTuneHooks {
  /// Turns `seen`, on entry a copy of the master, into what is drawn. It must pass `validate`; it
  /// may have another count only where `pullBack` deals with that.
  std::function<Result<void>(const FineTuneStep&, const GaussianCloud& master, SeenScene& seen)>
      look;
  /// Whether `look` depends on the camera; if not, it is called once for all trial views.
  bool looksPerView = false;
  /// On entry `gradients` are d(loss)/d(seen); on return d(loss + rate)/d(master), with the rate's
  /// part of LearntArray::gradient added. Returns the rate, in units of the loss.
  std::function<Result<double>(const FineTuneStep&, const GaussianCloud& master,
                               const SeenScene& seen, renderer::CloudGradients& gradients)>
      pullBack;
  /// What the watcher is shown of a scene whose `directColors` are of one view alone: about what is
  /// drawn, from any side. Called after `look`, of which it spoils nothing.
  std::function<Result<GaussianCloud>()> fromAnySide;
};

struct FineTuneTask {
  FineTuneSettings settings;
  std::span<const TeacherView> teachers;  ///< learnt from; at least one
  std::span<const TeacherView> trials;  ///< never learnt from: the state that is best on them wins,
                                        ///< which may be the first; empty: the last state wins
  FineTuneHooks hooks;
  std::span<LearntArray> arrays;
  /// Where the run's state is kept now and then and when cancelled, so that the same call goes on
  /// from there to the same bits. A file of another run, or a damaged one, is ignored and replaced.
  /// Stays when the run is through; may be empty.
  std::filesystem::path checkpoint;
  double checkpointSeconds = 30;
  /// Keeps it as `name` in `folder`, which may be empty.
  void keepStateIn(const std::filesystem::path& folder, const std::string& name, double seconds) {
    checkpoint = folder.empty() ? std::filesystem::path() : folder / name;
    checkpointSeconds = seconds;
  }
  std::uint64_t identity = 0;  ///< of what the hooks depend on besides their arguments
  /// Shown what is drawn now and then; or nobody is.
  compressors::EncodeWatcher* watcher = nullptr;
};

struct FineTuneOutcome {
  unsigned bestIteration = 0;  ///< the state after so many iterations won
  double firstTrialPsnr = 0;   ///< mean over the trial views, dB; of the state at the start
  double bestTrialPsnr = 0;    ///< of the state that won
  double loss = 0;             ///< running mean at the end
  double rate = 0;             ///< of the last iteration
};

/// Adam on (1 - lambda) L1 + lambda (1 - SSIM) plus the rate, one teacher an iteration, every
/// teacher once a round. The same bits on any number of threads. `master` must pass `validate`;
/// after an error or Cancelled it is somewhere on the way. InvalidParameter without teachers, with
/// pictures of another size than their cameras', or arrays without gradients of their length.
[[nodiscard]] Result<FineTuneOutcome> fineTune(GaussianCloud& master, const FineTuneTask& task,
                                               renderer::Rasterizer& rasterizer, TaskRunner& runner,
                                               Progress& progress, const std::stop_token& stop);

}  // namespace volpress::learning
