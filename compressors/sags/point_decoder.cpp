#include "compressors/sags/point_decoder.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/view_order.hpp"
#include "compressors/sags/decoder_block.hpp"

namespace volpress::compressors::sags {
namespace {

constexpr std::size_t kHidden = 32;
constexpr std::size_t kHiddenMove = 64;
constexpr std::size_t kGrain = 1024;
constexpr std::size_t kRowGrain = 64;
constexpr std::size_t kTogether = 2048;  ///< rows whose heads run at once
constexpr float kFreshFeatures = 0.05F;
constexpr float kFreshGrid = 1e-4F;

/// What follows the first layer.
learning::Network restOf(std::size_t outputs) {
  return learning::Network(
      learning::sequence({learning::relu(kHidden), learning::linear(kHidden, kHidden),
                          learning::relu(kHidden), learning::linear(kHidden, outputs)}));
}

float uniform(std::uint64_t seed, std::uint64_t index) {
  const auto bits = static_cast<double>(learning::mixSeed(seed, index) >> 11);
  return static_cast<float>(std::ldexp(bits, -52) - 1);
}

std::uint32_t pointOf(const Tape& tape, std::size_t row) {
  return tape.rows.empty() ? static_cast<std::uint32_t>(row) : tape.rows[row];
}

std::size_t rowsOf(const Points& points, const Tape& tape) {
  return tape.rows.empty() ? points.count() : tape.rows.size();
}

/// Key points, then the averages of both ends.
void spreadToMids(const Points& points, const FloatArray& keys, std::size_t width,
                  FloatArray& all) {
  all.resize(points.count() * width);
  std::copy(keys.begin(), keys.end(), all.begin());
  float* out = all.data() + points.keys * width;
  for (const auto& [a, b] : points.parents) {
    for (std::size_t c = 0; c < width; ++c) {
      *out++ = 0.5F * (keys[a * width + c] + keys[b * width + c]);
    }
  }
}

/// What that means for gradients: half to each end.
void pullFromMids(const Points& points, const FloatArray& all, std::size_t width,
                  FloatArray& keys) {
  for (std::size_t i = 0; i < points.keys * width; ++i) {
    keys[i] += all[i];
  }
  const float* pulled = all.data() + points.keys * width;
  for (const auto& [a, b] : points.parents) {
    for (std::size_t c = 0; c < width; ++c, ++pulled) {
      keys[a * width + c] += 0.5F * *pulled;
      keys[b * width + c] += 0.5F * *pulled;
    }
  }
}

}  // namespace

std::array<float, kViewWidth> viewOf(const float* point, const std::array<float, 3>& eye,
                                     float viewDistance) {
  const learning::Direction way = learning::directionTo(point, eye);
  const float distance = std::hypot(point[0] - eye[0], point[1] - eye[1], point[2] - eye[2]);
  return {way[0], way[1], way[2], std::min(distance / viewDistance, kMostDistance)};
}

PointDecoder::PointDecoder(const DecoderShape& shape)
    : m_shape(shape), m_grid({16, 2, shape.tableBits, 16, 1.447}), m_baking(shape.shDegree) {
  const std::size_t x = xWidth();
  m_heads.push_back({learning::Network(learning::linear(x, kHiddenMove)),
                     learning::Network(learning::linear(kHiddenMove, 3)), false});
  const auto add = [&](std::size_t outputs, bool seesView) {
    m_heads.push_back({learning::Network(learning::linear(x, kHidden)), restOf(outputs), seesView});
  };
  add(1, shape.shapesSeeView);
  add(3, true);
  add(kShapeWidth, shape.shapesSeeView);
}

std::size_t PointDecoder::Head::restAt() const {
  return viewAt() + (seesView ? first.outputs() * kViewWidth : 0);
}

std::size_t PointDecoder::sizeOf(Part part, std::size_t keys) const {
  switch (part) {
    case kFeatures: return keys * m_shape.features;
    case kSizes: return keys * kSizeWidth;
    case kGrid: return m_grid.parameters();
    case kAffine: return 2 * xWidth();
    default: return head(part).parameters();
  }
}

Weights PointDecoder::freshWeights(std::size_t keys, std::uint64_t seed) const {
  Weights weights;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::uint64_t own = learning::mixSeed(seed, part + 1);
    if (part >= kDisplacement) {
      const Head& of = head(static_cast<Part>(part));
      weights[part] = of.first.freshParameters(own);
      const float bound = 1 / std::sqrt(static_cast<float>(of.first.inputs()));
      for (std::size_t i = of.viewAt(); i < of.restAt(); ++i) {
        weights[part].push_back(bound * uniform(own, i));
      }
      const FloatArray rest = of.rest.freshParameters(learning::mixSeed(own, 1));
      weights[part].insert(weights[part].end(), rest.begin(), rest.end());
      continue;
    }
    weights[part].assign(sizeOf(static_cast<Part>(part), keys), 0.0F);
    if (part == kFeatures || part == kGrid) {
      for (std::size_t i = 0; i < weights[part].size(); ++i) {
        weights[part][i] = (part == kGrid ? kFreshGrid : kFreshFeatures) * uniform(own, i);
      }
    }
  }
  std::fill_n(weights[kAffine].begin(), xWidth(), 1.0F);
  // The point starts where it is, nearly opaque enough to be seen, and round.
  FloatArray& move = weights[kDisplacement];
  for (std::size_t i = kHiddenMove * (xWidth() + 1); i < move.size(); ++i) {
    move[i] *= 0.1F;
  }
  weights[kOpacity].back() = 0.5F;
  return weights;
}

void PointDecoder::gather(const Points& points, const Weights& weights, Tape& tape,
                          TaskRunner& runner) const {
  const std::size_t width = m_shape.features;
  spreadToMids(points, weights[kFeatures], width, tape.features);
  spreadToMids(points, weights[kSizes], kSizeWidth, tape.sizes);
  aggregate(points.graph, width, tape.features, tape.local, tape.source, tape.spare, runner);
  tape.widest.assign(tape.features.begin(),
                     tape.features.begin() + static_cast<std::ptrdiff_t>(width));
  tape.widestAt.assign(width, 0);
  for (std::size_t i = 1; i < points.count(); ++i) {
    for (std::size_t c = 0; c < width; ++c) {
      if (tape.features[i * width + c] > tape.widest[c]) {
        tape.widest[c] = tape.features[i * width + c];
        tape.widestAt[c] = static_cast<std::uint32_t>(i);
      }
    }
  }
}

void PointDecoder::fill(const Points& points, const Weights& weights, Tape& tape,
                        TaskRunner& runner) const {
  const std::size_t rows = rowsOf(points, tape);
  FloatArray means(3 * rows);
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy_n(points.positions.data() + std::size_t{3} * pointOf(tape, row), 3,
                means.data() + 3 * row);
  }
  tape.cube = learning::cubePoints(m_shape.place, means);
  tape.hash.resize(rows * m_grid.outputs());
  m_grid.forward(weights[kGrid], tape.cube, tape.hash, runner);
  const std::size_t x = xWidth();
  tape.x.resize(rows * x);
  runner.parallelFor(rows, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      float* out = tape.x.data() + row * x;
      float* at = std::copy_n(tape.hash.data() + row * m_grid.outputs(), m_grid.outputs(), out);
      at = std::copy_n(tape.local.data() + pointOf(tape, row) * m_shape.features, m_shape.features,
                       at);
      std::copy(tape.widest.begin(), tape.widest.end(), at);
      for (std::size_t c = 0; c < x; ++c) {
        out[c] = weights[kAffine][c] * out[c] + weights[kAffine][x + c];
      }
    }
  });
}

void PointDecoder::runHeads(const Points& points, const Weights& weights, const Tape& tape,
                            Block& block, TaskRunner& runner) const {
  const std::size_t rows = block.rows.size();
  const std::size_t x = xWidth();
  block.viewsOfRows = tape.eye != nullptr;
  block.turns = block.viewsOfRows ? 1 : m_baking.directions().size();
  block.shapeTurns = m_shape.shapesSeeView ? block.turns : 1;
  block.plain.resize(rows * x);
  for (std::size_t i = 0; i < rows; ++i) {
    std::copy_n(tape.x.data() + block.rows[i] * x, x, block.plain.data() + i * x);
  }
  block.views.clear();
  if (!block.viewsOfRows) {
    for (const learning::Direction& direction : m_baking.directions()) {
      block.views.insert(block.views.end(), direction.begin(), direction.end());
      block.views.push_back(1);
    }
  }
  for (std::size_t i = 0; block.viewsOfRows && i < rows; ++i) {
    const float* point = points.positions.data() + std::size_t{3} * pointOf(tape, block.rows[i]);
    const auto view = viewOf(point, *tape.eye, m_shape.viewDistance);
    block.views.insert(block.views.end(), view.begin(), view.end());
  }
  for (const Part part : {kDisplacement, kOpacity, kColor, kShape}) {
    runHead(part, weights, block, runner);
  }
}

void PointDecoder::addView(Part part, const Weights& weights, const float* view,
                           float* hidden) const {
  const Head& of = head(part);
  const std::size_t width = of.first.outputs();
  for (std::size_t k = 0; k < kViewWidth; ++k) {
    const float* column = weights[part].data() + of.viewAt() + k * width;
    for (std::size_t h = 0; h < width; ++h) {
      hidden[h] += view[k] * column[h];
    }
  }
}

FloatArray PointDecoder::firstRows(Part part, const Weights& weights, const Tape& tape,
                                   TaskRunner& runner) const {
  const Head& of = head(part);
  FloatArray out(tape.x.size() / xWidth() * of.first.outputs());
  of.first.forward(std::span<const float>(weights[part]).first(of.viewAt()), tape.x, out, runner);
  return out;
}

void PointDecoder::answer(Part part, const Weights& weights, const FloatArray& first,
                          std::span<const std::uint32_t> points, const FloatArray& views,
                          FloatArray& out, learning::RowBlocks& blocks, TaskRunner& runner) const {
  const Head& of = head(part);
  const std::size_t width = of.first.outputs();
  out.resize(points.size() * of.rest.outputs());
  of.rest.forwardRows(
      std::span<const float>(weights[part]).subspan(of.restAt()), points.size(),
      [&](std::size_t begin, std::size_t count, float* in) {
        for (std::size_t i = begin; i < begin + count; ++i, in += width) {
          std::copy_n(first.data() + points[i] * width, width, in);
          addView(part, weights, views.data() + i * kViewWidth, in);
        }
      },
      out, blocks, runner);
}

void PointDecoder::runHead(Part part, const Weights& weights, Block& block,
                           TaskRunner& runner) const {
  const Head& of = head(part);
  HeadRun& run = block.heads[part - kDisplacement];
  const std::span<const float> values(weights[part]);
  const std::size_t rows = block.rows.size();
  const std::size_t width = of.first.outputs();
  const std::size_t turns = of.seesView ? block.turns : 1;
  run.first.resize(rows * width);
  of.first.forward(values.first(of.viewAt()), block.plain, run.first, run.firstTape, runner);
  run.hidden.resize(rows * turns * width);
  runner.parallelFor(rows, kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t turn = 0; turn < turns; ++turn) {
        float* hidden = run.hidden.data() + (i * turns + turn) * width;
        std::copy_n(run.first.data() + i * width, width, hidden);
        if (of.seesView) {
          addView(part, weights, block.view(i, turn), hidden);
        }
      }
    }
  });
  run.out.resize(rows * turns * of.rest.outputs());
  of.rest.forward(values.subspan(of.restAt()), run.hidden, run.out, run.tape, runner);
}

void PointDecoder::pullHead(Part part, const Weights& weights, Block& block, Weights& to,
                            TaskRunner& runner) const {
  const Head& of = head(part);
  HeadRun& run = block.heads[part - kDisplacement];
  const std::span<const float> values(weights[part]);
  const std::span<float> gradient(to[part]);
  const std::size_t rows = block.rows.size();
  const std::size_t width = of.first.outputs();
  const std::size_t turns = of.seesView ? block.turns : 1;
  block.hiddenGradient.resize(run.hidden.size());
  of.rest.backward(values.subspan(of.restAt()), run.hidden, run.out, run.tape, run.gradient,
                   block.hiddenGradient, gradient.subspan(of.restAt()), runner);
  block.firstGradient.assign(rows * width, 0.0F);
  // Row after row, so that threads change no sum.
  for (std::size_t i = 0; i < rows; ++i) {
    float* ofFirst = block.firstGradient.data() + i * width;
    for (std::size_t turn = 0; turn < turns; ++turn) {
      const float* pulled = block.hiddenGradient.data() + (i * turns + turn) * width;
      for (std::size_t h = 0; h < width; ++h) {
        ofFirst[h] += pulled[h];
      }
      const float* view = of.seesView ? block.view(i, turn) : nullptr;
      for (std::size_t k = 0; of.seesView && k < kViewWidth; ++k) {
        float* column = gradient.data() + of.viewAt() + k * width;
        for (std::size_t h = 0; h < width; ++h) {
          column[h] += view[k] * pulled[h];
        }
      }
    }
  }
  block.ofInput.resize(block.plain.size());
  of.first.backward(values.first(of.viewAt()), block.plain, run.first, run.firstTape,
                    block.firstGradient, block.ofInput, gradient.first(of.viewAt()), runner);
  for (std::size_t i = 0; i < block.ofInput.size(); ++i) {
    block.xGradient[i] += block.ofInput[i];
  }
}

void PointDecoder::decode(const Points& points, const Weights& weights, Tape& tape,
                          GaussianCloud& cloud, FloatArray& directColors,
                          TaskRunner& runner) const {
  gather(points, weights, tape, runner);
  fill(points, weights, tape, runner);
  const std::size_t rows = rowsOf(points, tape);
  resizeCloud(cloud, rows, tape.eye != nullptr ? 0 : m_shape.shDegree);
  directColors.resize(tape.eye != nullptr ? 3 * rows : 0);
  tape.opacityOut.resize(rows);
  Block block;
  for (std::size_t first = 0; first < rows; first += kTogether) {
    block.rows.resize(std::min(kTogether, rows - first));
    for (std::size_t i = 0; i < block.rows.size(); ++i) {
      block.rows[i] = static_cast<std::uint32_t>(first + i);
    }
    runHeads(points, weights, tape, block, runner);
    for (std::size_t i = 0; i < block.rows.size(); ++i) {
      tape.opacityOut[first + i] = block.mean(kOpacity, i, 0, block.shapeTurns);
    }
    emit(points, tape, block, cloud, directColors, runner);
  }
}

void PointDecoder::pullBack(const Points& points, const Weights& weights, Tape& tape,
                            const SplatGradients& gradients, Weights& to,
                            TaskRunner& runner) const {
  const std::size_t rows = rowsOf(points, tape);
  // Rows that nothing pulls at, because no pixel shows them, are left out.
  std::vector<std::uint32_t> active;
  for (std::size_t row = 0; row < rows; ++row) {
    if (pulled(gradients, row, m_shape.shDegree, tape.eye != nullptr)) {
      active.push_back(static_cast<std::uint32_t>(row));
    }
  }
  const std::size_t x = xWidth();
  FloatArray xGradient(active.size() * x);
  FloatArray sizeGradient;
  sizeGradient.assign(active.size() * kSizeWidth, 0.0F);
  Block block;
  for (std::size_t first = 0; first < active.size(); first += kTogether) {
    const std::size_t count = std::min(kTogether, active.size() - first);
    block.rows.assign(active.begin() + static_cast<std::ptrdiff_t>(first),
                      active.begin() + static_cast<std::ptrdiff_t>(first + count));
    block.first = first;
    runHeads(points, weights, tape, block, runner);
    pullEmitted(tape, gradients, block, sizeGradient, runner);
    block.xGradient.assign(count * x, 0.0F);
    for (const Part part : {kDisplacement, kOpacity, kColor, kShape}) {
      pullHead(part, weights, block, to, runner);
    }
    std::copy(block.xGradient.begin(), block.xGradient.end(), xGradient.data() + first * x);
  }
  pullFeatures(points, weights, tape, active, xGradient, sizeGradient, to, runner);
}

void PointDecoder::pullFeatures(const Points& points, const Weights& weights, Tape& tape,
                                std::span<const std::uint32_t> active, const FloatArray& xGradient,
                                const FloatArray& sizeGradient, Weights& to,
                                TaskRunner& runner) const {
  const std::size_t x = xWidth();
  const std::size_t width = m_shape.features;
  const std::size_t hashed = m_grid.outputs();
  const FloatArray& scale = weights[kAffine];
  FloatArray ofLocal;
  ofLocal.assign(points.count() * width, 0.0F);
  FloatArray ofSizes;
  ofSizes.assign(points.count() * kSizeWidth, 0.0F);
  FloatArray ofHash(active.size() * hashed);
  FloatArray cube(active.size() * 3);
  std::vector<float> ofWidest(width, 0.0F);
  for (std::size_t i = 0; i < active.size(); ++i) {
    const std::uint32_t row = active[i];
    const std::size_t point = pointOf(tape, row);
    const float* pulled = xGradient.data() + i * x;
    for (std::size_t c = 0; c < x; ++c) {
      const float before = c < hashed           ? tape.hash[row * hashed + c]
                           : c < hashed + width ? tape.local[point * width + c - hashed]
                                                : tape.widest[c - hashed - width];
      to[kAffine][c] += pulled[c] * before;
      to[kAffine][x + c] += pulled[c];
    }
    for (std::size_t c = 0; c < hashed; ++c) {
      ofHash[i * hashed + c] = pulled[c] * scale[c];
    }
    for (std::size_t c = 0; c < width; ++c) {
      ofLocal[point * width + c] += pulled[hashed + c] * scale[hashed + c];
      ofWidest[c] += pulled[hashed + width + c] * scale[hashed + width + c];
    }
    std::copy_n(tape.cube.data() + std::size_t{3} * row, 3, cube.data() + 3 * i);
    std::copy_n(sizeGradient.data() + i * kSizeWidth, kSizeWidth,
                ofSizes.data() + point * kSizeWidth);
  }
  m_grid.backward(cube, ofHash, to[kGrid], runner);
  FloatArray ofFeatures;
  ofFeatures.assign(points.count() * width, 0.0F);
  pullAggregate(points.graph, width, tape.source, ofLocal, ofFeatures, tape.spare, runner);
  for (std::size_t c = 0; c < width; ++c) {
    ofFeatures[tape.widestAt[c] * width + c] += ofWidest[c];
  }
  pullFromMids(points, ofFeatures, width, to[kFeatures]);
  pullFromMids(points, ofSizes, kSizeWidth, to[kSizes]);
}

}  // namespace volpress::compressors::sags
