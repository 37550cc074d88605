// Draws hash-grid fields on the GPU: the picture of renderer/software/field_renderer.hpp, a ray a
// shader invocation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "renderer/field_options.hpp"
#include "renderer/rasterizer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::renderer {

/// A field on the device: its parameters as they are, and its occupancy. Immutable; shared.
class VulkanField {
public:
  virtual ~VulkanField() = default;
  [[nodiscard]] virtual std::uint64_t deviceBytes() const noexcept = 0;
};

class VulkanFieldRenderer {
public:
  virtual ~VulkanFieldRenderer() = default;

  [[nodiscard]] static Result<std::unique_ptr<VulkanFieldRenderer>> create(
      std::shared_ptr<VulkanContext> context);

  /// Copies a field (which must pass `validate`) to the device. `occupancy` as
  /// `HashGridField::occupancy`, all cascades of it. InvalidParameter for layers wider than 128.
  /// Blocks.
  [[nodiscard]] virtual Result<std::shared_ptr<const VulkanField>> upload(
      const HashGridField& field, std::span<const std::uint8_t> occupancy) = 0;

  /// Draws one picture off screen, in bands of rows between which `options.stop` is looked at.
  /// `camera` in the field's frame. InvalidParameter for pictures without pixels or over 2^28.
  [[nodiscard]] virtual Result<RenderResult> render(const VulkanField& field, const Camera& camera,
                                                    const FieldRenderOptions& options) = 0;
};

}  // namespace volpress::renderer
