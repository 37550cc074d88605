#include "app/cli/drawn_picture.hpp"

namespace volpress::cli {

Result<Camera> viewCamera(const ViewSet& views, std::size_t number,
                          const std::optional<PictureSize>& size) {
  if (number >= views.views.size()) {
    return fail(ErrorCode::InvalidParameter, "--camera {}: the views of {} have numbers 0 to {}",
                number, views.origin, views.views.size() - 1);
  }
  const Camera& camera = views.views[number].camera;
  return size ? resized(camera, size->width, size->height) : camera;
}

Result<Camera> chooseCamera(const PictureCamera& from, PictureSize usual,
                            const std::function<Camera(PictureSize)>& home,
                            const std::function<Result<ViewSet>(const std::string& spec)>& views) {
  if (from.placed) {
    return *from.placed;
  }
  if (!from.view) {
    return home(from.size.value_or(usual));
  }
  VOLPRESS_TRY(const ViewSet set, views(from.views));
  return viewCamera(set, *from.view, from.size);
}

void reportDrawn(const DrawnPicture& drawn, const engine::Json& more, Console& console) {
  const Camera& camera = drawn.camera;
  console.print(fmt::format("{}: {} x {}{}{}, drawn in {:.0f} ms{}{}\n", drawn.output, camera.width,
                            camera.height, drawn.what.empty() ? "" : ", ", drawn.what,
                            1000 * drawn.seconds, drawn.by.empty() ? "" : " by ", drawn.by));
  engine::Json json{{"output", drawn.output}, {"width", camera.width}, {"height", camera.height}};
  json.update(more);
  json["seconds"] = drawn.seconds;
  json["position"] = camera.position;
  json["rotation"] = camera.rotation;
  json["focal"] = {camera.fx, camera.fy};
  console.printJson(engine::dumpJson(json, 2));
}

}  // namespace volpress::cli
