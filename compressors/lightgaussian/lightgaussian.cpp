#include "compressors/lightgaussian/lightgaussian.hpp"

#include <array>

#include "compressors/lightgaussian/encoder.hpp"
#include "compressors/lightgaussian/faithful_file.hpp"
#include "compressors/lightgaussian/packed_file.hpp"
#include "compressors/lightgaussian/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr auto kLastLayout = static_cast<std::uint8_t>(lightgaussian::Layout::Faithful);
constexpr std::array<std::string_view, 15> kKnownChunks{
    "scene", "positions", "scales",      "rotations",    "opacities",
    "sh0",   "shN",       "shN-mask",    "shN-codebook", "shN-index",
    "sh",    "sh-mask",   "sh-codebook", "sh-index",     "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "lightgaussian";
  info.label = "LightGaussian";
  info.summary =
      "Removes the splats that the pictures need least, simplifies view-dependent colour, and "
      "fits what is left to the original's pictures.";
  info.paper =
      "Fan et al., LightGaussian: Unbounded 3D Gaussian Compression with 15x Reduction and 200+ "
      "FPS, NeurIPS 2024, arXiv 2311.17245";
  info.extension = ".vpc";
  info.formatVersion = 2;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = lightgaussian::paramSpecs();
  info.presets = lightgaussian::presets();
  info.qualityKnob = "quality";
  info.lost =
      "The least significant splats and the highest SH bands, as the parameters say; all "
      "attributes are quantised; further columns of a PLY are dropped.";
  return info;
}

class LightGaussianCodec final : public ContainerCodec {
public:
  LightGaussianCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks,
                 lightgaussian::encodeCloud(std::get<GaussianCloud>(scene),
                                            lightgaussian::settingsOf(params), context));
    return writeContainer(container);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, open(file));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, kLastLayout));
    const bool packed = header.layout == static_cast<std::uint8_t>(lightgaussian::Layout::Packed);
    if (packed) {
      VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    }
    auto cloud =
        packed ? lightgaussian::readPacked(container, header, reader, context.stop, context.runner)
               : lightgaussian::readFaithful(container, header, reader);
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

const Codec& lightGaussianCodec() {
  static const LightGaussianCodec codec;
  return codec;
}

}  // namespace volpress::compressors
