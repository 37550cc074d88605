#include "compressors/lightgaussian/settings.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

using coding::ScoreKind;
using coding::VolumeNorm;

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// The quantiser steps double when quality falls by this.
constexpr double kQualityPerDoubling = 20;
/// Position bits per halving of the other steps: positions are worth less than that.
constexpr double kPositionShare = 0.6;

const char* const kQuality = "Quality";
const char* const kPruning = "Pruning";
const char* const kColour = "Colour";
const char* const kVecTree = "VecTree";
const char* const kSteps = "Steps";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves every quantiser step and the share of pruned splats together: higher is larger "
          "and closer to the original; 60 takes the other parameters as they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      choiceParam(
          "layout", "Layout",
          "Packed quantises and entropy codes; faithful writes what the released code writes "
          "(half floats, raw positions, zstd), three times as large.",
          kQuality, {{"packed", "packed"}, {"faithful", "faithful"}}),
      numberParam<double>(
          "prune", "Prune",
          "Share of the splats that is removed, least significant first: more is smaller and "
          "loses fine and distant parts.",
          "%", kPruning, 10, {0, 95, 1, false}),
      choiceParam("score", "Score",
                  "What decides which splats go: the paper's global significance, the share of the "
                  "pictures, opacity alone, or chance (for comparison).",
                  kPruning,
                  {{"significance", "global significance"},
                   {"contribution", "share of the pictures"},
                   {"opacity", "opacity"},
                   {"random", "random"}}),
      choiceParam(
          "volume_norm", "Volume norm",
          "How a splat's volume weighs in its significance: as in the released code, or clamped "
          "at the 90th percentile as in the paper.",
          kPruning, {{"none", "none"}, {"clamp90", "clamp at 90 %"}}),
      flagParam(
          "keep_unseen", "Keep unseen",
          "Splats that no view sees are removed last instead of first: safer where the views do "
          "not cover the scene, larger.",
          kPruning),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that stay: fewer is smaller and flattens "
          "reflections; recovery makes up for a part.",
          "", kColour, 3, {0, 4, 1, false}),
      choiceParam(
          "recovery", "Recovery",
          "What makes up for pruned splats and dropped bands: the colours alone (seconds), every "
          "parameter by gradients as published (minutes), or nothing.",
          kColour, {{"linear", "colours"}, {"full", "all parameters"}, {"none", "none"}}),
      numberParam<std::int64_t>(
          "passes", "Recovery passes",
          "How often the colours are adjusted to the original's pictures over all views: more "
          "takes longer and is closer; 0 switches that off.",
          "", kColour, 2, {0, 50, 1, false}),
      numberParam<std::int64_t>(
          "steps", "Recovery steps",
          "Pictures that full recovery learns from, one after the other: more takes longer and is "
          "closer to the original.",
          "", kColour, 3000, {1, 100000, 0, true}, true),
      numberParam<double>(
          "jitter", "View jitter",
          "How far pseudo-views move from the given views, in percent of the camera's distance: "
          "keeps the colours right between the views.",
          "%", kColour, 1.25, {0, 20, 0.25, false}, true),
      numberParam<double>(
          "vq_ratio", "VQ ratio",
          "Share of the splats, least significant first, whose view-dependent colour is taken "
          "from a codebook: more is smaller and coarser.",
          "%", kVecTree, 80, {0, 100, 1, false}, true),
      numberParam<std::int64_t>(
          "codebook", "Codebook",
          "Entries of the codebook: more is larger and finer; 0 follows the splat count.", "",
          kVecTree, 0, {0, 65536, 0, false}, true),
      choiceParam("vq_select", "VQ selection",
                  "Which splats the codebook serves: the least significant, or random ones (for "
                  "comparison).",
                  kVecTree, {{"significance", "least significant"}, {"random", "random"}}),
      numberParam<double>(
          "position_bits", "Position bits",
          "Fineness of positions: the scene's size over the step, as a power of two; one more "
          "costs about 3 bits a splat.",
          "bits", kSteps, 12.5, {6, 20, 0.25, false}, true),
      numberParam<double>(
          "scale_step", "Scale step",
          "Step of the logarithmic scales: larger is smaller and rounds splat sizes.", "", kSteps,
          0.2, {0.005, 2, 0, true}, true),
      numberParam<double>("rotation_step", "Rotation step",
                          "Step of the rotation's quaternion: larger is smaller and tilts splats.",
                          "", kSteps, 0.08, {0.002, 0.5, 0, true}, true),
      numberParam<double>(
          "opacity_step", "Opacity step",
          "Step of opacity on a curve that is finest near 0 and 1: larger is smaller.", "", kSteps,
          0.05, {0.002, 0.5, 0, true}, true),
      numberParam<double>(
          "color_step", "Colour step",
          "Step of the base colour (SH band 0): larger is smaller and bands colours.", "", kSteps,
          0.08, {0.005, 1, 0, true}, true),
      numberParam<double>(
          "sh_step", "SH step",
          "Step of view-dependent colour (SH bands above 0): larger is smaller and flattens "
          "reflections.",
          "", kSteps, 0.045, {0.005, 1, 0, true}, true),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "No recovery from views after pruning: seconds instead of half a minute.",
       {{"passes", std::int64_t{0}}}},
      {"faithful",
       "As published",
       "The released code's numbers and layout: 66 % pruned, SH degree 2, 60 % of the splats in a "
       "codebook of 8192, half floats; 5,000 steps of recovery, which take many minutes.",
       {{"layout", std::string("faithful")},
        {"prune", 66.0},
        {"sh_degree", std::int64_t{2}},
        {"vq_ratio", 60.0},
        {"codebook", std::int64_t{8192}},
        {"recovery", std::string("full")},
        {"steps", std::int64_t{5000}}}},
      {"high",
       "High",
       "Close to the original.",
       {{"quality", 85.0}, {"prune", 5.0}, {"vq_ratio", 0.0}}},
      {"default",
       "Balanced",
       "The best picture per byte: a thirteenth of the float PLY or less.",
       {}},
      {"recovered",
       "Recovered",
       "40 % pruned, and every parameter of the rest taught to look like the original: minutes.",
       {{"prune", 40.0}, {"recovery", std::string("full")}, {"steps", std::int64_t{1500}}}},
      {"small",
       "Small",
       "For previews and slow networks.",
       {{"quality", 40.0}, {"prune", 30.0}, {"sh_degree", std::int64_t{2}}, {"vq_ratio", 90.0}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.layout = paramChoice(params, "layout") == "packed" ? Layout::Packed : Layout::Faithful;
  const std::string& score = paramChoice(params, "score");
  settings.score = score == "contribution" ? ScoreKind::Contribution
                   : score == "opacity"    ? ScoreKind::Opacity
                   : score == "random"     ? ScoreKind::Random
                                           : ScoreKind::Significance;
  settings.volumeNorm =
      paramChoice(params, "volume_norm") == "clamp90" ? VolumeNorm::Clamp90 : VolumeNorm::None;
  settings.keepUnseen = paramBool(params, "keep_unseen");
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  const std::string& recovery = paramChoice(params, "recovery");
  settings.recovery = recovery == "full"   ? Recovery::Full
                      : recovery == "none" ? Recovery::None
                                           : Recovery::Linear;
  settings.steps = static_cast<std::size_t>(paramInt(params, "steps"));
  settings.passes = settings.recovery == Recovery::None
                        ? 0
                        : static_cast<std::size_t>(paramInt(params, "passes"));
  settings.jitter = paramReal(params, "jitter") / 100;
  settings.codebook = static_cast<std::size_t>(paramInt(params, "codebook"));
  settings.vqAtRandom = paramChoice(params, "vq_select") == "random";

  // Octaves above the neutral quality. Steps follow it; so does the kept share, as a power; and the
  // codebook serves fewer splats above it.
  const double octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerDoubling;
  const double kept = 1 - paramReal(params, "prune") / 100;
  settings.prune = 1 - std::pow(kept, std::exp2(-0.7 * octaves));
  const double aboveNeutral = std::max(0.0, octaves) * kQualityPerDoubling;
  settings.vqRatio =
      paramReal(params, "vq_ratio") / 100 * (1 - aboveNeutral / (100 - kNeutralQuality));
  settings.positionBits = paramReal(params, "position_bits") + kPositionShare * octaves;
  const auto step = [&](const char* id) {
    return static_cast<float>(paramReal(params, id) * std::exp2(-octaves));
  };
  settings.scaleStep = step("scale_step");
  settings.rotationStep = step("rotation_step");
  settings.opacityStep = step("opacity_step");
  settings.colorStep = step("color_step");
  settings.shStep = step("sh_step");
  return settings;
}

}  // namespace volpress::compressors::lightgaussian
