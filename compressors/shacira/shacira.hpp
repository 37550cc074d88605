// SHACIRA (Girish, Shrivastava, Gupta 2023) on a trained snapshot: quantised latents with small
// decoders in place of features, entropy-coded, fine-tuned against the field itself.
#pragma once

#include "compressors/field_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const FieldCodec& shaciraCodec();

}  // namespace volpress::compressors
