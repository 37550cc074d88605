// A forest as its file holds it (FORMAT.md).
#pragma once

#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"
#include "compressors/gaussianforest/leaf_decoder.hpp"

namespace volpress::compressors::gaussianforest {

/// How finely everything is stored.
struct ForestSteps {
  coding::PositionGrid grid;
  float opacity = 0.25F;        ///< of a logit
  std::vector<float> features;  ///< of each dimension: the node's, then the root's
};

inline constexpr float kSizeStep = 0.125F;  ///< of the logarithm of a node's size

/// All that is stored.
struct ForestScene {
  FeatureWidths widths;
  unsigned shDegree = 0;
  Forest forest;
  ForestSteps steps;
  FloatArray means, opacityLogits;  ///< of the leaves
  SharedAttributes shared;
};

/// What a decoder will see of each: rounded to its steps.
void roundMeans(const ForestSteps& steps, const FloatArray& exact, FloatArray& rounded);
void roundOpacities(const ForestSteps& steps, const FloatArray& exact, FloatArray& rounded);
void roundShared(const ForestSteps& steps, FeatureWidths widths, SharedView exact,
                 SharedAttributes& rounded);

/// The scene as a decoder will see it.
[[nodiscard]] ForestScene roundedScene(const ForestScene& exact);

/// Chunks of the scene; leaves come back in another order, nodes and roots too.
[[nodiscard]] Result<std::vector<Chunk>> writeForest(const SceneHeader& header,
                                                     const ForestScene& scene,
                                                     const std::stop_token& stop,
                                                     TaskRunner& runner);

/// Reads what `writeForest` wrote; `reader` stands behind the scene's header. Untrusted.
[[nodiscard]] Result<ForestScene> readForest(const Container& container, const SceneHeader& header,
                                             ByteReader reader, const std::stop_token& stop,
                                             TaskRunner& runner);

/// The splats of a scene that holds rounded values.
[[nodiscard]] GaussianCloud growLeaves(const ForestScene& scene, TaskRunner& runner);

}  // namespace volpress::compressors::gaussianforest
