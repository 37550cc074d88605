#include "compressors/compgs/native_view.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/stages/still_splats.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::compgs {
namespace {

constexpr std::size_t kGrain = 4096;
/// What is less opaque than this is under renderer::kMinAlpha everywhere.
constexpr float kLeastOpacity = 0.999F * renderer::kMinAlpha;

class NativeView final : public ViewDependentScene {
public:
  NativeView(AnchorScene scene, GaussianCloud still)
      : m_scene(std::move(scene)), m_splats(std::move(still)) {}

  [[nodiscard]] std::size_t count() const noexcept override { return m_splats.count(); }
  [[nodiscard]] std::string varies() const override { return "colour and opacity"; }

  [[nodiscard]] Result<void> look(const Camera& camera, const std::stop_token& stop,
                                  TaskRunner& runner, GaussianCloud& seen) const override {
    const ScratchPool<Scratch>::Loan scratch = m_scratch.take();
    const SeenAnchors anchors{m_scene.anchors.means, m_scene.latents, camera.position,
                              m_scene.unit};
    m_splats.inSight(camera, runner, scratch->marks, scratch->splats);
    if (scratch->splats.empty()) {
      scratch->splats.push_back(0);
    }
    ask(kOpacityNet, anchors, scratch->splats, scratch->openness, runner);
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "looking at the anchors was cancelled");
    }
    keepShown(*scratch);
    ask(kColorNet, anchors, scratch->splats, scratch->colors, runner);
    m_splats.gather(scratch->splats, runner, seen);
    runner.parallelFor(seen.count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        seen.opacityLogits[i] = opacityLogit(scratch->openness[i]).logit;
        for (std::size_t c = 3 * i; c < 3 * i + 3; ++c) {
          seen.shDc[c] = (scratch->colors[c] - 0.5F) / kSh0;
        }
      }
    });
    return {};
  }

private:
  struct Scratch {
    std::vector<std::uint8_t> marks;
    std::vector<std::uint32_t> splats;
    FloatArray openness, colors;  ///< of those
  };

  void ask(Part part, const SeenAnchors& anchors, std::span<const std::uint32_t> splats,
           FloatArray& out, TaskRunner& runner) const {
    const learning::Network& network = Networks::get().of(part);
    out.resize(splats.size() * network.outputs());
    network.forwardRows(
        m_scene.networks[part], splats.size(),
        [&](std::size_t first, std::size_t count, float* in) {
          for (std::size_t i = first; i < first + count; ++i, in += kViewInputs) {
            fillViewRow(anchors, splats[i], in);
          }
        },
        out, m_blocks, runner);
  }

  /// Leaves out what nobody sees, so that it is not asked for its colour; at least one stays.
  static void keepShown(Scratch& scratch) {
    const float least = std::atanh(kLeastOpacity);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < scratch.splats.size(); ++i) {
      if (scratch.openness[i] >= least || (kept == 0 && i + 1 == scratch.splats.size())) {
        scratch.splats[kept] = scratch.splats[i];
        scratch.openness[kept++] = scratch.openness[i];
      }
    }
    scratch.splats.resize(kept);
  }

  AnchorScene m_scene;
  StillSplats m_splats;
  mutable ScratchPool<Scratch> m_scratch;
  mutable learning::RowBlocks m_blocks;
};

}  // namespace

Result<std::unique_ptr<ViewDependentScene>> openNativeView(AnchorScene scene, AxisFrame frame,
                                                           FilterMode filter, TaskRunner& runner) {
  // Places and shapes are the same from everywhere.
  Primitives primitives;
  decodePrimitives(scene.networks,
                   {scene.anchors.means, scene.latents, scene.eyes.front().position, scene.unit},
                   primitives, runner);
  GaussianCloud still;
  resizeCloud(still, primitives.openness.size(), 0);
  still.frame = frame;
  still.filter = filter;
  still.means = std::move(primitives.means);
  still.logScales = std::move(primitives.logScales);
  still.rotations = std::move(primitives.rotations);
  std::fill(still.opacityLogits.begin(), still.opacityLogits.end(), kHiddenLogit);
  std::fill(still.shDc.begin(), still.shDc.end(), 0.0F);
  VOLPRESS_CHECK(validate(still));
  return std::make_unique<NativeView>(std::move(scene), std::move(still));
}

}  // namespace volpress::compressors::compgs
