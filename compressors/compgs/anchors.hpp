// Where anchors stand, and which splats of a trained scene each stands for.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/compgs/model.hpp"
#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::compgs {

struct AnchorSet {
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> points;  ///< in the order of a position stream
  FloatArray means;                       ///< 3 an anchor: their cells' centres

  [[nodiscard]] std::size_t count() const noexcept { return points.size(); }
};
/// Fills `means`.
void placeAnchors(AnchorSet& anchors);

inline constexpr std::uint32_t kNoSplat = ~0U;

struct Planting {
  AnchorSet anchors;
  std::vector<std::uint32_t> splats;  ///< kPrimitives an anchor: what each stands for, or kNoSplat
};

/// Halves the splats along the widest axis, again and again, until no part has more than
/// `splatsPerAnchor` (1..kPrimitives); an anchor stands in the middle of each. `precision` as in
/// PositionGrid::between. The cloud is not empty.
[[nodiscard]] Result<Planting> plantAnchors(const GaussianCloud& cloud, std::size_t splatsPerAnchor,
                                            double precision, const std::stop_token& stop);

/// Features and scales that already say where the splats are, how large and how coloured: the
/// networks have to learn to read them. Fills the anchors' parts of `model`.
void startLatents(const GaussianCloud& cloud, const Planting& planting, Model& model);

}  // namespace volpress::compressors::compgs
