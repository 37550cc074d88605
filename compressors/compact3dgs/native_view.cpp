#include "compressors/compact3dgs/native_view.hpp"

#include <algorithm>
#include <utility>

#include "compressors/learning/sh_baking.hpp"
#include "compressors/stages/still_splats.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

constexpr std::size_t kGrain = 4096;
constexpr float kMostValue = 1e6F;  ///< of a field; damaged weights can say anything

class NativeView final : public ViewDependentScene {
public:
  NativeView(ColorField field, FieldWeights weights, FloatArray features, GaussianCloud still)
      : m_field(std::move(field)),
        m_network(std::move(weights.network)),
        m_features(std::move(features)),
        m_splats(std::move(still)) {}

  [[nodiscard]] std::size_t count() const noexcept override { return m_splats.count(); }
  [[nodiscard]] std::string varies() const override { return "colour"; }

  [[nodiscard]] Result<void> look(const Camera& camera, const std::stop_token& stop,
                                  TaskRunner& runner, GaussianCloud& seen) const override {
    const ScratchPool<Scratch>::Loan scratch = m_scratch.take();
    std::vector<std::uint32_t>& splats = scratch->splats;
    m_splats.inSight(camera, runner, scratch->marks, splats);
    if (splats.empty()) {
      splats.push_back(0);
    }
    m_splats.gather(splats, runner, seen);
    const std::size_t features = m_field.grid().outputs();
    m_field.network().forwardRows(
        m_network, splats.size(),
        [&](std::size_t first, std::size_t count, float* in) {
          for (std::size_t i = first; i < first + count; ++i, in += m_field.inputs()) {
            m_field.fillInput(&m_features[features * splats[i]],
                              learning::directionTo(m_splats.mean(splats[i]), camera.position), in);
          }
        },
        seen.shDc, m_blocks, runner);
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "looking at the splats was cancelled");
    }
    // The field's values are SH band 0 already.
    runner.parallelFor(seen.shDc.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        seen.shDc[i] = std::max(-kMostValue, std::min(kMostValue, seen.shDc[i]));
      }
    });
    return {};
  }

private:
  struct Scratch {
    std::vector<std::uint8_t> marks;
    std::vector<std::uint32_t> splats;
  };
  ColorField m_field;
  FloatArray m_network;
  FloatArray m_features;  ///< of each splat: what the hash grid says of its place
  StillSplats m_splats;
  mutable ScratchPool<Scratch> m_scratch;
  mutable learning::RowBlocks m_blocks;
};

}  // namespace

Result<std::unique_ptr<ViewDependentScene>> openNativeView(const SceneHeader& header,
                                                           StoredScene scene, TaskRunner& runner) {
  if (scene.tableBits == 0) {
    return std::unique_ptr<ViewDependentScene>();
  }
  GaussianCloud still = splatsOf(header, scene, 0, runner);
  std::fill(still.shDc.begin(), still.shDc.end(), 0.0F);
  VOLPRESS_CHECK(validate(still));
  ColorField field(fieldShape(scene.tableBits), scene.place);
  FloatArray features(still.count * field.grid().outputs());
  field.grid().forward(scene.field.grid, field.points(still.means), features, runner);
  return std::make_unique<NativeView>(std::move(field), std::move(scene.field), std::move(features),
                                      std::move(still));
}

}  // namespace volpress::compressors::compact3dgs
