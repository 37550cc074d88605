#include "compressors/stages/container_codec.hpp"

#include <limits>

namespace volpress::compressors {

ContainerCodec::ContainerCodec(CodecInfo info, std::span<const std::string_view> knownChunks)
    : m_info(std::move(info)), m_knownChunks(knownChunks) {}

bool ContainerCodec::recognises(ByteView head) const { return containerCodec(head) == m_info.id; }

Result<void> ContainerCodec::check(const Scene& scene, const ParamSet& params) const {
  VOLPRESS_CHECK(completeParams(m_info.params, params));
  const auto* cloud = std::get_if<GaussianCloud>(&scene);
  if (cloud == nullptr) {
    return fail(ErrorCode::InvalidParameter, "{} compresses Gaussian splats only", m_info.label);
  }
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (cloud->count == 0 || cloud->count > kMost) {
    return fail(ErrorCode::InvalidParameter, "the scene has {} splats, {} takes 1 to {}",
                cloud->count, m_info.label, kMost);
  }
  return {};
}

Result<std::vector<ByteShare>> ContainerCodec::breakdown(ByteView file) const {
  VOLPRESS_CHECK(open(file));
  return containerBreakdown(file);
}

Container ContainerCodec::newContainer(const ParamSet& params) const {
  return compressors::newContainer(m_info, params);
}

Result<Container> ContainerCodec::open(ByteView file, const std::stop_token& stop) const {
  return openContainer(m_info, m_knownChunks, file, stop);
}

Container newContainer(const CodecInfo& info, const ParamSet& params) {
  Container container;
  container.codecId = info.id;
  container.codecVersion = info.formatVersion;
  container.parameters = paramsToJson(params);
  return container;
}

Result<Container> openContainer(const CodecInfo& info,
                                std::span<const std::string_view> knownChunks, ByteView file,
                                const std::stop_token& stop) {
  VOLPRESS_TRY(Container container, readContainer(file, stop));
  if (container.codecId != info.id) {
    return fail(ErrorCode::NotThisFormat, "this file was written by codec '{}', not '{}'",
                container.codecId, info.id);
  }
  if (container.codecVersion != info.formatVersion) {
    return fail(ErrorCode::UnsupportedVersion, "{} version {}; supported is {}", info.label,
                container.codecVersion, info.formatVersion);
  }
  VOLPRESS_CHECK(checkKnownChunks(container, knownChunks));
  return container;
}

}  // namespace volpress::compressors
