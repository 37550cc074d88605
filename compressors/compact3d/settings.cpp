#include "compressors/compact3d/settings.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::compact3d {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// Quantiser steps double when quality falls by this.
constexpr double kQualityPerDoubling = 20;
constexpr double kMostEntries = 65536;

/// How the codebook of a group follows splat count and quality.
struct Growth {
  std::size_t splatsPerEntry;
  std::size_t most;  ///< entries at the neutral quality
  double perOctave;  ///< doublings of the entries for each of the quality
};
constexpr std::array<Growth, kGroups> kGrowth{
    {{16, 4096, 1.5}, {8, 8192, 1}, {16, 4096, 1.5}, {16, 4096, 1.5}}};

const char* const kQuality = "Quality";
const char* const kCodebooks = "Codebooks";
const char* const kPruning = "Pruning";
const char* const kTuning = "Fine-tuning";

ParamSpec entriesParam(const char* id, const char* label, const char* what) {
  return numberParam<std::int64_t>(
      id, label,
      fmt::format("Entries of the codebook of {}: more is larger and finer; 0 follows the splat "
                  "count.",
                  what),
      "", kCodebooks, 0, {0, kMostEntries, 0, false}, true);
}

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves the codebooks and the steps of everything else together: higher is larger and "
          "closer to the original; 60 takes the other parameters as they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that stay: fewer is smaller and flattens reflections.",
          "", kQuality, 3, {0, 4, 1, false}),
      choiceParam("layout", "Layout",
                  "Packed codes positions as an octree and entropy codes the rest; faithful writes "
                  "floats and indices of fixed width as the paper does, larger.",
                  kQuality, {{"packed", "packed"}, {"faithful", "faithful"}}),
      entriesParam("color_codebook", "Colours", "base colours (paper: 4096)"),
      entriesParam("sh_codebook", "View dependence", "view-dependent colours (paper: 512)"),
      entriesParam("scale_codebook", "Scales", "scales (paper: 4096)"),
      entriesParam("rotation_codebook", "Rotations", "rotations (paper: 4096)"),
      flagParam("canonical", "Canonical axes",
                "Describes equal ellipsoids alike, so that fewer entries serve more splats: closer "
                "at the same size.",
                kCodebooks, true),
      flagParam("weighted", "Weighted",
                "Lets splats that show more pull more at the codebooks' entries: closer at the "
                "same size; the paper weighs all alike.",
                kCodebooks, true),
      numberParam<double>(
          "least_opacity", "Least opacity",
          "Splats fainter than this are removed, before and while fine-tuning: more "
          "is smaller and loses haze.",
          "%", kPruning, 0.5, {0, 50, 0.1, false}),
      numberParam<double>(
          "opacity_weight", "Opacity weight",
          "What opacity costs in the first third of the fine-tuning, times 10^-7 and summed over "
          "the splats: more fades more splats away, and so removes them; without fine-tuning it "
          "does nothing.",
          "", kPruning, 1, {0, 100, 0.1, false}, true),
      numberParam<std::int64_t>(
          "steps", "Fine-tuning steps",
          "Steps of gradient descent on the original's pictures with the codebooks in place: more "
          "takes longer and is closer at the same size; 0 switches it off.",
          "", kTuning, 0, {0, 30000, 100, false}),
      numberParam<std::int64_t>(
          "refresh", "Refresh",
          "Steps after which splats choose their entries anew, until the last third of the "
          "fine-tuning: fewer follow the scene more closely and take longer.",
          "", kTuning, 100, {1, 10000, 10, true}, true),
      numberParam<std::int64_t>(
          "sweeps", "Sweeps",
          "How often entries and splats follow each other at each refresh: more is closer and "
          "takes longer.",
          "", kTuning, 3, {1, 50, 1, false}, true),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast", "Fast", "Looks at no pictures: all splats weigh alike.", {{"weighted", false}}},
      {"faithful",
       "As published",
       "The paper's numbers and layout: codebooks of 4096, 512, 4096 and 4096 entries, 15,000 "
       "steps of training with a cost of opacity in the first 5,000 and fixed indices in the last; "
       "takes hours on a CPU.",
       {{"layout", std::string("faithful")},
        {"color_codebook", std::int64_t{4096}},
        {"sh_codebook", std::int64_t{512}},
        {"scale_codebook", std::int64_t{4096}},
        {"rotation_codebook", std::int64_t{4096}},
        {"canonical", false},
        {"weighted", false},
        {"steps", std::int64_t{15000}},
        {"sweeps", std::int64_t{10}}}},
      {"high", "High", "Close to the original.", {{"quality", 85.0}}},
      {"default", "Balanced", "A good picture for its bytes in seconds.", {}},
      {"tuned",
       "Fine-tuned",
       "As balanced, then fitted to the original's pictures with the codebooks in place: minutes.",
       {{"steps", std::int64_t{600}}}},
      {"small",
       "Small",
       "For previews and slow networks.",
       {{"quality", 40.0}, {"sh_degree", std::int64_t{2}}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.layout = paramChoice(params, "layout") == "packed" ? Layout::Packed : Layout::Faithful;
  settings.octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerDoubling;
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  settings.refresh = static_cast<unsigned>(paramInt(params, "refresh"));
  settings.sweeps = static_cast<unsigned>(paramInt(params, "sweeps"));
  settings.opacityWeight = 1e-7 * paramReal(params, "opacity_weight");
  settings.leastOpacity = paramReal(params, "least_opacity") / 100;
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  constexpr std::array<const char*, kGroups> kIds{"color_codebook", "sh_codebook", "scale_codebook",
                                                  "rotation_codebook"};
  for (std::size_t group = 0; group < kGroups; ++group) {
    settings.entries[group] = static_cast<std::size_t>(paramInt(params, kIds[group]));
  }
  settings.canonical = paramBool(params, "canonical");
  settings.weighted = paramBool(params, "weighted");
  return settings;
}

std::size_t wantedEntries(const Settings& settings, std::size_t group, std::size_t splats) {
  const Growth& growth = kGrowth[group];
  std::size_t entries = settings.entries[group];
  if (entries == 0) {
    entries = std::clamp<std::size_t>(std::bit_floor(splats / growth.splatsPerEntry + 1), 16,
                                      growth.most);
  }
  const double scaled =
      static_cast<double>(entries) * std::exp2(growth.perOctave * settings.octaves);
  return static_cast<std::size_t>(std::clamp(std::round(scaled), 1.0, kMostEntries));
}

}  // namespace volpress::compressors::compact3d
