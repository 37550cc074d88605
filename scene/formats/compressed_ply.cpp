#include "scene/formats/compressed_ply.hpp"

#include <bit>

#include "scene/base/morton.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/block_loop.hpp"
#include "scene/formats/compressed_ply_layout.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/import_checks.hpp"
#include "scene/formats/ply_columns.hpp"
#include "scene/formats/ply_header.hpp"

namespace volpress::formats {
namespace {

constexpr unsigned kMaxDegree = 3;
constexpr std::size_t kReadGrain = 8 * kChunkSplats;  ///< whole chunks
constexpr std::size_t kChunkFloats = 18;
/// In the order of ChunkBounds' floats: min before max.
constexpr std::array<std::string_view, kChunkFloats> kChunkColumns{
    "min_x",       "min_y",       "min_z",       "max_x",       "max_y",       "max_z",
    "min_scale_x", "min_scale_y", "min_scale_z", "max_scale_x", "max_scale_y", "max_scale_z",
    "min_r",       "min_g",       "min_b",       "max_r",       "max_g",       "max_b"};
constexpr std::array<std::string_view, 4> kWordColumns{"packed_position", "packed_rotation",
                                                       "packed_scale", "packed_color"};
static_assert(sizeof(ChunkBounds) == kChunkFloats * sizeof(float));

/// The rows of one element.
struct Rows {
  ByteView bytes;
  std::uint64_t stride = 0;
  bool bigEndian = false;

  [[nodiscard]] const std::byte* at(std::size_t row, std::size_t offset) const {
    return bytes.data() + row * static_cast<std::size_t>(stride) + offset;
  }
};

/// A checked file: every element lies inside the bytes and every needed column exists.
struct Layout {
  PlyHeader header;
  std::size_t count = 0;
  Rows chunks, splats, sh;
  std::vector<std::size_t> chunkOffsets;  ///< of kChunkColumns; 12 without colour bounds
  std::array<std::size_t, 4> wordOffsets{};
  PlyRest rest;
  std::vector<std::size_t> shOffsets;  ///< [coefficient][RGB]
};

std::size_t columnOffset(const PlyElement& element, std::size_t property) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < property; ++i) {
    offset += plyTypeBytes(element.properties[i].type);
  }
  return offset;
}

/// The byte offset of a column of the given type.
Result<std::size_t> requireColumn(const PlyElement& element, std::string_view name, PlyType type) {
  const std::optional<std::size_t> index = element.find(name);
  if (!index || element.properties[*index].type != type) {
    return fail(ErrorCode::CorruptData, "compressed PLY element {} has no column {} of {} bytes",
                element.name, name, plyTypeBytes(type));
  }
  return columnOffset(element, *index);
}

Result<Rows> rowsOf(const PlyHeader& header, const PlyElement& element, ByteView file) {
  VOLPRESS_TRY(const std::uint64_t offset, plyElementOffset(header, element.name, file));
  VOLPRESS_TRY(const std::uint64_t bytes, plyElementBytes(header, element, file, offset));
  return Rows{file.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes)),
              element.rowBytes(), header.encoding == PlyEncoding::BigEndian};
}

Result<void> mapSh(const PlyElement& element, Layout& layout) {
  layout.rest = mapPlyRest(element);
  if (layout.rest.degree == 0) {
    return {};
  }
  if (element.count != layout.count) {
    return fail(ErrorCode::CorruptData, "compressed PLY element sh has {} rows for {} splats",
                element.count, layout.count);
  }
  for (const std::size_t property : layout.rest.properties) {
    if (element.properties[property].type != PlyType::UInt8) {
      return fail(ErrorCode::CorruptData, "compressed PLY column {} is not of type uchar",
                  element.properties[property].name);
    }
    layout.shOffsets.push_back(columnOffset(element, property));
  }
  return {};
}

Result<Layout> parseLayout(ByteView file) {
  Layout layout;
  VOLPRESS_TRY(layout.header, parsePlyHeader(file));
  const PlyElement* chunk = layout.header.find("chunk");
  const PlyElement* vertex = layout.header.find("vertex");
  const PlyElement* sh = layout.header.find("sh");
  if (chunk == nullptr || vertex == nullptr) {
    return fail(ErrorCode::NotThisFormat, "is not a compressed PLY: it lacks the element {}",
                chunk == nullptr ? "chunk" : "vertex");
  }
  if (layout.header.encoding == PlyEncoding::Ascii || chunk->hasLists() || vertex->hasLists() ||
      (sh != nullptr && sh->hasLists())) {
    return fail(ErrorCode::UnsupportedVersion,
                "a compressed PLY in ASCII or with lists is not supported");
  }
  const bool hasColour = chunk->find("min_r").has_value();
  for (std::size_t i = 0; i < (hasColour ? kChunkFloats : std::size_t{12}); ++i) {
    VOLPRESS_TRY(const std::size_t offset,
                 requireColumn(*chunk, kChunkColumns[i], PlyType::Float32));
    layout.chunkOffsets.push_back(offset);
  }
  for (std::size_t i = 0; i < kWordColumns.size(); ++i) {
    VOLPRESS_TRY(layout.wordOffsets[i], requireColumn(*vertex, kWordColumns[i], PlyType::UInt32));
  }
  layout.count = static_cast<std::size_t>(vertex->count);
  const std::uint64_t chunksNeeded = (vertex->count + kChunkSplats - 1) / kChunkSplats;
  if (chunk->count < chunksNeeded) {
    return fail(ErrorCode::CorruptData,
                "compressed PLY has {} chunks, but {} splats need {} of {} splats each",
                chunk->count, vertex->count, chunksNeeded, kChunkSplats);
  }
  VOLPRESS_TRY(layout.chunks, rowsOf(layout.header, *chunk, file));
  VOLPRESS_TRY(layout.splats, rowsOf(layout.header, *vertex, file));
  if (sh != nullptr) {
    VOLPRESS_CHECK(mapSh(*sh, layout));
    VOLPRESS_TRY(layout.sh, rowsOf(layout.header, *sh, file));
  }
  return layout;
}

ChunkBounds chunkBounds(const Layout& layout, std::size_t chunk) {
  auto values = std::bit_cast<std::array<float, kChunkFloats>>(ChunkBounds());
  for (std::size_t i = 0; i < layout.chunkOffsets.size(); ++i) {
    values[i] = static_cast<float>(readPlyValue(layout.chunks.at(chunk, layout.chunkOffsets[i]),
                                                PlyType::Float32, layout.chunks.bigEndian));
  }
  return std::bit_cast<ChunkBounds>(values);
}

void decodeSplat(const Layout& layout, const ChunkBounds& bounds, std::size_t i,
                 GaussianCloud& cloud) {
  std::array<std::uint32_t, 4> words;
  for (std::size_t w = 0; w < words.size(); ++w) {
    words[w] = static_cast<std::uint32_t>(readPlyValue(layout.splats.at(i, layout.wordOffsets[w]),
                                                       PlyType::UInt32, layout.splats.bigEndian));
  }
  const std::array<float, 3> position = unpackPoint(words[0], bounds.position);
  const std::array<float, 4> rotation = unpackRotation(words[1]);
  const std::array<float, 3> logScale = unpackPoint(words[2], bounds.logScale);
  std::copy(position.begin(), position.end(), &cloud.means[3 * i]);
  std::copy(rotation.begin(), rotation.end(), &cloud.rotations[4 * i]);
  std::copy(logScale.begin(), logScale.end(), &cloud.logScales[3 * i]);
  for (unsigned c = 0; c < 3; ++c) {
    cloud.shDc[3 * i + c] = dcOf(static_cast<double>(
        between(bounds.colour.min[c], bounds.colour.max[c], unpackUnorm(words[3], 24 - 8 * c, 8))));
  }
  cloud.opacityLogits[i] = logitOf((words[3] & 0xFF) / 255.0);
  const std::size_t width = layout.shOffsets.size();
  for (std::size_t k = 0; k < width; ++k) {
    cloud.shRest[i * width + k] =
        unpackSh(std::to_integer<std::uint8_t>(*layout.sh.at(i, layout.shOffsets[k])));
  }
}

/// The attributes of one splat that chunk bounds apply to.
struct BoundedSplat {
  std::array<float, 3> position, logScale, colour;
};

BoundedSplat boundedSplat(const GaussianCloud& cloud, std::size_t i) {
  BoundedSplat splat;
  for (std::size_t c = 0; c < 3; ++c) {
    splat.position[c] = cloud.means[3 * i + c];
    splat.logScale[c] = std::clamp(cloud.logScales[3 * i + c], -20.0F, 20.0F);
    splat.colour[c] = colourOf(cloud.shDc[3 * i + c]);
  }
  return splat;
}

void widen(ChunkRange& range, const std::array<float, 3>& values, bool first) {
  for (std::size_t c = 0; c < 3; ++c) {
    range.min[c] = first ? values[c] : std::min(range.min[c], values[c]);
    range.max[c] = first ? values[c] : std::max(range.max[c], values[c]);
  }
}

PackedSplat packSplat(const GaussianCloud& cloud, std::size_t i, const ChunkBounds& bounds) {
  const BoundedSplat splat = boundedSplat(cloud, i);
  PackedSplat packed;
  packed.position = packPoint(splat.position, bounds.position);
  packed.rotation = packRotation(&cloud.rotations[4 * i]);
  packed.scale = packPoint(splat.logScale, bounds.logScale);
  for (std::size_t c = 0; c < 3; ++c) {
    packed.colour =
        packed.colour << 8 |
        packUnorm(relativeTo(splat.colour[c], bounds.colour.min[c], bounds.colour.max[c]), 8);
  }
  packed.colour = packed.colour << 8 | packUnorm(opacityOf(cloud.opacityLogits[i]), 8);
  return packed;
}

std::string headerText(const GaussianCloud& cloud, std::size_t chunks, unsigned degree) {
  std::string text = "ply\nformat binary_little_endian 1.0\ncomment Generated by Volpress\n";
  if (cloud.filter == FilterMode::Antialiased) {
    text += "comment SplatRenderMode: mip\n";
  }
  text += fmt::format("element chunk {}\n", chunks);
  for (const std::string_view name : kChunkColumns) {
    text += fmt::format("property float {}\n", name);
  }
  text += fmt::format("element vertex {}\n", cloud.count);
  for (const std::string_view name : kWordColumns) {
    text += fmt::format("property uint {}\n", name);
  }
  if (degree != 0) {
    text += fmt::format("element sh {}\n", cloud.count);
    for (std::size_t k = 0; k < 3 * shRestCount(degree); ++k) {
      text += fmt::format("property uchar f_rest_{}\n", k);
    }
  }
  return text + "end_header\n";
}

class CompressedPlyFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{
        "compressed-ply",
        "Compressed PLY",
        {".compressed.ply"},
        true,
        {},
        "Precision: positions and scales keep 10 to 11 bits within chunks of 256 splats, rotations "
        "10, colours 8; view-dependent colour keeps 8 bits up to SH degree 3. Extra columns are "
        "dropped."};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view /*name*/) const override {
    if (!hasPlyMagic(head)) {
      return false;
    }
    const PlyHeader header = peekPlyHeader(head);
    const PlyElement* vertex = header.find("vertex");
    return header.find("chunk") != nullptr && vertex != nullptr &&
           vertex->find(kWordColumns[0]).has_value();
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override;
  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override;
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override;
};

Result<GaussianCloud> CompressedPlyFormat::decode(ByteView file, IoContext& context) const {
  VOLPRESS_TRY(const Layout layout, parseLayout(file));
  if (!layout.rest.warning.empty()) {
    context.warnings.push_back(layout.rest.warning);
  }
  GaussianCloud cloud;
  resizeCloud(cloud, layout.count, layout.rest.degree);
  cloud.filter = plyFilterMode(layout.header.comments);
  const auto decodeChunks = [&](std::size_t begin, std::size_t end) {
    ChunkBounds bounds;
    for (std::size_t i = begin; i < end; ++i) {
      if (i % kChunkSplats == 0) {
        bounds = chunkBounds(layout, i / kChunkSplats);
      }
      decodeSplat(layout, bounds, i, cloud);
    }
  };
  VOLPRESS_CHECK(
      forEachBlock(context, layout.count, kReadGrain, "reading the compressed PLY", decodeChunks));
  VOLPRESS_CHECK(finishImport(cloud, context));
  return cloud;
}

Result<Bytes> CompressedPlyFormat::encode(const GaussianCloud& cloud, const ParamSet& /*params*/,
                                          IoContext& context) const {
  warnOfDropped(cloud, {kMaxDegree, true}, context);
  const unsigned degree = std::min(cloud.shDegree, kMaxDegree);
  const std::size_t coefficients = shRestCount(degree);
  const std::size_t sourceWidth = 3 * shRestCount(cloud.shDegree);
  const std::vector<std::uint32_t> order = mortonOrder(cloud.means, context.runner);
  const std::size_t chunks = (cloud.count + kChunkSplats - 1) / kChunkSplats;
  const std::string header = headerText(cloud, chunks, degree);
  const std::size_t splatsAt = header.size() + chunks * sizeof(ChunkBounds);
  const std::size_t shAt = splatsAt + cloud.count * sizeof(PackedSplat);

  Bytes bytes(shAt + cloud.count * 3 * coefficients);
  std::memcpy(bytes.data(), header.data(), header.size());
  const auto encodeChunk = [&](std::size_t begin, std::size_t end) {
    ChunkBounds bounds;
    for (std::size_t i = begin; i < end; ++i) {
      const BoundedSplat splat = boundedSplat(cloud, order[i]);
      widen(bounds.position, splat.position, i == begin);
      widen(bounds.logScale, splat.logScale, i == begin);
      widen(bounds.colour, splat.colour, i == begin);
    }
    std::memcpy(&bytes[header.size() + begin / kChunkSplats * sizeof(bounds)], &bounds,
                sizeof(bounds));
    for (std::size_t i = begin; i < end; ++i) {
      const PackedSplat packed = packSplat(cloud, order[i], bounds);
      std::memcpy(&bytes[splatsAt + i * sizeof(packed)], &packed, sizeof(packed));
      const float* rest = cloud.shRest.data() + order[i] * sourceWidth;
      for (std::size_t k = 0; k < coefficients; ++k) {
        for (std::size_t c = 0; c < 3; ++c) {
          bytes[shAt + (3 * i + c) * coefficients + k] = std::byte{packSh(rest[3 * k + c])};
        }
      }
    }
  };
  VOLPRESS_CHECK(
      forEachBlock(context, cloud.count, kChunkSplats, "writing the compressed PLY", encodeChunk));
  return bytes;
}

Result<std::vector<ByteShare>> CompressedPlyFormat::breakdown(ByteView file) const {
  VOLPRESS_TRY(const Layout layout, parseLayout(file));
  const std::uint64_t chunks = layout.header.find("chunk")->count;
  const std::uint64_t range = 6 * sizeof(float) * chunks;
  const std::uint64_t n = layout.count;
  const bool hasColour = layout.chunkOffsets.size() == kChunkFloats;
  std::vector<ByteShare> shares{{"header", layout.header.dataOffset},
                                {"positions", range + 4 * n},
                                {"scales", range + 4 * n},
                                {"rotations", 4 * n},
                                {"sh0", (hasColour ? range : 0) + 3 * n},
                                {"opacities", n},
                                {"shN", n * layout.shOffsets.size()}};
  std::uint64_t known = 0;
  for (const ByteShare& share : shares) {
    known += share.bytes;
  }
  shares.push_back({"other", file.size() - known});
  std::erase_if(shares, [](const ByteShare& share) { return share.bytes == 0; });
  return shares;
}

}  // namespace

const Format& compressedPlyFormat() {
  static const CompressedPlyFormat kFormat;
  return kFormat;
}

}  // namespace volpress::formats
