#include "compressors/learning/adam.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::learning {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr float kEpsilon = 1e-15F;
constexpr std::size_t kGrain = 16384;

}  // namespace

void Adam::step(FloatArray& values, FloatArray& gradient, double rate, TaskRunner& runner) {
  if (first.empty()) {
    first.assign(values.size(), 0.0F);
    second.assign(values.size(), 0.0F);
  }
  ++steps;
  const auto t = static_cast<double>(steps);
  const auto scale = static_cast<float>(rate / (1 - std::pow(kBeta1, t)));
  const auto unbias = static_cast<float>(1 / std::sqrt(1 - std::pow(kBeta2, t)));
  runner.parallelFor(values.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    float* p = values.data();
    float* g = gradient.data();
    float* m = first.data();
    float* v = second.data();
    constexpr auto b1 = static_cast<float>(kBeta1);
    constexpr auto b2 = static_cast<float>(kBeta2);
    for (std::size_t i = begin; i < end; ++i) {
      m[i] = b1 * m[i] + (1 - b1) * g[i];
      v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
      p[i] -= scale * m[i] / (std::sqrt(v[i]) * unbias + kEpsilon);
      g[i] = 0;
    }
  });
}

void Adam::regroup(std::span<const std::uint32_t> sources, std::size_t kept, std::size_t width) {
  if (first.empty()) {
    return;
  }
  for (FloatArray* moments : {&first, &second}) {
    FloatArray moved;
    moved.assign(sources.size() * width, 0.0F);
    for (std::size_t i = 0; i < kept; ++i) {
      std::copy_n(moments->data() + sources[i] * width, width, moved.data() + i * width);
    }
    *moments = std::move(moved);
  }
}

}  // namespace volpress::learning
