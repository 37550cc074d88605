#include "compressors/compact3d/compact3d.hpp"

#include <array>

#include "compressors/compact3d/encoder.hpp"
#include "compressors/compact3d/faithful_file.hpp"
#include "compressors/compact3d/packed_file.hpp"
#include "compressors/compact3d/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr auto kLastLayout = static_cast<std::uint8_t>(compact3d::Layout::Faithful);
constexpr std::array<std::string_view, 12> kKnownChunks{
    "scene",        "positions",          "opacities",       "sh0-codebook",
    "sh0-index",    "shN-codebook",       "shN-index",       "scales-codebook",
    "scales-index", "rotations-codebook", "rotations-index", "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "compact3d";
  info.label = "Compact3D";
  info.summary =
      "Gives base colours, view dependence, scales and rotations a codebook each, and trains "
      "splats "
      "and codebooks together. Also known as CompGS (of Navaneet et al., not of Liu et al.).";
  info.paper =
      "Navaneet et al., CompGS: Smaller and Faster Gaussian Splatting with Vector Quantization "
      "(first called Compact3D), ECCV 2024, arXiv 2311.18159";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = compact3d::paramSpecs();
  info.presets = compact3d::presets();
  info.qualityKnob = "quality";
  info.lost =
      "Splats too faint to matter; colours, scales and rotations are shared by many splats; "
      "further columns of a PLY are dropped.";
  return info;
}

class Compact3dCodec final : public ContainerCodec {
public:
  Compact3dCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks, compact3d::encodeCloud(std::get<GaussianCloud>(scene),
                                                          compact3d::settingsOf(params), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, kLastLayout));
    const bool packed = header.layout == static_cast<std::uint8_t>(compact3d::Layout::Packed);
    if (packed) {
      VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    }
    auto cloud =
        packed ? compact3d::readPacked(container, header, reader, context.stop, context.runner)
               : compact3d::readFaithful(container, header, reader, context.runner);
    if (!cloud) {
      return tl::unexpected<Error>(std::move(cloud).error());
    }
    cloud->frame = header.frame;
    cloud->filter = header.filter;
    VOLPRESS_CHECK(validate(*cloud));
    return Scene(std::move(*cloud));
  }
};

}  // namespace

const Codec& compact3dCodec() {
  static const Compact3dCodec codec;
  return codec;
}

}  // namespace volpress::compressors
