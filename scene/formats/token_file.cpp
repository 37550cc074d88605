#include "scene/formats/token_file.hpp"

#include <algorithm>
#include <string_view>

#include "scene/formats/mesh_import.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::formats {
namespace {

constexpr std::string_view kMagic = "BPT1";
constexpr std::array<std::uint8_t, 4> kAxes{2, 0, 1, 0};

/// All that the nodes show, in the world.
MeshPart joined(const std::vector<PosedPart>& shown) {
  MeshPart all;
  for (const PosedPart& posed : shown) {
    const auto first = static_cast<std::uint32_t>(all.vertexCount());
    all.positions.insert(all.positions.end(), posed.positions.begin(), posed.positions.end());
    const std::vector<std::uint32_t>& indices = posed.part->indices;
    for (std::size_t t = 0; t < indices.size(); t += 3) {
      const std::size_t second = posed.mirrored ? 2 : 1;
      all.indices.insert(all.indices.end(), {first + indices[t], first + indices[t + second],
                                             first + indices[t + 3 - second]});
    }
  }
  return all;
}

}  // namespace

Result<TokenFile> writeTokenFile(const Mesh& mesh, unsigned bits, TokenScheme scheme) {
  const std::vector<PosedPart> shown = poseMesh(mesh);
  const MeshPart part = joined(shown);
  const Bounds bounds = posedBounds(shown);
  std::array<double, 3> low{};
  std::array<double, 3> high{};
  std::copy(bounds.min.begin(), bounds.min.end(), low.begin());
  std::copy(bounds.max.begin(), bounds.max.end(), high.begin());
  const TokenFrame frame = tokenFrame(low, high);
  const TokenGrid grid = tokenGrid(bits);
  const TokenMesh onGrid = tokenMesh(part.positions, part.indices, frame, grid);
  if (onGrid.faces.empty()) {
    return fail(ErrorCode::InvalidParameter, "no triangle is left on a grid of {} bits", bits);
  }
  const std::vector<std::uint32_t> tokens = writeTokens(tokenPatches(onGrid, scheme), grid, scheme);
  ByteWriter writer;
  writer.reserve(64 + tokens.size() * tokenBytes(grid));
  writer.append(kMagic);
  writer.write(static_cast<std::uint16_t>(grid.blocks));
  writer.write(static_cast<std::uint16_t>(grid.offsets));
  writer.write(static_cast<std::uint8_t>(scheme));
  writer.write(static_cast<std::uint8_t>(tokenBytes(grid)));
  writer.write(kAxes);
  writeTokenFrame(writer, frame);
  writer.write(static_cast<std::uint32_t>(tokens.size()));
  appendTokens(writer, tokens, grid);
  return TokenFile{std::move(writer).take(), tokens.size(), onGrid.faces.size()};
}

bool isTokenFile(ByteView head) { return viewText(head).starts_with(kMagic); }

Result<Mesh> readTokenFile(ByteView file, IoContext& context) {
  ByteReader reader(file);
  VOLPRESS_CHECK(reader.take(kMagic.size(), "magic"));
  VOLPRESS_TRY(const auto blocks, reader.read<std::uint16_t>("blocks"));
  VOLPRESS_TRY(const auto offsets, reader.read<std::uint16_t>("offsets"));
  VOLPRESS_TRY(const auto scheme, reader.read<std::uint8_t>("scheme"));
  VOLPRESS_TRY(const auto width, reader.read<std::uint8_t>("bytes a token"));
  VOLPRESS_TRY(const auto axes, (reader.read<std::array<std::uint8_t, 4>>("axes")));
  VOLPRESS_TRY(const TokenFrame frame, readTokenFrame(reader));
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("number of tokens"));
  constexpr std::uint32_t kMostBlocks = 64;
  constexpr std::uint32_t kMostOffsets = 256;
  if (blocks == 0 || blocks > kMostBlocks || offsets == 0 || offsets > kMostOffsets) {
    return fail(ErrorCode::CorruptData,
                "{} blocks of {} cells an axis; at most {} of {} can be read", blocks, offsets,
                kMostBlocks, kMostOffsets);
  }
  if (scheme > 1 || (width != 2 && width != 4) || axes != kAxes) {
    return fail(ErrorCode::UnsupportedVersion,
                "tokens of scheme {}, {} bytes, axes {} {} {} cannot be read", scheme, width,
                axes[0], axes[1], axes[2]);
  }
  if (reader.remaining() != std::size_t{count} * width) {
    return fail(ErrorCode::CorruptData, "{} tokens of {} bytes, but {} bytes", count, width,
                reader.remaining());
  }
  VOLPRESS_TRY(const std::vector<std::uint32_t> tokens, takeTokens(reader, count, width));
  const TokenGrid grid{blocks, offsets};
  VOLPRESS_TRY(const TokenPatches patches, readTokens(tokens, grid));
  Mesh mesh;
  mesh.parts.push_back(patchPart(patches, frame, grid));
  return finishImport(std::move(mesh), context);
}

}  // namespace volpress::formats
