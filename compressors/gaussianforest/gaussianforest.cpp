#include "compressors/gaussianforest/gaussianforest.hpp"

#include <array>

#include "compressors/gaussianforest/encoder.hpp"
#include "compressors/gaussianforest/forest_file.hpp"
#include "compressors/gaussianforest/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr std::array<std::string_view, 10> kKnownChunks{
    "scene",      "positions",     "leaf-parents",  "node-parents", "opacities",
    "node-sizes", "node-features", "root-features", "networks",     "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "gaussianforest";
  info.label = "GaussianForest";
  info.summary =
      "Keeps position and opacity of every splat; shapes and colours come from features that "
      "neighbours share in a tree of three levels, decoded by small networks.";
  info.paper =
      "Zhang et al., GaussianForest: Hierarchical-Hybrid 3D Gaussian Splatting for Compressed "
      "Scene Modeling, 2024, arXiv 2406.08759";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = gaussianforest::paramSpecs();
  info.presets = gaussianforest::presets();
  info.qualityKnob = "quality";
  info.lost =
      "The least important splats; shape and colour are what networks make of features that about "
      "ten neighbours share; further columns of a PLY are dropped.";
  return info;
}

class GaussianForestCodec final : public ContainerCodec {
public:
  GaussianForestCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks,
                 gaussianforest::encodeCloud(std::get<GaussianCloud>(scene),
                                             gaussianforest::settingsOf(params), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, 0));
    VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    VOLPRESS_TRY(
        const gaussianforest::ForestScene forest,
        gaussianforest::readForest(container, header, reader, context.stop, context.runner));
    GaussianCloud cloud = gaussianforest::growLeaves(forest, context.runner);
    cloud.frame = header.frame;
    cloud.filter = header.filter;
    VOLPRESS_CHECK(validate(cloud));
    return Scene(std::move(cloud));
  }
};

}  // namespace

const Codec& gaussianForestCodec() {
  static const GaussianForestCodec codec;
  return codec;
}

}  // namespace volpress::compressors
