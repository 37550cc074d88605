// Codebooks of groups of parameters (paper section 3.1): every splat names an entry a group.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::compact3d {

/// The groups of the paper; each is one array of the cloud.
enum Group : std::size_t { kColors, kSh, kScales, kRotations };
inline constexpr std::size_t kGroups = 4;

/// Parameters of a splat in a group: 3, 3k, 3 (log scales), 4.
[[nodiscard]] std::size_t dimensionOf(std::size_t group, unsigned shDegree) noexcept;
[[nodiscard]] FloatArray& valuesOf(GaussianCloud& cloud, std::size_t group) noexcept;
[[nodiscard]] const FloatArray& valuesOf(const GaussianCloud& cloud, std::size_t group) noexcept;

struct Codebook {
  std::size_t dimension = 0;          ///< 0: the scene has no such parameters
  std::vector<float> entries;         ///< row-major
  std::vector<std::uint32_t> labels;  ///< one a splat

  [[nodiscard]] std::size_t size() const noexcept {
    return dimension == 0 ? 0 : entries.size() / dimension;
  }
};
using Codebooks = std::array<Codebook, kGroups>;

/// k-means of the cloud's parameters with at most `entries` entries a group. `weights` has an entry
/// a splat or is empty.
[[nodiscard]] Result<Codebooks> makeCodebooks(const GaussianCloud& cloud,
                                              const std::array<std::size_t, kGroups>& entries,
                                              std::span<const float> weights, std::uint64_t seed,
                                              TaskRunner& runner, const std::stop_token& stop);

/// Moves every entry to the weighted mean of the rows that name it; others stay.
void centreEntries(const FloatArray& rows, std::span<const float> weights, Codebook& book);

/// Lets every row name the entry nearest to it. Cancelled, with `book` unchanged, when `stop` asks
/// for it.
[[nodiscard]] Result<void> assign(const FloatArray& rows, Codebook& book, TaskRunner& runner,
                                  const std::stop_token& stop);

/// Drops entries that no splat names, and puts the others in the order of their main direction of
/// spread, so that like entries have like numbers.
void orderEntries(Codebook& book);

/// Overwrites the cloud's parameters with what the codebooks say. A quaternion of zeros becomes the
/// identity. Labels must lie within the entries.
void applyCodebooks(const Codebooks& books, GaussianCloud& cloud, TaskRunner& runner);

}  // namespace volpress::compressors::compact3d
