// Sixteen 16-bit numbers at once. What is done with them is too small a step to be dispatched at
// run time, and Highway has no vectors for the baseline of x86-64: hence SSE2 by name, and loops
// elsewhere.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#define VOLPRESS_LANES_SSE2 1
#include <emmintrin.h>
#else
#define VOLPRESS_LANES_SSE2 0
#endif

namespace volpress::coding {

inline constexpr std::size_t kLanes = 16;

/// Sixteen numbers in memory.
struct alignas(2 * kLanes) LaneArray : std::array<std::uint16_t, kLanes> {};

/// Sixteen numbers in registers; all arithmetic is modulo 65536.
class Lanes16 {
public:
#if VOLPRESS_LANES_SSE2
  explicit Lanes16(std::uint16_t all) noexcept
      : m_low(_mm_set1_epi16(static_cast<std::int16_t>(all))), m_high(m_low) {}
  explicit Lanes16(const LaneArray& from) noexcept
      : m_low(_mm_load_si128(reinterpret_cast<const __m128i*>(from.data()))),
        m_high(_mm_load_si128(reinterpret_cast<const __m128i*>(from.data() + kLanes / 2))) {}
  void store(LaneArray& to) const noexcept {
    _mm_store_si128(reinterpret_cast<__m128i*>(to.data()), m_low);
    _mm_store_si128(reinterpret_cast<__m128i*>(to.data() + kLanes / 2), m_high);
  }
  [[nodiscard]] friend Lanes16 operator+(Lanes16 a, Lanes16 b) noexcept {
    return {_mm_add_epi16(a.m_low, b.m_low), _mm_add_epi16(a.m_high, b.m_high)};
  }
  [[nodiscard]] friend Lanes16 operator-(Lanes16 a, Lanes16 b) noexcept {
    return {_mm_sub_epi16(a.m_low, b.m_low), _mm_sub_epi16(a.m_high, b.m_high)};
  }
  [[nodiscard]] friend Lanes16 operator^(Lanes16 a, Lanes16 b) noexcept {
    return {_mm_xor_si128(a.m_low, b.m_low), _mm_xor_si128(a.m_high, b.m_high)};
  }
  [[nodiscard]] friend Lanes16 operator&(Lanes16 a, Lanes16 b) noexcept {
    return {_mm_and_si128(a.m_low, b.m_low), _mm_and_si128(a.m_high, b.m_high)};
  }
  /// The upper 16 bits of the products.
  [[nodiscard]] static Lanes16 mulHigh(Lanes16 a, Lanes16 b) noexcept {
    return {_mm_mulhi_epu16(a.m_low, b.m_low), _mm_mulhi_epu16(a.m_high, b.m_high)};
  }
  /// How many lanes from the first on are at most `limit`.
  [[nodiscard]] unsigned leadingAtMost(std::uint16_t limit) const noexcept {
    const __m128i most = _mm_set1_epi16(static_cast<std::int16_t>(limit));
    const __m128i zero = _mm_setzero_si128();
    const __m128i low = _mm_cmpeq_epi16(_mm_subs_epu16(m_low, most), zero);
    const __m128i high = _mm_cmpeq_epi16(_mm_subs_epu16(m_high, most), zero);
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    return static_cast<unsigned>(std::countr_one(mask));
  }

private:
  Lanes16(__m128i low, __m128i high) noexcept : m_low(low), m_high(high) {}
  __m128i m_low, m_high;
#else
  explicit Lanes16(std::uint16_t all) noexcept { m_lanes.fill(all); }
  explicit Lanes16(const LaneArray& from) noexcept : m_lanes(from) {}
  void store(LaneArray& to) const noexcept { to = m_lanes; }
  [[nodiscard]] friend Lanes16 operator+(const Lanes16& a, const Lanes16& b) noexcept {
    return each(a, b, [](std::uint32_t x, std::uint32_t y) { return x + y; });
  }
  [[nodiscard]] friend Lanes16 operator-(const Lanes16& a, const Lanes16& b) noexcept {
    return each(a, b, [](std::uint32_t x, std::uint32_t y) { return x - y; });
  }
  [[nodiscard]] friend Lanes16 operator^(const Lanes16& a, const Lanes16& b) noexcept {
    return each(a, b, [](std::uint32_t x, std::uint32_t y) { return x ^ y; });
  }
  [[nodiscard]] friend Lanes16 operator&(const Lanes16& a, const Lanes16& b) noexcept {
    return each(a, b, [](std::uint32_t x, std::uint32_t y) { return x & y; });
  }
  [[nodiscard]] static Lanes16 mulHigh(const Lanes16& a, const Lanes16& b) noexcept {
    return each(a, b, [](std::uint32_t x, std::uint32_t y) { return x * y >> 16; });
  }
  [[nodiscard]] unsigned leadingAtMost(std::uint16_t limit) const noexcept {
    unsigned count = 0;
    while (count < kLanes && m_lanes[count] <= limit) {
      ++count;
    }
    return count;
  }

private:
  template <typename Each>
  [[nodiscard]] static Lanes16 each(const Lanes16& a, const Lanes16& b, const Each& f) noexcept {
    Lanes16 result(0);
    for (std::size_t i = 0; i < kLanes; ++i) {
      result.m_lanes[i] = static_cast<std::uint16_t>(f(a.m_lanes[i], b.m_lanes[i]));
    }
    return result;
  }
  LaneArray m_lanes;
#endif
};

}  // namespace volpress::coding
