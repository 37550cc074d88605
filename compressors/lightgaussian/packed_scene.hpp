// A scene as the integers that are stored: geometry first, so that colours can be fitted to the
// geometry as the decoder will see it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/lightgaussian/settings.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::lightgaussian {

/// n splats in the Morton order of their grid points.
struct PackedGeometry {
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> points;  ///< n
  float scaleStep = 1;
  float rotationStep = 1;
  float opacityStep = 1;
  /// 3n: level of the largest log scale, then how far the next two fall.
  coding::SymbolArray scales;
  coding::SymbolArray rotations;  ///< 3n: x, y, z of the canonical quaternion
  coding::SymbolArray opacities;  ///< n
};

/// Colours of the same splats, in a luma-chroma basis that keeps lengths.
struct PackedColors {
  unsigned shDegree = 0;
  float colorStep = 1;
  float shStep = 1;
  coding::SymbolArray dc;        ///< 3n
  coding::SymbolArray fromBook;  ///< n: 1 where SH comes from the codebook; empty: nowhere
  coding::SymbolArray direct;    ///< 3k for each splat with 0 there, in order
  coding::SymbolArray indices;   ///< one for each splat with 1 there, in order
  coding::SymbolArray codebook;  ///< 3k an entry
};

/// Quantises the geometry of a cloud that passes `validate`. `order` becomes the permutation: entry
/// i is the index in `cloud` of the packed splat i.
[[nodiscard]] Result<PackedGeometry> packGeometry(const GaussianCloud& cloud,
                                                  const Settings& settings,
                                                  const std::stop_token& stop,
                                                  std::vector<std::uint32_t>& order);

/// Writes the decoded geometry into `cloud`, which is sized to n. The decoder's own arithmetic.
void unpackGeometry(const PackedGeometry& geometry, GaussianCloud& cloud, TaskRunner& runner);

/// Quantises band 0 of `cloud`, or the bands above of the splats that are not from the codebook.
void packBaseColors(const GaussianCloud& cloud, PackedColors& colors);
void packDirectSh(const GaussianCloud& cloud, PackedColors& colors);

/// Writes the decoded colours into `cloud`. Lengths must agree with n and with each other, and
/// indices must lie within the codebook.
void unpackBaseColors(const PackedColors& colors, GaussianCloud& cloud, TaskRunner& runner);
void unpackSh(const PackedColors& colors, GaussianCloud& cloud, TaskRunner& runner);

}  // namespace volpress::compressors::lightgaussian
