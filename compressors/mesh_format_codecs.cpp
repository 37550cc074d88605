#include "compressors/mesh_format_codecs.hpp"

#include "compressors/stages/mesh_container.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"

namespace volpress::compressors {
namespace {

using formats::GltfGeometry;
using formats::GltfWriteOptions;

ParamSpec bitsParam(const char* id, const char* label, const char* help, std::int64_t value,
                    double least, double most) {
  return numberParam(id, label, help, "bits", "Precision", value,
                     ParamRange{least, most, 1, false});
}

class MeshFormatCodec final : public MeshContainerCodec {
public:
  using Settings = void (*)(const ParamSet& params, GltfWriteOptions& options);
  MeshFormatCodec(CodecInfo info, Settings settings)
      : MeshContainerCodec(std::move(info)), m_settings(settings) {}

  [[nodiscard]] Result<Bytes> pack(const Mesh& mesh, const ParamSet& params,
                                   RunContext& context) const override {
    GltfWriteOptions options;
    m_settings(params, options);
    VOLPRESS_TRY(formats::GltfPackage package,
                 formats::writeGltfMesh(mesh, options, context.runner, context.stop));
    context.progress.report(0.8);
    return wrap(std::move(package), params, context.stop);
  }

private:
  Settings m_settings;
};

int intOf(const ParamSet& params, const char* id) { return static_cast<int>(paramInt(params, id)); }

}  // namespace

const MeshCodec& meshZstdCodec() {
  static const MeshFormatCodec kCodec(
      [] {
        CodecInfo info;
        info.id = "mesh-zstd";
        info.label = "None (zstd of plain arrays)";
        info.summary = "Keeps every number as it is: what a general-purpose packer alone achieves.";
        info.extension = ".vpc";
        info.lossless = true;
        return info;
      }(),
      [](const ParamSet& /*params*/, GltfWriteOptions& options) {
        options.geometry = GltfGeometry::Plain;
      });
  return kCodec;
}

const MeshCodec& dracoCodec() {
  static const MeshFormatCodec kCodec(
      [] {
        CodecInfo info;
        info.id = "draco";
        info.label = "Draco";
        info.summary =
            "Google's geometry compression: Edgebreaker connectivity, predicted and quantised "
            "attributes. Small, and slower to decode than meshopt.";
        info.paper = "J. Rossignac, Edgebreaker, IEEE TVCG 1999; google/draco 1.5";
        info.extension = ".vpc";
        info.params = {
            bitsParam("position_bits", "Position bits",
                      "Bits of each coordinate over the longest side of all parts; fewer are "
                      "smaller and rougher, 0 keeps the floats.",
                      11, 0, 20),
            bitsParam("normal_bits", "Normal bits",
                      "Bits of normals and tangents; fewer are smaller and shade coarser.", 8, 2,
                      16),
            bitsParam("uv_bits", "UV bits",
                      "Bits of texture coordinates; fewer are smaller and make pictures swim.", 10,
                      2, 20),
            bitsParam("color_bits", "Colour bits",
                      "Bits of vertex colours; fewer are smaller and show steps.", 8, 2, 16),
            bitsParam("weight_bits", "Weight bits",
                      "Bits of skin weights; fewer are smaller and deform rougher.", 8, 4, 16),
            numberParam("level", "Compression level",
                        "0 is fastest, 10 smallest: Draco's own scale.", "", "Speed",
                        std::int64_t{7}, ParamRange{0, 10, 1, false}),
            flagParam("sequential", "Keep the order",
                      "Keeps the order of vertices and triangles, at the price of size.", "Speed")};
        info.presets = {
            {"default", "Default", "Draco's own defaults: 11 bits of position, level 7.", {}},
            {"fine",
             "Fine",
             "14 bits of position and 12 of UVs: no difference to be seen.",
             {{"position_bits", std::int64_t{14}},
              {"uv_bits", std::int64_t{12}},
              {"normal_bits", std::int64_t{10}}}},
            {"small",
             "Small",
             "10 bits of position at level 10: the smallest that still shades well.",
             {{"position_bits", std::int64_t{10}},
              {"uv_bits", std::int64_t{10}},
              {"normal_bits", std::int64_t{7}},
              {"level", std::int64_t{10}}}}};
        info.qualityKnob = "position_bits";
        info.lost =
            "positions, normals, UVs and colours are rounded; vertices change their order; "
            "triangles without area are dropped";
        return info;
      }(),
      [](const ParamSet& params, GltfWriteOptions& options) {
        options.geometry = GltfGeometry::Draco;
        options.draco.positionBits = intOf(params, "position_bits");
        options.draco.normalBits = intOf(params, "normal_bits");
        options.draco.uvBits = intOf(params, "uv_bits");
        options.draco.colorBits = intOf(params, "color_bits");
        options.draco.weightBits = intOf(params, "weight_bits");
        options.draco.level = intOf(params, "level");
        options.draco.keepsOrder = paramBool(params, "sequential");
      });
  return kCodec;
}

const MeshCodec& meshoptCodec() {
  static const MeshFormatCodec kCodec(
      [] {
        CodecInfo info;
        info.id = "meshopt";
        info.label = "meshopt";
        info.summary =
            "meshoptimizer's codec behind quantisation, then zstd: larger than Draco, decoded at "
            "gigabytes a second, and in an order that GPUs like.";
        info.paper = "A. Kapoulkine, meshoptimizer; EXT_meshopt_compression";
        info.extension = ".vpc";
        info.params = {
            bitsParam("position_bits", "Position bits",
                      "Bits of each coordinate over the longest side (the step is a power of two); "
                      "fewer are smaller and rougher, 0 keeps every float.",
                      14, 0, 20),
            bitsParam("normal_bits", "Normal bits",
                      "Bits of normals and tangents; fewer are smaller and shade coarser.", 8, 4,
                      16),
            bitsParam("uv_bits", "UV bits",
                      "Bits of texture coordinates; fewer are smaller and make pictures swim.", 12,
                      4, 20),
            bitsParam("color_bits", "Colour bits",
                      "Bits of vertex colours; fewer are smaller and show steps.", 8, 2, 8)};
        info.presets = {
            {"default", "Default", "gltfpack's own defaults: 14 bits of position, 12 of UVs.", {}},
            {"exact",
             "Exact",
             "Every float as it is; only the order changes.",
             {{"position_bits", std::int64_t{0}}}},
            {"small",
             "Small",
             "11 bits of position, 10 of UVs.",
             {{"position_bits", std::int64_t{11}},
              {"uv_bits", std::int64_t{10}},
              {"normal_bits", std::int64_t{7}}}}};
        info.qualityKnob = "position_bits";
        info.lost = "positions, normals, UVs and colours are rounded; vertices change their order";
        return info;
      }(),
      [](const ParamSet& params, GltfWriteOptions& options) {
        options.geometry = GltfGeometry::Meshopt;
        options.meshopt.positionBits = intOf(params, "position_bits");
        options.meshopt.normalBits = intOf(params, "normal_bits");
        options.meshopt.uvBits = intOf(params, "uv_bits");
        options.meshopt.colorBits = intOf(params, "color_bits");
      });
  return kCodec;
}

}  // namespace volpress::compressors
