#include "compressors/gaussianimage/settings.hpp"

#include <algorithm>
#include <charconv>

#include "scene/base/param_builders.hpp"

namespace volpress::gaussianimage {
namespace {

constexpr const char* kGaussians = "gaussians";
constexpr const char* kSteps = "steps";
constexpr const char* kTuneSteps = "tune_steps";
constexpr const char* kEntries = "color_entries";

ParamPreset preset(const char* id, const char* label, const char* help, std::int64_t gaussians,
                   std::int64_t steps, std::int64_t tuneSteps) {
  return {id, label, help, {{kGaussians, gaussians}, {kSteps, steps}, {kTuneSteps, tuneSteps}}};
}

}  // namespace

compressors::CodecInfo makeInfo() {
  compressors::CodecInfo info;
  info.id = "gaussianimage";
  info.label = "GaussianImage";
  info.summary =
      "A photograph as a sum of some thousand 2-D Gaussians, fitted to it and rounded while they "
      "are fine-tuned: tiny, soft, and decoded by drawing.";
  info.paper = "Zhang et al., GaussianImage, ECCV 2024";
  info.extension = ".vpc";
  info.params = {
      numberParam(kGaussians, "Gaussians",
                  "How many the picture is made of; fewer are smaller and blurrier.", "", "Quality",
                  std::int64_t{5000}, ParamRange{16, static_cast<double>(kMostGaussians), 1, true}),
      choiceParam(kEntries, "Colour codebook",
                  "Entries of each of the two codebooks of colours; fewer are smaller and shift "
                  "colours.",
                  "Quality", {{"32", "32"}, {"8", "8"}, {"16", "16"}, {"64", "64"}}),
      numberParam(kSteps, "Fitting steps",
                  "Steps that fit the Gaussians to the picture; more take longer and are better.",
                  "", "Fitting", std::int64_t{2000}, ParamRange{0, 50000, 100, false}),
      numberParam(kTuneSteps, "Fine-tuning steps",
                  "Steps while everything is rounded as in the file; more take longer and lose "
                  "less by it.",
                  "", "Fitting", std::int64_t{1000}, ParamRange{0, 50000, 100, false})};
  info.presets = {
      preset("fast", "Fast", "A quick sketch of 2,500 Gaussians.", 2500, 400, 300),
      preset("default", "Balanced", "5,000 Gaussians: a small picture for the web.", 5000, 2000,
             1000),
      preset("fine", "Fine", "20,000 Gaussians: larger, with fine detail.", 20000, 2500, 1000),
      preset("small", "Small", "1,500 Gaussians, fitted for longer.", 1500, 4000, 2000)};
  info.qualityKnob = kGaussians;
  info.lost = "fine grain and sharp detail; transparency";
  return info;
}

FitSettings settingsOf(const ParamSet& params, std::size_t pixels) {
  FitSettings settings;
  settings.gaussians = std::min(static_cast<std::size_t>(paramInt(params, kGaussians)),
                                std::max<std::size_t>(1, pixels / 2));
  settings.steps = static_cast<unsigned>(paramInt(params, kSteps));
  settings.tuneSteps = static_cast<unsigned>(paramInt(params, kTuneSteps));
  const std::string& entries = paramChoice(params, kEntries);
  std::from_chars(entries.data(), entries.data() + entries.size(), settings.entries);
  return settings;
}

}  // namespace volpress::gaussianimage
