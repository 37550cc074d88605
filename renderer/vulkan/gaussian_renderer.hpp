// Draws clouds of Gaussians on the GPU: the picture of renderer/rasterizer.hpp, but for the order
// of depth ties and the transmittance stop, which blending does not have.
#pragma once

#include <cstdint>
#include <memory>

#include <vulkan/vulkan_core.h>

#include "renderer/rasterizer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "renderer/vulkan/vulkan_picture.hpp"
#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::renderer {

/// A cloud on the device, packed: about 28 bytes a splat and 6 bytes an SH coefficient, in chunks.
/// Immutable; shared by the panes and frames that draw it.
class VulkanScene {
public:
  virtual ~VulkanScene() = default;
  [[nodiscard]] virtual std::size_t count() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t deviceBytes() const noexcept = 0;
};

/// How a picture is accumulated.
enum class PicturePrecision : std::uint8_t {
  Fastest,  ///< Half, but Float where the device is the CPU, which blends that faster
  Half,     ///< RGBA16F
  Float,    ///< RGBA32F: measurements
};

/// A picture drawn on the device, with the working memory of drawing it. One recording of it may be
/// in flight at a time.
class VulkanPicture : public PictureSource {
public:
  /// Discards the content. InvalidParameter outside 1..maxImageDimension2D.
  [[nodiscard]] virtual Result<void> resize(std::uint32_t width, std::uint32_t height) = 0;
};

/// Where splats are sorted by depth.
enum class SortPlace : std::uint8_t {
  Fastest,  ///< the CPU when the device is the CPU, else the device
  Device,
};

class VulkanGaussianRenderer {
public:
  virtual ~VulkanGaussianRenderer() = default;

  [[nodiscard]] static Result<std::unique_ptr<VulkanGaussianRenderer>> create(
      std::shared_ptr<VulkanContext> context, SortPlace sort = SortPlace::Fastest);

  /// Copies a cloud (which must pass `validate`) to the device. Blocks; any thread.
  [[nodiscard]] virtual Result<std::shared_ptr<const VulkanScene>> upload(
      const GaussianCloud& cloud) = 0;

  [[nodiscard]] virtual Result<std::unique_ptr<VulkanPicture>> makePicture(
      std::uint32_t width, std::uint32_t height,
      PicturePrecision precision = PicturePrecision::Fastest) = 0;

  /// Records cull, projection, sort and draw into `commands` (outside a render pass). The camera's
  /// size is stretched to the picture's. Colour is composited over the background; the alpha
  /// channel is 1 - transmittance. Afterwards the picture is readable in fragment shaders. `scene`
  /// must live until the commands have run.
  [[nodiscard]] virtual Result<void> record(VkCommandBuffer commands, const VulkanScene& scene,
                                            const Camera& camera, const RenderOptions& options,
                                            VulkanPicture& picture) = 0;

  /// Draws one picture off screen, waits for it and reads it back. One thread at a time.
  [[nodiscard]] virtual Result<RenderResult> renderNow(const VulkanScene& scene,
                                                       const Camera& camera,
                                                       const RenderOptions& options,
                                                       VulkanPicture& picture) = 0;
};

}  // namespace volpress::renderer
