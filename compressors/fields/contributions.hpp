// What each cell of a field's occupancy adds to its pictures: which of them are worth keeping.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "compressors/fields/saliency_grid.hpp"
#include "compressors/fields/viewing_rays.hpp"

namespace volpress::fields {

/// What a sample counts for its cell.
enum class SampleWeight : std::uint8_t {
  Plain,    ///< its weight in the ray's colour: opacity times transmittance
  Squared,  ///< the square of that: a surface that few rays meet, for more than fog that many cross
};

/// Sums over rays of what the samples in each cell count, in 1/2^24; one a bit of the occupancy.
/// The same on any number of threads. Cells behind what is opaque have none.
[[nodiscard]] std::vector<std::uint64_t> cellContributions(
    const HashGridField& field, const ViewingRays& rays, TaskRunner& runner,
    const std::stop_token& stop, SampleWeight counts = SampleWeight::Plain);

/// Contributions of a mask's cells: sums over what is within them and, half as much, the mean of
/// their neighbours along the axes, as rays meet only some cells of a surface. Cells outside the
/// mask have none.
[[nodiscard]] std::vector<std::uint64_t> overMask(const std::vector<std::uint64_t>& contributions,
                                                  const SaliencyMask& mask);

/// The fewest cells of `mask` that add up to `share` (0..1) of all `contributions`, one a cell.
[[nodiscard]] SaliencyMask salientCells(const std::vector<std::uint64_t>& contributions,
                                        const SaliencyMask& mask, double share);

/// The cells of `mask` that matter most, the fewest with which the mean squared error of the
/// pictures is `most` or less above that with all of them (or nearly all, if none are so few). What
/// matters most is found on seven of eight rays and tried on the others, so that cells which no ray
/// happened to meet are missed where they are missing.
[[nodiscard]] SaliencyMask leanCells(const HashGridField& field, const SaliencyMask& mask,
                                     const ViewingRays& rays, double most, std::uint64_t seed,
                                     TaskRunner& runner, const std::stop_token& stop);

/// Whether a mask of 2^bits cells along an edge may stand for the field's occupancy as it is: all
/// of a cell counts as occupied, and the mean squared error of the pictures grows by `most` or
/// less.
[[nodiscard]] bool bearsMask(const HashGridField& field, unsigned bits, const ViewingRays& rays,
                             double most, std::uint64_t seed, TaskRunner& runner);

}  // namespace volpress::fields
