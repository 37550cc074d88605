// The face of a compressor of hash-grid fields, and the ordered list of all of them. Parameters,
// presets and what a run is given are those of every codec (codec.hpp); only the scene is another.
#pragma once

#include "compressors/codec.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::compressors {

/// As `Codec`: stateless, every call const, deterministic on any number of threads.
class FieldCodec {
public:
  virtual ~FieldCodec() = default;
  [[nodiscard]] virtual const CodecInfo& info() const = 0;

  /// Whether these first bytes are this codec's.
  [[nodiscard]] virtual bool recognises(ByteView head) const = 0;

  /// Cheap: can it compress this field with these parameters, and if not, why.
  [[nodiscard]] virtual Result<void> check(const HashGridField& field,
                                           const ParamSet& params) const = 0;

  /// The bytes of a whole file: configuration, occupancy, networks, grid.
  [[nodiscard]] virtual Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                             RunContext& context) const = 0;

  /// Rebuilds the field from untrusted bytes alone. The result passes `validate`.
  [[nodiscard]] virtual Result<HashGridField> decode(ByteView file, RunContext& context) const = 0;

  /// Where the bytes of such a file go; the shares add up to the file's size.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(ByteView file) const = 0;
};

/// Every codec of fields, in the order in which people see them. No id is another codec's.
[[nodiscard]] std::span<const FieldCodec* const> allFieldCodecs();
[[nodiscard]] const FieldCodec* findFieldCodec(std::string_view id);
void addFieldCodec(const FieldCodec& codec);  ///< as addCodec
/// The codec of fields whose decoder reads this file, or null.
[[nodiscard]] const FieldCodec* fieldCodecForContent(ByteView head);

}  // namespace volpress::compressors
