#include "compressors/fpo/segment_fit.hpp"

#include <algorithm>
#include <bit>

#include "scene/types/voxel_fit.hpp"

namespace volpress::compressors::fpo {
namespace {

constexpr std::size_t kGrain = 64;

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
  std::vector<VoxelTree> trees;
  TreeUnion together;
  for (std::size_t k = 0; k < frameCount; ++k) {
    VOLPRESS_TRY(VoxelTree tree, loadTree(source, firstFrame + k, depthLimit, context));
    if (k != 0 && (tree.basis != trees[0].basis || tree.shape.scale != trees[0].shape.scale)) {
      return fail(ErrorCode::InvalidParameter,
                  "frame {}: its box is of another size, or its basis another, than frame {}'s",
                  firstFrame + k, firstFrame);
    }
    together.add(tree.shape);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      fit.centers.push_back((0.5F - tree.shape.shift[axis]) / tree.shape.scale[axis]);
    }
    trees.push_back(std::move(tree));
  }
  fit.basis = trees[0].basis;
  fit.shape = breadthFirst(together.shape());
  fit.leaves = leavesOf(fit.shape);
  fit.models.resize(fit.leaves.size());
  const std::size_t width = trees[0].dimension();
  const float side = 1 / *std::max_element(fit.shape.scale.begin(), fit.shape.scale.end());
  context.runner.parallelFor(fit.leaves.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    SeriesFit solver(frameCount, true);
    std::vector<float> sigma(frameCount);
    std::vector<float> sh(frameCount * (width - 1));
    for (std::size_t leaf = begin; leaf < end && !context.stop.stop_requested(); ++leaf) {
      for (std::size_t t = 0; t < frameCount; ++t) {
        const TreeCell cell = cellAt(trees[t].shape, fit.leaves[leaf].middle);
        const float* row = &trees[t].data[cell.cell * width];
        sigma[t] = row[width - 1];
        std::copy_n(row, width - 1, &sh[t * (width - 1)]);
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
