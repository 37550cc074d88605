#include "compressors/fpo/segment_fit.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "scene/base/half_float.hpp"
#include "scene/types/voxel_fit.hpp"

namespace volpress::compressors::fpo {
namespace {

constexpr std::size_t kGrain = 64;

/// A frame's octree with the values of leaves that have density only, as its file has them: in
/// binary16.
class PackedTree {
public:
  explicit PackedTree(VoxelTree&& tree)
      : m_shape(std::move(tree.shape)),
        m_width(tree.dimension()),
        m_rows(m_shape.child.size(), kNoRow) {
    for (std::size_t cell = 0; cell < m_rows.size(); ++cell) {
      if (m_shape.child[cell] == 0 && tree.data[(cell + 1) * m_width - 1] > 0) {
        m_rows[cell] = static_cast<std::uint32_t>(m_values.size() / m_width);
        const float* row = &tree.data[cell * m_width];
        std::transform(row, row + m_width, std::back_inserter(m_values), [](float value) {
          constexpr float kMost = 65504;
          return halfFromFloat(std::clamp(value, -kMost, kMost));
        });
      }
    }
  }

  /// The density at a place of the unit cube, and its harmonics into `sh`.
  [[nodiscard]] float at(const std::array<float, 3>& place, float* sh) const {
    const std::uint32_t row = m_rows[cellAt(m_shape, place).cell];
    if (row == kNoRow) {
      std::fill_n(sh, m_width - 1, 0.0F);
      return 0;
    }
    const std::uint16_t* values = &m_values[row * m_width];
    std::transform(values, values + m_width - 1, sh, &floatFromHalf);
    return floatFromHalf(values[m_width - 1]);
  }

private:
  static constexpr std::uint32_t kNoRow = ~std::uint32_t{0};
  TreeShape m_shape;
  std::size_t m_width;
  std::vector<std::uint32_t> m_rows;  ///< of cells
  std::vector<std::uint16_t> m_values;
};

}  // namespace

TreeShape breadthFirst(const TreeShape& shape) {
  TreeShape ordered = shape;
  std::vector<std::size_t> queue{0};
  std::fill(ordered.child.begin(), ordered.child.end(), 0);
  for (std::size_t next = 0; next < queue.size(); ++next) {
    for (std::size_t cell = 0; cell < 8; ++cell) {
      const std::int32_t offset = shape.child[8 * queue[next] + cell];
      if (offset != 0) {
        ordered.child[8 * next + cell] = static_cast<std::int32_t>(queue.size() - next);
        queue.push_back(static_cast<std::size_t>(static_cast<std::int64_t>(queue[next]) + offset));
      }
    }
  }
  ordered.child.resize(8 * queue.size());
  return ordered;
}

Result<VoxelTree> loadTree(const VoxelSource& source, std::size_t index, unsigned depthLimit,
                           RunContext& context) {
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled before frame {}", index);
  }
  auto field = source.load(index, context.runner, context.stop);
  if (!field) {
    return tl::unexpected<Error>(std::move(field).error());
  }
  if (const auto* grid = std::get_if<VoxelGrid>(&*field)) {
    const std::uint32_t side = *std::max_element(grid->resolution.begin(), grid->resolution.end());
    const unsigned depth = depthLimit != 0
                               ? depthLimit
                               : std::max(1U, static_cast<unsigned>(std::bit_width(side - 1)) - 1);
    return treeOfGrid(*grid, depth, context.runner);
  }
  return std::get<VoxelTree>(std::move(*field));
}

Result<SegmentFit> fitSegment(const VoxelSource& source, std::size_t firstFrame,
                              std::size_t frameCount, unsigned depthLimit,
                              const LeafOptions& options, RunContext& context) {
  SegmentFit fit;
  std::vector<PackedTree> trees;
  TreeUnion together;
  for (std::size_t k = 0; k < frameCount; ++k) {
    VOLPRESS_TRY(VoxelTree tree, loadTree(source, firstFrame + k, depthLimit, context));
    if (k == 0) {
      fit.basis = tree.basis;
    }
    if (tree.basis != fit.basis || (k != 0 && tree.shape.scale != together.shape().scale)) {
      return fail(ErrorCode::InvalidParameter,
                  "frame {}: its box is of another size, or its basis another, than frame {}'s",
                  firstFrame + k, firstFrame);
    }
    together.add(tree.shape);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      fit.centers.push_back((0.5F - tree.shape.shift[axis]) / tree.shape.scale[axis]);
    }
    trees.emplace_back(std::move(tree));
  }
  fit.shape = breadthFirst(together.shape());
  fit.leaves = leavesOf(fit.shape);
  fit.models.resize(fit.leaves.size());
  const std::size_t width = std::size_t{3} * fit.basis;
  const float side = 1 / *std::max_element(fit.shape.scale.begin(), fit.shape.scale.end());
  context.runner.parallelFor(fit.leaves.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    SeriesFit solver(frameCount, true);
    std::vector<float> sigma(frameCount);
    std::vector<float> sh(frameCount * width);
    for (std::size_t leaf = begin; leaf < end && !context.stop.stop_requested(); ++leaf) {
      for (std::size_t t = 0; t < frameCount; ++t) {
        sigma[t] = trees[t].at(fit.leaves[leaf].middle, &sh[t * width]);
      }
      const float delta = side / static_cast<float>(std::size_t{2} << fit.leaves[leaf].depth);
      fit.models[leaf] = modelLeaf(solver, sigma, sh, fit.basis, delta, options);
    }
  });
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while fitting leaves");
  }
  return fit;
}

FourierTree fourierTreeOf(const SegmentFit& fit, const LeafOptions& options) {
  FourierTree tree;
  tree.shape = fit.shape;
  tree.basis = fit.basis;
  tree.frames = static_cast<std::uint32_t>(fit.centers.size() / 3);
  tree.centers = fit.centers;
  const unsigned limit = termLimit(tree.frames);
  tree.densityTerms = std::min(options.densityTerms, limit);
  tree.colorTerms = std::min(options.colorTerms, limit);
  tree.density = options.mode == FitMode::Exact ? options.kind : FourierDensity::Logarithmic;
  tree.augmented = true;
  tree.data.assign(tree.shape.child.size() * tree.dimension(), 0.0F);
  const std::size_t densityFrom = std::size_t{3} * tree.basis * tree.colorTerms;
  for (std::size_t leaf = 0; leaf < fit.leaves.size(); ++leaf) {
    const LeafModel& model = fit.models[leaf];
    if (!model.active) {
      continue;
    }
    float* row = &tree.data[fit.leaves[leaf].cell * tree.dimension()];
    std::copy_n(model.density.begin(),
                std::min<std::size_t>(model.density.size(), tree.densityTerms), row + densityFrom);
    const unsigned terms = kColorTerms[model.colorClass];
    for (std::size_t k = 0; k < std::size_t{3} * tree.basis; ++k) {
      std::copy_n(&model.color[k * terms], std::min(terms, tree.colorTerms),
                  row + k * tree.colorTerms);
    }
  }
  return tree;
}

}  // namespace volpress::compressors::fpo
