// The meta.json of a SOG scene, versions 1 and 2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

using SogCodebook = std::array<float, 256>;

/// How the view-dependent colours are kept.
struct SogPalette {
  std::uint32_t count = 0;  ///< version 2: entries; version 1: 0, not said
  unsigned bands = 0;       ///< 1..3; version 1: 0, follows from the width of the centroids
  std::string centroids;
  std::string labels;
};

/// Version 1 keeps ranges where version 2 keeps codebooks: both become codebooks here. Names are
/// checked (isSafeRelativeName).
struct SogMeta {
  unsigned version = 2;
  std::uint32_t count = 0;
  FilterMode filter = FilterMode::Default;
  std::string model;  ///< as written, empty without one
  std::array<double, 3> meanMins{};
  std::array<double, 3> meanMaxs{};
  std::string meansLow;
  std::string meansHigh;
  std::array<SogCodebook, 3> scales{};  ///< per axis, log scales
  std::string scalesFile;
  std::string quatsFile;
  std::array<SogCodebook, 3> colours{};            ///< per channel, band 0 coefficients
  std::optional<std::array<float, 2>> logitRange;  ///< version 1: opacity logits of bytes 0 and 255
  std::string sh0File;
  SogCodebook shCodebook{};
  std::optional<SogPalette> palette;

  /// Every file, in the order of the attributes.
  [[nodiscard]] std::vector<std::string> files() const;
};

/// Parses untrusted JSON of at most 64 MiB and 64 levels.
[[nodiscard]] Result<SogMeta> parseSogMeta(ByteView json);

/// Version 2, with the shortest decimals that read back as the same numbers.
[[nodiscard]] std::string formatSogMeta(const SogMeta& meta);

}  // namespace volpress::formats
