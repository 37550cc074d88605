#include "renderer/software/field_model.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "renderer/software/field_model.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Words = hn::RebindToUnsigned<Floats>;
using Ints = hn::RebindToSigned<Floats>;
using V = hn::Vec<Floats>;
using U = hn::Vec<Words>;

constexpr std::size_t kTileRows = 4;

/// Samples rounded up to two vectors; rows are long enough.
HWY_INLINE std::size_t paddedCount(std::size_t count) {
  const std::size_t step = 2 * hn::Lanes(Floats());
  return (count + step - 1) / step * step;
}

/// out = W in, for `rows` rows (computed four at a time) over `count` samples; optionally ReLU.
void multiply(const float* weights, std::size_t columns, std::size_t rows, const float* in,
              float* out, std::size_t count, bool rectifies) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const V zero = hn::Zero(d);
  for (std::size_t first = 0; first < rows; first += kTileRows) {
    const float* w0 = weights + first * columns;
    const float* w1 = w0 + columns;
    const float* w2 = w1 + columns;
    const float* w3 = w2 + columns;
    for (std::size_t n = 0; n < count; n += 2 * lanes) {
      V a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, e0 = zero, e1 = zero;
      const float* x = in + n;
      for (std::size_t i = 0; i < columns; ++i, x += kFieldBatch) {
        const V x0 = hn::LoadU(d, x);
        const V x1 = hn::LoadU(d, x + lanes);
        const V k0 = hn::Set(d, w0[i]);
        const V k1 = hn::Set(d, w1[i]);
        const V k2 = hn::Set(d, w2[i]);
        const V k3 = hn::Set(d, w3[i]);
        a0 = hn::MulAdd(k0, x0, a0);
        a1 = hn::MulAdd(k0, x1, a1);
        b0 = hn::MulAdd(k1, x0, b0);
        b1 = hn::MulAdd(k1, x1, b1);
        c0 = hn::MulAdd(k2, x0, c0);
        c1 = hn::MulAdd(k2, x1, c1);
        e0 = hn::MulAdd(k3, x0, e0);
        e1 = hn::MulAdd(k3, x1, e1);
      }
      const auto store = [&](std::size_t row, V low, V high) {
        float* at = out + (first + row) * kFieldBatch + n;
        hn::StoreU(rectifies ? hn::Max(low, zero) : low, d, at);
        hn::StoreU(rectifies ? hn::Max(high, zero) : high, d, at + lanes);
      };
      store(0, a0, a1);
      store(1, b0, b1);
      store(2, c0, c1);
      store(3, e0, e1);
    }
  }
}

/// inGradient = W^T outGradient for the first `wanted` columns (a multiple of 4), where `in` (if
/// given, the outcome of a ReLU) is positive.
void multiplyBack(const float* weights, std::size_t columns, std::size_t rows, std::size_t wanted,
                  const float* outGradient, const float* in, float* inGradient, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const V zero = hn::Zero(d);
  for (std::size_t first = 0; first < wanted; first += kTileRows) {
    for (std::size_t n = 0; n < count; n += 2 * lanes) {
      V a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, e0 = zero, e1 = zero;
      const float* y = outGradient + n;
      const float* w = weights + first;
      for (std::size_t o = 0; o < rows; ++o, y += kFieldBatch, w += columns) {
        const V y0 = hn::LoadU(d, y);
        const V y1 = hn::LoadU(d, y + lanes);
        const V k0 = hn::Set(d, w[0]);
        const V k1 = hn::Set(d, w[1]);
        const V k2 = hn::Set(d, w[2]);
        const V k3 = hn::Set(d, w[3]);
        a0 = hn::MulAdd(k0, y0, a0);
        a1 = hn::MulAdd(k0, y1, a1);
        b0 = hn::MulAdd(k1, y0, b0);
        b1 = hn::MulAdd(k1, y1, b1);
        c0 = hn::MulAdd(k2, y0, c0);
        c1 = hn::MulAdd(k2, y1, c1);
        e0 = hn::MulAdd(k3, y0, e0);
        e1 = hn::MulAdd(k3, y1, e1);
      }
      const auto store = [&](std::size_t row, V low, V high) {
        const std::size_t at = (first + row) * kFieldBatch + n;
        if (in != nullptr) {
          low = hn::IfThenElseZero(hn::Gt(hn::LoadU(d, in + at), zero), low);
          high = hn::IfThenElseZero(hn::Gt(hn::LoadU(d, in + at + lanes), zero), high);
        }
        hn::StoreU(low, d, inGradient + at);
        hn::StoreU(high, d, inGradient + at + lanes);
      };
      store(0, a0, a1);
      store(1, b0, b1);
      store(2, c0, c1);
      store(3, e0, e1);
    }
  }
}

/// Adds the lanes of each of four vectors to sums[0..3].
HWY_INLINE void addLanes(V a, V b, V c, V e, float* sums) {
#if HWY_TARGET == HWY_SCALAR
  sums[0] += hn::GetLane(a);
  sums[1] += hn::GetLane(b);
  sums[2] += hn::GetLane(c);
  sums[3] += hn::GetLane(e);
#else
  const Floats d;
  const hn::Repartition<double, Floats> pairs;
  const V ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
  const V ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
  const auto low = hn::BitCast(pairs, ab);
  const auto high = hn::BitCast(pairs, ce);
  const V blocks = hn::Add(hn::BitCast(d, hn::InterleaveLower(pairs, low, high)),
                           hn::BitCast(d, hn::InterleaveUpper(pairs, low, high)));
  HWY_ALIGN std::array<float, hn::MaxLanes(d)> lanes{};
  hn::Store(blocks, d, lanes.data());
  const hn::CappedTag<float, 4> four;
  auto sum = hn::LoadU(four, sums);
  for (std::size_t block = 0; block < hn::Lanes(d); block += 4) {
    sum = hn::Add(sum, hn::Load(four, lanes.data() + block));
  }
  hn::StoreU(sum, four, sums);
#endif
}

/// weightGradient += outGradient in^T over `count` samples, for `rows` rows and `columns` columns
/// (a multiple of 4).
void accumulateWeights(const float* outGradient, const float* in, std::size_t columns,
                       std::size_t rows, std::size_t count, float* weightGradient) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const V zero = hn::Zero(d);
  std::size_t o = 0;
  for (; o + 2 <= rows; o += 2) {
    const float* y = outGradient + o * kFieldBatch;
    for (std::size_t i = 0; i < columns; i += 4) {
      const float* x = in + i * kFieldBatch;
      V a = zero, b = zero, c = zero, e = zero, f = zero, g = zero, h = zero, j = zero;
      for (std::size_t n = 0; n < count; n += lanes) {
        const V x0 = hn::LoadU(d, x + n);
        const V x1 = hn::LoadU(d, x + kFieldBatch + n);
        const V x2 = hn::LoadU(d, x + 2 * kFieldBatch + n);
        const V x3 = hn::LoadU(d, x + 3 * kFieldBatch + n);
        const V y0 = hn::LoadU(d, y + n);
        const V y1 = hn::LoadU(d, y + kFieldBatch + n);
        a = hn::MulAdd(y0, x0, a);
        b = hn::MulAdd(y0, x1, b);
        c = hn::MulAdd(y0, x2, c);
        e = hn::MulAdd(y0, x3, e);
        f = hn::MulAdd(y1, x0, f);
        g = hn::MulAdd(y1, x1, g);
        h = hn::MulAdd(y1, x2, h);
        j = hn::MulAdd(y1, x3, j);
      }
      addLanes(a, b, c, e, weightGradient + o * columns + i);
      addLanes(f, g, h, j, weightGradient + (o + 1) * columns + i);
    }
  }
  for (; o < rows; ++o) {
    const float* y = outGradient + o * kFieldBatch;
    for (std::size_t i = 0; i < columns; i += 4) {
      const float* x = in + i * kFieldBatch;
      V a = zero, b = zero, c = zero, e = zero;
      for (std::size_t n = 0; n < count; n += lanes) {
        const V pulled = hn::LoadU(d, y + n);
        a = hn::MulAdd(pulled, hn::LoadU(d, x + n), a);
        b = hn::MulAdd(pulled, hn::LoadU(d, x + kFieldBatch + n), b);
        c = hn::MulAdd(pulled, hn::LoadU(d, x + 2 * kFieldBatch + n), c);
        e = hn::MulAdd(pulled, hn::LoadU(d, x + 3 * kFieldBatch + n), e);
      }
      addLanes(a, b, c, e, weightGradient + o * columns + i);
    }
  }
}

/// The lower corner along one axis and how far beyond it the place lies.
struct AxisPlace {
  U corner;
  V beyond;
};
HWY_INLINE AxisPlace axisPlace(const float* coordinate, float scale,
                               GridInterpolation interpolation) {
  const Floats d;
  // In this order NaN becomes 0.
  const V inside = hn::Min(hn::Max(hn::LoadU(d, coordinate), hn::Zero(d)), hn::Set(d, 1.0F));
  const V finite = hn::IfThenElseZero(hn::Eq(inside, inside), inside);
  const V place = hn::MulAdd(hn::Set(d, scale), finite, hn::Set(d, 0.5F));
  const V whole = hn::Floor(place);
  V beyond = hn::Sub(place, whole);
  if (interpolation == GridInterpolation::Smoothstep) {
    beyond =
        hn::Mul(hn::Mul(beyond, beyond), hn::NegMulAdd(hn::Set(d, 2.0F), beyond, hn::Set(d, 3.0F)));
  } else if (interpolation == GridInterpolation::Nearest) {
    beyond = hn::Zero(d);
  }
  return {hn::BitCast(Words(), hn::ConvertTo(Ints(), whole)), beyond};
}

/// Fills the corners' entries and weights on one level.
void findCorners(const FieldModel& model, const GridLevel& level,
                 const std::array<const float*, 3>& places, std::size_t count, FieldBatch& batch) {
  const Floats d;
  const Words u;
  const std::size_t lanes = hn::Lanes(d);
  const U one = hn::Set(u, 1U);
  // Hashed levels have 2^n entries; the index of a dense one exceeds them by less than their number
  // unless the grid is tiled.
  const bool isPowerOfTwo = (level.entries & (level.entries - 1)) == 0;
  const auto entries = static_cast<std::uint32_t>(level.entries);
  const bool wraps = !isPowerOfTwo && model.grid.kind != GridKind::Tiled;
  const bool divides = !isPowerOfTwo && !wraps;
  const U limit = hn::Set(u, isPowerOfTwo ? entries - 1 : entries);
  const U strideY = hn::Set(u, level.hashed ? 2654435761U : level.resolution);
  const U strideZ = hn::Set(u, level.hashed ? 805459861U : level.resolution * level.resolution);
  for (std::size_t n = 0; n < count; n += lanes) {
    const AxisPlace x = axisPlace(places[0] + n, level.scale, model.grid.interpolation);
    const AxisPlace y = axisPlace(places[1] + n, level.scale, model.grid.interpolation);
    const AxisPlace z = axisPlace(places[2] + n, level.scale, model.grid.interpolation);
    const V oneF = hn::Set(d, 1.0F);
    const U xs[2] = {x.corner, hn::Add(x.corner, one)};
    const U ys[2] = {hn::Mul(y.corner, strideY), hn::Mul(hn::Add(y.corner, one), strideY)};
    const U zs[2] = {hn::Mul(z.corner, strideZ), hn::Mul(hn::Add(z.corner, one), strideZ)};
    const V wx[2] = {hn::Sub(oneF, x.beyond), x.beyond};
    const V wy[2] = {hn::Sub(oneF, y.beyond), y.beyond};
    const V wz[2] = {hn::Sub(oneF, z.beyond), z.beyond};
    for (std::size_t corner = 0; corner < 8; ++corner) {
      const std::size_t i = corner & 1U;
      const std::size_t j = corner >> 1 & 1U;
      const std::size_t k = corner >> 2;
      U index = level.hashed ? hn::Xor(xs[i], hn::Xor(ys[j], zs[k]))
                             : hn::Add(xs[i], hn::Add(ys[j], zs[k]));
      if (isPowerOfTwo) {
        index = hn::And(index, limit);
      } else if (wraps) {
        index = hn::Min(index, hn::Sub(index, limit));
      }
      hn::StoreU(index, u, batch.corner(corner) + n);
      hn::StoreU(hn::Mul(wx[i], hn::Mul(wy[j], wz[k])), d, batch.cornerWeight(corner) + n);
    }
  }
  if (divides) {
    for (std::size_t corner = 0; corner < 8; ++corner) {
      std::uint32_t* indices = batch.corner(corner);
      for (std::size_t n = 0; n < count; ++n) {
        indices[n] %= entries;
      }
    }
  }
}

/// Features of each sample on one level, into rows of the encoding.
template <std::size_t F>
void interpolate(const float* table, std::size_t count, FieldBatch& batch, float* out) {
  const hn::CappedTag<float, F> d;
  for (std::size_t n = 0; n < count; ++n) {
    HWY_ALIGN std::array<float, F> features{};
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t f = 0; f < F; f += lanes) {
      auto sum = hn::Zero(d);
      for (std::size_t corner = 0; corner < 8; ++corner) {
        const float* entry = table + std::size_t{batch.corner(corner)[n]} * F + f;
        sum = hn::MulAdd(hn::Set(d, batch.cornerWeight(corner)[n]), hn::LoadU(d, entry), sum);
      }
      hn::StoreU(sum, d, features.data() + f);
    }
    for (std::size_t f = 0; f < F; ++f) {
      out[f * kFieldBatch + n] = features[f];
    }
  }
}

void encode(const FieldModel& model, FieldBatch& batch) {
  const std::size_t count = paddedCount(batch.count);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::fill(batch.place(axis) + batch.count, batch.place(axis) + count, 0.0F);
  }
  const std::size_t features = model.grid.features;
  float* out = batch.row(batch.encodedRow());
  for (std::size_t index = 0; index < model.levels.size(); ++index) {
    const GridLevel& level = model.levels[index];
    findCorners(model, level, {batch.place(0), batch.place(1), batch.place(2)}, count, batch);
    const float* table = model.table + level.first * features;
    float* rows = out + index * features * kFieldBatch;
    switch (features) {
      case 1: interpolate<1>(table, count, batch, rows); break;
      case 2: interpolate<2>(table, count, batch, rows); break;
      case 4: interpolate<4>(table, count, batch, rows); break;
      default: interpolate<8>(table, count, batch, rows); break;
    }
  }
  if (batch.isGated) {
    std::fill(batch.gate() + batch.count, batch.gate() + count, 1.0F);
    for (std::size_t f = 0; f < model.levels.size() * features; ++f) {
      float* row = out + f * kFieldBatch;
      for (std::size_t n = 0; n < count; ++n) {
        row[n] *= batch.gate()[n];
      }
    }
  }
  for (std::size_t pad = model.levels.size() * features; pad < model.density.inputs; ++pad) {
    std::fill_n(out + pad * kFieldBatch, count, 0.0F);
  }
}

/// A network from rows `in` over `hidden` (neurons rows a layer) to `out`.
void runNetwork(const FieldNetwork& network, const float* weights, const float* in, float* hidden,
                float* out, std::size_t count) {
  const float* from = in;
  for (unsigned layer = 0; layer <= network.hiddenLayers; ++layer) {
    const bool last = layer == network.hiddenLayers;
    const std::size_t columns = network.columns(layer);
    float* to = last ? out : hidden + layer * network.neurons * kFieldBatch;
    multiply(weights, columns, last ? network.outputs : network.neurons, from, to, count, !last);
    weights += columns * network.rows(layer);
    from = to;
  }
}

void runDensity(const FieldModel& model, FieldBatch& batch) {
  encode(model, batch);
  runNetwork(model.density, model.densityWeights, batch.row(batch.encodedRow()),
             batch.row(batch.densityHiddenRow()), batch.row(batch.colorInRow()),
             paddedCount(batch.count));
}

/// Spherical harmonics of degree 4 of unit directions.
void directionTerms(FieldBatch& batch, std::size_t count, float* out) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const auto number = [&](float value) { return hn::Set(d, value); };
  for (std::size_t n = 0; n < count; n += lanes) {
    const V x = hn::LoadU(d, batch.direction(0) + n);
    const V y = hn::LoadU(d, batch.direction(1) + n);
    const V z = hn::LoadU(d, batch.direction(2) + n);
    const V xx = hn::Mul(x, x), yy = hn::Mul(y, y), zz = hn::Mul(z, z);
    const V xy = hn::Mul(x, y), yz = hn::Mul(y, z), xz = hn::Mul(x, z);
    const auto put = [&](std::size_t term, V value) {
      hn::StoreU(value, d, out + term * kFieldBatch + n);
    };
    const V five = hn::NegMulAdd(number(5), zz, number(1));  // 1 - 5 z^2
    put(0, number(0.28209479F));
    put(1, hn::Mul(number(-0.48860251F), y));
    put(2, hn::Mul(number(0.48860251F), z));
    put(3, hn::Mul(number(-0.48860251F), x));
    put(4, hn::Mul(number(1.09254843F), xy));
    put(5, hn::Mul(number(-1.09254843F), yz));
    put(6, hn::MulAdd(number(0.94617470F), zz, number(-0.31539157F)));
    put(7, hn::Mul(number(-1.09254843F), xz));
    put(8, hn::Mul(number(0.54627422F), hn::Sub(xx, yy)));
    put(9, hn::Mul(number(0.59004359F), hn::Mul(y, hn::MulAdd(number(-3), xx, yy))));
    put(10, hn::Mul(number(2.89061144F), hn::Mul(xy, z)));
    put(11, hn::Mul(number(0.45704580F), hn::Mul(y, five)));
    put(12, hn::Mul(number(0.37317633F), hn::Mul(z, hn::MulAdd(number(5), zz, number(-3)))));
    put(13, hn::Mul(number(0.45704580F), hn::Mul(x, five)));
    put(14, hn::Mul(number(1.44530572F), hn::Mul(z, hn::Sub(xx, yy))));
    put(15, hn::Mul(number(0.59004359F),
                    hn::Mul(x, hn::NegMulAdd(number(1), xx, hn::Mul(number(3), yy)))));
  }
}

void runColor(const FieldModel& model, FieldBatch& batch) {
  const std::size_t count = paddedCount(batch.count);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::fill(batch.direction(axis) + batch.count, batch.direction(axis) + count, 0.0F);
  }
  float* in = batch.row(batch.colorInRow());
  std::size_t row = model.density.outputs;
  directionTerms(batch, count, in + row * kFieldBatch);
  row += kDirectionTerms;
  for (unsigned extra = 0; extra < model.extraInputs; ++extra, ++row) {
    std::fill_n(in + row * kFieldBatch, count, 0.0F);
  }
  for (; row < model.color.inputs; ++row) {
    std::fill_n(in + row * kFieldBatch, count, 1.0F);
  }
  runNetwork(model.color, model.colorWeights, in, batch.row(batch.colorHiddenRow()),
             batch.row(batch.colorOutRow()), count);
}

/// Backward through a network; `inGradient` is for the first `wanted` inputs.
void networkBack(const FieldNetwork& network, const float* weights, const float* in,
                 const float* hidden, float* hiddenGradient, const float* outGradient,
                 float* inGradient, std::size_t wanted, std::size_t count, float* weightGradient) {
  std::size_t first = network.parameters();
  const float* pulled = outGradient;
  for (unsigned layer = network.hiddenLayers + 1; layer-- > 0;) {
    const bool last = layer == network.hiddenLayers;
    const std::size_t columns = network.columns(layer);
    const std::size_t rows = last ? network.outputs : network.neurons;
    first -= columns * network.rows(layer);
    const std::size_t below = (layer - 1) * network.neurons * kFieldBatch;
    const float* from = layer == 0 ? in : hidden + below;
    accumulateWeights(pulled, from, columns, rows, count, weightGradient + first);
    float* to = layer == 0 ? inGradient : hiddenGradient + below;
    multiplyBack(weights + first, columns, rows, layer == 0 ? wanted : columns, pulled,
                 layer == 0 ? nullptr : from, to, count);
    pulled = to;
  }
}

/// From the gradient of gated features to those of the features and of the gate.
void gateBack(const FieldModel& model, FieldBatch& batch) {
  std::fill_n(batch.gateGradient(), batch.count, 0.0F);
  const std::size_t features = model.levels.size() * model.grid.features;
  for (std::size_t f = 0; f < features; ++f) {
    const float* gated = batch.row(batch.encodedRow() + f);
    float* pulled = batch.gradient(batch.encodedRow() + f);
    for (std::size_t n = 0; n < batch.count; ++n) {
      batch.gateGradient()[n] += pulled[n] * gated[n];
      pulled[n] *= batch.gate()[n];
    }
  }
  for (std::size_t n = 0; n < batch.count; ++n) {
    batch.gateGradient()[n] /= batch.gate()[n];
  }
}

void runBack(const FieldModel& model, FieldBatch& batch, float* networkGradient) {
  const std::size_t count = paddedCount(batch.count);
  float* logits = batch.logitGradient();
  std::fill(logits + batch.count, logits + count, 0.0F);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float* row = batch.rawColorGradient(channel);
    std::fill(row + batch.count, row + count, 0.0F);
  }
  // The colour's gradient of the density's outputs overwrites the logit's own.
  std::array<float, kFieldBatch> ofLogit{};
  std::copy_n(logits, count, ofLogit.data());
  const std::size_t outputs = (model.density.outputs + kTileRows - 1) / kTileRows * kTileRows;
  networkBack(model.color, model.colorWeights, batch.row(batch.colorInRow()),
              batch.row(batch.colorHiddenRow()), batch.gradient(batch.colorHiddenRow()),
              batch.gradient(batch.colorOutRow()), batch.gradient(batch.colorInRow()), outputs,
              count, networkGradient + model.density.parameters());
  for (std::size_t n = 0; n < count; ++n) {
    logits[n] += ofLogit[n];
  }
  networkBack(model.density, model.densityWeights, batch.row(batch.encodedRow()),
              batch.row(batch.densityHiddenRow()), batch.gradient(batch.densityHiddenRow()),
              batch.gradient(batch.colorInRow()), batch.gradient(batch.encodedRow()),
              model.density.inputs, count, networkGradient);
  if (batch.isGated) {
    gateBack(model, batch);
  }
}

template <std::size_t F>
void scatterBatch(const float* features, std::size_t count, FieldBatch& batch, float* table) {
  const hn::CappedTag<float, F> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t n = 0; n < count; ++n) {
    for (std::size_t f = 0; f < F; f += lanes) {
      const auto pulled = hn::LoadU(d, features + n * F + f);
      for (std::size_t corner = 0; corner < 8; ++corner) {
        float* entry = table + std::size_t{batch.corner(corner)[n]} * F + f;
        const auto weight = hn::Set(d, batch.cornerWeight(corner)[n]);
        hn::StoreU(hn::MulAdd(weight, pulled, hn::LoadU(d, entry)), d, entry);
      }
    }
  }
}

void scatterLevel(const FieldModel& model, std::size_t index, const LevelGradient& gradient,
                  FieldBatch& batch, float* tableGradient) {
  const GridLevel& level = model.levels[index];
  const std::size_t features = model.grid.features;
  float* table = tableGradient + level.first * features;
  for (std::size_t begin = 0; begin < gradient.count; begin += kFieldBatch) {
    const std::size_t count = std::min(kFieldBatch, gradient.count - begin);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      std::copy_n(gradient.places[axis] + begin, count, batch.place(axis));
      std::fill(batch.place(axis) + count, batch.place(axis) + paddedCount(count), 0.0F);
    }
    findCorners(model, level, {batch.place(0), batch.place(1), batch.place(2)}, paddedCount(count),
                batch);
    const float* pulled = gradient.features + begin * features;
    switch (features) {
      case 1: scatterBatch<1>(pulled, count, batch, table); break;
      case 2: scatterBatch<2>(pulled, count, batch, table); break;
      case 4: scatterBatch<4>(pulled, count, batch, table); break;
      default: scatterBatch<8>(pulled, count, batch, table); break;
    }
  }
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::renderer {
HWY_EXPORT(runDensity);
HWY_EXPORT(runColor);
HWY_EXPORT(runBack);
HWY_EXPORT(scatterLevel);

FieldModel::FieldModel(const HashGridField& shape, std::span<const float> values)
    : grid(shape.grid),
      levels(gridLevels(shape.grid)),
      density(shape.density),
      color(shape.color),
      extraInputs(shape.extraInputs),
      isHdr(shape.isHdr),
      densityWeights(values.data()),
      colorWeights(values.data() + shape.colorFirst()),
      table(values.data() + shape.gridFirst()) {}

FieldBatch::FieldBatch(const FieldModel& model) {
  // Rows are computed four at a time; the last network output may need up to three more.
  constexpr std::size_t kSpare = 3;
  m_encoded = 6;
  m_densityHidden = m_encoded + model.density.inputs;
  m_colorIn = m_densityHidden + std::size_t{model.density.hiddenLayers} * model.density.neurons;
  m_colorHidden =
      m_colorIn + std::max<std::size_t>(model.color.inputs, model.density.outputs + kSpare);
  m_colorOut = m_colorHidden + std::size_t{model.color.hiddenLayers} * model.color.neurons;
  const std::size_t rows = m_colorOut + model.color.outputs + kSpare;
  m_rows.assign(rows * kFieldBatch, 0.0F);
  m_gradients.assign(rows * kFieldBatch, 0.0F);
  m_cornerWeights.assign(8 * kFieldBatch, 0.0F);
  m_corners.assign(8 * kFieldBatch, 0);
  m_gates.assign(kFieldBatch, 1.0F);
  m_gateGradients.assign(kFieldBatch, 0.0F);
}

void fieldDensity(const FieldModel& model, FieldBatch& batch) {
  HWY_DYNAMIC_DISPATCH(runDensity)(model, batch);
}

void fieldColor(const FieldModel& model, FieldBatch& batch) {
  HWY_DYNAMIC_DISPATCH(runColor)(model, batch);
}

void fieldBackward(const FieldModel& model, FieldBatch& batch, std::span<float> networkGradient) {
  HWY_DYNAMIC_DISPATCH(runBack)(model, batch, networkGradient.data());
}

void fieldScatter(const FieldModel& model, std::size_t level, const LevelGradient& gradient,
                  FieldBatch& scratch, std::span<float> tableGradient) {
  HWY_DYNAMIC_DISPATCH(scatterLevel)(model, level, gradient, scratch, tableGradient.data());
}

float colorOf(float raw, bool isHdr) noexcept {
  return isHdr ? std::exp(std::clamp(raw, -10.0F, 10.0F)) : 1 / (1 + std::exp(-raw));
}

}  // namespace volpress::renderer
#endif  // HWY_ONCE
