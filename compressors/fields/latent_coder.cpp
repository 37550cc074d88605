#include <algorithm>
#include <bit>
#include <limits>

#include "compressors/coding/value_coder.hpp"
#include "compressors/fields/latents.hpp"

namespace volpress::fields {
namespace {

constexpr std::uint32_t kBuckets = 6;
constexpr std::size_t kRecent = 8;
constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

/// 0, 1, 2, 3-4, 5-8, more.
std::uint32_t bucket(std::uint32_t sum) {
  return sum < 3 ? sum : (sum < 5 ? 3U : (sum < 9 ? 4U : 5U));
}

std::uint32_t sizeOf(std::int32_t value) {
  return static_cast<std::uint32_t>(value < 0 ? -value : value);
}

/// Where the entries before each one along the axes of a dense level are coded.
class Neighbours {
public:
  Neighbours(const LevelLatents& level, const GridLevel& shape) : m_shape(shape) {
    if (shape.hashed) {
      return;
    }
    m_places.assign(shape.entries, kNowhere);
    for (std::size_t i = 0; i < level.entries.size(); ++i) {
      m_places[level.entries[i] - shape.first] = static_cast<std::uint32_t>(i);
    }
  }

  /// The sum of magnitudes at up to three neighbours, or of the entry before on hashed levels.
  [[nodiscard]] std::uint32_t context(const LevelLatents& level, std::size_t i,
                                      std::size_t k) const {
    const auto valueAt = [&](std::size_t place) {
      return std::min(sizeOf(level.values[place * level.dims + k]), 1000U);
    };
    if (m_shape.hashed) {
      return bucket(i == 0 ? 0 : 2 * valueAt(i - 1));
    }
    const std::size_t at = level.entries[i] - m_shape.first;
    const std::size_t side = m_shape.resolution;
    std::uint32_t sum = 0;
    for (const std::size_t stride : {std::size_t{1}, side, side * side}) {
      if (at >= stride && m_places[at - stride] != kNowhere) {
        sum += valueAt(m_places[at - stride]);
      }
    }
    return bucket(sum);
  }

private:
  const GridLevel& m_shape;
  std::vector<std::uint32_t> m_places;
};

/// One direction of the format: `Side` writes or reads. False when the stream ends early.
template <typename Side>
bool codeValues(Side& side, const GridLevel& shape, LevelLatents& level) {
  const std::uint32_t dims = level.dims;
  const Neighbours neighbours(level, shape);
  coding::ValueCoder<3> coder({dims * 3, dims * kBuckets, dims * kBuckets});
  std::vector<std::uint32_t> recent(dims * kRecent, 0);
  std::vector<std::uint32_t> sums(dims, 0);
  for (std::size_t i = 0; i < level.entries.size(); ++i) {
    std::uint32_t before = 0;
    for (std::uint32_t k = 0; k < dims; ++k) {
      std::int32_t& value = level.values[i * dims + k];
      const std::uint32_t around = neighbours.context(level, i, k);
      value = coder.code(side,
                         {k * 3 + std::min(before, 2U), k * kBuckets + around,
                          k * kBuckets + bucket((sums[k] + 3) / 4)},
                         value);
      before = sizeOf(value);
      std::uint32_t& slot = recent[k * kRecent + i % kRecent];
      sums[k] -= slot;
      slot = std::min(before, 1000U);
      sums[k] += slot;
    }
    if (side.overran()) {
      return false;
    }
  }
  return true;
}

}  // namespace

Bytes encodeValues(const LevelLatents& level, const GridLevel& shape) {
  coding::BitWriteSide side;
  LevelLatents copy = level;
  if (level.dims != 0) {
    (void)codeValues(side, shape, copy);
  }
  return side.finish();
}

Result<void> decodeValues(ByteView stream, const GridLevel& shape, LevelLatents& level) {
  level.values.assign(level.dims * level.entries.size(), 0);
  coding::BitReadSide side(stream);
  if ((level.dims != 0 && !codeValues(side, shape, level)) || !side.atEnd()) {
    return fail(ErrorCode::CorruptData, "{} bytes do not end with the last of {} latents",
                stream.size(), level.values.size());
  }
  return {};
}

}  // namespace volpress::fields
