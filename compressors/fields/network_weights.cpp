#include "compressors/fields/network_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/weight_coder.hpp"
#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

constexpr double kLeastStep = 1e-6;
constexpr double kMostStep = 1;
/// Share of a matrix' mean sensitivity that every weight has at least.
constexpr float kLeastWeight = 0.02F;

struct Matrix {
  std::size_t first = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

std::vector<Matrix> matricesOf(const HashGridField& field) {
  std::vector<Matrix> matrices;
  std::size_t first = 0;
  for (const FieldNetwork* network : {&field.density, &field.color}) {
    for (unsigned layer = 0; layer <= network->hiddenLayers; ++layer) {
      matrices.push_back({first, network->rows(layer), network->columns(layer)});
      first += network->rows(layer) * network->columns(layer);
    }
  }
  return matrices;
}

/// Rows that only pad an output have no sensitivity and become 0.
Bytes encodeMatrix(const HashGridField& field, const Matrix& matrix, const FloatArray& sensitivity,
                   double lambda, float& step) {
  const std::size_t count = matrix.rows * matrix.columns;
  const std::span<const float> weights(field.parameters.data() + matrix.first, count);
  std::vector<float> importance(sensitivity.data() + matrix.first,
                                sensitivity.data() + matrix.first + count);
  const double mean =
      std::accumulate(importance.begin(), importance.end(), 0.0) / static_cast<double>(count);
  const auto least = kLeastWeight * static_cast<float>(mean);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const auto begin = importance.begin() + static_cast<std::ptrdiff_t>(row * matrix.columns);
    const auto end = begin + static_cast<std::ptrdiff_t>(matrix.columns);
    if (std::any_of(begin, end, [](float value) { return value > 0; })) {
      std::for_each(begin, end, [least](float& value) { value += least; });
    }
  }
  // d/dstep of weight * step^2 / 12 + lambda * bits is zero there.
  const double wanted = mean > 0 ? std::sqrt(6 * lambda / (std::log(2.0) * mean)) : kMostStep;
  step = static_cast<float>(std::clamp(wanted, kLeastStep, kMostStep));
  const coding::WeightLayout layout{matrix.columns, 1};
  return coding::encodeWeights(
      coding::roundWeights(weights, layout, {static_cast<double>(step), lambda, importance}),
      layout);
}

}  // namespace

Bytes encodeNetworkWeights(const HashGridField& field, const FloatArray& sensitivity,
                           double lambda) {
  ByteWriter out;
  for (const Matrix& matrix : matricesOf(field)) {
    float step = 0;
    const Bytes stream = encodeMatrix(field, matrix, sensitivity, lambda, step);
    out.write(step);
    out.write(static_cast<std::uint32_t>(stream.size()));
    out.append(stream);
  }
  return std::move(out).take();
}

Result<void> decodeNetworkWeights(ByteView bytes, HashGridField& field) {
  ByteReader reader(bytes);
  for (const Matrix& matrix : matricesOf(field)) {
    VOLPRESS_TRY(const auto step, reader.read<float>("a matrix' step"));
    VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("a matrix' bytes"));
    VOLPRESS_TRY(const ByteView stream, reader.take(size, "a matrix' weights"));
    if (!(step > 0) || !std::isfinite(step)) {
      return fail(ErrorCode::CorruptData, "a matrix has step {}; allowed are positive numbers",
                  step);
    }
    const std::size_t count = matrix.rows * matrix.columns;
    VOLPRESS_TRY(const std::vector<std::int32_t> values,
                 coding::decodeWeights(stream, count, {matrix.columns, 1}));
    for (std::size_t i = 0; i < count; ++i) {
      constexpr double kMost = 65504;  // of binary16
      const auto value =
          static_cast<float>(std::clamp(static_cast<double>(step) * values[i], -kMost, kMost));
      field.parameters[matrix.first + i] =
          field.storesHalf ? halfToFloat(floatToHalf(value)) : value;
    }
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last matrix", reader.remaining());
  }
  return {};
}

}  // namespace volpress::fields
