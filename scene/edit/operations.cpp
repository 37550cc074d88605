#include "scene/edit/operations.hpp"

#include <algorithm>
#include <cmath>

#include "scene/edit/nearest.hpp"

namespace volpress::edit {
namespace {

constexpr std::size_t kGrain = 4096;
constexpr std::size_t kNeighbours = 8;

float largestSize(const GaussianCloud& cloud, std::size_t i) {
  const float* s = &cloud.logScales[3 * i];
  return std::exp(std::max({s[0], s[1], s[2]}));
}

/// Which splats stay.
using Keep = std::vector<std::uint8_t>;

template <typename Test>
Keep keepWhere(const GaussianCloud& cloud, TaskRunner& runner, const Test& stays) {
  Keep keep(cloud.count);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      keep[i] = stays(i) ? 1 : 0;
    }
  });
  return keep;
}

Keep cropBox(const GaussianCloud& cloud, const ParamSet& params, TaskRunner& runner) {
  const std::array<double, 3> low{paramReal(params, "min_x"), paramReal(params, "min_y"),
                                  paramReal(params, "min_z")};
  const std::array<double, 3> high{paramReal(params, "max_x"), paramReal(params, "max_y"),
                                   paramReal(params, "max_z")};
  const bool keepsInside = paramChoice(params, "keep") == "inside";
  return keepWhere(cloud, runner, [&](std::size_t i) {
    bool inside = true;
    for (std::size_t c = 0; c < 3; ++c) {
      const auto mean = static_cast<double>(cloud.means[3 * i + c]);
      inside = inside && mean >= low[c] && mean <= high[c];
    }
    return inside == keepsInside;
  });
}

double squareFrom(const GaussianCloud& cloud, std::size_t i, const std::array<double, 3>& centre) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double d = static_cast<double>(cloud.means[3 * i + c]) - centre[c];
    sum += d * d;
  }
  return sum;
}

Keep cropSphere(const GaussianCloud& cloud, const ParamSet& params, TaskRunner& runner) {
  const std::array<double, 3> centre{paramReal(params, "x"), paramReal(params, "y"),
                                     paramReal(params, "z")};
  const double radius = paramReal(params, "radius");
  const bool keepsInside = paramChoice(params, "keep") == "inside";
  return keepWhere(cloud, runner, [&](std::size_t i) {
    return (squareFrom(cloud, i, centre) <= radius * radius) == keepsInside;
  });
}

Keep minOpacity(const GaussianCloud& cloud, const ParamSet& params, TaskRunner& runner) {
  const double least = paramReal(params, "opacity");
  return keepWhere(cloud, runner, [&](std::size_t i) {
    return 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i]))) >= least;
  });
}

Keep limitSize(const GaussianCloud& cloud, const EditOperation& operation, TaskRunner& runner) {
  const auto limit = static_cast<float>(paramReal(operation.params, "size"));
  const bool upper = operation.kind == "max-scale";
  return keepWhere(cloud, runner, [&](std::size_t i) {
    return upper ? largestSize(cloud, i) <= limit : largestSize(cloud, i) >= limit;
  });
}

Keep removeFloaters(const GaussianCloud& cloud, const ParamSet& params, EditContext& context) {
  const auto limit = static_cast<float>(paramReal(params, "distance"));
  const FloatArray alone = isolation(cloud, context.runner, context.stop);
  return keepWhere(cloud, context.runner, [&](std::size_t i) { return alone[i] <= limit; });
}

Keep removeOutliers(const GaussianCloud& cloud, const ParamSet& params, TaskRunner& runner) {
  const RobustExtent extent = robustExtent(cloud);
  const double limit = paramReal(params, "distance") * static_cast<double>(extent.radius);
  const std::array<double, 3> centre{static_cast<double>(extent.centre[0]),
                                     static_cast<double>(extent.centre[1]),
                                     static_cast<double>(extent.centre[2])};
  return keepWhere(cloud, runner,
                   [&](std::size_t i) { return squareFrom(cloud, i, centre) <= limit * limit; });
}

bool moves(std::string_view kind) {
  return kind == "translate" || kind == "rotate" || kind == "scale";
}

Similarity similarityOf(const EditOperation& operation) {
  Similarity similarity;
  const ParamSet& params = operation.params;
  if (operation.kind == "translate") {
    similarity.translation = {paramReal(params, "x"), paramReal(params, "y"),
                              paramReal(params, "z")};
  } else if (operation.kind == "rotate") {
    similarity.rotation =
        rotationOfDegrees({paramReal(params, "x"), paramReal(params, "y"), paramReal(params, "z")});
  } else if (operation.kind == "scale") {
    similarity.scale = paramReal(params, "factor");
  }
  return similarity;
}

Result<EditOperation> completed(const EditOperation& operation) {
  const EditKind* kind = findEditKind(operation.kind);
  if (kind == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no edit \"{}\"", operation.kind);
  }
  EditOperation whole = operation;
  auto params = completeParams(kind->params, operation.params);
  if (!params) {
    return withContext(std::move(params).error(), operation.kind);
  }
  whole.params = std::move(*params);
  return whole;
}

Keep keptBy(const GaussianCloud& cloud, const EditOperation& operation, EditContext& context) {
  if (operation.kind == "crop-box") {
    return cropBox(cloud, operation.params, context.runner);
  }
  if (operation.kind == "crop-sphere") {
    return cropSphere(cloud, operation.params, context.runner);
  }
  if (operation.kind == "min-opacity") {
    return minOpacity(cloud, operation.params, context.runner);
  }
  if (operation.kind == "remove-floaters") {
    return removeFloaters(cloud, operation.params, context);
  }
  if (operation.kind == "remove-outliers") {
    return removeOutliers(cloud, operation.params, context.runner);
  }
  return limitSize(cloud, operation, context.runner);
}

Result<GaussianCloud> applyOne(GaussianCloud cloud, const EditOperation& operation,
                               EditContext& context) {
  if (moves(operation.kind)) {
    transformCloud(cloud, similarityOf(operation), context.runner);
    // Far and huge scenes may leave the range of single precision.
    if (auto valid = validate(cloud); !valid) {
      return withContext(std::move(valid).error(), describeEdit(operation));
    }
    return cloud;
  }
  if (operation.kind == "sh-degree") {
    const auto degree = static_cast<unsigned>(paramInt(operation.params, "degree"));
    return degree < cloud.shDegree ? withShDegree(cloud, degree) : std::move(cloud);
  }
  const Keep keep = keptBy(cloud, operation, context);
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i] != 0) {
      kept.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (kept.empty() && cloud.count != 0) {
    return fail(ErrorCode::InvalidParameter, "{} would remove all of the {} splats",
                describeEdit(operation), cloud.count);
  }
  return kept.size() == cloud.count ? std::move(cloud) : gatherSplats(cloud, kept);
}

}  // namespace

bool keepsSplats(std::string_view kind) { return moves(kind) || kind == "sh-degree"; }

Result<GaussianCloud> applyEdits(const GaussianCloud& cloud,
                                 std::span<const EditOperation> operations, EditContext& context) {
  context.steps.clear();
  GaussianCloud edited = cloud;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    VOLPRESS_TRY(const EditOperation operation, completed(operations[i]));
    EditStep step{edited.count, edited.count};
    if (operation.enabled) {
      VOLPRESS_TRY(edited, applyOne(std::move(edited), operation, context));
      step.after = edited.count;
    }
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "editing was cancelled");
    }
    context.steps.push_back(step);
    context.progress.report(static_cast<double>(i + 1) / static_cast<double>(operations.size()));
  }
  return edited;
}

Result<Similarity> placementOf(std::span<const EditOperation> operations) {
  Similarity placement;
  for (const EditOperation& operation : operations) {
    VOLPRESS_TRY(const EditOperation whole, completed(operation));
    if (whole.enabled) {
      placement = compose(placement, similarityOf(whole));
    }
  }
  return placement;
}

FloatArray isolation(const GaussianCloud& cloud, TaskRunner& runner, const std::stop_token& stop) {
  FloatArray alone;
  alone.assign(cloud.count, 0.0F);
  const Neighbours near = nearestNeighbours(cloud.means, kNeighbours, runner, stop);
  if (near.each == 0) {
    return alone;
  }
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<float> sizes(near.each);
    for (std::size_t i = begin; i < end; ++i) {
      float distance = 0;
      for (std::size_t n = 0; n < near.each; ++n) {
        distance += std::sqrt(near.squares[i * near.each + n]);
        sizes[n] = largestSize(cloud, near.indices[i * near.each + n]);
      }
      // The median: one large splat nearby makes no surface.
      const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
      std::nth_element(sizes.begin(), middle, sizes.end());
      alone[i] = distance / static_cast<float>(near.each) /
                 std::max(largestSize(cloud, i) + *middle, 1e-30F);
    }
  });
  return alone;
}

RobustExtent robustExtent(const GaussianCloud& cloud) {
  RobustExtent extent;
  if (cloud.count == 0) {
    return extent;
  }
  std::vector<float> values(cloud.count);
  const auto rank = [&](double part) {
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < cloud.count; ++i) {
      values[i] = cloud.means[3 * i + c];
    }
    extent.centre[c] = rank(0.5);
  }
  const std::array<double, 3> centre{static_cast<double>(extent.centre[0]),
                                     static_cast<double>(extent.centre[1]),
                                     static_cast<double>(extent.centre[2])};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    values[i] = static_cast<float>(std::sqrt(squareFrom(cloud, i, centre)));
  }
  extent.radius = rank(0.9);
  return extent;
}

}  // namespace volpress::edit
