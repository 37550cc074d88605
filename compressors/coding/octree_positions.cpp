#include "compressors/coding/octree_positions.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "compressors/coding/range_coder.hpp"
#include "scene/base/morton.hpp"

namespace volpress::coding {
namespace {

// The set is halved along z, y, x, z, ... from the top bit down (three halvings are one octree
// level), and each node codes how many of its points lie in the upper half. Knowing the counts, a
// node with one point only has its remaining bits left, which are stored plainly: on real scenes
// contexts from nearby points save less than 0.3 % of them. Equal points cost next to nothing.

/// Counts up to here have a tree of decisions of their own.
constexpr std::uint32_t kSmallCount = 15;
constexpr unsigned kTreeBits = 5;
constexpr unsigned kRatios = 8;
constexpr std::size_t kNodesPerStopCheck = 1 << 14;

/// Halves counts. `Code` has bit(BitModel&, bool wanted) and plainBit(bool wanted): an encoder
/// writes `wanted` and returns it, a decoder ignores it and returns what it reads.
class CountModel {
public:
  /// How many of `count` >= 2 points lie in the upper half. `ratio` is the parent's, 0..kRatios-1.
  template <typename Code>
  std::uint32_t code(Code& code, std::uint32_t count, unsigned axis, unsigned ratio,
                     std::uint32_t wanted) {
    const std::size_t size = count <= kSmallCount
                                 ? count
                                 : kSmallCount + static_cast<std::size_t>(std::bit_width(count));
    BitModel* models = &m_models[((size * 3 + axis) * kRatios + ratio) << kTreeBits];
    std::uint32_t low = 0;
    std::uint32_t high = count;  // the answer lies in [low, high]
    std::uint32_t node = 1;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      const bool upper = node >> kTreeBits == 0 ? code.bit(models[node], wanted > middle)
                                                : code.plainBit(wanted > middle);
      node = node << 1 | (upper ? 1U : 0U);
      (upper ? low : high) = upper ? middle + 1 : middle;
    }
    return low;
  }

private:
  std::vector<BitModel> m_models{
      std::vector<BitModel>(((kSmallCount + 33) * 3 * kRatios) << kTreeBits)};
};

/// How a node's points were shared among its halves, as context for halving those.
unsigned ratioOf(std::uint32_t upper, std::uint32_t count) {
  return static_cast<unsigned>(std::uint64_t{upper} * (kRatios - 1) / count);
}

struct EncodeCode {
  RangeEncoder& encoder;
  bool bit(BitModel& model, bool wanted) const {
    encoder.encode(model, wanted);
    return wanted;
  }
  bool plainBit(bool wanted) const {
    encoder.encodeBits(wanted ? 1 : 0, 1);
    return wanted;
  }
};

struct DecodeCode {
  RangeDecoder& decoder;
  bool bit(BitModel& model, bool /*wanted*/) const { return decoder.decode(model); }
  bool plainBit(bool /*wanted*/) const { return decoder.decodeBits(1) != 0; }
};

constexpr unsigned kBitsAtOnce = 16;

void encodePlain(RangeEncoder& encoder, std::uint64_t value, unsigned bits) {
  while (bits != 0) {
    const unsigned part = std::min(bits, kBitsAtOnce);
    bits -= part;
    encoder.encodeBits(static_cast<std::uint32_t>(value >> bits & 0xFFFF), part);
  }
}

std::uint64_t decodePlain(RangeDecoder& decoder, unsigned bits) {
  std::uint64_t value = 0;
  while (bits != 0) {
    const unsigned part = std::min(bits, kBitsAtOnce);
    bits -= part;
    value = value << part | decoder.decodeBits(part);
  }
  return value;
}

/// The length up to which a stream of so many points is padded with zero bytes.
std::size_t leastBytes(std::size_t points) {
  return (points + kMaxPointsPerByte - 1) / kMaxPointsPerByte;
}

struct Node {
  std::uint64_t prefix;
  std::uint32_t count;
  unsigned bits;   ///< still to code
  unsigned ratio;  ///< of the parent
};

}  // namespace

PositionGrid PositionGrid::over(std::span<const float> positions, unsigned precision) {
  PositionGrid grid;
  const std::size_t count = positions.size() / 3;
  if (count == 0) {
    return grid;
  }
  double core = 0;
  double whole = 0;
  std::vector<float> axis(count);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < count; ++i) {
      axis[i] = positions[3 * i + c];
    }
    const auto ranked = [&](std::size_t rank) {
      const auto at = axis.begin() + static_cast<std::ptrdiff_t>(rank);
      std::nth_element(axis.begin(), at, axis.end());
      return static_cast<double>(*at);
    };
    const std::size_t margin = count / 200;
    const double low = ranked(0);
    core = std::max(core, ranked(count - 1 - margin) - ranked(margin));
    whole = std::max(whole, ranked(count - 1) - low);
    grid.origin[c] = static_cast<float>(low);
  }
  const double most = std::ldexp(1.0, kMaxGridBits) - 2;  // room for the rounding of `cell`
  const double cell =
      std::max(std::ldexp(core > 0 ? core : whole, -static_cast<int>(precision)), whole / most);
  if (cell >= std::numeric_limits<float>::min() && cell <= std::numeric_limits<float>::max()) {
    grid.cell = static_cast<float>(cell);
  }
  const auto top =
      static_cast<std::uint32_t>(std::min(whole / static_cast<double>(grid.cell), most));
  grid.bits = std::max(1U, static_cast<unsigned>(std::bit_width(top + 1)));
  return grid;
}

PositionGrid PositionGrid::between(std::span<const float> positions, double precision) {
  const double whole = std::clamp(std::ceil(precision), 1.0, static_cast<double>(kMaxGridBits));
  PositionGrid grid = over(positions, static_cast<unsigned>(whole));
  grid.cell *= static_cast<float>(std::exp2(std::max(0.0, whole - precision)));
  return grid;
}

GridPoint PositionGrid::quantise(const float* xyz) const noexcept {
  const double top = std::ldexp(1.0, static_cast<int>(bits)) - 1;
  std::array<std::uint32_t, 3> index{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double offset = static_cast<double>(xyz[c]) - static_cast<double>(origin[c]);
    index[c] = static_cast<std::uint32_t>(
        std::round(std::clamp(offset / static_cast<double>(cell), 0.0, top)));
  }
  return {index[0], index[1], index[2]};
}

std::array<float, 3> PositionGrid::position(const GridPoint& point) const noexcept {
  // A 24-bit cell times a 21-bit index is exact in double: one rounding, the same everywhere.
  const auto along = [this](std::size_t c, std::uint32_t index) {
    return static_cast<float>(static_cast<double>(origin[c]) + static_cast<double>(cell) * index);
  };
  return {along(0, point.x), along(1, point.y), along(2, point.z)};
}

Result<EncodedPositions> encodePositions(std::span<const GridPoint> points, unsigned bits,
                                         const std::stop_token& stop) {
  if (bits == 0 || bits > kMaxGridBits || points.size() > 0xFFFFFFFFU) {
    return fail(ErrorCode::InvalidParameter, "{} points of {} bits; allowed are 1..{} bits",
                points.size(), bits, kMaxGridBits);
  }
  std::vector<std::uint64_t> keys(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (((points[i].x | points[i].y | points[i].z) >> bits) != 0) {
      return fail(ErrorCode::InvalidParameter, "point {} lies outside {} bits", i, bits);
    }
    keys[i] = mortonCode(points[i].x, points[i].y, points[i].z);
  }
  EncodedPositions result;
  result.order = sortedOrder(keys);
  std::vector<std::uint64_t> sorted(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    sorted[i] = keys[result.order[i]];
  }
  RangeEncoder encoder;
  EncodeCode code{encoder};
  CountModel counts;
  std::vector<Node> stack;
  if (!sorted.empty()) {
    stack.push_back({0, static_cast<std::uint32_t>(sorted.size()), 3 * bits, 0});
  }
  std::size_t done = 0;  // points coded; a node on top of the stack starts here
  for (std::size_t steps = 0; !stack.empty(); ++steps) {
    if (steps % kNodesPerStopCheck == 0 && stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    const Node node = stack.back();
    stack.pop_back();
    if (node.bits == 0 || node.count == 1) {
      encodePlain(encoder, sorted[done], node.bits);
      done += node.count;
      continue;
    }
    const unsigned bit = node.bits - 1;
    const std::uint64_t border = node.prefix | std::uint64_t{1} << bit;
    const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(done);
    const auto middle = std::lower_bound(first, first + node.count, border);
    const auto upper = static_cast<std::uint32_t>(node.count - (middle - first));
    (void)counts.code(code, node.count, bit % 3, node.ratio, upper);
    const unsigned ratio = ratioOf(upper, node.count);
    if (upper != 0) {
      stack.push_back({border, upper, bit, ratio});
    }
    if (upper != node.count) {
      stack.push_back({node.prefix, node.count - upper, bit, ratio});
    }
  }
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(bits));
  writer.write(static_cast<std::uint32_t>(points.size()));
  writer.append(encoder.finish());
  result.bytes = std::move(writer).take();
  result.bytes.resize(std::max(result.bytes.size(), leastBytes(points.size())), std::byte{0});
  return result;
}

Result<std::vector<GridPoint>> decodePositions(ByteView stream, const std::stop_token& stop) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const auto bits, reader.read<std::uint8_t>("position bits"));
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("position count"));
  if (bits == 0 || bits > kMaxGridBits) {
    return fail(ErrorCode::CorruptData, "positions of {} bits; allowed are 1..{}", bits,
                kMaxGridBits);
  }
  if (stream.size() < leastBytes(count)) {
    return fail(ErrorCode::CorruptData, "{} positions in {} bytes", count, stream.size());
  }
  std::vector<GridPoint> points;
  points.reserve(count);
  RangeDecoder decoder(reader.rest());
  DecodeCode code{decoder};
  CountModel counts;
  std::vector<Node> stack;
  if (count != 0) {
    stack.push_back({0, count, 3U * bits, 0});
  }
  for (std::size_t steps = 0; !stack.empty(); ++steps) {
    if (steps % kNodesPerStopCheck == 0) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      if (decoder.overran()) {
        return fail(ErrorCode::CorruptData, "the position stream ends at point {} of {}",
                    points.size(), count);
      }
    }
    const Node node = stack.back();
    stack.pop_back();
    if (node.bits == 0 || node.count == 1) {
      const std::uint64_t key = node.prefix | decodePlain(decoder, node.bits);
      const MortonPoint point = mortonPoint(key);
      points.insert(points.end(), node.count, GridPoint{point.x, point.y, point.z});
      continue;
    }
    const unsigned bit = node.bits - 1;
    const std::uint32_t upper = counts.code(code, node.count, bit % 3, node.ratio, 0);
    const unsigned ratio = ratioOf(upper, node.count);
    if (upper != 0) {
      stack.push_back({node.prefix | std::uint64_t{1} << bit, upper, bit, ratio});
    }
    if (upper != node.count) {
      stack.push_back({node.prefix, node.count - upper, bit, ratio});
    }
  }
  const ByteView rest = decoder.rest();
  const bool padded =
      stream.size() == leastBytes(count) &&
      std::all_of(rest.begin(), rest.end(), [](std::byte byte) { return byte == std::byte{0}; });
  if (decoder.overran() || !(rest.empty() || padded)) {
    return fail(ErrorCode::CorruptData, "the position stream does not end with its last point");
  }
  return points;
}

}  // namespace volpress::coding
