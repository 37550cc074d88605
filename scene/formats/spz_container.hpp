// The two containers of SPZ: one gzip stream (versions 1 to 3) and a clear header with one zstd
// frame per array (version 4).
#pragma once

#include <memory>
#include <stop_token>

#include "scene/formats/spz_attributes.hpp"

namespace volpress::formats {

/// Axis systems as the coordinate-system record counts them; 0 stands for "not said".
inline constexpr std::uint32_t kSpzLeftDownBack = 1;
inline constexpr std::uint32_t kSpzRightUpBack = 4;
inline constexpr std::uint32_t kSpzRightUpForward = 8;
inline constexpr std::uint32_t kSpzLastSystem = 16;

/// The arrays of a file, unpacked. `arrays` point into `storage` or into the file.
struct SpzContent {
  SpzLayout layout;
  std::uint32_t axisSystem = 0;
  bool hasLodTail = false;  ///< Spark's LOD tree follows the arrays; it is not read
  SpzArrayViews arrays;
  std::unique_ptr<std::byte[]> storage;
};

/// Whether the bytes begin like any SPZ: the magic, or a gzip stream with the magic inside.
[[nodiscard]] bool isSpz(ByteView head);

/// Unpacks any version. The raw size follows from the header and is refused when the file is too
/// small to justify it: more than 1032 times a gzip file, or 1024 times a version 4 file (64 MiB
/// are always allowed there).
[[nodiscard]] Result<SpzContent> unpackSpz(ByteView file, TaskRunner& runner);

struct SpzPacking {
  int zstdLevel = 8;  ///< version 4
  std::stop_token stop;
};

/// A whole file of version 2, 3 or 4 from the arrays of `layout` one after another.
[[nodiscard]] Result<Bytes> packSpz(const SpzLayout& layout, ByteView raw,
                                    const SpzPacking& packing, TaskRunner& runner);

/// Bytes of the file that each array takes, then those of everything else. Inside one gzip stream
/// they are estimated: each array is deflated alone and the sizes are scaled to the file's.
struct SpzSizes {
  std::array<std::uint64_t, kSpzArrays> arrays{};
  std::uint64_t header = 0;
};
[[nodiscard]] Result<SpzSizes> measureSpz(ByteView file);

}  // namespace volpress::formats
