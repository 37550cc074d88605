// The lod-meta.json of a streamed SOG.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::formats {

/// Rows of one unit file that show a leaf at one level.
struct LodRange {
  unsigned level = 0;      ///< 0 is the finest
  std::uint32_t file = 0;  ///< index into LodMeta::files
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
};

struct LodBox {
  std::array<float, 3> min{};
  std::array<float, 3> max{};
};

/// A box of the scene. Inner nodes have children, leaves have ranges.
struct LodNode {
  LodBox box;
  std::vector<std::uint32_t> children;  ///< indices into LodMeta::nodes
  std::vector<LodRange> ranges;         ///< at most one a level, by level
};

struct LodMeta {
  unsigned levels = 1;
  std::vector<std::string> files;  ///< the meta.json of each unit
  std::string environment;         ///< a SOG that is always shown; empty without one
  std::vector<LodNode> nodes;      ///< [0] is the root
};

/// Parses untrusted JSON of at most 512 MiB; at most 4 M nodes, 64 deep, names that stay inside the
/// folder, ranges that name a file and a level that are there.
[[nodiscard]] Result<LodMeta> parseLodMeta(ByteView json);

/// Version 1, as PlayCanvas' tools write it (numbers with 7 digits).
[[nodiscard]] std::string formatLodMeta(const LodMeta& meta);

/// The range that shows a leaf at `level`: that level's, else the nearest finer, else the nearest
/// coarser; null for a leaf without any.
[[nodiscard]] const LodRange* rangeAt(const LodNode& leaf, unsigned level);

}  // namespace volpress::formats
