#include "compressors/sags/native_view.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/stages/still_splats.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::sags {
namespace {

constexpr std::size_t kGrain = 1024;

class NativeView final : public ViewDependentScene {
public:
  NativeView(StoredScene scene, Points points, const Tape& tape, GaussianCloud still,
             TaskRunner& runner)
      : m_decoder(scene.shape),
        m_weights(std::move(scene.weights)),
        m_positions(std::move(points.positions)),
        m_splats(std::move(still)) {
    for (const Part part : {kOpacity, kColor, kShape}) {
      if (m_decoder.seesView(part)) {
        m_first[part] = m_decoder.firstRows(part, m_weights, tape, runner);
      }
    }
    if (m_decoder.seesView(kShape)) {
      m_sizes = tape.sizes;
    }
  }

  [[nodiscard]] std::size_t count() const noexcept override { return m_splats.count(); }
  [[nodiscard]] std::string varies() const override {
    return m_decoder.seesView(kShape) ? "colour, opacity and shape" : "colour";
  }

  [[nodiscard]] Result<void> look(const Camera& camera, const std::stop_token& stop,
                                  TaskRunner& runner, GaussianCloud& seen) const override {
    const ScratchPool<Scratch>::Loan scratch = m_scratch.take();
    std::vector<std::uint32_t>& points = scratch->points;
    m_splats.inSight(camera, runner, scratch->marks, points);
    if (points.empty()) {
      points.push_back(0);
    }
    m_splats.gather(points, runner, seen);
    scratch->views.resize(kViewWidth * points.size());
    runner.parallelFor(points.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto view = viewOf(&m_positions[std::size_t{3} * points[i]], camera.position,
                                 m_decoder.shape().viewDistance);
        std::copy(view.begin(), view.end(), &scratch->views[kViewWidth * i]);
      }
    });
    for (const Part part : {kOpacity, kColor, kShape}) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "looking at the points was cancelled");
      }
      if (m_decoder.seesView(part)) {
        m_decoder.answer(part, m_weights, m_first[part], points, scratch->views,
                         scratch->answers[part], m_blocks, runner);
      }
    }
    runner.parallelFor(points.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        emit(*scratch, i, seen);
      }
    });
    return {};
  }

private:
  struct Scratch {
    std::vector<std::uint8_t> marks;
    std::vector<std::uint32_t> points;
    FloatArray views;                        ///< of those
    std::array<FloatArray, kParts> answers;  ///< of those
  };

  void emit(const Scratch& scratch, std::size_t i, GaussianCloud& seen) const {
    for (std::size_t c = 3 * i; c < 3 * i + 3; ++c) {
      const float color = 1 / (1 + std::exp(-scratch.answers[kColor][c]));
      seen.shDc[c] = (color - 0.5F) / kSh0;
    }
    if (m_decoder.seesView(kOpacity)) {
      seen.opacityLogits[i] = logitOf(scratch.answers[kOpacity][i]);
    }
    if (m_decoder.seesView(kShape)) {
      shapeOf(&scratch.answers[kShape][kShapeWidth * i], &m_sizes[kSizeWidth * scratch.points[i]],
              &seen.logScales[3 * i], &seen.rotations[4 * i]);
    }
  }

  PointDecoder m_decoder;
  Weights m_weights;
  FloatArray m_positions;                  ///< 3 a point, before it moves
  FloatArray m_sizes;                      ///< kSizeWidth a point, where shapes see the view
  std::array<FloatArray, kParts> m_first;  ///< of the heads that see the view
  StillSplats m_splats;
  mutable ScratchPool<Scratch> m_scratch;
  mutable learning::RowBlocks m_blocks;
};

}  // namespace

Result<std::unique_ptr<ViewDependentScene>> openNativeView(StoredScene scene, AxisFrame frame,
                                                           FilterMode filter,
                                                           const std::stop_token& stop,
                                                           TaskRunner& runner) {
  VOLPRESS_TRY(Points points, buildPoints(scene.keys, scene.parents, scene.grid, runner, stop));
  const std::array<float, 3> anywhere{};
  Tape tape;
  tape.eye = &anywhere;
  GaussianCloud still;
  FloatArray unused;
  PointDecoder(scene.shape).decode(points, scene.weights, tape, still, unused, runner);
  still.frame = frame;
  still.filter = filter;
  if (scene.shape.shapesSeeView) {
    // As large as any view can show them.
    for (std::size_t i = 0; i < still.count; ++i) {
      std::copy_n(&tape.sizes[kSizeWidth * i + 3], 3, &still.logScales[3 * i]);
    }
  }
  VOLPRESS_CHECK(validate(still));
  return std::make_unique<NativeView>(std::move(scene), std::move(points), tape, std::move(still),
                                      runner);
}

}  // namespace volpress::compressors::sags
