#include "compressors/learning/layers.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <cblas.h>

#include "compressors/learning/view_order.hpp"

namespace volpress::learning {
namespace {

/// OpenBLAS takes the vectors that the processor has. Blocks of rows are what threads share out, so
/// each product keeps to the thread that asks for it.
void keepProductsOnTheirThread() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  static_cast<void>(done);
}

/// result (rows x columns) = left * right + `kept` * result, all row after row; `depth` numbers are
/// summed for each. A transposed factor lies as columns after columns.
struct Product {
  std::size_t rows, columns, depth;
  bool leftTransposed, rightTransposed;
  float kept;
};
void multiply(const Product& product, const float* left, const float* right, float* result) {
  const auto length = [](std::size_t value) { return static_cast<blasint>(value); };
  cblas_sgemm(CblasRowMajor, product.leftTransposed ? CblasTrans : CblasNoTrans,
              product.rightTransposed ? CblasTrans : CblasNoTrans, length(product.rows),
              length(product.columns), length(product.depth), 1, left,
              length(product.leftTransposed ? product.rows : product.depth), right,
              length(product.rightTransposed ? product.depth : product.columns), product.kept,
              result, length(product.columns));
}

/// Into the range that forwardFixed's inputs have.
std::int32_t saturate(std::int64_t value) {
  constexpr std::int64_t kMost = std::int64_t{1} << 30;
  return static_cast<std::int32_t>(std::clamp(value, -kMost, kMost));
}

class Linear final : public Layer {
public:
  Linear(std::size_t inputs, std::size_t outputs)
      : Layer(inputs, outputs, (inputs + 1) * outputs, 0) {
    keepProductsOnTheirThread();
  }

  void initialise(float* parameters, std::uint64_t& seed) const override {
    const auto bound = 1 / std::sqrt(static_cast<double>(inputs()));
    for (std::size_t i = 0; i < Layer::parameters(); ++i) {
      seed = mixSeed(seed, i);
      parameters[i] =
          static_cast<float>(bound * (std::ldexp(static_cast<double>(seed >> 11), -52) - 1));
    }
  }

  void forward(const float* parameters, const float* in, std::size_t rows, float* out,
               float* /*kept*/) const override {
    const float* bias = parameters + inputs() * outputs();
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(bias, outputs(), out + row * outputs());
    }
    multiply({rows, outputs(), inputs(), false, true, 1}, in, parameters, out);
  }

  void backward(const float* parameters, const float* in, const float* /*out*/,
                const float* /*kept*/, const float* outGradient, std::size_t rows,
                float* inGradient, float* parameterGradient) const override {
    multiply({outputs(), inputs(), rows, true, false, 1}, outGradient, in, parameterGradient);
    float* biasGradient = parameterGradient + inputs() * outputs();
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t to = 0; to < outputs(); ++to) {
        biasGradient[to] += outGradient[row * outputs() + to];
      }
    }
    if (inGradient != nullptr) {
      multiply({rows, inputs(), outputs(), false, false, 0}, outGradient, parameters, inGradient);
    }
  }

  void forwardFixed(const std::int32_t* parameters, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    const std::int32_t* bias = parameters + inputs() * outputs();
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t to = 0; to < outputs(); ++to) {
        // 2^15 * 2^30 * inputs stays far below 2^63.
        std::int64_t total = (static_cast<std::int64_t>(bias[to]) << kActivationBits) +
                             (std::int64_t{1} << (kParameterBits - 1));
        for (std::size_t from = 0; from < inputs(); ++from) {
          total += static_cast<std::int64_t>(parameters[to * inputs() + from]) *
                   in[row * inputs() + from];
        }
        out[row * outputs() + to] = saturate(total >> kParameterBits);
      }
    }
  }
};

class Relu final : public Layer {
public:
  Relu(std::size_t width, float slope) : Layer(width, width, 0, 0), m_slope(slope) {}

  void initialise(float* /*parameters*/, std::uint64_t& /*seed*/) const override {}

  void forward(const float* /*parameters*/, const float* in, std::size_t rows, float* out,
               float* /*kept*/) const override {
    for (std::size_t i = 0; i < rows * inputs(); ++i) {
      out[i] = std::max(in[i], m_slope * in[i]);
    }
  }

  void backward(const float* /*parameters*/, const float* in, const float* /*out*/,
                const float* /*kept*/, const float* outGradient, std::size_t rows,
                float* inGradient, float* /*parameterGradient*/) const override {
    const std::size_t size = inGradient != nullptr ? rows * inputs() : 0;
    const float slope = m_slope;
    for (std::size_t i = 0; i < size; ++i) {
      inGradient[i] = outGradient[i] * (in[i] > 0 ? 1 : slope);  // without a branch
    }
  }

  void forwardFixed(const std::int32_t* /*parameters*/, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    const auto slope = static_cast<std::int64_t>(std::lround(m_slope * 65536.0F));
    for (std::size_t i = 0; i < rows * inputs(); ++i) {
      out[i] = in[i] > 0 ? in[i] : static_cast<std::int32_t>(slope * in[i] >> 16);
    }
  }

private:
  float m_slope;
};

/// An activation whose derivative follows from its value: sigmoid s (1 - s), tanh 1 - t^2.
class Curved final : public Layer {
public:
  enum class Kind : std::uint8_t { Sigmoid, Tanh };
  Curved(std::size_t width, Kind kind) : Layer(width, width, 0, 0), m_kind(kind) {}

  void initialise(float* /*parameters*/, std::uint64_t& /*seed*/) const override {}

  void forward(const float* /*parameters*/, const float* in, std::size_t rows, float* out,
               float* /*kept*/) const override {
    for (std::size_t i = 0; i < rows * inputs(); ++i) {
      out[i] = m_kind == Kind::Sigmoid ? 1 / (1 + std::exp(-in[i])) : std::tanh(in[i]);
    }
  }

  void backward(const float* /*parameters*/, const float* /*in*/, const float* out,
                const float* /*kept*/, const float* outGradient, std::size_t rows,
                float* inGradient, float* /*parameterGradient*/) const override {
    for (std::size_t i = 0; inGradient != nullptr && i < rows * inputs(); ++i) {
      inGradient[i] =
          outGradient[i] * (m_kind == Kind::Sigmoid ? out[i] * (1 - out[i]) : 1 - out[i] * out[i]);
    }
  }

  void forwardFixed(const std::int32_t* /*parameters*/, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    assert(false && "a curved activation has no integer form");
    std::copy_n(in, rows * inputs(), out);
  }
  [[nodiscard]] bool isExact() const noexcept override { return false; }

private:
  Kind m_kind;
};

class Identity final : public Layer {
public:
  explicit Identity(std::size_t width) : Layer(width, width, 0, 0) {}
  void initialise(float* /*parameters*/, std::uint64_t& /*seed*/) const override {}
  void forward(const float* /*parameters*/, const float* in, std::size_t rows, float* out,
               float* /*kept*/) const override {
    std::copy_n(in, rows * inputs(), out);
  }
  void backward(const float* /*parameters*/, const float* /*in*/, const float* /*out*/,
                const float* /*kept*/, const float* outGradient, std::size_t rows,
                float* inGradient, float* /*parameterGradient*/) const override {
    if (inGradient != nullptr) {
      std::copy_n(outGradient, rows * inputs(), inGradient);
    }
  }
  void forwardFixed(const std::int32_t* /*parameters*/, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    std::copy_n(in, rows * inputs(), out);
  }
};

/// Keeps, layer after layer, what each keeps and (but for the last) its output.
class Sequence final : public Layer {
public:
  explicit Sequence(std::vector<LayerPtr> layers)
      : Layer(layers.front()->inputs(), layers.back()->outputs(), parametersOf(layers),
              keptOf(layers)),
        m_layers(std::move(layers)) {
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
      assert(i == 0 || m_layers[i]->inputs() == m_layers[i - 1]->outputs());
      m_widest = std::max(m_widest, m_layers[i]->outputs());
    }
  }

  void initialise(float* parameters, std::uint64_t& seed) const override {
    for (const LayerPtr& layer : m_layers) {
      layer->initialise(parameters, seed);
      parameters += layer->parameters();
    }
  }

  void forward(const float* parameters, const float* in, std::size_t rows, float* out,
               float* kept) const override {
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
      const Layer& layer = *m_layers[i];
      float* own = kept;
      kept += rows * layer.kept();
      float* to = i + 1 == m_layers.size() ? out : kept;
      layer.forward(parameters, in, rows, to, own);
      parameters += layer.parameters();
      in = to;
      kept += i + 1 == m_layers.size() ? 0 : rows * layer.outputs();
    }
  }

  void backward(const float* parameters, const float* in, const float* out, const float* kept,
                const float* outGradient, std::size_t rows, float* inGradient,
                float* parameterGradient) const override {
    parameters += Layer::parameters();
    parameterGradient += Layer::parameters();
    kept += rows * Layer::kept();
    std::vector<float> pulled[2];
    for (std::size_t i = m_layers.size(); i-- != 0;) {
      const Layer& layer = *m_layers[i];
      parameters -= layer.parameters();
      parameterGradient -= layer.parameters();
      kept -= rows * layer.kept();
      const float* from = i == 0 ? in : kept - rows * layer.inputs();
      float* to = inGradient;
      if (i != 0) {
        std::vector<float>& next = pulled[i % 2];
        next.resize(rows * layer.inputs());
        to = next.data();
      }
      layer.backward(parameters, from, out, kept, outGradient, rows, to, parameterGradient);
      outGradient = to;
      out = from;
      kept = from;
    }
  }

  void forwardFixed(const std::int32_t* parameters, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    std::vector<std::int32_t> between[2];
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
      std::vector<std::int32_t>& next = between[i % 2];
      next.resize(rows * m_widest);
      std::int32_t* to = i + 1 == m_layers.size() ? out : next.data();
      m_layers[i]->forwardFixed(parameters, in, rows, to);
      parameters += m_layers[i]->parameters();
      in = to;
    }
  }

  [[nodiscard]] bool isExact() const noexcept override {
    return std::all_of(m_layers.begin(), m_layers.end(),
                       [](const LayerPtr& layer) { return layer->isExact(); });
  }

private:
  static std::size_t parametersOf(const std::vector<LayerPtr>& layers) {
    std::size_t total = 0;
    for (const LayerPtr& layer : layers) {
      total += layer->parameters();
    }
    return total;
  }
  static std::size_t keptOf(const std::vector<LayerPtr>& layers) {
    std::size_t total = layers.front()->kept();
    for (std::size_t i = 1; i < layers.size(); ++i) {
      total += layers[i]->kept() + layers[i]->inputs();
    }
    return total;
  }

  std::vector<LayerPtr> m_layers;
  std::size_t m_widest = 0;
};

/// Keeps what the two keep and the output of each, which an activation at its end may need.
class Sum final : public Layer {
public:
  Sum(LayerPtr first, LayerPtr second)
      : Layer(first->inputs(), first->outputs(), first->parameters() + second->parameters(),
              first->kept() + second->kept() + 2 * first->outputs()),
        m_first(std::move(first)),
        m_second(std::move(second)) {
    assert(m_first->inputs() == m_second->inputs() && m_first->outputs() == m_second->outputs());
  }

  void initialise(float* parameters, std::uint64_t& seed) const override {
    m_first->initialise(parameters, seed);
    m_second->initialise(parameters + m_first->parameters(), seed);
  }

  void forward(const float* parameters, const float* in, std::size_t rows, float* out,
               float* kept) const override {
    const std::size_t size = rows * outputs();
    float* ofFirst = kept + 2 * size;
    m_first->forward(parameters, in, rows, kept, ofFirst);
    m_second->forward(parameters + m_first->parameters(), in, rows, kept + size,
                      ofFirst + rows * m_first->kept());
    for (std::size_t i = 0; i < size; ++i) {
      out[i] = kept[i] + kept[size + i];
    }
  }

  void backward(const float* parameters, const float* in, const float* /*out*/, const float* kept,
                const float* outGradient, std::size_t rows, float* inGradient,
                float* parameterGradient) const override {
    const std::size_t size = rows * outputs();
    const float* ofFirst = kept + 2 * size;
    m_first->backward(parameters, in, kept, ofFirst, outGradient, rows, inGradient,
                      parameterGradient);
    std::vector<float> other(inGradient != nullptr ? rows * inputs() : 0);
    m_second->backward(parameters + m_first->parameters(), in, kept + size,
                       ofFirst + rows * m_first->kept(), outGradient, rows,
                       inGradient != nullptr ? other.data() : nullptr,
                       parameterGradient + m_first->parameters());
    if (inGradient != nullptr) {
      for (std::size_t i = 0; i < other.size(); ++i) {
        inGradient[i] += other[i];
      }
    }
  }

  void forwardFixed(const std::int32_t* parameters, const std::int32_t* in, std::size_t rows,
                    std::int32_t* out) const override {
    std::vector<std::int32_t> other(rows * outputs());
    m_first->forwardFixed(parameters, in, rows, out);
    m_second->forwardFixed(parameters + m_first->parameters(), in, rows, other.data());
    for (std::size_t i = 0; i < other.size(); ++i) {
      out[i] = saturate(static_cast<std::int64_t>(out[i]) + other[i]);
    }
  }

  [[nodiscard]] bool isExact() const noexcept override {
    return m_first->isExact() && m_second->isExact();
  }

private:
  LayerPtr m_first, m_second;
};

constexpr float kLeak = 0.01F;

}  // namespace

LayerPtr linear(std::size_t inputs, std::size_t outputs) {
  return std::make_shared<Linear>(inputs, outputs);
}
LayerPtr relu(std::size_t width, float slope) { return std::make_shared<Relu>(width, slope); }
LayerPtr sigmoid(std::size_t width) {
  return std::make_shared<Curved>(width, Curved::Kind::Sigmoid);
}
LayerPtr tanh(std::size_t width) { return std::make_shared<Curved>(width, Curved::Kind::Tanh); }
LayerPtr identity(std::size_t width) { return std::make_shared<Identity>(width); }
LayerPtr sequence(std::vector<LayerPtr> layers) {
  return std::make_shared<Sequence>(std::move(layers));
}
LayerPtr sum(LayerPtr first, LayerPtr second) {
  return std::make_shared<Sum>(std::move(first), std::move(second));
}

LayerPtr mlp(std::span<const std::size_t> widths) {
  std::vector<LayerPtr> layers;
  for (std::size_t i = 1; i < widths.size(); ++i) {
    if (i > 1) {
      layers.push_back(relu(widths[i - 1]));
    }
    layers.push_back(linear(widths[i - 1], widths[i]));
  }
  return sequence(std::move(layers));
}

LayerPtr residualMlp(std::size_t inputs, std::size_t hidden, std::size_t outputs,
                     std::size_t blocks) {
  std::vector<LayerPtr> layers{linear(inputs, hidden), relu(hidden, kLeak)};
  for (std::size_t i = 0; i < blocks; ++i) {
    layers.push_back(
        sum(identity(hidden), sequence({linear(hidden, hidden), relu(hidden, kLeak),
                                        linear(hidden, hidden), relu(hidden, kLeak)})));
  }
  layers.push_back(linear(hidden, outputs));
  return sum(sequence(std::move(layers)),
             inputs == outputs ? identity(inputs) : linear(inputs, outputs));
}

}  // namespace volpress::learning
