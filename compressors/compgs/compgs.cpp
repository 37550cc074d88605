#include "compressors/compgs/compgs.hpp"

#include <array>

#include "compressors/compgs/anchor_file.hpp"
#include "compressors/compgs/encoder.hpp"
#include "compressors/compgs/native_view.hpp"
#include "compressors/compgs/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr std::array<std::string_view, 11> kKnownChunks{
    "scene",    "positions",       "hyper-tables", "entropy-networks",
    "networks", "hyper-reference", "reference",    "hyper-residual",
    "residual", "scales",          "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "compgs";
  info.label = "CompGS";
  info.summary =
      "Anchors with features from which small networks make ten primitives each; features are "
      "trained together with a model of the bits that they take.";
  info.paper =
      "Liu et al., CompGS: Efficient 3D Scene Representation via Compressed Gaussian Splatting, "
      "ACM MM 2024, arXiv 2404.09458 (not the CompGS of Navaneet et al., which is Compact3D here)";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.movesSplats = true;
  info.params = compgs::paramSpecs();
  info.presets = compgs::presets();
  info.qualityKnob = "quality";
  info.lost =
      "Other splats than the original's show the scene; further columns of a PLY are dropped. In "
      "exports, opacity that depends on the view becomes its mean and colour is baked to SH.";
  return info;
}

class CompGsCodec final : public ContainerCodec {
public:
  CompGsCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks, compgs::encodeCloud(std::get<GaussianCloud>(scene),
                                                       compgs::settingsOf(params), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Stored stored, read(file, context));
    VOLPRESS_TRY(GaussianCloud cloud, compgs::bake(stored.scene, context.stop, context.runner));
    cloud.frame = stored.header.frame;
    cloud.filter = stored.header.filter;
    VOLPRESS_CHECK(validate(cloud));
    return Scene(std::move(cloud));
  }

  [[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openViewDependent(
      ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Stored stored, read(file, context));
    return compgs::openNativeView(std::move(stored.scene), stored.header.frame,
                                  stored.header.filter, context.runner);
  }

private:
  struct Stored {
    SceneHeader header;
    compgs::AnchorScene scene;
  };
  [[nodiscard]] Result<Stored> read(ByteView file, RunContext& context) const {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, 0));
    VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    VOLPRESS_TRY(compgs::AnchorScene scene,
                 compgs::readAnchors(container, header, reader, context.stop, context.runner));
    return Stored{header, std::move(scene)};
  }
};

}  // namespace

const Codec& compGsCodec() {
  static const CompGsCodec codec;
  return codec;
}

}  // namespace volpress::compressors
