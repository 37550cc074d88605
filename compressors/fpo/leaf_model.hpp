// What a leaf of a Fourier PlenOctree is over a segment: short series of density and colour, fitted
// by least squares, with as many terms as pay off.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/types/fourier_tree.hpp"

namespace volpress::compressors::fpo {

enum class FitMode : std::uint8_t {
  Exact,     ///< FPO++'s own sums, with its exaggerated densities; as many terms as asked for
  Squares,   ///< least squares, as many terms as asked for
  Adaptive,  ///< least squares; each leaf as many terms as pay off, or an interval
};

/// The numbers of terms that a leaf may have.
inline constexpr std::array<unsigned, 5> kDensityTerms{1, 3, 7, 15, 31};
inline constexpr std::array<unsigned, 3> kColorTerms{1, 3, 5};
inline constexpr std::uint8_t kInterval = 5;  ///< density class: constant from t0 to before t1

/// The most terms that a series over so many frames can have.
[[nodiscard]] unsigned termLimit(std::size_t frames) noexcept;

/// Least squares of curves in the basis of a segment, whose ends are there twice.
class SeriesFit {
public:
  SeriesFit(std::size_t frames, bool augmented);

  /// Weights (above 0) of the frames; then `fit` solves for them and so many terms.
  void weigh(std::span<const double> weights, unsigned terms);
  /// The terms of a curve.
  [[nodiscard]] std::vector<float> fit(std::span<const float> curve) const;
  /// The curve of terms, at frame t.
  [[nodiscard]] float at(std::span<const float> terms, std::size_t frame) const;

private:
  std::size_t m_frames;
  bool m_augmented;
  unsigned m_terms = 0;
  std::vector<double> m_basis;  ///< a row of kMaxFourierTerms a frame, ends twice
  std::vector<double> m_weights, m_factor;
};

/// How densities are fitted: weights by how much a change shows, `delta` world units across.
[[nodiscard]] std::vector<float> fitDensity(SeriesFit& fit, std::span<const float> sigma,
                                            float delta, unsigned terms);

struct LeafModel {
  bool active = false;
  std::uint8_t densityClass = 0;  ///< of kDensityTerms, or kInterval
  std::uint8_t colorClass = 0;    ///< of kColorTerms
  std::uint16_t t0 = 0, t1 = 0;
  std::vector<float> density;  ///< terms of ln(density + 1)
  std::vector<float> color;    ///< terms of coefficient j of channel c, as FourierTree::data
};

struct LeafOptions {
  FitMode mode = FitMode::Adaptive;
  unsigned densityTerms = 31, colorTerms = 5;
  float prune = 0.02F;      ///< leaves that are never more opaque are left out
  float rate = 1e5F;        ///< bits that a mean square error of 1 in opacity or colour is worth
  bool exaggerates = true;  ///< of mode Exact
  FourierDensity kind = FourierDensity::Logarithmic;
};

/// `sigma` a frame, `sh` 3 * basis a frame; `delta`: the leaf's side in world units.
[[nodiscard]] LeafModel modelLeaf(SeriesFit& fit, std::span<const float> sigma,
                                  std::span<const float> sh, unsigned basis, float delta,
                                  const LeafOptions& options);

}  // namespace volpress::compressors::fpo
