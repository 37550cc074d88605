// Octrees whose leaves change over time as short Fourier series: Fourier PlenOctrees (Wang et al.
// 2022, "Fourier PlenOctrees for Dynamic Radiance Field Rendering in Real-time") and FPO++ (Rabich
// et al. 2023, "FPO++: Efficient Encoding and Rendering of Dynamic Neural Radiance Fields by
// Analyzing and Enhancing Fourier PlenOctrees").
#pragma once

#include <span>

#include "scene/types/voxel_field.hpp"

namespace volpress {

inline constexpr unsigned kMaxFourierTerms = 120;
inline constexpr std::uint32_t kMaxFourierFrames = 4096;

/// Basis function `index` of a series of period `period`: cos(index pi t / period) for even ones,
/// sin((index + 1) pi t / period) for odd ones.
[[nodiscard]] double fourierBasis(unsigned index, double t, double period) noexcept;

/// How densities become series.
enum class FourierDensity : std::uint8_t {
  Linear,       ///< FPO ("FC")
  Logarithmic,  ///< FPO++ ("LFC"): of ln(density + 1)
};

struct FourierTree {
  /// shift is that of frame 0; a frame's is 0.5 - center * scale.
  TreeShape shape;
  unsigned basis = 9;          ///< SH coefficients a channel
  unsigned densityTerms = 31;  ///< n1, 1..kMaxFourierTerms
  unsigned colorTerms = 5;     ///< n2
  FourierDensity density = FourierDensity::Logarithmic;
  bool augmented = true;  ///< first and last frame are there twice: frame t is at place t + 1
  std::uint32_t frames = 1;
  std::vector<float> centers;  ///< 3 a frame: middle of the box
  /// A cell's values: term i of coefficient j of channel c at (c * basis + j) * colorTerms + i,
  /// then the terms of the density.
  FloatArray data;

  [[nodiscard]] std::size_t dimension() const noexcept {
    return std::size_t{3} * basis * colorTerms + densityTerms;
  }
  [[nodiscard]] double period() const noexcept { return frames + (augmented ? 2.0 : 0.0); }
  /// Where frame `frame` (perhaps between two) lies within the period.
  [[nodiscard]] double place(double frame) const noexcept { return frame + (augmented ? 1 : 0); }
};

[[nodiscard]] Result<void> validate(const FourierTree& tree);

/// sum of terms * values.
[[nodiscard]] float evaluateSeries(std::span<const float> terms, std::span<const double> values);
/// The density that a series stands for; those at most `threshold` count as 0.
[[nodiscard]] float densityOfSeries(float series, FourierDensity kind, float threshold) noexcept;
/// The tree at a frame, perhaps between two (0..frames - 1). Densities at most `threshold` are 0.
[[nodiscard]] VoxelTree frameOf(const FourierTree& tree, double frame, float threshold = 0);

/// The series of a curve (a value a frame), as the releases compute it: sums over the period
/// without the factor 2 of harmonics, so that those come back at half their height.
[[nodiscard]] std::vector<float> seriesOf(std::span<const float> curve, unsigned terms,
                                          bool augmented);
/// The densities as FPO++ encodes them before that: logarithm, and, with `exaggerates`, away from
/// the mean by period / ((terms + 1) / 2) (section 4.2 of FPO++).
[[nodiscard]] std::vector<float> encodeDensity(std::span<const float> density, unsigned terms,
                                               bool augmented, FourierDensity kind,
                                               bool exaggerates);

/// The branches of all trees together; leaves where any tree has density are as deep as in the
/// deepest tree there. The trees have the same scale; each is taken relative to its own box, so
/// that boxes may move.
class TreeUnion {
public:
  void add(const TreeShape& shape);
  [[nodiscard]] const TreeShape& shape() const noexcept { return m_shape; }

private:
  TreeShape m_shape;
};

}  // namespace volpress
