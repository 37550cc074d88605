// The parameters of SAGS.
#pragma once

#include <vector>

#include "compressors/sags/stored_scene.hpp"
#include "scene/base/params.hpp"

namespace volpress::compressors::sags {

struct Settings {
  double octaves = 0;  ///< of quality above the neutral one
  Layout layout = Layout::Lite;
  double keyShare = 0.25;  ///< stored points over splats
  bool densify = false;    ///< full layout: half of the points are mid-points, by curvature
  bool spareThin = false;  ///< lite layout: no mid-points where the surface is strongly curved
  unsigned fitSteps = 0;
  unsigned steps = 0;
  bool asSeen = false;  ///< learns with colours of the view instead of baked ones
  std::size_t features = 32;
  double featureBits = 6;
  unsigned tableBits = 0;  ///< 0: by the number of points
  double precision = 13;
  bool shapesSeeView = false;
  unsigned shDegree = 2;
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();
/// `params` is complete; quality is worked into what it moves.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

}  // namespace volpress::compressors::sags
