// Evaluates hash-grid fields on batches of places, and their gradients: the arithmetic of
// tiny-cuda-nn in binary32, with Highway.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::renderer {

/// Samples of a batch at most; rows of a batch are this long.
inline constexpr std::size_t kFieldBatch = 256;

/// The shape of a field and where its parameters are. The field and the parameters must outlive
/// it. Any floats in `parameters` are safe.
struct FieldModel {
  explicit FieldModel(const HashGridField& shape)
      : FieldModel(shape, {shape.parameters.data(), shape.parameters.size()}) {}
  /// With parameters from elsewhere, laid out as `HashGridField::parameters`.
  FieldModel(const HashGridField& shape, std::span<const float> values);

  GridEncoding grid;
  std::vector<GridLevel> levels;
  FieldNetwork density, color;
  unsigned extraInputs;
  bool isHdr;
  const float* densityWeights;
  const float* colorWeights;
  const float* table;
};

/// Rows of `kFieldBatch` floats, one a quantity, for up to that many samples.
class FieldBatch {
public:
  explicit FieldBatch(const FieldModel& model);

  std::size_t count = 0;  ///< samples in use, at most kFieldBatch
  /// Features are multiplied by `gate` before the networks see them.
  bool isGated = false;

  /// Inputs: coordinates 0..1 over the field's box (those outside count as the nearest inside; NaN
  /// as 0), unit directions.
  [[nodiscard]] float* place(std::size_t axis) { return row(axis); }
  [[nodiscard]] float* direction(std::size_t axis) { return row(3 + axis); }
  /// A factor > 0 of all of a sample's features, when `isGated`.
  [[nodiscard]] float* gate() { return m_gates.data(); }
  /// d(loss)/d(gate) by way of the features, after `fieldBackward`, when `isGated`.
  [[nodiscard]] const float* gateGradient() const { return m_gateGradients.data(); }
  [[nodiscard]] float* gateGradient() { return m_gateGradients.data(); }
  /// Results: the logarithm of the density; raw colours, before `FieldModel::isHdr` shapes them.
  [[nodiscard]] float* logit() { return row(m_colorIn); }
  [[nodiscard]] float* rawColor(std::size_t channel) { return row(m_colorOut + channel); }
  /// d(loss)/d(those): to be filled before `fieldBackward`.
  [[nodiscard]] float* logitGradient() { return gradient(m_colorIn); }
  [[nodiscard]] float* rawColorGradient(std::size_t channel) {
    return gradient(m_colorOut + channel);
  }
  /// d(loss)/d(feature) of the grid, row by row, after `fieldBackward`.
  [[nodiscard]] const float* featureGradient(std::size_t feature) const {
    return m_gradients.data() + (m_encoded + feature) * kFieldBatch;
  }

  // Rows by what they hold; for the kernels.
  [[nodiscard]] float* row(std::size_t index) { return m_rows.data() + index * kFieldBatch; }
  [[nodiscard]] float* gradient(std::size_t index) {
    return m_gradients.data() + index * kFieldBatch;
  }
  [[nodiscard]] std::size_t encodedRow() const noexcept { return m_encoded; }
  [[nodiscard]] std::size_t densityHiddenRow() const noexcept { return m_densityHidden; }
  [[nodiscard]] std::size_t colorInRow() const noexcept { return m_colorIn; }
  [[nodiscard]] std::size_t colorHiddenRow() const noexcept { return m_colorHidden; }
  [[nodiscard]] std::size_t colorOutRow() const noexcept { return m_colorOut; }
  /// The corners around each sample on one level: entries, weights; 8 rows each.
  [[nodiscard]] std::uint32_t* corner(std::size_t index) {
    return m_corners.data() + index * kFieldBatch;
  }
  [[nodiscard]] float* cornerWeight(std::size_t index) {
    return m_cornerWeights.data() + index * kFieldBatch;
  }

private:
  std::size_t m_encoded, m_densityHidden, m_colorIn, m_colorHidden, m_colorOut;
  FloatArray m_rows, m_gradients, m_cornerWeights, m_gates, m_gateGradients;
  std::vector<std::uint32_t> m_corners;
};

/// Fills `logit` (and what the colour needs) from places.
void fieldDensity(const FieldModel& model, FieldBatch& batch);
/// Fills `rawColor` from directions, after `fieldDensity`.
void fieldColor(const FieldModel& model, FieldBatch& batch);

/// After both: adds d(loss)/d(network parameters) to `networkGradient` (density network, then
/// colour network) and fills `featureGradient`.
void fieldBackward(const FieldModel& model, FieldBatch& batch, std::span<float> networkGradient);

/// Samples of many batches with the gradient of one level's features.
struct LevelGradient {
  std::array<const float*, 3> places;  ///< of all samples, as `FieldBatch::place`
  const float* features;               ///< FieldModel::grid.features a sample
  std::size_t count;
};
/// Adds d(loss)/d(features of the level) to `tableGradient` (all levels), in the order of samples.
void fieldScatter(const FieldModel& model, std::size_t level, const LevelGradient& gradient,
                  FieldBatch& scratch, std::span<float> tableGradient);

/// Shapes a raw colour.
[[nodiscard]] float colorOf(float raw, bool isHdr) noexcept;

}  // namespace volpress::renderer
