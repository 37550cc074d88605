#include "app/studio/edit_cache.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/studio/edit_gizmo.hpp"

namespace volpress::studio {
namespace {

using Edits = std::vector<edit::EditOperation>;

std::size_t commonLength(const Edits& a, const Edits& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

bool isCoordinate(const edit::EditKind& kind) {
  return kind.id == "crop-box" || kind.id == "crop-sphere" || kind.id == "translate";
}

/// Two figures are enough to start from, and read better than eight.
double rounded(double value) { return roundedTo(value, value, 1); }

}  // namespace

Result<EditCache::Begun> EditCache::goOn(const Begun& from,
                                         std::span<const edit::EditOperation> edits,
                                         TaskContext& context) {
  Begun done = from;
  if (edits.empty()) {
    return done;
  }
  edit::EditContext editing{context.runner, context.progress, context.stop};
  VOLPRESS_TRY(GaussianCloud cloud, edit::applyEdits(*from.cloud, edits, editing));
  done.cloud = std::make_shared<const GaussianCloud>(std::move(cloud));
  done.edits.insert(done.edits.end(), edits.begin(), edits.end());
  done.steps.insert(done.steps.end(), editing.steps.begin(), editing.steps.end());
  return done;
}

Result<EditOutcome> EditCache::run(const std::shared_ptr<const GaussianCloud>& cloud,
                                   const Edits& edits, TaskContext& context) {
  if (m_cloud != cloud) {
    m_cloud = cloud;
    m_last.clear();
    m_kept = {{}, {}, cloud};
  }
  // What differs from the list before is what somebody is changing: keep what comes before it.
  const std::size_t stays = std::min(commonLength(m_last, edits), edits.size());
  m_last = edits;
  if (commonLength(m_kept.edits, edits) < m_kept.edits.size()) {
    m_kept = {{}, {}, cloud};
  }
  m_reused = m_kept.edits.size();
  const std::span<const edit::EditOperation> all(edits);
  EditOutcome outcome;
  outcome.edits = edits;
  const auto failed = [&](const Error& error) -> Result<EditOutcome> {
    if (error.code == ErrorCode::Cancelled) {
      return tl::unexpected<Error>(error);
    }
    outcome.problem = error.message;
    return outcome;
  };
  if (stays > m_kept.edits.size() && stays < edits.size()) {
    auto begun =
        goOn(m_kept, all.subspan(m_kept.edits.size(), stays - m_kept.edits.size()), context);
    if (!begun) {
      return failed(begun.error());
    }
    m_kept = *std::move(begun);
  }
  auto done = goOn(m_kept, all.subspan(m_kept.edits.size()), context);
  if (!done) {
    return failed(done.error());
  }
  outcome.cloud = std::move(done->cloud);
  outcome.steps = std::move(done->steps);
  return outcome;
}

EditFacts editFactsOf(const GaussianCloud& cloud) {
  EditFacts facts;
  facts.bounds = meanBounds(cloud);
  facts.extent = edit::robustExtent(cloud);
  facts.shDegree = cloud.shDegree;
  std::vector<float> sizes(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float* s = &cloud.logScales[3 * i];
    sizes[i] = std::max({s[0], s[1], s[2]});
  }
  const auto rank = [&sizes](double part) {
    const auto at =
        sizes.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(sizes.size() - 1));
    std::nth_element(sizes.begin(), at, sizes.end());
    return std::exp(*at);
  };
  if (!sizes.empty()) {
    facts.smallSplat = rank(0.05);
    facts.largeSplat = rank(0.98);
    facts.largestSplat = rank(1);
  }
  return facts;
}

edit::EditOperation suggestedEdit(const edit::EditKind& kind, const EditFacts& facts) {
  edit::EditOperation operation{kind.id};
  for (const ParamSpec& spec : kind.params) {
    operation.params[spec.id] = spec.defaultValue;
  }
  const auto radius = static_cast<double>(facts.extent.radius);
  const auto centre = [&](std::size_t axis) {
    return static_cast<double>(facts.extent.centre.at(axis));
  };
  // To a hundredth of the scene.
  const auto near = [radius](double value) { return roundedTo(value, radius, 2); };
  if (kind.id == "crop-box") {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      operation.params[kind.params[axis].id] = near(centre(axis) - radius);
      operation.params[kind.params[3 + axis].id] = near(centre(axis) + radius);
    }
  } else if (kind.id == "crop-sphere") {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      operation.params[kind.params[axis].id] = near(centre(axis));
    }
    operation.params["radius"] = std::max(near(1.1 * radius), 1e-9);
  } else if (kind.id == "max-scale" && facts.largeSplat > 0) {
    operation.params["size"] = std::max(rounded(static_cast<double>(facts.largeSplat)), 1e-9);
  } else if (kind.id == "min-scale" && facts.smallSplat > 0) {
    operation.params["size"] = std::max(rounded(static_cast<double>(facts.smallSplat)), 1e-12);
  } else if (kind.id == "sh-degree" && facts.shDegree > 0) {
    operation.params["degree"] = static_cast<std::int64_t>(facts.shDegree - 1);
  }
  return operation;
}

ParamRange sliderRange(const edit::EditKind& kind, const ParamSpec& spec, const EditFacts& facts) {
  const ParamRange own = spec.range.value_or(ParamRange{0, 1, 0, false});
  const auto radius = static_cast<double>(facts.extent.radius);
  const auto largest = static_cast<double>(std::max(facts.largestSplat, facts.largeSplat));
  if (isCoordinate(kind) && radius > 0) {
    if (spec.id == "radius") {
      return {0.02 * radius, 20 * radius, 0, true};
    }
    if (kind.id == "translate") {
      return {-3 * radius, 3 * radius, 0, false};
    }
    // The last letter of an id names its axis.
    const auto axis = static_cast<std::size_t>(spec.id.back() - 'x');
    const auto centre = static_cast<double>(facts.extent.centre.at(std::min<std::size_t>(axis, 2)));
    return {centre - 3 * radius, centre + 3 * radius, 0, false};
  }
  if (kind.id == "max-scale" && largest > 0) {
    return {std::max(static_cast<double>(facts.smallSplat), 1e-4 * largest), largest, 0, true};
  }
  if (kind.id == "min-scale" && facts.largeSplat > 0) {
    return {1e-3 * static_cast<double>(std::max(facts.smallSplat, 1e-9F)),
            static_cast<double>(facts.largeSplat), 0, true};
  }
  if (kind.id == "remove-floaters") {
    return {1, 30, 0, true};
  }
  if (kind.id == "remove-outliers") {
    return {1, 100, 0, true};
  }
  if (kind.id == "scale") {
    return {0.01, 100, 0, true};
  }
  if (kind.id == "rotate") {
    return {-180, 180, 0, false};
  }
  if (kind.id == "sh-degree") {
    return {0, static_cast<double>(std::max(facts.shDegree, 1U)), 1, false};
  }
  return own;
}

}  // namespace volpress::studio
