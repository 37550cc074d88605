// The networks of a field as integers, matrix by matrix.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::fields {

/// Rounds each matrix with a step at which a bit is worth its error, given how the pictures depend
/// on its weights (`sensitivity`, of all parameters) and the mean squared error that a bit is
/// worth.
[[nodiscard]] Bytes encodeNetworkWeights(const HashGridField& field, const FloatArray& sensitivity,
                                         double lambda);
/// Fills the field's networks. Untrusted bytes; CorruptData unless they end with the last matrix.
[[nodiscard]] Result<void> decodeNetworkWeights(ByteView bytes, HashGridField& field);

}  // namespace volpress::fields
