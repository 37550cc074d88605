#include "compressors/stream/dgsv.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "compressors/coding/rans.hpp"
#include "compressors/stream/crc32c.hpp"

namespace volpress::compressors {
namespace {

using coding::readVarint;
using coding::writeVarint;

constexpr std::array<std::uint8_t, 8> kMagic{'D', 'G', 'S', 'V', '\r', '\n', 0x1A, '\n'};
constexpr std::uint64_t kTailMagic = 0x0A1A0A0D56534744U;  // the same eight characters
constexpr std::uint16_t kMajor = 1;
constexpr std::uint16_t kMinor = 0;
constexpr std::size_t kRecordHeader = 16;
constexpr std::size_t kRecordEnd = 4;
constexpr std::size_t kFileHeader = 40;  // FTYP's record
constexpr std::size_t kTailBytes = 32;
constexpr std::size_t kMaxParameterBytes = 65536;

std::uint32_t fourcc(const char* text) {
  std::uint32_t value = 0;
  std::memcpy(&value, text, sizeof(value));
  return value;
}

std::size_t padding(std::uint64_t size) { return static_cast<std::size_t>((8 - size % 8) % 8); }

std::uint64_t recordBytes(std::uint64_t payload) {
  const std::uint64_t bytes = kRecordHeader + payload + kRecordEnd;
  return bytes + padding(bytes);
}

Bytes initPayload(const ClipInfo& info) {
  ByteWriter out;
  for (const std::uint32_t value : {info.rateNumerator, info.rateDenominator, info.frameCount,
                                    info.segmentCount, info.maxSplats, info.layerCount}) {
    out.write(value);
  }
  out.write(static_cast<std::uint8_t>(info.shDegree));
  out.write(static_cast<std::uint8_t>(info.frame));
  out.write(static_cast<std::uint8_t>(info.filter));
  out.write(std::uint8_t{0});
  out.write(info.bounds.min);
  out.write(info.bounds.max);
  out.write(static_cast<std::uint32_t>(info.parameters.size()));
  out.append(info.parameters);
  out.write(static_cast<std::uint64_t>(info.codecInit.size()));
  out.append(info.codecInit);
  return std::move(out).take();
}

Result<void> checkInfo(const ClipInfo& info) {
  const auto outside = [](std::uint32_t value, std::uint32_t most) {
    return value == 0 || value > most;
  };
  if (outside(info.frameCount, kMaxClipFrames) || outside(info.segmentCount, info.frameCount)) {
    return fail(ErrorCode::CorruptData, "a clip of {} frames in {} segments", info.frameCount,
                info.segmentCount);
  }
  if (outside(info.maxSplats, kMaxClipSplats) || outside(info.layerCount, kMaxLayers) ||
      info.shDegree > kMaxShDegree) {
    return fail(
        ErrorCode::CorruptData,
        "a clip of {} splats, {} layers and SH degree {}; at most {}, {} and {} are allowed",
        info.maxSplats, info.layerCount, info.shDegree, kMaxClipSplats, kMaxLayers, kMaxShDegree);
  }
  if (info.rateNumerator == 0 || info.rateDenominator == 0) {
    return fail(ErrorCode::CorruptData, "{}/{} frames a second", info.rateNumerator,
                info.rateDenominator);
  }
  if (static_cast<unsigned>(info.frame) > 2 || static_cast<unsigned>(info.filter) > 1) {
    return fail(ErrorCode::CorruptData, "axis frame {} or filter {} is not known",
                static_cast<unsigned>(info.frame), static_cast<unsigned>(info.filter));
  }
  return {};
}

Result<ClipInfo> readInit(ByteView payload) {
  ByteReader reader(payload);
  ClipInfo info;
  for (std::uint32_t* value : {&info.rateNumerator, &info.rateDenominator, &info.frameCount,
                               &info.segmentCount, &info.maxSplats, &info.layerCount}) {
    VOLPRESS_TRY(*value, reader.read<std::uint32_t>("clip header"));
  }
  VOLPRESS_TRY(const auto degree, reader.read<std::uint8_t>("SH degree"));
  VOLPRESS_TRY(const auto frame, reader.read<std::uint8_t>("axis frame"));
  VOLPRESS_TRY(const auto filter, reader.read<std::uint8_t>("filter"));
  VOLPRESS_CHECK(reader.take(1, "reserved byte"));
  info.shDegree = degree;
  info.frame = static_cast<AxisFrame>(frame);
  info.filter = static_cast<FilterMode>(filter);
  using Corner = std::array<float, 3>;
  VOLPRESS_TRY(info.bounds.min, reader.read<Corner>("bounds"));
  VOLPRESS_TRY(info.bounds.max, reader.read<Corner>("bounds"));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (!std::isfinite(info.bounds.min[axis]) || !std::isfinite(info.bounds.max[axis])) {
      return fail(ErrorCode::CorruptData, "the bounds of a clip are not finite");
    }
  }
  VOLPRESS_TRY(const auto parameterBytes, reader.read<std::uint32_t>("parameters"));
  if (parameterBytes > kMaxParameterBytes) {
    return fail(ErrorCode::CorruptData, "{} bytes of parameters; at most {} are allowed",
                parameterBytes, kMaxParameterBytes);
  }
  VOLPRESS_TRY(const ByteView parameters, reader.take(parameterBytes, "parameters"));
  info.parameters = std::string(viewText(parameters));
  VOLPRESS_TRY(const auto initBytes, reader.read<std::uint64_t>("codec part"));
  VOLPRESS_TRY(const ByteView init, reader.take(initBytes, "codec part"));
  info.codecInit.assign(init.begin(), init.end());
  VOLPRESS_CHECK(checkInfo(info));
  return info;
}

Bytes indexPayload(const std::vector<ClipEntry>& entries) {
  ByteWriter index;
  writeVarint(index, entries.size());
  std::uint32_t number = 0;
  std::uint32_t frame = 0;
  std::uint64_t offset = 0;
  for (const ClipEntry& entry : entries) {
    writeVarint(index, entry.index - number);
    writeVarint(index, entry.firstFrame - frame);
    writeVarint(index, entry.frameCount);
    writeVarint(index, entry.offset - offset);
    writeVarint(index, 0);  // no codebook record
    for (const std::uint64_t length : entry.lengths) {
      writeVarint(index, length);
    }
    number = entry.index;
    frame = entry.firstFrame;
    offset = entry.offset;
  }
  return std::move(index).take();
}

Bytes tailBytes(std::uint64_t indexOffset, std::size_t indexLength, std::uint64_t initOffset) {
  ByteWriter tail;
  tail.write(indexOffset);
  tail.write(static_cast<std::uint32_t>(indexLength));
  tail.write(initOffset);
  tail.write(crc32c(tail.bytes()));
  tail.write(kTailMagic);
  return std::move(tail).take();
}

Bytes makeRecord(const char* kind, ByteView payload) {
  ByteWriter record;
  record.reserve(static_cast<std::size_t>(recordBytes(payload.size())));
  record.write(fourcc(kind));
  record.write(std::uint32_t{0});
  record.write(static_cast<std::uint64_t>(payload.size()));
  record.append(payload);
  record.write(crc32c(payload));
  record.append(Bytes(padding(kRecordHeader + payload.size() + kRecordEnd)));
  return std::move(record).take();
}

/// The payload of the record at `offset`; its checksum is verified when `checked`.
Result<ByteView> recordAt(ByteView file, std::uint64_t offset, const char* kind, bool checked) {
  if (offset > file.size() || offset % 8 != 0) {
    return fail(ErrorCode::CorruptData, "{} lies at byte {} of {}", kind, offset, file.size());
  }
  ByteReader reader(file.subspan(static_cast<std::size_t>(offset)));
  VOLPRESS_TRY(const auto name, reader.read<std::uint32_t>(kind));
  VOLPRESS_CHECK(reader.take(4, kind));  // flags
  VOLPRESS_TRY(const auto length, reader.read<std::uint64_t>(kind));
  if (name != fourcc(kind)) {
    return failAt(ErrorCode::CorruptData, offset, "there is no {} where one should be", kind);
  }
  VOLPRESS_TRY(const ByteView payload, reader.take(length, kind));
  VOLPRESS_TRY(const auto crc, reader.read<std::uint32_t>(kind));
  if (checked && crc != crc32c(payload)) {
    return failAt(ErrorCode::CorruptData, offset, "{} is damaged: its checksum does not fit", kind);
  }
  return payload;
}

/// The record at `offset` with its header, checksum (unchecked) and padding.
Result<ByteView> wholeRecordAt(ByteView file, std::uint64_t offset, const char* kind) {
  VOLPRESS_TRY(const ByteView payload, recordAt(file, offset, kind, false));
  return file.subspan(static_cast<std::size_t>(offset),
                      static_cast<std::size_t>(std::min<std::uint64_t>(recordBytes(payload.size()),
                                                                       file.size() - offset)));
}

}  // namespace

bool isClip(ByteView head) {
  return head.size() >= kRecordHeader + kMagic.size() && std::memcmp(head.data(), "FTYP", 4) == 0 &&
         std::memcmp(head.data() + kRecordHeader, kMagic.data(), kMagic.size()) == 0;
}

Result<ClipWriter> ClipWriter::create(const std::filesystem::path& path, const ClipInfo& info) {
  VOLPRESS_CHECK(checkInfo(info));
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(path));
  ClipWriter writer(std::move(file), info.layerCount);
  ByteWriter type;
  type.append(viewBytes(std::span<const std::uint8_t>(kMagic)));
  type.write(kMajor);
  type.write(kMinor);
  type.write(fourcc(info.codec.c_str()));
  type.write(std::uint32_t{0});
  VOLPRESS_CHECK(writer.writeRecord("FTYP", type.bytes()));
  writer.m_initOffset = writer.m_offset;
  VOLPRESS_CHECK(writer.writeRecord("INIT", initPayload(info)));
  return writer;
}

Result<void> ClipWriter::writeRecord(const char* kind, ByteView payload) {
  m_offset += recordBytes(payload.size());
  return m_file.write(makeRecord(kind, payload));
}

Result<void> ClipWriter::add(const ClipSegment& segment) {
  if (segment.layers.size() != m_layers ||
      (!m_entries.empty() && segment.index <= m_entries.back().index)) {
    return fail(ErrorCode::Internal, "segment {} with {} layers does not go here", segment.index,
                segment.layers.size());
  }
  ClipEntry entry{segment.index, segment.firstFrame, segment.frameCount, m_offset, {}};
  ByteWriter head;
  for (const std::uint32_t value :
       {segment.index, segment.firstFrame, segment.frameCount, m_layers}) {
    head.write(value);
  }
  std::uint64_t bytes = 0;
  for (const Bytes& layer : segment.layers) {
    head.write(static_cast<std::uint64_t>(layer.size()));
    head.write(crc32c(layer));
    entry.lengths.push_back(layer.size());
    bytes += layer.size();
  }
  head.write(crc32c(head.bytes()));
  if (bytes > kMaxSegmentBytes) {
    return fail(ErrorCode::InvalidParameter, "segment {} takes {} bytes; at most {} are allowed",
                segment.index, bytes, kMaxSegmentBytes);
  }
  Bytes payload = head.bytes();
  for (const Bytes& layer : segment.layers) {
    payload.insert(payload.end(), layer.begin(), layer.end());
  }
  m_entries.push_back(std::move(entry));
  return writeRecord("SEGM", payload);
}

Result<std::uint64_t> ClipWriter::finish() {
  const Bytes index = indexPayload(m_entries);
  const std::uint64_t indexOffset = m_offset;
  VOLPRESS_CHECK(writeRecord("INDX", index));
  const Bytes tail = tailBytes(indexOffset, index.size(), m_initOffset);
  m_offset += tail.size();
  VOLPRESS_CHECK(m_file.write(tail));
  VOLPRESS_CHECK(m_file.commit());
  return m_offset;
}

Result<ClipInfo> readClipHead(ByteView typeRecord, ByteView initRecord) {
  if (!isClip(typeRecord)) {
    return fail(ErrorCode::NotThisFormat, "is no .dgsv clip");
  }
  VOLPRESS_TRY(const ByteView type, recordAt(typeRecord, 0, "FTYP", true));
  ByteReader reader(type);
  VOLPRESS_CHECK(reader.take(kMagic.size(), "magic"));
  VOLPRESS_TRY(const auto major, reader.read<std::uint16_t>("version"));
  VOLPRESS_TRY(const auto minor, reader.read<std::uint16_t>("version"));
  VOLPRESS_TRY(const ByteView codec, reader.take(4, "codec"));
  if (major != kMajor) {
    return fail(ErrorCode::UnsupportedVersion, "version {}.{} of the container; {}.x can be read",
                major, minor, kMajor);
  }
  VOLPRESS_TRY(const ByteView init, recordAt(initRecord, 0, "INIT", true));
  VOLPRESS_TRY(ClipInfo info, readInit(init));
  info.codec = std::string(viewText(codec));
  return info;
}

Result<ClipFile> ClipFile::open(ByteView file) {
  if (!isClip(file)) {
    return fail(ErrorCode::NotThisFormat, "is no .dgsv clip");
  }
  if (file.size() < kFileHeader + kTailBytes) {
    return fail(ErrorCode::CorruptData, "{} bytes are too few for a clip", file.size());
  }
  ByteReader tail(file.last(kTailBytes));
  VOLPRESS_TRY(const auto indexOffset, tail.read<std::uint64_t>("tail"));
  VOLPRESS_TRY(const auto indexLength, tail.read<std::uint32_t>("tail"));
  VOLPRESS_TRY(const auto initOffset, tail.read<std::uint64_t>("tail"));
  VOLPRESS_TRY(const auto crc, tail.read<std::uint32_t>("tail"));
  VOLPRESS_TRY(const auto tailMagic, tail.read<std::uint64_t>("tail"));
  if (tailMagic != kTailMagic || crc != crc32c(file.last(kTailBytes).first(20))) {
    return fail(ErrorCode::CorruptData,
                "the clip ends early or is damaged: its last {} bytes are no tail", kTailBytes);
  }
  ClipFile clip(file);
  VOLPRESS_TRY(clip.m_typeRecord, wholeRecordAt(file, 0, "FTYP"));
  VOLPRESS_TRY(clip.m_initRecord, wholeRecordAt(file, initOffset, "INIT"));
  VOLPRESS_TRY(clip.m_info, readClipHead(clip.m_typeRecord, clip.m_initRecord));
  VOLPRESS_TRY(const ByteView index, wholeRecordAt(file, indexOffset, "INDX"));
  if (index.size() != recordBytes(indexLength)) {
    return fail(ErrorCode::CorruptData, "the index has a record of {} bytes, its tail says {}",
                index.size(), recordBytes(indexLength));
  }
  VOLPRESS_TRY(clip.m_entries, readClipIndex(index, clip.m_info, file.size()));
  return clip;
}

Result<std::vector<ClipEntry>> readClipIndex(ByteView indexRecord, const ClipInfo& info,
                                             std::uint64_t fileBytes) {
  VOLPRESS_TRY(const ByteView payload, recordAt(indexRecord, 0, "INDX", true));
  std::vector<ClipEntry> entries;
  ByteReader reader(payload);
  VOLPRESS_TRY(const std::uint64_t count, readVarint(reader, "segment count"));
  // An entry takes a byte for each of its numbers at least.
  if (count > info.segmentCount || count > payload.size() / (5 + info.layerCount)) {
    return fail(ErrorCode::CorruptData, "an index of {} segments in {} bytes", count,
                payload.size());
  }
  std::uint64_t number = 0, frame = 0, offset = 0, end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::array<std::uint64_t, 5> values{};
    for (std::uint64_t& value : values) {
      VOLPRESS_TRY(value, readVarint(reader, "index"));
    }
    if (values[0] > info.segmentCount || values[1] > info.frameCount ||
        values[2] > kMaxSegmentFrames || values[3] > fileBytes) {
      return fail(ErrorCode::CorruptData, "entry {} of the index is out of range", i);
    }
    number += values[0];
    frame += values[1];
    offset += values[3];
    const std::uint64_t frames = values[2];
    if (number >= info.segmentCount || (i > 0 && (values[0] == 0 || frame < end)) || frames == 0 ||
        frame + frames > info.frameCount || offset >= fileBytes || values[4] != 0) {
      return fail(ErrorCode::CorruptData,
                  "entry {} of the index: segment {}, frames {} to {}, byte {}", i, number, frame,
                  frame + frames, offset);
    }
    end = frame + frames;
    ClipEntry entry{static_cast<std::uint32_t>(number),
                    static_cast<std::uint32_t>(frame),
                    static_cast<std::uint32_t>(frames),
                    offset,
                    {}};
    std::uint64_t bytes = 0;
    for (std::uint32_t layer = 0; layer < info.layerCount; ++layer) {
      VOLPRESS_TRY(const std::uint64_t length, readVarint(reader, "layer length"));
      bytes += std::min(length, kMaxSegmentBytes + 1);
      entry.lengths.push_back(length);
    }
    if (bytes > kMaxSegmentBytes || bytes > fileBytes - offset) {
      return fail(ErrorCode::CorruptData, "segment {} takes {} bytes of {}", number, bytes,
                  fileBytes - offset);
    }
    entries.push_back(std::move(entry));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes are left behind the index", reader.remaining());
  }
  if (entries.size() == info.segmentCount && end != info.frameCount) {
    return fail(ErrorCode::CorruptData, "the segments hold {} of {} frames", end, info.frameCount);
  }
  return entries;
}

Result<std::vector<ByteView>> readClipLayers(ByteView segmentRecord, const ClipEntry& listed,
                                             const ClipInfo& info, std::size_t most) {
  ByteReader record(segmentRecord);
  VOLPRESS_TRY(const auto name, record.read<std::uint32_t>("segment record"));
  VOLPRESS_CHECK(record.take(4, "segment record"));  // flags
  VOLPRESS_TRY(const auto payloadBytes, record.read<std::uint64_t>("segment record"));
  if (name != fourcc("SEGM")) {
    return fail(ErrorCode::CorruptData, "there is no segment {} where one should be", listed.index);
  }
  const ByteView payload = record.rest().first(
      static_cast<std::size_t>(std::min<std::uint64_t>(payloadBytes, record.remaining())));
  ByteReader reader(payload);
  std::array<std::uint32_t, 4> head{};
  for (std::uint32_t& value : head) {
    VOLPRESS_TRY(value, reader.read<std::uint32_t>("segment header"));
  }
  std::vector<std::uint32_t> sums;
  bool same = head[0] == listed.index && head[1] == listed.firstFrame &&
              head[2] == listed.frameCount && head[3] == info.layerCount;
  for (std::size_t layer = 0; same && layer < info.layerCount; ++layer) {
    VOLPRESS_TRY(const auto length, reader.read<std::uint64_t>("layer length"));
    VOLPRESS_TRY(const auto sum, reader.read<std::uint32_t>("layer checksum"));
    same = length == listed.lengths[layer];
    sums.push_back(sum);
  }
  const std::size_t headBytes = reader.offset();
  VOLPRESS_TRY(const auto crc, reader.read<std::uint32_t>("segment header"));
  if (!same || crc != crc32c(payload.first(headBytes))) {
    return fail(ErrorCode::CorruptData, "segment {}: its header is damaged", listed.index);
  }
  std::vector<ByteView> views;
  for (std::size_t layer = 0; layer < std::min<std::size_t>(most, sums.size()); ++layer) {
    VOLPRESS_TRY(const ByteView bytes, reader.take(listed.lengths[layer], "layer"));
    if (crc32c(bytes) != sums[layer]) {
      break;
    }
    views.push_back(bytes);
  }
  if (views.empty()) {
    return fail(ErrorCode::CorruptData, "segment {}: its first layer is damaged", listed.index);
  }
  return views;
}

std::uint64_t clipLayerEnd(const ClipEntry& entry, std::size_t layer) {
  std::uint64_t end = kRecordHeader + 20 + 12 * entry.lengths.size();
  for (std::size_t k = 0; k <= layer; ++k) {
    end += entry.lengths[k];
  }
  return end;
}

Result<std::vector<ByteView>> ClipFile::layers(std::size_t entry, std::size_t most) const {
  VOLPRESS_TRY(const ByteView record, segmentRecord(entry));
  return readClipLayers(record, m_entries[entry], m_info, most);
}

Result<ByteView> ClipFile::segmentRecord(std::size_t entry) const {
  return wholeRecordAt(m_file, m_entries[entry].offset, "SEGM");
}

Result<std::uint64_t> writeFastStart(const ClipFile& clip, const std::filesystem::path& path) {
  if (!clip.isWhole()) {
    return fail(ErrorCode::InvalidParameter, "{} of {} segments are there: join the parts first",
                clip.entries().size(), clip.info().segmentCount);
  }
  std::vector<ByteView> records;
  std::vector<ClipEntry> entries = clip.entries();
  for (std::size_t e = 0; e < entries.size(); ++e) {
    VOLPRESS_TRY(const ByteView record, clip.segmentRecord(e));
    records.push_back(record);
  }
  // Where segments begin depends on the index, whose bytes depend on where the first begins.
  std::uint64_t initOffset = 0;
  Bytes index;
  do {
    index = indexPayload(entries);
    initOffset = clip.typeRecord().size() + recordBytes(index.size());
    std::uint64_t offset = initOffset + clip.initRecord().size();
    for (std::size_t e = 0; e < entries.size(); ++e) {
      entries[e].offset = offset;
      offset += records[e].size();
    }
  } while (indexPayload(entries).size() != index.size());
  index = indexPayload(entries);
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(path));
  const std::uint64_t indexOffset = clip.typeRecord().size();
  const Bytes tail = tailBytes(indexOffset, index.size(), initOffset);
  std::uint64_t bytes = 0;
  const auto write = [&](ByteView part) {
    bytes += part.size();
    return file.write(part);
  };
  VOLPRESS_CHECK(write(clip.typeRecord()));
  VOLPRESS_CHECK(write(makeRecord("INDX", index)));
  VOLPRESS_CHECK(write(clip.initRecord()));
  for (const ByteView record : records) {
    VOLPRESS_CHECK(write(record));
  }
  VOLPRESS_CHECK(write(tail));
  VOLPRESS_CHECK(file.commit());
  return bytes;
}

}  // namespace volpress::compressors
