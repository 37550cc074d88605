// A network run over arrays of rows on all threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "compressors/learning/layers.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/scratch_pool.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::learning {

/// A block of rows on its way through a network.
struct RowBlock {
  FloatArray in, kept;
};
using RowBlocks = ScratchPool<RowBlock>;

/// Immutable. `in` and `out` hold rows of inputs() and outputs() floats. The same bits on any
/// number of threads.
class Network {
public:
  explicit Network(LayerPtr layer) : m_layer(std::move(layer)) {}

  [[nodiscard]] const Layer& layer() const noexcept { return *m_layer; }
  [[nodiscard]] std::size_t inputs() const noexcept { return m_layer->inputs(); }
  [[nodiscard]] std::size_t outputs() const noexcept { return m_layer->outputs(); }

  /// parameters() floats, as a fresh network has them.
  [[nodiscard]] FloatArray freshParameters(std::uint64_t seed) const;

  /// Fills `out`, and `tape` with what `backward` needs.
  void forward(std::span<const float> parameters, std::span<const float> in, std::span<float> out,
               FloatArray& tape, TaskRunner& runner) const;
  /// Fills `out` alone.
  void forward(std::span<const float> parameters, std::span<const float> in, std::span<float> out,
               TaskRunner& runner) const;

  /// As above with inputs that are made where they are needed: `fill(first, count, in)` writes the
  /// rows `first` to `first + count`. Nothing is allocated once `blocks` are as many as threads.
  void forwardRows(std::span<const float> parameters, std::size_t rows,
                   const std::function<void(std::size_t, std::size_t, float*)>& fill,
                   std::span<float> out, RowBlocks& blocks, TaskRunner& runner) const;

  /// Given d(loss)/d(out), writes d(loss)/d(in) unless `inGradient` is empty, and adds to
  /// d(loss)/d(parameters). `in`, `out` and `tape` are those of `forward`.
  void backward(std::span<const float> parameters, std::span<const float> in,
                std::span<const float> out, const FloatArray& tape,
                std::span<const float> outGradient, std::span<float> inGradient,
                std::span<float> parameterGradient, TaskRunner& runner) const;

  /// `Layer::forwardFixed` over all rows.
  void forwardFixed(std::span<const std::int32_t> parameters, std::span<const std::int32_t> in,
                    std::span<std::int32_t> out, TaskRunner& runner) const;

private:
  LayerPtr m_layer;
};

/// The nearest fixed-point parameters, within +-32767: what a file stores and `forwardFixed` takes.
[[nodiscard]] std::vector<std::int32_t> fixedParameters(std::span<const float> parameters);
/// What they stand for.
[[nodiscard]] FloatArray floatParameters(std::span<const std::int32_t> fixed);

}  // namespace volpress::learning
