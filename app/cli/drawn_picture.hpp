// What `volpress render` is told of a picture, and tells of it, whatever kind of scene it shows.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "scene/types/camera.hpp"

namespace volpress::cli {

/// Where a picture is drawn from.
struct PictureCamera {
  std::optional<PictureSize> size;
  std::string views;
  std::optional<std::size_t> view;  ///< of `views`; nothing: home, or `placed`
  std::optional<Camera> placed;     ///< in the scene's frame
};

/// Camera `number` of the views, of that size where one was asked for. InvalidParameter names how
/// many there are.
[[nodiscard]] Result<Camera> viewCamera(const ViewSet& views, std::size_t number,
                                        const std::optional<PictureSize>& size);

/// The camera that is meant: `home` makes the one of a size (`usual` where none was asked for),
/// `views` those of a specification.
[[nodiscard]] Result<Camera> chooseCamera(
    const PictureCamera& from, PictureSize usual, const std::function<Camera(PictureSize)>& home,
    const std::function<Result<ViewSet>(const std::string& spec)>& views);

struct DrawnPicture {
  std::string output;
  Camera camera;
  std::string what;  ///< "12 triangles"; may be empty
  std::string by;    ///< the renderer; may be empty
  double seconds = 0;
};

/// Says what was drawn; `more` is what JSON has besides.
void reportDrawn(const DrawnPicture& drawn, const engine::Json& more, Console& console);

/// What `--device vulkan` answers in a build that cannot.
[[nodiscard]] inline tl::unexpected<Error> withoutVulkan() {
  return fail(ErrorCode::UnsupportedVersion,
              "this build has no Vulkan renderer; use --device software, which does the same");
}

}  // namespace volpress::cli
