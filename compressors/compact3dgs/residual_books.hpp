// Residual vector quantisation (paper section 3.2): a value is the sum of one entry of each of
// several codebooks.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::compact3dgs {

struct ResidualBooks {
  struct Stage {
    std::vector<float> entries;         ///< row-major
    std::vector<std::uint32_t> labels;  ///< one a row
  };
  std::size_t dimension = 3;
  std::vector<Stage> stages;

  [[nodiscard]] std::size_t rows() const noexcept {
    return stages.empty() ? 0 : stages.front().labels.size();
  }
};

/// k-means of what the stages so far leave, stage by stage. Every stage has exactly `codes`
/// entries; where there are fewer different rows, zeros. `weights` has an entry a row or is empty.
[[nodiscard]] Result<ResidualBooks> trainResidualBooks(const FloatArray& values,
                                                       std::size_t dimension, std::size_t stages,
                                                       std::size_t codes,
                                                       std::span<const float> weights,
                                                       std::uint64_t seed, TaskRunner& runner,
                                                       const std::stop_token& stop);

/// Every row names the entry nearest to what is left of it, stage by stage.
void assignRows(const FloatArray& values, ResidualBooks& books, TaskRunner& runner);

/// Overwrites `values` with the sums of the entries named. Labels must lie within the entries.
void sumEntries(const ResidualBooks& books, FloatArray& values, TaskRunner& runner);

}  // namespace volpress::compressors::compact3dgs
