// What CompGS (Liu et al. 2024) learns of a scene: numbers of each anchor, and networks for all.
//
// An anchor has a reference feature, a residual feature for each of its coupled primitives, and six
// log-scales. Four networks make primitives of them; the others, analysis and prediction, tell how
// likely the rounded numbers are (section 3.3 of the paper).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "compressors/learning/entropy_models.hpp"
#include "compressors/learning/network.hpp"
#include "scene/base/float_array.hpp"

namespace volpress::compressors::compgs {

inline constexpr std::size_t kPrimitives = 10;  ///< coupled to an anchor
inline constexpr std::size_t kReferenceWidth = 32;
inline constexpr std::size_t kResidualWidth = 8;  ///< of a primitive
inline constexpr std::size_t kResiduals = kPrimitives * kResidualWidth;
inline constexpr std::size_t kScaleWidth = 6;  ///< of offsets (3) and of primitives' axes (3)
inline constexpr std::size_t kHyperReferenceWidth = 4;
inline constexpr std::size_t kHyperResidualWidth = 10;

/// Places in a Model.
enum Part : std::size_t {
  kReference,   ///< kReferenceWidth an anchor
  kResidual,    ///< kResiduals an anchor
  kScales,      ///< kScaleWidth an anchor: natural logarithms
  kScaleSteps,  ///< kScaleWidth: logarithms of the steps that scales are rounded to
  kAnalyseReference,
  kAnalyseResidual,
  kReferencePrior,
  kResidualPrior,
  kPredictReference,
  kPredictResidual,
  kPredictScales,
  kOffsetNet,
  kShapeNet,
  kOpacityNet,
  kColorNet,
  kParts
};
inline constexpr std::size_t kFirstStored = kPredictReference;  ///< from here on files hold them
inline constexpr std::size_t kFirstDecoder = kOffsetNet;

/// Everything that is learnt, or a gradient of it.
using Model = std::array<FloatArray, kParts>;
/// Where gradients of a Model go.
using ModelGradients = std::array<std::span<float>, kParts>;

/// The networks; their parameters are in a Model.
class Networks {
public:
  [[nodiscard]] static const Networks& get();

  /// `part` is one of the networks', not a prior's.
  [[nodiscard]] const learning::Network& of(std::size_t part) const;
  [[nodiscard]] const learning::FactorisedPrior& referencePrior() const { return m_referencePrior; }
  [[nodiscard]] const learning::FactorisedPrior& residualPrior() const { return m_residualPrior; }

private:
  Networks();
  std::array<learning::Network, kParts - kAnalyseReference> m_networks;
  learning::FactorisedPrior m_referencePrior{kHyperReferenceWidth};
  learning::FactorisedPrior m_residualPrior{kHyperResidualWidth};
};

/// Fresh networks and priors; what anchors have stays empty.
[[nodiscard]] Model freshModel(std::uint64_t seed);

/// The networks as a decoder sees them: parameters in multiples of 2^-`bits` (at most
/// learning::kParameterBits) within the range of fixed-point parameters. Other parts stay empty.
void roundNetworks(const Model& exact, unsigned bits, Model& rounded);

/// Rows of the numbers of some anchors.
struct LatentRows {
  FloatArray reference, residual, scales;
};
/// Those of `anchors`.
void gatherRows(const Model& model, std::span<const std::uint32_t> anchors, LatentRows& rows);

}  // namespace volpress::compressors::compgs
