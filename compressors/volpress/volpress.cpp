#include "compressors/volpress/volpress.hpp"

#include <algorithm>
#include <limits>

#include "compressors/container/container.hpp"
#include "compressors/volpress/lossless_arrays.hpp"
#include "compressors/volpress/volpress_encoder.hpp"
#include "compressors/volpress/volpress_file.hpp"
#include "compressors/volpress/volpress_settings.hpp"

namespace volpress::compressors {
namespace {

constexpr const char* kId = "volpress";

/// What a file's chunks hold, when it is one of ours.
Result<void> checkContainer(const Container& container) {
  if (container.codecId != kId) {
    return fail(ErrorCode::NotThisFormat, "this file was written by codec '{}', not '{}'",
                container.codecId, kId);
  }
  if (container.codecVersion == 0 || container.codecVersion > own::kVolpressVersion) {
    return fail(ErrorCode::UnsupportedVersion, "volpress version {}; supported are 1 to {}",
                container.codecVersion, own::kVolpressVersion);
  }
  const std::vector<std::string> names = own::knownChunkNames();
  const std::vector<std::string_view> known(names.begin(), names.end());
  VOLPRESS_CHECK(checkKnownChunks(container, known));
  return {};
}

Result<Scene> decodeContainer(const Container& container, std::uint64_t fileBytes, bool partial,
                              RunContext& context) {
  VOLPRESS_TRY(const ByteView scene, container.require("scene"));
  ByteReader reader(scene);
  VOLPRESS_TRY(const own::VolpressHeader header, own::readVolpressHeader(reader));
  auto cloud = header.layout == own::FileLayout::Layers
                   ? own::readLayers(container, header, reader, fileBytes, partial, context.runner,
                                     context.stop)
                   : own::readLossless(container, header, fileBytes, context.runner, context.stop);
  if (!cloud) {
    return tl::unexpected<Error>(std::move(cloud).error());
  }
  cloud->frame = header.frame;
  cloud->filter = header.filter;
  VOLPRESS_CHECK(validate(*cloud));
  return Scene(std::move(*cloud));
}

class VolpressCodec final : public Codec {
public:
  VolpressCodec() {
    m_info.id = kId;
    m_info.label = "Volpress";
    m_info.summary =
        "Measures how much each number of each splat shows in the pictures, removes what is not "
        "worth its bytes, and stores the rest just as finely as it shows.";
    m_info.extension = ".vpc";
    m_info.formatVersion = own::kVolpressVersion;
    m_info.needsViews = true;
    m_info.learnsFromPhotos = true;
    m_info.params = own::volpressParamSpecs();
    m_info.presets = own::volpressPresets();
    m_info.qualityKnob = "quality";
    m_info.lost =
        "Splats that show less than they cost; all attributes are quantised as finely as they "
        "show. Further columns of a PLY are dropped unless the mode is lossless.";
  }

  [[nodiscard]] const CodecInfo& info() const override { return m_info; }

  [[nodiscard]] bool recognises(ByteView head) const override {
    return containerCodec(head) == kId;
  }

  [[nodiscard]] Result<void> check(const Scene& scene, const ParamSet& params) const override {
    VOLPRESS_CHECK(completeParams(m_info.params, params));
    const auto* cloud = std::get_if<GaussianCloud>(&scene);
    if (cloud == nullptr) {
      return fail(ErrorCode::InvalidParameter, "volpress compresses Gaussian splats only");
    }
    if (cloud->count == 0 || cloud->count > std::numeric_limits<std::uint32_t>::max()) {
      return fail(ErrorCode::InvalidParameter, "the scene has {} splats, volpress takes 1 to {}",
                  cloud->count, std::numeric_limits<std::uint32_t>::max());
    }
    return {};
  }

  [[nodiscard]] bool usesViews(const ParamSet& params) const override {
    const own::VolpressSettings settings = own::volpressSettings(params);
    return settings.usesViews && !settings.lossless;
  }

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(scene, params));
    const own::VolpressSettings settings = own::volpressSettings(params);
    const auto& cloud = std::get<GaussianCloud>(scene);
    Container container;
    container.codecId = kId;
    container.codecVersion = own::kVolpressVersion;
    container.parameters = paramsToJson(params);
    VOLPRESS_TRY(container.chunks, settings.lossless ? own::encodeLossless(cloud, context)
                                                     : own::encodeLayers(cloud, settings, context));
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(const Container container, context.acceptsFront
                                                ? readContainerFront(file, context.stop)
                                                : readContainer(file, context.stop));
    VOLPRESS_CHECK(checkContainer(container));
    return decodeContainer(container, file.size(), context.acceptsFront, context);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_TRY(const Container container, readContainer(file));
    VOLPRESS_CHECK(checkContainer(container));
    VOLPRESS_TRY(const std::vector<ByteShare> chunks, containerBreakdown(file));
    // Layers of one attribute count together.
    std::vector<ByteShare> shares;
    for (const ByteShare& chunk : chunks) {
      const std::string_view name = own::attributeOf(chunk.name);
      const auto same = std::find_if(shares.begin(), shares.end(),
                                     [&](const ByteShare& share) { return share.name == name; });
      if (same == shares.end()) {
        shares.push_back({std::string(name), chunk.bytes});
      } else {
        same->bytes += chunk.bytes;
      }
    }
    return shares;
  }

private:
  CodecInfo m_info;
};

}  // namespace

const Codec& volpressCodec() {
  static const VolpressCodec codec;
  return codec;
}

}  // namespace volpress::compressors
