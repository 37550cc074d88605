// The Gaussians of a chunk of a `.4dgs` file, and what a delta makes of them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/sequence/fourdgs_layout.hpp"

namespace volpress::fourdgs {

/// A chunk, of whichever kind, as the file's records say.
struct Chunk {
  double from = 0, to = 0;
  ByteView content;  ///< of its record
  std::uint64_t offset = 0;
  bool delta = false;
  std::size_t reference = 0;    ///< of deltas: index of the chunk it applies to
  std::vector<ByteView> bands;  ///< contents of SH records, by order - 1; empty ones are missing
};

/// Bins of Gaussians, [Gaussian][channel], by ascending identity where there are identities.
struct State {
  std::size_t count = 0;
  std::vector<std::uint32_t> identities;
  std::vector<std::uint32_t> objects;  ///< that move as a whole; 0 is none
  std::array<std::vector<std::int32_t>, kAttributes> bins;
  std::array<std::vector<std::int32_t>, kMostDegree> bands;
};

/// The Gaussians of a chunk that is no delta. From untrusted bytes; at most 8,000,000, and 64 a
/// byte.
[[nodiscard]] Result<State> readChunk(const Chunk& chunk, bool needsIdentity, unsigned degree);

/// Applies a delta chunk to the state before it: deaths, updates, births.
[[nodiscard]] Result<State> applyDelta(State state, const Chunk& chunk, unsigned degree);

}  // namespace volpress::fourdgs
