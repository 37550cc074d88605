#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "compressors/stream/splat_layers.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/morton.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

using namespace splat_layers;

constexpr const char* kShare = "first_layer";
constexpr std::size_t kFramesSeen = 16;  // of a run, when splats are weighed
constexpr double kVolumeTail = 0.99;     // volumes above this share of them count alike
constexpr std::size_t kViews = 8, kViewSize = 160;
/// Times the cube root of how many splats one stands for.
constexpr std::array<double, 8> kEnlargements{0.63, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5};

/// Splats of each run, ascending.
using RunRows = std::vector<std::vector<std::uint32_t>>;

/// The rows of one part of every frame.
class PartSource final : public FrameSource {
public:
  PartSource(GaussianSequence& whole, const ClipPlan& plan, RunRows rows)
      : m_whole(whole), m_plan(plan), m_rows(std::move(rows)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_whole.frameCount(); }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    VOLPRESS_TRY(const GaussianCloud cloud, m_whole.frame(index, runner, stop));
    std::size_t run = 0;
    while (run + 1 < m_plan.runs.size() && m_plan.runs[run + 1].firstFrame <= index) {
      ++run;
    }
    if (cloud.count != m_plan.runs[run].splats) {
      return fail(ErrorCode::CorruptData, "frame {} has changed while it was encoded", index);
    }
    return gatherSplats(cloud, m_rows[run]);
  }

private:
  GaussianSequence& m_whole;
  const ClipPlan& m_plan;
  RunRows m_rows;
};

/// Opacity plus volume, each over the largest there is.
void raiseSignificance(const GaussianCloud& cloud, std::vector<float>& most) {
  std::vector<float> volume(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    volume[i] =
        std::exp(cloud.logScales[3 * i] + cloud.logScales[3 * i + 1] + cloud.logScales[3 * i + 2]);
  }
  std::vector<float> sorted = volume;
  const auto tail = sorted.begin() + static_cast<std::ptrdiff_t>(
                                         kVolumeTail * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), tail, sorted.end());
  const float largest = std::max(*tail, 1e-30F);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float opacity = 1 / (1 + std::exp(-cloud.opacityLogits[i]));
    most[i] = std::max(most[i], opacity + std::min(volume[i] / largest, 1.0F));
  }
}

/// The squared error of the pictures of `test`, against those of the reference.
class EnlargementFit {
public:
  EnlargementFit(const GaussianCloud& whole, RunContext& context)
      : m_context(context), m_rasterizer(renderer::makeSoftwareRasterizer(context.runner)) {
    const Bounds bounds = meanBounds(whole);
    std::array<float, 3> middle{}, side{};
    for (std::size_t k = 0; k < 3; ++k) {
      middle[k] = (bounds.min[k] + bounds.max[k]) / 2;
      side[k] = bounds.max[k] - bounds.min[k];
    }
    const float radius = std::hypot(side[0], side[1], side[2]) / 2;
    constexpr float kFieldOfView = 0.7F, kTurn = 6.2831853F / kViews;
    for (std::size_t k = 0; k < kViews; ++k) {
      const float angle = kTurn * static_cast<float>(k);
      const float distance = 2.2F * std::max(radius, 1e-6F);
      Camera camera = lookAt({middle[0] + distance * std::sin(angle), middle[1],
                              middle[2] + distance * std::cos(angle)},
                             middle, {0, 1, 0}, kFieldOfView, kViewSize, kViewSize);
      camera.nearPlane = 0.01F * distance;
      m_cameras.push_back(camera);
    }
  }

  Result<std::vector<Image>> draw(GaussianCloud cloud) {
    VOLPRESS_TRY(const auto prepared,
                 m_rasterizer->prepare(std::make_shared<const GaussianCloud>(std::move(cloud))));
    renderer::RenderOptions drawing;
    drawing.background = {0.5F, 0.5F, 0.5F};
    drawing.stop = m_context.stop;
    std::vector<Image> pictures;
    for (const Camera& camera : m_cameras) {
      VOLPRESS_TRY(renderer::RenderResult drawn, m_rasterizer->render(*prepared, camera, drawing));
      pictures.push_back(std::move(drawn.color));
    }
    return pictures;
  }

  static double error(const std::vector<Image>& a, const std::vector<Image>& b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      sum = std::transform_reduce(
          a[k].pixels.begin(), a[k].pixels.end(), b[k].pixels.begin(), sum, std::plus<>(),
          [](float x, float y) { return static_cast<double>(x - y) * static_cast<double>(x - y); });
    }
    return sum;
  }

private:
  RunContext& m_context;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  std::vector<Camera> m_cameras;
};

class SplatLayerEncoder final : public ClipEncoder {
public:
  SplatLayerEncoder(GaussianSequence& sequence, const ClipPlan& plan)
      : m_sequence(sequence), m_plan(plan) {}

  Result<void> begin(double share, const BeginPart& beginPart, RunContext& context) {
    std::array<RunRows, 2> rows;
    VOLPRESS_CHECK(pick(share, rows, context));
    VOLPRESS_TRY(const float logEnlargement, fitEnlargement(rows[0].front(), context));
    for (std::size_t p = 0; p < 2; ++p) {
      Part& part = m_parts[p];
      part.plan = m_plan;
      part.plan.maxSplats = 0;
      for (std::size_t run = 0; run < rows[p].size(); ++run) {
        part.plan.runs[run].splats = rows[p][run].size();
        part.plan.maxSplats = std::max(part.plan.maxSplats, rows[p][run].size());
      }
      part.sequence = std::make_unique<GaussianSequence>(
          std::make_shared<PartSource>(m_sequence, m_plan, std::move(rows[p])),
          SequenceOptions{m_sequence.framesPerSecond(), 0});
      VOLPRESS_TRY(part.encoder, beginPart(*part.sequence, part.plan, context));
    }
    const auto layers = m_parts[0].encoder->layerCount();
    const Bytes& first = m_parts[0].encoder->init();
    const Bytes& rest = m_parts[1].encoder->init();
    constexpr std::size_t kHeaderBytes = 64;  // with room to spare
    ByteWriter out;
    out.reserve(kHeaderBytes + first.size() + rest.size());
    out.write(kMark);
    out.write(kVersion);
    out.write(logEnlargement);
    out.write(static_cast<std::uint32_t>(m_parts[0].plan.maxSplats));
    out.write(layers);
    out.write(static_cast<std::uint64_t>(first.size()));
    out.append(first);
    out.append(rest);
    m_init = std::move(out).take();
    m_layers = static_cast<std::uint32_t>(clipLayers(m_plan.shDegree, layers));
    return {};
  }

  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_layers; }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                         RunContext& context) override {
    VOLPRESS_TRY(std::vector<Bytes> first, m_parts[0].encoder->encodeSegment(index, context));
    VOLPRESS_TRY(std::vector<Bytes> rest, m_parts[1].encoder->encodeSegment(index, context));
    std::vector<Bytes> layers{std::move(first[0]), std::move(rest[0])};
    for (std::size_t layer = kPartLayers; layer < m_layers; ++layer) {
      ByteWriter out;
      const LayerRange range = partLayersOf(layer, m_plan.shDegree, first.size());
      for (std::size_t k = range.first; k < range.end; ++k) {
        for (const Bytes* part : {&first[k], &rest[k]}) {
          out.write(static_cast<std::uint64_t>(part->size()));
          out.append(*part);
        }
      }
      layers.push_back(std::move(out).take());
    }
    return layers;
  }

private:
  struct Part {
    ClipPlan plan;
    std::unique_ptr<GaussianSequence> sequence;
    std::unique_ptr<ClipEncoder> encoder;
  };

  Result<void> pick(double share, std::array<RunRows, 2>& rows, RunContext& context) {
    for (const ClipRun& run : m_plan.runs) {
      if (run.splats < 2) {
        return fail(ErrorCode::InvalidParameter,
                    "frame {} has a single splat: it cannot be split into layers", run.firstFrame);
      }
      std::vector<float> most(run.splats, 0.0F);
      const std::size_t step = (run.frameCount + kFramesSeen - 1) / kFramesSeen;
      for (std::size_t k = 0; k < run.frameCount; k += step) {
        VOLPRESS_TRY(const GaussianCloud cloud,
                     m_sequence.frame(run.firstFrame + k, context.runner, context.stop));
        if (cloud.count != run.splats) {
          return fail(ErrorCode::CorruptData, "frame {} has changed while it was encoded",
                      run.firstFrame + k);
        }
        raiseSignificance(cloud, most);
      }
      VOLPRESS_TRY(const GaussianCloud first,
                   m_sequence.frame(run.firstFrame, context.runner, context.stop));
      const std::vector<std::uint32_t> order = mortonOrder(first.means, context.runner);
      const std::size_t kept = std::clamp<std::size_t>(
          static_cast<std::size_t>(share * static_cast<double>(run.splats)), 1, run.splats - 1);
      for (std::vector<std::vector<std::uint32_t>>* part : {&rows[0], &rows[1]}) {
        part->emplace_back();
      }
      // Of neighbours along the curve one stays, so that the whole scene is covered.
      for (std::size_t k = 0; k < kept; ++k) {
        const std::size_t begin = k * run.splats / kept, end = (k + 1) * run.splats / kept;
        std::size_t best = begin;
        for (std::size_t i = begin; i < end; ++i) {
          best = most[order[i]] > most[order[best]] ? i : best;
        }
        for (std::size_t i = begin; i < end; ++i) {
          rows[i == best ? 0 : 1].back().push_back(order[i]);
        }
      }
      std::sort(rows[0].back().begin(), rows[0].back().end());
      std::sort(rows[1].back().begin(), rows[1].back().end());
    }
    return {};
  }

  /// How much larger the first layer's splats show the first frame best, as a logarithm.
  Result<float> fitEnlargement(const std::vector<std::uint32_t>& rows, RunContext& context) {
    VOLPRESS_TRY(GaussianCloud whole, m_sequence.frame(0, context.runner, context.stop));
    const GaussianCloud first = gatherSplats(whole, rows);
    const double usual =
        std::log(static_cast<double>(whole.count) / static_cast<double>(first.count)) / 3;
    EnlargementFit fit(whole, context);
    VOLPRESS_TRY(const std::vector<Image> reference, fit.draw(std::move(whole)));
    float best = 0;
    double least = -1;
    for (const double factor : kEnlargements) {
      const auto logFactor = static_cast<float>(usual + std::log(factor));
      GaussianCloud larger = first;
      for (float& scale : larger.logScales) {
        scale += logFactor;
      }
      VOLPRESS_TRY(const std::vector<Image> drawn, fit.draw(std::move(larger)));
      const double error = EnlargementFit::error(reference, drawn);
      if (least < 0 || error < least) {
        least = error;
        best = logFactor;
      }
    }
    return best;
  }

  GaussianSequence& m_sequence;
  const ClipPlan& m_plan;
  std::array<Part, 2> m_parts;
  Bytes m_init;
  std::uint32_t m_layers = 0;
};

}  // namespace

ParamSpec firstLayerParam() {
  return numberParam<double>(
      kShare, "First layer",
      "Share of the splats that a layer of their own shows, enlarged, for slow lines and small "
      "devices; 0: none, layers are of colours only.",
      "", "Stream", 0, {0, 0.9, 0, false}, true);
}

Result<std::unique_ptr<ClipEncoder>> beginSplatLayers(GaussianSequence& sequence,
                                                      const ClipPlan& plan, const ParamSet& params,
                                                      const BeginPart& begin, RunContext& context) {
  const double share = paramReal(params, kShare);
  if (share == 0) {
    return begin(sequence, plan, context);
  }
  auto encoder = std::make_unique<SplatLayerEncoder>(sequence, plan);
  VOLPRESS_CHECK(encoder->begin(share, begin, context));
  return encoder;
}

}  // namespace volpress::compressors
