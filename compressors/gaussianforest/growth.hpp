// Where a forest grows and what it loses, between rounds of fine-tuning.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/gaussianforest/forest_file.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::compressors::gaussianforest {

/// What the pictures say of every leaf.
struct LeafEvidence {
  std::vector<float> pull;           ///< mean norm of d(loss)/d(place on screen), half widths
  std::vector<double> contribution;  ///< sum of alpha * transmittance; 0: never seen
};
[[nodiscard]] Result<LeafEvidence> observeLeaves(const ForestScene& rounded,
                                                 std::span<const learning::TeacherView> teachers,
                                                 RunContext& context);

struct GrowthReport {
  std::size_t leavesAdded = 0, leavesRemoved = 0, nodesAdded = 0, rootsAdded = 0, nodesMerged = 0;
};
/// Leaves that are pulled get a companion, those pulled harder a node of their own, nodes pulled
/// harder still a root of their own; faint leaves and the least seen 1 % go; nodes of one leaf join
/// a sibling with a similar feature. `decoded` has the leaves' scales and rotations.
GrowthReport growForest(ForestScene& scene, const GaussianCloud& decoded,
                        const LeafEvidence& evidence, std::size_t mostLeaves, std::uint64_t seed);

}  // namespace volpress::compressors::gaussianforest
