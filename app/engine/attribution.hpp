// Which attribute of a compressed scene causes how much of its error.
//
// Let E(S) be the mean squared error, over a view set, of the original with the attributes S of the
// result. Two single swaps are measured of each attribute k: the original with k of the result,
// E({k}), and the result with k of the original, E(all without k). Errors of several attributes
// meet in one pixel and may add up or compensate (colours learned anew after pruning, say), so the
// share of k is the mean of what k costs alone and of what it costs on top of all others:
//     share(k) = (E({k}) + E(all) - E(all without k)) / 2.
// Where pictures answer linearly to small changes E is quadratic in the set, and this is the
// Shapley value (Shapley 1953): the shares add up to E(all). What is missing from the sum measures
// how far that holds.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/engine/evaluate.hpp"
#include "app/engine/splat_matching.hpp"

namespace volpress::engine {

enum class SplatAttribute : std::uint8_t {
  Positions,
  Scales,
  Rotations,
  Opacity,
  BaseColor,  ///< SH band 0
  ViewColor,  ///< SH bands above
  Count,      ///< splats that were pruned or added
};
inline constexpr std::array kSplatAttributes{SplatAttribute::Positions, SplatAttribute::Scales,
                                             SplatAttribute::Rotations, SplatAttribute::Opacity,
                                             SplatAttribute::BaseColor, SplatAttribute::ViewColor,
                                             SplatAttribute::Count};

/// Stable, for machines: "positions", "sh-dc".
[[nodiscard]] const char* splatAttributeId(SplatAttribute attribute);
/// For people: "positions", "base colour (SH 0)".
[[nodiscard]] const char* splatAttributeName(SplatAttribute attribute);

/// A set of attributes, as bits.
using AttributeSet = std::uint32_t;
[[nodiscard]] constexpr AttributeSet attributeBit(SplatAttribute attribute) {
  return AttributeSet{1} << static_cast<unsigned>(attribute);
}
inline constexpr AttributeSet kAllAttributes = (AttributeSet{1} << kSplatAttributes.size()) - 1;

/// The original with the attributes `fromResult` of the result. Splats follow the original's order,
/// then the added ones. Without Count every splat of the original is there and none is added; those
/// without a partner keep all of their own. `match` is matchSplats of the two, and `result` has
/// been through alignShapes where scales and rotations are told apart.
[[nodiscard]] GaussianCloud mixClouds(const GaussianCloud& original, const GaussianCloud& result,
                                      const SplatMatch& match, AttributeSet fromResult);

/// Mean squared errors over the views, of pictures in 0..1.
struct AttributeError {
  SplatAttribute attribute = SplatAttribute::Positions;
  double alone = 0;    ///< the original with this attribute of the result
  double without = 0;  ///< the result with this attribute of the original
  double share = 0;    ///< of the total; below 0: it makes up for errors of others
};

struct Attribution {
  std::size_t splatsIn = 0;
  std::size_t splatsOut = 0;
  std::size_t matched = 0;
  bool sameOrder = false;
  std::string origin;  ///< of the views
  std::size_t viewCount = 0;
  double total = 0;                    ///< mean squared error of the result
  std::vector<AttributeError> errors;  ///< in the order of kSplatAttributes

  /// Sum of the shares, and of the errors alone, against the total in dB; 0 when all is explained
  /// or there is no error.
  [[nodiscard]] double explainedDecibels() const;
  [[nodiscard]] double aloneDecibels() const;
};

/// Measures all of them on the views of `reference`, which holds `original`. Cancelled between
/// views.
[[nodiscard]] Result<Attribution> attributeError(
    ReferencePictures& reference, const std::shared_ptr<const GaussianCloud>& original,
    const std::shared_ptr<const GaussianCloud>& result, MeasureContext& context);

}  // namespace volpress::engine
