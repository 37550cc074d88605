#include <chrono>

#include "app/cli/measured_json.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

std::string change(const char* what, std::size_t before, std::size_t after) {
  return before == after ? std::string()
                         : fmt::format("  changed   {}: {} before, {} after\n", what,
                                       describeCount(before), describeCount(after));
}

}  // namespace

std::string describeMeshQuality(const engine::Evaluation& evaluation) {
  const engine::MeshQuality& mesh = *evaluation.mesh;
  std::string text = fmt::format("  triangles {} of {}, vertices {} of {}\n",
                                 describeCount(mesh.trianglesOut), describeCount(mesh.trianglesIn),
                                 describeCount(mesh.verticesOut), describeCount(mesh.verticesIn));
  if (evaluation.views.empty()) {
    return text;
  }
  text += fmt::format(
      "  surface   Hausdorff {:.4f} %, p99 {:.4f} %, RMS {:.4f} %, mean {:.4f} % of the diagonal\n"
      "  normals   {:.2f} degrees mean, {:.2f} at 95 %\n",
      100 * mesh.hausdorff, 100 * mesh.p99, 100 * mesh.rms, 100 * mesh.mean, mesh.normalMean,
      mesh.normalP95);
  if (mesh.uvMean && mesh.uvP99) {
    text +=
        fmt::format("  UVs       {:.3f} texels mean, {:.3f} at 99 %\n", *mesh.uvMean, *mesh.uvP99);
  }
  if (mesh.motion) {
    text += fmt::format(
        "  motion    {} moments: RMS {:.4f} % mean ({:.4f} % worst), Hausdorff {:.4f} % worst\n",
        mesh.motion->moments, 100 * mesh.motion->rmsMean, 100 * mesh.motion->rmsWorst,
        100 * mesh.motion->hausdorffWorst);
  }
  text += change("open edges", mesh.boundaryEdgesIn, mesh.boundaryEdgesOut);
  text += change("non-manifold edges", mesh.nonManifoldEdgesIn, mesh.nonManifoldEdgesOut);
  text += change("components", mesh.componentsIn, mesh.componentsOut);
  text += fmt::format(
      "  pictures  {} views{}: textured {} mean ({} worst), flat {}, over the silhouettes; SSIM "
      "{:.4f}, FLIP {:.4f}, silhouettes overlap {:.2f} %\n",
      evaluation.views.size(), mesh.motion ? " spread over the moments" : "",
      describePsnr(evaluation.meanPsnr()), describePsnr(evaluation.worstPsnr()),
      describePsnr(mesh.flatPsnr), evaluation.meanSsim(), evaluation.meanFlip(),
      100 * mesh.silhouetteOverlap);
  return text;
}

Result<void> meshEvaluate(const std::string& reference, const std::string& test,
                          const std::string& views, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const auto load = [&](const std::string& path) -> Result<engine::LoadedMeshScene> {
    auto scene = engine::loadMeshScene(path, *runner, progress, console.stopToken());
    for (std::size_t i = 0; scene && i < scene->warnings.size(); ++i) {
      console.note(fmt::format("note: {}: {}", path, scene->warnings[i]));
    }
    return scene;
  };
  VOLPRESS_TRY(const engine::LoadedMeshScene original, load(reference));
  const auto start = std::chrono::steady_clock::now();
  VOLPRESS_TRY(const engine::LoadedMeshScene result, load(test));
  engine::Evaluation evaluation;
  evaluation.decodeSeconds = secondsSince(start);
  evaluation.fileBytes = result.fileBytes;
  evaluation.referenceBytes = rawGeometryBytes(*original.mesh) + textureBytes(*original.mesh);
  VOLPRESS_TRY(const engine::MeshViewSet measuredViews,
               engine::makeMeasuredViews(views, *original.mesh));
  const ViewSet& set = measuredViews.set;
  engine::MeasureContext context{*runner, progress, console.stopToken()};
  VOLPRESS_TRY(engine::MeasuredMesh measured,
               engine::measureMesh(original.mesh, result.mesh, measuredViews, context));
  evaluation.views = std::move(measured.views);
  evaluation.mesh = measured.quality;
  evaluation.peakMemoryBytes = engine::peakMemoryBytes();
  console.print(fmt::format(
      "{} against {}, {} views of {}\n  size      {}, {:.2f}x under plain "
      "arrays and pictures\n{}",
      test, reference, set.views.size(), set.origin, describeBytes(evaluation.fileBytes),
      evaluation.ratio(), describeMeshQuality(evaluation)));
  return printEvaluation(console, reference, test, set.origin, evaluation);
}

}  // namespace volpress::cli
