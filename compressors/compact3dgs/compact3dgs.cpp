#include "compressors/compact3dgs/compact3dgs.hpp"

#include <array>

#include "compressors/compact3dgs/chunk_names.hpp"
#include "compressors/compact3dgs/encoder.hpp"
#include "compressors/compact3dgs/faithful_file.hpp"
#include "compressors/compact3dgs/native_view.hpp"
#include "compressors/compact3dgs/packed_file.hpp"
#include "compressors/compact3dgs/settings.hpp"
#include "compressors/stages/container_codec.hpp"

namespace volpress::compressors {
namespace {

constexpr auto kLastLayout = static_cast<std::uint8_t>(compact3dgs::Layout::Faithful);
constexpr std::array<std::string_view, 11> kKnownChunks{"scene",
                                                        compact3dgs::kPositionsChunk,
                                                        compact3dgs::kOpacitiesChunk,
                                                        compact3dgs::kColorsChunk,
                                                        compact3dgs::kScaleBooksChunk,
                                                        compact3dgs::kScaleIndexChunk,
                                                        compact3dgs::kRotationBooksChunk,
                                                        compact3dgs::kRotationIndexChunk,
                                                        compact3dgs::kGridChunk,
                                                        compact3dgs::kNetworkChunk,
                                                        "padding"};

CodecInfo describe() {
  CodecInfo info;
  info.id = "compact3dgs";
  info.label = "Compact 3DGS";
  info.summary =
      "Learns which splats may go, sums scales and rotations up from small codebooks, and takes "
      "view-dependent colour from a hash grid and a small network.";
  info.paper =
      "Lee et al., Compact 3D Gaussian Representation for Radiance Field, CVPR 2024, arXiv "
      "2311.13681";
  info.extension = ".vpc";
  info.formatVersion = 1;
  info.needsViews = true;
  info.learnsFromPhotos = true;
  info.params = compact3dgs::paramSpecs();
  info.presets = compact3dgs::presets();
  info.qualityKnob = "quality";
  info.lost =
      "Splats that the mask removes; shapes are shared by many splats; colours come from a field "
      "that blurs what is close together; further columns of a PLY are dropped. In exports those "
      "colours are baked to spherical harmonics.";
  return info;
}

class Compact3dgsCodec final : public ContainerCodec {
public:
  Compact3dgsCodec() : ContainerCodec(describe(), kKnownChunks) {}

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container = newContainer(params);
    VOLPRESS_TRY(container.chunks,
                 compact3dgs::encodeCloud(std::get<GaussianCloud>(scene),
                                          compact3dgs::settingsOf(params), context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Stored stored, read(file, context));
    VOLPRESS_TRY(GaussianCloud cloud,
                 compact3dgs::rebuild(stored.header, stored.scene, context.stop, context.runner));
    VOLPRESS_CHECK(validate(cloud));
    return Scene(std::move(cloud));
  }

  [[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openViewDependent(
      ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Stored stored, read(file, context));
    return compact3dgs::openNativeView(stored.header, std::move(stored.scene), context.runner);
  }

private:
  struct Stored {
    SceneHeader header;
    compact3dgs::StoredScene scene;
  };
  [[nodiscard]] Result<Stored> read(ByteView file, RunContext& context) const {
    VOLPRESS_TRY(const Container container, open(file, context.stop));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const SceneHeader header, readSceneHeader(reader, kLastLayout));
    const bool packed = header.layout == static_cast<std::uint8_t>(compact3dgs::Layout::Packed);
    if (packed) {
      VOLPRESS_CHECK(checkPackedCount(header, file.size()));
    }
    auto scene =
        packed ? compact3dgs::readPacked(container, header, reader, context.stop, context.runner)
               : compact3dgs::readFaithful(container, header, reader);
    if (!scene) {
      return tl::unexpected<Error>(std::move(scene).error());
    }
    return Stored{header, *std::move(scene)};
  }
};

}  // namespace

const Codec& compact3dgsCodec() {
  static const Compact3dgsCodec codec;
  return codec;
}

}  // namespace volpress::compressors
