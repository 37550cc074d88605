#include "compressors/gaussianforest/growth.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

#include "compressors/learning/photometric_loss.hpp"
#include "compressors/learning/view_order.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

/// Mean gradients above which a leaf is doubled, leaves get a node and nodes a root: 3DGS's
/// threshold, then twice that each time, so that cheap leaves come first.
constexpr float kLeafPull = 2e-4F;
constexpr float kNodePull = 2 * kLeafPull;
constexpr float kRootPull = 4 * kLeafPull;
constexpr std::size_t kMostChildren = 32;
/// Nodes that a round may add, as a share of those there are.
constexpr double kNodeGrowth = 0.05;
constexpr float kFaintLogit = -5.293305F;  ///< of an opacity of 0.005
constexpr double kLeastSeen = 0.01;
constexpr float kFreshShift = 0.01F;
constexpr float kTwinShift = 0.5F;  ///< of the longest axis, each way

/// The longest axis of a splat, in scene units.
std::array<float, 3> longestAxis(const GaussianCloud& cloud, std::size_t i) {
  const float* scales = cloud.logScales.data() + 3 * i;
  const auto k = static_cast<std::size_t>(std::max_element(scales, scales + 3) - scales);
  std::array<float, 4> q{};
  std::copy_n(cloud.rotations.data() + 4 * i, 4, q.begin());
  const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  for (float& part : q) {
    part /= length;
  }
  const auto [w, x, y, z] = q;
  const std::array<std::array<float, 3>, 3> columns{
      {{1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)},
       {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)},
       {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)}}};
  std::array<float, 3> axis = columns[k];
  for (float& part : axis) {
    part *= std::exp(scales[k]);
  }
  return axis;
}

/// The logit of an opacity that, twice behind each other, lets through as much as `logit`.
float halvedLogit(float logit) {
  const double through = std::sqrt(1 / (1 + std::exp(static_cast<double>(logit))));
  return static_cast<float>(std::log((1 - through) / through));
}

std::vector<std::vector<std::uint32_t>> childrenOf(const std::vector<std::uint32_t>& parents,
                                                   std::size_t count) {
  std::vector<std::vector<std::uint32_t>> children(count);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    children[parents[i]].push_back(static_cast<std::uint32_t>(i));
  }
  return children;
}

FloatArray gather(const FloatArray& values, std::span<const std::uint32_t> sources,
                  std::size_t width) {
  FloatArray gathered(sources.size() * width);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::copy_n(values.data() + sources[i] * width, width, gathered.data() + i * width);
  }
  return gathered;
}

/// One round's edit.
class Gardener {
public:
  Gardener(ForestScene& scene, const GaussianCloud& decoded, const LeafEvidence& evidence,
           std::size_t mostLeaves, std::uint64_t seed)
      : m_scene(scene),
        m_decoded(decoded),
        m_evidence(evidence),
        m_mostLeaves(mostLeaves),
        m_seed(seed),
        m_editor(scene.forest),
        m_oldNodes(scene.forest.nodes()),
        m_oldRoots(scene.forest.roots) {}

  GrowthReport run() {
    removeLeaves();
    mergeNodes();
    branchNodes();
    branchRoots();
    doubleLeaves();
    const ForestSources sources = m_editor.finish();
    carryOver(sources);
    return m_report;
  }

private:
  void removeLeaves() {
    const std::size_t count = m_evidence.pull.size();
    std::vector<double> sorted = m_evidence.contribution;
    const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>(
                                           std::floor(kLeastSeen * static_cast<double>(count)));
    std::nth_element(sorted.begin(), rank, sorted.end());
    m_removed.assign(count, false);
    for (std::size_t i = 0; i < count && m_report.leavesRemoved + 1 < count; ++i) {
      if (m_scene.opacityLogits[i] < kFaintLogit || m_evidence.contribution[i] < *rank) {
        m_editor.removeLeaf(static_cast<std::uint32_t>(i));
        m_removed[i] = true;
        ++m_report.leavesRemoved;
      }
    }
  }

  [[nodiscard]] float featureDistance(std::uint32_t a, std::uint32_t b) const {
    const std::size_t width = m_scene.widths.node;
    float sum = 0;
    for (std::size_t c = 0; c < width; ++c) {
      const float difference =
          m_scene.shared.nodeFeatures[a * width + c] - m_scene.shared.nodeFeatures[b * width + c];
      sum += difference * difference;
    }
    return std::sqrt(sum);
  }

  /// The sibling whose feature is nearest.
  [[nodiscard]] std::pair<float, std::uint32_t> nearestSibling(
      std::uint32_t node, const std::vector<std::uint32_t>& siblings) const {
    std::pair<float, std::uint32_t> best{INFINITY, node};
    for (const std::uint32_t sibling : siblings) {
      if (sibling != node) {
        best = std::min(best, {featureDistance(node, sibling), sibling});
      }
    }
    return best;
  }

  void mergeNodes() {
    std::vector<std::uint32_t> counts(m_oldNodes, 0);
    for (std::size_t i = 0; i < m_removed.size(); ++i) {
      counts[m_scene.forest.nodeOfLeaf[i]] += m_removed[i] ? 0U : 1U;
    }
    struct Lonely {
      std::uint32_t node;
      std::pair<float, std::uint32_t> nearest;
    };
    std::vector<Lonely> lonely;
    std::vector<float> distances;
    for (const auto& siblings : childrenOf(m_scene.forest.rootOfNode, m_oldRoots)) {
      if (siblings.size() < 2) {
        continue;
      }
      for (const std::uint32_t node : siblings) {
        const auto nearest = nearestSibling(node, siblings);
        distances.push_back(nearest.first);
        if (counts[node] == 1 && counts[nearest.second] > 1) {
          lonely.push_back({node, nearest});
        }
      }
    }
    if (lonely.empty()) {
      return;
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    for (const Lonely& one : lonely) {
      if (one.nearest.first < *middle / 2) {
        m_editor.mergeNode(one.node, one.nearest.second);
        ++m_report.nodesMerged;
      }
    }
  }

  /// The hardest pulled nodes give the leaves that are pulled to a new node; so do crowded ones.
  void branchNodes() {
    struct Candidate {
      float pull;
      std::vector<std::uint32_t> leaves;
    };
    std::vector<Candidate> candidates;
    for (const auto& leaves : childrenOf(m_scene.forest.nodeOfLeaf, m_oldNodes)) {
      std::vector<std::uint32_t> order;
      for (const std::uint32_t leaf : leaves) {
        if (!m_removed[leaf]) {
          order.push_back(leaf);
        }
      }
      std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
        return m_evidence.pull[a] > m_evidence.pull[b];
      });
      auto pulled = static_cast<std::size_t>(
          std::find_if(order.begin(), order.end(),
                       [this](std::uint32_t leaf) { return m_evidence.pull[leaf] <= kNodePull; }) -
          order.begin());
      if (order.size() > kMostChildren) {
        pulled = std::max(pulled, order.size() / 2);
      }
      pulled = std::min(pulled, order.size() / 2);  // some must stay
      if (pulled >= 2) {
        candidates.push_back(
            {m_evidence.pull[order.front()],
             {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(pulled)}});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.pull > b.pull; });
    const auto room =
        static_cast<std::size_t>(std::ceil(kNodeGrowth * static_cast<double>(m_oldNodes)));
    for (std::size_t i = 0; i < std::min(room, candidates.size()); ++i) {
      m_editor.branchNode(candidates[i].leaves);
      ++m_report.nodesAdded;
    }
  }

  void branchRoots() {
    std::vector<float> pull(m_oldNodes, 0.0F);
    std::vector<float> counts(m_oldNodes, 0.0F);
    for (std::size_t i = 0; i < m_removed.size(); ++i) {
      const std::uint32_t node = m_scene.forest.nodeOfLeaf[i];
      if (node < m_oldNodes) {
        pull[node] += m_evidence.pull[i];
        ++counts[node];
      }
    }
    std::vector<std::uint32_t> oldNodes(
        m_scene.forest.rootOfNode.begin(),
        m_scene.forest.rootOfNode.begin() + static_cast<std::ptrdiff_t>(m_oldNodes));
    for (const auto& nodes : childrenOf(oldNodes, m_oldRoots)) {
      std::vector<std::uint32_t> pulled;
      for (const std::uint32_t node : nodes) {
        if (pull[node] > kRootPull * counts[node] ||
            (nodes.size() > kMostChildren && pulled.size() < nodes.size() / 2)) {
          pulled.push_back(node);
        }
      }
      if (pulled.size() >= 2 && pulled.size() < nodes.size()) {
        m_editor.branchRoot(pulled);
        ++m_report.rootsAdded;
      }
    }
  }

  void doubleLeaves() {
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < m_removed.size(); ++i) {
      if (!m_removed[i] && m_evidence.pull[i] > kLeafPull) {
        order.push_back(static_cast<std::uint32_t>(i));
      }
    }
    std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
      return m_evidence.pull[a] > m_evidence.pull[b];
    });
    const std::size_t left = m_removed.size() - m_report.leavesRemoved;
    const std::size_t room = m_mostLeaves - std::min(m_mostLeaves, left);
    order.resize(std::min(order.size(), room));
    for (const std::uint32_t leaf : order) {
      const std::uint32_t twin = m_editor.cloneLeaf(leaf);
      const std::array<float, 3> axis = longestAxis(m_decoded, leaf);
      m_scene.means.resize(3UL * twin + 3);
      m_scene.opacityLogits.resize(twin + 1UL);
      for (std::size_t c = 0; c < 3; ++c) {
        const float mean = m_scene.means[3UL * leaf + c];
        m_scene.means[3UL * leaf + c] = mean + kTwinShift * axis[c];
        m_scene.means[3UL * twin + c] = mean - kTwinShift * axis[c];
      }
      m_scene.opacityLogits[leaf] = halvedLogit(m_scene.opacityLogits[leaf]);
      m_scene.opacityLogits[twin] = m_scene.opacityLogits[leaf];
      m_twins.push_back(twin);
      ++m_report.leavesAdded;
    }
  }

  void carryOver(const ForestSources& sources) {
    // Twins are in the arrays already, behind the leaves that they come from.
    std::vector<std::uint32_t> leaves;
    for (std::size_t i = 0; i < m_removed.size(); ++i) {
      if (!m_removed[i]) {
        leaves.push_back(static_cast<std::uint32_t>(i));
      }
    }
    leaves.insert(leaves.end(), m_twins.begin(), m_twins.end());
    m_scene.means = gather(m_scene.means, leaves, 3);
    m_scene.opacityLogits = gather(m_scene.opacityLogits, leaves, 1);
    SharedAttributes& shared = m_scene.shared;
    shared.nodeFeatures = gather(shared.nodeFeatures, sources.nodes, m_scene.widths.node);
    shared.nodeLogSizes = gather(shared.nodeLogSizes, sources.nodes, 1);
    shared.rootFeatures = gather(shared.rootFeatures, sources.roots, m_scene.widths.root);
    // What shares a source starts alike; a little noise lets it part.
    std::vector<bool> seen(m_oldNodes, false);
    for (std::size_t i = 0; i < sources.nodes.size(); ++i) {
      const std::uint32_t source = sources.nodes[i];
      for (std::size_t c = 0; seen[source] && c < m_scene.widths.node; ++c) {
        const std::size_t at = i * m_scene.widths.node + c;
        const double unit =
            std::ldexp(static_cast<double>(learning::mixSeed(m_seed, at) >> 11), -52) - 1;
        shared.nodeFeatures[at] += kFreshShift * static_cast<float>(unit);
      }
      seen[source] = true;
    }
  }

  ForestScene& m_scene;
  const GaussianCloud& m_decoded;
  const LeafEvidence& m_evidence;
  std::size_t m_mostLeaves;
  std::uint64_t m_seed;
  ForestEditor m_editor;
  std::size_t m_oldNodes, m_oldRoots;
  std::vector<bool> m_removed;
  std::vector<std::uint32_t> m_twins;
  GrowthReport m_report;
};

}  // namespace

Result<LeafEvidence> observeLeaves(const ForestScene& rounded,
                                   std::span<const learning::TeacherView> teachers,
                                   RunContext& context) {
  const auto cloud = std::make_shared<GaussianCloud>(growLeaves(rounded, context.runner));
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(cloud));
  LeafEvidence evidence;
  evidence.pull.assign(cloud->count, 0.0F);
  std::vector<float> visits(cloud->count, 0.0F);
  renderer::ContributionScores scores;
  renderer::RenderOptions options;
  options.stop = context.stop;
  Image lossGradient;
  for (const learning::TeacherView& teacher : teachers) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "growing the forest was cancelled");
    }
    VOLPRESS_TRY(const auto frame,
                 context.rasterizer->renderDifferentiable(*prepared, teacher.camera, options));
    static_cast<void>(
        learning::photometricLoss(frame->color(), teacher.picture, context.runner, lossGradient));
    renderer::CloudGradients gradients;
    VOLPRESS_CHECK(frame->accumulateGradients(lossGradient, gradients, context.stop));
    VOLPRESS_CHECK(
        context.rasterizer->accumulateScores(*prepared, teacher.camera, scores, context.stop));
    const float unitX = 0.5F * static_cast<float>(teacher.camera.width);
    const float unitY = 0.5F * static_cast<float>(teacher.camera.height);
    for (std::size_t i = 0; i < cloud->count; ++i) {
      if (gradients.visible[i] != 0) {
        const float x = unitX * gradients.screenMeans[2 * i];
        const float y = unitY * gradients.screenMeans[2 * i + 1];
        evidence.pull[i] += std::sqrt(x * x + y * y);
        ++visits[i];
      }
    }
  }
  evidence.contribution.resize(cloud->count);
  for (std::size_t i = 0; i < cloud->count; ++i) {
    evidence.pull[i] /= std::max(1.0F, visits[i]);
    evidence.contribution[i] = static_cast<double>(scores.alphaTransmittance[i]);
  }
  return evidence;
}

GrowthReport growForest(ForestScene& scene, const GaussianCloud& decoded,
                        const LeafEvidence& evidence, std::size_t mostLeaves, std::uint64_t seed) {
  return Gardener(scene, decoded, evidence, mostLeaves, seed).run();
}

}  // namespace volpress::compressors::gaussianforest
