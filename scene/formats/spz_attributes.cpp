#include "scene/formats/spz_attributes.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/half_float.hpp"
#include "scene/formats/activations.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kGrain = 1024;  // so that a stretch stays in cache while axes are turned
constexpr float kColourScale = 0.15F;
constexpr std::int32_t kPositionLimit = (1 << 23) - 1;
constexpr std::uint32_t kMagnitudeMask = (1U << 9) - 1;

std::uint8_t byteAt(ByteView bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

// Nearest integer of a number already known to be >= 0, in a form that compilers vectorise. What
// lies within a float's rounding of the middle between two integers may become either.
std::int32_t roundPositive(float value) noexcept {
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): meant so, see above
  return static_cast<std::int32_t>(value + 0.5F);
}

void decodePositions(const SpzLayout& layout, ByteView bytes, std::size_t begin, std::size_t end,
                     FloatArray& means) {
  if (layout.version == 1) {
    for (std::size_t i = 3 * begin; i < 3 * end; ++i) {
      const int low = byteAt(bytes, 2 * i);
      means[i] = floatFromHalf(static_cast<std::uint16_t>(low | byteAt(bytes, 2 * i + 1) << 8));
    }
    return;
  }
  const float step = std::ldexp(1.0F, -static_cast<int>(layout.fractionalBits));
  for (std::size_t i = 3 * begin; i < 3 * end; ++i) {
    const std::uint32_t bits = static_cast<std::uint32_t>(byteAt(bytes, 3 * i)) << 8 |
                               static_cast<std::uint32_t>(byteAt(bytes, 3 * i + 1)) << 16 |
                               static_cast<std::uint32_t>(byteAt(bytes, 3 * i + 2)) << 24;
    means[i] = static_cast<float>(static_cast<std::int32_t>(bits) >> 8) * step;
  }
}

// Version 1 and 2: x, y, z as bytes; w is what is missing to length one.
std::array<float, 4> unpackThreeBytes(ByteView bytes, std::size_t at) {
  std::array<float, 4> q{};
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    q[c + 1] = static_cast<float>(byteAt(bytes, at + c)) / 127.5F - 1;
    sum += q[c + 1] * q[c + 1];
  }
  q[0] = std::sqrt(std::max(0.0F, 1 - sum));
  return q;
}

void decodeRotations(const SpzLayout& layout, ByteView bytes, std::size_t begin, std::size_t end,
                     FloatArray& rotations) {
  for (std::size_t i = begin; i < end; ++i) {
    std::array<float, 4> q{};
    if (layout.version < 3) {
      q = unpackThreeBytes(bytes, 3 * i);
    } else {
      std::uint32_t word = 0;
      std::memcpy(&word, &bytes[4 * i], sizeof(word));
      q = unpackSpzRotation(word);
    }
    std::copy(q.begin(), q.end(), &rotations[4 * i]);
  }
}

// What each of the 256 values of a byte means: the logarithm is taken once per value.
struct ByteTables {
  std::array<float, 256> logit{};
  std::array<float, 256> colour{};
  std::array<float, 256> logScale{};

  explicit ByteTables(bool doubledOpacity) {
    for (std::size_t b = 0; b < 256; ++b) {
      const auto value = static_cast<float>(b);
      logit[b] = logitOf(static_cast<double>(b) / 255 * (doubledOpacity ? 2 : 1));
      colour[b] = (value / 255 - 0.5F) / kColourScale;
      logScale[b] = value / 16 - 10;
    }
  }
};

// The splats [begin, end) with their axes turned.
GaussianCloud turnedPart(const GaussianCloud& cloud, const AxisSigns& signs, std::size_t begin,
                         std::size_t end) {
  GaussianCloud part;
  resizeCloud(part, end - begin, cloud.shDegree);
  const auto copy = [&](const FloatArray& from, FloatArray& to, std::size_t width) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(begin * width), to.size(), to.begin());
  };
  copy(cloud.means, part.means, 3);
  copy(cloud.logScales, part.logScales, 3);
  copy(cloud.rotations, part.rotations, 4);
  copy(cloud.opacityLogits, part.opacityLogits, 1);
  copy(cloud.shDc, part.shDc, 3);
  copy(cloud.shRest, part.shRest, 3 * shRestCount(cloud.shDegree));
  turnAxes(part, signs);
  return part;
}

void encodePositions(unsigned fractionalBits, const FloatArray& means, std::byte* out) {
  const double scale = std::ldexp(1.0, static_cast<int>(fractionalBits));
  for (std::size_t i = 0; i < means.size(); ++i) {
    const double value =
        std::clamp<double>(static_cast<double>(means[i]) * scale, -kPositionLimit, kPositionLimit);
    const auto steps =
        static_cast<std::uint32_t>(static_cast<std::int32_t>(value + std::copysign(0.5, value)));
    out[3 * i] = static_cast<std::byte>(steps);
    out[3 * i + 1] = static_cast<std::byte>(steps >> 8);
    out[3 * i + 2] = static_cast<std::byte>(steps >> 16);
  }
}

void encodeOpacities(const FloatArray& logits, std::byte* out) {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    out[i] = static_cast<std::byte>(roundPositive(opacityOf(logits[i]) * 255));
  }
}

// Linear quantisation to a byte, clamped.
void encodeLinear(const FloatArray& values, float scale, float offset, std::byte* out) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    out[i] =
        static_cast<std::byte>(roundPositive(std::clamp(values[i] * scale + offset, 0.0F, 255.0F)));
  }
}

void encodeSh(const GaussianCloud& cloud, SpzShBits bits, std::byte* out) {
  const std::size_t width = 3 * shRestCount(cloud.shDegree);
  const std::size_t band1 = std::min<std::size_t>(width, 9);
  const auto encodeRun = [&](std::size_t from, std::size_t to, unsigned keptBits) {
    const std::int32_t bucket = 1 << (8 - keptBits);
    for (std::size_t k = from; k < to; ++k) {
      const std::int32_t steps =
          roundPositive(std::clamp(cloud.shRest[k] * 128 + 128, 0.0F, 256.0F));
      const std::int32_t snapped = (steps + bucket / 2) & -bucket;
      out[k] = static_cast<std::byte>(std::min(snapped, 255));
    }
  };
  for (std::size_t i = 0; i < cloud.count; ++i) {
    encodeRun(i * width, i * width + band1, bits.band1);
    encodeRun(i * width + band1, (i + 1) * width, bits.above);
  }
}

}  // namespace

std::uint64_t spzArrayBytes(const SpzLayout& layout, SpzArray array) noexcept {
  const std::uint64_t count = layout.count;
  switch (array) {
    case SpzArray::Positions: return count * (layout.version == 1 ? 6 : 9);
    case SpzArray::Alphas: return count;
    case SpzArray::Colours:
    case SpzArray::Scales: return count * 3;
    case SpzArray::Rotations: return count * (layout.version < 3 ? 3 : 4);
    case SpzArray::Sh: return count * 3 * shRestCount(layout.shDegree);
  }
  return 0;
}

std::uint64_t spzRawBytes(const SpzLayout& layout) noexcept {
  std::uint64_t total = 0;
  for (std::size_t a = 0; a < kSpzArrays; ++a) {
    total += spzArrayBytes(layout, static_cast<SpzArray>(a));
  }
  return total;
}

SpzArrayViews splitSpzArrays(const SpzLayout& layout, ByteView raw) {
  SpzArrayViews views;
  for (std::size_t a = 0; a < kSpzArrays; ++a) {
    const auto size = static_cast<std::size_t>(spzArrayBytes(layout, static_cast<SpzArray>(a)));
    views[a] = raw.first(size);
    raw = raw.subspan(size);
  }
  return views;
}

std::array<std::byte, 3> packSpzRotation3(const float* wxyz) noexcept {
  // In double, so that no valid float quaternion overflows or vanishes.
  double length2 = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    length2 += static_cast<double>(wxyz[c]) * static_cast<double>(wxyz[c]);
  }
  const double factor = 127.5 / std::copysign(std::sqrt(length2), static_cast<double>(wxyz[0]));
  std::array<std::byte, 3> bytes{};
  for (std::size_t c = 0; c < 3; ++c) {
    bytes[c] = static_cast<std::byte>(
        std::clamp(std::lround(static_cast<double>(wxyz[c + 1]) * factor + 127.5), 0L, 255L));
  }
  return bytes;
}

std::uint32_t packSpzRotation(const float* wxyz) noexcept {
  // In double, so that no valid float quaternion overflows or vanishes.
  const std::array<double, 4> q{static_cast<double>(wxyz[1]), static_cast<double>(wxyz[2]),
                                static_cast<double>(wxyz[3]), static_cast<double>(wxyz[0])};
  const double length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  std::size_t largest = 0;
  for (std::size_t c = 1; c < 4; ++c) {
    if (std::abs(q[c]) > std::abs(q[largest])) {
      largest = c;
    }
  }
  const double toSteps = kMagnitudeMask * std::sqrt(2.0) / length;
  auto word = static_cast<std::uint32_t>(largest);
  for (std::size_t c = 0; c < 4; ++c) {
    if (c != largest) {
      const auto magnitude = std::min(
          static_cast<std::uint32_t>(std::lround(std::abs(q[c]) * toSteps)), kMagnitudeMask);
      const bool negative = (q[c] < 0) != (q[largest] < 0) && magnitude != 0;
      word = word << 10 | (negative ? 1U << 9 : 0U) | magnitude;
    }
  }
  return word;
}

std::array<float, 4> unpackSpzRotation(std::uint32_t word) noexcept {
  std::array<float, 4> xyzw{};
  const std::size_t largest = word >> 30;
  float sum = 0;
  for (std::size_t c = 4; c-- > 0;) {
    if (c != largest) {
      const float magnitude = static_cast<float>(word & kMagnitudeMask) *
                              (static_cast<float>(M_SQRT1_2) / kMagnitudeMask);
      xyzw[c] = (word & (1U << 9)) != 0 ? -magnitude : magnitude;
      sum += magnitude * magnitude;
      word >>= 10;
    }
  }
  // Rounded or hostile parts may be longer than one together.
  xyzw[largest] = std::sqrt(std::max(0.0F, 1 - sum));
  return {xyzw[3], xyzw[0], xyzw[1], xyzw[2]};
}

GaussianCloud decodeSpzArrays(const SpzLayout& layout, const SpzArrayViews& arrays,
                              const AxisSigns& signs, TaskRunner& runner) {
  GaussianCloud cloud;
  resizeCloud(cloud, layout.count, layout.shDegree);
  cloud.filter = layout.antialiased ? FilterMode::Antialiased : FilterMode::Default;
  const ByteTables tables(layout.doubledOpacity);
  const auto bytesOf = [&](SpzArray array) { return arrays[static_cast<std::size_t>(array)]; };
  const ByteView alphas = bytesOf(SpzArray::Alphas);
  const ByteView colours = bytesOf(SpzArray::Colours);
  const ByteView scales = bytesOf(SpzArray::Scales);
  const std::byte* sh = bytesOf(SpzArray::Sh).data();
  const std::size_t shWidth = 3 * shRestCount(layout.shDegree);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    decodePositions(layout, bytesOf(SpzArray::Positions), begin, end, cloud.means);
    for (std::size_t i = begin; i < end; ++i) {
      cloud.opacityLogits[i] = tables.logit[byteAt(alphas, i)];
    }
    for (std::size_t i = 3 * begin; i < 3 * end; ++i) {
      cloud.shDc[i] = tables.colour[byteAt(colours, i)];
      cloud.logScales[i] = tables.logScale[byteAt(scales, i)];
    }
    decodeRotations(layout, bytesOf(SpzArray::Rotations), begin, end, cloud.rotations);
    float* rest = cloud.shRest.data();
    for (std::size_t k = begin * shWidth; k < end * shWidth; ++k) {
      rest[k] = static_cast<float>(static_cast<int>(sh[k]) - 128) / 128;
    }
    turnAxes(cloud, signs, begin, end);
  });
  return cloud;
}

Bytes encodeSpzArrays(const SpzLayout& layout, const GaussianCloud& cloud, const AxisSigns& signs,
                      SpzShBits bits, TaskRunner& runner) {
  Bytes raw(static_cast<std::size_t>(spzRawBytes(layout)));
  const SpzArrayViews views = splitSpzArrays(layout, raw);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    const GaussianCloud part = turnedPart(cloud, signs, begin, end);
    // Where this stretch begins in an array.
    const auto placeOf = [&](SpzArray array) {
      const ByteView view = views[static_cast<std::size_t>(array)];
      return raw.data() + (view.data() - raw.data()) + view.size() / cloud.count * begin;
    };
    encodePositions(layout.fractionalBits, part.means, placeOf(SpzArray::Positions));
    encodeOpacities(part.opacityLogits, placeOf(SpzArray::Alphas));
    encodeLinear(part.shDc, kColourScale * 255, 127.5F, placeOf(SpzArray::Colours));
    encodeLinear(part.logScales, 16, 160, placeOf(SpzArray::Scales));
    std::byte* rotations = placeOf(SpzArray::Rotations);
    for (std::size_t i = 0; i < part.count; ++i) {
      if (layout.version < 3) {
        const auto bytes = packSpzRotation3(&part.rotations[4 * i]);
        std::copy(bytes.begin(), bytes.end(), rotations + 3 * i);
      } else {
        const std::uint32_t word = packSpzRotation(&part.rotations[4 * i]);
        std::memcpy(rotations + 4 * i, &word, sizeof(word));
      }
    }
    encodeSh(part, bits, placeOf(SpzArray::Sh));
  });
  return raw;
}

}  // namespace volpress::formats
