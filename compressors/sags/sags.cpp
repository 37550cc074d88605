#include "compressors/sags/sags.hpp"

#include <array>

#include "compressors/sags/encoder.hpp"
#include "compressors/sags/native_view.hpp"
#include "compressors/sags/settings.hpp"
#include "compressors/sags/stored_scene.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr std::array<std::string_view, 8> kKnownChunks{
    "scene", "positions", "mid-points", "features", "sizes", "hash-grid", "networks", "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "sags";
  info.label = "SAGS";
  info.summary =
      "Keeps a quarter of the splats as key points with learnt features and interpolates points "
      "between them; small networks decode what each looks like from its neighbourhood.";
  info.paper =
      "Ververas et al., SAGS: Structure-Aware 3D Gaussian Splatting, ECCV 2024, arXiv 2404.19149";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = sags::paramSpecs();
  info.presets = sags::presets();
  info.qualityKnob = "quality";
  info.lost =
      "Most splats: what is drawn are key points and points between them, with shapes and colours "
      "that networks make of their features; further columns of a PLY are dropped.";
  return info;
}

class SagsCodec final : public ContainerCodec {
public:
  SagsCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks, sags::encodeCloud(std::get<GaussianCloud>(scene),
                                                     sags::settingsOf(params), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Stored stored, read(file, context));
    VOLPRESS_TRY(GaussianCloud cloud, sags::bakeScene(stored.scene, context.stop, context.runner));
    cloud.frame = stored.header.frame;
    cloud.filter = stored.header.filter;
    VOLPRESS_CHECK(validate(cloud));
    return Scene(std::move(cloud));
  }

  [[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openViewDependent(
      ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Stored stored, read(file, context));
    return sags::openNativeView(std::move(stored.scene), stored.header.frame, stored.header.filter,
                                context.stop, context.runner);
  }

private:
  struct Stored {
    SceneHeader header;
    sags::StoredScene scene;
  };
  [[nodiscard]] Result<Stored> read(ByteView file, RunContext& context) const {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header,
                 readSceneHeader(reader, static_cast<std::uint8_t>(sags::Layout::Lite)));
    VOLPRESS_CHECK(sags::checkKeyCount(header, file.size()));
    VOLPRESS_TRY(sags::StoredScene scene,
                 sags::readScene(container, header, reader, context.stop, context.runner));
    return Stored{header, std::move(scene)};
  }
};

}  // namespace

const Codec& sagsCodec() {
  static const SagsCodec codec;
  return codec;
}

}  // namespace volpress::compressors
