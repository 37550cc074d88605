#include "compressors/bpt/bpt.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "compressors/bpt/patch_coder.hpp"
#include "compressors/stages/mesh_container.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"
#include "scene/formats/mesh_tokens.hpp"

namespace volpress::compressors {
namespace {

constexpr std::array<std::string_view, 2> kOwnChunks{"frame", "tokens"};
constexpr unsigned kLeastBits = 7;
constexpr unsigned kMostBits = 10;

/// How the chunk "tokens" holds them.
enum class TokenCoding : std::uint8_t { Packed, Plain };

struct TokenHeader {
  unsigned bits = kLeastBits;
  formats::TokenScheme scheme = formats::TokenScheme::Oriented;
  TokenCoding coding = TokenCoding::Packed;
  formats::TokenFrame frame;
  std::vector<std::uint32_t> counts;  ///< tokens of each part
};

CodecInfo describe() {
  CodecInfo info;
  info.id = "bpt";
  info.label = "BPT tokens";
  info.summary =
      "The tokens that mesh-writing language models are trained on: shape alone, on a grid of 7 "
      "bits. Made for such models, not for small files; a mesh codec needs a fourth of it.";
  info.paper =
      "H. Weng et al., Scaling Mesh Generation via Compressive Tokenization, CVPR 2025, section 3";
  info.extension = ".vpc";
  info.params = {
      numberParam("bits", "Grid bits",
                  "Bits of each coordinate: 7 as the paper; more is finer and larger.", "bits",
                  "Precision", std::int64_t{kLeastBits},
                  ParamRange{kLeastBits, kMostBits, 1, false}),
      choiceParam(
          "scheme", "Scheme",
          "The paper's own order of tokens, or one that keeps the winding of every triangle "
          "and a token less a patch.",
          "Tokens", {{"oriented", "Oriented"}, {"paper", "Paper"}}),
      choiceParam("coding", "Coding",
                  "Range coded, or as plain numbers that other programs can take out.", "Tokens",
                  {{"packed", "Range coded"}, {"plain", "Plain numbers"}})};
  info.presets = {{"default", "Default", "7 bits, oriented, range coded.", {}},
                  {"fine", "Fine", "10 bits: welds little.", {{"bits", std::int64_t{kMostBits}}}},
                  {"paper",
                   "Paper",
                   "7 bits, tokens exactly as the paper's program writes them.",
                   {{"scheme", std::string("paper")}, {"coding", std::string("plain")}}}};
  info.qualityKnob = "bits";
  info.lost =
      "positions move to a coarse grid and those in one cell become one; triangles that vanish "
      "there "
      "are dropped; normals, UVs, pictures, colours, skins and morph targets are not kept";
  return info;
}

/// What tokens can hold: triangles, and materials without their pictures.
Mesh bareMesh(const Mesh& mesh) {
  Mesh bare;
  bare.nodes = mesh.nodes;
  for (MeshNode& node : bare.nodes) {
    node.skin.reset();
    node.morphWeights.clear();
  }
  for (const MeshMaterial& material : mesh.materials) {
    MeshMaterial plain = material;
    plain.baseColorTexture = {};
    plain.metallicRoughnessTexture = {};
    plain.normalTexture = {};
    plain.occlusionTexture = {};
    plain.emissiveTexture = {};
    bare.materials.push_back(std::move(plain));
  }
  for (const MeshAnimation& animation : mesh.animations) {
    MeshAnimation kept{animation.name, {}};
    std::copy_if(animation.channels.begin(), animation.channels.end(),
                 std::back_inserter(kept.channels),
                 [](const AnimationChannel& c) { return c.path != AnimationPath::Weights; });
    if (!kept.channels.empty()) {
      bare.animations.push_back(std::move(kept));
    }
  }
  for (const MeshPart& part : mesh.parts) {
    MeshPart kept;
    kept.name = part.name;
    kept.positions = part.positions;
    kept.indices = part.indices;
    kept.material = part.material;
    bare.parts.push_back(std::move(kept));
  }
  return bare;
}

/// One frame for all parts, so that those that touch still do.
formats::TokenFrame frameOf(const Mesh& mesh) {
  std::array<double, 3> low{};
  std::array<double, 3> high{};
  bool any = false;
  for (const MeshPart& part : mesh.parts) {
    for (const std::uint32_t v : part.indices) {
      for (std::size_t i = 0; i < 3; ++i) {
        const auto value = static_cast<double>(part.positions[3 * std::size_t{v} + i]);
        low.at(i) = any ? std::min(low.at(i), value) : value;
        high.at(i) = any ? std::max(high.at(i), value) : value;
      }
      any = true;
    }
  }
  return formats::tokenFrame(low, high);
}

std::size_t facesOf(const formats::TokenPatches& patches) {
  // A patch is its centre, and a vertex more than it has triangles.
  return patches.vertices.size() - 2 * (patches.starts.size() - 1);
}

Bytes writeHeader(const TokenHeader& header) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(header.bits));
  writer.write(static_cast<std::uint8_t>(header.scheme));
  writer.write(static_cast<std::uint8_t>(header.coding));
  formats::writeTokenFrame(writer, header.frame);
  writer.write(static_cast<std::uint32_t>(header.counts.size()));
  for (const std::uint32_t count : header.counts) {
    writer.write(count);
  }
  return std::move(writer).take();
}

Result<TokenHeader> readHeader(ByteView bytes) {
  ByteReader reader(bytes);
  TokenHeader header;
  VOLPRESS_TRY(const auto bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(const auto scheme, reader.read<std::uint8_t>("scheme"));
  VOLPRESS_TRY(const auto coding, reader.read<std::uint8_t>("coding"));
  VOLPRESS_TRY(header.frame, formats::readTokenFrame(reader));
  VOLPRESS_TRY(const auto parts, reader.read<std::uint32_t>("number of parts"));
  if (bits < kLeastBits || bits > kMostBits || scheme > 1 || coding > 1) {
    return fail(ErrorCode::CorruptData,
                "frame: {} bits, scheme {}, coding {}; there are 7 to 10 bits and two of each",
                bits, scheme, coding);
  }
  if (reader.remaining() != 4 * std::size_t{parts}) {
    return fail(ErrorCode::CorruptData, "frame: {} parts, but {} bytes for their tokens", parts,
                reader.remaining());
  }
  header.bits = bits;
  header.scheme = static_cast<formats::TokenScheme>(scheme);
  header.coding = static_cast<TokenCoding>(coding);
  for (std::uint32_t p = 0; p < parts; ++p) {
    VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("tokens"));
    header.counts.push_back(count);
  }
  return header;
}

Result<std::vector<MeshPart>> readPlain(const TokenHeader& header, ByteView bytes,
                                        const formats::TokenGrid& grid) {
  std::vector<MeshPart> parts;
  ByteReader reader(bytes);
  for (const std::uint32_t count : header.counts) {
    VOLPRESS_TRY(const std::vector<std::uint32_t> tokens,
                 formats::takeTokens(reader, count, formats::tokenBytes(grid)));
    VOLPRESS_TRY(const formats::TokenPatches patches, formats::readTokens(tokens, grid));
    parts.push_back(formats::patchPart(patches, header.frame, grid));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "tokens: {} bytes follow the last", reader.remaining());
  }
  return parts;
}

Result<std::vector<MeshPart>> readPacked(const TokenHeader& header, ByteView bytes,
                                         const formats::TokenGrid& grid,
                                         const std::stop_token& stop) {
  std::vector<MeshPart> parts;
  coding::BitReadSide side(bytes);
  bpt::PatchModels models;
  std::size_t faces = bpt::kFreeFaces + bpt::kFacesPerByte * bytes.size();
  for (std::size_t p = 0; p < header.counts.size(); ++p) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    VOLPRESS_TRY(const formats::TokenPatches patches, bpt::readPatches(side, models, grid, faces));
    const std::size_t tokens = formats::writeTokens(patches, grid, header.scheme).size();
    if (tokens != header.counts[p]) {
      return fail(ErrorCode::CorruptData, "tokens: part {} has {}, not {}", p, tokens,
                  header.counts[p]);
    }
    parts.push_back(formats::patchPart(patches, header.frame, grid));
  }
  if (!side.atEnd()) {
    return fail(ErrorCode::CorruptData, "tokens: bytes follow the last patch");
  }
  return parts;
}

class BptCodec final : public MeshContainerCodec {
public:
  BptCodec() : MeshContainerCodec(describe()) {}

  [[nodiscard]] Result<Bytes> pack(const Mesh& mesh, const ParamSet& params,
                                   RunContext& context) const override {
    TokenHeader header;
    header.bits = static_cast<unsigned>(paramInt(params, "bits"));
    header.scheme = paramChoice(params, "scheme") == "paper" ? formats::TokenScheme::Paper
                                                             : formats::TokenScheme::Oriented;
    header.coding =
        paramChoice(params, "coding") == "plain" ? TokenCoding::Plain : TokenCoding::Packed;
    header.frame = frameOf(mesh);
    const formats::TokenGrid grid = formats::tokenGrid(header.bits);
    Mesh bare = bareMesh(mesh);
    std::vector<std::vector<std::uint32_t>> tokens;
    coding::BitWriteSide side;
    bpt::PatchModels models;
    std::size_t faces = 0;
    for (MeshPart& part : bare.parts) {
      if (context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      const formats::TokenPatches patches = formats::tokenPatches(
          formats::tokenMesh(part.positions, part.indices, header.frame, grid), header.scheme);
      tokens.push_back(formats::writeTokens(patches, grid, header.scheme));
      header.counts.push_back(static_cast<std::uint32_t>(tokens.back().size()));
      bpt::writePatches(side, models, grid, patches);
      if (facesOf(patches) == 0) {
        part.indices.clear();
      }
      faces += facesOf(patches);
    }
    if (faces == 0) {
      return fail(ErrorCode::InvalidParameter, "BPT tokens: every triangle vanishes on the grid");
    }
    Bytes packed = side.finish();
    // A reader refuses more triangles than a hostile file could not have.
    if (faces > bpt::kFreeFaces + bpt::kFacesPerByte * packed.size()) {
      header.coding = TokenCoding::Plain;
    }
    if (header.coding == TokenCoding::Plain) {
      ByteWriter plain;
      for (const std::vector<std::uint32_t>& part : tokens) {
        formats::appendTokens(plain, part, grid);
      }
      packed = std::move(plain).take();
    }
    context.progress.report(0.8);
    std::vector<Chunk> own;
    own.push_back({"frame", writeHeader(header), Packing::Stored, true});
    own.push_back({"tokens", std::move(packed), Packing::Stored, true});
    formats::GltfWriteOptions options;
    options.geometry = formats::GltfGeometry::Own;
    VOLPRESS_TRY(formats::GltfPackage package,
                 formats::writeGltfMesh(bare, options, context.runner, context.stop));
    return wrap(std::move(package), params, context.stop, std::move(own));
  }

  [[nodiscard]] Result<Mesh> decode(ByteView file, RunContext& context) const override {
    return unwrap(file, context, {kOwnChunks, [&context](const Container& container) {
                                    return openTokens(container, context);
                                  }});
  }

private:
  static Result<formats::MeshGeometryDecoder> openTokens(const Container& container,
                                                         RunContext& context) {
    VOLPRESS_TRY(const ByteView frame, container.require("frame"));
    VOLPRESS_TRY(const ByteView bytes, container.require("tokens"));
    VOLPRESS_TRY(const TokenHeader header, readHeader(frame));
    const formats::TokenGrid grid = formats::tokenGrid(header.bits);
    VOLPRESS_TRY(std::vector<MeshPart> read, header.coding == TokenCoding::Plain
                                                 ? readPlain(header, bytes, grid)
                                                 : readPacked(header, bytes, grid, context.stop));
    return partsInOrder(std::move(read));
  }
};

}  // namespace

const MeshCodec& bptCodec() {
  static const BptCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
