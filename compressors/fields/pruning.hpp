// The pruning of HollowNeRF: a saliency grid in front of the field is learnt together with the
// field's parameters, under the constraint that only so many of its cells may be kept (ADMM).
#pragma once

#include <cstdint>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/fields/saliency_grid.hpp"
#include "compressors/fields/viewing_rays.hpp"

namespace volpress::fields {

/// The split variables of
///   min L(theta, s)  subject to  s = Z, Z is +kSplit in `kept` cells and -kSplit in the others,
/// in scaled form (Boyd et al. 2011, section 3.1.1): Z is the projection of s + U, U adds up s - Z.
/// s are logits of the cells' values, m = 1 / (1 + e^-s): m itself is bounded, and could not follow
/// Z - U below 0, so that cells once refused would come back.
struct Admm {
  static constexpr float kSplit = 4;

  FloatArray split;           ///< Z, one a cell; empty at first
  FloatArray dual;            ///< U
  double penalty = 3e-9;      ///< rho
  double primalResidual = 0;  ///< |s - Z| of the last update
  double dualResidual = 0;    ///< |Z - Z before|: without rho, so that both are in the units of s

  /// Projects (ties go to the cells of larger `rank`) and, but for the first time, moves U, and
  /// doubles or halves the penalty where one residual is ten times the other.
  void update(const FloatArray& logits, std::size_t kept, const std::vector<std::uint64_t>& rank);

  /// d/d(logit) of penalty/2 (s - Z + U)^2 of one cell.
  [[nodiscard]] float pull(std::size_t cell, float logit) const noexcept {
    return static_cast<float>(penalty) * (logit - split[cell] + dual[cell]);
  }
};

struct PruneSettings {
  unsigned bits = 6;  ///< of the mask
  unsigned steps = 256;
  std::size_t rays = 1536;  ///< of a step
  std::size_t kept = 0;     ///< cells
  std::uint64_t seed = 1;
};

/// Learns which cells stay, moving the field's parameters along; then its occupancy is theirs. A
/// cell begins with 1 as its value or, where that looks more like the original, as in fog, with the
/// part of it that is occupied; the field takes over what the occupancy said while values move to 0
/// or 1.
/// `contributions`, one a cell of the mask, is what they add to pictures. The state outlives a kill
/// in `context.scratch`; the same call goes on to the same result.
[[nodiscard]] Result<SaliencyMask> prune(HashGridField& field,
                                         const std::vector<std::uint64_t>& contributions,
                                         const ViewingRays& rays, const PruneSettings& settings,
                                         compressors::RunContext& context);

/// Deletes the state that `prune` left in a folder.
void forgetPruning(const std::filesystem::path& scratch);

}  // namespace volpress::fields
