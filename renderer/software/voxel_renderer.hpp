// Draws voxel fields on the CPU: the reference picture of a VoxelField.
//
// Grids as svox2 draws them: samples every half voxel, density and harmonics interpolated
// trilinearly, colour max(0, 0.5 + SH), stop at a transmittance of 1e-7. Trees as svox does: leaf
// by leaf over the length of the ray within it, colour sigmoid(SH), stop at 1e-3. The same bits on
// any number of threads.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "renderer/rasterizer.hpp"
#include "renderer/software/field_march.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::renderer {

struct VoxelRenderOptions {
  std::array<float, 3> background{0, 0, 0};
  bool skipsEmpty = true;  ///< false: samples where no vertex has values as well
  std::stop_token stop;
};

/// A field ready to be drawn. Immutable; may be shared by threads.
class VoxelPainter {
public:
  /// The field must pass `validate`.
  explicit VoxelPainter(std::shared_ptr<const VoxelField> field);

  /// `camera` in the field's world. InvalidParameter for pictures without pixels or over 2^28.
  [[nodiscard]] Result<RenderResult> render(const Camera& camera, const VoxelRenderOptions& options,
                                            TaskRunner& runner) const;
  /// Where on a ray half of the light is gone; nothing when it gets through.
  [[nodiscard]] std::optional<float> surfaceAlong(const FieldRay& ray) const;
  [[nodiscard]] const VoxelField& field() const noexcept { return *m_field; }

private:
  std::shared_ptr<const VoxelField> m_field;
  /// Of a grid: whether cubes of kBlock^3 cells hold values, [x][y][z].
  std::vector<std::uint8_t> m_blocks;
  std::array<std::size_t, 3> m_blockCount{1, 1, 1};
};

}  // namespace volpress::renderer
