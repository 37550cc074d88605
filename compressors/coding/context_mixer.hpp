// Logistic mixing of several predictions of one bit, in integers only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace volpress::coding {

/// One adaptive probability of a bit being 0: a running mean whose window grows to a limit that the
/// caller sets by context (short windows follow local change, long ones learn sharp statistics).
struct Prediction {
  std::uint16_t zero = 32768;  ///< in 1/65536
  std::uint16_t count = 0;

  void update(bool bit, unsigned limit) noexcept {
    const std::int32_t target = bit ? 0 : 65535;
    zero = static_cast<std::uint16_t>(
        zero + (((target - zero) * static_cast<std::int32_t>(kRates[count])) >> 15));
    count = static_cast<std::uint16_t>(count + (count < limit ? 1U : 0U));
  }

  static constexpr unsigned kMaxLimit = 255;

private:
  /// 1/(n + 1.5) in 1/32768.
  static constexpr std::array<std::uint16_t, kMaxLimit + 1> kRates = [] {
    std::array<std::uint16_t, kMaxLimit + 1> rates{};
    for (unsigned n = 0; n < rates.size(); ++n) {
      rates[n] = static_cast<std::uint16_t>(65536 / (2 * n + 3));
    }
    return rates;
  }();
};

/// ln(p / (1 - p)) and its inverse as tables. Log odds are in 1/256, within +-kLimit.
class LogOdds {
public:
  static constexpr std::int32_t kLimit = 2047;

  /// Of a probability in 1/65536.
  [[nodiscard]] static std::int32_t of(std::uint32_t probability) noexcept {
    return kStretch[probability >> 4];
  }
  /// The probability in 1/65536, within 1..65535.
  [[nodiscard]] static std::uint32_t toProbability(std::int32_t odds) noexcept {
    const std::int32_t index = std::clamp(odds, -kLimit, kLimit) + kLimit;
    return kSquash[static_cast<std::size_t>(index)];
  }

private:
  static constexpr std::size_t kSquashSize = 2 * kLimit + 1;

  /// Evaluated by the compiler with +, * and / alone, hence the same everywhere.
  static constexpr std::array<std::uint16_t, kSquashSize> kSquash = [] {
    constexpr double kStep = 1.0039138893383475734436096039034;  // e^(1/256)
    std::array<std::uint16_t, kSquashSize> table{};
    const auto rounded = [](double value) {
      return static_cast<std::uint16_t>((static_cast<std::uint32_t>(2 * value) + 1) / 2);
    };
    double power = 1;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(kLimit); ++i) {
      const double low = 65536.0 / (1.0 + power);
      table[kLimit - i] = rounded(low);
      table[kLimit + i] = rounded(65536.0 - low);
      power *= kStep;
    }
    return table;
  }();

  static constexpr std::array<std::int16_t, 4096> kStretch = [] {
    std::array<std::int16_t, 4096> table{};
    std::size_t odds = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      while (odds + 1 < kSquashSize && kSquash[odds] < 16 * i + 8) {
        ++odds;
      }
      table[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(odds) - kLimit);
    }
    return table;
  }();
};

/// Weights of N predictions, learnt online so as to make the coded bits cheap.
template <std::size_t N>
class Mixer {
public:
  Mixer() noexcept { m_weights.fill(static_cast<std::int32_t>(kOne * 6 / 5 / N)); }

  /// The mixed probability of 0, in 1/65536, within 1..65535. `odds` are the inputs' log odds.
  [[nodiscard]] std::uint32_t mix(const std::array<std::int32_t, N>& odds) const noexcept {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < N; ++i) {
      sum += static_cast<std::int64_t>(m_weights[i]) * odds[i];
    }
    const auto mixed = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(sum >> 16, -LogOdds::kLimit, LogOdds::kLimit));
    return LogOdds::toProbability(mixed);
  }

  void update(const std::array<std::int32_t, N>& odds, std::uint32_t mixed, bool bit) noexcept {
    const std::int32_t error = (bit ? 0 : 65535) - static_cast<std::int32_t>(mixed);
    for (std::size_t i = 0; i < N; ++i) {
      m_weights[i] =
          std::clamp(m_weights[i] + ((odds[i] * error + kRound) >> kRateShift), -kBound, kBound);
    }
  }

private:
  static constexpr std::int32_t kOne = 1 << 16;
  static constexpr std::int32_t kBound = 1 << 20;
  static constexpr unsigned kRateShift = 15;
  static constexpr std::int32_t kRound = 1 << (kRateShift - 1);
  std::array<std::int32_t, N> m_weights;
};

}  // namespace volpress::coding
