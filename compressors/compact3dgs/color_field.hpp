// View-dependent colours from a hash grid and a small network (paper section 3.3).
#pragma once

#include <array>
#include <span>
#include <stop_token>

#include "compressors/codec.hpp"
#include "compressors/learning/hash_grid.hpp"
#include "compressors/learning/network.hpp"
#include "compressors/learning/scene_cube.hpp"

namespace volpress::compressors::compact3dgs {

struct FieldWeights {
  FloatArray grid, network;
};

/// What weights are rounded to; 0: not at all. Grid values no larger than the threshold become 0.
struct FieldSteps {
  float grid = 0, network = 0;
  float gridThreshold = 0;
};
[[nodiscard]] float roundedTo(float value, float step) noexcept;
/// The weights as they are seen after rounding.
void roundWeights(std::span<const float> grid, std::span<const float> network,
                  const FieldSteps& steps, FieldWeights& rounded);

struct FieldFit {
  unsigned steps = 0;
  FieldSteps rounding;             ///< in the second half of the steps, straight-through
  std::span<const float> weights;  ///< how often each splat is looked at, or empty
  std::uint64_t seed = 1;
};

/// Immutable.
class ColorField {
public:
  /// Values of a direction that the network sees: SH bands 0 to 2.
  static constexpr unsigned kDirectionDegree = 2;
  static constexpr std::size_t kDirectionValues = 9;
  static constexpr std::size_t kHidden = 64;

  ColorField(const learning::HashGridShape& shape, const learning::FieldPlace& place);

  [[nodiscard]] const learning::HashGrid& grid() const noexcept { return m_grid; }
  [[nodiscard]] const learning::Network& network() const noexcept { return m_network; }
  [[nodiscard]] FieldWeights freshWeights(std::uint64_t seed) const;

  /// The places of splats in the cube, 3 numbers each.
  [[nodiscard]] FloatArray points(const FloatArray& means) const;

  /// A row of the network's input: the features of a point and the values of a unit direction.
  [[nodiscard]] std::size_t inputs() const noexcept { return m_network.inputs(); }
  void fillInput(const float* features, const std::array<float, 3>& direction, float* row) const;

  /// Fits the field to the colours of `teacher`, seen from `cameras` and, now and then, from
  /// anywhere. Deterministic.
  [[nodiscard]] Result<FieldWeights> fit(const GaussianCloud& teacher,
                                         std::span<const Camera> cameras, const FieldFit& options,
                                         RunContext& context) const;

  /// SH band 0 of every splat of the cloud as seen from `eye` (3 numbers each): the colour is
  /// max(0, 0.5 + kSh0 * value). `inputs`, where given, receives the rows that the network saw, and
  /// `tape` what its backward pass needs.
  void look(const FieldWeights& weights, const FloatArray& means, const std::array<float, 3>& eye,
            FloatArray& values, FloatArray& inputs, FloatArray& tape, TaskRunner& runner) const;

  /// Overwrites the cloud's colours with SH of its degree that come nearest to the field's, by
  /// least squares over directions all around.
  [[nodiscard]] Result<void> bake(const FieldWeights& weights, GaussianCloud& cloud,
                                  TaskRunner& runner, const std::stop_token& stop) const;

private:
  learning::HashGrid m_grid;
  learning::Network m_network;
  learning::FieldPlace m_place;
};

/// Mean squared error of colours between 0 and 1 over splats and cameras, in dB: of the field
/// against the teacher's SH, and of the baked SH against the field. `weights` as in FieldFit.
struct FieldError {
  double fieldPsnr = 0;
  double bakedPsnr = 0;
};
[[nodiscard]] FieldError measureField(const ColorField& field, const FieldWeights& weights,
                                      const GaussianCloud& teacher, const GaussianCloud& baked,
                                      std::span<const Camera> cameras,
                                      std::span<const float> importance, TaskRunner& runner);

}  // namespace volpress::compressors::compact3dgs
