#include "compressors/mesongs/settings.hpp"

#include <cmath>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::mesongs {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// Quantiser steps double when quality falls by this.
constexpr double kQualityPerDoubling = 20;

const char* const kQuality = "Quality";
const char* const kPruning = "Pruning";
const char* const kGeometry = "Geometry";
const char* const kAttributes = "Attributes";
const char* const kColour = "Colour";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves positions, quantiser steps, codebook and pruning together: higher is larger and "
          "closer to the original; 60 takes the other parameters as they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      numberParam<double>(
          "budget", "Size budget",
          "Size of the file in megabytes, met by allocating bits instead of by the quality: more "
          "is closer to the original; 0 sets none.",
          "MB", kQuality, 0.0, {0, 100000, 0, false}),
      numberParam<std::int64_t>(
          "steps", "Fine-tuning steps",
          "Steps of gradient descent on the original's pictures through the whole chain: more "
          "takes longer and is closer at the same size; 0 switches it off.",
          "", kQuality, 0, {0, 30000, 100, false}),
      choiceParam("layout", "Layout",
                  "Packed allocates steps and entropy codes; faithful writes what the released "
                  "code writes (8 bits a coefficient under a general-purpose packer), larger.",
                  kQuality, {{"packed", "packed"}, {"faithful", "faithful"}}),
      numberParam<double>(
          "prune", "Prune",
          "Share of the splats that is removed, least important first: more is smaller and loses "
          "fine and distant parts.",
          "%", kPruning, 10, {0, 95, 1, false}),
      numberParam<double>(
          "volume_power", "Volume power",
          "How much a splat's volume weighs in its importance: more keeps large splats (the paper "
          "takes 0.1 indoors, 0.03 to 0.05 for objects).",
          "", kPruning, 0.1, {0, 1, 0.01, false}, true),
      numberParam<double>(
          "depth", "Octree depth",
          "Halvings of the scene's size down to a voxel: one more costs up to 3 bits a splat; 0 "
          "lets the bit allocation choose.",
          "", kGeometry, 0.0, {0, 20, 0.25, false}),
      flagParam("canonical", "Canonical axes",
                "Describes equal ellipsoids alike, so that angles vary less from splat to splat: "
                "smaller at the same picture.",
                kGeometry, true),
      numberParam<std::int64_t>(
          "blocks", "Blocks",
          "Blocks that each column of coefficients is cut into, each with a step of its own: more "
          "follow the coefficients more closely and cost side information.",
          "", kAttributes, 64, {1, 4096, 1, true}, true),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that stay: fewer is smaller and flattens reflections.",
          "", kColour, 3, {0, 4, 1, false}),
      numberParam<std::int64_t>(
          "codebook", "Codebook",
          "Entries of the codebook of view-dependent colours: more is larger and finer; 0 follows "
          "the splat count and the quality.",
          "", kColour, 0, {0, 65536, 0, false}, true),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "Nothing is pruned or tuned: needs no look at the pictures but one to weigh attributes.",
       {{"prune", 0.0}}},
      {"faithful",
       "As published",
       "The released code's numbers and layout for a real scene: 20 % pruned, octree of 20 levels, "
       "66 blocks of 8 bits, codebook of 2048.",
       {{"layout", std::string("faithful")},
        {"prune", 20.0},
        {"depth", 20.0},
        {"canonical", false},
        {"blocks", std::int64_t{66}},
        {"codebook", std::int64_t{2048}}}},
      {"high", "High", "Close to the original.", {{"quality", 85.0}, {"prune", 5.0}}},
      {"default", "Balanced", "A good picture for its bytes in seconds.", {}},
      {"tuned",
       "Fine-tuned",
       "As balanced, then fitted to the original's pictures through all quantisers: minutes.",
       {{"steps", std::int64_t{600}}}},
      {"small",
       "Small",
       "For previews and slow networks.",
       {{"quality", 40.0}, {"prune", 30.0}, {"sh_degree", std::int64_t{2}}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.layout = paramChoice(params, "layout") == "packed" ? Layout::Packed : Layout::Faithful;
  settings.octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerDoubling;
  settings.budget =
      static_cast<std::uint64_t>(std::llround(paramReal(params, "budget") * 1'000'000));
  settings.prune = paramReal(params, "prune") / 100;
  settings.volumePower = paramReal(params, "volume_power");
  settings.depth = paramReal(params, "depth");
  settings.canonical = paramBool(params, "canonical");
  settings.blocks = static_cast<std::size_t>(paramInt(params, "blocks"));
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  settings.codebook = static_cast<std::size_t>(paramInt(params, "codebook"));
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  return settings;
}

}  // namespace volpress::compressors::mesongs
