#include "compressors/compact3dgs/settings.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// Quantiser steps double when quality falls by this.
constexpr double kQualityPerDoubling = 20;
/// How the mask's cost and the codes of the residual quantiser follow the quality.
constexpr double kMaskPerOctave = 1;
constexpr double kCodesPerOctave = 0.75;
constexpr double kMostCodes = 1024;
constexpr double kMostTableBits = 19;
constexpr double kLeastTableBits = 6;
/// Splats are so many times as many as entries of a level, as a power of two.
constexpr double kSplatsPerEntry = 3;
constexpr double kTablePerOctave = 0.5;

const char* const kQuality = "Quality";
const char* const kMask = "Mask";
const char* const kShape = "Scales and rotations";
const char* const kColour = "Colour";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves mask, codebooks, hash grid and all steps together: higher is larger and closer to "
          "the original; 60 takes the other parameters as they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      choiceParam("layout", "Layout",
                  "Packed codes positions as an octree and entropy codes the rest; faithful writes "
                  "half floats, indices of fixed width and 8-bit grid values as the released code "
                  "does, larger.",
                  kQuality, {{"packed", "packed"}, {"faithful", "faithful"}}),
      numberParam<std::int64_t>(
          "steps", "Fine-tuning steps",
          "Steps of gradient descent on the original's pictures with quantised shapes and the "
          "colour field in place: more takes longer and is closer at the same size; 0 switches it "
          "off.",
          "", kQuality, 0, {0, 30000, 100, false}),
      numberParam<std::int64_t>("mask_steps", "Mask steps",
                                "Steps over which it is learnt which splats may go: more takes "
                                "longer and chooses better; "
                                "0 keeps all splats.",
                                "", kMask, 150, {0, 30000, 50, false}),
      numberParam<double>(
          "mask_weight", "Mask weight",
          "What a splat costs while the mask is learnt, times 10^-4: more removes more "
          "splats (the paper has 5 over 30,000 steps; short runs need more).",
          "", kMask, 100, {0.01, 1000, 0, true}),
      numberParam<std::int64_t>(
          "stages", "Stages",
          "Codebooks whose entries add up to a splat's scales and rotation (paper: 6): one more "
          "costs about 12 bits a splat.",
          "", kShape, 2, {1, 8, 1, false}),
      numberParam<std::int64_t>("codes", "Codes",
                                "Entries of each of those codebooks (paper: 64): twice as many "
                                "cost a bit more for each.",
                                "", kShape, 64, {2, 1024, 1, true}, true),
      numberParam<std::int64_t>(
          "table_bits", "Hash table",
          "Entries of a level of the hash grid that colours come from, as a power of two (paper: "
          "19; 16 for objects): one more is up to twice as large and finer; 0 follows the splat "
          "count.",
          "bits", kColour, 0, {0, kMostTableBits, 1, false}),
      numberParam<std::int64_t>(
          "field_steps", "Field steps",
          "Steps of fitting hash grid and network to the scene's colours: more takes longer and is "
          "closer at the same size.",
          "", kColour, 600, {1, 30000, 100, false}),
      numberParam<std::int64_t>("sh_degree", "SH degree",
                                "Bands of spherical harmonics that the field's colours are turned "
                                "into for exports: fewer "
                                "flatten reflections there; the file stays as large.",
                                "", kColour, 3, {0, 4, 1, false}),
      choiceParam("field", "Colour field",
                  "Whether scenes without view-dependent colour have the field too, where it makes "
                  "the file larger: plain colours are smaller.",
                  kColour, {{"auto", "where it pays"}, {"always", "always"}}),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "Keeps all splats; the colour field is fitted in seconds.",
       {{"mask_steps", std::int64_t{0}}, {"field_steps", std::int64_t{200}}}},
      {"faithful",
       "As published",
       "The paper's numbers and the released code's layout: six stages of 64 codes, a hash table "
       "of "
       "2^19, half floats; 1,000 steps of masking and 3,000 of training, which take an hour on a "
       "CPU. The grid alone takes megabytes: meant for scenes of millions of splats.",
       {{"layout", std::string("faithful")},
        {"mask_steps", std::int64_t{1000}},
        {"mask_weight", 5.0},
        {"stages", std::int64_t{6}},
        {"table_bits", std::int64_t{19}},
        {"field_steps", std::int64_t{3000}},
        {"steps", std::int64_t{3000}},
        {"field", std::string("always")}}},
      {"high", "High", "Close to the original.", {{"quality", 85.0}}},
      {"default", "Balanced", "A good picture for its bytes in about a minute.", {}},
      {"tuned",
       "Fine-tuned",
       "More steps for mask and field, then everything fitted to the original's pictures: many "
       "minutes.",
       {{"mask_steps", std::int64_t{600}},
        {"field_steps", std::int64_t{1500}},
        {"steps", std::int64_t{300}}}},
      {"small", "Small", "For previews and slow networks.", {{"quality", 40.0}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.layout = paramChoice(params, "layout") == "packed" ? Layout::Packed : Layout::Faithful;
  settings.octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerDoubling;
  settings.maskWeight =
      1e-4 * paramReal(params, "mask_weight") * std::exp2(-kMaskPerOctave * settings.octaves);
  settings.maskSteps = static_cast<unsigned>(paramInt(params, "mask_steps"));
  settings.tableBits = static_cast<unsigned>(paramInt(params, "table_bits"));
  settings.fieldSteps = static_cast<unsigned>(paramInt(params, "field_steps"));
  settings.stages = static_cast<std::size_t>(paramInt(params, "stages"));
  const double codes = static_cast<double>(paramInt(params, "codes")) *
                       std::exp2(kCodesPerOctave * settings.octaves);
  settings.codes = static_cast<std::size_t>(std::clamp(std::round(codes), 2.0, kMostCodes));
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  settings.fieldAlways = paramChoice(params, "field") == "always";
  return settings;
}

unsigned tableBitsFor(const Settings& settings, std::size_t splats) {
  const double bits = settings.tableBits != 0
                          ? settings.tableBits
                          : std::log2(static_cast<double>(splats)) - kSplatsPerEntry;
  return static_cast<unsigned>(std::lround(
      std::clamp(bits + kTablePerOctave * settings.octaves, kLeastTableBits, kMostTableBits)));
}

}  // namespace volpress::compressors::compact3dgs
