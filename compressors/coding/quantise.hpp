// Quantisers and bit packing. Decoding is exact double arithmetic with one rounding to
// float, so that every machine rebuilds the same numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "scene/base/bytes.hpp"

namespace volpress::coding {

/// value = offset + step * level. step > 0; both finite.
struct UniformQuantiser {
  float step = 1;
  float offset = 0;

  /// Levels are kept below 2^28 in magnitude, so that step * level is exact in double and
  /// decoding cannot depend on whether a compiler fuses the addition.
  static constexpr std::int32_t kMaxLevel = (1 << 28) - 1;

  /// `levels` (2 .. 2^24) evenly spaced values from low to high; a single one when they are equal.
  [[nodiscard]] static UniformQuantiser fromRange(float low, float high, std::uint32_t levels) {
    const double extent = static_cast<double>(high) - static_cast<double>(low);
    const auto step = static_cast<float>(extent / (levels - 1.0));
    return {step > 0 && std::isfinite(step) ? step : 1.0F, low};
  }

  /// The nearest level, halves away from zero.
  [[nodiscard]] std::int32_t quantise(float value) const noexcept {
    const double scaled =
        (static_cast<double>(value) - static_cast<double>(offset)) / static_cast<double>(step);
    constexpr double kLimit = kMaxLevel;
    return static_cast<std::int32_t>(std::round(std::clamp(scaled, -kLimit, kLimit)));
  }

  /// As `quantise`, but what lies within `deadZone` steps (0.5: none, up to 1) of level 0 becomes
  /// 0.
  [[nodiscard]] std::int32_t quantiseWithDeadZone(float value, double deadZone) const noexcept {
    const double scaled =
        (static_cast<double>(value) - static_cast<double>(offset)) / static_cast<double>(step);
    return std::abs(scaled) < deadZone ? 0 : quantise(value);
  }

  [[nodiscard]] float value(std::int32_t level) const noexcept {
    return static_cast<float>(static_cast<double>(offset) +
                              static_cast<double>(step) * static_cast<double>(level));
  }
};

/// A unit quaternion without its largest component, which is made positive and rebuilt from the
/// others.
struct SmallestThree {
  std::uint8_t largest = 0;             ///< index of the component left out, in order w,x,y,z
  std::array<std::int32_t, 3> parts{};  ///< the others in that order, -maxLevel .. maxLevel

  /// maxLevel stands for sqrt(1/2), the most that a component beside the largest can be.
  [[nodiscard]] static SmallestThree quantise(const float* wxyz, std::int32_t maxLevel) noexcept {
    double norm = 0;
    SmallestThree result;
    for (std::size_t i = 0; i < 4; ++i) {
      norm += static_cast<double>(wxyz[i]) * static_cast<double>(wxyz[i]);
      if (std::abs(wxyz[i]) > std::abs(wxyz[result.largest])) {
        result.largest = static_cast<std::uint8_t>(i);
      }
    }
    const double sign = wxyz[result.largest] < 0 ? -1.0 : 1.0;
    const double scale = sign * maxLevel * kRoot2 / std::sqrt(norm);
    for (std::size_t i = 0, part = 0; i < 4; ++i) {
      if (i != result.largest) {
        const double level = std::round(static_cast<double>(wxyz[i]) * scale);
        result.parts[part++] = static_cast<std::int32_t>(
            std::clamp(level, -static_cast<double>(maxLevel), static_cast<double>(maxLevel)));
      }
    }
    return result;
  }

  /// The unit quaternion w,x,y,z. Any `largest` and any parts within +-maxLevel give one.
  [[nodiscard]] std::array<float, 4> value(std::int32_t maxLevel) const noexcept {
    const double unit = 1.0 / (kRoot2 * maxLevel);
    std::int64_t squares = 0;
    std::array<float, 4> wxyz{};
    for (std::size_t i = 0, part = 0; i < 4; ++i) {
      if (i != (largest & 3U)) {
        const std::int64_t level = parts[part++];
        squares += level * level;
        wxyz[i] = static_cast<float>(static_cast<double>(level) * unit);
      }
    }
    const double full = 2.0 * maxLevel * maxLevel;
    const double left = std::max(0.0, full - static_cast<double>(squares));
    wxyz[largest & 3U] = static_cast<float>(std::sqrt(left / full));
    return wxyz;
  }

private:
  static constexpr double kRoot2 = 1.4142135623730951;
};

/// Packs numbers of any width up to 32 bits, most significant bit first.
class BitWriter {
public:
  void write(std::uint32_t value, unsigned bits) {
    for (unsigned i = bits; i-- != 0;) {
      m_byte = static_cast<std::uint8_t>(std::uint32_t{m_byte} << 1U | (value >> i & 1U));
      if (++m_filled == 8) {
        m_bytes.push_back(static_cast<std::byte>(m_byte));
        m_filled = 0;
      }
    }
  }

  /// Fills the last byte with zero bits.
  [[nodiscard]] Bytes finish() {
    while (m_filled != 0) {
      write(0, 1);
    }
    return std::move(m_bytes);
  }

private:
  Bytes m_bytes;
  std::uint8_t m_byte = 0;
  unsigned m_filled = 0;
};

/// Reads what BitWriter wrote. Check `hasBits` for a whole array before reading it; bits past the
/// end read as 0.
class BitReader {
public:
  explicit BitReader(ByteView bytes) noexcept : m_bytes(bytes) {}

  [[nodiscard]] bool hasBits(std::uint64_t bits) const noexcept {
    return bits <= m_bytes.size() * std::uint64_t{8} - m_at;
  }

  [[nodiscard]] std::uint32_t read(unsigned bits) noexcept {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bits; ++i) {
      std::uint32_t bit = 0;
      if (m_at < m_bytes.size() * std::uint64_t{8}) {
        const auto byte = static_cast<std::uint32_t>(m_bytes[static_cast<std::size_t>(m_at / 8)]);
        bit = byte >> (7 - m_at % 8) & 1U;
        ++m_at;
      }
      value = value << 1 | bit;
    }
    return value;
  }

private:
  ByteView m_bytes;
  std::uint64_t m_at = 0;  ///< in bits
};

}  // namespace volpress::coding
