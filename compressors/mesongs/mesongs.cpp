#include "compressors/mesongs/mesongs.hpp"

#include <array>

#include "compressors/mesongs/encoder.hpp"
#include "compressors/mesongs/faithful_file.hpp"
#include "compressors/mesongs/packed_file.hpp"
#include "compressors/mesongs/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr auto kLastLayout = static_cast<std::uint8_t>(mesongs::Layout::Faithful);
constexpr std::array<std::string_view, 11> kKnownChunks{
    "scene",  "positions",    "steps",     "opacities",  "rotations", "sh0",
    "scales", "shN-codebook", "shN-index", "quantisers", "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "mesongs";
  info.label = "MesonGS";
  info.summary =
      "Removes unimportant splats, puts the rest on an octree, transforms their attributes over it "
      "and quantises the coefficients; view-dependent colour comes from a codebook.";
  info.paper =
      "Xie et al., MesonGS: Post-training Compression of 3D Gaussians via Efficient Attribute "
      "Transformation, ECCV 2024, arXiv 2409.09756";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = mesongs::paramSpecs();
  info.presets = mesongs::presets();
  info.qualityKnob = "quality";
  info.lost =
      "The least important splats; splats of one voxel are merged; all attributes are quantised "
      "and "
      "SH above band 0 is shared; further columns of a PLY are dropped.";
  return info;
}

class MesonGsCodec final : public ContainerCodec {
public:
  MesonGsCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(const Bytes empty, writeContainer(container));
    VOLPRESS_TRY(container.chunks,
                 mesongs::encodeCloud(std::get<GaussianCloud>(scene), mesongs::settingsOf(params),
                                      empty.size(), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, kLastLayout));
    const bool packed = header.layout == static_cast<std::uint8_t>(mesongs::Layout::Packed);
    if (packed) {
      VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    }
    auto cloud = packed
                     ? mesongs::readPacked(container, header, reader, context.stop, context.runner)
                     : mesongs::readFaithful(container, header, reader, context.runner);
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

const Codec& mesonGsCodec() {
  static const MesonGsCodec codec;
  return codec;
}

}  // namespace volpress::compressors
