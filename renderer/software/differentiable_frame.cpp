#include "renderer/software/differentiable_frame.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "renderer/software/splat_gradients.hpp"

namespace volpress::renderer {
namespace {

/// Tiles under bounding boxes at once; each takes sizeof(ScreenSums) on the way back.
constexpr std::uint64_t kRecordBudget = std::uint64_t{1} << 21;
constexpr std::size_t kSplatGrain = 1024;

tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "rendering was cancelled"); }

template <typename Array>
Result<void> sizeGradient(const char* name, Array& values, std::size_t size) {
  if (values.empty()) {
    values.assign(size, typename Array::value_type{});
  }
  if (values.size() != size) {
    return fail(ErrorCode::InvalidParameter, "gradient of {} holds {} numbers, allowed {}", name,
                values.size(), size);
  }
  return {};
}

class SoftwareFrame final : public DifferentiableFrame {
public:
  SoftwareFrame(const SoftwareCloud& cloud, const Camera& camera, const RenderOptions& options,
                TaskRunner& runner, ScratchPool<FrameScratch>::Loan frame,
                ScratchPool<GradientScratch>& pool)
      : m_cloud(cloud),
        m_camera(camera),
        m_background(options.background),
        m_chain{cloud, projectionCamera(camera),
                std::min(options.maxShDegree, cloud.source->shDegree),
                !options.directColors.empty()},
        m_runner(runner),
        m_frame(std::move(frame)),
        m_pool(pool),
        m_color(makeImage(camera.width, camera.height, 3)) {}

  void draw(const RenderOptions& options) {
    FrameScratch& frame = *m_frame;
    planFrame(m_cloud, m_camera, {true, options.maxShDegree, options.directColors}, kRecordBudget,
              options.stop, m_runner, frame);
    frame.traces.clear();  // so that growing copies nothing
    frame.traces.resize(tileColumns(m_camera) * tileRows(m_camera));
    std::vector<float> alpha(m_camera.width * m_camera.height);
    for (const TileArea area : frame.areas) {
      listTiles(frame.view.splats, frame.view.slots, area, options.stop, m_runner, frame.lists);
      forEachTile(frame.view, frame.lists, m_camera, options.stop, m_runner,
                  [&](const TileJob& job, std::size_t tile) {
                    blendTile(job, m_background, options.stop, m_color.pixels.data(), alpha.data(),
                              &frame.traces[tile]);
                  });
    }
  }

  [[nodiscard]] const Image& color() const noexcept override { return m_color; }

  [[nodiscard]] Result<void> accumulateGradients(const Image& lossGradient,
                                                 CloudGradients& gradients,
                                                 const std::stop_token& stop) const override {
    try {
      VOLPRESS_CHECK(checkLossGradient(lossGradient, m_camera));
      if (!std::all_of(lossGradient.pixels.begin(), lossGradient.pixels.end(),
                       [](float value) { return std::isfinite(value); })) {
        return fail(ErrorCode::InvalidParameter, "loss gradient holds a number that is not finite");
      }
      VOLPRESS_CHECK(sizeGradients(gradients));
      const ScratchPool<GradientScratch>::Loan scratch = m_pool.take();
      findVisible(*scratch);
      for (const TileArea& area : m_frame->areas) {
        differentiateArea(area, lossGradient, stop, *scratch);
        if (stop.stop_requested()) {
          return cancelled();
        }
        gather(area, stop, *scratch, gradients);
      }
      if (stop.stop_requested()) {
        return cancelled();
      }
      return {};
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::OutOfMemory, "not enough memory for the gradients of {} splats",
                  m_cloud.count());
    }
  }

private:
  [[nodiscard]] Result<void> sizeGradients(CloudGradients& gradients) const {
    const std::size_t n = m_cloud.count();
    VOLPRESS_CHECK(sizeGradient("means", gradients.means, 3 * n));
    VOLPRESS_CHECK(sizeGradient("log scales", gradients.logScales, 3 * n));
    VOLPRESS_CHECK(sizeGradient("rotations", gradients.rotations, 4 * n));
    VOLPRESS_CHECK(sizeGradient("opacity logits", gradients.opacityLogits, n));
    VOLPRESS_CHECK(sizeGradient("screen means", gradients.screenMeans, 2 * n));
    VOLPRESS_CHECK(sizeGradient("visible frames", gradients.visible, n));
    if (m_chain.directColors) {
      return sizeGradient("colours", gradients.colors, 3 * n);
    }
    VOLPRESS_CHECK(sizeGradient("SH band 0", gradients.shDc, 3 * n));
    return sizeGradient("SH rest", gradients.shRest, 3 * n * shRestCount(m_cloud.source->shDegree));
  }

  void findVisible(GradientScratch& scratch) const {
    scratch.visible.assign(m_frame->view.splats.size(), 0);
    for (const std::uint32_t slot : m_frame->view.slots) {
      scratch.visible[slot] = 1;
    }
  }

  /// Fills the records of one area.
  void differentiateArea(const TileArea& area, const Image& lossGradient,
                         const std::stop_token& stop, GradientScratch& scratch) const {
    const FrameScratch& frame = *m_frame;
    const ProjectedView& view = frame.view;
    GradientRecords& records = scratch.records;
    records.area = area;
    records.firsts.clear();
    records.firsts.resize(view.splats.size());
    std::uint64_t places = 0;
    for (std::size_t slot = 0; slot < view.splats.size(); ++slot) {
      if (scratch.visible[slot] != 0) {
        records.firsts[slot] = places;
        places += boxIn(view.splats[slot], area).tiles();
      }
    }
    records.sums.clear();
    records.sums.resize(places);
    records.written.assign(places, 0);
    const bool listed = frame.areas.size() == 1;
    if (!listed) {
      listTiles(view.splats, view.slots, area, stop, m_runner, scratch.lists);
    }
    forEachTile(view, listed ? frame.lists : scratch.lists, m_camera, stop, m_runner,
                [&](const TileJob& job, std::size_t tile) {
                  backpropagateTile(job, frame.traces[tile], m_background,
                                    lossGradient.pixels.data(), stop, records);
                });
  }

  /// Adds up each splat's records, which come area by area, and applies the chain rule after the
  /// last ones. In the order of the splats, which is the order of their arrays in memory.
  void gather(const TileArea& area, const std::stop_token& stop, GradientScratch& scratch,
              CloudGradients& gradients) const {
    const ProjectedView& view = m_frame->view;
    const bool first = &area == &m_frame->areas.front();
    const bool last = &area == &m_frame->areas.back();
    if (first && !last) {
      scratch.sums.assign(view.splats.size(), ScreenSums{});
    }
    m_runner.parallelFor(m_cloud.count(), kSplatGrain, [&](std::size_t begin, std::size_t end) {
      if (stop.stop_requested()) {
        return;
      }
      for (std::size_t i = begin; i < end; ++i) {
        if (scratch.visible[i] == 0) {
          continue;
        }
        const ProjectedSplat& splat = view.splats[i];
        ScreenSums sums = first ? ScreenSums{} : scratch.sums[i];
        addRecords(scratch.records, scratch.records.firsts[i], boxIn(splat, area).tiles(), sums);
        if (!last) {
          scratch.sums[i] = sums;
          continue;
        }
        ++gradients.visible[i];
        if (sums.any) {
          backpropagateSplat(m_chain, splat, sums, gradients);
        }
      }
    });
  }

  static void addRecords(const GradientRecords& records, std::uint64_t first, std::size_t count,
                         ScreenSums& sums) {
    for (std::uint64_t place = first; place < first + count; ++place) {
      if (records.written[place] == 0) {
        continue;
      }
      const ScreenSums& part = records.sums[place];
      sums.any = 1;
      for (std::size_t c = 0; c < 3; ++c) {
        sums.color[c] += part.color[c];
      }
      sums.k += part.k;
      sums.ka += part.ka;
      sums.kdy += part.kdy;
      sums.kaa += part.kaa;
      sums.kady += part.kady;
      sums.kdydy += part.kdydy;
    }
  }

  const SoftwareCloud& m_cloud;
  Camera m_camera;
  std::array<float, 3> m_background;
  SplatChain m_chain;
  TaskRunner& m_runner;
  ScratchPool<FrameScratch>::Loan m_frame;
  ScratchPool<GradientScratch>& m_pool;
  Image m_color;
};

}  // namespace

Result<void> checkLossGradient(const Image& lossGradient, const Camera& camera) {
  if (lossGradient.width != camera.width || lossGradient.height != camera.height ||
      lossGradient.channels != 3 ||
      lossGradient.pixels.size() != 3 * camera.width * camera.height) {
    return fail(ErrorCode::InvalidParameter,
                "loss gradient is {} x {} x {}, the camera's picture {} x {} x 3",
                lossGradient.width, lossGradient.height, lossGradient.channels, camera.width,
                camera.height);
  }
  return {};
}

Result<std::unique_ptr<DifferentiableFrame>> drawDifferentiable(
    const SoftwareCloud& cloud, const Camera& camera, const RenderOptions& options,
    TaskRunner& runner, ScratchPool<FrameScratch>& frames,
    ScratchPool<GradientScratch>& gradients) {
  auto frame =
      std::make_unique<SoftwareFrame>(cloud, camera, options, runner, frames.take(), gradients);
  frame->draw(options);
  if (options.stop.stop_requested()) {
    return cancelled();
  }
  return frame;
}

}  // namespace volpress::renderer
