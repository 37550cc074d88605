#include <chrono>
#include <map>

#include <CLI/CLI.hpp>

#include "app/cli/mesh_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/png_image.hpp"
#include "renderer/software/mesh_renderer.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

const std::map<std::string, renderer::MeshShading>& shadings() {
  static const std::map<std::string, renderer::MeshShading> kShadings{
      {"textured", renderer::MeshShading::Textured},
      {"flat", renderer::MeshShading::Flat},
      {"wireframe", renderer::MeshShading::Wireframe},
      {"normals", renderer::MeshShading::Normals}};
  return kShadings;
}

}  // namespace

void addMeshDrawOptions(CLI::App& app, MeshDrawOptions& options) {
  std::vector<std::string> names;
  for (const auto& [name, shading] : shadings()) {
    names.push_back(name);
  }
  app.add_option("--shading", options.shading,
                 "Meshes: textured (default), flat, wireframe or normals")
      ->type_name("MODE")
      ->check(CLI::IsMember(names));
  app.add_option("--animation", options.animation, "Meshes: number of an animation, from 0")
      ->type_name("N");
  app.add_option(
         "--time", options.seconds,
         "Meshes: seconds into the animation (the first one unless --animation says another)")
      ->type_name("S");
}

Result<void> meshRender(const MeshPicture& picture, const MeshDrawOptions& drawing,
                        const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::LoadedMeshScene scene,
               engine::loadMeshScene(picture.input, *runner, progress, console.stopToken()));
  if (drawing.animation && *drawing.animation >= scene.mesh->animations.size()) {
    return fail(ErrorCode::InvalidParameter, "--animation {}: {} has {} animations",
                *drawing.animation, picture.input, scene.mesh->animations.size());
  }
  // A time alone is one of the first animation.
  MeshMoment moment{drawing.animation, drawing.seconds.value_or(0)};
  if (!moment.animation && drawing.seconds && !scene.mesh->animations.empty()) {
    moment.animation = 0;
  } else if (!moment.animation && drawing.seconds) {
    console.note("note: " + picture.input + " has no animation: --time changes nothing");
  }
  const renderer::MeshRenderer renderer(*runner);
  VOLPRESS_TRY(const std::unique_ptr<renderer::PreparedMesh> prepared,
               renderer.prepare(scene.mesh, moment));
  for (const auto* lines : {&scene.warnings, &prepared->warnings()}) {
    for (const std::string& line : *lines) {
      console.note("note: " + line);
    }
  }
  const Bounds bounds = prepared->bounds();
  VOLPRESS_TRY(
      Camera camera,
      chooseCamera(
          picture.from, {},
          [&](PictureSize size) { return engine::meshHomeCamera(bounds, size.width, size.height); },
          [&](const std::string& spec) { return engine::makeMeshViews(spec, bounds); }));
  if (picture.from.placed) {
    engine::setMeshNearPlane(camera, bounds);
  }
  renderer::MeshRenderOptions options;
  options.background = picture.background;
  options.shading = shadings().at(drawing.shading);
  options.stop = console.stopToken();
  const auto start = std::chrono::steady_clock::now();
  VOLPRESS_TRY(const renderer::RenderResult drawn, renderer.render(*prepared, camera, options));
  const double seconds = secondsSince(start);
  VOLPRESS_CHECK(engine::writePng(picture.output, drawn.color));
  const std::size_t triangles = triangleCount(*scene.mesh);
  reportDrawn({picture.output, camera, describeCount(triangles) + " triangles",
               std::string(renderer.name()), seconds},
              {{"triangles", triangles}, {"device", renderer.name()}}, console);
  return {};
}

}  // namespace volpress::cli
