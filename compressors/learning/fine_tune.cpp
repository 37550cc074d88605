#include "compressors/learning/fine_tune.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/photometric_loss.hpp"
#include "compressors/learning/state_file.hpp"
#include "compressors/learning/view_order.hpp"
#include "renderer/metrics/metrics.hpp"
#include "scene/base/files.hpp"

namespace volpress::learning {
namespace {

constexpr std::string_view kMagic = "VPTUNE01";
constexpr double kLossMemory = 0.98;
constexpr unsigned kTrialsPerRun = 10;

/// One array of parameters with everything the descent keeps of it.
struct Slot {
  FloatArray* values;
  FloatArray* gradient;
  RateSchedule rate;
  Adam adam;
  FloatArray average;  ///< empty without averaging
  FloatArray best;     ///< empty until a trial was held
};

Result<void> checkViews(std::span<const TeacherView> views, const char* kind) {
  for (const TeacherView& view : views) {
    const Image& picture = view.picture;
    if (picture.width != view.camera.width || picture.height != view.camera.height ||
        picture.channels != 3 || picture.pixels.size() != 3 * picture.width * picture.height) {
      return fail(ErrorCode::InvalidParameter,
                  "a {} picture is {} x {} x {}, its camera's {} x {} x 3", kind, picture.width,
                  picture.height, picture.channels, view.camera.width, view.camera.height);
    }
  }
  return {};
}

class FineTuner {
public:
  FineTuner(GaussianCloud& master, const FineTuneTask& task, renderer::Rasterizer& rasterizer,
            TaskRunner& runner)
      : m_master(master),
        m_task(task),
        m_rasterizer(rasterizer),
        m_runner(runner),
        m_order(task.teachers.size(), task.settings.seed) {
    const auto& rates = task.settings.rates;
    m_slots = {
        {&master.means, &m_gradients.means, rates[kMeans], {}, {}, {}},
        {&master.logScales, &m_gradients.logScales, rates[kLogScales], {}, {}, {}},
        {&master.rotations, &m_gradients.rotations, rates[kRotations], {}, {}, {}},
        {&master.opacityLogits, &m_gradients.opacityLogits, rates[kOpacityLogits], {}, {}, {}},
        {&master.shDc, &m_gradients.shDc, rates[kShDc], {}, {}, {}},
        {&master.shRest, &m_gradients.shRest, rates[kShRest], {}, {}, {}}};
    for (LearntArray& array : task.arrays) {
      m_slots.push_back({&array.values, &array.gradient, array.rate, {}, {}, {}});
    }
    for (Slot& slot : m_slots) {
      if (averages()) {
        slot.average = *slot.values;
      }
    }
    if (!task.checkpoint.empty()) {
      m_identity = identity();
    }
  }

  Result<FineTuneOutcome> run(Progress& progress, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    VOLPRESS_CHECK(resume());
    auto saved = Clock::now();
    const unsigned iterations = m_task.settings.iterations;
    while (m_iteration < iterations) {
      const Result<void> done = step(stop);
      const std::chrono::duration<double> since = Clock::now() - saved;
      const bool cancelled = !done && done.error().code == ErrorCode::Cancelled;
      if (!m_task.checkpoint.empty() &&
          (cancelled || since.count() >= m_task.checkpointSeconds || m_iteration == iterations)) {
        VOLPRESS_CHECK(writeFileAtomically(m_task.checkpoint, checkpoint()));
        saved = Clock::now();
      }
      VOLPRESS_CHECK(done);
      progress.report(static_cast<double>(m_iteration) / static_cast<double>(iterations),
                      fmt::format("{}/{} steps, loss {:.4f}", m_iteration, iterations, m_loss));
    }
    return finish(stop);
  }

private:
  [[nodiscard]] bool averages() const { return m_task.settings.averageDecay > 0; }

  [[nodiscard]] FineTuneStep moment(const Camera& camera, bool trial) const {
    return {m_iteration, m_task.settings.iterations, mixSeed(~m_task.settings.seed, m_iteration),
            &camera, trial};
  }

  /// Makes `m_seen` of the master as it is.
  Result<void> look(const FineTuneStep& at) {
    if (!m_task.hooks.look) {
      return {};
    }
    m_seen.cloud = m_master;
    m_seen.directColors.clear();
    VOLPRESS_CHECK(m_task.hooks.look(at, m_master, m_seen));
    const std::size_t colors = m_seen.directColors.size();
    if ((m_seen.cloud.count != m_master.count && !m_task.hooks.pullBack) ||
        (colors != 0 && colors != 3 * m_seen.cloud.count)) {
      return fail(ErrorCode::Internal, "a scene of {} splats is seen as {} with {} colour values",
                  m_master.count, m_seen.cloud.count, colors);
    }
    return {};
  }

  [[nodiscard]] Result<std::unique_ptr<renderer::PreparedCloud>> prepare() const {
    const GaussianCloud& drawn = m_task.hooks.look ? m_seen.cloud : m_master;
    return m_rasterizer.prepare(
        std::shared_ptr<const GaussianCloud>(std::shared_ptr<void>(), &drawn));
  }

  [[nodiscard]] renderer::RenderOptions options(const std::stop_token& stop) const {
    renderer::RenderOptions options;
    options.directColors = m_seen.directColors;
    options.stop = stop;
    return options;
  }

  /// One iteration; Cancelled leaves the state as it was.
  Result<void> step(const std::stop_token& stop) {
    const Result<double> loss = differentiate(stop);
    if (!loss) {
      m_gradients = {};
      for (LearntArray& array : m_task.arrays) {
        std::fill(array.gradient.begin(), array.gradient.end(), 0.0F);
      }
      return tl::unexpected(loss.error());
    }
    m_loss = m_iteration == 0 ? *loss : kLossMemory * m_loss + (1 - kLossMemory) * *loss;
    descend();
    ++m_iteration;
    return {};
  }

  Result<void> showWatcher() {
    if (m_task.watcher == nullptr || !m_task.watcher->wantsLook()) {
      return {};
    }
    const std::string when = fmt::format("step {} of {}", m_iteration, m_task.settings.iterations);
    if (m_seen.directColors.empty()) {
      m_task.watcher->look(m_task.hooks.look ? m_seen.cloud : m_master, when);
    } else if (m_task.hooks.fromAnySide) {
      VOLPRESS_TRY(const GaussianCloud still, m_task.hooks.fromAnySide());
      m_task.watcher->look(still, when);
    }
    return {};
  }

  /// Fills the gradients at the master as it is, and holds a trial of it when one is due.
  Result<double> differentiate(const std::stop_token& stop) {
    const TeacherView& teacher = m_task.teachers[m_order.at(m_iteration)];
    const FineTuneStep at = moment(teacher.camera, false);
    VOLPRESS_CHECK(look(at));
    VOLPRESS_CHECK(showWatcher());
    VOLPRESS_TRY(const auto prepared, prepare());
    VOLPRESS_TRY(const auto frame,
                 m_rasterizer.renderDifferentiable(*prepared, teacher.camera, options(stop)));
    const double loss = photometricLoss(frame->color(), teacher.picture, m_runner, m_lossGradient);
    VOLPRESS_CHECK(frame->accumulateGradients(m_lossGradient, m_gradients, stop));
    double rate = 0;
    if (m_task.hooks.pullBack) {
      VOLPRESS_TRY(rate, m_task.hooks.pullBack(at, m_master, m_seen, m_gradients));
    }
    const double kept = m_rate;
    m_rate = rate;
    if (m_iteration % trialEvery() == 0) {
      const Result<void> tried = holdTrial(stop);
      if (!tried) {
        m_rate = kept;
        return tl::unexpected(tried.error());
      }
    }
    return loss;
  }

  void descend() {
    const FineTuneSettings& settings = m_task.settings;
    const double warmth = m_iteration < settings.warmUp ? static_cast<double>(m_iteration + 1) /
                                                              static_cast<double>(settings.warmUp)
                                                        : 1.0;
    for (Slot& slot : m_slots) {
      if (slot.rate.first > 0 && !slot.values->empty() &&
          slot.gradient->size() == slot.values->size()) {
        const double rate = warmth * rateAt(slot.rate, m_iteration, settings.iterations);
        slot.adam.step(*slot.values, *slot.gradient, rate, m_runner);
        updateAverage(slot);
      } else {
        std::fill(slot.gradient->begin(), slot.gradient->end(), 0.0F);
      }
    }
    std::fill(m_gradients.colors.begin(), m_gradients.colors.end(), 0.0F);
    std::fill(m_gradients.screenMeans.begin(), m_gradients.screenMeans.end(), 0.0F);
    std::fill(m_gradients.visible.begin(), m_gradients.visible.end(), 0U);
  }

  void updateAverage(Slot& slot) const {
    const auto keep = static_cast<float>(m_task.settings.averageDecay);
    for (std::size_t i = 0; i < slot.average.size(); ++i) {
      slot.average[i] = keep * slot.average[i] + (1 - keep) * (*slot.values)[i];
    }
  }

  [[nodiscard]] unsigned trialEvery() const {
    const unsigned every = m_task.settings.trialEvery;
    return every != 0 ? every : std::max(1U, m_task.settings.iterations / kTrialsPerRun);
  }

  void swapAverages() {
    if (averages()) {
      for (Slot& slot : m_slots) {
        std::swap(*slot.values, slot.average);
      }
    }
  }

  /// Judges the state (its average, where there is one) and remembers it if it is the best so far.
  Result<void> holdTrial(const std::stop_token& stop) {
    if (m_task.trials.empty()) {
      return {};
    }
    swapAverages();
    const Result<Verdict> verdict = judge(stop);
    if (verdict && (m_bestIteration < 0 || verdict->loss < m_best.loss)) {
      m_best = *verdict;
      m_bestIteration = m_iteration;
      for (Slot& slot : m_slots) {
        slot.best = *slot.values;
      }
    }
    swapAverages();
    if (!verdict) {
      return tl::unexpected(verdict.error());
    }
    if (m_iteration == 0) {
      m_firstPsnr = verdict->psnr;
    }
    return {};
  }

  struct Verdict {
    double loss = 0;  ///< mean over the trial views, plus the rate
    double psnr = 0;
  };
  Result<Verdict> judge(const std::stop_token& stop) {
    Verdict verdict{m_rate, 0};
    const double share = 1 / static_cast<double>(m_task.trials.size());
    std::unique_ptr<renderer::PreparedCloud> prepared;
    Image unused;
    for (const TeacherView& trial : m_task.trials) {
      if (prepared == nullptr || m_task.hooks.looksPerView) {
        prepared.reset();
        VOLPRESS_CHECK(look(moment(trial.camera, true)));
        VOLPRESS_TRY(prepared, prepare());
      }
      VOLPRESS_TRY(const auto drawn, m_rasterizer.render(*prepared, trial.camera, options(stop)));
      verdict.loss += share * photometricLoss(drawn.color, trial.picture, m_runner, unused);
      VOLPRESS_TRY(const double error, metrics::meanSquaredError(trial.picture, drawn.color));
      constexpr double kLeastError = 1e-12;  // 120 dB: equal pictures would make the mean infinite
      verdict.psnr += share * metrics::psnrFromError(std::max(error, kLeastError));
    }
    return verdict;
  }

  Result<FineTuneOutcome> finish(const std::stop_token& stop) {
    VOLPRESS_CHECK(holdTrial(stop));
    if (m_bestIteration >= 0) {
      for (Slot& slot : m_slots) {
        *slot.values = std::move(slot.best);
      }
    } else {
      swapAverages();
      m_bestIteration = m_iteration;
    }
    return FineTuneOutcome{static_cast<unsigned>(m_bestIteration), m_firstPsnr, m_best.psnr, m_loss,
                           m_rate};
  }

  [[nodiscard]] std::uint64_t identity() const {
    ByteWriter out;
    const FineTuneSettings& settings = m_task.settings;
    out.write(m_task.identity);
    out.write(settings.iterations);
    out.write(settings.warmUp);
    out.write(settings.averageDecay);
    out.write(settings.trialEvery);
    out.write(settings.seed);
    for (const Slot& slot : m_slots) {
      out.write(slot.rate.first);
      out.write(slot.rate.last);
      out.write(slot.rate.decay);
      out.write(slot.rate.decayEvery);
      out.write(hashBytes(viewArray(*slot.values)));
    }
    for (const auto views : {m_task.teachers, m_task.trials}) {
      for (const TeacherView& view : views) {
        appendView(view.camera, view.picture, out);
      }
    }
    return hashBytes(out.bytes());
  }

  /// u32 iteration, f64 loss, rate, first PSNR, best loss, best PSNR, i64 best iteration; then of
  /// each array its values, u64 steps, two arrays of moments, the average, the best.
  [[nodiscard]] Bytes checkpoint() const {
    ByteWriter out = beginState(kMagic, m_identity);
    out.write<std::uint32_t>(m_iteration);
    for (const double value : {m_loss, m_rate, m_firstPsnr, m_best.loss, m_best.psnr}) {
      out.write(value);
    }
    out.write(m_bestIteration);
    for (const Slot& slot : m_slots) {
      appendArray(*slot.values, out);
      out.write(slot.adam.steps);
      appendArray(slot.adam.first, out);
      appendArray(slot.adam.second, out);
      appendArray(slot.average, out);
      appendArray(slot.best, out);
    }
    return finishState(std::move(out));
  }

  /// Goes on from the checkpoint if there is one of this run.
  Result<void> resume() {
    std::error_code problem;
    if (m_task.checkpoint.empty() || !std::filesystem::exists(m_task.checkpoint, problem)) {
      return {};
    }
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(m_task.checkpoint));
    Result<void> restored = restore(file.bytes());
    if (!restored && restored.error().code != ErrorCode::CorruptData &&
        restored.error().code != ErrorCode::InvalidParameter) {
      return restored;
    }
    return {};
  }

  /// Changes nothing unless all of the bytes make sense.
  Result<void> restore(ByteView bytes) {
    VOLPRESS_TRY(ByteReader reader, openState(bytes, kMagic, m_identity));
    VOLPRESS_TRY(const auto iteration, reader.read<std::uint32_t>("iteration"));
    std::array<double, 5> numbers{};
    for (double& number : numbers) {
      VOLPRESS_TRY(number, reader.read<double>("running figures"));
    }
    VOLPRESS_TRY(const auto bestIteration, reader.read<std::int64_t>("best iteration"));
    std::vector<FloatArray> values(m_slots.size());
    std::vector<Slot> slots = m_slots;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      Slot& slot = slots[i];
      const std::size_t size = slot.values->size();
      VOLPRESS_CHECK(readArray(reader, values[i], size, false, "parameters"));
      VOLPRESS_TRY(slot.adam.steps, reader.read<std::uint64_t>("steps"));
      VOLPRESS_CHECK(readArray(reader, slot.adam.first, size, true, "first moments"));
      VOLPRESS_CHECK(
          readArray(reader, slot.adam.second, slot.adam.first.size(), false, "second moments"));
      VOLPRESS_CHECK(readArray(reader, slot.average, size, !averages(), "averages"));
      VOLPRESS_CHECK(readArray(reader, slot.best, size, bestIteration < 0, "best parameters"));
    }
    if (reader.remaining() != 0 || iteration > m_task.settings.iterations) {
      return fail(ErrorCode::CorruptData, "checkpoint: iteration {} of {}, {} bytes left over",
                  iteration, m_task.settings.iterations, reader.remaining());
    }
    m_slots = std::move(slots);
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
      *m_slots[i].values = std::move(values[i]);
    }
    m_iteration = iteration;
    m_loss = numbers[0];
    m_rate = numbers[1];
    m_firstPsnr = numbers[2];
    m_best = {numbers[3], numbers[4]};
    m_bestIteration = bestIteration;
    return {};
  }

  GaussianCloud& m_master;
  const FineTuneTask& m_task;
  renderer::Rasterizer& m_rasterizer;
  TaskRunner& m_runner;
  ViewOrder m_order;
  std::uint64_t m_identity = 0;
  std::vector<Slot> m_slots;
  renderer::CloudGradients m_gradients;
  SeenScene m_seen;
  Image m_lossGradient;

  unsigned m_iteration = 0;
  double m_loss = 0;
  double m_rate = 0;
  double m_firstPsnr = 0;
  Verdict m_best;
  std::int64_t m_bestIteration = -1;  ///< -1: no trial was held
};

}  // namespace

double rateAt(const RateSchedule& schedule, unsigned iteration, unsigned iterations) {
  double rate = schedule.first;
  if (schedule.last > 0 && iterations > 1) {
    const double part = static_cast<double>(iteration) / static_cast<double>(iterations - 1);
    rate = std::exp((1 - part) * std::log(schedule.first) + part * std::log(schedule.last));
  }
  return schedule.decayEvery == 0
             ? rate
             : rate * std::pow(schedule.decay, iteration / schedule.decayEvery);
}

Result<FineTuneOutcome> fineTune(GaussianCloud& master, const FineTuneTask& task,
                                 renderer::Rasterizer& rasterizer, TaskRunner& runner,
                                 Progress& progress, const std::stop_token& stop) {
  if (task.teachers.empty()) {
    return fail(ErrorCode::InvalidParameter, "there are no pictures to learn from");
  }
  VOLPRESS_CHECK(checkViews(task.teachers, "teacher's"));
  VOLPRESS_CHECK(checkViews(task.trials, "trial"));
  for (const LearntArray& array : task.arrays) {
    if (array.gradient.size() != array.values.size()) {
      return fail(ErrorCode::InvalidParameter, "{}: {} values have {} gradients", array.name,
                  array.values.size(), array.gradient.size());
    }
  }
  try {
    return FineTuner(master, task, rasterizer, runner).run(progress, stop);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "not enough memory to fine-tune; use smaller pictures");
  }
}

}  // namespace volpress::learning
