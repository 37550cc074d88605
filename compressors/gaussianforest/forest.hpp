// The hierarchy of GaussianForest (Zhang et al. 2024, section 3): every splat is a leaf, every leaf
// has one internal node, every node one root.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::compressors::gaussianforest {

struct Forest {
  std::vector<std::uint32_t> nodeOfLeaf;
  std::vector<std::uint32_t> rootOfNode;
  std::uint32_t roots = 0;

  [[nodiscard]] std::size_t leaves() const noexcept { return nodeOfLeaf.size(); }
  [[nodiscard]] std::size_t nodes() const noexcept { return rootOfNode.size(); }
};

/// CorruptData when an index is out of range, or a node or root has nothing below it.
[[nodiscard]] Result<void> checkForest(const Forest& forest);

/// How many leaves each node has.
[[nodiscard]] std::vector<std::uint32_t> leafCounts(const Forest& forest);

/// Where what is kept of leaves, nodes and roots comes from after an edit: the old index of each.
struct ForestSources {
  std::vector<std::uint32_t> leaves, nodes, roots;
};

/// Grows and prunes a forest; `finish` leaves it dense again. Indices stay valid until then.
class ForestEditor {
public:
  explicit ForestEditor(Forest& forest);

  /// Another leaf beside leaf `of`, under the same node. Returns its index.
  std::uint32_t cloneLeaf(std::uint32_t of);
  void removeLeaf(std::uint32_t leaf);
  /// Gives these leaves, all of one node, a node of their own under the same root.
  void branchNode(std::span<const std::uint32_t> leaves);
  /// Gives these nodes, all of one root, a root of their own.
  void branchRoot(std::span<const std::uint32_t> nodes);
  /// Puts all leaves of `node` under `target`.
  void mergeNode(std::uint32_t node, std::uint32_t target);

  /// Drops removed leaves, then nodes without leaves, then roots without nodes.
  [[nodiscard]] ForestSources finish();

private:
  Forest& m_forest;
  ForestSources m_sources;
  std::vector<bool> m_removed;
};

}  // namespace volpress::compressors::gaussianforest
