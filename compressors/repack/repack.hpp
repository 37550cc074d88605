// A snapshot packed without touching what is drawn: occupancy as bits, features that no occupied
// cell reads dropped, the rest entropy-coded.
#pragma once

#include "compressors/field_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const FieldCodec& repackCodec();

}  // namespace volpress::compressors
