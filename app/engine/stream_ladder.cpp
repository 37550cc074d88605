#include "app/engine/stream_ladder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/engine/clip_quality.hpp"
#include "compressors/container/container.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::ClipEntry;
using compressors::ClipInfo;

constexpr std::size_t kMostRungs = 8;
constexpr double kMostMegabits = 100'000;
constexpr double kUsualPower = 0.7;  // size falls with coarseness to this power
constexpr double kAim = 0.94, kAimLower = 0.06, kLeastUsed = 0.8;
constexpr std::size_t kMostTrials = 5, kMostAttempts = 3;
constexpr double kMostStep = 4;             // times the coarseness, from trial to trial
constexpr std::size_t kFramesMeasured = 3;  // of a step
constexpr std::size_t kMeasuredWidth = 400, kMeasuredHeight = 300;
constexpr double kMostPsnr = 99;           // dB, of equal pictures
constexpr double kWorthwhile = 0.1;        // dB that a step must add to be one
constexpr std::size_t kStagesPerRung = 4;  // a search, and clipEncodeStages

double megabitsOf(const OpenClip& clip, const ClipEntry& entry, std::size_t layers) {
  double bytes = 0;
  for (std::size_t k = 0; k < std::min(layers, entry.lengths.size()); ++k) {
    bytes += static_cast<double>(entry.lengths[k]);
  }
  return 8e-6 * bytes / clip.info().seconds(entry.frameCount);
}

const ParamSpec& knobOf(const compressors::SequenceCodec& codec) {
  const auto& params = codec.info().params;
  return *std::find_if(params.begin(), params.end(), [&codec](const ParamSpec& param) {
    return param.id == codec.info().qualityKnob;
  });
}

/// The settings of the clip at another coarseness, without layers that only its best is worth.
Result<ParamSet> paramsAt(const OpenClip& clip, double coarseness) {
  VOLPRESS_TRY(ParamSet params, compressors::paramsFromJson(clip.info().parameters));
  params[clip.codec().info().qualityKnob] = coarseness;
  for (const char* layer : {"first_layer", "refine"}) {
    params.erase(layer);
  }
  return completeParams(clip.codec().info().params, params);
}

double coarsenessOf(const OpenClip& clip) {
  const auto params = compressors::paramsFromJson(clip.info().parameters);
  const std::string& knob = clip.codec().info().qualityKnob;
  return params && params->count(knob) != 0 ? paramReal(*params, knob) : 1;
}

/// Follows size as a power of coarseness through the two trials last made.
class RateSearch {
public:
  RateSearch(double coarseness, double megabits, double target, const ParamRange& range)
      : m_coarseness(coarseness), m_megabits(megabits), m_target(target), m_range(range) {}

  [[nodiscard]] double next() const {
    const double factor = std::pow(m_megabits / (kAim * m_target), 1 / m_power);
    return std::clamp(m_coarseness * std::clamp(factor, 1 / kMostStep, kMostStep), m_range.min,
                      m_range.max);
  }
  void saw(double coarseness, double megabits) {
    if (coarseness != m_coarseness && megabits != m_megabits) {
      const double power = std::log(m_megabits / megabits) / std::log(coarseness / m_coarseness);
      m_power = std::clamp(power, 0.2, 2.0);
    }
    m_coarseness = coarseness;
    m_megabits = megabits;
  }
  [[nodiscard]] double power() const { return m_power; }
  [[nodiscard]] bool isMet() const {
    return m_megabits <= m_target &&
           (m_megabits >= kLeastUsed * m_target || m_coarseness <= m_range.min);
  }

private:
  double m_coarseness, m_megabits, m_target;
  double m_power = kUsualPower;
  ParamRange m_range;
};

ClipEncodeSpec encodeSpec(const OpenClip& clip, ParamSet params, const fs::path& frames,
                          const fs::path& output) {
  ClipEncodeSpec spec;
  spec.input = frames;
  spec.output = output;
  spec.codec = clip.codec().info().id;
  spec.params = std::move(params);
  spec.framesPerSecond =
      static_cast<std::uint32_t>(std::max(1L, std::lround(clip.info().framesPerSecond())));
  return spec;
}

/// The frames of one segment as a folder of their own.
Result<fs::path> trialFrames(const OpenClip& clip, const LadderSpec& spec, std::size_t at,
                             const fs::path& scratch, TaskRunner& runner,
                             const std::stop_token& stop) {
  const ClipEntry& entry = clip.file().entries()[at];
  const fs::path folder = scratch / fmt::format("trial-{}", entry.index);
  std::error_code code;
  if (fs::exists(folder, code)) {
    return folder;
  }
  Progress unseen;
  if (spec.frames.empty()) {
    std::vector<GaussianCloud> clouds;
    VOLPRESS_CHECK(clip.decode(at, compressors::kMaxLayers, runner, stop,
                               [&clouds](std::size_t, GaussianCloud&& cloud) -> Result<void> {
                                 clouds.push_back(std::move(cloud));
                                 return {};
                               }));
    struct Held final : FrameSource {
      std::vector<GaussianCloud> clouds;
      [[nodiscard]] std::size_t frameCount() const noexcept override { return clouds.size(); }
      [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& /*runner*/,
                                               const std::stop_token& /*stop*/) const override {
        return clouds[index];
      }
    };
    auto held = std::make_shared<Held>();
    held->clouds = std::move(clouds);
    GaussianSequence sequence(held, {30, 0});
    VOLPRESS_CHECK(writeSequence(sequence, folder, ".ply", 0, sequence.frameCount() - 1, 1, runner,
                                 unseen, stop));
    return folder;
  }
  VOLPRESS_TRY(const LoadedSequence loaded, openSequence(spec.frames, 30));
  if (loaded.sequence->frameCount() != clip.info().frameCount) {
    return fail(ErrorCode::InvalidParameter, "{} holds {} frames, the clip {}",
                spec.frames.string(), loaded.sequence->frameCount(), clip.info().frameCount);
  }
  VOLPRESS_CHECK(writeSequence(*loaded.sequence, folder, ".ply", entry.firstFrame,
                               entry.firstFrame + entry.frameCount - 1, 1, runner, unseen, stop));
  return folder;
}

/// Makes the rungs of one clip.
class LadderMaker {
public:
  LadderMaker(const OpenClip& clip, const LadderSpec& spec, fs::path scratch, TaskRunner& runner,
              StagedProgress& progress, std::size_t firstStage, const std::stop_token& stop)
      : m_clip(clip),
        m_spec(spec),
        m_scratch(std::move(scratch)),
        m_runner(runner),
        m_progress(progress),
        m_stage(firstStage),
        m_stop(stop) {}

  Result<Ladder> run(const fs::path& clipFile) {
    const double whole = layerMegabits(m_clip, compressors::kMaxLayers);
    m_ladder.renditions.push_back({clipFile, 0, whole});
    VOLPRESS_CHECK(findFrames());
    for (const double rung : rungsBelow(m_clip, m_spec.megabits)) {
      VOLPRESS_CHECK(makeRung(rung));
    }
    VOLPRESS_CHECK(measure(m_progress.enter(m_stage)));
    std::error_code code;
    fs::remove_all(m_scratch / "frames", code);
    return std::move(m_ladder);
  }

private:
  /// The frames to encode again: the originals, or the clip's own.
  Result<void> findFrames() {
    Progress& progress = m_progress.enter(m_stage++);
    m_frames = m_spec.frames;
    if (!m_frames.empty()) {
      return {};
    }
    m_frames = m_scratch / "frames";
    VOLPRESS_CHECK(decodeClip(m_ladder.renditions.front().file, m_frames, ".ply",
                              compressors::kMaxLayers, m_runner, progress, m_stop));
    return {};
  }

  Result<void> makeRung(double rung) {
    Progress& trying = m_progress.enter(m_stage);
    const std::size_t middle = m_clip.info().frameCount / 2;
    auto trial = tryRung(m_clip, m_spec, rung, middle, m_scratch, m_runner, trying, m_stop);
    if (!trial) {
      return withContext(std::move(trial).error(), advice());
    }
    if (trial->megabits > rung) {
      noteMissing(rung, trial->megabits);
      m_stage += kStagesPerRung;
      return {};
    }
    double coarseness = trial->coarseness;
    const fs::path file = m_scratch / fmt::format("rung_{:g}.dgsv", rung);
    double rate = 0;
    for (std::size_t attempt = 0; attempt < kMostAttempts; ++attempt) {
      VOLPRESS_TRY(const ParamSet params, paramsAt(m_clip, coarseness));
      StagedProgress again;
      again.setStages(clipEncodeStages());
      const auto report =
          encodeClip(encodeSpec(m_clip, params, m_frames, file), m_runner,
                     attempt == 0 ? m_progress : again, m_stop, attempt == 0 ? m_stage + 1 : 0);
      if (!report) {
        return withContext(Error(report.error()), advice());
      }
      VOLPRESS_TRY(const OpenClip made, OpenClip::open(file, m_runner, m_stop));
      rate = layerMegabits(made, compressors::kMaxLayers);
      if (rate <= rung) {
        m_ladder.renditions.push_back({file, rung, rate});
        break;
      }
      // Other segments take more than the one that was tried.
      const ParamSpec& knob = knobOf(m_clip.codec());
      const double aim = kAim - kAimLower * static_cast<double>(attempt);
      coarseness = std::clamp(coarseness * std::pow(rate / (aim * rung), 1 / trial->power),
                              knob.range->min, knob.range->max);
    }
    if (rate > rung) {
      noteMissing(rung, rate);
    }
    m_stage += kStagesPerRung;
    return {};
  }

  void noteMissing(double rung, double least) {
    m_ladder.notes.push_back(fmt::format("{:g} Mbit/s cannot be had from {}: the least was {:.2f}",
                                         rung, m_clip.codec().info().label, least));
  }

  [[nodiscard]] std::string advice() const {
    return m_spec.frames.empty()
               ? "encoding the clip's frames again (name the original ones, if this fails)"
               : "encoding a rung of the ladder";
  }

  /// A frame of the original from all views.
  struct StepMeter {
    std::size_t frame = 0;
    std::vector<Image> reference;
  };

  Result<std::vector<Image>> drawAll(GaussianCloud cloud, const ViewSet& views,
                                     renderer::Rasterizer& rasterizer) const {
    VOLPRESS_TRY(const auto prepared,
                 rasterizer.prepare(std::make_shared<const GaussianCloud>(std::move(cloud))));
    renderer::RenderOptions options;
    options.stop = m_stop;
    std::vector<Image> pictures;
    for (const View& view : views.views) {
      const Camera camera = resized(view.camera, kMeasuredWidth, kMeasuredHeight);
      VOLPRESS_TRY(renderer::RenderResult drawn, rasterizer.render(*prepared, camera, options));
      pictures.push_back(std::move(drawn.color));
    }
    return pictures;
  }

  /// Measures every prefix of every rendition, and keeps those that are worth their bytes.
  Result<void> measure(Progress& progress) {
    VOLPRESS_TRY(const LoadedSequence reference, openSequence(m_frames, 30));
    if (reference.sequence->frameCount() != m_clip.info().frameCount) {
      return fail(ErrorCode::InvalidParameter, "{} holds {} frames, the clip {}", m_frames.string(),
                  reference.sequence->frameCount(), m_clip.info().frameCount);
    }
    const auto rasterizer = renderer::makeSoftwareRasterizer(m_runner);
    VOLPRESS_TRY(const ViewSet views,
                 makeClipViews(reference, "auto", *rasterizer, m_runner, m_stop));
    std::vector<StepMeter> meters;  // of the first, middle and last segment's first frame
    const auto& entries = m_clip.file().entries();
    const std::size_t count = std::min(kFramesMeasured, entries.size());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t entry = k * (entries.size() - 1) / std::max<std::size_t>(1, count - 1);
      VOLPRESS_TRY(GaussianCloud cloud,
                   reference.sequence->frame(entries[entry].firstFrame, m_runner, m_stop));
      meters.push_back({entries[entry].firstFrame, {}});
      VOLPRESS_TRY(meters.back().reference, drawAll(std::move(cloud), views, *rasterizer));
    }
    std::vector<LadderStep> all;
    for (std::size_t r = 0; r < m_ladder.renditions.size(); ++r) {
      VOLPRESS_TRY(const OpenClip clip,
                   OpenClip::open(m_ladder.renditions[r].file, m_runner, m_stop));
      for (std::size_t layers = 1; layers <= clip.info().layerCount; ++layers) {
        LadderStep step{r, layers, layerMegabits(clip, layers), 0,
                        compressors::splatsOfLayer(clip.info(), layers - 1)};
        for (const StepMeter& meter : meters) {
          VOLPRESS_TRY(GaussianCloud cloud, clip.frame(meter.frame, m_runner, m_stop, layers));
          VOLPRESS_TRY(const std::vector<Image> drawn,
                       drawAll(std::move(cloud), views, *rasterizer));
          double error = 0;
          for (std::size_t v = 0; v < drawn.size(); ++v) {
            VOLPRESS_TRY(const double square,
                         metrics::meanSquaredError(meter.reference[v], drawn[v]));
            error += square / static_cast<double>(drawn.size());
          }
          step.psnr += std::min(kMostPsnr, metrics::psnrFromError(error)) /
                       static_cast<double>(meters.size());
        }
        all.push_back(step);
        progress.report(static_cast<double>(r * clip.info().layerCount + layers) /
                        static_cast<double>(m_ladder.renditions.size() * clip.info().layerCount));
      }
    }
    std::sort(all.begin(), all.end(), [](const LadderStep& a, const LadderStep& b) {
      return a.megabits < b.megabits || (a.megabits == b.megabits && a.psnr > b.psnr);
    });
    for (const LadderStep& step : all) {
      const bool isBest = step.rendition == 0 && step.layers == m_clip.info().layerCount;
      if (m_ladder.steps.empty() || isBest ||
          step.psnr >= m_ladder.steps.back().psnr + kWorthwhile) {
        m_ladder.steps.push_back(step);
      }
    }
    return {};
  }

  const OpenClip& m_clip;
  const LadderSpec& m_spec;
  fs::path m_scratch, m_frames;
  TaskRunner& m_runner;
  StagedProgress& m_progress;
  std::size_t m_stage;
  const std::stop_token& m_stop;
  Ladder m_ladder;
};

}  // namespace

Result<std::vector<double>> parseLadder(const std::string& text) {
  std::vector<double> rungs;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    double megabits = 0;
    const auto [next, code] = std::from_chars(at, end, megabits);
    if (code != std::errc() || !(megabits > 0 && megabits <= kMostMegabits) ||
        (next != end && *next != ',') || rungs.size() == kMostRungs) {
      return fail(ErrorCode::InvalidParameter,
                  "--ladder takes up to {} rates in Mbit/s, such as 10,25,50,80, not \"{}\"",
                  kMostRungs, text);
    }
    rungs.push_back(megabits);
    at = next == end ? end : next + 1;
  }
  return rungs;
}

double layerMegabits(const OpenClip& clip, std::size_t layers) {
  double megabits = 0, frames = 0;
  for (const ClipEntry& entry : clip.file().entries()) {
    megabits += megabitsOf(clip, entry, layers) * entry.frameCount;
    frames += entry.frameCount;
  }
  return megabits / frames;
}

std::vector<double> rungsBelow(const OpenClip& clip, std::vector<double> megabits) {
  const double whole = layerMegabits(clip, compressors::kMaxLayers);
  std::sort(megabits.begin(), megabits.end(), std::greater<>());
  megabits.erase(std::unique(megabits.begin(), megabits.end()), megabits.end());
  megabits.erase(std::remove_if(megabits.begin(), megabits.end(),
                                [whole](double rung) { return rung >= whole; }),
                 megabits.end());
  return megabits;
}

std::vector<Progress::Stage> ladderStages(const std::vector<double>& rungs) {
  std::vector<Progress::Stage> stages{{"collecting frames", 2}};
  for (const double rung : rungs) {
    stages.push_back({fmt::format("looking for {:g} Mbit/s", rung), 10});
    for (Progress::Stage stage : clipEncodeStages()) {
      stage.name += fmt::format(" for {:g} Mbit/s", rung);
      stages.push_back(std::move(stage));
    }
  }
  stages.push_back({"measuring the rungs", 4});
  return stages;
}

Result<TrialRung> tryRung(const OpenClip& clip, const LadderSpec& spec, double megabits,
                          std::size_t frame, const fs::path& scratch, TaskRunner& runner,
                          Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(const std::size_t at, clip.entryAt(frame));
  const ClipEntry& entry = clip.file().entries()[at];
  VOLPRESS_TRY(const fs::path frames, trialFrames(clip, spec, at, scratch, runner, stop));
  RateSearch search(coarsenessOf(clip), megabitsOf(clip, entry, compressors::kMaxLayers), megabits,
                    *knobOf(clip.codec()).range);
  TrialRung best;
  best.frameInClip = frame - entry.firstFrame;
  for (std::size_t trial = 0; trial < kMostTrials && !(trial > 0 && search.isMet()); ++trial) {
    progress.report(static_cast<double>(trial) / kMostTrials, fmt::format("trial {}", trial + 1));
    const double coarseness = search.next();
    if (trial > 0 && coarseness == best.coarseness) {
      break;  // the end of the range
    }
    VOLPRESS_TRY(const ParamSet params, paramsAt(clip, coarseness));
    const fs::path file = scratch / fmt::format("trial-{}-{:g}.dgsv", entry.index, megabits);
    StagedProgress unseen;
    VOLPRESS_CHECK(encodeClip(encodeSpec(clip, params, frames, file), runner, unseen, stop));
    VOLPRESS_TRY(const OpenClip made, OpenClip::open(file, runner, stop));
    best.coarseness = coarseness;
    best.megabits = layerMegabits(made, compressors::kMaxLayers);
    best.clip = file;
    search.saw(coarseness, best.megabits);
    best.power = search.power();
  }
  return best;
}

Result<Ladder> makeLadder(const OpenClip& clip, const fs::path& clipFile, const LadderSpec& spec,
                          const fs::path& scratch, TaskRunner& runner, StagedProgress& progress,
                          std::size_t firstStage, const std::stop_token& stop) {
  return LadderMaker(clip, spec, scratch, runner, progress, firstStage, stop).run(clipFile);
}

}  // namespace volpress::engine
