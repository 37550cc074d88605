#include "compressors/lightgaussian/vectree.hpp"

#include "compressors/stages/significance.hpp"

namespace volpress::compressors::lightgaussian {

coding::SymbolArray chooseForCodebook(std::span<const double> score, double share) {
  coding::SymbolArray chosen(score.size(), 1);
  for (const std::uint32_t direct : coding::keptSplats(score, share)) {
    chosen[direct] = 0;
  }
  return chosen;
}

}  // namespace volpress::compressors::lightgaussian
