#include "compressors/coding/octree_positions.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "compressors/coding/context_mixer.hpp"
#include "compressors/coding/range_coder.hpp"
#include "scene/base/morton.hpp"

namespace volpress::coding {
namespace {

// The set is halved along z, y, x, z, ... from the top bit down (three halvings are one octree
// level), and each node codes how many of its points lie in the upper half. Knowing the counts, a
// node with one point only has its remaining bits left to code, and equal points cost next to
// nothing.

/// Counts up to here have a tree of decisions of their own.
constexpr std::uint32_t kSmallCount = 15;
constexpr unsigned kClasses = 8;
constexpr std::size_t kLookBack = 16;
constexpr std::size_t kNodesPerStopCheck = 1 << 14;

std::array<std::uint32_t, 3> axes(std::uint64_t key) {
  const MortonPoint point = mortonPoint(key);
  return {point.x, point.y, point.z};
}

/// The models, and what was coded last. `Code` is bool(std::uint32_t zeroProbability, bool wanted):
/// an encoder writes `wanted` and returns it, a decoder ignores it and returns what it reads.
template <typename Code>
class PositionModel {
public:
  explicit PositionModel(Code code) : m_code(std::move(code)) {}

  /// The count in the upper half of a node of `count` >= 2 points that is halved at `bit`.
  std::uint32_t codeCount(std::uint32_t count, std::uint32_t wanted, unsigned bit,
                          std::uint64_t prefix) {
    std::uint32_t low = 0;
    std::uint32_t high = count;  // the answer lies in [low, high]
    std::uint32_t node = 1;
    const unsigned side = sideOf(reference(prefix, bit), prefix, bit);
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      bool upper = false;
      if (count <= kSmallCount) {
        upper = decide({bit, count << 5 | node, side}, wanted > middle);
      } else if (node < 32) {
        const auto magnitude = static_cast<std::uint32_t>(std::bit_width(count));
        upper = decide({bit, (16 + magnitude) << 5 | node, side}, wanted > middle);
      } else {
        upper = m_code(32768, wanted > middle);
      }
      node = node << 1 | (upper ? 1U : 0U);
      (upper ? low : high) = upper ? middle + 1 : middle;
    }
    return low;
  }

  /// The bits from `bit` down of a point that is alone in its node.
  std::uint64_t codeSingle(std::uint64_t prefix, unsigned bit, std::uint64_t wanted) {
    const std::array<std::uint32_t, 3> near = reference(prefix, bit);
    const std::array<std::uint32_t, 3> last = m_recent[(m_emitted + kLookBack - 1) % kLookBack];
    for (unsigned b = bit + 1; b-- != 0;) {
      const unsigned first = sideOf(near, prefix, b);
      const unsigned second = sideOf(last, prefix, b);
      const bool upper = m_singles.code(m_code, {b, first * kClasses + second, first * 64 + b},
                                        (wanted >> b & 1U) != 0, b % 3);
      prefix |= static_cast<std::uint64_t>(upper) << b;
    }
    return prefix;
  }

  void emitted(std::uint64_t key) {
    m_recent[m_emitted % kLookBack] = axes(key);
    ++m_emitted;
  }

private:
  /// Predictions by three contexts, mixed.
  class Mixed {
  public:
    Mixed(std::array<std::size_t, 3> sizes, std::size_t mixers) : m_mixers(mixers) {
      for (std::size_t i = 0; i < 3; ++i) {
        m_predictions[i].resize(sizes[i]);
      }
    }
    bool code(Code& code, const std::array<std::size_t, 3>& contexts, bool wanted,
              std::size_t mixer) {
      std::array<std::int32_t, 3> odds{};
      for (std::size_t i = 0; i < 3; ++i) {
        odds[i] = LogOdds::of(m_predictions[i][contexts[i]].zero);
      }
      const std::uint32_t mixed = m_mixers[mixer].mix(odds);
      const bool bit = code(mixed, wanted);
      m_mixers[mixer].update(odds, mixed, bit);
      for (std::size_t i = 0; i < 3; ++i) {
        m_predictions[i][contexts[i]].update(bit, Prediction::kMaxLimit);
      }
      return bit;
    }

  private:
    std::array<std::vector<Prediction>, 3> m_predictions;
    std::vector<Mixer<3>> m_mixers;
  };

  struct CountContext {
    unsigned bit;
    std::uint32_t node;
    unsigned side;
  };
  bool decide(const CountContext& at, bool wanted) {
    return m_counts.code(
        m_code,
        {at.node, std::size_t{at.node} * kClasses + at.side, std::size_t{at.node} * 64 + at.bit},
        wanted, at.node);
  }

  /// Of the last points the nearest to the node's centre.
  std::array<std::uint32_t, 3> reference(std::uint64_t prefix, unsigned bit) const {
    std::array<std::uint32_t, 3> centre = axes(prefix | (std::uint64_t{1} << bit));
    std::array<std::uint32_t, 3> best{};
    std::uint64_t bestDistance = ~std::uint64_t{0};
    for (const auto& point : m_recent) {
      std::uint64_t distance = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const std::int64_t d =
            static_cast<std::int64_t>(point[c]) - static_cast<std::int64_t>(centre[c]);
        distance += static_cast<std::uint64_t>(d * d);
      }
      if (distance < bestDistance) {
        bestDistance = distance;
        best = point;
      }
    }
    return best;
  }

  /// Where a point lies along the axis that `bit` halves, as one of kClasses steps of half a half.
  static unsigned sideOf(const std::array<std::uint32_t, 3>& point, std::uint64_t prefix,
                         unsigned bit) {
    const unsigned axis = bit % 3;
    const unsigned level = bit / 3;
    const std::uint32_t middle = axes(prefix | (std::uint64_t{1} << bit))[axis];
    const std::int64_t twice =
        2 * (static_cast<std::int64_t>(point[axis]) - static_cast<std::int64_t>(middle));
    const std::int64_t steps = twice >> level;
    constexpr std::int64_t kHalf = kClasses / 2;
    return static_cast<unsigned>(std::clamp<std::int64_t>(steps, -kHalf, kHalf - 1) + kHalf);
  }

  static constexpr std::size_t kCountNodes = std::size_t{16 + 33} << 5;
  Code m_code;
  Mixed m_counts{{kCountNodes, kCountNodes* kClasses, kCountNodes * 64}, kCountNodes};
  Mixed m_singles{{64, kClasses* kClasses, kClasses * 64}, 3};
  std::array<std::array<std::uint32_t, 3>, kLookBack> m_recent{};
  std::size_t m_emitted = 0;
};

/// The length up to which a stream of so many points is padded with zero bytes.
std::size_t leastBytes(std::size_t points) {
  return (points + kMaxPointsPerByte - 1) / kMaxPointsPerByte;
}

struct Node {
  std::uint64_t prefix;
  std::uint32_t count;
  unsigned bits;  ///< still to code
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
  PositionModel model([&encoder](std::uint32_t zero, bool wanted) {
    encoder.encode(zero, wanted);
    return wanted;
  });
  std::vector<Node> stack;
  if (!sorted.empty()) {
    stack.push_back({0, static_cast<std::uint32_t>(sorted.size()), 3 * bits});
  }
  std::size_t done = 0;  // points coded; a node on top of the stack starts here
  for (std::size_t steps = 0; !stack.empty(); ++steps) {
    if (steps % kNodesPerStopCheck == 0 && stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    const Node node = stack.back();
    stack.pop_back();
    if (node.bits == 0 || node.count == 1) {
      if (node.bits != 0) {
        (void)model.codeSingle(node.prefix, node.bits - 1, sorted[done]);
      }
      model.emitted(sorted[done]);
      done += node.count;
      continue;
    }
    const unsigned bit = node.bits - 1;
    const std::uint64_t border = node.prefix | std::uint64_t{1} << bit;
    const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(done);
    const auto middle = std::lower_bound(first, first + node.count, border);
    const auto upper = static_cast<std::uint32_t>(node.count - (middle - first));
    (void)model.codeCount(node.count, upper, bit, node.prefix);
    if (upper != 0) {
      stack.push_back({border, upper, bit});
    }
    if (upper != node.count) {
      stack.push_back({node.prefix, node.count - upper, bit});
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
  PositionModel model([&decoder](std::uint32_t zero, bool) { return decoder.decode(zero); });
  std::vector<Node> stack;
  if (count != 0) {
    stack.push_back({0, count, 3U * bits});
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
      const std::uint64_t key =
          node.bits == 0 ? node.prefix : model.codeSingle(node.prefix, node.bits - 1, 0);
      model.emitted(key);
      const MortonPoint point = mortonPoint(key);
      points.insert(points.end(), node.count, GridPoint{point.x, point.y, point.z});
      continue;
    }
    const unsigned bit = node.bits - 1;
    const std::uint32_t upper = model.codeCount(node.count, 0, bit, node.prefix);
    if (upper != 0) {
      stack.push_back({node.prefix | std::uint64_t{1} << bit, upper, bit});
    }
    if (upper != node.count) {
      stack.push_back({node.prefix, node.count - upper, bit});
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
