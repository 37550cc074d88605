// VecTree quantisation (paper section 3.4): the less significant splats take their SH from a
// codebook.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/lightgaussian/settings.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::lightgaussian {

/// The entries for `served` splats: what is asked for, or one for every 16 splats as a power of
/// two, 16..8192.
[[nodiscard]] std::size_t codebookSize(std::size_t asked, std::size_t served);

/// For each splat whether its SH comes from the codebook: floor(share * n) of the lowest score.
[[nodiscard]] coding::SymbolArray chooseForCodebook(std::span<const double> score, double share);

/// Weighted k-means of `features` (rows of `dimension`): the weights are significances, scaled to a
/// mean of 1. Trained on at most kMaxTrainingRows rows, evenly picked. Entries follow each other.
[[nodiscard]] Result<std::vector<float>> trainCodebook(
    std::span<const float> features, std::size_t dimension, std::span<const double> significance,
    std::size_t entries, std::uint64_t seed, const std::stop_token& stop, TaskRunner& runner);
inline constexpr std::size_t kMaxTrainingRows = 80000;

}  // namespace volpress::compressors::lightgaussian
