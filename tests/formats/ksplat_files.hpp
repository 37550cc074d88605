// .ksplat files laid out field by field, for tests: nothing else here writes the format.
#pragma once

#include <cmath>
#include <cstring>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::testing {

/// A value at an offset of a buffer that is large enough.
template <typename T>
void put(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

/// The nearest half of an ordinary number: 2^-14 <= |value| < 65504, or 0.
inline std::uint16_t halfOf(float value) {
  if (value == 0) {
    return 0;
  }
  int exponent = 0;
  const float fraction = std::frexp(std::abs(value), &exponent);  // 0.5 <= fraction < 1
  const auto mantissa = static_cast<int>(std::lround(fraction * 2048));
  const int bits = ((exponent + 14) << 10) + (mantissa - 1024);
  return static_cast<std::uint16_t>(bits | (value < 0 ? 0x8000 : 0));
}

/// The parts of a section. Buckets: `fullBuckets` of `bucketSize` splats, then `partial` ones.
struct KsplatSection {
  std::uint32_t splats = 0;
  std::uint32_t room = 0;
  std::uint16_t degree = 0;
  std::uint32_t bucketSize = 0;
  std::uint32_t fullBuckets = 0;
  std::vector<std::uint32_t> partial{};
  float edge = 0;
  std::vector<float> centres{};  ///< three a bucket
  Bytes records{};
};

inline Bytes ksplatFile(std::uint16_t level, const std::vector<KsplatSection>& sections,
                        float leastSh = 0, float greatestSh = 0) {
  Bytes file(4096 + 1024 * sections.size());
  put<std::uint8_t>(file, 1, 1);
  put(file, 4, static_cast<std::uint32_t>(sections.size()));
  put(file, 8, static_cast<std::uint32_t>(sections.size()));
  put(file, 20, level);
  put(file, 36, leastSh);
  put(file, 40, greatestSh);
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const KsplatSection& section = sections[i];
    const std::size_t at = 4096 + 1024 * i;
    total += section.splats;
    put(file, at, section.splats);
    put(file, at + 4, section.room);
    put(file, at + 8, section.bucketSize);
    put(file, at + 12, static_cast<std::uint32_t>(section.centres.size() / 3));
    put(file, at + 16, section.edge);
    put<std::uint16_t>(file, at + 20, 12);
    put(file, at + 32, section.fullBuckets);
    put(file, at + 36, static_cast<std::uint32_t>(section.partial.size()));
    put(file, at + 40, section.degree);
    const auto append = [&](ByteView bytes) {
      file.insert(file.end(), bytes.begin(), bytes.end());
    };
    append(std::as_bytes(std::span(section.partial)));
    append(std::as_bytes(std::span(section.centres)));
    append(section.records);
  }
  put(file, 12, total);
  put(file, 16, total);
  return file;
}

/// Two splats in one full bucket and one in a partly filled one, SH degree 1, at level 1 (half
/// floats) or 2 (bytes).
inline Bytes quantisedKsplat(std::uint16_t level) {
  KsplatSection section;
  section.splats = 3;
  section.room = 4;
  section.degree = 1;
  section.bucketSize = 2;
  section.fullBuckets = 1;
  section.partial = {2};
  section.edge = 4;
  section.centres = {10, 20, 30, -10, -20, -30};
  const std::size_t size = level == 1 ? 42 : 33;
  section.records.resize(4 * size);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t at = i * size;
    // The middle, the upper end and a quarter of the way below the middle.
    put<std::uint16_t>(section.records, at, 32767);
    put<std::uint16_t>(section.records, at + 2, 65534);
    put<std::uint16_t>(section.records, at + 4, 24575);
    for (std::size_t c = 0; c < 3; ++c) {
      put(section.records, at + 6 + 2 * c, halfOf(0.25F * static_cast<float>(i + 1)));
    }
    put(section.records, at + 12, halfOf(0.5F));
    put(section.records, at + 16, halfOf(-0.5F));
    put<std::uint32_t>(section.records, at + 20, 0x80FF8000U);  // 0, 128, 255, opacity 128
    for (std::size_t j = 0; j < 9; ++j) {
      if (level == 1) {
        put(section.records, at + 24 + 2 * j, halfOf(0.125F * static_cast<float>(j)));
      } else {
        put(section.records, at + 24 + j, static_cast<std::uint8_t>(j == 8 ? 255 : 51 * (j % 3)));
      }
    }
  }
  return ksplatFile(level, {section}, level == 2 ? -1.0F : 0.0F, level == 2 ? 2.0F : 0.0F);
}

/// `splats` at level 0 with SH degree 2, of simple numbers.
inline KsplatSection floatSection(std::uint32_t splats, std::uint32_t room) {
  KsplatSection section;
  section.splats = splats;
  section.room = room;
  section.degree = 2;
  section.records.resize(std::size_t{140} * room);
  for (std::uint32_t i = 0; i < splats; ++i) {
    const std::size_t at = std::size_t{140} * i;
    for (std::size_t c = 0; c < 3; ++c) {
      put(section.records, at + 4 * c, static_cast<float>(i) + 0.25F * static_cast<float>(c));
      put(section.records, at + 12 + 4 * c, std::exp(static_cast<float>(c) - 3));
    }
    put(section.records, at + 24, 1.0F);
    put<std::uint32_t>(section.records, at + 40, 0xFF00FF33U);
    for (std::size_t j = 0; j < 24; ++j) {
      put(section.records, at + 44 + 4 * j, static_cast<float>(j));
    }
  }
  return section;
}

}  // namespace volpress::testing
