#include "compressors/sags/settings.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors::sags {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// Points double when quality rises by this.
constexpr double kQualityPerOctave = 20;
/// How much slower the rest follows, in bits.
constexpr double kPrecisionShare = 0.5;

const char* const kQuality = "Quality";
const char* const kPoints = "Points";
const char* const kDetail = "Detail";
const char* const kView = "View dependence";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves how many points are stored and how fine features and positions are, together: "
          "higher is larger and closer to the original; 60 takes the other parameters as they are "
          "set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      numberParam<std::int64_t>(
          "steps", "Fine-tuning steps",
          "Steps of gradient descent on pictures: more takes longer and is closer at the same "
          "size; a scene gets at most one for every 100 splats; 0 switches it off.",
          "", kQuality, 400, {0, 30000, 100, false}),
      numberParam<std::int64_t>(
          "fit_steps", "Fitting steps",
          "Steps that fit features and networks to the splats before anything is drawn; a scene "
          "gets at most 30 and one for every 50 splats.",
          "", kQuality, 600, {1, 30000, 100, false}, true),
      choiceParam("layout", "Stored points",
                  "Lite stores key points and interpolates mid-points between them; full stores "
                  "every point.",
                  kPoints, {{"lite", "Key points (SAGS-Lite)"}, {"full", "All points (SAGS)"}}),
      numberParam<double>(
          "keys", "Share of the splats",
          "Stored points for every hundred splats: more is larger and keeps finer parts.", "%",
          kPoints, 25, {0.1, 100, 0, true}),
      flagParam(
          "densify", "Densify by curvature",
          "With all points stored, half of them are mid-points of the others, first where the "
          "surface is flat; a scene that is trained already is closer without.",
          kPoints),
      flagParam("spare_thin", "Spare thin structures",
                "No mid-points where the surface is strongly curved.", kPoints),
      numberParam<std::int64_t>(
          "features", "Features of a point",
          "Numbers that a stored point carries: more is larger and follows the splats more "
          "closely.",
          "", kDetail, 32, {1, static_cast<double>(kMaxFeatures), 1, false}, true),
      numberParam<double>(
          "feature_bits", "Feature bits",
          "Bits over the range of each feature, before entropy coding: more is larger and finer.",
          "", kDetail, 5, {1, 16, 0.5, false}),
      numberParam<std::int64_t>(
          "table_bits", "Hash grid bits",
          "Entries of each level of the hash grid, as a power of two; 0 goes by the number of "
          "points.",
          "", kDetail, 0, {0, 15, 1, false}, true),
      numberParam<double>(
          "precision", "Position precision",
          "Halvings of the scene's size down to a grid cell: one more costs up to 3 bits a stored "
          "point.",
          "", kDetail, 13, {8, 20, 0.5, false}),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that the decoder makes of what the colour head says of "
          "all directions: fewer is faster and flattens reflections; costs no bytes.",
          "", kView, 2, {0, 4, 1, false}),
      flagParam("shapes_see_view", "View-dependent shapes",
                "Opacity and ellipsoid depend on the view, as in the paper; a decoded scene has "
                "their mean over all directions.",
                kView),
      flagParam("as_seen", "Learn as seen",
                "Fine-tunes with the heads' own answers to each view, as in the paper, instead of "
                "what a decoded scene will show.",
                kView),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "Fits points and networks to the splats alone, without looking at more pictures than "
       "choosing key points needs.",
       {{"steps", std::int64_t{0}}}},
      {"high",
       "High",
       "Key points for most splats, long fine-tuning.",
       {{"quality", 85.0}, {"steps", std::int64_t{800}}}},
      {"default", "Balanced (Lite)", "A key point for four splats, minutes of fine-tuning.", {}},
      {"paper",
       "As described (SAGS)",
       "Every point is stored, half of them from densification by curvature; opacity, colour and "
       "shape see the view; features of 8 bits, thousands of fine-tuning steps.",
       {{"layout", std::string("full")},
        {"densify", true},
        {"keys", 75.0},
        {"shapes_see_view", true},
        {"as_seen", true},
        {"feature_bits", 8.0},
        {"steps", std::int64_t{2000}}}},
      {"lite",
       "Lite",
       "A key point for eight splats, mid-points between them: the smallest that still shows the "
       "scene.",
       {{"keys", 12.5}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerOctave;
  settings.layout = paramChoice(params, "layout") == "full" ? Layout::Full : Layout::Lite;
  settings.keyShare = std::min(1.0, paramReal(params, "keys") / 100 * std::exp2(settings.octaves));
  settings.densify = paramBool(params, "densify");
  settings.spareThin = paramBool(params, "spare_thin");
  settings.fitSteps = static_cast<unsigned>(paramInt(params, "fit_steps"));
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  settings.asSeen = paramBool(params, "as_seen");
  settings.features = static_cast<std::size_t>(paramInt(params, "features"));
  settings.featureBits =
      std::clamp(paramReal(params, "feature_bits") + kPrecisionShare * settings.octaves, 1.0, 16.0);
  settings.tableBits = static_cast<unsigned>(paramInt(params, "table_bits"));
  settings.tableBits = settings.tableBits == 0 ? 0 : std::max(settings.tableBits, kLeastTableBits);
  settings.precision =
      std::clamp(paramReal(params, "precision") + kPrecisionShare * settings.octaves, 8.0,
                 static_cast<double>(coding::kMaxGridBits));
  settings.shapesSeeView = paramBool(params, "shapes_see_view");
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  return settings;
}

}  // namespace volpress::compressors::sags
