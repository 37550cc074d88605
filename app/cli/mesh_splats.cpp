#include <chrono>

#include "app/cli/convert_file.hpp"
#include "app/cli/measured_json.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/scene_files.hpp"
#include "renderer/software/mesh_splats.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"
#include "scene/formats/axes.hpp"

namespace volpress::cli {
namespace {

using Clock = std::chrono::steady_clock;

void noteAll(Console& console, const std::string& path, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    console.note(fmt::format("note: {}: {}", path, warning));
  }
}

}  // namespace

Result<void> meshToSplats(const std::string& input, const std::string& output,
                          const MeshConvertOptions& options, unsigned shDegree,
                          const std::vector<std::string>& settings, const CommonOptions& common,
                          Console& console) {
  VOLPRESS_TRY(const formats::Format* format, outputFormat(output));
  VOLPRESS_TRY(const ParamSet params, parseSettings(format->info().writeParams, settings));
  VOLPRESS_CHECK(engine::checkOutputPlace(output));
  const auto start = Clock::now();
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::LoadedMeshScene scene,
               engine::loadMeshScene(input, *runner, progress, console.stopToken()));
  noteAll(console, input, scene.warnings);
  VOLPRESS_TRY(const auto prepared, renderer::MeshRenderer(*runner).prepare(scene.mesh));
  noteAll(console, input, prepared->warnings());
  renderer::MeshSplatSettings making;
  making.count = options.splats;
  making.colors = options.baseColor ? renderer::SplatColors::Base : renderer::SplatColors::Drawn;
  making.shDegree = std::min(shDegree, making.shDegree);
  VOLPRESS_TRY(GaussianCloud cloud,
               renderer::splatsOfMesh(*prepared, making, *runner, console.stopToken()));
  // Files of splats stand on their heads, as photographs are taken.
  formats::turnAxes(cloud, formats::axisSignsBetween(cloud.frame, AxisFrame::RightDownForward));
  cloud.frame = AxisFrame::RightDownForward;
  formats::IoContext context{*runner, progress, console.stopToken(), {}};
  Converted converted;
  VOLPRESS_TRY(converted.outputBytes, formats::saveCloud(output, cloud, params, context));
  converted.input = input;
  converted.output = output;
  converted.label = format->info().label;
  converted.formatId = format->info().id;
  converted.splats = cloud.count;
  converted.shDegree = cloud.shDegree;
  converted.inputBytes = scene.fileBytes;
  converted.seconds = secondsSince(start);
  converted.notes = scene.warnings;
  console.print(describeConverted(converted));
  console.printJson(engine::dumpJson(convertedToJson(converted), 2));
  return {};
}

Result<void> meshEvaluateSplats(const std::string& reference, const std::string& test,
                                const std::string& views, const std::string& images,
                                const CommonOptions& common, Console& console) {
  if (!images.empty()) {
    VOLPRESS_CHECK(engine::checkOutputFolder(images, {}));
  }
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::LoadedMeshScene original,
               engine::loadMeshScene(reference, *runner, progress, console.stopToken()));
  noteAll(console, reference, original.warnings);
  engine::Evaluation evaluation;
  const auto start = Clock::now();
  VOLPRESS_TRY(const engine::LoadedScene splats,
               engine::loadScene(test, *runner, progress, console.stopToken()));
  evaluation.decodeSeconds = secondsSince(start);
  noteAll(console, test, splats.warnings);
  evaluation.fileBytes = splats.fileBytes;
  evaluation.referenceBytes = rawGeometryBytes(*original.mesh) + textureBytes(*original.mesh);
  evaluation.splatsOut = splats.cloud->count;
  VOLPRESS_TRY(evaluation.breakdown, engine::fileBreakdown(test));
  VOLPRESS_TRY(const ViewSet set,
               engine::makeMeshViews(views, posedBounds(poseMesh(*original.mesh))));
  engine::MeasureContext context{*runner, progress, console.stopToken()};
  const auto measure = [&](const engine::ViewVisitor& visitor) -> Result<void> {
    VOLPRESS_TRY(evaluation.views,
                 engine::measureSplatsOfMesh(original.mesh, *splats.cloud, set, context, visitor));
    return {};
  };
  if (images.empty()) {
    VOLPRESS_CHECK(measure({}));
  } else {
    VOLPRESS_CHECK(writeFolderAtomically(images, [&](const std::filesystem::path& folder) {
      return measure([&](const engine::ViewPictures& pictures) {
        return writePictures(folder, set.views[pictures.index].name, pictures);
      });
    }));
  }
  evaluation.peakMemoryBytes = engine::peakMemoryBytes();
  console.print(fmt::format(
      "{} against {}, {} views of {}\n  size      {}, {:.2f}x under plain arrays and pictures\n"
      "  splats    {} for {} triangles\n"
      "  pictures  {} mean ({} worst), over the silhouettes; SSIM {:.4f}, FLIP {:.4f}\n",
      test, reference, set.views.size(), set.origin, describeBytes(evaluation.fileBytes),
      evaluation.ratio(), describeCount(evaluation.splatsOut),
      describeCount(triangleCount(*original.mesh)), describePsnr(evaluation.meanPsnr()),
      describePsnr(evaluation.worstPsnr()), evaluation.meanSsim(), evaluation.meanFlip()));
  return printEvaluation(console, reference, test, set.origin, evaluation);
}

}  // namespace volpress::cli
