// One number of every splat, in fixed point: predicted from splats and numbers that are known
// already, its residual quantised with a step of the splat's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/rans_sides.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/coding/value_coder.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::own {

using coding::SymbolArray;

/// Fixed point: kUnit is one octave of scales and opacities, one unit of colours.
inline constexpr std::int32_t kUnit = 1024;
/// Values and steps stay within +-kMaxFixed, so that products fit 64 bits whatever the file says.
inline constexpr std::int32_t kMaxFixed = 1 << 24;

/// How fine a splat's number is: log2 of the step (in kUnit) is linear in what is known of the
/// splat. Fitted by the encoder to measured sensitivities.
struct PrecisionModel {
  static constexpr std::size_t kFeatures = 5;    ///< class, opacity, three scales
  std::int32_t offset = 0;                       ///< in 1 / kUnit octaves
  std::array<std::int16_t, kFeatures> slopes{};  ///< in 1 / 256
};

/// The planes that a precision may depend on; empty ones are not known yet.
using FeaturePlanes = std::array<std::span<const std::int32_t>, PrecisionModel::kFeatures>;

/// log2 of the step in quarter octaves, within 0 .. kFinenesses - 1.
inline constexpr std::size_t kFinenesses = 96;
[[nodiscard]] std::size_t finenessOf(const PrecisionModel& model, const FeaturePlanes& features,
                                     std::size_t row) noexcept;
/// The step of a fineness: 2^(fineness / 4), rounded.
[[nodiscard]] std::int32_t stepOf(std::size_t fineness) noexcept;

/// The rows that are likest to a row among those before it.
inline constexpr std::size_t kNeighbours = 3;
struct NearRows {
  /// kNeighbours a row, each an earlier row of the same block; where there are fewer, the row
  /// itself stands for "none".
  std::vector<std::uint32_t, UninitialisedAllocator<std::uint32_t>> rows;
};

/// prediction = offset + own . nearest + mean . mean of the near rows
///   + sum over known planes of (here . its value here + near . its mean over the near rows).
struct PredictionModel {
  static constexpr std::size_t kKnown = 6;
  std::int32_t offset = 0;
  std::int16_t nearest = 0, mean = 0;  ///< in 1 / 4096
  std::array<std::int16_t, kKnown> here{}, near{};
};

/// A plane whose rows are decoded: their values, and the means over their near rows (0 where there
/// are none).
struct KnownPlane {
  std::span<const std::int32_t> values, means;
};

/// What a plane is coded with.
struct PlaneContext {
  const NearRows* near = nullptr;
  PredictionModel prediction;
  std::vector<KnownPlane> known;  ///< at most PredictionModel::kKnown
  PrecisionModel precision;
  FeaturePlanes features;
  /// Levels of the planes coded before in this group, of the block's rows: contexts.
  std::array<std::span<const std::int32_t>, 2> levelsBefore;
  double roundingBias = 0;  ///< how much rounding prefers the prediction, 0..0.5; encoder only
};

struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// All rows of a plane. Writing, `values` are the wanted ones and become the decoded ones; reading,
/// they are filled. `levels` are the quantised residuals, `means` those of KnownPlane.
struct CodedPlane {
  std::span<std::int32_t> values, levels, means;
};

/// Codes the rows of one block. BitReadSide reads version 1, the others code version 2.
template <typename Side>
void codePlane(Side& side, const PlaneContext& context, RowRange rows, const CodedPlane& plane);

extern template void codePlane(coding::BitReadSide&, const PlaneContext&, RowRange,
                               const CodedPlane&);
extern template void codePlane(coding::RansReadSide&, const PlaneContext&, RowRange,
                               const CodedPlane&);
extern template void codePlane(coding::RansWriteSide&, const PlaneContext&, RowRange,
                               const CodedPlane&);

/// The mean of a plane over a row's near rows.
[[nodiscard]] std::int32_t nearMean(std::span<const std::int32_t> plane, const NearRows& near,
                                    std::size_t row) noexcept;

/// Buckets of a ratio, given in eighths, of half octaves: 0..kRatioBuckets - 1.
inline constexpr std::uint32_t kRatioBuckets = 22;
[[nodiscard]] std::uint32_t ratioBucket(std::uint64_t eighths) noexcept;

}  // namespace volpress::compressors::own
