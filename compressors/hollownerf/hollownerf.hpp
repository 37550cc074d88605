// HollowNeRF (Chen, Wan, Huang, Chen, ICCV 2023) on a trained snapshot: what pictures do not need
// is pruned by a learnt saliency mask, tables shrink, and what is left is quantised and coded.
#pragma once

#include "compressors/field_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const FieldCodec& hollowNerfCodec();

}  // namespace volpress::compressors
