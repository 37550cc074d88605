// Places on a square grid, coded as a quadtree whose nodes say how many of theirs lie in each half.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::gaussianimage {

struct EncodedPlaces {
  Bytes bytes;
  /// order[i] is the index of the input place that the decoder returns as its i-th: Morton order,
  /// equal places in input order.
  std::vector<std::uint32_t> order;
};

/// Places below 2^bits (1..16) on both axes, any number of times the same one; z is not kept.
[[nodiscard]] EncodedPlaces encodePlaces(std::span<const coding::GridPoint> places, unsigned bits);

/// `count` places in Morton order from untrusted bytes; the count is the caller's to justify.
[[nodiscard]] Result<std::vector<coding::GridPoint>> decodePlaces(ByteView stream,
                                                                  std::size_t count, unsigned bits);

}  // namespace volpress::gaussianimage
