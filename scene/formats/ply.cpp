#include "scene/formats/ply.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>

#include "scene/formats/import_checks.hpp"
#include "scene/formats/ply_columns.hpp"
#include "scene/formats/ply_header.hpp"
#include "scene/formats/ply_rows.hpp"
#include "scene/formats/ply_writer.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kBlockRows = 2048;
constexpr std::uint64_t kMaxAsciiNumbers = 200'000'000;

std::vector<std::size_t> propertyOffsets(const PlyElement& vertex) {
  std::vector<std::size_t> offsets;
  std::size_t offset = 0;
  for (const PlyProperty& property : vertex.properties) {
    offsets.push_back(offset);
    offset += plyTypeBytes(property.type);
  }
  return offsets;
}

/// Fills a cloud from the rows of one PLY.
class RowDecoder {
public:
  RowDecoder(const PlyHeader& header, const PlyElement& vertex, const PlyColumns& columns,
             GaussianCloud& cloud, IoContext& context)
      : m_header(header), m_vertex(vertex), m_columns(columns), m_cloud(cloud), m_context(context) {
    std::vector<std::size_t> offsets;
    for (std::size_t t = 0; t < columns.sources.size(); ++t) {
      offsets.push_back(t * sizeof(float));
    }
    const std::size_t stride = offsets.size() * sizeof(float);
    m_packedLayout = makeRowLayout(stride, std::move(offsets), columns.shDegree);
  }

  void decodeBinary(ByteView rows);
  Result<void> decodeAscii(ByteView text);
  Result<void> decodeLists(ByteView rows);
  [[nodiscard]] const RowCheck& check() const { return m_check; }

private:
  void finishBlock(const RowCheck& check, std::size_t rows);
  void packRow(const std::vector<double>& values, std::vector<float>& packed) const;
  void decodePacked(const std::vector<float>& packed, std::size_t begin, std::size_t end);
  template <typename ReadRow>
  Result<void> decodeSerially(const ReadRow& readRow);

  const PlyHeader& m_header;
  const PlyElement& m_vertex;
  const PlyColumns& m_columns;
  GaussianCloud& m_cloud;
  IoContext& m_context;
  RowLayout m_packedLayout;
  std::mutex m_mutex;
  RowCheck m_check;
  std::size_t m_done = 0;
};

void RowDecoder::finishBlock(const RowCheck& check, std::size_t rows) {
  const std::lock_guard lock(m_mutex);
  m_check.merge(check);
  m_done += rows;
  m_context.progress.report(static_cast<double>(m_done) / static_cast<double>(m_cloud.count));
}

void RowDecoder::decodeBinary(ByteView rows) {
  const bool bigEndian = m_header.encoding == PlyEncoding::BigEndian;
  const std::vector<std::size_t> at = propertyOffsets(m_vertex);
  const std::size_t stride = static_cast<std::size_t>(m_vertex.rowBytes());
  std::vector<std::size_t> offsets;
  bool plainFloats = !bigEndian;
  for (const PlySource& source : m_columns.sources) {
    const bool plain = !source.isConstant && source.colourRange == 0 &&
                       m_vertex.properties[source.property].type == PlyType::Float32;
    plainFloats = plainFloats && plain;
    offsets.push_back(source.isConstant ? 0 : at[source.property]);
  }
  const RowLayout layout = makeRowLayout(stride, offsets, m_cloud.shDegree);
  const auto decodeBlock = [&](std::size_t begin, std::size_t end) {
    if (m_context.stop.stop_requested()) {
      return;
    }
    const ByteView block = rows.subspan(begin * stride, (end - begin) * stride);
    const std::byte* const first = block.data();
    if (plainFloats) {
      finishBlock(decodeRows(m_cloud, first, layout, begin, end), end - begin);
      if (m_context.release) {
        m_context.release(block);
      }
      return;
    }
    std::vector<float> packed;
    packed.reserve((end - begin) * m_columns.sources.size());
    for (std::size_t i = 0; i < end - begin; ++i) {
      for (std::size_t t = 0; t < m_columns.sources.size(); ++t) {
        const PlySource& source = m_columns.sources[t];
        packed.push_back(
            source.isConstant
                ? source.constant
                : source.apply(readPlyValue(first + i * stride + offsets[t],
                                            m_vertex.properties[source.property].type, bigEndian)));
      }
    }
    decodePacked(packed, begin, end);
    if (m_context.release) {
      m_context.release(block);
    }
  };
  m_context.runner.parallelFor(m_cloud.count, kBlockRows, decodeBlock);
}

void RowDecoder::packRow(const std::vector<double>& values, std::vector<float>& packed) const {
  for (const PlySource& source : m_columns.sources) {
    packed.push_back(source.isConstant ? source.constant : source.apply(values[source.property]));
  }
}

void RowDecoder::decodePacked(const std::vector<float>& packed, std::size_t begin,
                              std::size_t end) {
  finishBlock(decodeRows(m_cloud, viewBytes(std::span<const float>(packed)).data(), m_packedLayout,
                         begin, end),
              end - begin);
}

/// `readRow` fills the value of every property (whatever for lists) of the next row.
template <typename ReadRow>
Result<void> RowDecoder::decodeSerially(const ReadRow& readRow) {
  std::vector<double> values(m_vertex.properties.size());
  std::vector<float> packed;
  for (std::size_t begin = 0; begin < m_cloud.count; begin += kBlockRows) {
    if (m_context.stop.stop_requested()) {
      return {};
    }
    const std::size_t end = std::min(m_cloud.count, begin + kBlockRows);
    packed.clear();
    for (std::size_t i = begin; i < end; ++i) {
      VOLPRESS_CHECK(readRow(i, values));
      packRow(values, packed);
    }
    decodePacked(packed, begin, end);
  }
  return {};
}

Result<void> RowDecoder::decodeAscii(ByteView text) {
  PlyTokens tokens(text);
  return decodeSerially([&](std::size_t row, std::vector<double>& values) -> Result<void> {
    for (std::size_t p = 0; p < values.size(); ++p) {
      const PlyProperty& property = m_vertex.properties[p];
      std::uint64_t count = 1;
      if (property.isList) {
        const std::optional<float> length = parsePlyFloat(tokens.next());
        if (!length || !(*length >= 0) || *length > static_cast<float>(text.size())) {
          return fail(ErrorCode::CorruptData, "PLY vertex {}: list {} has no usable length", row,
                      property.name);
        }
        count = static_cast<std::uint64_t>(*length);
      }
      for (; count != 0; --count) {
        const std::string_view token = tokens.next();
        if (token.empty()) {
          return fail(ErrorCode::CorruptData,
                      "PLY element vertex claims {} splats, but the text holds {} complete ones",
                      m_cloud.count, row);
        }
        const std::optional<float> value = parsePlyFloat(token);
        if (!value) {
          return failAt(ErrorCode::CorruptData, m_header.dataOffset + tokens.offset(),
                        "PLY vertex {}: {} is \"{}\", which is not a number", row, property.name,
                        token.substr(0, 40));
        }
        values[p] = static_cast<double>(*value);
      }
    }
    return {};
  });
}

Result<void> RowDecoder::decodeLists(ByteView rows) {
  const bool bigEndian = m_header.encoding == PlyEncoding::BigEndian;
  PlyElement single;
  single.properties.resize(1);
  return decodeSerially([&](std::size_t row, std::vector<double>& values) -> Result<void> {
    for (std::size_t p = 0; p < values.size(); ++p) {
      single.properties[0] = m_vertex.properties[p];
      const std::optional<std::uint64_t> bytes = plyListRowBytes(single, rows, bigEndian);
      if (!bytes) {
        return fail(ErrorCode::CorruptData,
                    "PLY element vertex claims {} splats, but the file holds {} complete ones",
                    m_cloud.count, row);
      }
      if (!single.properties[0].isList) {
        values[p] = readPlyValue(rows.data(), single.properties[0].type, bigEndian);
      }
      rows = rows.subspan(static_cast<std::size_t>(*bytes));
    }
    return {};
  });
}

/// The bytes from the first row on; fails before any allocation when the claimed splats cannot fit.
Result<ByteView> rowsOf(const PlyHeader& header, const PlyElement& vertex, ByteView file) {
  VOLPRESS_TRY(const std::uint64_t offset, plyElementOffset(header, vertex.name, file));
  const ByteView rows = file.subspan(static_cast<std::size_t>(offset));
  const std::uint64_t columns = vertex.properties.size();
  if (header.encoding == PlyEncoding::Ascii) {
    if (vertex.count * columns > kMaxAsciiNumbers) {
      return fail(ErrorCode::CorruptData,
                  "ASCII PLY element vertex claims {} numbers; at most {} are read",
                  vertex.count * columns, kMaxAsciiNumbers);
    }
    // Each number takes a character and a separator, which only the last may lack.
    const std::uint64_t least = 2 * columns;
    if (vertex.count * least > rows.size() + 1) {
      return fail(ErrorCode::CorruptData,
                  "PLY element vertex claims {} splats, but the {} bytes of text left hold at most "
                  "{} complete ones",
                  vertex.count, rows.size(), (rows.size() + 1) / least);
    }
    return rows;
  }
  // A list takes at least its count.
  std::uint64_t least = 0;
  for (const PlyProperty& property : vertex.properties) {
    least += plyTypeBytes(property.isList ? property.countType : property.type);
  }
  if (vertex.count * least > rows.size()) {
    return failAt(ErrorCode::CorruptData, offset,
                  "PLY element vertex claims {} splats of {} bytes ({} bytes), but the file holds "
                  "{} complete ones ({} bytes)",
                  vertex.count, least, vertex.count * least, rows.size() / least, rows.size());
  }
  return rows;
}

/// Lowers the count of splats to the rows that are complete.
Result<void> cutToWhatIsThere(PlyHeader& header, ByteView file, IoContext& context) {
  const auto vertex = std::find_if(header.elements.begin(), header.elements.end(),
                                   [](const PlyElement& one) { return one.name == "vertex"; });
  if (vertex == header.elements.end() || vertex->hasLists() || vertex->properties.empty()) {
    return {};
  }
  VOLPRESS_TRY(const std::uint64_t offset, plyElementOffset(header, vertex->name, file));
  const ByteView rows = file.subspan(static_cast<std::size_t>(offset));
  std::uint64_t complete = rows.size() / vertex->rowBytes();
  if (header.encoding == PlyEncoding::Ascii) {
    // Never more numbers than half the text has characters.
    const std::uint64_t columns = vertex->properties.size();
    PlyTokens tokens(rows);
    std::uint64_t numbers = 0;
    while (numbers / columns < vertex->count && !tokens.next().empty()) {
      ++numbers;
    }
    complete = numbers / columns;
  }
  if (complete < vertex->count) {
    noteTruncation(vertex->count, complete, context);
    vertex->count = complete;
  }
  return {};
}

class PlyFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{"ply",
                                  "3DGS PLY",
                                  {".ply"},
                                  true,
                                  {{"normals",
                                    "Normal columns",
                                    "Write the unused normal columns that some viewers expect; "
                                    "without them every splat takes "
                                    "12 bytes less and nothing is lost.",
                                    "",
                                    "",
                                    true,
                                    std::nullopt,
                                    {},
                                    false}},
                                  ""};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view /*name*/) const override {
    return hasPlyMagic(head);
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override;

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    Bytes bytes;
    VOLPRESS_CHECK(encodeTo(cloud, params, context, [&bytes](ByteView part) -> Result<void> {
      bytes.insert(bytes.end(), part.begin(), part.end());
      return {};
    }));
    return bytes;
  }

  [[nodiscard]] Result<void> encodeTo(const GaussianCloud& cloud, const ParamSet& params,
                                      IoContext& context, const ByteSink& sink) const override {
    return writePly(cloud, paramBool(params, "normals"), context, sink);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override;
};

Result<GaussianCloud> PlyFormat::decode(ByteView file, IoContext& context) const {
  VOLPRESS_TRY(PlyHeader header, parsePlyHeader(file));
  if (context.options.openTruncated) {
    VOLPRESS_CHECK(cutToWhatIsThere(header, file, context));
  }
  VOLPRESS_TRY(const PlyColumns columns, mapPlyColumns(header));
  const PlyElement& vertex = *header.find("vertex");
  VOLPRESS_TRY(const ByteView rows, rowsOf(header, vertex, file));
  context.warnings.insert(context.warnings.end(), columns.warnings.begin(), columns.warnings.end());

  GaussianCloud cloud;
  resizeCloud(cloud, static_cast<std::size_t>(vertex.count), columns.shDegree);
  cloud.filter = plyFilterMode(header.comments);
  for (const std::string& name : columns.extraNames) {
    cloud.extras.push_back({name, FloatArray(cloud.count)});
  }
  RowDecoder decoder(header, vertex, columns, cloud, context);
  if (header.encoding == PlyEncoding::Ascii) {
    VOLPRESS_CHECK(decoder.decodeAscii(rows));
  } else if (vertex.hasLists()) {
    VOLPRESS_CHECK(decoder.decodeLists(rows));
  } else {
    decoder.decodeBinary(rows);
  }
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "reading the PLY was cancelled");
  }
  if (!decoder.check().clean()) {
    VOLPRESS_CHECK(finishImport(cloud, context));
  } else {
    warnOfFarPositions(std::bit_cast<float>(decoder.check().farthest), context);
  }
  return cloud;
}

Result<std::vector<ByteShare>> PlyFormat::breakdown(ByteView file) const {
  VOLPRESS_TRY(const PlyHeader header, parsePlyHeader(file));
  VOLPRESS_TRY(const PlyColumns columns, mapPlyColumns(header));
  const PlyElement& vertex = *header.find("vertex");
  VOLPRESS_TRY(const std::uint64_t offset, plyElementOffset(header, vertex.name, file));
  VOLPRESS_TRY(const std::uint64_t vertexBytes, plyElementBytes(header, vertex, file, offset));

  std::vector<ByteShare> shares{{"header", header.dataOffset}};
  const auto add = [&shares](std::string_view name, std::uint64_t bytes) {
    const auto found = std::find_if(shares.begin(), shares.end(),
                                    [name](const ByteShare& share) { return share.name == name; });
    if (found != shares.end()) {
      found->bytes += bytes;
    } else if (bytes != 0) {
      shares.push_back({std::string(name), bytes});
    }
  };
  if (header.encoding == PlyEncoding::Ascii || vertex.hasLists()) {
    // Rows differ in length: one share, without taking the text apart.
    add("splats", vertexBytes);
  } else {
    for (const PlyProperty& property : vertex.properties) {
      add(plyColumnShare(property.name), vertex.count * plyTypeBytes(property.type));
    }
  }
  add("other", file.size() - header.dataOffset - vertexBytes);
  return shares;
}

}  // namespace

const Format& plyFormat() {
  static const PlyFormat kFormat;
  return kFormat;
}

}  // namespace volpress::formats
