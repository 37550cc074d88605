#include "compressors/v3/picture_plane.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace volpress::compressors::v3 {
namespace {

enum Mode : std::int32_t { kSkip, kTime, kSpace, kDrift, kModes };

constexpr std::size_t kClasses = 3;
constexpr std::size_t kContexts = 3 * kClasses;  // of time, space and drift

std::uint8_t classOf(std::int32_t off) { return off == 0 ? 0 : off == 1 || off == -1 ? 1 : 2; }

/// Wraps as the decoder does, whatever the bytes say.
std::int32_t add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
std::int32_t subtract(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

/// The median of left, above, and left + above - corner, of what `value` says of a pixel; 0 outside
/// the picture.
template <typename Value>
std::int32_t around(std::size_t side, std::size_t x, std::size_t y, Value&& value) {
  const std::size_t at = y * side + x;
  if (x == 0 && y == 0) {
    return 0;
  }
  if (x == 0) {
    return value(at - side);
  }
  if (y == 0) {
    return value(at - 1);
  }
  const std::int32_t left = value(at - 1), above = value(at - side);
  const std::int32_t plane = subtract(add(left, above), value(at - side - 1));
  return std::max(std::min(left, above), std::min(std::max(left, above), plane));
}

/// What a pixel of `now` is expected to be; what lies left and above it is known.
std::int32_t expected(std::int32_t mode, std::span<const std::int32_t> now,
                      std::span<const std::int32_t> before, std::size_t side, std::size_t x,
                      std::size_t y) {
  const std::size_t at = y * side + x;
  switch (mode) {
    case kTime: return before[at];
    case kSpace: return around(side, x, y, [&](std::size_t p) { return now[p]; });
    default:
      return add(before[at],
                 around(side, x, y, [&](std::size_t p) { return subtract(now[p], before[p]); }));
  }
}

/// The context of a residual: its mode, and how large the residual to the left is, or in time the
/// one at the same place in the frame before.
std::uint8_t contextOf(std::int32_t mode, std::span<const std::int32_t> off, std::size_t side,
                       std::size_t x, std::size_t y) {
  const std::size_t at = y * side + x;
  if (mode == kTime) {
    return classOf(off[at]);
  }
  const std::size_t first = mode == kSpace ? kClasses : 2 * kClasses;
  return static_cast<std::uint8_t>(first + (x == 0 ? 0 : classOf(off[at - 1])));
}

double bitsOf(std::int32_t off) {
  const std::uint32_t folded = coding::unfoldUnsigned(off);
  return folded == 0 ? 0.3 : 1.5 + 1.6 * static_cast<double>(std::bit_width(folded));
}

template <typename Visit>
void visitBlock(std::size_t block, std::size_t side, Visit&& visit) {
  const std::size_t across = side / kBlock;
  const std::size_t left = block % across * kBlock, top = block / across * kBlock;
  for (std::size_t y = top; y < top + kBlock; ++y) {
    for (std::size_t x = left; x < left + kBlock; ++x) {
      visit(x, y);
    }
  }
}

class Encoder {
public:
  Encoder(std::span<const std::int32_t> values, std::size_t side, std::size_t frames)
      : m_values(values), m_side(side), m_off(side * side) {
    const std::size_t blocks = side * side / (kBlock * kBlock);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      for (std::size_t block = 0; block < blocks; ++block) {
        addBlock(frame, block);
      }
    }
  }

  [[nodiscard]] Bytes write() const {
    const Bytes modes = coding::encodeRans(m_modes, m_modeContexts, kModes);
    ByteWriter out;
    coding::writeVarint(out, modes.size());
    coding::writeVarint(out, m_residuals.size());
    out.append(modes);
    out.append(coding::encodeRans(m_residuals, m_contexts, kContexts));
    return std::move(out).take();
  }

private:
  void addBlock(std::size_t frame, std::size_t block) {
    const std::size_t pixels = m_side * m_side;
    const auto now = m_values.subspan(frame * pixels, pixels);
    const auto before = frame == 0 ? now : m_values.subspan((frame - 1) * pixels, pixels);
    bool same = frame > 0;
    std::array<double, kModes> bits{};
    visitBlock(block, m_side, [&](std::size_t x, std::size_t y) {
      const std::size_t at = y * m_side + x;
      same = same && now[at] == before[at];
      for (const std::int32_t mode : {kTime, kSpace, kDrift}) {
        bits[static_cast<std::size_t>(mode)] +=
            bitsOf(subtract(now[at], expected(mode, now, before, m_side, x, y)));
      }
    });
    std::int32_t mode = same ? kSkip : kSpace;
    for (const std::int32_t candidate : {kTime, kDrift}) {
      if (!same && frame > 0 &&
          bits[static_cast<std::size_t>(candidate)] < bits[static_cast<std::size_t>(mode)]) {
        mode = candidate;
      }
    }
    m_modeContexts.push_back(static_cast<std::uint8_t>(m_last));
    m_modes.push_back(coding::foldUnsigned(static_cast<std::uint32_t>(mode)));
    m_last = mode;
    visitBlock(block, m_side, [&](std::size_t x, std::size_t y) {
      const std::size_t at = y * m_side + x;
      std::int32_t off = 0;
      if (mode != kSkip) {
        off = subtract(now[at], expected(mode, now, before, m_side, x, y));
        m_contexts.push_back(contextOf(mode, m_off, m_side, x, y));
        m_residuals.push_back(off);
      }
      m_off[at] = off;
    });
  }

  std::span<const std::int32_t> m_values;
  std::size_t m_side;
  std::vector<std::int32_t> m_off;  ///< the residual last coded at each pixel
  std::vector<std::int32_t> m_modes, m_residuals;
  std::vector<std::uint8_t> m_modeContexts, m_contexts;
  std::int32_t m_last = kSkip;
};

}  // namespace

std::size_t pictureSide(std::size_t splats) {
  auto side = static_cast<std::size_t>(std::sqrt(static_cast<double>(splats)));
  side -= side % kBlock;
  while (side * side < splats) {
    side += kBlock;
  }
  return side;
}

std::vector<std::uint32_t> pixelsOf(std::size_t splats, PictureLayout layout) {
  const std::size_t side = pictureSide(splats), across = side / kBlock;
  std::vector<std::uint32_t> pixels(splats);
  for (std::size_t i = 0; i < splats; ++i) {
    if (layout == PictureLayout::Rows) {
      pixels[i] = static_cast<std::uint32_t>(i);
      continue;
    }
    const std::size_t block = i / (kBlock * kBlock), within = i % (kBlock * kBlock);
    const std::size_t x = (within & 1U) | (within >> 1U & 2U) | (within >> 2U & 4U);
    const std::size_t y = (within >> 1U & 1U) | (within >> 2U & 2U) | (within >> 3U & 4U);
    pixels[i] = static_cast<std::uint32_t>((block / across * kBlock + y) * side +
                                           block % across * kBlock + x);
  }
  return pixels;
}

Bytes encodePicture(std::span<const std::int32_t> values, std::size_t side, std::size_t frames) {
  return Encoder(values, side, frames).write();
}

Result<PictureDecoder> PictureDecoder::open(ByteView stream, std::size_t side, std::size_t frames) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const std::uint64_t modeBytes, coding::readVarint(reader, "block modes"));
  VOLPRESS_TRY(const std::uint64_t residuals, coding::readVarint(reader, "block residuals"));
  const std::uint64_t pixels = std::uint64_t{side} * side * frames;
  if (residuals > pixels) {
    return fail(ErrorCode::CorruptData, "{} residuals of {} pixels", residuals, pixels);
  }
  VOLPRESS_TRY(const ByteView modeStream, reader.take(modeBytes, "block modes"));
  VOLPRESS_TRY(coding::RansDecoder modes,
               coding::RansDecoder::open(modeStream, pixels / (kBlock * kBlock), kModes));
  VOLPRESS_TRY(coding::RansDecoder values,
               coding::RansDecoder::open(reader.rest(), residuals, kContexts));
  return PictureDecoder(std::move(modes), std::move(values), side);
}

Result<std::span<const std::int32_t>> PictureDecoder::next() {
  const std::size_t blocks = m_side * m_side / (kBlock * kBlock);
  m_before = m_values;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::uint32_t mode =
        coding::unfoldUnsigned(m_modes.decode(static_cast<std::uint8_t>(m_last)));
    if (mode >= kModes || (m_first && mode != kSpace)) {
      return fail(ErrorCode::CorruptData, "block {} has mode {}", block, mode);
    }
    m_last = static_cast<std::int32_t>(mode);
    visitBlock(block, m_side, [&](std::size_t x, std::size_t y) {
      const std::size_t at = y * m_side + x;
      std::int32_t off = 0;
      if (m_last != kSkip) {
        off = m_residuals.decode(contextOf(m_last, m_off, m_side, x, y));
        m_values[at] = add(expected(m_last, m_values, m_before, m_side, x, y), off);
      }
      m_off[at] = off;
    });
  }
  m_first = false;
  return std::span<const std::int32_t>(m_values);
}

Result<void> PictureDecoder::finish() const {
  VOLPRESS_CHECK(m_modes.finish());
  return m_residuals.finish();
}

}  // namespace volpress::compressors::v3
