// Codebooks of vectors: training by weighted k-means, and an order of entries that codes well.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::coding {

/// The entries for `served` vectors: what is asked for, or (0) one for every 16 vectors as a power
/// of two, 16..8192.
[[nodiscard]] std::size_t codebookSize(std::size_t asked, std::size_t served);

struct CodebookOptions {
  std::size_t entries = 256;
  unsigned iterations = 10;
  /// Rows that are learnt from at most, evenly picked.
  std::size_t trainingRows = 80000;
  std::uint64_t seed = 1;
  std::stop_token stop;
};

/// Weighted k-means of `features` (rows of `dimension`). `significance` has an entry a row; as
/// weights they are scaled to a mean of 1, and no less than 0.05 of it. Entries follow each other;
/// there are fewer than asked for when there are fewer distinct rows.
[[nodiscard]] Result<std::vector<float>> trainCodebook(std::span<const float> features,
                                                       std::size_t dimension,
                                                       std::span<const double> significance,
                                                       const CodebookOptions& options,
                                                       TaskRunner& runner);

/// Which entries are in use, most used first (ties: the lower one), and each entry's place there.
struct UseOrder {
  std::vector<std::uint32_t> used;
  std::vector<std::int32_t> place;  ///< of every entry; meaningless for unused ones
};
[[nodiscard]] UseOrder orderByUse(std::span<const std::uint32_t> labels, std::size_t entries);

}  // namespace volpress::coding
