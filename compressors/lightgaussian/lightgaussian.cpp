#include "compressors/lightgaussian/lightgaussian.hpp"

#include <array>
#include <limits>

#include "compressors/container/container.hpp"
#include "compressors/lightgaussian/encoder.hpp"
#include "compressors/lightgaussian/faithful_file.hpp"
#include "compressors/lightgaussian/packed_file.hpp"
#include "compressors/lightgaussian/settings.hpp"

namespace volpress::compressors {
namespace {

constexpr const char* kId = "lightgaussian";
constexpr std::uint32_t kVersion = 2;
constexpr std::array<std::string_view, 15> kKnownChunks{
    "scene", "positions", "scales",      "rotations",    "opacities",
    "sh0",   "shN",       "shN-mask",    "shN-codebook", "shN-index",
    "sh",    "sh-mask",   "sh-codebook", "sh-index",     "padding"};

class LightGaussianCodec final : public Codec {
public:
  LightGaussianCodec() {
    m_info.id = kId;
    m_info.label = "LightGaussian";
    m_info.summary =
        "Removes the splats that the pictures need least, simplifies view-dependent colour, and "
        "fits what is left to the original's pictures.";
    m_info.paper =
        "Fan et al., LightGaussian: Unbounded 3D Gaussian Compression with 15x Reduction and 200+ "
        "FPS, NeurIPS 2024, arXiv 2311.17245";
    m_info.extension = ".vpc";
    m_info.formatVersion = kVersion;
    m_info.needsViews = true;
    m_info.params = lightgaussian::paramSpecs();
    m_info.presets = lightgaussian::presets();
    m_info.qualityKnob = "quality";
    m_info.lost =
        "The least significant splats and the highest SH bands, as the parameters say; all "
        "attributes are quantised; further columns of a PLY are dropped.";
  }

  [[nodiscard]] const CodecInfo& info() const override { return m_info; }

  [[nodiscard]] bool recognises(ByteView head) const override {
    return containerCodec(head) == kId;
  }

  [[nodiscard]] Result<void> check(const Scene& scene, const ParamSet& params) const override {
    VOLPRESS_CHECK(completeParams(m_info.params, params));
    const auto* cloud = std::get_if<GaussianCloud>(&scene);
    if (cloud == nullptr) {
      return fail(ErrorCode::InvalidParameter, "LightGaussian compresses Gaussian splats only");
    }
    if (cloud->count == 0 || cloud->count > std::numeric_limits<std::uint32_t>::max()) {
      return fail(ErrorCode::InvalidParameter,
                  "the scene has {} splats, LightGaussian takes 1 to {}", cloud->count,
                  std::numeric_limits<std::uint32_t>::max());
    }
    return {};
  }

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    Container container;
    container.codecId = kId;
    container.codecVersion = kVersion;
    container.parameters = paramsToJson(params);
    VOLPRESS_TRY(container.chunks,
                 lightgaussian::encodeCloud(std::get<GaussianCloud>(scene),
                                            lightgaussian::settingsOf(params), context));
    return writeContainer(container);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, open(file));
    VOLPRESS_TRY(const ByteView sceneChunk, container.require("scene"));
    ByteReader reader(sceneChunk);
    VOLPRESS_TRY(const lightgaussian::SceneHeader header,
                 lightgaussian::readSceneHeader(reader, file.size()));
    auto cloud =
        header.layout == lightgaussian::Layout::Packed
            ? lightgaussian::readPacked(container, header, reader, context.stop, context.runner)
            : lightgaussian::readFaithful(container, header, reader);
    if (!cloud) {
      return tl::unexpected<Error>(std::move(cloud).error());
    }
    cloud->frame = header.frame;
    cloud->filter = header.filter;
    VOLPRESS_CHECK(validate(*cloud));
    return Scene(std::move(*cloud));
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_CHECK(open(file));
    return containerBreakdown(file);
  }

private:
  [[nodiscard]] static Result<Container> open(ByteView file) {
    VOLPRESS_TRY(Container container, readContainer(file));
    if (container.codecId != kId) {
      return fail(ErrorCode::NotThisFormat, "this file was written by codec '{}', not '{}'",
                  container.codecId, kId);
    }
    if (container.codecVersion != kVersion) {
      return fail(ErrorCode::UnsupportedVersion, "LightGaussian version {}; supported is {}",
                  container.codecVersion, kVersion);
    }
    VOLPRESS_CHECK(checkKnownChunks(container, kKnownChunks));
    return container;
  }

  CodecInfo m_info;
};

}  // namespace

const Codec& lightGaussianCodec() {
  static const LightGaussianCodec codec;
  return codec;
}

}  // namespace volpress::compressors
