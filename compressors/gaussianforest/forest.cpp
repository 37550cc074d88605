#include "compressors/gaussianforest/forest.hpp"

#include <numeric>

namespace volpress::compressors::gaussianforest {
namespace {

/// Renumbers what `parents` point at so that only those in use are left; returns the old indices.
std::vector<std::uint32_t> compact(std::vector<std::uint32_t>& parents, std::size_t count) {
  std::vector<std::uint32_t> place(count, 0);
  for (const std::uint32_t parent : parents) {
    place[parent] = 1;
  }
  std::vector<std::uint32_t> used;
  for (std::size_t i = 0; i < count; ++i) {
    if (place[i] != 0) {
      place[i] = static_cast<std::uint32_t>(used.size());
      used.push_back(static_cast<std::uint32_t>(i));
    }
  }
  for (std::uint32_t& parent : parents) {
    parent = place[parent];
  }
  return used;
}

/// values[i] of each index.
std::vector<std::uint32_t> pick(const std::vector<std::uint32_t>& values,
                                const std::vector<std::uint32_t>& indices) {
  std::vector<std::uint32_t> picked;
  picked.reserve(indices.size());
  for (const std::uint32_t index : indices) {
    picked.push_back(values[index]);
  }
  return picked;
}

}  // namespace

Result<void> checkForest(const Forest& forest) {
  const auto check = [](const std::vector<std::uint32_t>& parents, std::size_t count,
                        const char* what) -> Result<void> {
    std::vector<bool> used(count, false);
    for (const std::uint32_t parent : parents) {
      if (parent >= count) {
        return fail(ErrorCode::CorruptData, "a parent is {} {} of {}", what, parent, count);
      }
      used[parent] = true;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!used[i]) {
        return fail(ErrorCode::CorruptData, "{} {} of {} has nothing below it", what, i, count);
      }
    }
    return {};
  };
  VOLPRESS_CHECK(check(forest.nodeOfLeaf, forest.nodes(), "node"));
  return check(forest.rootOfNode, forest.roots, "root");
}

std::vector<std::uint32_t> leafCounts(const Forest& forest) {
  std::vector<std::uint32_t> counts(forest.nodes(), 0);
  for (const std::uint32_t node : forest.nodeOfLeaf) {
    ++counts[node];
  }
  return counts;
}

ForestEditor::ForestEditor(Forest& forest) : m_forest(forest), m_removed(forest.leaves(), false) {
  m_sources.leaves.resize(forest.leaves());
  m_sources.nodes.resize(forest.nodes());
  m_sources.roots.resize(forest.roots);
  for (auto* indices : {&m_sources.leaves, &m_sources.nodes, &m_sources.roots}) {
    std::iota(indices->begin(), indices->end(), 0U);
  }
}

std::uint32_t ForestEditor::cloneLeaf(std::uint32_t of) {
  m_forest.nodeOfLeaf.push_back(m_forest.nodeOfLeaf[of]);
  m_sources.leaves.push_back(m_sources.leaves[of]);
  m_removed.push_back(false);
  return static_cast<std::uint32_t>(m_forest.leaves() - 1);
}

void ForestEditor::removeLeaf(std::uint32_t leaf) { m_removed[leaf] = true; }

void ForestEditor::branchNode(std::span<const std::uint32_t> leaves) {
  const std::uint32_t from = m_forest.nodeOfLeaf[leaves.front()];
  const auto to = static_cast<std::uint32_t>(m_forest.nodes());
  m_forest.rootOfNode.push_back(m_forest.rootOfNode[from]);
  m_sources.nodes.push_back(m_sources.nodes[from]);
  for (const std::uint32_t leaf : leaves) {
    m_forest.nodeOfLeaf[leaf] = to;
  }
}

void ForestEditor::branchRoot(std::span<const std::uint32_t> nodes) {
  m_sources.roots.push_back(m_sources.roots[m_forest.rootOfNode[nodes.front()]]);
  for (const std::uint32_t node : nodes) {
    m_forest.rootOfNode[node] = m_forest.roots;
  }
  ++m_forest.roots;
}

void ForestEditor::mergeNode(std::uint32_t node, std::uint32_t target) {
  for (std::uint32_t& parent : m_forest.nodeOfLeaf) {
    parent = parent == node ? target : parent;
  }
}

ForestSources ForestEditor::finish() {
  std::vector<std::uint32_t> stay;
  for (std::size_t i = 0; i < m_forest.leaves(); ++i) {
    if (!m_removed[i]) {
      stay.push_back(static_cast<std::uint32_t>(i));
    }
  }
  m_forest.nodeOfLeaf = pick(m_forest.nodeOfLeaf, stay);
  m_sources.leaves = pick(m_sources.leaves, stay);
  const std::vector<std::uint32_t> nodes = compact(m_forest.nodeOfLeaf, m_forest.nodes());
  m_forest.rootOfNode = pick(m_forest.rootOfNode, nodes);
  m_sources.nodes = pick(m_sources.nodes, nodes);
  const std::vector<std::uint32_t> roots = compact(m_forest.rootOfNode, m_forest.roots);
  m_forest.roots = static_cast<std::uint32_t>(roots.size());
  m_sources.roots = pick(m_sources.roots, roots);
  return std::move(m_sources);
}

}  // namespace volpress::compressors::gaussianforest
