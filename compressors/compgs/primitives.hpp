// The primitives coupled to anchors, as networks make them of the anchors' numbers (section 3.2 of
// the paper). Opacity and colour depend on where they are looked at from.
#pragma once

#include <array>

#include "compressors/compgs/model.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::compgs {

/// kPrimitives an anchor.
struct Primitives {
  FloatArray means;      ///< 3
  FloatArray logScales;  ///< 3
  FloatArray rotations;  ///< 4: quaternion w,x,y,z, not zero
  FloatArray openness;   ///< 1: opacity is its hyperbolic tangent; none where it is not positive
  FloatArray colors;     ///< 3: 0..1
};

/// Anchors and what looks at them.
struct SeenAnchors {
  std::span<const float> means;  ///< 3 an anchor
  const LatentRows& latents;     ///< as a decoder sees them
  std::span<const float> eyes;   ///< 3 an anchor: where from; or 3 for all
  float unit = 1;                ///< what distances are measured in
};

/// Numbers that the networks of opacity and colour see of a primitive.
inline constexpr std::size_t kViewInputs = kReferenceWidth + kResidualWidth + 4;
/// Writes those of a primitive (kPrimitives an anchor): features, and direction and distance.
void fillViewRow(const SeenAnchors& anchors, std::size_t primitive, float* row);

/// `networks` has the networks as a decoder sees them.
void decodePrimitives(const Model& networks, const SeenAnchors& anchors, Primitives& primitives,
                      TaskRunner& runner);

/// Only openness and colours.
void decodeLooks(const Model& networks, const SeenAnchors& anchors, Primitives& primitives,
                 TaskRunner& runner);

/// Given d(loss)/d(primitives), writes d(loss)/d(latents) and adds to `gradients` of the networks.
/// Computes in parts what `decodePrimitives` computed once more, instead of keeping all of it. The
/// same bits on any number of threads.
void pullBackPrimitives(const Model& networks, const SeenAnchors& anchors,
                        const Primitives& gradient, LatentRows& latentGradient,
                        const ModelGradients& gradients, TaskRunner& runner);

/// The opacity's logit of an openness, kHiddenLogit where it is not positive; and its derivative.
inline constexpr float kHiddenLogit = -20;
struct OpacityLogit {
  float logit, slope;
};
[[nodiscard]] OpacityLogit opacityLogit(float openness) noexcept;

}  // namespace volpress::compressors::compgs
