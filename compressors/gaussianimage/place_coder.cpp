#include "compressors/gaussianimage/place_coder.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "compressors/coding/value_coder.hpp"
#include "scene/base/morton.hpp"

namespace volpress::gaussianimage {
namespace {

/// Nodes of up to so many places have a model of their own for how these split.
constexpr std::size_t kModelled = 31;
constexpr unsigned kSymbolBits = 5;  // of 0..kModelled
constexpr unsigned kTrust = 24;      // of the binomial start of a model, in coded bits
constexpr std::size_t kMostClasses = 32;

/// One half of a node after the other: x and y bits in turn, y first.
std::uint64_t codeOf(const coding::GridPoint& place) {
  std::uint64_t code = 0;
  for (unsigned bit = 0; bit < 16; ++bit) {
    code |= static_cast<std::uint64_t>(place.x >> bit & 1U) << (2 * bit);
    code |= static_cast<std::uint64_t>(place.y >> bit & 1U) << (2 * bit + 1);
  }
  return code;
}

coding::GridPoint placeOfCode(std::uint64_t code) {
  coding::GridPoint place;
  for (unsigned bit = 0; bit < 16; ++bit) {
    place.x |= static_cast<std::uint32_t>(code >> (2 * bit) & 1U) << bit;
    place.y |= static_cast<std::uint32_t>(code >> (2 * bit + 1) & 1U) << bit;
  }
  return place;
}

/// Walks the tree; writing follows `m_codes`, reading fills it.
template <typename Side>
class PlaceTree {
public:
  PlaceTree(Side& side, std::vector<std::uint64_t>& codes) : m_side(side), m_codes(codes) {
    for (std::size_t count = 2; count <= kModelled; ++count) {
      std::array<std::uint64_t, kModelled + 1> ways{};
      ways[0] = 1;
      for (std::size_t k = 1; k <= count; ++k) {
        ways[k] = ways[k - 1] * (count - k + 1) / k;
      }
      for (std::size_t node = 1; node <= kModelled; ++node) {
        const auto depth = static_cast<unsigned>(std::bit_width(node)) - 1;
        const unsigned below = kSymbolBits - depth;
        const std::size_t first = (node << below) & kModelled;
        std::uint64_t zero = 0;
        std::uint64_t all = 0;
        for (std::size_t k = 0; k < std::size_t{1} << below; ++k) {
          all += ways[first + k];
          zero += k < std::size_t{1} << (below - 1) ? ways[first + k] : 0;
        }
        if (all != 0) {
          m_splits[count][node].prime(static_cast<std::uint32_t>(zero * 65536 / all), kTrust);
        }
      }
    }
  }

  /// The node whose codes share all bits from `below` on with `prefix`: places [first, first +
  /// count). False for a stream that cannot be.
  [[nodiscard]] bool walk(std::uint64_t prefix, unsigned below, std::size_t first,
                          std::size_t count) {
    if (count == 0) {
      return true;
    }
    if (m_side.overran()) {
      return false;
    }
    if (below == 0) {
      std::fill_n(m_codes.begin() + static_cast<std::ptrdiff_t>(first), count, prefix);
      return true;
    }
    if (count == 1) {
      m_codes[first] = prefix | rest(m_codes[first], below);
      return true;
    }
    const std::uint64_t half = std::uint64_t{1} << (below - 1);
    std::size_t wanted = 0;
    if constexpr (Side::kWrites) {
      const auto begin = m_codes.begin() + static_cast<std::ptrdiff_t>(first);
      wanted = static_cast<std::size_t>(
          std::lower_bound(begin, begin + static_cast<std::ptrdiff_t>(count), prefix | half) -
          begin);
    }
    const std::size_t left = count <= kModelled ? split(count, wanted) : largeSplit(count, wanted);
    return left <= count && walk(prefix, below - 1, first, left) &&
           walk(prefix | half, below - 1, first + left, count - left);
  }

private:
  bool bit(coding::BitModel& model, bool wanted) {
    const bool coded = m_side.bit(model.zeroProbability(), wanted);
    model.update(coded);
    return coded;
  }

  /// The low bits of a place alone in its node: nothing is known of them.
  std::uint64_t rest(std::uint64_t code, unsigned below) {
    std::uint64_t value = 0;
    while (below != 0) {
      const unsigned part = std::min(below, 16U);
      below -= part;
      value = value << part |
              m_side.plain(static_cast<std::uint32_t>(code >> below) & ((1U << part) - 1), part);
    }
    return value;
  }

  std::size_t split(std::size_t count, std::size_t wanted) {
    std::size_t node = 1;
    for (unsigned depth = 0; depth < kSymbolBits; ++depth) {
      const unsigned below = kSymbolBits - depth - 1;
      const std::size_t upper = ((2 * node + 1) << below) & kModelled;
      const bool isUpper =
          upper <= count && bit(m_splits[count][node], (wanted >> below & 1U) != 0);
      node = 2 * node + (isUpper ? 1 : 0);
    }
    return node & kModelled;
  }

  /// The distance from an even split, as an Elias gamma code with a modelled prefix.
  std::size_t largeSplit(std::size_t count, std::size_t wanted) {
    const auto middle = static_cast<std::int64_t>(count / 2);
    const std::int64_t off = static_cast<std::int64_t>(wanted) - middle;
    const std::uint64_t folded =
        Side::kWrites ? static_cast<std::uint64_t>(off < 0 ? -2 * off - 1 : 2 * off) + 1 : 1;
    const auto wantedBits = static_cast<unsigned>(std::bit_width(folded)) - 1;
    const auto size = static_cast<std::size_t>(std::bit_width(count));
    unsigned bits = 0;
    while (bits <= size && bit(m_prefixes[size % kMostClasses][bits], wantedBits > bits)) {
      ++bits;
    }
    std::uint64_t value = std::uint64_t{1} << bits | rest(folded, bits);
    --value;
    const auto distance = static_cast<std::int64_t>((value + 1) / 2);
    const std::int64_t left = middle + (value % 2 == 1 ? -distance : distance);
    return left < 0 ? count + 1 : static_cast<std::size_t>(left);
  }

  Side& m_side;
  std::vector<std::uint64_t>& m_codes;
  std::array<std::array<coding::BitModel, kModelled + 1>, kModelled + 1> m_splits;
  std::array<std::array<coding::BitModel, kMostClasses + 2>, kMostClasses> m_prefixes;
};

}  // namespace

EncodedPlaces encodePlaces(std::span<const coding::GridPoint> places, unsigned bits) {
  std::vector<std::uint64_t> codes(places.size());
  std::transform(places.begin(), places.end(), codes.begin(), codeOf);
  EncodedPlaces encoded{{}, sortedOrder(codes)};
  std::vector<std::uint64_t> sorted(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    sorted[i] = codes[encoded.order[i]];
  }
  coding::BitWriteSide side;
  (void)PlaceTree<coding::BitWriteSide>(side, sorted).walk(0, 2 * bits, 0, sorted.size());
  encoded.bytes = side.finish();
  return encoded;
}

Result<std::vector<coding::GridPoint>> decodePlaces(ByteView stream, std::size_t count,
                                                    unsigned bits) {
  std::vector<std::uint64_t> codes(count);
  coding::BitReadSide side(stream);
  if (!PlaceTree<coding::BitReadSide>(side, codes).walk(0, 2 * bits, 0, count) || !side.atEnd()) {
    return fail(ErrorCode::CorruptData, "positions: the stream does not hold {} places", count);
  }
  std::vector<coding::GridPoint> places(count);
  std::transform(codes.begin(), codes.end(), places.begin(), placeOfCode);
  return places;
}

}  // namespace volpress::gaussianimage
