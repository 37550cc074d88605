#include "app/engine/mesh_measure.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "renderer/metrics/mesh_distance.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/picture_size.hpp"
#include "scene/types/mesh_frames.hpp"
#include "scene/types/mesh_topology.hpp"

namespace volpress::engine {
namespace {

/// PSNR over the pixels that either mesh covers, and the share of them that both do.
struct Masked {
  double psnr = 0;
  double overlap = 1;
};

Masked maskedPsnr(const renderer::RenderResult& a, const renderer::RenderResult& b) {
  double sum = 0;
  double pixels = 0;
  double either = 0;
  double both = 0;
  for (std::size_t i = 0; i < a.alpha.pixels.size(); ++i) {
    const float larger = std::max(a.alpha.pixels[i], b.alpha.pixels[i]);
    if (larger <= 0) {
      continue;
    }
    pixels += 1;
    either += static_cast<double>(larger);
    both += static_cast<double>(std::min(a.alpha.pixels[i], b.alpha.pixels[i]));
    for (std::size_t c = 0; c < 3; ++c) {
      const double difference = static_cast<double>(a.color.pixels[3 * i + c]) -
                                static_cast<double>(b.color.pixels[3 * i + c]);
      sum += difference * difference;
    }
  }
  return {pixels > 0 ? metrics::psnrFromError(sum / (3 * pixels))
                     : std::numeric_limits<double>::infinity(),
          either > 0 ? both / either : 1};
}

constexpr std::size_t kUvSamples = 100'000;
constexpr std::size_t kMomentSamples = 20'000;

/// The coordinates of each part's base colour picture, else its first ones.
metrics::TexturedSurface texturedSurface(const Mesh& mesh, const std::vector<PosedPart>& parts) {
  metrics::TexturedSurface surface{parts, {}};
  for (const PosedPart& posed : parts) {
    metrics::UvSheet sheet;
    std::size_t set = 0;
    if (posed.part->material) {
      const TextureUse& use = mesh.materials[*posed.part->material].baseColorTexture;
      if (use.texture) {
        set = use.uvSet;
        if (const auto size = formats::parsePictureSize(mesh.textures[*use.texture].bytes)) {
          sheet.texels = {static_cast<float>(size->width), static_cast<float>(size->height)};
        }
      }
    }
    const FloatArray& uvs = posed.part->uvs.at(set);
    sheet.uvs = uvs.empty() ? nullptr : &uvs;
    surface.sheets.push_back(sheet);
  }
  return surface;
}

class Measurer {
public:
  Measurer(const MeshViewSet& views, MeasureContext& context)
      : m_views(views), m_context(context), m_renderer(context.runner) {}

  Result<MeasuredMesh> run(const std::shared_ptr<const Mesh>& reference,
                           const std::shared_ptr<const Mesh>& test, const ViewVisitor& visitor,
                           const std::vector<std::size_t>& only) {
    VOLPRESS_TRY(const auto original, m_renderer.prepare(reference));
    VOLPRESS_TRY(const auto result, m_renderer.prepare(test));
    MeasuredMesh measured;
    measured.quality.silhouetteOverlap = 0;  // a sum, until all views are in
    if (only.empty()) {
      VOLPRESS_CHECK(compareShapes(*reference, *test, *original, *result, measured.quality));
    }
    std::vector<std::size_t> indices = only;
    if (indices.empty()) {
      indices.resize(m_views.set.views.size());
      std::iota(indices.begin(), indices.end(), std::size_t{0});
    }
    std::vector<std::size_t> order(indices.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!visitor) {  // views of one moment together, as posing takes time
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return m_views.momentOf(indices[a]) < m_views.momentOf(indices[b]);
      });
    }
    measured.views.resize(indices.size());
    PosedPair pair{*original, *result, {}, {}, {}};
    for (std::size_t done = 0; done < order.size(); ++done) {
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while measuring views");
      }
      m_context.progress.report(
          0.3 + 0.7 * static_cast<double>(done) / static_cast<double>(order.size()),
          fmt::format("{}/{} views", done, order.size()));
      const std::size_t at = order[done];
      pose(pair, m_views.moments[m_views.momentOf(indices[at])]);
      VOLPRESS_TRY(measured.views[at], compareView(indices[at], pair, visitor, measured.quality));
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, indices.size()));
    measured.quality.flatPsnr /= count;
    measured.quality.silhouetteOverlap /= count;
    return measured;
  }

private:
  /// Both meshes at rest, and at the moment that was asked for last.
  struct PosedPair {
    const renderer::PreparedMesh& original;
    const renderer::PreparedMesh& result;
    MeshMoment moment;
    std::unique_ptr<renderer::PreparedMesh> movedOriginal, movedResult;

    [[nodiscard]] const renderer::PreparedMesh& a() const {
      return movedOriginal == nullptr ? original : *movedOriginal;
    }
    [[nodiscard]] const renderer::PreparedMesh& b() const {
      return movedResult == nullptr ? result : *movedResult;
    }
  };

  void pose(PosedPair& pair, const MeshMoment& moment) const {
    if (pair.moment.animation != moment.animation || pair.moment.seconds != moment.seconds) {
      pair.movedOriginal = m_renderer.pose(pair.original, moment);
      pair.movedResult = m_renderer.pose(pair.result, moment);
      pair.moment = moment;
    }
  }

  Result<void> compareShapes(const Mesh& reference, const Mesh& test,
                             const renderer::PreparedMesh& original,
                             const renderer::PreparedMesh& result, MeshQuality& quality) {
    quality.trianglesIn = triangleCount(reference);
    quality.trianglesOut = triangleCount(test);
    quality.verticesIn = vertexCount(reference);
    quality.verticesOut = vertexCount(test);
    quality.geometryBytes = rawGeometryBytes(reference);
    const MeshTopology before = shownTopology(reference, original.parts().size());
    const MeshTopology after = shownTopology(test, result.parts().size());
    quality.boundaryEdgesIn = before.boundaryEdges;
    quality.boundaryEdgesOut = after.boundaryEdges;
    quality.nonManifoldEdgesIn = before.nonManifoldEdges;
    quality.nonManifoldEdgesOut = after.nonManifoldEdges;
    quality.componentsIn = before.components;
    quality.componentsOut = after.components;
    m_context.progress.report(0.02, "surfaces");
    VOLPRESS_TRY(const metrics::SurfaceError error,
                 metrics::surfaceError(original.parts(), result.parts(),
                                       metrics::surfaceSamples(quality.trianglesIn),
                                       m_context.runner, m_context.stop));
    quality.hausdorff = error.hausdorff;
    quality.rms = error.rms;
    quality.mean = error.mean;
    quality.p99 = error.p99;
    quality.normalMean = error.normalMean;
    quality.normalP95 = error.normalP95;
    VOLPRESS_TRY(const auto uvs, metrics::uvError(texturedSurface(reference, original.parts()),
                                                  texturedSurface(test, result.parts()), kUvSamples,
                                                  m_context.runner, m_context.stop));
    if (uvs) {
      quality.uvMean = uvs->mean;
      quality.uvP99 = uvs->p99;
    }
    return reference.animations.empty() ? Result<void>()
                                        : compareMotion(reference, test, quality.motion.emplace());
  }

  /// Where nodes hide parts, as frames that wait for their time are, of what is shown alone.
  static MeshTopology shownTopology(const Mesh& mesh, std::size_t shown) {
    std::size_t parts = 0;
    for (const MeshNode& node : mesh.nodes) {
      parts += node.parts.size();
    }
    return measureTopology(shown < parts ? standingMesh(mesh, {}) : mesh);
  }

  /// A result without animations stands still.
  Result<void> compareMotion(const Mesh& reference, const Mesh& test, MeshMotionQuality& motion) {
    for (const MeshMoment& moment : m_views.moments) {
      m_context.progress.report(0.1, fmt::format("moment {}", motion.moments));
      VOLPRESS_TRY(const metrics::SurfaceError error,
                   metrics::surfaceError(poseMesh(reference, moment), poseMesh(test, moment),
                                         kMomentSamples, m_context.runner, m_context.stop));
      ++motion.moments;
      motion.rmsMean += error.rms;
      motion.rmsWorst = std::max(motion.rmsWorst, error.rms);
      motion.hausdorffWorst = std::max(motion.hausdorffWorst, error.hausdorff);
    }
    motion.rmsMean /= static_cast<double>(std::max<std::size_t>(1, motion.moments));
    return {};
  }

  Result<renderer::RenderResult> draw(const renderer::PreparedMesh& mesh, const View& view,
                                      renderer::MeshShading shading) {
    renderer::MeshRenderOptions options;
    options.shading = shading;
    options.stop = m_context.stop;
    return m_renderer.render(mesh, view.camera, options);
  }

  Result<ViewQuality> compareView(std::size_t index, const PosedPair& pair,
                                  const ViewVisitor& visitor, MeshQuality& mesh) {
    const View& view = m_views.set.views.at(index);
    const auto flat = renderer::MeshShading::Flat;
    const auto textured = renderer::MeshShading::Textured;
    VOLPRESS_TRY(const renderer::RenderResult flatA, draw(pair.a(), view, flat));
    VOLPRESS_TRY(const renderer::RenderResult flatB, draw(pair.b(), view, flat));
    const Masked shape = maskedPsnr(flatA, flatB);
    mesh.flatPsnr += std::min(kIdenticalPsnr, shape.psnr);
    mesh.silhouetteOverlap += shape.overlap;
    VOLPRESS_TRY(const renderer::RenderResult a, draw(pair.a(), view, textured));
    VOLPRESS_TRY(const renderer::RenderResult b, draw(pair.b(), view, textured));
    Image error;
    VOLPRESS_TRY(ViewQuality quality,
                 measurePictures(view, a.color, b.color, m_context.runner, error));
    quality.psnr = maskedPsnr(a, b).psnr;
    if (visitor) {
      VOLPRESS_CHECK(visitor({index, a.color, b.color, error}));
    }
    return quality;
  }

  const MeshViewSet& m_views;
  MeasureContext& m_context;
  renderer::MeshRenderer m_renderer;
};

}  // namespace

Result<MeasuredMesh> measureMesh(const std::shared_ptr<const Mesh>& reference,
                                 const std::shared_ptr<const Mesh>& test, const MeshViewSet& views,
                                 MeasureContext& context, const ViewVisitor& visitor,
                                 const std::vector<std::size_t>& only) {
  return Measurer(views, context).run(reference, test, visitor, only);
}

Result<std::vector<ViewQuality>> measureSplatsOfMesh(const std::shared_ptr<const Mesh>& reference,
                                                     GaussianCloud cloud, const ViewSet& views,
                                                     MeasureContext& context,
                                                     const ViewVisitor& visitor) {
  formats::turnAxes(cloud, formats::axisSignsBetween(cloud.frame, AxisFrame::LeftUpForward));
  cloud.frame = AxisFrame::LeftUpForward;
  const renderer::MeshRenderer meshes(context.runner);
  const auto splats = renderer::makeSoftwareRasterizer(context.runner);
  VOLPRESS_TRY(const auto original, meshes.prepare(reference));
  VOLPRESS_TRY(const auto result,
               splats->prepare(std::make_shared<const GaussianCloud>(std::move(cloud))));
  std::vector<ViewQuality> qualities;
  for (std::size_t i = 0; i < views.views.size(); ++i) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while measuring views");
    }
    context.progress.report(static_cast<double>(i) / static_cast<double>(views.views.size()),
                            fmt::format("{}/{} views", i, views.views.size()));
    const View& view = views.views[i];
    renderer::MeshRenderOptions meshOptions;
    meshOptions.stop = context.stop;
    renderer::RenderOptions splatOptions;
    splatOptions.stop = context.stop;
    VOLPRESS_TRY(const renderer::RenderResult a,
                 meshes.render(*original, view.camera, meshOptions));
    VOLPRESS_TRY(const renderer::RenderResult b,
                 splats->render(*result, view.camera, splatOptions));
    Image error;
    VOLPRESS_TRY(ViewQuality quality,
                 measurePictures(view, a.color, b.color, context.runner, error));
    quality.psnr = maskedPsnr(a, b).psnr;
    if (visitor) {
      VOLPRESS_CHECK(visitor({i, a.color, b.color, error}));
    }
    qualities.push_back(std::move(quality));
  }
  return qualities;
}

}  // namespace volpress::engine
