#include "scene/sequence/fourdgs_state.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "scene/sequence/fourdgs_stream.hpp"

namespace volpress::fourdgs {
namespace {

constexpr std::uint32_t kMostSplats = 8'000'000;
/// Streams of real Gaussians take more than a byte for 64 of them.
constexpr std::uint64_t kMostSplatsPerByte = 64;

/// The block of streams behind the fields of a chunk; packed as a whole it cannot be read.
Result<ByteView> readBlock(ByteReader& reader) {
  VOLPRESS_TRY(const std::string packing, readText(reader, "chunk compression"));
  if (!packing.empty()) {
    return fail(ErrorCode::UnsupportedVersion, "chunks packed with \"{}\" cannot be read", packing);
  }
  VOLPRESS_CHECK(reader.read<std::uint64_t>("uncompressed size"));
  VOLPRESS_TRY(const auto length, reader.read<std::uint64_t>("chunk block"));
  return reader.take(length, "chunk block");
}

Result<std::uint32_t> checkCount(std::uint32_t count, ByteView block) {
  if (count > kMostSplats || count / kMostSplatsPerByte > block.size()) {
    return fail(ErrorCode::CorruptData, "{} Gaussians in {} bytes; at most {} are allowed", count,
                block.size(), kMostSplats);
  }
  return count;
}

/// Every stream of a block, by attribute; those that nobody knows are passed over.
Result<std::array<std::optional<Stream>, kObject + 1>> readStreams(ByteView block,
                                                                   std::uint32_t count) {
  std::array<std::optional<Stream>, kObject + 1> streams;
  ByteReader reader(block);
  while (reader.remaining() != 0) {
    VOLPRESS_TRY(Stream stream, readStream(reader, count));
    const std::uint8_t id = stream.attribute;
    if (id < kAttributes || id == kIdentity || id == kObject) {
      const std::size_t channels = id < kAttributes ? kChannels[id] : 1;
      if (stream.channels != channels || streams[id]) {
        return fail(ErrorCode::CorruptData, "attribute {} of {} channels; {} are expected, once",
                    id, stream.channels, channels);
      }
      streams[id] = std::move(stream);
    }
  }
  return streams;
}

/// The rows of a chunk by ascending identity; CorruptData for one that comes twice.
Result<std::vector<std::uint32_t>> byIdentity(const std::vector<std::int32_t>& identities) {
  std::vector<std::uint32_t> order(identities.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto id = [&](std::uint32_t row) { return static_cast<std::uint32_t>(identities[row]); };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return id(a) < id(b); });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (id(order[i]) == id(order[i - 1])) {
      return fail(ErrorCode::CorruptData, "Gaussian {} comes twice", id(order[i]));
    }
  }
  return order;
}

std::vector<std::int32_t> inOrder(const std::vector<std::int32_t>& values, std::size_t channels,
                                  std::span<const std::uint32_t> order) {
  std::vector<std::int32_t> sorted;
  sorted.reserve(values.size());
  for (const std::uint32_t row : order) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(row * channels);
    sorted.insert(sorted.end(), at, at + static_cast<std::ptrdiff_t>(channels));
  }
  return sorted;
}

/// Absolute Gaussians: a chunk's, or those that are born in a delta.
Result<State> readGaussians(ByteView block, std::uint32_t count, bool needsIdentity,
                            const std::vector<ByteView>& bands, unsigned degree) {
  State state;
  if (count == 0) {
    return state;  // nobody is born: other writers leave the streams away
  }
  VOLPRESS_TRY(auto streams, readStreams(block, count));
  state.count = count;
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  if (needsIdentity) {
    if (!streams[kIdentity]) {
      return fail(ErrorCode::CorruptData, "a chunk has no identities");
    }
    VOLPRESS_TRY(order, byIdentity(streams[kIdentity]->values));
    for (const std::uint32_t row : order) {
      state.identities.push_back(static_cast<std::uint32_t>(streams[kIdentity]->values[row]));
    }
  }
  for (std::size_t id = 0; id < kAttributes; ++id) {
    if (!streams[id]) {
      return fail(ErrorCode::CorruptData, "a chunk lacks attribute {}", id);
    }
    state.bins[id] = inOrder(streams[id]->values, kChannels[id], order);
    streams[id].reset();
  }
  state.objects.assign(count, 0);
  for (std::size_t i = 0; streams[kObject] && i < count; ++i) {
    state.objects[i] = static_cast<std::uint32_t>(streams[kObject]->values[order[i]]);
  }
  for (unsigned band = 1; band <= degree; ++band) {
    const std::size_t channels = bandChannels(band);
    if (band > bands.size() || bands[band - 1].empty()) {
      state.bands[band - 1].assign(channels * count, 128);  // about 0
      continue;
    }
    ByteReader reader(bands[band - 1]);
    VOLPRESS_TRY(const Stream stream, readStream(reader, count));
    if (stream.channels != channels) {
      return fail(ErrorCode::CorruptData, "SH order {} of {} channels; {} are expected", band,
                  stream.channels, channels);
    }
    state.bands[band - 1] = inOrder(stream.values, channels, order);
  }
  return state;
}

/// The row of an identity, or nothing.
std::optional<std::size_t> rowOf(const State& state, std::uint32_t identity) {
  const auto found = std::lower_bound(state.identities.begin(), state.identities.end(), identity);
  return found == state.identities.end() || *found != identity
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - state.identities.begin()));
}

/// Keeps the rows that `keeps` names and adds those of `born`, in the order of identities.
State merged(const State& state, const std::vector<bool>& keeps, const State& born) {
  State next;
  std::vector<std::pair<const State*, std::size_t>> rows;
  std::size_t b = 0;
  for (std::size_t i = 0; i <= state.count; ++i) {
    while (b < born.count && (i == state.count || born.identities[b] < state.identities[i])) {
      rows.emplace_back(&born, b++);
    }
    if (i < state.count && keeps[i]) {
      rows.emplace_back(&state, i);
    }
  }
  next.count = rows.size();
  const auto append = [](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from,
                         std::size_t row, std::size_t channels) {
    const auto at = from.begin() + static_cast<std::ptrdiff_t>(row * channels);
    to.insert(to.end(), at, at + static_cast<std::ptrdiff_t>(channels));
  };
  for (const auto& [from, row] : rows) {
    next.identities.push_back(from->identities[row]);
    next.objects.push_back(from->objects[row]);
    for (std::size_t id = 0; id < kAttributes; ++id) {
      append(next.bins[id], from->bins[id], row, kChannels[id]);
    }
    for (unsigned band = 1; band <= kMostDegree; ++band) {
      if (!from->bands[band - 1].empty()) {
        append(next.bands[band - 1], from->bands[band - 1], row, bandChannels(band));
      }
    }
  }
  return next;
}

}  // namespace

Result<State> readChunk(const Chunk& chunk, bool needsIdentity, unsigned degree) {
  ByteReader reader(chunk.content);
  VOLPRESS_CHECK(reader.take(2 * sizeof(double) + 4, "chunk"));
  VOLPRESS_TRY(const auto stored, reader.read<std::uint32_t>("Gaussian count"));
  VOLPRESS_TRY(const ByteView block, readBlock(reader));
  VOLPRESS_TRY(const std::uint32_t count, checkCount(stored, block));
  return readGaussians(block, count, needsIdentity, chunk.bands, degree);
}

Result<State> applyDelta(State state, const Chunk& chunk, unsigned degree) {
  ByteReader reader(chunk.content);
  VOLPRESS_CHECK(reader.take(2 * sizeof(double) + 4 + 1 + 8 + 8 + 2, "delta chunk"));
  VOLPRESS_TRY(const auto updates, reader.read<std::uint32_t>("update count"));
  VOLPRESS_TRY(const auto births, reader.read<std::uint32_t>("birth count"));
  VOLPRESS_TRY(const auto deaths, reader.read<std::uint32_t>("death count"));
  VOLPRESS_TRY(const ByteView block, readBlock(reader));
  ByteReader parts(block);
  std::array<ByteView, 3> views;
  for (ByteView& view : views) {
    VOLPRESS_TRY(const auto length, parts.read<std::uint64_t>("part of a delta"));
    VOLPRESS_TRY(view, parts.take(length, "part of a delta"));
  }
  for (const auto& [count, view] :
       {std::pair{updates, views[0]}, {births, views[1]}, {deaths, views[2]}}) {
    VOLPRESS_CHECK(checkCount(count, view));
  }
  VOLPRESS_TRY(const auto gone, readStreams(views[2], deaths));
  std::vector<bool> keeps(state.count, true), touched(state.count, false);
  const auto take = [&](std::int32_t id) -> Result<std::size_t> {
    const auto row = rowOf(state, static_cast<std::uint32_t>(id));
    if (!row || touched[*row]) {
      return fail(ErrorCode::CorruptData, "a delta changes Gaussian {}, which is {}",
                  static_cast<std::uint32_t>(id), row ? "changed twice" : "not there");
    }
    touched[*row] = true;
    return *row;
  };
  if (deaths != 0 && !gone[kIdentity]) {
    return fail(ErrorCode::CorruptData, "deaths without identities");
  }
  for (std::uint32_t k = 0; k < deaths; ++k) {
    VOLPRESS_TRY(const std::size_t row, take(gone[kIdentity]->values[k]));
    keeps[row] = false;
  }
  VOLPRESS_TRY(const auto changes, readStreams(views[0], updates));
  if (updates != 0 &&
      (!changes[kIdentity] || changes[kSigma] || changes[kFlags] || changes[kWindow] ||
       changes[kRotation].has_value() != changes[kRotationIndex].has_value())) {
    return fail(ErrorCode::CorruptData, "updates lack identities or change what may not change");
  }
  for (std::uint32_t k = 0; k < updates; ++k) {
    VOLPRESS_TRY(const std::size_t row, take(changes[kIdentity]->values[k]));
    if (changes[kObject]) {
      state.objects[row] = static_cast<std::uint32_t>(changes[kObject]->values[k]);
    }
    for (std::size_t id = 0; id < kAttributes; ++id) {
      const bool absolute = id == kRotation || id == kRotationIndex;
      for (std::size_t c = 0; changes[id] && c < kChannels[id]; ++c) {
        std::int32_t& bin = state.bins[id][row * kChannels[id] + c];
        const std::int64_t next = std::int64_t{changes[id]->values[k * kChannels[id] + c]} +
                                  (absolute ? 0 : std::int64_t{bin});
        if (next != static_cast<std::int32_t>(next)) {
          return fail(ErrorCode::CorruptData, "attribute {} of a Gaussian leaves 32 bits", id);
        }
        bin = static_cast<std::int32_t>(next);
      }
    }
  }
  if (births == 0 && deaths == 0) {
    return state;
  }
  VOLPRESS_TRY(const State born, readGaussians(views[1], births, true, chunk.bands, degree));
  for (const std::uint32_t id : born.identities) {
    if (rowOf(state, id)) {
      return fail(ErrorCode::CorruptData, "Gaussian {} is born, but lives already", id);
    }
  }
  State next = merged(state, keeps, born);
  if (next.count > kMostSplats) {
    return fail(ErrorCode::CorruptData, "{} Gaussians live; at most {} are allowed", next.count,
                kMostSplats);
  }
  return next;
}

}  // namespace volpress::fourdgs
