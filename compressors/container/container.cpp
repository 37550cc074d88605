#include "compressors/container/container.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <zstd.h>

namespace volpress::compressors {
namespace {

constexpr std::array<std::byte, 4> kMagic{std::byte{'V'}, std::byte{'P'}, std::byte{'C'},
                                          std::byte{0}};
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kFixedHeader = 20;
constexpr std::size_t kMaxName = 31;
constexpr std::uint64_t kMaxParameters = 1 << 20;
constexpr std::uint64_t kMaxChunks = 1024;
constexpr std::uint64_t kMaxRatio = 1024;
constexpr std::uint8_t kCriticalFlag = 1;
/// Raw floats hardly shrink more at higher levels, and side information is small anyway.
constexpr int kZstdLevel = 6;
constexpr int kMaxWindowLog = 27;
constexpr std::size_t kBytesPerStopCheck = 1 << 18;

bool isIdCharacter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool isNameCharacter(char c) noexcept { return c > ' ' && c < '\x7F'; }

bool isCodecId(std::string_view id) noexcept {
  return !id.empty() && id.size() <= kMaxName && std::all_of(id.begin(), id.end(), isIdCharacter);
}

bool isChunkName(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), isNameCharacter);
}

struct Entry {
  std::string name;
  bool critical = true;
  Packing packing = Packing::Stored;
  std::uint64_t rawLength = 0;
  std::uint64_t packedLength = 0;
  std::uint64_t checksum = 0;
  ByteView packed;
};

struct Header {
  std::string codecId;
  std::uint32_t codecVersion = 0;
  std::string parameters;
  std::vector<Entry> entries;
};

Result<Entry> readEntry(ByteReader& reader) {
  Entry entry;
  VOLPRESS_TRY(const auto nameLength, reader.read<std::uint8_t>("chunk name length"));
  VOLPRESS_TRY(const auto flags, reader.read<std::uint8_t>("chunk flags"));
  VOLPRESS_TRY(const auto packing, reader.read<std::uint8_t>("chunk packing"));
  VOLPRESS_TRY(const auto reserved, reader.read<std::uint8_t>("chunk reserved byte"));
  VOLPRESS_TRY(entry.rawLength, reader.read<std::uint64_t>("chunk raw length"));
  VOLPRESS_TRY(entry.packedLength, reader.read<std::uint64_t>("chunk packed length"));
  VOLPRESS_TRY(entry.checksum, reader.read<std::uint64_t>("chunk checksum"));
  VOLPRESS_TRY(const ByteView name, reader.take(nameLength, "chunk name"));
  entry.name = viewText(name);
  if (!isChunkName(entry.name)) {
    return fail(ErrorCode::CorruptData,
                "a chunk name of {} bytes is not 1..{} printable ASCII characters", nameLength,
                kMaxName);
  }
  if (flags > kCriticalFlag || reserved != 0 || packing > 1) {
    return fail(ErrorCode::UnsupportedVersion,
                "chunk {}: flags {}, packing {}, reserved {}; known are flags 0..1, packing 0..1 "
                "and reserved 0",
                entry.name, flags, packing, reserved);
  }
  entry.critical = (flags & kCriticalFlag) != 0;
  entry.packing = static_cast<Packing>(packing);
  if (entry.packing == Packing::Stored && entry.rawLength != entry.packedLength) {
    return fail(ErrorCode::CorruptData, "chunk {}: stored, but raw length {} and packed length {}",
                entry.name, entry.rawLength, entry.packedLength);
  }
  // Divided, because the product could leave 64 bits.
  if (entry.rawLength / kMaxRatio + (entry.rawLength % kMaxRatio != 0 ? 1 : 0) >
      entry.packedLength) {
    return fail(ErrorCode::CorruptData, "chunk {}: raw length {} is above {} times the packed {}",
                entry.name, entry.rawLength, kMaxRatio, entry.packedLength);
  }
  return entry;
}

/// Parses and checks everything but the chunks' bytes. With `front`, entries from the first on that
/// is not all there are left out.
Result<Header> readHeader(ByteView file, bool front = false) {
  if (!isContainer(file)) {
    return fail(ErrorCode::NotThisFormat, "the file does not start with the VPC magic");
  }
  ByteReader reader(file);
  Header header;
  VOLPRESS_CHECK(reader.take(kMagic.size(), "magic"));
  VOLPRESS_TRY(const auto version, reader.read<std::uint16_t>("container version"));
  if (version != kVersion) {
    return failAt(ErrorCode::UnsupportedVersion, kMagic.size(), "container version {}; known is {}",
                  version, kVersion);
  }
  VOLPRESS_TRY(const auto idLength, reader.read<std::uint8_t>("codec id length"));
  VOLPRESS_TRY(const auto reserved, reader.read<std::uint8_t>("reserved byte"));
  VOLPRESS_TRY(header.codecVersion, reader.read<std::uint32_t>("codec version"));
  VOLPRESS_TRY(const auto parameterLength, reader.read<std::uint32_t>("parameter length"));
  VOLPRESS_TRY(const auto chunkCount, reader.read<std::uint32_t>("chunk count"));
  if (reserved != 0) {
    return fail(ErrorCode::UnsupportedVersion, "reserved header byte is {}, not 0", reserved);
  }
  if (parameterLength > kMaxParameters || chunkCount > kMaxChunks) {
    return fail(ErrorCode::CorruptData,
                "{} bytes of parameters and {} chunks; allowed are {} and {}", parameterLength,
                chunkCount, kMaxParameters, kMaxChunks);
  }
  VOLPRESS_TRY(const ByteView id, reader.take(idLength, "codec id"));
  header.codecId = viewText(id);
  if (!isCodecId(header.codecId)) {
    return fail(ErrorCode::CorruptData, "a codec id of {} bytes is not 1..{} of a-z, 0-9 and -",
                idLength, kMaxName);
  }
  VOLPRESS_TRY(const ByteView parameters, reader.take(parameterLength, "parameters"));
  header.parameters = viewText(parameters);
  for (std::uint32_t i = 0; i < chunkCount; ++i) {
    VOLPRESS_TRY(Entry entry, readEntry(reader));
    const bool repeated = std::any_of(header.entries.begin(), header.entries.end(),
                                      [&](const Entry& other) { return other.name == entry.name; });
    if (repeated) {
      return fail(ErrorCode::CorruptData, "two chunks are named {}", entry.name);
    }
    header.entries.push_back(std::move(entry));
  }
  const std::uint64_t expected = hashBytes(file.first(reader.offset()));
  VOLPRESS_TRY(const auto checksum, reader.read<std::uint64_t>("header checksum"));
  if (checksum != expected) {
    return fail(ErrorCode::CorruptData, "the header's checksum is {:016x}, its bytes give {:016x}",
                checksum, expected);
  }
  for (std::size_t i = 0; i < header.entries.size(); ++i) {
    Entry& entry = header.entries[i];
    if (front && entry.packedLength > reader.remaining()) {
      header.entries.resize(i);
      return header;
    }
    VOLPRESS_TRY(entry.packed, reader.take(entry.packedLength, "chunk " + entry.name));
  }
  if (reader.remaining() != 0) {
    return failAt(ErrorCode::CorruptData, reader.offset(), "{} bytes follow the last chunk",
                  reader.remaining());
  }
  return header;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "cancelled"); }

/// One frame with its content size and the padding that keeps the ratio.
Result<Bytes> packZstd(ByteView raw, const std::stop_token& stop) {
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory for the zstd compressor");
  }
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 1);
  ZSTD_CCtx_setPledgedSrcSize(context.get(), raw.size());
  Bytes packed(ZSTD_compressBound(raw.size()));
  ZSTD_outBuffer output{packed.data(), packed.size(), 0};
  std::size_t fed = 0;
  std::size_t left = 1;
  while (left != 0) {
    if (stop.stop_requested()) {
      return cancelled();
    }
    const std::size_t piece = std::min(kBytesPerStopCheck, raw.size() - fed);
    ZSTD_inBuffer input{raw.data() + fed, piece, 0};
    const bool last = fed + piece == raw.size();
    do {
      left =
          ZSTD_compressStream2(context.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0U) {
        return fail(ErrorCode::Internal, "zstd: {}", ZSTD_getErrorName(left));
      }
    } while (input.pos < input.size);
    fed += piece;
    left = last ? left : 1;
  }
  packed.resize(std::max<std::size_t>(output.pos, (raw.size() + kMaxRatio - 1) / kMaxRatio));
  std::fill(packed.begin() + static_cast<std::ptrdiff_t>(output.pos), packed.end(), std::byte{0});
  return packed;
}

Result<Bytes> unpackZstd(const Entry& entry, const std::stop_token& stop) {
  const ByteView packed = entry.packed;
  const unsigned long long declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
  const std::size_t frame = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
  if (ZSTD_isError(frame) != 0U || declared != entry.rawLength) {
    return fail(ErrorCode::CorruptData, "chunk {}: no zstd frame of {} bytes", entry.name,
                entry.rawLength);
  }
  if (std::any_of(packed.begin() + static_cast<std::ptrdiff_t>(frame), packed.end(),
                  [](std::byte b) { return b != std::byte{0}; })) {
    return fail(ErrorCode::CorruptData, "chunk {}: data after its zstd frame", entry.name);
  }
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory for the zstd decompressor");
  }
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  Bytes raw(static_cast<std::size_t>(entry.rawLength));
  ZSTD_inBuffer input{packed.data(), frame, 0};
  std::size_t left = 1;
  std::size_t done = 0;
  while (left != 0) {
    if (stop.stop_requested()) {
      return cancelled();
    }
    ZSTD_outBuffer output{raw.data() + done, std::min(kBytesPerStopCheck, raw.size() - done), 0};
    const std::size_t before = input.pos;
    left = ZSTD_decompressStream(context.get(), &output, &input);
    done += output.pos;
    if (ZSTD_isError(left) != 0U || (left != 0 && output.pos == 0 && input.pos == before)) {
      return fail(ErrorCode::CorruptData, "chunk {}: damaged zstd frame", entry.name);
    }
  }
  if (done != raw.size()) {
    return fail(ErrorCode::CorruptData, "chunk {}: {} bytes unpacked, {} declared", entry.name,
                done, raw.size());
  }
  return raw;
}

}  // namespace

const Chunk* Container::find(std::string_view name) const {
  const auto found = std::find_if(chunks.begin(), chunks.end(),
                                  [&](const Chunk& chunk) { return chunk.name == name; });
  return found == chunks.end() ? nullptr : &*found;
}

Result<ByteView> Container::require(std::string_view name) const {
  const Chunk* chunk = find(name);
  if (chunk == nullptr) {
    return fail(ErrorCode::CorruptData, "there is no chunk {}", name);
  }
  return ByteView(chunk->data);
}

bool isContainer(ByteView head) {
  return head.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), head.begin());
}

std::string containerCodec(ByteView head) {
  if (!isContainer(head) || head.size() < kFixedHeader) {
    return {};
  }
  const auto length = static_cast<std::size_t>(head[6]);
  if (length > head.size() - kFixedHeader) {
    return {};
  }
  const std::string id(viewText(head.subspan(kFixedHeader, length)));
  return isCodecId(id) ? id : std::string();
}

Result<Bytes> writeContainer(const Container& container, const std::stop_token& stop) {
  if (!isCodecId(container.codecId) || container.parameters.size() > kMaxParameters ||
      container.chunks.size() > kMaxChunks) {
    return fail(ErrorCode::InvalidParameter,
                "container: codec id '{}', {} bytes of parameters, {} chunks", container.codecId,
                container.parameters.size(), container.chunks.size());
  }
  ByteWriter writer;
  writer.append(kMagic);
  writer.write(kVersion);
  writer.write(static_cast<std::uint8_t>(container.codecId.size()));
  writer.write(std::uint8_t{0});
  writer.write(container.codecVersion);
  writer.write(static_cast<std::uint32_t>(container.parameters.size()));
  writer.write(static_cast<std::uint32_t>(container.chunks.size()));
  writer.append(container.codecId);
  writer.append(container.parameters);
  std::vector<Bytes> packed(container.chunks.size());
  for (std::size_t i = 0; i < container.chunks.size(); ++i) {
    const Chunk& chunk = container.chunks[i];
    if (!isChunkName(chunk.name) || container.find(chunk.name) != &chunk) {
      return fail(ErrorCode::InvalidParameter, "chunk name '{}' is malformed or taken", chunk.name);
    }
    Packing packing = Packing::Stored;
    if (chunk.packing == Packing::Zstd) {
      VOLPRESS_TRY(packed[i], packZstd(chunk.data, stop));
      if (packed[i].size() < chunk.data.size()) {
        packing = Packing::Zstd;
      }
    }
    const ByteView bytes = packing == Packing::Zstd ? ByteView(packed[i]) : ByteView(chunk.data);
    if (packing == Packing::Stored) {
      packed[i].clear();
    }
    writer.write(static_cast<std::uint8_t>(chunk.name.size()));
    writer.write(chunk.critical ? kCriticalFlag : std::uint8_t{0});
    writer.write(static_cast<std::uint8_t>(packing));
    writer.write(std::uint8_t{0});
    writer.write(static_cast<std::uint64_t>(chunk.data.size()));
    writer.write(static_cast<std::uint64_t>(bytes.size()));
    writer.write(hashBytes(bytes));
    writer.append(chunk.name);
  }
  writer.write(hashBytes(writer.bytes()));
  for (std::size_t i = 0; i < container.chunks.size(); ++i) {
    writer.append(packed[i].empty() ? ByteView(container.chunks[i].data) : ByteView(packed[i]));
  }
  return std::move(writer).take();
}

namespace {

Result<Container> unpackChunks(Header header, const std::stop_token& stop) {
  Container container;
  container.codecId = std::move(header.codecId);
  container.codecVersion = header.codecVersion;
  container.parameters = std::move(header.parameters);
  for (Entry& entry : header.entries) {
    if (hashBytes(entry.packed) != entry.checksum) {
      return fail(ErrorCode::CorruptData, "chunk {}: its checksum does not match its bytes",
                  entry.name);
    }
    Chunk chunk;
    chunk.packing = entry.packing;
    chunk.critical = entry.critical;
    if (entry.packing == Packing::Zstd) {
      VOLPRESS_TRY(chunk.data, unpackZstd(entry, stop));
    } else {
      chunk.data.assign(entry.packed.begin(), entry.packed.end());
    }
    chunk.name = std::move(entry.name);
    container.chunks.push_back(std::move(chunk));
  }
  return container;
}

}  // namespace

Result<Container> readContainer(ByteView file, const std::stop_token& stop) {
  VOLPRESS_TRY(Header header, readHeader(file));
  return unpackChunks(std::move(header), stop);
}

Result<Container> readContainerFront(ByteView file, const std::stop_token& stop) {
  VOLPRESS_TRY(Header header, readHeader(file, true));
  return unpackChunks(std::move(header), stop);
}

Result<std::vector<std::string>> checkKnownChunks(const Container& container,
                                                  std::span<const std::string_view> known) {
  std::vector<std::string> skipped;
  for (const Chunk& chunk : container.chunks) {
    if (std::find(known.begin(), known.end(), chunk.name) != known.end()) {
      continue;
    }
    if (chunk.critical) {
      return fail(ErrorCode::UnsupportedVersion,
                  "the file needs the chunk '{}', which this version does not know", chunk.name);
    }
    skipped.push_back(chunk.name);
  }
  return skipped;
}

Result<std::vector<formats::ByteShare>> containerBreakdown(ByteView file) {
  VOLPRESS_TRY(const Header header, readHeader(file));
  std::vector<formats::ByteShare> shares;
  std::uint64_t rest = file.size();
  for (const Entry& entry : header.entries) {
    shares.push_back({entry.name, entry.packedLength});
    rest -= entry.packedLength;
  }
  shares.push_back({"header", rest});
  return shares;
}

}  // namespace volpress::compressors
