// From sums over a splat's pixels to derivatives of its stored parameters.
#pragma once

#include "renderer/software/splat_projection.hpp"
#include "renderer/software/tile_gradients.hpp"

namespace volpress::renderer {

/// What the chain rule of one frame goes through.
struct SplatChain {
  const SoftwareCloud& cloud;
  ProjectionCamera camera;
  unsigned shDegree = 0;  ///< bands that were drawn
  bool directColors = false;
};

/// Adds one visible splat's derivatives to its entries of `gradients`, whose arrays have their
/// length. Splats may be done in parallel.
void backpropagateSplat(const SplatChain& chain, const ProjectedSplat& splat,
                        const ScreenSums& sums, CloudGradients& gradients);

}  // namespace volpress::renderer
