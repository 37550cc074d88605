#include "compressors/volpress/lossless_arrays.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/coding/value_coder.hpp"

namespace volpress::compressors::own {
namespace {

/// Channels of one group know of each other: the three of a vector or a colour.
constexpr std::size_t kGroup = 4;
/// So many different values at most are coded by their rank.
constexpr std::size_t kMostRanked = 4096;
constexpr std::size_t kRowsPerStop = 1 << 14;
constexpr std::size_t kWordBytes = 4;
/// A column of equal values takes next to no bytes, but memory when read.
constexpr std::size_t kMostExtras = 64;

enum class GroupMode : std::uint8_t { Bytes, Ranked };

/// Bit patterns in the numbers' order: negative ones below, so that near numbers are near.
std::uint32_t orderedWord(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000U;
}

float floatOfWord(std::uint32_t word) noexcept {
  return std::bit_cast<float>((word >> 31) != 0 ? word & 0x7FFFFFFFU : ~word);
}

/// A group's columns, one after the other.
struct Columns {
  std::size_t rows = 0;
  std::size_t channels = 0;
  std::vector<std::uint32_t> words;
  std::uint32_t* column(std::size_t channel) { return words.data() + channel * rows; }
};

std::uint32_t byteOf(std::uint32_t word, std::size_t byte) noexcept {
  return word >> (8 * (kWordBytes - 1 - byte)) & 0xFF;
}

/// Codes the bytes of words from the top. A byte is expected to be that of the row before and of
/// the channel before when all bytes above agree, and to follow from the bytes above.
class ByteModels {
public:
  static constexpr std::uint32_t kNone = 256;

  template <typename Side>
  std::uint32_t code(Side& side, const std::array<bool, kWordBytes>& plain, std::uint32_t before,
                     std::uint32_t beside, std::uint32_t wanted) {
    std::uint32_t word = 0;
    bool likeBefore = true;
    bool likeBeside = true;
    for (std::size_t i = 0; i < kWordBytes; ++i) {
      const std::uint32_t target = byteOf(wanted, i);
      std::uint32_t byte = 0;
      if (plain[i]) {
        byte = side.plain(target, 8);
      } else {
        const std::uint32_t above = i == 0 ? 0 : word & 0xFF;
        const std::uint32_t top = i < 2 ? 0 : word >> (8 * (i - 1)) & 0xFF;
        const coding::MixedBits<4>::Contexts contexts{likeBefore ? byteOf(before, i) : kNone,
                                                      likeBeside ? byteOf(beside, i) : kNone, above,
                                                      top};
        std::uint32_t node = 1;
        for (unsigned bit = 8; bit-- != 0;) {
          const bool one = m_bytes[i].code(side, node, contexts, (target >> bit & 1U) != 0);
          node = node << 1 | (one ? 1U : 0U);
        }
        byte = node & 0xFF;
      }
      word = word << 8 | byte;
      likeBefore = likeBefore && byte == byteOf(before, i);
      likeBeside = likeBeside && byte == byteOf(beside, i);
    }
    return word;
  }

private:
  std::array<coding::MixedBits<4>, kWordBytes> m_bytes{
      coding::MixedBits<4>(256, {257, 257, 256, 256}),
      coding::MixedBits<4>(256, {257, 257, 256, 256}),
      coding::MixedBits<4>(256, {257, 257, 256, 256}),
      coding::MixedBits<4>(256, {257, 257, 256, 256})};
};

/// Whether a byte of a column is as good as random, so that modelling it would only take time.
std::array<bool, kWordBytes> plainBytes(const std::uint32_t* column, std::size_t rows) {
  constexpr std::size_t kLeastRows = 4096;
  constexpr double kRandomBits = 7.97;
  std::array<bool, kWordBytes> plain{};
  for (std::size_t byte = 0; byte < kWordBytes && rows >= kLeastRows; ++byte) {
    std::array<std::size_t, 256> counts{};
    for (std::size_t i = 0; i < rows; ++i) {
      ++counts[byteOf(column[i], byte)];
    }
    double bits = 0;
    for (const std::size_t count : counts) {
      if (count != 0) {
        const double share = static_cast<double>(count) / static_cast<double>(rows);
        bits -= share * std::log2(share);
      }
    }
    // A sample of n bytes seems less random than its source by about 255 / (2 n ln 2) bits.
    plain[byte] = bits + 184.0 / static_cast<double>(rows) > kRandomBits;
  }
  return plain;
}

template <typename Side>
Result<void> codeByBytes(Side& side, Columns& columns, const std::stop_token& stop) {
  for (std::size_t channel = 0; channel < columns.channels; ++channel) {
    std::uint32_t* column = columns.column(channel);
    const std::uint32_t* beside = channel == 0 ? nullptr : columns.column(channel - 1);
    std::array<bool, kWordBytes> plain{};
    if constexpr (Side::kWrites) {
      plain = plainBytes(column, columns.rows);
    }
    for (bool& flag : plain) {
      flag = side.plain(flag ? 1 : 0, 1) != 0;
    }
    ByteModels models;
    std::uint32_t before = 0;
    for (std::size_t row = 0; row < columns.rows; ++row) {
      if (row % kRowsPerStop == 0 && stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      if (side.overran()) {
        return fail(ErrorCode::CorruptData, "a stream of floats ends at row {}", row);
      }
      column[row] =
          models.code(side, plain, before, beside == nullptr ? before : beside[row], column[row]);
      before = column[row];
    }
  }
  return {};
}

std::vector<std::uint32_t> distinctWords(const std::uint32_t* column, std::size_t rows) {
  std::vector<std::uint32_t> values(column, column + rows);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Result<Bytes> encodeGroup(Columns& columns, TaskRunner& runner, const std::stop_token& stop) {
  ByteWriter writer;
  std::vector<std::vector<std::uint32_t>> tables;
  bool ranked = true;
  for (std::size_t channel = 0; channel < columns.channels && ranked; ++channel) {
    tables.push_back(distinctWords(columns.column(channel), columns.rows));
    ranked = tables.back().size() <= std::min(kMostRanked, 16 + columns.rows / 8);
  }
  if (!ranked) {
    writer.write(GroupMode::Bytes);
    coding::BitWriteSide side;
    VOLPRESS_CHECK(codeByBytes(side, columns, stop));
    writer.append(side.finish());
    return std::move(writer).take();
  }
  writer.write(GroupMode::Ranked);
  std::vector<std::int32_t> ranks(columns.rows * columns.channels);
  for (std::size_t channel = 0; channel < columns.channels; ++channel) {
    const auto& table = tables[channel];
    writer.write(static_cast<std::uint16_t>(table.size()));
    writer.append(viewBytes(std::span<const std::uint32_t>(table)));
    for (std::size_t row = 0; row < columns.rows; ++row) {
      ranks[row * columns.channels + channel] = static_cast<std::int32_t>(
          std::lower_bound(table.begin(), table.end(), columns.column(channel)[row]) -
          table.begin());
    }
  }
  VOLPRESS_TRY(const Bytes symbols,
               coding::encodeSymbols(ranks, {columns.rows, columns.channels, columns.channels, {}},
                                     runner, stop));
  writer.append(symbols);
  return std::move(writer).take();
}

Result<void> decodeGroup(ByteView stream, Columns& columns, TaskRunner& runner,
                         const std::stop_token& stop) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const auto mode, reader.read<std::uint8_t>("mode of floats"));
  if (mode == static_cast<std::uint8_t>(GroupMode::Bytes)) {
    coding::BitReadSide side(reader.rest());
    VOLPRESS_CHECK(codeByBytes(side, columns, stop));
    if (!side.atEnd()) {
      return fail(ErrorCode::CorruptData, "a stream of floats does not end with its last value");
    }
    return {};
  }
  if (mode != static_cast<std::uint8_t>(GroupMode::Ranked)) {
    return fail(ErrorCode::CorruptData, "mode of floats is {}, allowed are 0 and 1", mode);
  }
  std::vector<std::vector<std::uint32_t>> tables(columns.channels);
  for (auto& table : tables) {
    VOLPRESS_TRY(const auto size, reader.read<std::uint16_t>("values"));
    VOLPRESS_TRY(const ByteView bytes, reader.take(std::uint64_t{size} * 4, "values"));
    table.resize(size);
    if (size != 0) {
      std::memcpy(table.data(), bytes.data(), bytes.size());
    }
  }
  VOLPRESS_TRY(
      const coding::SymbolArray ranks,
      coding::decodeSymbols(reader.rest(), {columns.rows, columns.channels, columns.channels, {}},
                            runner, stop));
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const auto& table = tables[i % columns.channels];
    if (ranks[i] < 0 || static_cast<std::size_t>(ranks[i]) >= table.size()) {
      return fail(ErrorCode::CorruptData, "rank {} of {} values", ranks[i], table.size());
    }
    columns.column(i % columns.channels)[i / columns.channels] =
        table[static_cast<std::size_t>(ranks[i])];
  }
  return {};
}

/// The channels of group `group`: 4 of 4, else 3 of many.
struct GroupRange {
  std::size_t first, count;
};
std::vector<GroupRange> groupsOf(std::size_t channels) {
  std::vector<GroupRange> groups;
  const std::size_t width = channels <= kGroup ? channels : kGroup - 1;
  for (std::size_t first = 0; first < channels; first += width) {
    groups.push_back({first, std::min(width, channels - first)});
  }
  return groups;
}

}  // namespace

// A stream is the lengths of its groups and the groups.
Result<Bytes> encodeFloats(std::span<const float> values, std::size_t channels, TaskRunner& runner,
                           const std::stop_token& stop) {
  const std::vector<GroupRange> groups = groupsOf(channels);
  const std::size_t rows = values.size() / channels;
  std::vector<Result<Bytes>> parts(groups.size());
  runner.parallelFor(groups.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      Columns columns{rows, groups[g].count, {}};
      columns.words.resize(rows * columns.channels);
      for (std::size_t channel = 0; channel < columns.channels; ++channel) {
        for (std::size_t row = 0; row < rows; ++row) {
          columns.column(channel)[row] =
              orderedWord(values[row * channels + groups[g].first + channel]);
        }
      }
      parts[g] = encodeGroup(columns, runner, stop);
    }
  });
  ByteWriter writer;
  for (const auto& part : parts) {
    if (!part) {
      return tl::unexpected<Error>(part.error());
    }
    writer.write(static_cast<std::uint64_t>(part->size()));
  }
  for (const auto& part : parts) {
    writer.append(*part);
  }
  return std::move(writer).take();
}

Result<void> decodeFloats(ByteView stream, std::size_t channels, std::span<float> values,
                          TaskRunner& runner, const std::stop_token& stop) {
  const std::vector<GroupRange> groups = groupsOf(channels);
  const std::size_t rows = values.size() / channels;
  ByteReader reader(stream);
  std::vector<std::uint64_t> lengths(groups.size());
  for (std::uint64_t& length : lengths) {
    VOLPRESS_TRY(length, reader.read<std::uint64_t>("length of floats"));
  }
  std::vector<ByteView> parts(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    VOLPRESS_TRY(parts[g], reader.take(lengths[g], "floats"));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last floats", reader.remaining());
  }
  std::vector<Result<void>> results(groups.size());
  runner.parallelFor(groups.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      Columns columns{rows, groups[g].count, {}};
      columns.words.resize(rows * columns.channels);
      results[g] = decodeGroup(parts[g], columns, runner, stop);
      for (std::size_t channel = 0; channel < columns.channels; ++channel) {
        for (std::size_t row = 0; row < rows; ++row) {
          values[row * channels + groups[g].first + channel] =
              floatOfWord(columns.column(channel)[row]);
        }
      }
    }
  });
  for (Result<void>& result : results) {
    VOLPRESS_CHECK(std::move(result));
  }
  return {};
}

namespace {

/// A cloud's arrays, the chunks that hold them, and their channels.
struct NamedArray {
  const char* chunk;
  FloatArray GaussianCloud::*values;
  std::size_t channels;
};

std::array<NamedArray, 6> arraysOf(unsigned shDegree) {
  return {{{"positions", &GaussianCloud::means, 3},
           {"scales", &GaussianCloud::logScales, 3},
           {"rotations", &GaussianCloud::rotations, 4},
           {"opacities", &GaussianCloud::opacityLogits, 1},
           {"sh0", &GaussianCloud::shDc, 3},
           {"shN", &GaussianCloud::shRest, 3 * shRestCount(shDegree)}}};
}

Result<Bytes> encodeExtras(const GaussianCloud& cloud, RunContext& context) {
  ByteWriter writer;
  for (const ExtraColumn& extra : cloud.extras) {
    VOLPRESS_TRY(const Bytes values, encodeFloats(extra.values, 1, context.runner, context.stop));
    writer.write(static_cast<std::uint32_t>(extra.name.size()));
    writer.append(extra.name);
    writer.write(static_cast<std::uint64_t>(values.size()));
    writer.append(values);
  }
  return std::move(writer).take();
}

Result<void> readExtras(ByteView bytes, GaussianCloud& cloud, TaskRunner& runner,
                        const std::stop_token& stop) {
  ByteReader reader(bytes);
  while (reader.remaining() != 0) {
    if (cloud.extras.size() == kMostExtras) {
      return fail(ErrorCode::CorruptData, "more than {} extra columns", kMostExtras);
    }
    ExtraColumn extra;
    VOLPRESS_TRY(const auto length, reader.read<std::uint32_t>("extra column name length"));
    VOLPRESS_TRY(const ByteView name, reader.take(length, "extra column name"));
    extra.name = viewText(name);
    VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("extra column length"));
    VOLPRESS_TRY(const ByteView stream, reader.take(size, "extra column"));
    extra.values.resize(cloud.count);
    VOLPRESS_CHECK(decodeFloats(stream, 1, extra.values, runner, stop));
    cloud.extras.push_back(std::move(extra));
  }
  return {};
}

}  // namespace

Result<std::vector<Chunk>> encodeLossless(const GaussianCloud& cloud, RunContext& context) {
  if (cloud.extras.size() > kMostExtras) {
    return fail(ErrorCode::InvalidParameter,
                "the scene has {} extra columns, lossless files hold at most {}",
                cloud.extras.size(), kMostExtras);
  }
  const auto arrays = arraysOf(cloud.shDegree);
  VolpressHeader header{FileLayout::Lossless, cloud.shDegree, cloud.frame, cloud.filter,
                        static_cast<std::uint32_t>(cloud.count)};
  ByteWriter scene;
  writeVolpressHeader(header, scene);
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(scene).take()});
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (arrays[i].channels != 0) {
      VOLPRESS_TRY(Bytes bytes, encodeFloats(cloud.*arrays[i].values, arrays[i].channels,
                                             context.runner, context.stop));
      chunks.push_back({arrays[i].chunk, std::move(bytes)});
    }
    context.progress.report(static_cast<double>(i + 1) / static_cast<double>(arrays.size()));
  }
  if (!cloud.extras.empty()) {
    VOLPRESS_TRY(Bytes bytes, encodeExtras(cloud, context));
    chunks.push_back({"extras", std::move(bytes)});
  }
  pad(header, chunks);
  return chunks;
}

Result<GaussianCloud> readLossless(const Container& container, const VolpressHeader& header,
                                   std::uint64_t fileBytes, TaskRunner& runner,
                                   const std::stop_token& stop) {
  VOLPRESS_CHECK(checkCount(header.count, fileBytes));
  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  for (const NamedArray& array : arraysOf(header.shDegree)) {
    if (array.channels != 0) {
      VOLPRESS_TRY(const ByteView stream, container.require(array.chunk));
      auto done = decodeFloats(stream, array.channels, cloud.*array.values, runner, stop);
      if (!done) {
        return withContext(std::move(done).error(), fmt::format("chunk '{}'", array.chunk));
      }
    }
  }
  if (const Chunk* extras = container.find("extras"); extras != nullptr) {
    VOLPRESS_CHECK(readExtras(extras->data, cloud, runner, stop));
  }
  return cloud;
}

}  // namespace volpress::compressors::own
