// Draws hash-grid fields on the CPU: the reference picture of a field.
//
// Rays walk instant-ngp's steps through occupied cells; samples of a tile's rays are gathered into
// batches for the networks. Compositing front to back ends at an opacity of 0.99, which then counts
// as 1. The same bits on any number of threads.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "renderer/field_options.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::renderer {

/// A field ready to be drawn. Immutable; may be shared by threads.
class PreparedField {
public:
  virtual ~PreparedField() = default;
  [[nodiscard]] virtual const HashGridField& field() const noexcept = 0;
  /// The field's occupancy, or what sampling found.
  [[nodiscard]] virtual const std::vector<std::uint8_t>& occupancy() const noexcept = 0;
};

struct FieldRenderResult {
  RenderResult picture;
  std::uint64_t samples = 0;  ///< places where the field was evaluated
};

class FieldRenderer {
public:
  /// `runner` must outlive the renderer.
  explicit FieldRenderer(TaskRunner& runner) : m_runner(runner) {}

  /// The field must pass `validate`; it is kept alive by the result. Without occupancy, four places
  /// a cell are sampled, which takes seconds.
  [[nodiscard]] Result<std::unique_ptr<PreparedField>> prepare(
      std::shared_ptr<const HashGridField> field, const std::stop_token& stop = {}) const;

  /// `camera` in the field's frame. InvalidParameter for pictures without pixels or over 2^28.
  [[nodiscard]] Result<FieldRenderResult> render(const PreparedField& field, const Camera& camera,
                                                 const FieldRenderOptions& options) const;

  [[nodiscard]] std::string name() const;

private:
  TaskRunner& m_runner;
};

}  // namespace volpress::renderer
