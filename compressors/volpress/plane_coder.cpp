#include "compressors/volpress/plane_coder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <type_traits>

#include "compressors/coding/mixed_levels.hpp"

namespace volpress::compressors::own {
namespace {

constexpr std::uint32_t kCoarseRatios = 6;
constexpr std::uint32_t kClasses = 16;
constexpr std::array<std::uint32_t, 5> kContexts{kRatioBuckets, 48 * kCoarseRatios,
                                                 7 * 3 * kCoarseRatios, 7 * 5 * 2, kClasses * 4};

/// Levels of files of version 1: chains of binary decisions.
class BinaryLevels {
public:
  using Contexts = coding::ValueCoder<5>::Contexts;
  std::int32_t code(coding::BitReadSide& side, const Contexts& contexts, std::int32_t wanted) {
    return m_coder.code(side, contexts, wanted);
  }

private:
  coding::ValueCoder<5> m_coder{kContexts};
};

/// Levels of version 2: a mixed symbol each. The expected size sets how many low bits are plain.
class SymbolLevels {
public:
  using Contexts = BinaryLevels::Contexts;
  template <typename Side>
  std::int32_t code(Side& side, const Contexts& contexts, std::int32_t wanted) {
    constexpr std::uint32_t kFineRatios = 7;  // expected to be within about 2 of zero
    const std::uint32_t ratio = contexts[0];
    return m_coder.code(side, {contexts[1], contexts[2], contexts[3], contexts[4]}, ratio,
                        (std::max(ratio, kFineRatios) - kFineRatios) / 2, wanted);
  }

private:
  coding::MixedLevels<4> m_coder{{kContexts[1], kContexts[2], kContexts[3], kContexts[4]},
                                 kRatioBuckets};
};

std::int32_t clampFixed(std::int64_t value) noexcept {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -kMaxFixed, kMaxFixed));
}

/// Steps come with their reciprocals, because quotients steer contexts at every value.
struct Step {
  std::int32_t size = 1;
  std::int64_t inverse = 0;  ///< 2^kInverseBits / size
};
constexpr unsigned kInverseBits = 32;

/// a / step to the nearest, as a bounded context.
std::uint32_t signedBucket(std::int32_t a, const Step& step, std::int64_t limit) noexcept {
  constexpr std::int64_t kHalf = std::int64_t{1} << (kInverseBits - 1);
  const std::int64_t quotient = (a * step.inverse + kHalf) >> kInverseBits;
  return static_cast<std::uint32_t>(std::clamp(quotient, -limit, limit) + limit);
}

/// What of the rows' predictions does not depend on the plane itself, in 1/4096.
std::vector<std::int64_t> predictedFromOthers(const PlaneContext& context, RowRange rows) {
  const PredictionModel& model = context.prediction;
  std::vector<std::int64_t> sums(rows.end - rows.begin, std::int64_t{model.offset} * 4096);
  for (std::size_t k = 0; k < context.known.size(); ++k) {
    const std::int32_t* values = context.known[k].values.data() + rows.begin;
    const std::int32_t* means = context.known[k].means.data() + rows.begin;
    const std::int64_t here = model.here[k];
    const std::int64_t near = model.near[k];
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += here * values[i] + near * means[i];
    }
  }
  return sums;
}

std::int32_t quantised(std::int32_t residual, std::int32_t step, double bias) noexcept {
  const double scaled = std::abs(static_cast<double>(residual)) / static_cast<double>(step);
  const auto level = static_cast<std::int32_t>(std::floor(scaled + 0.5 - bias));
  return residual < 0 ? -level : level;
}

}  // namespace

std::uint32_t ratioBucket(std::uint64_t eighths) noexcept {
  if (eighths < 2) {
    return static_cast<std::uint32_t>(eighths);
  }
  const auto octave = static_cast<std::uint32_t>(std::bit_width(eighths)) - 1;
  const auto half = static_cast<std::uint32_t>(eighths >> (octave - 1) & 1U);
  return std::min(2 * octave + half, kRatioBuckets - 1);
}

std::size_t finenessOf(const PrecisionModel& model, const FeaturePlanes& features,
                       std::size_t row) noexcept {
  std::int64_t log = std::int64_t{model.offset} * 256;
  for (std::size_t k = 0; k < features.size(); ++k) {
    if (!features[k].empty()) {
      log += std::int64_t{model.slopes[k]} * features[k][row];
    }
  }
  // 256 for the slopes' point, kUnit / 4 for quarter octaves.
  const std::int64_t quarters = (log + 256 * kUnit / 8) >> 16;
  return static_cast<std::size_t>(
      std::clamp<std::int64_t>(quarters, 0, static_cast<std::int64_t>(kFinenesses) - 1));
}

std::int32_t stepOf(std::size_t fineness) noexcept {
  // 2^(0, 1/4, 1/2, 3/4) in 1/65536: integers, so that every machine has the same steps.
  constexpr std::array<std::int64_t, 4> kQuarters{65536, 77936, 92682, 110218};
  const std::int64_t scaled = kQuarters[fineness % 4] << (fineness / 4);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>((scaled + 32768) >> 16, 1, kMaxFixed));
}

std::int32_t nearMean(std::span<const std::int32_t> plane, const NearRows& near,
                      std::size_t row) noexcept {
  const std::uint32_t* rows = &near.rows[kNeighbours * row];
  // Halves, thirds and sixths by weights that add up to 64: the nearest counts most.
  return static_cast<std::int32_t>((std::int64_t{28} * plane[rows[0]] +
                                    std::int64_t{20} * plane[rows[1]] +
                                    std::int64_t{16} * plane[rows[2]]) >>
                                   6);
}

template <typename Side>
void codePlane(Side& side, const PlaneContext& context, RowRange rows, const CodedPlane& plane) {
  std::conditional_t<std::is_same_v<Side, coding::BitReadSide>, BinaryLevels, SymbolLevels> coder;
  const std::size_t count = rows.end - rows.begin;
  std::vector<std::int32_t> residuals(count);
  std::vector<std::uint8_t> finenesses(count);
  for (std::size_t i = 0; i < count; ++i) {
    finenesses[i] =
        static_cast<std::uint8_t>(finenessOf(context.precision, context.features, rows.begin + i));
  }
  const std::vector<std::int64_t> predicted = predictedFromOthers(context, rows);
  std::array<Step, kFinenesses> steps{};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i] = {stepOf(i), (std::int64_t{1} << kInverseBits) / stepOf(i)};
  }
  const auto before = [&](std::size_t which, std::size_t row) {
    return context.levelsBefore[which].empty() ? 0 : context.levelsBefore[which][row];
  };
  std::int32_t* values = plane.values.data();
  std::int64_t typical = 0;  // mean size of residuals so far, in 1/64
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    if (side.overran()) {
      break;
    }
    const std::size_t fineness = finenesses[row - rows.begin];
    const Step& step = steps[fineness];
    const std::uint32_t* near = &context.near->rows[kNeighbours * row];
    std::int64_t sum = predicted[row - rows.begin];
    std::int32_t first = 0;
    std::int32_t second = 0;
    std::int32_t mean = 0;
    std::int64_t local = typical >> 6;
    if (near[0] != row) {
      mean = nearMean(plane.values, *context.near, row);
      sum += std::int64_t{context.prediction.nearest} * values[near[0]] +
             std::int64_t{context.prediction.mean} * mean;
      first = residuals[near[0] - rows.begin];
      second = residuals[near[1] - rows.begin];
      const std::int32_t third = residuals[near[2] - rows.begin];
      local = (3 * (std::int64_t{std::abs(first)} + std::abs(second) + std::abs(third)) +
               7 * (typical >> 6)) >>
              4;
    }
    plane.means[row] = mean;
    const std::int32_t prediction = clampFixed((sum + 2048) >> 12);
    const std::uint32_t ratio =
        ratioBucket(static_cast<std::uint64_t>((local * step.inverse) >> (kInverseBits - 3)));
    const std::uint32_t coarse = std::min(ratio / 3, kCoarseRatios - 1);
    const std::int32_t level1 = before(0, row);
    const auto band = static_cast<std::uint32_t>(fineness / 2);
    const std::int64_t grade = context.features[0].empty() ? 0 : context.features[0][row];
    const auto grades = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>((grade >> 10) + kClasses / 2, 0, kClasses - 1));
    const BinaryLevels::Contexts contexts{
        ratio, band * kCoarseRatios + coarse,
        (static_cast<std::uint32_t>(std::clamp(level1, -3, 3) + 3) * 3 +
         static_cast<std::uint32_t>(std::min(std::abs(before(1, row)), 2))) *
                kCoarseRatios +
            coarse,
        (signedBucket(first, step, 3) * 5 + signedBucket(second, step, 2)) * 2 +
            (level1 != 0 ? 1U : 0U),
        grades * 4 + std::min(ratio / 4, 3U)};
    std::int32_t level = 0;
    if constexpr (Side::kWrites) {
      level = quantised(clampFixed(std::int64_t{values[row]} - prediction), step.size,
                        context.roundingBias);
    }
    level = coder.code(side, contexts, level);
    values[row] = clampFixed(prediction + std::int64_t{level} * step.size);
    plane.levels[row] = level;
    residuals[row - rows.begin] = values[row] - prediction;
    typical += (((std::int64_t{std::abs(residuals[row - rows.begin])} << 6) - typical) >> 7);
  }
}

template void codePlane(coding::BitReadSide&, const PlaneContext&, RowRange, const CodedPlane&);
template void codePlane(coding::RansReadSide&, const PlaneContext&, RowRange, const CodedPlane&);
template void codePlane(coding::RansWriteSide&, const PlaneContext&, RowRange, const CodedPlane&);

}  // namespace volpress::compressors::own
