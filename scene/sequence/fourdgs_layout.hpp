// Numbers of the `.4dgs` format that reader and writer share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace volpress::fourdgs {

inline constexpr std::array<std::uint8_t, 8> kMagic{0x89, 0x34, 0x44, 0x47, 0x53, 0x31, 0x0D, 0x0A};

enum Opcode : std::uint8_t {
  kHeader = 0x01,
  kFooter = 0x02,
  kQuantization = 0x03,
  kWindows = 0x04,
  kChunk = 0x05,
  kShBand = 0x07,
  kChunkIndex = 0x08,
  kStatistics = 0x0C,
  kDeltaChunk = 0x10,
  kObjectTrack = 0x25,
};

/// Attribute ids below kAttributes are the required ones.
enum Attribute : std::uint8_t {
  kPosition,
  kScale,
  kRotationIndex,
  kRotation,
  kColor,
  kOpacity,
  kMotion,
  kTime,
  kSigma,
  kFlags,
  kWindow,
  kAttributes,
  kIdentity = 13,
  kObject = 14,
};
inline constexpr std::array<std::uint8_t, kAttributes> kChannels{3, 3, 1, 3, 3, 1, 3, 1, 1, 1, 1};

inline constexpr std::int32_t kNeverFades = 1;  ///< of kFlags
inline constexpr std::size_t kFooterBytes = 37;
inline constexpr unsigned kMostDegree = 3;

/// Bytes of SH order `order` of a Gaussian: red's coefficients, green's, blue's.
[[nodiscard]] constexpr std::size_t bandChannels(unsigned order) noexcept {
  return 3 * (2 * std::size_t{order} + 1);
}

}  // namespace volpress::fourdgs
