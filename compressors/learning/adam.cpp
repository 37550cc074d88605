#include "compressors/learning/adam.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compressors/learning/adam.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#ifndef VOLPRESS_ADAM_SHARED
#define VOLPRESS_ADAM_SHARED
namespace volpress::learning {

constexpr double kBeta1 = 0.9;
constexpr float kEpsilon = 1e-15F;

/// A stretch of one group's arrays.
struct AdamRange {
  float* values;
  float* gradient;
  float* first;
  float* second;
  std::size_t count;
  float scale;   ///< learning rate over the bias of the first moment
  float unbias;  ///< of the second moment's root
  float beta2;
  bool leavesUntouched;
};

}  // namespace volpress::learning
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::learning::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// One vector's worth of parameters.
template <typename D>
HWY_INLINE void descend(D d, const AdamRange& range, std::size_t at) {
  constexpr auto b1 = static_cast<float>(kBeta1);
  const float b2 = range.beta2;
  float* values = range.values + at;
  float* gradient = range.gradient + at;
  float* first = range.first + at;
  float* second = range.second + at;
  const auto g = hn::LoadU(d, gradient);
  const auto m = hn::MulAdd(hn::Set(d, b1), hn::LoadU(d, first), hn::Mul(hn::Set(d, 1 - b1), g));
  const auto v =
      hn::MulAdd(hn::Set(d, b2), hn::LoadU(d, second), hn::Mul(hn::Mul(hn::Set(d, 1 - b2), g), g));
  const auto below = hn::MulAdd(hn::Sqrt(v), hn::Set(d, range.unbias), hn::Set(d, kEpsilon));
  const auto step = hn::Div(hn::Mul(hn::Set(d, range.scale), m), below);
  const auto moved = hn::Sub(hn::LoadU(d, values), step);
  if (range.leavesUntouched) {
    const auto untouched = hn::Eq(g, hn::Zero(d));
    hn::StoreU(hn::IfThenElse(untouched, hn::LoadU(d, values), moved), d, values);
    hn::StoreU(hn::IfThenElse(untouched, hn::LoadU(d, first), m), d, first);
    hn::StoreU(hn::IfThenElse(untouched, hn::LoadU(d, second), v), d, second);
  } else {
    hn::StoreU(moved, d, values);
    hn::StoreU(m, d, first);
    hn::StoreU(v, d, second);
  }
  hn::StoreU(hn::Zero(d), d, gradient);
}

void descendRange(const AdamRange& range) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= range.count; i += lanes) {
    descend(d, range, i);
  }
  const hn::CappedTag<float, 1> one;
  for (; i < range.count; ++i) {
    descend(one, range, i);
  }
}

}  // namespace volpress::learning::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::learning {
HWY_EXPORT(descendRange);
namespace {
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
  const auto unbias = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, t)));
  runner.parallelFor(values.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    HWY_DYNAMIC_DISPATCH(descendRange)
    ({values.data() + begin, gradient.data() + begin, first.data() + begin, second.data() + begin,
      end - begin, scale, unbias, static_cast<float>(beta2), leavesUntouched});
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
#endif  // HWY_ONCE
