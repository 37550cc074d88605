#include "compressors/volpress/volpress_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/learning/teacher_cameras.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/volpress/layer_build.hpp"
#include "compressors/volpress/selection.hpp"
#include "compressors/volpress/tuning.hpp"
#include "compressors/volpress/volpress_file.hpp"

namespace volpress::compressors::own {
namespace {

enum Stage : std::size_t { kMeasuring, kTuning, kCoding };

/// Errors of neighbouring splats are alike rather than independent, which the sum of
/// sensitivities does not know: on real scenes pictures are this much worse.
constexpr double kCoherence = 5;
/// A splat costs about so many bits; those of the SH bands come on top.
constexpr double kSplatBits = 20;
constexpr double kSplatNumbers = 11;
/// Share of the guess in what was measured.
constexpr double kGuessShare = 0.03;
/// Of the low-pass filter's width on the views: what is much thinner looks alike.
constexpr double kSmoothingShare = 0.36;
/// The filter's width as a share of the scene, where there are no views.
constexpr double kAssumedWidth = 1.0 / 1500;

/// Pseudo-views move off the given ones by this share of their distance: what only the views
/// between the given ones show must count too.
constexpr double kJitter = 0.0125;

std::array<float, 3> middleOf(const GaussianCloud& cloud) {
  std::array<float, 3> middle{};
  std::vector<float> values(cloud.count);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = cloud.means[3 * i + axis];
    }
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    middle[axis] = *half;
  }
  return middle;
}

/// Canonical ellipsoids and unit quaternions: the same pictures.
GaussianCloud canonical(const GaussianCloud& cloud, unsigned shDegree, TaskRunner& runner) {
  GaussianCloud result = withShDegree(cloud, shDegree);
  result.extras.clear();
  coding::canonicalise(result, runner);
  return result;
}

/// The width of the screen-space filter in scene units, at the median distance of what is seen.
double filterWidth(const GaussianCloud& cloud, std::span<const Camera> cameras) {
  constexpr std::size_t kSample = 4096;
  const std::size_t stride = std::max<std::size_t>(1, cloud.count / kSample);
  std::vector<double> widths;
  for (const Camera& camera : cameras) {
    for (std::size_t i = 0; i < cloud.count; i += stride) {
      double depth = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        depth +=
            static_cast<double>(camera.rotation[6 + c]) *
            (static_cast<double>(cloud.means[3 * i + c]) - static_cast<double>(camera.position[c]));
      }
      if (depth > static_cast<double>(camera.nearPlane)) {
        widths.push_back(depth / static_cast<double>(camera.fx));
      }
    }
  }
  if (widths.empty()) {
    const coding::PositionGrid grid = coding::PositionGrid::over(cloud.means, 10);
    return static_cast<double>(grid.cell) * 1024 * kAssumedWidth;
  }
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  return *middle * std::sqrt(static_cast<double>(renderer::kLowPass));
}

class LayerEncoder {
public:
  LayerEncoder(const GaussianCloud& original, const VolpressSettings& settings, RunContext& context)
      : m_settings(settings),
        m_context(context),
        m_cloud(
            canonical(original, std::min(settings.shDegree, original.shDegree), context.runner)) {
    if (settings.usesViews) {
      m_cameras = learning::teacherCameras(coding::trainingCameras(context.views), kJitter,
                                           middleOf(m_cloud), context.seed);
    }
  }

  Result<std::vector<Chunk>> run() {
    m_context.progress.setStages({{"measuring what shows", m_settings.usesViews ? 8.0 : 0.0},
                                  {"fine-tuning", static_cast<double>(m_settings.tuningSteps) / 3},
                                  {"coding", 2}});
    VOLPRESS_CHECK(measure());
    return code();
  }

private:
  Result<void> measure() {
    m_width = filterWidth(m_cloud, m_cameras);
    m_show = guessSensitivities(m_cloud, m_width, m_context.runner);
    if (!m_settings.usesViews) {
      return {};
    }
    if (m_cameras.empty() || m_context.rasterizer == nullptr) {
      return fail(ErrorCode::InvalidParameter,
                  "measuring needs a renderer and at least one view that is not held out; "
                  "'use_views' off does without");
    }
    m_context.progress.enter(kMeasuring);
    VOLPRESS_TRY(Sensitivities measured,
                 measureSensitivities(m_cloud, m_cameras, m_settings.probes, m_context));
    blendSensitivities(measured, m_show, kGuessShare);
    m_show = std::move(measured);
    return {};
  }

  /// The splats that stay, most significant first, shared out among the layers: each holds twice
  /// as many as the one before.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> share(std::span<const double> errors,
                                                              double threshold) const {
    std::vector<std::uint32_t> kept;
    for (std::uint32_t i = 0; i < errors.size(); ++i) {
      if (errors[i] > threshold) {
        kept.push_back(i);
      }
    }
    if (kept.empty()) {
      kept.push_back(static_cast<std::uint32_t>(std::max_element(errors.begin(), errors.end()) -
                                                errors.begin()));
    }
    std::vector<std::vector<std::uint32_t>> layers(
        std::min<std::size_t>(m_settings.layers, kept.size()));
    if (layers.size() == 1) {
      layers[0] = std::move(kept);
      return layers;
    }
    std::stable_sort(kept.begin(), kept.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return errors[a] > errors[b]; });
    std::size_t done = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::size_t left = layers.size() - 1 - i;
      const std::size_t end = std::max(done + 1, kept.size() >> left);
      layers[i].assign(kept.begin() + static_cast<std::ptrdiff_t>(done),
                       kept.begin() + static_cast<std::ptrdiff_t>(end));
      std::sort(layers[i].begin(), layers[i].end());
      done = end;
    }
    return layers;
  }

  /// Fine-tunes the chosen splats, which become the whole cloud.
  Result<void> tune(std::vector<std::vector<std::uint32_t>>& chosen, const LayerTarget& target,
                    const WritingOptions& writing) {
    if (m_cameras.empty()) {
      return fail(ErrorCode::InvalidParameter, "fine-tuning needs views: switch 'use_views' on");
    }
    m_context.progress.enter(kTuning);
    std::vector<std::uint32_t> all;
    std::uint32_t next = 0;
    for (std::vector<std::uint32_t>& layer : chosen) {
      all.insert(all.end(), layer.begin(), layer.end());
      std::iota(layer.begin(), layer.end(), next);
      next += static_cast<std::uint32_t>(layer.size());
    }
    GaussianCloud kept = gatherSplats(m_cloud, all);
    m_show = gatherSensitivities(m_show, all);
    VOLPRESS_CHECK(
        tuneSplats(kept, m_cloud, m_show, {m_settings.tuningSteps, target, writing}, m_context));
    m_cloud = canonical(kept, kept.shDegree, m_context.runner);
    return {};
  }

  Result<std::vector<Chunk>> code() {
    const std::vector<double> errors = removalErrors(m_cloud, m_show);
    const RateModel model(errors, kSplatBits,
                          kSplatNumbers + (m_cloud.shDegree == 0 ? 0 : kSplatNumbers));
    LayerTarget target;
    target.slope = model.slopeFor(std::pow(10.0, -m_settings.wantedPsnr / 10) / kCoherence);
    target.smoothing = static_cast<float>(m_width * kSmoothingShare);
    target.longer[kTurns] = -1;
    target.longer[kBands] = -0.75;
    auto chosen = share(errors, model.threshold(target.slope) * m_settings.pruning);
    WritingOptions options;
    options.roundingBias = 0.02;
    options.bandBias = 0;
    if (m_settings.tuningSteps != 0) {
      VOLPRESS_CHECK(tune(chosen, target, options));
    }
    m_context.progress.enter(kCoding);
    std::vector<Layer> layers;
    std::size_t kept = 0;
    for (const std::vector<std::uint32_t>& part : chosen) {
      std::vector<std::uint32_t> order;
      VOLPRESS_TRY(Layer layer, buildLayer(m_cloud, m_show, part, target, m_context.runner,
                                           m_context.stop, order));
      layers.push_back(std::move(layer));
      kept += part.size();
    }
    m_context.log.push_back(fmt::format("kept {} of {} splats", kept, errors.size()));
    VolpressHeader header;
    header.shDegree = m_cloud.shDegree;
    header.frame = m_cloud.frame;
    header.filter = m_cloud.filter;
    header.count = static_cast<std::uint32_t>(kept);
    auto chunks = writeLayers(header, layers, options, m_context.runner, m_context.stop);
    if (chunks) {
      m_context.progress.finish();
    }
    return chunks;
  }

  const VolpressSettings& m_settings;
  RunContext& m_context;
  GaussianCloud m_cloud;
  std::vector<Camera> m_cameras;
  Sensitivities m_show;
  double m_width = 0;
};

}  // namespace

Result<std::vector<Chunk>> encodeLayers(const GaussianCloud& cloud,
                                        const VolpressSettings& settings, RunContext& context) {
  return LayerEncoder(cloud, settings, context).run();
}

}  // namespace volpress::compressors::own
