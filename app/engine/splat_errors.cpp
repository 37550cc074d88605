#include "app/engine/splat_errors.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace volpress::engine {
namespace {

constexpr float kLeastWeight = 1e-3F;  // pixels: less tells nothing

/// Channel 0: the squared error of each pixel; channel 1: 1. As loss gradients they sum to error
/// times weight, and weight, of every splat.
Image errorAndOne(const Image& original, const Image& result, TaskRunner& runner) {
  Image field = makeImage(result.width, result.height);
  runner.parallelFor(field.height, 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * field.width; i < end * field.width; ++i) {
      float sum = 0;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const float difference = std::clamp(result.pixels[3 * i + channel], 0.0F, 1.0F) -
                                 std::clamp(original.pixels[3 * i + channel], 0.0F, 1.0F);
        sum += difference * difference;
      }
      field.pixels[3 * i] = sum / 3;
      field.pixels[3 * i + 1] = 1;
    }
  });
  return field;
}

}  // namespace

Result<std::vector<float>> splatErrors(ReferencePictures& reference,
                                       std::shared_ptr<const GaussianCloud> result,
                                       MeasureContext& context) {
  renderer::Rasterizer& rasterizer = reference.rasterizer();
  const std::vector<View>& views = reference.views().views;
  VOLPRESS_TRY(const auto prepared, rasterizer.prepare(std::move(result)));
  std::vector<float> sums(3 * prepared->count(), 0.0F);
  renderer::RenderOptions options;
  options.stop = context.stop;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while looking for errors");
    }
    context.progress.report(static_cast<double>(i) / static_cast<double>(views.size()),
                            fmt::format("{}/{} views", i, views.size()));
    VOLPRESS_TRY(const Image* original, reference.picture(i, context.stop));
    VOLPRESS_TRY(const renderer::RenderResult drawn,
                 rasterizer.render(*prepared, views[i].camera, options));
    VOLPRESS_CHECK(rasterizer.accumulateColorGradients(
        *prepared, views[i].camera, errorAndOne(*original, drawn.color, context.runner), sums,
        context.stop));
  }
  std::vector<float> errors(prepared->count(), 0.0F);
  for (std::size_t splat = 0; splat < errors.size(); ++splat) {
    const float weight = sums[3 * splat + 1];
    if (weight > kLeastWeight) {
      errors[splat] = std::sqrt(std::max(0.0F, sums[3 * splat] / weight));
    }
  }
  context.progress.report(1);
  return errors;
}

}  // namespace volpress::engine
