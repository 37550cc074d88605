#include "compressors/mesh/mesh.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "compressors/mesh/geometry.hpp"
#include "compressors/stages/mesh_container.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"

namespace volpress::compressors {
namespace {

constexpr std::array<std::string_view, 10> kOwnChunks{
    "parts", "connectivity", "positions", "normals", "tangents",
    "uvs",   "colors",       "joints",    "morphs",  "padding"};

ParamSpec bitsParam(const char* id, const char* label, const char* help, std::int64_t value,
                    double least, double most) {
  return numberParam(id, label, help, "bits", "Precision", value,
                     ParamRange{least, most, 1, false});
}

CodecInfo describe() {
  CodecInfo info;
  info.id = "mesh";
  info.label = "Volpress mesh";
  info.summary =
      "Our own coder: connectivity by valences, positions by several parallelograms, attributes "
      "predicted from the shape, all of it range coded with contexts. The smallest here.";
  info.paper =
      "C. Touma, C. Gotsman, Triangle Mesh Compression, 1998; P. Alliez, M. Desbrun, 2001; "
      "D. Cohen-Or et al., Multi-way Geometry Encoding, 2002";
  info.extension = ".vpc";
  info.params = {
      numberParam("error", "Largest error",
                  "How far a vertex may move, in percent of the diagonal of all parts; more is "
                  "smaller and rougher.",
                  "%", "Precision", 0.02, ParamRange{0.0005, 1, 0, true}),
      bitsParam("position_bits", "Position bits",
                "Bits of each coordinate over the longest side of all parts, in place of the "
                "largest error; 0 goes by the error.",
                0, 0, 20),
      bitsParam("normal_bits", "Normal bits",
                "Bits of normals and tangents; fewer are smaller and shade coarser.", 8, 4, 16),
      bitsParam("uv_bits", "UV bits",
                "Bits of texture coordinates; fewer are smaller and make pictures swim.", 11, 4,
                20),
      bitsParam("color_bits", "Colour bits",
                "Bits of vertex colours; fewer are smaller and show steps.", 8, 2, 16),
      bitsParam("weight_bits", "Weight bits",
                "Bits of skin weights; fewer are smaller and deform rougher.", 8, 4, 16),
      flagParam("keep_empty", "Keep empty triangles",
                "Keeps triangles two of whose corners lie at one place, which are never seen.",
                "Precision")};
  info.presets = {
      {"fine",
       "Fine",
       "Errors of 0.003 % and fine UVs: no difference to be seen.",
       {{"error", 0.003}, {"uv_bits", std::int64_t{12}}, {"normal_bits", std::int64_t{10}}}},
      {"default", "Default", "Errors of 0.02 %: no difference at arm's length.", {}},
      {"small",
       "Small",
       "Errors of 0.06 %: the smallest that still shades well.",
       {{"error", 0.06}, {"uv_bits", std::int64_t{10}}, {"normal_bits", std::int64_t{7}}}}};
  info.qualityKnob = "error";
  info.lost =
      "positions, normals, UVs and colours are rounded; vertices and triangles change their order; "
      "vertices equal in everything become one; triangles with two corners at one place are "
      "dropped";
  return info;
}

int intOf(const ParamSet& params, const char* id) { return static_cast<int>(paramInt(params, id)); }

/// The edge of a cell that keeps the error, or that has the bits.
double cellOf(const Mesh& mesh, const ParamSet& params) {
  std::array<double, 3> low{};
  std::array<double, 3> high{};
  bool any = false;
  for (const MeshPart& part : mesh.parts) {
    for (std::size_t v = 0; v < part.vertexCount(); ++v) {
      for (std::size_t i = 0; i < 3; ++i) {
        const auto value = static_cast<double>(part.positions[3 * v + i]);
        low.at(i) = any ? std::min(low.at(i), value) : value;
        high.at(i) = any ? std::max(high.at(i), value) : value;
      }
      any = true;
    }
  }
  double longest = 0;
  double square = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    longest = std::max(longest, high.at(i) - low.at(i));
    square += (high.at(i) - low.at(i)) * (high.at(i) - low.at(i));
  }
  const int bits = intOf(params, "position_bits");
  const double cell =
      bits != 0 ? longest / ((1 << bits) - 1)
                : 2 * paramReal(params, "error") / 100 * std::sqrt(square) / std::sqrt(3.0);
  return cell > 0 ? cell : 1;
}

class OwnMeshCodec final : public MeshContainerCodec {
public:
  OwnMeshCodec() : MeshContainerCodec(describe()) {}

  [[nodiscard]] Result<Bytes> pack(const Mesh& mesh, const ParamSet& params,
                                   RunContext& context) const override {
    meshes::GeometrySettings settings;
    settings.cell = cellOf(mesh, params);
    settings.normalBits = intOf(params, "normal_bits");
    settings.uvBits = intOf(params, "uv_bits");
    settings.colorBits = intOf(params, "color_bits");
    settings.weightBits = intOf(params, "weight_bits");
    settings.keepsEmpty = paramBool(params, "keep_empty");
    VOLPRESS_TRY(std::vector<meshes::GeometryStream> streams,
                 meshes::packGeometry(mesh, settings, context.runner, context.stop));
    context.progress.report(0.8);
    std::vector<Chunk> own;
    for (meshes::GeometryStream& stream : streams) {
      const Packing packing = stream.name == "parts" ? Packing::Zstd : Packing::Stored;
      own.push_back({std::move(stream.name), std::move(stream.bytes), packing, true});
    }
    formats::GltfWriteOptions options;
    options.geometry = formats::GltfGeometry::Own;
    VOLPRESS_TRY(formats::GltfPackage package,
                 formats::writeGltfMesh(mesh, options, context.runner, context.stop));
    return wrap(std::move(package), params, context.stop, std::move(own));
  }

  [[nodiscard]] Result<Mesh> decode(ByteView file, RunContext& context) const override {
    return unwrap(file, context, {kOwnChunks, [&context](const Container& container) {
                                    return openGeometry(container, context);
                                  }});
  }

private:
  static Result<formats::MeshGeometryDecoder> openGeometry(const Container& container,
                                                           RunContext& context) {
    const auto streams = [&container](std::string_view name) {
      const Chunk* chunk = container.find(name);
      return chunk != nullptr ? ByteView(chunk->data) : ByteView();
    };
    VOLPRESS_TRY(std::vector<MeshPart> unpacked,
                 meshes::unpackGeometry(streams, context.runner, context.stop));
    return partsInOrder(std::move(unpacked));
  }
};

}  // namespace

const MeshCodec& ownMeshCodec() {
  static const OwnMeshCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
