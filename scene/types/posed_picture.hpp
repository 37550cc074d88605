// A picture together with the camera that it was taken or drawn with.
#pragma once

#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress {

struct PosedPicture {
  Camera camera;
  Image picture;  ///< 3 channels, of the camera's size
};

}  // namespace volpress
