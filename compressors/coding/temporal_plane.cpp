#include "compressors/coding/temporal_plane.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace volpress::coding {
namespace {

constexpr std::uint8_t kFirstContext = 3;
constexpr std::size_t kContexts = 4;
constexpr std::uint8_t kTimes = 3;

std::uint8_t contextOf(std::int32_t off) { return off == 0 ? 0 : off == 1 || off == -1 ? 1 : 2; }

/// Wraps as the decoder does, whatever the bytes say.
std::int32_t add(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
std::int32_t subtract(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

/// What is expected of a row in a later frame; `time` 0: nothing, 1: as before, 2: on a line.
std::int32_t predict(std::uint8_t time, std::int32_t last, std::int32_t before) {
  switch (time) {
    case 0: return 0;
    case 1: return last;
    default: return add(last, subtract(last, before));
  }
}

/// Roughly the bits of values, from their magnitudes.
double bitsOf(std::span<const std::int32_t> values) {
  std::array<double, 34> counts{};
  double raw = 0;
  for (const std::int32_t value : values) {
    const std::uint32_t folded = unfoldUnsigned(value);
    const auto width = folded == 0 ? 0 : static_cast<std::size_t>(std::bit_width(folded));
    counts[width] += 1;
    raw += width > 1 ? static_cast<double>(width - 1) : 0;
  }
  for (const double count : counts) {
    raw += count > 0 ? count * std::log2(static_cast<double>(values.size()) / count) : 0;
  }
  return raw;
}

/// Residuals of the frames behind the first, and the prediction that makes them smallest.
struct LaterFrames {
  std::uint8_t time = 0;
  std::vector<std::int32_t> off;
};
LaterFrames predictLater(std::span<const std::int32_t> values, std::size_t rows,
                         std::size_t frames) {
  LaterFrames later;
  double fewest = 0;
  for (std::uint8_t candidate = 0; candidate < kTimes; ++candidate) {
    std::vector<std::int32_t> off((frames - 1) * rows);
    for (std::size_t k = rows; k < frames * rows; ++k) {
      const std::int32_t before = k >= 2 * rows ? values[k - 2 * rows] : values[k - rows];
      off[k - rows] = subtract(values[k], predict(candidate, values[k - rows], before));
    }
    const double bits = bitsOf(off);
    if (candidate == 0 || bits < fewest) {
      later.time = candidate;
      fewest = bits;
      later.off = std::move(off);
    }
  }
  return later;
}

std::vector<std::uint8_t> laterContexts(const std::vector<std::int32_t>& off, std::size_t rows) {
  std::vector<std::uint8_t> contexts(off.size());
  for (std::size_t k = rows; k < off.size(); ++k) {
    contexts[k] = contextOf(off[k - rows]);
  }
  return contexts;
}

}  // namespace

Bytes encodePlane(std::span<const std::int32_t> values, std::size_t rows, std::size_t frames) {
  std::vector<std::int32_t> deltas(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    deltas[i] = subtract(values[i], i == 0 ? 0 : values[i - 1]);
  }
  const std::uint8_t space = bitsOf(deltas) < bitsOf(values.first(rows)) ? 1 : 0;
  const LaterFrames later = predictLater(values, rows, frames);
  std::vector<std::int32_t> symbols(values.begin(),
                                    values.begin() + static_cast<std::ptrdiff_t>(rows));
  if (space == 1) {
    symbols = std::move(deltas);
  }
  symbols.insert(symbols.end(), later.off.begin(), later.off.end());
  std::vector<std::uint8_t> contexts(rows, kFirstContext);
  const std::vector<std::uint8_t> behind = laterContexts(later.off, rows);
  contexts.insert(contexts.end(), behind.begin(), behind.end());
  ByteWriter out;
  out.write(space);
  out.write(later.time);
  out.append(encodeRans(symbols, contexts, kContexts));
  return std::move(out).take();
}

Bytes encodeLaterFrames(std::span<const std::int32_t> values, std::size_t rows,
                        std::size_t frames) {
  const LaterFrames later = predictLater(values, rows, frames);
  ByteWriter out;
  out.write(later.time);
  out.append(encodeRans(later.off, laterContexts(later.off, rows), kContexts));
  return std::move(out).take();
}

Result<PlaneDecoder> PlaneDecoder::open(ByteView stream, std::size_t rows, std::size_t frames) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const auto space, reader.read<std::uint8_t>("prediction along rows"));
  VOLPRESS_TRY(const auto time, reader.read<std::uint8_t>("prediction in time"));
  if (space > 1 || time >= kTimes) {
    return fail(ErrorCode::CorruptData, "predictions {} and {} of a plane; at most 1 and {}", space,
                time, kTimes - 1);
  }
  VOLPRESS_TRY(
      RansDecoder decoder,
      RansDecoder::open(reader.rest(), static_cast<std::uint64_t>(rows) * frames, kContexts));
  PlaneDecoder plane(std::move(decoder), rows);
  plane.m_space = space;
  plane.m_time = time;
  return plane;
}

Result<PlaneDecoder> PlaneDecoder::openLater(ByteView stream, std::vector<std::int32_t> first,
                                             std::size_t frames) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const auto time, reader.read<std::uint8_t>("prediction in time"));
  if (time >= kTimes) {
    return fail(ErrorCode::CorruptData, "prediction {} of a plane; at most {}", time, kTimes - 1);
  }
  const std::size_t rows = first.size();
  VOLPRESS_TRY(
      RansDecoder decoder,
      RansDecoder::open(reader.rest(), static_cast<std::uint64_t>(rows) * (frames - 1), kContexts));
  PlaneDecoder plane(std::move(decoder), rows);
  plane.m_time = time;
  plane.m_knowsFirst = true;
  plane.m_values = std::move(first);
  return plane;
}

std::span<const std::int32_t> PlaneDecoder::next() {
  const std::size_t rows = m_values.size();
  if (m_frame == 0 && m_knowsFirst) {
    m_before = m_values;
  } else if (m_frame == 0) {
    std::fill(m_contexts.begin(), m_contexts.end(), kFirstContext);
    m_decoder.decode(m_contexts, m_values);
    for (std::size_t i = 1; i < rows && m_space == 1; ++i) {
      m_values[i] = add(m_values[i], m_values[i - 1]);
    }
    m_before = m_values;
  } else {
    for (std::size_t i = 0; i < rows; ++i) {
      m_contexts[i] = m_frame == 1 ? std::uint8_t{0} : contextOf(m_off[i]);
    }
    m_decoder.decode(m_contexts, m_off);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::int32_t value = add(predict(m_time, m_values[i], m_before[i]), m_off[i]);
      m_before[i] = m_values[i];
      m_values[i] = value;
    }
  }
  ++m_frame;
  return m_values;
}

}  // namespace volpress::coding
