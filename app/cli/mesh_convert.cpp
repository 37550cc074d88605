#include <chrono>

#include <CLI/CLI.hpp>

#include "app/cli/mesh_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"
#include "scene/formats/token_file.hpp"
#include "scene/types/mesh_frames.hpp"

namespace volpress::cli {
namespace {

/// Reads a mesh, and tells people what is amiss.
Result<engine::LoadedMeshScene> loadNoting(const std::string& input, TaskRunner& runner,
                                           Console& console) {
  Progress progress;
  VOLPRESS_TRY(engine::LoadedMeshScene scene,
               engine::loadMeshScene(input, runner, progress, console.stopToken()));
  for (const std::string& warning : scene.warnings) {
    console.note("note: " + warning);
  }
  return scene;
}

/// Writes a mesh as the options ask; the bytes written.
Result<std::uint64_t> saveAsked(const std::filesystem::path& path, const Mesh& mesh,
                                const MeshConvertOptions& options, TaskRunner& runner,
                                Console& console) {
  const formats::GltfGeometry geometry = options.draco     ? formats::GltfGeometry::Draco
                                         : options.meshopt ? formats::GltfGeometry::Meshopt
                                                           : formats::GltfGeometry::Plain;
  return engine::saveMeshScene(path, mesh, geometry,
                               options.positionBits.value_or(engine::kFinePositionBits), runner,
                               console.stopToken());
}

/// What was written where, with `count` of what is counted in it.
struct WrittenGltf {
  const std::string& input;
  const std::string& output;
  const char* counted;
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
};

void printGltf(const WrittenGltf& written, const engine::LoadedMeshScene& from, Console& console) {
  console.printJson(engine::dumpJson({{"input", written.input},
                                      {"output", written.output},
                                      {"format", "glb"},
                                      {written.counted, written.count},
                                      {"inputBytes", from.fileBytes},
                                      {"outputBytes", written.bytes},
                                      {"seconds", written.seconds},
                                      {"warnings", from.warnings}},
                                     2));
}

}  // namespace

void addMeshConvertOptions(CLI::App& app, MeshConvertOptions& options) {
  auto* draco = app.add_flag("--draco", options.draco,
                             "Meshes: compress the geometry (KHR_draco_mesh_compression)");
  app.add_flag("--meshopt", options.meshopt,
               "Meshes: compress the geometry (EXT_meshopt_compression)")
      ->excludes(draco);
  app.add_option("--position-bits", options.positionBits,
                 "Meshes: bits of positions with --draco (default 14) or --meshopt (14)")
      ->type_name("BITS")
      ->check(CLI::Range(4, 20));
  app.add_option("--token-bits", options.tokenBits,
                 "Meshes: bits of each coordinate in a .bpt (default 7)")
      ->type_name("BITS")
      ->check(CLI::Range(7, 10));
  app.add_flag("--paper-tokens", options.paperTokens,
               "Meshes: tokens of a .bpt in the order of the paper's own program, which loses the "
               "winding of some triangles");
  app.add_option("--splats", options.splats,
                 "Meshes: how many splats a cloud gets (default 200000)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100000000));
  app.add_flag("--base-color", options.baseColor,
               "Meshes: colour splats by the base colour alone, without light");
}

Result<void> meshToFrames(const std::string& input, const std::string& output,
                          const MeshConvertOptions& options, const CommonOptions& common,
                          Console& console) {
  const auto start = std::chrono::steady_clock::now();
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedMeshScene scene, loadNoting(input, *runner, console));
  if (scene.mesh->animations.empty()) {
    return fail(ErrorCode::InvalidParameter,
                "{}: does not move; name a .glb to write rather than the folder {}", input, output);
  }
  std::error_code problem;
  std::filesystem::create_directories(output, problem);
  if (problem) {
    return fail(ErrorCode::IoFailure, "{}: the folder cannot be made: {}", output,
                problem.message());
  }
  const MeshAnimation& animation = scene.mesh->animations.front();
  const std::size_t frames = animationFrames(animation, engine::kMeshFrameRate);
  std::uint64_t bytes = 0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const MeshMoment moment{0, frameSeconds(animation, frame, engine::kMeshFrameRate)};
    VOLPRESS_TRY(const std::uint64_t written,
                 saveAsked(std::filesystem::path(output) / frameName(frame, ".glb"),
                           standingMesh(*scene.mesh, moment), options, *runner, console));
    bytes += written;
  }
  const double seconds = secondsSince(start);
  console.print(fmt::format("{}: {} frames, {} as glTF (from {}), {:.2f} s\n", output,
                            describeCount(frames), describeBytes(bytes),
                            describeBytes(scene.fileBytes), seconds));
  printGltf({input, output, "frames", frames, bytes, seconds}, scene, console);
  return {};
}

Result<void> meshConvert(const std::string& input, const std::string& output,
                         const MeshConvertOptions& options, const CommonOptions& common,
                         Console& console) {
  if (std::filesystem::path(output).extension() != ".glb") {
    return fail(ErrorCode::InvalidParameter,
                "{}: meshes are written as .glb, or as splats in a format of splats", output);
  }
  VOLPRESS_CHECK(engine::checkOutputPlace(output));
  const auto start = std::chrono::steady_clock::now();
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedMeshScene scene, loadNoting(input, *runner, console));
  VOLPRESS_TRY(const std::uint64_t bytes,
               saveAsked(output, *scene.mesh, options, *runner, console));
  const double seconds = secondsSince(start);
  console.print(fmt::format("{}: {} triangles, {} as glTF{} (from {}), {:.2f} s\n", output,
                            describeCount(triangleCount(*scene.mesh)), describeBytes(bytes),
                            options.draco     ? " with Draco"
                            : options.meshopt ? " with meshopt"
                                              : "",
                            describeBytes(scene.fileBytes), seconds));
  printGltf({input, output, "triangles", triangleCount(*scene.mesh), bytes, seconds}, scene,
            console);
  return {};
}

Result<void> meshToTokens(const std::string& input, const std::string& output,
                          const MeshConvertOptions& options, const CommonOptions& common,
                          Console& console) {
  VOLPRESS_CHECK(engine::checkOutputPlace(output));
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedMeshScene scene, loadNoting(input, *runner, console));
  const auto scheme =
      options.paperTokens ? formats::TokenScheme::Paper : formats::TokenScheme::Oriented;
  auto file = formats::writeTokenFile(*scene.mesh, options.tokenBits, scheme);
  if (!file) {
    return withContext(std::move(file).error(), input);
  }
  VOLPRESS_CHECK(writeFileAtomically(output, file->bytes));
  console.note(
      "lost in this format: positions finer than the grid, normals, UVs, pictures, "
      "colours, skins and animations");
  const double share = static_cast<double>(file->tokens) / static_cast<double>(file->triangles);
  console.print(fmt::format("{}: {} tokens for {} triangles of {}, {:.2f} a triangle, {}\n", output,
                            describeCount(file->tokens), describeCount(file->triangles),
                            describeCount(triangleCount(*scene.mesh)), share,
                            describeBytes(file->bytes.size())));
  console.printJson(engine::dumpJson({{"input", input},
                                      {"output", output},
                                      {"format", "bpt"},
                                      {"tokens", file->tokens},
                                      {"triangles", file->triangles},
                                      {"inputTriangles", triangleCount(*scene.mesh)},
                                      {"inputBytes", scene.fileBytes},
                                      {"outputBytes", file->bytes.size()}},
                                     2));
  return {};
}

}  // namespace volpress::cli
