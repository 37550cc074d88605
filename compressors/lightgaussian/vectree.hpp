// VecTree quantisation (paper section 3.4): the less significant splats take their SH from a
// codebook.
#pragma once

#include <span>

#include "compressors/coding/symbol_coder.hpp"

namespace volpress::compressors::lightgaussian {

/// For each splat whether its SH comes from the codebook: floor(share * n) of the lowest score.
[[nodiscard]] coding::SymbolArray chooseForCodebook(std::span<const double> score, double share);

}  // namespace volpress::compressors::lightgaussian
