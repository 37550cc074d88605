#include "compressors/compgs/primitives.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::compgs {
namespace {

constexpr std::size_t kPlain = kReferenceWidth + kResidualWidth;
constexpr std::size_t kShapeOutputs = 7;
constexpr std::size_t kAnchorsAtOnce = 1024;  ///< activations of a primitive take kilobytes
constexpr std::size_t kAnchorGrain = 64;
constexpr float kThinnest = -20;      ///< least logarithm of an axis over its anchor's
constexpr float kMostDistance = 100;  ///< in units
constexpr float kMostOpenness = 8;
constexpr float kLeastOpenness = 1e-6F;

/// What networks see and make of a part of the anchors.
struct Rows {
  FloatArray plain, withView;
  FloatArray offset, shape, openness, color;
  std::array<FloatArray, kParts> tapes;
};

float logSigmoid(float x) {
  return x < 0 ? x - std::log1p(std::exp(x)) : -std::log1p(std::exp(-x));
}
float sigmoidOf(float x) { return 1 / (1 + std::exp(-x)); }

void fillRows(const SeenAnchors& anchors, std::size_t first, std::size_t count, Rows& rows,
              TaskRunner& runner) {
  rows.plain.resize(count * kPrimitives * kPlain);
  rows.withView.resize(count * kPrimitives * kViewInputs);
  runner.parallelFor(count, kAnchorGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin * kPrimitives; row < end * kPrimitives; ++row) {
      float* withView = rows.withView.data() + row * kViewInputs;
      fillViewRow(anchors, first * kPrimitives + row, withView);
      std::copy_n(withView, kPlain, rows.plain.data() + row * kPlain);
    }
  });
}

void run(const Model& networks, Part part, const FloatArray& in, FloatArray& out,
         TaskRunner& runner) {
  const learning::Network& network = Networks::get().of(part);
  out.resize(in.size() / network.inputs() * network.outputs());
  network.forward(networks[part], in, out, runner);
}

void runKeeping(const Model& networks, Part part, const FloatArray& in, FloatArray& out, Rows& rows,
                TaskRunner& runner) {
  const learning::Network& network = Networks::get().of(part);
  out.resize(in.size() / network.inputs() * network.outputs());
  network.forward(networks[part], in, out, rows.tapes[part], runner);
}

std::size_t countOf(const SeenAnchors& anchors) { return anchors.means.size() / 3; }

void resize(Primitives& primitives, std::size_t anchors) {
  const std::size_t count = anchors * kPrimitives;
  primitives.means.resize(3 * count);
  primitives.logScales.resize(3 * count);
  primitives.rotations.resize(4 * count);
  primitives.openness.resize(count);
  primitives.colors.resize(3 * count);
}

void place(const SeenAnchors& anchors, std::size_t first, std::size_t count, const Rows& rows,
           Primitives& primitives) {
  for (std::size_t i = 0; i < count * kPrimitives; ++i) {
    const std::size_t anchor = first + i / kPrimitives;
    const std::size_t to = first * kPrimitives + i;
    const float* scales = anchors.latents.scales.data() + anchor * kScaleWidth;
    const float* shape = rows.shape.data() + i * kShapeOutputs;
    for (std::size_t c = 0; c < 3; ++c) {
      primitives.means[3 * to + c] =
          anchors.means[3 * anchor + c] + rows.offset[3 * i + c] * std::exp(scales[c]);
      primitives.logScales[3 * to + c] = scales[3 + c] + std::max(logSigmoid(shape[c]), kThinnest);
    }
    float* rotation = primitives.rotations.data() + 4 * to;
    std::copy_n(shape + 3, 4, rotation);
    float squares = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      squares += rotation[c] * rotation[c];
    }
    if (!(squares > 1e-12F)) {  // it has no direction
      rotation[0] = 1;
    }
  }
}

void addLatents(std::size_t first, std::size_t count, const FloatArray& gradient, std::size_t width,
                LatentRows& to) {
  for (std::size_t i = 0; i < count; ++i) {
    float* reference = to.reference.data() + (first + i) * kReferenceWidth;
    float* residual = to.residual.data() + (first + i) * kResiduals;
    for (std::size_t k = 0; k < kPrimitives; ++k) {
      const float* from = gradient.data() + (i * kPrimitives + k) * width;
      for (std::size_t c = 0; c < kReferenceWidth; ++c) {
        reference[c] += from[c];
      }
      for (std::size_t c = 0; c < kResidualWidth; ++c) {
        residual[k * kResidualWidth + c] += from[kReferenceWidth + c];
      }
    }
  }
}

}  // namespace

void fillViewRow(const SeenAnchors& anchors, std::size_t primitive, float* row) {
  const std::size_t anchor = primitive / kPrimitives;
  const std::size_t k = primitive % kPrimitives;
  const float* mean = anchors.means.data() + 3 * anchor;
  const float* eye = anchors.eyes.data() + (anchors.eyes.size() == 3 ? 0 : 3 * anchor);
  std::array<float, 3> way{mean[0] - eye[0], mean[1] - eye[1], mean[2] - eye[2]};
  const float length = std::hypot(way[0], way[1], way[2]);
  for (float& part : way) {
    part = length > 0 ? part / length : 0;
  }
  float* to = std::copy_n(anchors.latents.reference.data() + anchor * kReferenceWidth,
                          kReferenceWidth, row);
  to = std::copy_n(anchors.latents.residual.data() + anchor * kResiduals + k * kResidualWidth,
                   kResidualWidth, to);
  to = std::copy(way.begin(), way.end(), to);
  *to = std::min(length / anchors.unit, kMostDistance);
}

OpacityLogit opacityLogit(float openness) noexcept {
  if (!(openness > kLeastOpenness)) {
    return {kHiddenLogit, 0};
  }
  // tanh x / (1 - tanh x) = (exp(2 x) - 1) / 2.
  const float x = std::min(openness, kMostOpenness);
  const float grown = std::expm1(2 * x);
  return {std::max(std::log(0.5F * grown), kHiddenLogit), 2 * (1 + grown) / grown};
}

void decodePrimitives(const Model& networks, const SeenAnchors& anchors, Primitives& primitives,
                      TaskRunner& runner) {
  const std::size_t all = countOf(anchors);
  resize(primitives, all);
  Rows rows;
  for (std::size_t first = 0; first < all; first += kAnchorsAtOnce) {
    const std::size_t count = std::min(kAnchorsAtOnce, all - first);
    fillRows(anchors, first, count, rows, runner);
    run(networks, kOffsetNet, rows.plain, rows.offset, runner);
    run(networks, kShapeNet, rows.plain, rows.shape, runner);
    run(networks, kOpacityNet, rows.withView, rows.openness, runner);
    run(networks, kColorNet, rows.withView, rows.color, runner);
    place(anchors, first, count, rows, primitives);
    std::copy(rows.openness.begin(), rows.openness.end(),
              primitives.openness.begin() + static_cast<std::ptrdiff_t>(first * kPrimitives));
    std::copy(rows.color.begin(), rows.color.end(),
              primitives.colors.begin() + static_cast<std::ptrdiff_t>(3 * first * kPrimitives));
  }
}

void decodeLooks(const Model& networks, const SeenAnchors& anchors, Primitives& primitives,
                 TaskRunner& runner) {
  const std::size_t all = countOf(anchors);
  Rows rows;
  fillRows(anchors, 0, all, rows, runner);
  run(networks, kOpacityNet, rows.withView, primitives.openness, runner);
  run(networks, kColorNet, rows.withView, primitives.colors, runner);
}

void pullBackPrimitives(const Model& networks, const SeenAnchors& anchors,
                        const Primitives& gradient, LatentRows& latentGradient,
                        const ModelGradients& gradients, TaskRunner& runner) {
  const std::size_t all = countOf(anchors);
  latentGradient.reference.assign(all * kReferenceWidth, 0.0F);
  latentGradient.residual.assign(all * kResiduals, 0.0F);
  latentGradient.scales.assign(all * kScaleWidth, 0.0F);
  Rows rows;
  FloatArray ofOffset;
  FloatArray ofShape;
  FloatArray ofRow;
  const auto back = [&](Part part, const FloatArray& in, const FloatArray& out,
                        std::span<const float> pulled, std::size_t width, std::size_t first,
                        std::size_t count) {
    ofRow.resize(in.size());
    Networks::get().of(part).backward(networks[part], in, out, rows.tapes[part], pulled, ofRow,
                                      gradients[part], runner);
    addLatents(first, count, ofRow, width, latentGradient);
  };
  for (std::size_t first = 0; first < all; first += kAnchorsAtOnce) {
    const std::size_t count = std::min(kAnchorsAtOnce, all - first);
    fillRows(anchors, first, count, rows, runner);
    runKeeping(networks, kOffsetNet, rows.plain, rows.offset, rows, runner);
    runKeeping(networks, kShapeNet, rows.plain, rows.shape, rows, runner);
    runKeeping(networks, kOpacityNet, rows.withView, rows.openness, rows, runner);
    runKeeping(networks, kColorNet, rows.withView, rows.color, rows, runner);
    ofOffset.resize(rows.offset.size());
    ofShape.resize(rows.shape.size());
    for (std::size_t i = 0; i < count * kPrimitives; ++i) {
      const std::size_t anchor = first + i / kPrimitives;
      const std::size_t from = first * kPrimitives + i;
      const float* scales = anchors.latents.scales.data() + anchor * kScaleWidth;
      float* ofScales = latentGradient.scales.data() + anchor * kScaleWidth;
      for (std::size_t c = 0; c < 3; ++c) {
        const float extent = std::exp(scales[c]);
        ofOffset[3 * i + c] = gradient.means[3 * from + c] * extent;
        ofScales[c] += gradient.means[3 * from + c] * rows.offset[3 * i + c] * extent;
        const float shape = rows.shape[i * kShapeOutputs + c];
        const float ofLogScale = gradient.logScales[3 * from + c];
        ofScales[3 + c] += ofLogScale;
        ofShape[i * kShapeOutputs + c] =
            logSigmoid(shape) > kThinnest ? ofLogScale * sigmoidOf(-shape) : 0;
      }
      std::copy_n(gradient.rotations.data() + 4 * from, 4, ofShape.data() + i * kShapeOutputs + 3);
    }
    const std::size_t at = first * kPrimitives;
    const std::size_t size = count * kPrimitives;
    back(kOffsetNet, rows.plain, rows.offset, ofOffset, kPlain, first, count);
    back(kShapeNet, rows.plain, rows.shape, ofShape, kPlain, first, count);
    back(kOpacityNet, rows.withView, rows.openness,
         std::span<const float>(gradient.openness).subspan(at, size), kViewInputs, first, count);
    back(kColorNet, rows.withView, rows.color,
         std::span<const float>(gradient.colors).subspan(3 * at, 3 * size), kViewInputs, first,
         count);
  }
}

}  // namespace volpress::compressors::compgs
