#include "compressors/volpress/volpress_settings.hpp"

#include <string>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::own {
namespace {

/// Quality 0..100 aims at 20..60 dB.
constexpr double kLowestPsnr = 20;
constexpr double kPsnrPerQuality = 0.4;

const char* const kQuality = "Quality";
const char* const kAnalysis = "Analysis";
const char* const kFile = "File";

ParamSpec flag(std::string id, std::string label, std::string help, std::string group, bool value) {
  return {std::move(id), std::move(label), std::move(help), "", std::move(group), value, {}, {}};
}

}  // namespace

std::vector<ParamSpec> volpressParamSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "How close to the original: the codec aims at about 20 dB plus 0.4 dB for each "
          "point (scenes of many faint splats come out lower); higher is larger.",
          "", kQuality, 50.0, {0, 100, 1, false}, false),
      {"mode",
       "Mode",
       "Lossy quantises and prunes; lossless keeps every bit, whatever the other parameters say.",
       "",
       kQuality,
       std::string("lossy"),
       std::nullopt,
       {{"lossy", "lossy"}, {"lossless", "lossless"}}},
      numberParam<double>(
          "pruning", "Pruning",
          "How readily splats are removed: 100 removes what costs more bytes than it "
          "is worth, 0 only what no view shows.",
          "%", kQuality, 100.0, {0, 400, 5, false}, true),
      numberParam<std::int64_t>("sh_degree", "SH degree",
                                "Bands of view-dependent colour that stay: fewer is smaller and "
                                "flattens reflections.",
                                "", kQuality, 4, {0, 4, 1, false}, true),
      flag("use_views", "Measure on views",
           "Measures on the views how much each number shows; without it that is guessed from "
           "sizes and opacities, which takes no time and is larger.",
           kAnalysis, true),
      numberParam<std::int64_t>(
          "probes", "Probes",
          "Measurements for each view: more takes longer and is a little smaller.", "", kAnalysis,
          1, {1, 16, 1, false}, true),
      numberParam<std::int64_t>(
          "tuning_steps", "Fine-tuning steps",
          "Adjusts the splats that stay to pictures of the original, as the "
          "decoder will see them: more takes longer and is closer; 0 switches it "
          "off.",
          "", kAnalysis, 0, {0, 20000, 50, false}, false),
      numberParam<std::int64_t>(
          "layers", "Layers of detail",
          "The file's first layers alone are a coarser scene, for streaming; each "
          "layer costs a few percent.",
          "", kFile, 1, {1, 8, 1, false}, true),
  };
}

std::vector<ParamPreset> volpressPresets() {
  return {
      {"fast", "Fast", "Looks at no views: a second.", {{"use_views", false}, {"quality", 60.0}}},
      {"balanced", "Balanced", "Good to look at closely.", {}},
      {"small", "Small", "For previews and slow networks.", {{"quality", 35.0}}},
      {"smallest",
       "Smallest",
       "Fine-tuned: minutes instead of seconds, for the same picture in fewer bytes.",
       {{"quality", 35.0}, {"pruning", 150.0}, {"tuning_steps", std::int64_t{400}}}},
      {"visually-lossless", "Visually lossless", "No difference to be seen.", {{"quality", 70.0}}},
      {"lossless", "Lossless", "Every bit of every number.", {{"mode", std::string("lossless")}}},
  };
}

VolpressSettings volpressSettings(const ParamSet& params) {
  VolpressSettings settings;
  settings.lossless = paramChoice(params, "mode") == "lossless";
  settings.wantedPsnr = kLowestPsnr + kPsnrPerQuality * paramReal(params, "quality");
  settings.usesViews = paramBool(params, "use_views");
  settings.probes = static_cast<unsigned>(paramInt(params, "probes"));
  settings.pruning = paramReal(params, "pruning") / 100;
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  settings.tuningSteps = static_cast<unsigned>(paramInt(params, "tuning_steps"));
  settings.layers = static_cast<unsigned>(paramInt(params, "layers"));
  return settings;
}

}  // namespace volpress::compressors::own
