// What a leaf looks like, decoded from what its node and root share (section 3 of the paper).
//
// A leaf's row is the feature of its root, the feature of its node, and the sines and cosines of
// its place in the node. Two networks of two hidden layers make of it the covariance (three
// logarithms of axes over the node's size, and a quaternion) and the colour (all SH coefficients).
#pragma once

#include <vector>

#include "compressors/gaussianforest/forest.hpp"
#include "compressors/learning/network.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::gaussianforest {

inline constexpr std::size_t kMaxFeatures = 64;  ///< of a node or a root
inline constexpr std::size_t kHidden = 64;       ///< units of a hidden layer
inline constexpr std::size_t kPlaceInputs = 24;  ///< 3 axes, 4 frequencies, sine and cosine

struct FeatureWidths {
  std::size_t node = 16, root = 32;
};

/// All that leaves share.
struct SharedAttributes {
  FloatArray nodeFeatures;  ///< widths.node each
  FloatArray rootFeatures;  ///< widths.root each
  FloatArray nodeLogSizes;  ///< one a node: natural log of its splats' typical axis
  FloatArray shapeNet, colorNet;
};

/// The same, wherever they are.
struct SharedView {
  const FloatArray &nodeFeatures, &rootFeatures, &nodeLogSizes, &shapeNet, &colorNet;
};

/// d(loss)/d(the arrays of SharedAttributes) but for the sizes, which are not learnt.
struct SharedGradients {
  FloatArray &nodeFeatures, &rootFeatures, &shapeNet, &colorNet;
};

/// Centre and root-mean-square radius of each node's leaves.
struct NodePlaces {
  FloatArray centres;  ///< 3 a node
  FloatArray radii;    ///< > 0
};
[[nodiscard]] NodePlaces placesOf(const Forest& forest, const FloatArray& means);

/// What `decode` leaves for `pullBack`.
struct LeafTape {
  std::vector<std::uint32_t> leaves;  ///< which leaves the rows are of; empty: all
  NodePlaces places;
  FloatArray rows, shapeOut, shapeTape, colorOut, colorTape;
};

class LeafDecoder {
public:
  LeafDecoder(FeatureWidths widths, unsigned shDegree);

  [[nodiscard]] const learning::Network& shapeNet() const noexcept { return m_shape; }
  [[nodiscard]] const learning::Network& colorNet() const noexcept { return m_color; }
  [[nodiscard]] FeatureWidths widths() const noexcept { return m_widths; }
  [[nodiscard]] unsigned shDegree() const noexcept { return m_shDegree; }

  /// Fills scales, rotations and colours of `cloud`, which has `means` of one splat for every leaf,
  /// or (with `tape.leaves`) for each of those; `tape.places` is read.
  void decode(const Forest& forest, const SharedAttributes& shared, GaussianCloud& cloud,
              LeafTape& tape, TaskRunner& runner) const;

  /// Adds what `gradients` of the decoded cloud mean for what is shared. Nodes' places count as
  /// fixed; what moving a leaf within its node changes goes to gradients.means.
  void pullBack(const Forest& forest, const SharedAttributes& shared, const LeafTape& tape,
                renderer::CloudGradients& gradients, SharedGradients to, TaskRunner& runner) const;

private:
  [[nodiscard]] std::size_t inputs() const { return m_widths.root + m_widths.node + kPlaceInputs; }
  [[nodiscard]] std::size_t colorWidth() const { return m_color.outputs(); }

  FeatureWidths m_widths;
  unsigned m_shDegree;
  learning::Network m_shape, m_color;
};

}  // namespace volpress::compressors::gaussianforest
