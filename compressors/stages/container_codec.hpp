// What the codecs of Gaussian splats whose files are containers have in common.
#pragma once

#include <span>
#include <string_view>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"

namespace volpress::compressors {

/// A container of the codec without chunks.
[[nodiscard]] Container newContainer(const CodecInfo& info, const ParamSet& params);

/// Parses a file of the codec. NotThisFormat and UnsupportedVersion when another codec, another
/// version of this one, or one with critical chunks of the future wrote it.
[[nodiscard]] Result<Container> openContainer(const CodecInfo& info,
                                              std::span<const std::string_view> knownChunks,
                                              ByteView file, const std::stop_token& stop);

/// Recognises, opens and breaks down its files, and takes Gaussian splats only.
class ContainerCodec : public Codec {
public:
  [[nodiscard]] const CodecInfo& info() const final { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const final;
  [[nodiscard]] Result<void> check(const Scene& scene, const ParamSet& params) const override;
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const final;

protected:
  /// `knownChunks` must live as long as the codec.
  ContainerCodec(CodecInfo info, std::span<const std::string_view> knownChunks);

  [[nodiscard]] Container newContainer(const ParamSet& params) const;
  [[nodiscard]] Result<Container> open(ByteView file, const std::stop_token& stop = {}) const;

private:
  CodecInfo m_info;
  std::span<const std::string_view> m_knownChunks;
};

}  // namespace volpress::compressors
