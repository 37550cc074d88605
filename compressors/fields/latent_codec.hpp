// What the codecs that store latents have in common: their last parameters, the views that they
// learn from, and the chunks of decoders and levels. Byte layout in FIELD_FORMAT.md beside this
// file.
#pragma once

#include <functional>
#include <memory>

#include "compressors/fields/field_container.hpp"
#include "compressors/fields/latent_stage.hpp"

namespace volpress::compressors {

class LatentFieldCodec : public FieldContainerCodec {
public:
  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const final;

protected:
  /// Adds the parameters "views", "view_side" and "keep_training". `reader` fills a level from the
  /// bytes that `addLatents` was given for it, `dependentReader`, where the codec has it, in
  /// files with `addDependence`.
  LatentFieldCodec(CodecInfo info, fields::LevelReader reader,
                   fields::LevelReader dependentReader = {});

  /// Rays of the original's views, as many and as large as the parameters say.
  [[nodiscard]] static Result<fields::ViewingRays> raysOf(
      const std::shared_ptr<const HashGridField>& original, const ParamSet& params,
      RunContext& context);

  /// Says that the integers of levels are dependent (coding/weight_coder.hpp).
  static void addDependence(Container& container);

  /// Adds the networks, the decoders, and what `encode` makes of each level, which several threads
  /// may ask for.
  static void addLatents(Container& container, const HashGridField& field,
                         const fields::LatentStage& stage,
                         const std::function<Bytes(std::size_t level)>& encode, TaskRunner& runner);

private:
  fields::LevelReader m_reader, m_dependentReader;
};

}  // namespace volpress::compressors
