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

#include "scene/base/float_array.hpp"
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
  /// RGB of each splat (3n) in place of its SH colour, used as it is: the clamp at 0 is not
  /// applied. Empty: SH. Read during the call only.
  std::span<const float> directColors{};
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

/// d(loss)/d(stored parameter) of every splat, in the layout of GaussianCloud's arrays: quaternions
/// before their normalisation, scales before exp, opacities before the sigmoid. Every call that
/// adds to it sizes empty arrays (with zeros) and refuses ones of another length.
struct CloudGradients {
  FloatArray means;          ///< 3n, of position in scene units; includes the view direction's part
  FloatArray logScales;      ///< 3n
  FloatArray rotations;      ///< 4n
  FloatArray opacityLogits;  ///< n
  FloatArray shDc;           ///< 3n; left empty for frames of direct colours
  FloatArray shRest;         ///< 3kn; zero above maxShDegree; left empty for direct colours
  FloatArray colors;         ///< 3n, of RenderOptions::directColors; left empty for SH
  FloatArray screenMeans;    ///< 2n: d(loss)/d(projected mean), per pixel; for densification
  std::vector<std::uint32_t> visible;  ///< n: frames in which the splat passed culling
};

/// A picture together with what its backward pass needs. The rasteriser and the prepared cloud must
/// outlive it. Its calls are const and may be made from any thread.
class DifferentiableFrame {
public:
  virtual ~DifferentiableFrame() = default;

  /// The same bits as `Rasterizer::render` gives.
  [[nodiscard]] virtual const Image& color() const noexcept = 0;

  /// Adds d(loss)/d(parameters) to `gradients`, given d(loss)/d(colour picture) (3 channels,
  /// finite, of the picture's size). Exact derivatives of what was drawn: nothing flows through a
  /// clamp that is active (Jacobian, alpha at 0.99, colour at 0), through skipped contributions,
  /// past the early stop, or through the order. The same bits on any number of threads.
  /// InvalidParameter for wrong sizes; Cancelled leaves `gradients` without a part of the sums.
  [[nodiscard]] virtual Result<void> accumulateGradients(const Image& lossGradient,
                                                         CloudGradients& gradients,
                                                         const std::stop_token& stop) const = 0;
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
  /// Cancelled leaves them with a part of the view.
  [[nodiscard]] virtual Result<void> accumulateScores(const PreparedCloud& cloud,
                                                      const Camera& camera,
                                                      ContributionScores& scores,
                                                      const std::stop_token& stop) = 0;

  /// Adds d(loss)/d(colour of each splat) to `gradient` (3n), given d(loss)/d(picture). Colour is
  /// the splat's view-dependent RGB after the clamp at 0, so that the gradient of a linear loss is
  /// sum over pixels of alpha * T * dLoss/dC. Deterministic on any number of threads. Cancelled
  /// changes nothing.
  [[nodiscard]] virtual Result<void> accumulateColorGradients(const PreparedCloud& cloud,
                                                              const Camera& camera,
                                                              const Image& lossGradient,
                                                              std::span<float> gradient,
                                                              const std::stop_token& stop) = 0;

  /// As `render`, keeping what the backward pass needs. Unsupported on rasterisers without one.
  [[nodiscard]] virtual Result<std::unique_ptr<DifferentiableFrame>> renderDifferentiable(
      const PreparedCloud& cloud, const Camera& camera, const RenderOptions& options) = 0;
};

}  // namespace volpress::renderer
