// The abstract face that compressors, metrics and the studio use to draw Gaussians.
//
// The picture is the published one (3-D Gaussian Splatting, Kerbl et al. 2023): EWA projection with
// the Jacobian clamped at 1.3 tan(fov/2), 0.3 px^2 low-pass, alpha = min(0.99, o * exp(power)),
// contributions with alpha < 1/255 skipped everywhere (no square 3-sigma cut: the alpha cut
// decides), front-to-back by camera z, compositing stops before transmittance falls under 1e-4,
// colour = max(0, 0.5 + SH). Ties in depth are drawn in splat order.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/image.hpp"

namespace volpress::renderer {

inline constexpr float kLowPass = 0.3F;            ///< px^2 added to the 2-D covariance diagonal
inline constexpr float kMinAlpha = 1.0F / 255.0F;  ///< smaller contributions are skipped
inline constexpr float kMaxAlpha = 0.99F;
inline constexpr float kMinTransmittance = 1e-4F;
inline constexpr float kJacobianLimit = 1.3F;  ///< times tan(fov/2)

struct RenderOptions {
  std::array<float, 3> background{0, 0, 0};
  unsigned maxShDegree = kMaxShDegree;  ///< bands above are ignored
  std::stop_token stop;
};

struct RenderResult {
  Image color;  ///< 3 channels, composited over the background
  Image alpha;  ///< 1 channel: 1 - final transmittance
};

/// Sums over all pixels and all views scored so far, one entry a splat, in fixed point
/// (value * 2^kScoreFractionBits, rounded), so that threads and view order cannot change a bit.
inline constexpr unsigned kScoreFractionBits = 24;
struct ContributionScores {
  std::vector<std::uint64_t> hits;                  ///< contributing pixels (a plain count)
  std::vector<std::uint64_t> opacityTransmittance;  ///< sum of o * T-before (LightGaussian)
  std::vector<std::uint64_t> alphaTransmittance;    ///< sum of alpha * T-before (MesonGS)
};

/// A cloud made ready for one rasteriser (activated, uploaded). Immutable; may be shared by
/// threads.
class PreparedCloud {
public:
  virtual ~PreparedCloud() = default;
  [[nodiscard]] virtual std::size_t count() const noexcept = 0;
};

class Rasterizer {
public:
  virtual ~Rasterizer() = default;

  /// For people: "software, AVX-512, 2 threads" or the Vulkan device's name.
  [[nodiscard]] virtual std::string name() const = 0;

  /// Makes a cloud ready. The cloud must pass `validate`; it is kept alive by the result.
  [[nodiscard]] virtual Result<std::unique_ptr<PreparedCloud>> prepare(
      std::shared_ptr<const GaussianCloud> cloud) = 0;

  /// Draws. `cloud` comes from this rasteriser's `prepare`.
  [[nodiscard]] virtual Result<RenderResult> render(const PreparedCloud& cloud,
                                                    const Camera& camera,
                                                    const RenderOptions& options) = 0;

  /// Adds one view's contributions to `scores`, whose arrays are sized to the count on first use.
  [[nodiscard]] virtual Result<void> accumulateScores(const PreparedCloud& cloud,
                                                      const Camera& camera,
                                                      ContributionScores& scores) = 0;

  /// Adds d(loss)/d(colour of each splat) to `gradient` (3n), given d(loss)/d(picture). Colour is
  /// the splat's view-dependent RGB after the clamp at 0, so that the gradient of a linear loss is
  /// sum over pixels of alpha * T * dLoss/dC. Deterministic on any number of threads.
  [[nodiscard]] virtual Result<void> accumulateColorGradients(const PreparedCloud& cloud,
                                                              const Camera& camera,
                                                              const Image& lossGradient,
                                                              std::span<float> gradient) = 0;
};

}  // namespace volpress::renderer
