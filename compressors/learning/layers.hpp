// Small networks made of differentiable layers, with gradients written by hand.
//
// A layer maps rows of numbers to rows of numbers and owns nothing: its parameters are a stretch of
// one flat array, so that the optimiser, checkpoints and files see one array a network. Layers work
// on a block of rows on the calling thread; `Network` (network.hpp) runs them over whole arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace volpress::learning {

/// Fixed point of `Layer::forwardFixed`: parameters are multiples of 2^-12 within 16 bits,
/// activations multiples of 2^-16 within +-2^30.
inline constexpr int kParameterBits = 12;
inline constexpr int kActivationBits = 16;

/// All arrays are row-major: `rows` rows of inputs(), outputs() or kept() numbers.
class Layer {
public:
  virtual ~Layer() = default;
  [[nodiscard]] std::size_t inputs() const noexcept { return m_inputs; }
  [[nodiscard]] std::size_t outputs() const noexcept { return m_outputs; }
  [[nodiscard]] std::size_t parameters() const noexcept { return m_parameters; }
  /// Numbers a row that `forward` leaves for `backward`.
  [[nodiscard]] std::size_t kept() const noexcept { return m_kept; }

  /// Fills parameters() values as a fresh network has them; `seed` moves on.
  virtual void initialise(float* parameters, std::uint64_t& seed) const = 0;

  virtual void forward(const float* parameters, const float* in, std::size_t rows, float* out,
                       float* kept) const = 0;

  /// Given d(loss)/d(out), writes d(loss)/d(in) unless `inGradient` is null, and adds to
  /// d(loss)/d(parameters). `in`, `out` and `kept` are those of `forward`.
  virtual void backward(const float* parameters, const float* in, const float* out,
                        const float* kept, const float* outGradient, std::size_t rows,
                        float* inGradient, float* parameterGradient) const = 0;

  /// As `forward`, in integers: the same on every machine, for what an entropy decoder depends on.
  /// Parameters are within +-32767, inputs within +-2^30. Layers with a curved activation have
  /// none (isExact()).
  virtual void forwardFixed(const std::int32_t* parameters, const std::int32_t* in,
                            std::size_t rows, std::int32_t* out) const = 0;
  [[nodiscard]] virtual bool isExact() const noexcept { return true; }

protected:
  Layer(std::size_t inputs, std::size_t outputs, std::size_t parameters, std::size_t kept)
      : m_inputs(inputs), m_outputs(outputs), m_parameters(parameters), m_kept(kept) {}

private:
  std::size_t m_inputs, m_outputs, m_parameters, m_kept;
};

using LayerPtr = std::shared_ptr<const Layer>;

/// out = W in + b. Parameters: W (outputs x inputs, row-major), then b. Fresh ones are uniform
/// within +-1 / sqrt(inputs).
[[nodiscard]] LayerPtr linear(std::size_t inputs, std::size_t outputs);
/// max(x, slope x), 0 <= slope < 1.
[[nodiscard]] LayerPtr relu(std::size_t width, float slope = 0);
[[nodiscard]] LayerPtr sigmoid(std::size_t width);
[[nodiscard]] LayerPtr tanh(std::size_t width);
[[nodiscard]] LayerPtr identity(std::size_t width);
/// One after the other; parameters follow each other. At least one; widths must fit.
[[nodiscard]] LayerPtr sequence(std::vector<LayerPtr> layers);
/// first(x) + second(x), of equal widths.
[[nodiscard]] LayerPtr sum(LayerPtr first, LayerPtr second);

/// Linear layers of the given widths (inputs first, outputs last) with ReLU between them.
[[nodiscard]] LayerPtr mlp(std::span<const std::size_t> widths);
/// The block of CompGS: linear, leaky ReLU 0.01, `blocks` times x + linear(leaky(linear(x)))
/// with a leaky ReLU behind each inner linear, linear; plus a linear map of the input (or the input
/// itself where widths are equal).
[[nodiscard]] LayerPtr residualMlp(std::size_t inputs, std::size_t hidden, std::size_t outputs,
                                   std::size_t blocks);

}  // namespace volpress::learning
