#include "compressors/gaussianforest/forest_file.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/gaussianforest/parent_coder.hpp"
#include "compressors/stages/packed_numbers.hpp"
#include "scene/base/half_float.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;
using coding::UniformQuantiser;

constexpr float kMostLogit = 12;
constexpr float kMostLogSize = 40;
constexpr std::size_t kLeavesAtOnce = 16384;

/// Rounds rows of features, whose dimensions have steps of their own.
void roundFeatures(std::span<const float> steps, const FloatArray& exact, FloatArray& rounded) {
  rounded.resize(exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const UniformQuantiser quantiser{steps[i % steps.size()], 0};
    rounded[i] = quantiser.value(quantiser.quantise(exact[i]));
  }
}

void roundNet(const FloatArray& exact, FloatArray& rounded) {
  rounded.resize(exact.size());
  std::transform(exact.begin(), exact.end(), rounded.begin(),
                 [](float value) { return floatFromHalf(halfFromFloat(value)); });
}

SymbolLayout layoutOf(std::size_t rows, std::size_t channels,
                      std::span<const std::uint32_t> neighbours) {
  SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.neighbours = neighbours;
  return layout;
}

/// For every child the last one before it with the same parent, or else the one before.
std::vector<std::uint32_t> siblings(std::span<const std::uint32_t> parents, std::size_t count) {
  std::vector<std::uint32_t> last(count, ~0U);
  std::vector<std::uint32_t> before(parents.size(), 0);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    std::uint32_t& of = last[parents[i]];
    before[i] = of != ~0U ? of : static_cast<std::uint32_t>(i == 0 ? 0 : i - 1);
    of = static_cast<std::uint32_t>(i);
  }
  return before;
}

/// The numbers by which parents first appear: order[k] is the parent that the k-th is.
struct FirstUse {
  std::vector<std::uint32_t> order, place;
  FirstUse(std::span<const std::uint32_t> parents, std::size_t count) : place(count, ~0U) {
    for (const std::uint32_t parent : parents) {
      if (place[parent] == ~0U) {
        place[parent] = static_cast<std::uint32_t>(order.size());
        order.push_back(parent);
      }
    }
  }
};

SymbolArray featureSymbols(std::span<const float> steps, const FloatArray& features,
                           std::span<const std::uint32_t> order) {
  const std::size_t width = steps.size();
  SymbolArray symbols(order.size() * width);
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t c = 0; c < width; ++c) {
      symbols[i * width + c] =
          UniformQuantiser{steps[c], 0}.quantise(features[order[i] * width + c]);
    }
  }
  return symbols;
}

Result<FloatArray> featuresFrom(std::span<const float> steps, const SymbolArray& symbols) {
  FloatArray features(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (std::abs(static_cast<std::int64_t>(symbols[i])) > UniformQuantiser::kMaxLevel) {
      return fail(ErrorCode::CorruptData, "a feature has level {}", symbols[i]);
    }
    features[i] = UniformQuantiser{steps[i % steps.size()], 0}.value(symbols[i]);
  }
  return features;
}

/// Bounded so that networks of any bytes stay finite through three layers.
constexpr float kMostFeature = 1e4F;
constexpr float kMostParameter = 1e3F;

Result<void> checkBound(const FloatArray& values, float most, const char* what) {
  for (const float value : values) {
    if (!(std::abs(value) <= most)) {
      return fail(ErrorCode::CorruptData, "{} holds {}, allowed are +-{}", what, value, most);
    }
  }
  return {};
}

Result<FloatArray> readNet(ByteReader& reader, const learning::Network& net, const char* what) {
  const std::size_t count = net.layer().parameters();
  VOLPRESS_TRY(const ByteView bytes, reader.take(2 * count, what));
  FloatArray values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    values[i] = floatFromHalf(half);
  }
  VOLPRESS_CHECK(checkBound(values, kMostParameter, what));
  return values;
}

}  // namespace

void roundMeans(const ForestSteps& steps, const FloatArray& exact, FloatArray& rounded) {
  rounded.resize(exact.size());
  for (std::size_t i = 0; i < exact.size(); i += 3) {
    const auto centre = steps.grid.position(steps.grid.quantise(exact.data() + i));
    std::copy(centre.begin(), centre.end(), rounded.data() + i);
  }
}

void roundOpacities(const ForestSteps& steps, const FloatArray& exact, FloatArray& rounded) {
  rounded.resize(exact.size());
  const UniformQuantiser quantiser{steps.opacity, 0};
  for (std::size_t i = 0; i < exact.size(); ++i) {
    rounded[i] = quantiser.value(quantiser.quantise(std::clamp(exact[i], -kMostLogit, kMostLogit)));
  }
}

void roundShared(const ForestSteps& steps, FeatureWidths widths, SharedView exact,
                 SharedAttributes& rounded) {
  const std::span<const float> all(steps.features);
  roundFeatures(all.first(widths.node), exact.nodeFeatures, rounded.nodeFeatures);
  roundFeatures(all.subspan(widths.node), exact.rootFeatures, rounded.rootFeatures);
  rounded.nodeLogSizes.resize(exact.nodeLogSizes.size());
  const UniformQuantiser sizes{kSizeStep, 0};
  for (std::size_t i = 0; i < exact.nodeLogSizes.size(); ++i) {
    rounded.nodeLogSizes[i] =
        sizes.value(sizes.quantise(std::clamp(exact.nodeLogSizes[i], -kMostLogSize, kMostLogSize)));
  }
  roundNet(exact.shapeNet, rounded.shapeNet);
  roundNet(exact.colorNet, rounded.colorNet);
}

ForestScene roundedScene(const ForestScene& exact) {
  ForestScene rounded = exact;
  roundMeans(exact.steps, exact.means, rounded.means);
  roundOpacities(exact.steps, exact.opacityLogits, rounded.opacityLogits);
  const SharedAttributes& shared = exact.shared;
  roundShared(exact.steps, exact.widths,
              {shared.nodeFeatures, shared.rootFeatures, shared.nodeLogSizes, shared.shapeNet,
               shared.colorNet},
              rounded.shared);
  return rounded;
}

Result<std::vector<Chunk>> writeForest(const SceneHeader& header, const ForestScene& scene,
                                       const std::stop_token& stop, TaskRunner& runner) {
  const ForestSteps& steps = scene.steps;
  std::vector<coding::GridPoint> points(scene.forest.leaves());
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = steps.grid.quantise(scene.means.data() + 3 * i);
  }
  VOLPRESS_TRY(auto positions, coding::encodePositions(points, steps.grid.bits, stop));
  std::vector<coding::GridPoint> ordered(points.size());
  std::vector<std::uint32_t> nodeOfLeaf(points.size());
  SymbolArray opacities(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::uint32_t leaf = positions.order[i];
    ordered[i] = points[leaf];
    nodeOfLeaf[i] = scene.forest.nodeOfLeaf[leaf];
    opacities[i] = UniformQuantiser{steps.opacity, 0}.quantise(
        std::clamp(scene.opacityLogits[leaf], -kMostLogit, kMostLogit));
  }
  const std::vector<std::uint32_t> near = coding::nearestEarlier(ordered, runner);
  const FirstUse nodes(nodeOfLeaf, scene.forest.nodes());
  for (std::uint32_t& node : nodeOfLeaf) {
    node = nodes.place[node];
  }
  std::vector<std::uint32_t> rootOfNode;
  SymbolArray sizes;
  for (const std::uint32_t node : nodes.order) {
    rootOfNode.push_back(scene.forest.rootOfNode[node]);
    sizes.push_back(UniformQuantiser{kSizeStep, 0}.quantise(
        std::clamp(scene.shared.nodeLogSizes[node], -kMostLogSize, kMostLogSize)));
  }
  const FirstUse roots(rootOfNode, scene.forest.roots);
  for (std::uint32_t& root : rootOfNode) {
    root = roots.place[root];
  }

  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : steps.grid.origin) {
    writer.write(coordinate);
  }
  writer.write(steps.grid.cell);
  writer.write(static_cast<std::uint8_t>(steps.grid.bits));
  writer.write(static_cast<std::uint8_t>(scene.widths.node));
  writer.write(static_cast<std::uint8_t>(scene.widths.root));
  writer.write(static_cast<std::uint32_t>(nodes.order.size()));
  writer.write(static_cast<std::uint32_t>(roots.order.size()));
  writer.write(steps.opacity);
  for (const float step : steps.features) {
    writer.write(step);
  }
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});
  chunks.push_back({"positions", std::move(positions.bytes)});
  const auto add = [&](const char* name, const SymbolArray& values,
                       const SymbolLayout& layout) -> Result<void> {
    VOLPRESS_TRY(Bytes stream, coding::encodeSymbols(values, layout, runner, stop));
    chunks.push_back({name, std::move(stream)});
    return {};
  };
  const std::span<const float> featureSteps(steps.features);
  const std::vector<std::uint32_t> kin = siblings(rootOfNode, roots.order.size());
  VOLPRESS_CHECK(
      add("leaf-parents", parentSymbols(nodeOfLeaf, near), layoutOf(nodeOfLeaf.size(), 1, near)));
  VOLPRESS_CHECK(
      add("node-parents", parentSymbols(rootOfNode, {}), layoutOf(rootOfNode.size(), 1, {})));
  VOLPRESS_CHECK(add("opacities", opacities, layoutOf(opacities.size(), 1, near)));
  VOLPRESS_CHECK(add("node-sizes", sizes, layoutOf(sizes.size(), 1, kin)));
  VOLPRESS_CHECK(add(
      "node-features",
      featureSymbols(featureSteps.first(scene.widths.node), scene.shared.nodeFeatures, nodes.order),
      layoutOf(nodes.order.size(), scene.widths.node, kin)));
  VOLPRESS_CHECK(add("root-features",
                     featureSymbols(featureSteps.subspan(scene.widths.node),
                                    scene.shared.rootFeatures, roots.order),
                     layoutOf(roots.order.size(), scene.widths.root, {})));
  ByteWriter nets;
  for (const FloatArray* net : {&scene.shared.shapeNet, &scene.shared.colorNet}) {
    for (const float value : *net) {
      nets.write(halfFromFloat(std::clamp(value, -kMostParameter, kMostParameter)));
    }
  }
  chunks.push_back({"networks", std::move(nets).take(), Packing::Zstd});
  padPackedChunks(chunks, header.count);
  return chunks;
}

Result<ForestScene> readForest(const Container& container, const SceneHeader& header,
                               ByteReader reader, const std::stop_token& stop, TaskRunner& runner) {
  ForestScene scene;
  scene.shDegree = header.shDegree;
  ForestSteps& steps = scene.steps;
  for (float& coordinate : steps.grid.origin) {
    VOLPRESS_TRY(coordinate, reader.read<float>("grid origin"));
  }
  VOLPRESS_TRY(steps.grid.cell, readPositive(reader, "grid cell"));
  VOLPRESS_TRY(steps.grid.bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(scene.widths.node, reader.read<std::uint8_t>("node features"));
  VOLPRESS_TRY(scene.widths.root, reader.read<std::uint8_t>("root features"));
  VOLPRESS_TRY(const auto nodes, reader.read<std::uint32_t>("nodes"));
  VOLPRESS_TRY(const auto roots, reader.read<std::uint32_t>("roots"));
  VOLPRESS_TRY(steps.opacity, readPositive(reader, "opacity step"));
  const FeatureWidths widths = scene.widths;
  if (header.count == 0 || nodes == 0 || nodes > header.count || roots == 0 || roots > nodes ||
      widths.node == 0 || widths.node > kMaxFeatures || widths.root == 0 ||
      widths.root > kMaxFeatures || steps.grid.bits == 0 ||
      steps.grid.bits > coding::kMaxGridBits ||
      reader.remaining() != 4 * (widths.node + widths.root)) {
    return fail(ErrorCode::CorruptData,
                "{} leaves, {} nodes, {} roots, features of {} and {}, grid of {} bits, {} bytes "
                "of steps",
                header.count, nodes, roots, widths.node, widths.root, steps.grid.bits,
                reader.remaining());
  }
  for (std::size_t i = 0; i < widths.node + widths.root; ++i) {
    VOLPRESS_TRY(const float step, readPositive(reader, "feature step"));
    steps.features.push_back(step);
  }

  VOLPRESS_TRY(const ByteView positions, container.require("positions"));
  VOLPRESS_TRY(const auto points, coding::decodePositions(positions, stop));
  if (points.size() != header.count) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} splats",
                points.size(), header.count);
  }
  scene.means.resize(3 * points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto centre = steps.grid.position(points[i]);
    std::copy(centre.begin(), centre.end(), scene.means.data() + 3 * i);
  }
  const std::vector<std::uint32_t> near = coding::nearestEarlier(points, runner);
  const auto readParents = [&](const char* name, std::size_t rows, std::uint32_t count,
                               std::span<const std::uint32_t> neighbours) -> Result<Parents> {
    VOLPRESS_TRY(const SymbolArray symbols,
                 readSymbols(container, name, layoutOf(rows, 1, neighbours), stop, runner));
    VOLPRESS_TRY(Parents parents, parentsFrom(symbols, neighbours));
    if (parents.count != count) {
      return fail(ErrorCode::CorruptData, "chunk '{}' names {} parents of {}", name, parents.count,
                  count);
    }
    return parents;
  };
  VOLPRESS_TRY(Parents leafParents, readParents("leaf-parents", header.count, nodes, near));
  VOLPRESS_TRY(Parents nodeParents, readParents("node-parents", nodes, roots, {}));
  scene.forest = {std::move(leafParents.ofChild), std::move(nodeParents.ofChild), roots};

  VOLPRESS_TRY(const SymbolArray opacities,
               readSymbols(container, "opacities", layoutOf(header.count, 1, near), stop, runner));
  scene.opacityLogits.resize(header.count);
  for (std::size_t i = 0; i < opacities.size(); ++i) {
    const double logit = static_cast<double>(steps.opacity) * opacities[i];
    if (!(std::abs(logit) <= 2 * static_cast<double>(kMostLogit))) {
      return fail(ErrorCode::CorruptData, "splat {} has opacity logit {}", i, logit);
    }
    scene.opacityLogits[i] = static_cast<float>(logit);
  }
  const std::vector<std::uint32_t> kin = siblings(scene.forest.rootOfNode, roots);
  VOLPRESS_TRY(const SymbolArray sizes,
               readSymbols(container, "node-sizes", layoutOf(nodes, 1, kin), stop, runner));
  VOLPRESS_TRY(scene.shared.nodeLogSizes, featuresFrom(std::array{kSizeStep}, sizes));
  VOLPRESS_CHECK(checkBound(scene.shared.nodeLogSizes, kMostLogSize, "chunk 'node-sizes'"));
  const std::span<const float> featureSteps(steps.features);
  VOLPRESS_TRY(
      const SymbolArray ofNodes,
      readSymbols(container, "node-features", layoutOf(nodes, widths.node, kin), stop, runner));
  VOLPRESS_TRY(scene.shared.nodeFeatures, featuresFrom(featureSteps.first(widths.node), ofNodes));
  VOLPRESS_TRY(
      const SymbolArray ofRoots,
      readSymbols(container, "root-features", layoutOf(roots, widths.root, {}), stop, runner));
  VOLPRESS_TRY(scene.shared.rootFeatures, featuresFrom(featureSteps.subspan(widths.node), ofRoots));
  VOLPRESS_CHECK(checkBound(scene.shared.nodeFeatures, kMostFeature, "chunk 'node-features'"));
  VOLPRESS_CHECK(checkBound(scene.shared.rootFeatures, kMostFeature, "chunk 'root-features'"));

  VOLPRESS_TRY(const ByteView nets, container.require("networks"));
  ByteReader netReader(nets);
  const LeafDecoder decoder(widths, header.shDegree);
  VOLPRESS_TRY(scene.shared.shapeNet, readNet(netReader, decoder.shapeNet(), "shape network"));
  VOLPRESS_TRY(scene.shared.colorNet, readNet(netReader, decoder.colorNet(), "colour network"));
  if (netReader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk 'networks' has {} bytes too many",
                netReader.remaining());
  }
  return scene;
}

GaussianCloud growLeaves(const ForestScene& scene, TaskRunner& runner) {
  const std::size_t count = scene.forest.leaves();
  const LeafDecoder decoder(scene.widths, scene.shDegree);
  GaussianCloud cloud;
  resizeCloud(cloud, count, scene.shDegree);
  cloud.means = scene.means;
  cloud.opacityLogits = scene.opacityLogits;
  LeafTape tape;
  tape.places = placesOf(scene.forest, scene.means);
  // In parts: a leaf's activations take kilobytes.
  GaussianCloud part;
  for (std::size_t begin = 0; begin < count; begin += kLeavesAtOnce) {
    const std::size_t size = std::min(kLeavesAtOnce, count - begin);
    tape.leaves.resize(size);
    std::iota(tape.leaves.begin(), tape.leaves.end(), static_cast<std::uint32_t>(begin));
    resizeCloud(part, size, scene.shDegree);
    std::copy_n(cloud.means.data() + 3 * begin, 3 * size, part.means.data());
    decoder.decode(scene.forest, scene.shared, part, tape, runner);
    std::copy(part.logScales.begin(), part.logScales.end(), cloud.logScales.data() + 3 * begin);
    std::copy(part.rotations.begin(), part.rotations.end(), cloud.rotations.data() + 4 * begin);
    std::copy(part.shDc.begin(), part.shDc.end(), cloud.shDc.data() + 3 * begin);
    std::copy(part.shRest.begin(), part.shRest.end(),
              cloud.shRest.data() + 3 * shRestCount(scene.shDegree) * begin);
  }
  return cloud;
}

}  // namespace volpress::compressors::gaussianforest
