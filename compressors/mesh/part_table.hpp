// What the chunk "parts" says: the steps of all numbers, and what each part has.
#pragma once

#include <vector>

#include "compressors/mesh/part_numbers.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::compressors::meshes {

struct PartEntry {
  std::size_t faces = 0;
  std::vector<PartAttribute> attributes;
};

struct PartTable {
  Steps steps;
  std::vector<PartEntry> parts;
  /// Of the streams: 1 are bits in those of a range coder, 2 and 3 symbols in rANS streams.
  int version = 1;
};

[[nodiscard]] Bytes writePartTable(const PartTable& table);

/// `budget`: the most triangles that all parts together may state.
[[nodiscard]] Result<PartTable> readPartTable(ByteView bytes, std::size_t budget);

}  // namespace volpress::compressors::meshes
