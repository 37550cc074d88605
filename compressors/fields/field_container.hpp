// What the codecs of fields have in common: a container with the snapshot's document, the occupancy
// and the networks. Byte layout in FIELD_FORMAT.md beside this file.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"

namespace volpress::compressors {

class FieldContainerCodec : public FieldCodec {
public:
  [[nodiscard]] const CodecInfo& info() const final { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const final;
  [[nodiscard]] Result<void> check(const HashGridField& field,
                                   const ParamSet& params) const override;
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const final;

protected:
  /// `ownChunks` are known besides "document", "occupancy", "networks" and "level-0" .. "level-31";
  /// they must live as long as the codec.
  FieldContainerCodec(CodecInfo info, std::span<const std::string_view> ownChunks);

  /// A container with document, occupancy (if the field knows it) and networks.
  [[nodiscard]] Result<Container> begin(const HashGridField& field, const ParamSet& params,
                                        bool keepsTraining) const;
  /// A container's field with its networks; the grid's parameters are zero. Sizes are checked
  /// against the file's.
  struct Opened {
    Container container;
    HashGridField field;
  };
  [[nodiscard]] Result<Opened> open(ByteView file, RunContext& context) const;

  [[nodiscard]] static std::string levelChunk(std::size_t level);

private:
  CodecInfo m_info;
  std::vector<std::string_view> m_knownChunks;
};

}  // namespace volpress::compressors
