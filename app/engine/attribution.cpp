#include "app/engine/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/engine/shape_alignment.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::engine {
namespace {

struct AttributeWords {
  const char* id;
  const char* name;
};
constexpr std::array<AttributeWords, kSplatAttributes.size()> kWords{{
    {"positions", "positions"},
    {"scales", "scales"},
    {"rotations", "rotations"},
    {"opacity", "opacity"},
    {"sh-dc", "base colour (SH 0)"},
    {"sh-rest", "view colour (SH 1+)"},
    {"count", "pruned or added splats"},
}};

/// Where a splat of the mixed cloud takes its values from.
struct Row {
  std::uint32_t original = kNoSplat;
  std::uint32_t result = kNoSplat;
};

void copySplat(const FloatArray& from, std::size_t source, FloatArray& to, std::size_t target,
               std::size_t width) {
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(source * width), width,
              to.begin() + static_cast<std::ptrdiff_t>(target * width));
}

double meanError(double sum, std::size_t views) {
  return views == 0 ? 0 : sum / static_cast<double>(views);
}

double againstTotal(double sum, double total) {
  if (total <= 0) {
    return 0;
  }
  return 10 * std::log10(std::max(sum, total * 1e-10) / total);
}

bool sameSplats(const GaussianCloud& a, const GaussianCloud& b) {
  return a.count == b.count && a.shDegree == b.shDegree && a.means == b.means &&
         a.logScales == b.logScales && a.rotations == b.rotations &&
         a.opacityLogits == b.opacityLogits && a.shDc == b.shDc && a.shRest == b.shRest;
}

class Measurer {
public:
  Measurer(ReferencePictures& reference, MeasureContext& context, std::size_t passes)
      : m_reference(reference), m_context(context), m_passes(passes) {}

  /// Mean squared error of a cloud over all views.
  Result<double> measure(std::shared_ptr<const GaussianCloud> cloud) {
    const std::vector<View>& views = m_reference.views().views;
    renderer::Rasterizer& rasterizer = m_reference.rasterizer();
    VOLPRESS_TRY(const auto prepared, rasterizer.prepare(std::move(cloud)));
    renderer::RenderOptions options;
    options.stop = m_context.stop;
    double sum = 0;
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while measuring attributes");
      }
      report(static_cast<double>(i) / static_cast<double>(views.size()));
      VOLPRESS_TRY(const Image* original, m_reference.picture(i, m_context.stop));
      VOLPRESS_TRY(const renderer::RenderResult drawn,
                   rasterizer.render(*prepared, views[i].camera, options));
      VOLPRESS_TRY(const double error, metrics::meanSquaredError(*original, drawn.color));
      sum += error;
    }
    skip();
    return meanError(sum, views.size());
  }

  /// A pass whose answer was known.
  void skip() {
    ++m_done;
    report(0);
  }

private:
  void report(double part) {
    m_context.progress.report((static_cast<double>(m_done) + part) / static_cast<double>(m_passes),
                              fmt::format("{}/{} swaps", m_done, m_passes));
  }

  ReferencePictures& m_reference;
  MeasureContext& m_context;
  std::size_t m_passes;
  std::size_t m_done = 0;
};

}  // namespace

const char* splatAttributeId(SplatAttribute attribute) {
  return kWords.at(static_cast<std::size_t>(attribute)).id;
}

const char* splatAttributeName(SplatAttribute attribute) {
  return kWords.at(static_cast<std::size_t>(attribute)).name;
}

double Attribution::explainedDecibels() const {
  double sum = 0;
  for (const AttributeError& error : errors) {
    sum += error.share;
  }
  return againstTotal(sum, total);
}

double Attribution::aloneDecibels() const {
  double sum = 0;
  for (const AttributeError& error : errors) {
    sum += error.alone;
  }
  return againstTotal(sum, total);
}

GaussianCloud mixClouds(const GaussianCloud& original, const GaussianCloud& result,
                        const SplatMatch& match, AttributeSet fromResult) {
  std::vector<std::uint32_t> resultOf(original.count, kNoSplat);
  std::vector<Row> added;
  for (std::size_t j = 0; j < result.count; ++j) {
    const auto splat = static_cast<std::uint32_t>(j);
    if (match.originalOf[j] == kNoSplat) {
      added.push_back({kNoSplat, splat});
    } else {
      resultOf[match.originalOf[j]] = splat;
    }
  }
  const bool resultCount = (fromResult & attributeBit(SplatAttribute::Count)) != 0;
  std::vector<Row> rows;
  for (std::size_t i = 0; i < original.count; ++i) {
    if (!resultCount || resultOf[i] != kNoSplat) {
      rows.push_back({static_cast<std::uint32_t>(i), resultOf[i]});
    }
  }
  if (resultCount) {
    rows.insert(rows.end(), added.begin(), added.end());
  }

  GaussianCloud mixed;
  resizeCloud(mixed, rows.size(), std::max(original.shDegree, result.shDegree));
  mixed.frame = original.frame;
  mixed.filter = original.filter;
  std::fill(mixed.shRest.begin(), mixed.shRest.end(), 0.0F);
  const std::size_t restWidth = 3 * shRestCount(mixed.shDegree);
  const auto takesResult = [&](const Row& row, SplatAttribute attribute) {
    return row.original == kNoSplat ||
           (row.result != kNoSplat && (fromResult & attributeBit(attribute)) != 0);
  };
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const Row& row = rows[at];
    const auto take = [&](SplatAttribute attribute, FloatArray GaussianCloud::*array,
                          std::size_t width) {
      const bool other = takesResult(row, attribute);
      copySplat((other ? result : original).*array, other ? row.result : row.original, mixed.*array,
                at, width);
    };
    take(SplatAttribute::Positions, &GaussianCloud::means, 3);
    take(SplatAttribute::Scales, &GaussianCloud::logScales, 3);
    take(SplatAttribute::Rotations, &GaussianCloud::rotations, 4);
    take(SplatAttribute::Opacity, &GaussianCloud::opacityLogits, 1);
    take(SplatAttribute::BaseColor, &GaussianCloud::shDc, 3);
    const bool other = takesResult(row, SplatAttribute::ViewColor);
    const GaussianCloud& from = other ? result : original;
    const std::size_t width = 3 * shRestCount(from.shDegree);  // bands above stay 0
    std::copy_n(from.shRest.begin() +
                    static_cast<std::ptrdiff_t>((other ? row.result : row.original) * width),
                width, mixed.shRest.begin() + static_cast<std::ptrdiff_t>(at * restWidth));
  }
  return mixed;
}

Result<Attribution> attributeError(ReferencePictures& reference,
                                   const std::shared_ptr<const GaussianCloud>& original,
                                   const std::shared_ptr<const GaussianCloud>& result,
                                   MeasureContext& context) {
  Attribution attribution;
  attribution.splatsIn = original->count;
  attribution.splatsOut = result->count;
  attribution.origin = reference.views().origin;
  attribution.viewCount = reference.views().views.size();
  VOLPRESS_TRY(const SplatMatch match,
               matchSplats(*original, *result, context.runner, context.stop));
  attribution.matched = match.matched;
  attribution.sameOrder = match.sameOrder;

  Measurer measurer(reference, context, 1 + 2 * kSplatAttributes.size());
  VOLPRESS_TRY(attribution.total, measurer.measure(result));
  const GaussianCloud aligned = alignShapes(*original, *result, match, context.runner);
  const GaussianCloud none = mixClouds(*original, aligned, match, 0);
  for (const SplatAttribute attribute : kSplatAttributes) {
    AttributeError error;
    error.attribute = attribute;
    auto alone = std::make_shared<GaussianCloud>(
        mixClouds(*original, aligned, match, attributeBit(attribute)));
    if (sameSplats(*alone, none)) {
      // The codec left it alone: it costs nothing, with whatever others.
      error.without = attribution.total;
      measurer.skip();
      measurer.skip();
    } else {
      VOLPRESS_TRY(error.alone, measurer.measure(std::move(alone)));
      VOLPRESS_TRY(error.without,
                   measurer.measure(std::make_shared<const GaussianCloud>(mixClouds(
                       *original, aligned, match, kAllAttributes & ~attributeBit(attribute)))));
    }
    error.share = (error.alone + attribution.total - error.without) / 2;
    attribution.errors.push_back(error);
  }
  return attribution;
}

}  // namespace volpress::engine
