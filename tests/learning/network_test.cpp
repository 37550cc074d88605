// Layers against a second implementation in double precision, differentiated by differences.
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "compressors/learning/network.hpp"
#include "compressors/learning/view_order.hpp"

namespace volpress::learning {
namespace {

using Vector = std::vector<double>;

std::vector<float> numbers(std::size_t count, std::uint64_t seed, double reach) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double unit = std::ldexp(static_cast<double>(mixSeed(seed, i) >> 11), -53);
    values[i] = static_cast<float>(reach * (2 * unit - 1));
  }
  return values;
}

/// Reads parameters in the order that layers document.
class Reference {
public:
  explicit Reference(const Vector& parameters) : m_next(parameters.data()) {}

  Vector linear(const Vector& in, std::size_t outputs) {
    const double* weights = m_next;
    const double* bias = m_next + in.size() * outputs;
    m_next = bias + outputs;
    Vector out(outputs);
    for (std::size_t to = 0; to < outputs; ++to) {
      out[to] = bias[to];
      for (std::size_t from = 0; from < in.size(); ++from) {
        out[to] += weights[to * in.size() + from] * in[from];
      }
    }
    return out;
  }
  static Vector each(Vector values, const std::function<double(double)>& of) {
    for (double& value : values) {
      value = of(value);
    }
    return values;
  }
  static Vector leaky(Vector values, double slope) {
    return each(std::move(values), [slope](double x) { return x > 0 ? x : slope * x; });
  }
  static Vector add(Vector a, const Vector& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] += b[i];
    }
    return a;
  }

private:
  const double* m_next;
};

using Answer = std::function<Vector(const Vector& parameters, const Vector& in)>;

struct Case {
  const char* name;
  LayerPtr layer;
  Answer answer;
};

double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }

Vector residualAnswer(const Vector& parameters, const Vector& in, std::size_t hidden,
                      std::size_t outputs, std::size_t blocks) {
  Reference with(parameters);
  Vector at = Reference::leaky(with.linear(in, hidden), 0.01F);
  for (std::size_t i = 0; i < blocks; ++i) {
    const Vector inner = Reference::leaky(with.linear(at, hidden), 0.01F);
    at = Reference::add(at, Reference::leaky(with.linear(inner, hidden), 0.01F));
  }
  const Vector straight = with.linear(at, outputs);
  return Reference::add(straight, in.size() == outputs ? in : with.linear(in, outputs));
}

std::vector<Case> cases() {
  const std::array<std::size_t, 4> widths{5, 8, 6, 3};
  return {
      {"linear", linear(4, 3),
       [](const Vector& p, const Vector& in) { return Reference(p).linear(in, 3); }},
      {"mlp", mlp(widths),
       [](const Vector& p, const Vector& in) {
         Reference with(p);
         const Vector first = Reference::leaky(with.linear(in, 8), 0);
         return with.linear(Reference::leaky(with.linear(first, 6), 0), 3);
       }},
      {"sigmoid", sequence({linear(3, 4), sigmoid(4)}),
       [](const Vector& p, const Vector& in) {
         return Reference::each(Reference(p).linear(in, 4), sigmoidOf);
       }},
      {"tanh", sequence({linear(3, 4), tanh(4), linear(4, 2)}),
       [](const Vector& p, const Vector& in) {
         Reference with(p);
         const Vector bent =
             Reference::each(with.linear(in, 4), [](double x) { return std::tanh(x); });
         return with.linear(bent, 2);
       }},
      {"sum", sum(sequence({linear(3, 2), sigmoid(2)}), linear(3, 2)),
       [](const Vector& p, const Vector& in) {
         Reference with(p);
         const Vector bent = Reference::each(with.linear(in, 2), sigmoidOf);
         return Reference::add(bent, with.linear(in, 2));
       }},
      {"residual", residualMlp(6, 7, 4, 2),
       [](const Vector& p, const Vector& in) { return residualAnswer(p, in, 7, 4, 2); }},
      {"residual of equal widths", residualMlp(5, 7, 5, 1),
       [](const Vector& p, const Vector& in) { return residualAnswer(p, in, 7, 5, 1); }},
  };
}

/// sum of weight * out over all rows, a loss whose gradient uses every output.
double lossOf(const Case& of, const Vector& parameters, const Vector& in,
              std::span<const float> weights) {
  const std::size_t inputs = of.layer->inputs();
  double loss = 0;
  for (std::size_t row = 0; row * inputs < in.size(); ++row) {
    const auto first = in.begin() + static_cast<std::ptrdiff_t>(row * inputs);
    const Vector out =
        of.answer(parameters, Vector(first, first + static_cast<std::ptrdiff_t>(inputs)));
    for (std::size_t i = 0; i < out.size(); ++i) {
      loss += static_cast<double>(weights[row * out.size() + i]) * out[i];
    }
  }
  return loss;
}

/// The largest difference to central differences, relative to the largest gradient.
double worstError(std::span<const float> gradient, Vector& values,
                  const std::function<double()>& loss) {
  constexpr double kStep = 1e-6;
  double worst = 0;
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double kept = values[i];
    values[i] = kept + kStep;
    const double above = loss();
    values[i] = kept - kStep;
    const double below = loss();
    values[i] = kept;
    const double wanted = (above - below) / (2 * kStep);
    worst = std::max(worst, std::abs(wanted - static_cast<double>(gradient[i])));
    largest = std::max(largest, std::abs(wanted));
  }
  return worst / largest;
}

TEST(Network, AgreesWithTheReferenceAndItsDifferences) {
  constexpr std::size_t kRows = 7;
  SerialRunner runner;
  for (const Case& of : cases()) {
    SCOPED_TRACE(of.name);
    const Network network(of.layer);
    const FloatArray parameters = network.freshParameters(5);
    const std::vector<float> in = numbers(kRows * network.inputs(), 8, 1.5);
    std::vector<float> out(kRows * network.outputs());
    FloatArray tape;
    network.forward(parameters, in, out, tape, runner);
    Vector exactParameters(parameters.begin(), parameters.end());
    Vector exactIn(in.begin(), in.end());
    for (std::size_t row = 0; row < kRows; ++row) {
      const auto first = exactIn.begin() + static_cast<std::ptrdiff_t>(row * network.inputs());
      const Vector wanted = of.answer(
          exactParameters, Vector(first, first + static_cast<std::ptrdiff_t>(network.inputs())));
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(out[row * wanted.size() + i]), wanted[i], 1e-5);
      }
    }
    const std::vector<float> weights = numbers(out.size(), 11, 1);
    std::vector<float> inGradient(in.size());
    std::vector<float> parameterGradient(parameters.size(), 0.0F);
    network.backward(parameters, in, out, tape, weights, inGradient, parameterGradient, runner);
    const auto loss = [&] { return lossOf(of, exactParameters, exactIn, weights); };
    EXPECT_LT(worstError(inGradient, exactIn, loss), 1e-4);
    EXPECT_LT(worstError(parameterGradient, exactParameters, loss), 1e-4);
  }
}

TEST(Network, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Network network(residualMlp(12, 16, 5, 2));
  const FloatArray parameters = network.freshParameters(2);
  const std::vector<float> in = numbers(20000 * network.inputs(), 3, 1);
  const std::vector<float> weights = numbers(20000 * network.outputs(), 4, 1);
  std::array<std::vector<float>, 2> outs;
  std::array<std::vector<float>, 2> gradients;
  for (std::size_t threads = 1; threads <= 2; ++threads) {
    const auto runner = makeThreadRunner(threads == 1 ? 1 : 3);
    std::vector<float>& out = outs[threads - 1];
    std::vector<float>& gradient = gradients[threads - 1];
    out.resize(20000 * network.outputs());
    gradient.assign(parameters.size(), 0.0F);
    FloatArray tape;
    network.forward(parameters, in, out, tape, *runner);
    network.backward(parameters, in, out, tape, weights, {}, gradient, *runner);
  }
  EXPECT_EQ(outs[0], outs[1]);
  EXPECT_EQ(gradients[0], gradients[1]);
}

TEST(Network, InIntegersIsCloseToFloatsAndFixed) {
  const Network network(residualMlp(4, 32, 16, 2));
  const std::vector<std::int32_t> fixed = fixedParameters(network.freshParameters(7));
  const FloatArray parameters = floatParameters(fixed);
  EXPECT_EQ(fixedParameters(parameters), fixed);
  const std::vector<float> in = numbers(500 * 4, 9, 20);
  std::vector<std::int32_t> fixedIn(in.size());
  std::vector<float> exactIn(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    fixedIn[i] = static_cast<std::int32_t>(std::lround(std::ldexp(in[i], kActivationBits)));
    exactIn[i] = std::ldexp(static_cast<float>(fixedIn[i]), -kActivationBits);
  }
  SerialRunner runner;
  std::vector<float> out(500 * 16);
  std::vector<std::int32_t> fixedOut(out.size());
  network.forward(parameters, exactIn, out, runner);
  network.forwardFixed(fixed, fixedIn, fixedOut, runner);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(std::ldexp(static_cast<float>(fixedOut[i]), -kActivationBits), out[i], 2e-3F);
  }
}

TEST(Network, InIntegersSaturatesInsteadOfWrapping) {
  // 8 * 2^30 would leave 32 bits.
  const Network network(sequence({linear(2, 1), relu(1, 0.01F)}));
  const std::vector<std::int32_t> parameters{32767, 32767, 32767};
  const std::int32_t most = 1 << 30;
  std::array<std::int32_t, 2> out{};
  SerialRunner runner;
  network.forwardFixed(parameters, std::vector<std::int32_t>{most, most, -most, -most}, out,
                       runner);
  EXPECT_EQ(out[0], most);
  EXPECT_EQ(out[1], (std::int64_t{655} * -most) >> 16);
}

}  // namespace
}  // namespace volpress::learning
