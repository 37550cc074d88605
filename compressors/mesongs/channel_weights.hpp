// What an error in each kind of attribute does to the pictures, found by trying.
#pragma once

#include <array>
#include <span>

#include "compressors/codec.hpp"
#include "compressors/mesongs/attribute_transform.hpp"

namespace volpress::compressors::mesongs {

/// Mean squared error of the pictures (over pixels, channels and views; intensities 0..1) for a
/// mean squared error of 1 in an attribute of every splat.
struct ChannelWeights {
  std::array<double, kChannels> channels{};  ///< as AttributeTransform's columns, luma and chromas
  double position = 0;                       ///< of each coordinate, per squared scene size
};

/// The size that positions are measured in: the longest edge of the box of most positions.
[[nodiscard]] double sceneSize(const GaussianCloud& cloud);

/// Draws the cloud, whose scales are ordered and rotations canonical, from a few of `cameras` with
/// noise on one attribute after the other, and on a grid. Pictures do not answer linearly, so the
/// noise is brought to where it costs what quantisers spend when a bit a splat may cost `price` in
/// mean squared error. `significance`: an entry a splat. Deterministic.
[[nodiscard]] Result<ChannelWeights> measureWeights(const GaussianCloud& cloud,
                                                    std::span<const double> significance,
                                                    std::span<const Camera> cameras, double price,
                                                    RunContext& context);

/// The squared error, in squared scene sizes, that positions may have at a price of a bit: where
/// one more bit for each coordinate is worth its 3 bits.
[[nodiscard]] double positionVariance(const ChannelWeights& weights, double price);

/// What holds for most scenes, for when there are no views.
[[nodiscard]] ChannelWeights typicalWeights();

}  // namespace volpress::compressors::mesongs
