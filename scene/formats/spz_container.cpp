#include "scene/formats/spz_container.hpp"

#include <algorithm>
#include <new>
#include <numeric>

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

namespace volpress::formats {
namespace {

constexpr std::uint32_t kMagic = 0x5053474E;  // "NGSP"
constexpr std::uint32_t kLastVersion = 4;
constexpr std::size_t kLegacyHeaderBytes = 16;
constexpr std::size_t kHeaderBytes = 32;
constexpr unsigned kMaxFractionalBits = 23;
constexpr std::uint32_t kMaxCount = 0x7FFFFFFF;

constexpr unsigned kAntialiasedFlag = 0x1;
constexpr unsigned kExtensionFlag = 0x2;
constexpr unsigned kLodFlag = 0x80;
constexpr std::uint32_t kCoordinateRecord = 0xADBE0003;

constexpr std::uint64_t kMaxGzipRatio = 1032;
constexpr std::uint64_t kMaxZstdRatio = 1024;
constexpr std::uint64_t kAlwaysAllowed = std::uint64_t{64} << 20;
constexpr std::uint64_t kExtensionRoom = std::uint64_t{1} << 20;
constexpr int kZstdJobBytes = 2 << 20;

// The fields that both headers begin with.
struct Header {
  SpzLayout layout;
  unsigned flags = 0;
  std::uint8_t lastByte = 0;  ///< reserved in versions 1 to 3, the number of streams in version 4
};

Result<Header> readHeader(ByteReader& reader) {
  Header header;
  SpzLayout& layout = header.layout;
  VOLPRESS_TRY(const auto magic, reader.read<std::uint32_t>("SPZ magic"));
  if (magic != kMagic) {
    return fail(ErrorCode::NotThisFormat, "SPZ magic is {:#010x}, allowed is {:#010x}", magic,
                kMagic);
  }
  VOLPRESS_TRY(layout.version, reader.read<std::uint32_t>("SPZ version"));
  if (layout.version == 0 || layout.version > kLastVersion) {
    return fail(ErrorCode::UnsupportedVersion, "SPZ version is {}, readable are 1 to {}",
                layout.version, kLastVersion);
  }
  VOLPRESS_TRY(layout.count, reader.read<std::uint32_t>("SPZ splat count"));
  if (layout.count == 0 || layout.count > kMaxCount) {
    return fail(ErrorCode::CorruptData, "SPZ splat count is {}, allowed are 1 to {}", layout.count,
                kMaxCount);
  }
  VOLPRESS_TRY(layout.shDegree, reader.read<std::uint8_t>("SPZ SH degree"));
  if (layout.shDegree > kMaxShDegree) {
    return fail(ErrorCode::CorruptData, "SPZ SH degree is {}, allowed are 0 to {}", layout.shDegree,
                kMaxShDegree);
  }
  VOLPRESS_TRY(layout.fractionalBits, reader.read<std::uint8_t>("SPZ fractional bits"));
  if (layout.fractionalBits > kMaxFractionalBits) {
    return fail(ErrorCode::CorruptData, "SPZ fractional bits are {}, allowed are 0 to {}",
                layout.fractionalBits, kMaxFractionalBits);
  }
  VOLPRESS_TRY(header.flags, reader.read<std::uint8_t>("SPZ flags"));
  VOLPRESS_TRY(header.lastByte, reader.read<std::uint8_t>("SPZ header"));
  layout.antialiased = (header.flags & kAntialiasedFlag) != 0;
  layout.doubledOpacity = layout.version < 4 && (header.flags & kLodFlag) != 0;
  return header;
}

// The coordinate system among the records, 0 without one. Other records are skipped by length.
Result<std::uint32_t> readExtensions(ByteView zone) {
  std::uint32_t axisSystem = 0;
  ByteReader reader(zone);
  while (reader.remaining() != 0) {
    VOLPRESS_TRY(const auto type, reader.read<std::uint32_t>("SPZ extension type"));
    VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("SPZ extension length"));
    VOLPRESS_TRY(const ByteView payload, reader.take(size, "SPZ extension record"));
    if (type == kCoordinateRecord) {
      ByteReader record(payload);
      VOLPRESS_TRY(axisSystem, record.read<std::uint32_t>("SPZ coordinate system"));
      if (axisSystem == 0 || axisSystem > kSpzLastSystem) {
        return fail(ErrorCode::CorruptData, "SPZ coordinate system is {}, allowed are 1 to {}",
                    axisSystem, kSpzLastSystem);
      }
    }
  }
  return axisSystem;
}

Result<std::unique_ptr<std::byte[]>> allocate(std::uint64_t size) {
  // Left uninitialised: the unpacker writes it, and only what it wrote is read.
  std::unique_ptr<std::byte[]> storage(new (std::nothrow)
                                           std::byte[static_cast<std::size_t>(size)]);
  if (storage == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no {} bytes of memory for the SPZ arrays", size);
  }
  return storage;
}

bool isGzip(ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

// The first bytes inside a gzip stream; fewer when it ends or breaks before. zlib can stop in the
// middle of a stream, libdeflate cannot.
std::array<std::byte, kLegacyHeaderBytes> inflateStart(ByteView file, std::size_t& size) {
  std::array<std::byte, kLegacyHeaderBytes> start{};
  z_stream stream{};
  size = 0;
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
    return start;
  }
  // zlib's interface lacks the const that it keeps to.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(file.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(file.size(), 1 << 20));
  stream.next_out = reinterpret_cast<Bytef*>(start.data());
  stream.avail_out = static_cast<uInt>(start.size());
  inflate(&stream, Z_SYNC_FLUSH);
  size = start.size() - stream.avail_out;
  inflateEnd(&stream);
  return start;
}

// ---- versions 1 to 3 ----

// `body` is the whole inflated stream.
Result<void> readLegacyBody(ByteView body, const Header& header, SpzContent& content) {
  ByteReader reader(body);
  VOLPRESS_CHECK(reader.take(kLegacyHeaderBytes, "SPZ header"));
  VOLPRESS_TRY(const ByteView raw, reader.take(spzRawBytes(header.layout), "SPZ arrays"));
  content.arrays = splitSpzArrays(header.layout, raw);
  content.hasLodTail = header.layout.doubledOpacity;
  if ((header.flags & kExtensionFlag) != 0 && !content.hasLodTail) {
    VOLPRESS_TRY(content.axisSystem, readExtensions(reader.rest()));
  }
  return {};
}

Result<SpzContent> unpackGzip(ByteView file) {
  std::size_t startSize = 0;
  const auto start = inflateStart(file, startSize);
  ByteReader reader(ByteView(start).first(startSize));
  VOLPRESS_TRY(const Header header, readHeader(reader));
  SpzContent content;
  content.layout = header.layout;
  if (header.layout.version > 3) {
    return fail(ErrorCode::CorruptData, "SPZ version {} lies in a gzip stream, allowed are 1 to 3",
                header.layout.version);
  }
  const std::uint64_t expected = kLegacyHeaderBytes + spzRawBytes(header.layout);
  const std::uint64_t limit = kMaxGzipRatio * file.size();
  if (expected > limit) {
    return fail(ErrorCode::CorruptData,
                "SPZ header asks for {} bytes of arrays ({} splats), but a gzip stream of {} bytes "
                "holds at most {}",
                expected, header.layout.count, file.size(), limit);
  }
  std::uint64_t capacity = expected;
  if ((header.flags & (kExtensionFlag | kLodFlag)) != 0) {
    // A LOD tree brings at most as many bytes again as the splats themselves.
    capacity += kExtensionRoom + ((header.flags & kLodFlag) != 0 ? expected : 0);
    capacity = std::min(capacity, limit);
  }
  VOLPRESS_TRY(content.storage, allocate(capacity));
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (decompressor == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory to inflate the SPZ file");
  }
  std::size_t consumed = 0;
  std::size_t written = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      decompressor.get(), file.data(), file.size(), content.storage.get(),
      static_cast<std::size_t>(capacity), &consumed, &written);
  if (result != LIBDEFLATE_SUCCESS) {
    return fail(ErrorCode::CorruptData, "SPZ gzip stream {}",
                result == LIBDEFLATE_INSUFFICIENT_SPACE
                    ? fmt::format("is longer than the {} bytes that its header allows", capacity)
                    : std::string("is damaged or cut short"));
  }
  VOLPRESS_CHECK(readLegacyBody(ByteView(content.storage.get(), written), header, content));
  return content;
}

// ---- version 4 ----

struct Stream {
  SpzArray array = SpzArray::Positions;
  ByteView packed;
  std::uint64_t rawBytes = 0;
};

struct Streams {
  std::vector<Stream> list;
  std::uint32_t axisSystem = 0;
};

Result<Streams> readStreams(ByteView file, ByteReader& reader, const Header& header) {
  Streams streams;
  const std::size_t wanted = header.layout.shDegree == 0 ? kSpzArrays - 1 : kSpzArrays;
  if (header.lastByte != wanted) {
    return fail(ErrorCode::CorruptData, "SPZ has {} streams, SH degree {} needs {}",
                header.lastByte, header.layout.shDegree, wanted);
  }
  VOLPRESS_TRY(const auto tocOffset, reader.read<std::uint32_t>("SPZ table offset"));
  if (tocOffset < kHeaderBytes || tocOffset > file.size()) {
    return fail(ErrorCode::CorruptData, "SPZ table offset is {}, allowed are {} to {}", tocOffset,
                kHeaderBytes, file.size());
  }
  if ((header.flags & kExtensionFlag) != 0) {
    VOLPRESS_TRY(streams.axisSystem,
                 readExtensions(file.subspan(kHeaderBytes, tocOffset - kHeaderBytes)));
  }
  ByteReader table(file.subspan(tocOffset));
  VOLPRESS_TRY(const ByteView entries, table.take(wanted * 16, "SPZ table of streams"));
  ByteReader entry(entries);
  for (std::size_t s = 0; s < wanted; ++s) {
    Stream stream;
    stream.array = static_cast<SpzArray>(s);
    VOLPRESS_TRY(const auto packedBytes, entry.read<std::uint64_t>("SPZ stream size"));
    VOLPRESS_TRY(stream.rawBytes, entry.read<std::uint64_t>("SPZ stream raw size"));
    const std::uint64_t expected = spzArrayBytes(header.layout, stream.array);
    if (stream.rawBytes != expected) {
      return fail(ErrorCode::CorruptData, "SPZ stream {} has {} raw bytes, {} splats need {}", s,
                  stream.rawBytes, header.layout.count, expected);
    }
    VOLPRESS_TRY(stream.packed, table.take(packedBytes, fmt::format("SPZ stream {}", s)));
    streams.list.push_back(stream);
  }
  if (table.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last SPZ stream", table.remaining());
  }
  return streams;
}

// One frame that fills exactly `out`.
bool unpackFrame(const Stream& stream, std::byte* out) {
  const void* packed = stream.packed.data();
  const std::size_t size = stream.packed.size();
  const unsigned long long declared = ZSTD_getFrameContentSize(packed, size);
  if ((declared != stream.rawBytes && declared != ZSTD_CONTENTSIZE_UNKNOWN) ||
      ZSTD_getDictID_fromFrame(packed, size) != 0 ||
      ZSTD_findFrameCompressedSize(packed, size) != size) {
    return false;
  }
  return ZSTD_decompress(out, static_cast<std::size_t>(stream.rawBytes), packed, size) ==
         stream.rawBytes;
}

Result<SpzContent> unpackStreams(ByteView file, ByteReader& reader, const Header& header,
                                 TaskRunner& runner) {
  const std::uint64_t raw = spzRawBytes(header.layout);
  const std::uint64_t limit = std::max(kAlwaysAllowed, kMaxZstdRatio * file.size());
  if (raw > limit) {
    return fail(ErrorCode::CorruptData,
                "SPZ header asks for {} bytes of arrays ({} splats), a file of {} bytes may hold "
                "at most {}",
                raw, header.layout.count, file.size(), limit);
  }
  VOLPRESS_TRY(const Streams streams, readStreams(file, reader, header));
  SpzContent content;
  content.layout = header.layout;
  content.axisSystem = streams.axisSystem;
  VOLPRESS_TRY(content.storage, allocate(raw));
  content.arrays =
      splitSpzArrays(header.layout, ByteView(content.storage.get(), static_cast<std::size_t>(raw)));
  // The largest stream, SH, is the last: starting with it keeps the threads busy to the end.
  std::array<bool, kSpzArrays> unpacked{};
  runner.parallelFor(streams.list.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t s = streams.list.size() - 1 - i;
      std::byte* out = content.storage.get() + (content.arrays[s].data() - content.storage.get());
      unpacked[s] = unpackFrame(streams.list[s], out);
    }
  });
  for (std::size_t s = 0; s < streams.list.size(); ++s) {
    if (!unpacked[s]) {
      return fail(ErrorCode::CorruptData, "SPZ stream {} is no single zstd frame of {} bytes", s,
                  streams.list[s].rawBytes);
    }
  }
  return content;
}

// ---- writing ----

struct ZstdContextDeleter {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

Result<Bytes> packFrame(ByteView raw, int level, std::size_t threads) {
  const std::unique_ptr<ZSTD_CCtx, ZstdContextDeleter> context(ZSTD_createCCtx());
  Bytes packed(ZSTD_compressBound(raw.size()));
  if (context == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory to pack an SPZ stream");
  }
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  // SH is most of a file, so it is cut into jobs inside its one frame. The jobs, and with them the
  // bytes, do not depend on the number of workers as long as there is one.
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_nbWorkers, static_cast<int>(threads));
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_jobSize, kZstdJobBytes);
  const std::size_t size =
      ZSTD_compress2(context.get(), packed.data(), packed.size(), raw.data(), raw.size());
  if (ZSTD_isError(size) != 0) {
    return fail(ErrorCode::Internal, "zstd: {}", ZSTD_getErrorName(size));
  }
  packed.resize(size);
  return packed;
}

void writeHeader(ByteWriter& writer, const SpzLayout& layout, std::uint8_t lastByte) {
  writer.write(kMagic);
  writer.write(layout.version);
  writer.write(layout.count);
  writer.write(static_cast<std::uint8_t>(layout.shDegree));
  writer.write(static_cast<std::uint8_t>(layout.fractionalBits));
  writer.write(static_cast<std::uint8_t>(layout.antialiased ? kAntialiasedFlag : 0));
  writer.write(lastByte);
}

Result<Bytes> packGzip(const SpzLayout& layout, ByteView raw) {
  ByteWriter body;
  writeHeader(body, layout, 0);
  body.append(raw);
  constexpr int kLevel = 8;
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), &libdeflate_free_compressor);
  if (compressor == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory to pack the SPZ file");
  }
  Bytes packed(libdeflate_gzip_compress_bound(compressor.get(), body.size()));
  packed.resize(libdeflate_gzip_compress(compressor.get(), body.bytes().data(), body.size(),
                                         packed.data(), packed.size()));
  return packed;
}

Result<Bytes> packStreams(const SpzLayout& layout, ByteView raw, const SpzPacking& packing,
                          TaskRunner& runner) {
  const SpzArrayViews arrays = splitSpzArrays(layout, raw);
  const std::size_t count = layout.shDegree == 0 ? kSpzArrays - 1 : kSpzArrays;
  std::vector<Result<Bytes>> frames(count, Bytes{});
  runner.parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t s = count - 1 - i;
      frames[s] = packing.stop.stop_requested()
                      ? fail(ErrorCode::Cancelled, "cancelled")
                      : packFrame(arrays[s], packing.zstdLevel, runner.concurrency());
    }
  });
  ByteWriter writer;
  writeHeader(writer, layout, static_cast<std::uint8_t>(count));
  writer.write(static_cast<std::uint32_t>(kHeaderBytes));
  writer.write(std::array<std::byte, 12>{});
  for (std::size_t s = 0; s < count; ++s) {
    VOLPRESS_CHECK(frames[s]);
    writer.write(static_cast<std::uint64_t>(frames[s]->size()));
    writer.write(static_cast<std::uint64_t>(arrays[s].size()));
  }
  for (const Result<Bytes>& frame : frames) {
    writer.append(*frame);
  }
  return std::move(writer).take();
}

Result<SpzSizes> measureLegacy(ByteView file) {
  VOLPRESS_TRY(
      const SpzContent content, isGzip(file) ? unpackGzip(file) : [&] {
        SerialRunner runner;
        return unpackSpz(file, runner);
      }());
  SpzSizes sizes;
  std::uint64_t total = 0;
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(1), &libdeflate_free_compressor);
  for (std::size_t a = 0; a < kSpzArrays; ++a) {
    const ByteView array = content.arrays[a];
    sizes.arrays[a] = array.size();
    if (isGzip(file) && compressor != nullptr && !array.empty()) {
      Bytes packed(libdeflate_deflate_compress_bound(compressor.get(), array.size()));
      sizes.arrays[a] = libdeflate_deflate_compress(compressor.get(), array.data(), array.size(),
                                                    packed.data(), packed.size());
    }
    total += sizes.arrays[a];
  }
  constexpr std::uint64_t kGzipFrame = 18;
  const std::uint64_t fixed = std::min<std::uint64_t>(file.size(), kLegacyHeaderBytes + kGzipFrame);
  std::uint64_t shared = 0;
  for (std::uint64_t& size : sizes.arrays) {
    if (isGzip(file)) {
      size = static_cast<std::uint64_t>(static_cast<double>(size) / static_cast<double>(total) *
                                        static_cast<double>(file.size() - fixed));
    }
    shared += size;
  }
  sizes.header = file.size() - shared;
  return sizes;
}

}  // namespace

bool isSpz(ByteView head) {
  std::uint32_t magic = 0;
  if (isGzip(head)) {
    std::size_t size = 0;
    const auto start = inflateStart(head, size);
    std::memcpy(&magic, start.data(), sizeof(magic));
  } else if (head.size() >= sizeof(magic)) {
    std::memcpy(&magic, head.data(), sizeof(magic));
  }
  return magic == kMagic;
}

Result<SpzContent> unpackSpz(ByteView file, TaskRunner& runner) {
  if (isGzip(file)) {
    return unpackGzip(file);
  }
  ByteReader reader(file);
  VOLPRESS_TRY(const Header header, readHeader(reader));
  if (header.layout.version >= 4) {
    return unpackStreams(file, reader, header, runner);
  }
  SpzContent content;
  content.layout = header.layout;
  VOLPRESS_CHECK(readLegacyBody(file, header, content));
  return content;
}

Result<Bytes> packSpz(const SpzLayout& layout, ByteView raw, const SpzPacking& packing,
                      TaskRunner& runner) {
  return layout.version >= 4 ? packStreams(layout, raw, packing, runner) : packGzip(layout, raw);
}

Result<SpzSizes> measureSpz(ByteView file) {
  if (!isGzip(file)) {
    ByteReader reader(file);
    VOLPRESS_TRY(const Header header, readHeader(reader));
    if (header.layout.version >= 4) {
      VOLPRESS_TRY(const Streams streams, readStreams(file, reader, header));
      SpzSizes sizes;
      sizes.header = file.size();
      for (const Stream& stream : streams.list) {
        sizes.arrays[static_cast<std::size_t>(stream.array)] = stream.packed.size();
        sizes.header -= stream.packed.size();
      }
      return sizes;
    }
  }
  return measureLegacy(file);
}

}  // namespace volpress::formats
