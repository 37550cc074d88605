// What the codecs of fields have in common: a container with the snapshot's document, the occupancy
// (exact, or a mask) and the networks. Byte layout in FIELD_FORMAT.md beside this file.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/fields/saliency_grid.hpp"

namespace volpress::compressors {

/// The parameter "keep_training", which every codec of fields has.
[[nodiscard]] ParamSpec keepTrainingParam();

class FieldContainerCodec : public FieldCodec {
public:
  [[nodiscard]] const CodecInfo& info() const final { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const final;
  [[nodiscard]] Result<void> check(const HashGridField& field,
                                   const ParamSet& params) const override;
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const final;

protected:
  /// `ownChunks` are known besides "document", "occupancy", "saliency", "networks", "weights" and
  /// "level-0" .. "level-31"; they must live as long as the codec.
  FieldContainerCodec(CodecInfo info, std::span<const std::string_view> ownChunks);

  /// A container with the document alone, the training state in it if `params` ask for that.
  [[nodiscard]] Result<Container> begin(const HashGridField& field, const ParamSet& params) const;
  /// Adds the occupancy, if the field knows it.
  static void addOccupancy(Container& container, const HashGridField& field);
  /// Adds a mask in its place, whose `maskOccupancy` is the field's.
  static void addMask(Container& container, const fields::SaliencyMask& mask);
  /// Adds the networks, number by number.
  static void addNetworks(Container& container, const HashGridField& field);
  /// Adds them rounded, as `fields::encodeNetworkWeights` does.
  static void addWeights(Container& container, const HashGridField& field,
                         const FloatArray& sensitivity, double lambda);

  /// A container's field with its occupancy; all parameters are zero. Sizes are checked against the
  /// file's.
  struct Opened {
    Container container;
    HashGridField field;
  };
  [[nodiscard]] Result<Opened> open(ByteView file, RunContext& context) const;
  /// Reads what `addNetworks` or `addWeights` added.
  [[nodiscard]] static Result<void> readNetworks(Opened& opened);

  [[nodiscard]] static std::string levelChunk(std::size_t level);

private:
  CodecInfo m_info;
  std::vector<std::string_view> m_knownChunks;
};

}  // namespace volpress::compressors
