// The rungs of a bitrate ladder: a clip encoded anew at the rates of slower lines, and which of all
// that a player should choose from.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engine/clip_files.hpp"
#include "app/engine/staged_progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

struct LadderSpec {
  /// The frames that the clip was made of; empty: its own are decoded and encoded again, which not
  /// every codec's allow.
  std::filesystem::path frames;
  std::vector<double> megabits;  ///< a second, of each rung; those at or above the clip's are left
};

/// "10,25,50": positive numbers, at most 8. InvalidParameter names what is wrong.
[[nodiscard]] Result<std::vector<double>> parseLadder(const std::string& text);

/// A clip that shows the whole scene at one rate.
struct Rendition {
  std::filesystem::path file;
  double rung = 0;      ///< the rate that was asked for, Mbit/s; 0: the clip itself
  double megabits = 0;  ///< a second, of all its layers
};

/// What a player can take: the first `layers` layers of a rendition.
struct LadderStep {
  std::size_t rendition = 0;
  std::size_t layers = 1;
  double megabits = 0;  ///< a second, of segments; what all segments share comes once
  double psnr = 0;      ///< dB, mean of a few frames from four views, against the frames
  std::uint32_t splats = 0;
};

struct Ladder {
  std::vector<Rendition> renditions;  ///< the clip itself first
  std::vector<LadderStep> steps;      ///< ascending in rate and in quality
  std::vector<std::string> notes;     ///< rungs that cannot be had, for people
};

/// Bits a second of the first `layers` layers of all segments, over 10^6.
[[nodiscard]] double layerMegabits(const OpenClip& clip, std::size_t layers);

/// The stages that `makeLadder` enters, for its `rungs` rungs.
[[nodiscard]] std::vector<Progress::Stage> ladderStages(const std::vector<double>& rungs);

/// The rungs of `megabits` that lie below the clip's own rate, largest first.
[[nodiscard]] std::vector<double> rungsBelow(const OpenClip& clip, std::vector<double> megabits);

/// One segment at a rate, encoded to see what it takes.
struct TrialRung {
  double coarseness = 1;        ///< the value of the codec's quality knob
  double megabits = 0;          ///< of the trial, a second
  double power = 1;             ///< size falls with coarseness to this power, here
  std::filesystem::path clip;   ///< the trial: one segment
  std::size_t frameInClip = 0;  ///< where the wanted frame lies in it
};
/// Finds the coarseness at which the segment with `frame` takes no more than `megabits`, and at
/// least 0.8 of it where the codec can; up to five encodes. Writes into `scratch`. InvalidParameter
/// for a frame that the clip does not have.
[[nodiscard]] Result<TrialRung> tryRung(const OpenClip& clip, const LadderSpec& spec,
                                        double megabits, std::size_t frame,
                                        const std::filesystem::path& scratch, TaskRunner& runner,
                                        Progress& progress, const std::stop_token& stop);

/// Encodes a rendition for every rung below the clip's rate and measures all prefixes of layers.
/// `scratch` is a folder that exists; renditions lie in it. `firstStage`: where `ladderStages` lie
/// in `progress`. InvalidParameter when the clip's frames cannot be encoded again and `frames` is
/// empty, or are not as many.
[[nodiscard]] Result<Ladder> makeLadder(const OpenClip& clip, const std::filesystem::path& clipFile,
                                        const LadderSpec& spec,
                                        const std::filesystem::path& scratch, TaskRunner& runner,
                                        StagedProgress& progress, std::size_t firstStage,
                                        const std::stop_token& stop);

}  // namespace volpress::engine
