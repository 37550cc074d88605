// volpress render
#include <charconv>
#include <chrono>
#include <numbers>
#include <optional>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/cli/picture_commands.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/view_painter.hpp"
#include "app/engine/view_sets.hpp"
#include "app/engine/voxel_files.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/stopwatch.hpp"
#ifdef VOLPRESS_VULKAN
#include "renderer/vulkan/vulkan_context.hpp"
#include "renderer/vulkan/vulkan_rasterizer.hpp"
#endif

namespace volpress::cli {
namespace {

struct RenderOptions {
  std::string input;
  std::string output;
  std::string size;
  std::string camera = "home";
  std::string device = "software";
  std::string background;
  std::optional<unsigned> shDegree;
  bool baked = false;
  ViewSetOptions views;
  formats::ImportOptions reading;
  MeshDrawOptions mesh;
  std::string blending = "trained";
  std::size_t frame = 0;
};

template <typename Number>
std::optional<Number> parseNumber(std::string_view text) {
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<Number>(value) : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

std::optional<std::array<float, 3>> parseTriple(std::string_view text) {
  const auto parts = split(text, ',');
  std::array<float, 3> triple{};
  if (parts.size() != 3) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const auto value = parseNumber<float>(parts[i]);
    if (!value || !std::isfinite(*value)) {
      return std::nullopt;
    }
    triple[i] = *value;
  }
  return triple;
}

/// Nothing for an empty text.
Result<std::optional<PictureSize>> parseOptionalSize(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  VOLPRESS_TRY(const PictureSize size, parseSize(text));
  return size;
}

/// "ex,ey,ez:tx,ty,tz[:fov]"
Result<Camera> parseCamera(std::string_view text, AxisFrame frame, PictureSize size) {
  const auto parts = split(text, ':');
  const auto eye = parseTriple(parts[0]);
  const auto target = parts.size() > 1 ? parseTriple(parts[1]) : std::nullopt;
  const auto fov = parts.size() > 2 ? parseNumber<float>(parts[2]) : std::optional<float>(60.0F);
  if (parts.size() > 3 || !eye || !target || !fov || !(*fov >= 1 && *fov <= 170)) {
    return fail(ErrorCode::InvalidParameter,
                "--camera takes \"home\", the number of a view, or ex,ey,ez:tx,ty,tz[:fov] (eye, "
                "target, vertical field of 1 to 170 degrees), not \"{}\"",
                text);
  }
  const float down = frame == AxisFrame::RightDownForward ? 1.0F : -1.0F;
  return lookAt(*eye, *target, {0, down, 0}, *fov * std::numbers::pi_v<float> / 180, size.width,
                size.height);
}

Result<Camera> chooseCamera(const RenderOptions& options, const GaussianCloud& cloud,
                            renderer::Rasterizer& software) {
  VOLPRESS_TRY(const std::optional<PictureSize> asked, parseOptionalSize(options.size));
  const PictureSize size = asked.value_or(PictureSize());
  if (options.camera == "home") {
    return engine::homeCamera(cloud, size.width, size.height, software);
  }
  const auto number = parseNumber<std::size_t>(options.camera);
  if (!number) {
    return parseCamera(options.camera, cloud.frame, size);
  }
  VOLPRESS_TRY(const ViewSet views,
               engine::makeViewSet(options.views.views, cloud, options.input, software, {}));
  return viewCamera(views, *number, asked);
}

Result<std::unique_ptr<renderer::Rasterizer>> makeDevice(const std::string& device,
                                                         TaskRunner& runner) {
  if (device == "software") {
    return renderer::makeSoftwareRasterizer(runner);
  }
#ifdef VOLPRESS_VULKAN
  VOLPRESS_TRY(std::shared_ptr<renderer::VulkanContext> context,
               renderer::VulkanContext::create({}));
  return renderer::makeVulkanRasterizer(std::move(context));
#else
  return withoutVulkan();
#endif
}

/// Where scenes are drawn from whose frame is the usual one of 3D files.
Result<PictureCamera> askedCamera(const RenderOptions& options) {
  PictureCamera from;
  from.views = options.views.views;
  VOLPRESS_TRY(from.size, parseOptionalSize(options.size));
  from.view = parseNumber<std::size_t>(options.camera);
  if (options.camera != "home" && !from.view) {
    VOLPRESS_TRY(from.placed, parseCamera(options.camera, AxisFrame::RightUpBack,
                                          from.size.value_or(PictureSize())));
  }
  return from;
}

Result<void> renderMesh(const RenderOptions& options, const std::array<float, 3>& background,
                        const CommonOptions& common, Console& console) {
  if (options.device != "software") {
    return fail(ErrorCode::UnsupportedVersion, "meshes are drawn by --device software only");
  }
  MeshPicture picture{options.input, options.output, background, {}};
  VOLPRESS_TRY(picture.from, askedCamera(options));
  picture.from.size = picture.from.size.value_or(PictureSize());
  return meshRender(picture, options.mesh, common, console);
}

/// `background` is empty where the field's own is meant.
Result<void> renderField(const RenderOptions& options,
                         const std::optional<std::array<float, 3>>& background,
                         const CommonOptions& common, Console& console) {
  FieldPicture picture;
  picture.input = options.input;
  picture.output = options.output;
  picture.background = background;
  picture.blending = options.blending;
  picture.device = options.device;
  VOLPRESS_TRY(picture.from, askedCamera(options));
  return fieldRender(picture, common, console);
}

Result<void> renderVoxels(const RenderOptions& options, const std::array<float, 3>& background,
                          const CommonOptions& common, Console& console) {
  if (options.device != "software") {
    return fail(ErrorCode::UnsupportedVersion, "voxel fields are drawn by --device software only");
  }
  VoxelPicture picture;
  picture.input = options.input;
  picture.output = options.output;
  picture.frame = options.frame;
  picture.background = background;
  VOLPRESS_TRY(picture.from, askedCamera(options));
  return voxelRender(picture, common, console);
}

Result<void> render(const RenderOptions& options, const CommonOptions& common, Console& console) {
  const auto background =
      options.background.empty() ? std::array<float, 3>{} : parseTriple(options.background);
  if (!background) {
    return fail(ErrorCode::InvalidParameter,
                "--background takes r,g,b with values of 0 to 1, not \"{}\"", options.background);
  }
  VOLPRESS_CHECK(parseOptionalSize(options.size));
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  if (engine::isFieldFile(options.input)) {
    return renderField(options, options.background.empty() ? std::nullopt : background, common,
                       console);
  }
  if (engine::isVoxelScene(options.input)) {
    return renderVoxels(options, *background, common, console);
  }
  if (engine::isMeshFile(options.input)) {
    return renderMesh(options, *background, common, console);
  }
  if (engine::isPictureFile(options.input)) {
    return pictureRender(options.input, options.output, options.device, common, console);
  }
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const std::unique_ptr<renderer::Rasterizer> device,
               makeDevice(options.device, *runner));
  Progress progress;
  VOLPRESS_TRY(
      const engine::LoadedScene scene,
      engine::loadScene(options.input, *runner, progress, console.stopToken(), options.reading));
  for (const std::string& warning : scene.warnings) {
    console.note("note: " + warning);
  }
  const auto software = renderer::makeSoftwareRasterizer(*runner);
  VOLPRESS_TRY(const Camera camera, chooseCamera(options, *scene.cloud, *software));
  engine::DrawnScene shown{scene.cloud};
  if (!options.baked && !options.shDegree) {
    VOLPRESS_TRY(shown.native, engine::openNative(options.input, *runner, console.stopToken()));
  }
  VOLPRESS_TRY(engine::ViewPainter painter, engine::ViewPainter::make(shown, *device, *runner));
  renderer::RenderOptions drawing;
  drawing.background = *background;
  drawing.maxShDegree = options.shDegree.value_or(kMaxShDegree);
  drawing.stop = console.stopToken();
  const auto start = std::chrono::steady_clock::now();
  VOLPRESS_TRY(const renderer::RenderResult drawn, painter.draw(camera, drawing));
  const double seconds = secondsSince(start);
  VOLPRESS_CHECK(engine::writePng(options.output, drawn.color));
  const std::size_t splats = shown.native ? shown.native->count() : scene.cloud->count;
  const std::string seen =
      shown.native ? ", " + shown.native->varies() + " as seen from there" : std::string();
  reportDrawn({options.output, camera, describeCount(splats) + " splats",
               std::string(device->name()) + seen, seconds},
              {{"splats", splats}, {"native", shown.native != nullptr}, {"device", device->name()}},
              console);
  return {};
}

}  // namespace

Command addRenderCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("render", "Draw a picture of a scene");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<RenderOptions>();
  app->add_option("IN", options->input, "A scene file, a .vpc, or a folder with a loose SOG")
      ->required();
  app->add_option("-o,--output", options->output, "The picture to write")
      ->type_name("OUT.png")
      ->required();
  app->add_option("--size", options->size,
                  "Picture size in pixels (default: 1280x720, or the view's own)")
      ->type_name("WxH");
  app->add_option("--camera", options->camera,
                  "\"home\" (default), the number of a view of --views (from 0), or "
                  "ex,ey,ez:tx,ty,tz[:fov]: eye, target, vertical field in degrees (60)")
      ->type_name("CAMERA");
  app->add_option("--device", options->device, "What draws: software (default) or vulkan")
      ->type_name("DEVICE")
      ->check(CLI::IsMember({"software", "vulkan"}));
  app->add_option("--background", options->background,
                  "Background colour, 0 to 1 (default black; of radiance fields their own)")
      ->type_name("R,G,B");
  app->add_flag("--baked", options->baked,
                "Draw what other programs will show of a .vpc whose splats depend on the view: "
                "baked to spherical harmonics, instead of its own answer to this view");
  app->add_option("--sh", options->shDegree,
                  "Draw SH up to this degree only (of what is baked, as with --baked)")
      ->type_name("0-4")
      ->check(CLI::Range(0U, kMaxShDegree));
  addViewsOption(*app, options->views);
  addLevelOption(*app, options->reading.level);
  app->add_option("--frame", options->frame, "Of a sequence of voxel fields (default 0)")
      ->type_name("N");
  addMeshDrawOptions(*app, options->mesh);
  app->add_option("--blending", options->blending,
                  "Radiance fields: trained (default) mixes with the background as in training, "
                  "original as instant-ngp shows it")
      ->type_name("MODE")
      ->check(CLI::IsMember({"trained", "original"}));
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress render scene.ply -o scene.png\n"
      "  volpress render scene.ply -o view3.png --views cameras.json --camera 3\n"
      "  volpress render scene.ply -o close.png --camera 0,0,2:0,0,0:60 --size 640x480\n"
      "  volpress render helmet.glb -o edges.png --shading wireframe");
  return {app, common,
          [common, options](Console& console) { return render(*options, *common, console); }};
}

}  // namespace volpress::cli
