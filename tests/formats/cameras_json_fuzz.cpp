#include <cmath>
#include <cstdlib>

#include "scene/formats/cameras_json.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  constexpr std::string_view kCameras =
      R"([{"id":0,"img_name":"a","width":20,"height":10,"position":[1,2,3],)"
      R"("rotation":[[1,0,0],[0,1,0],[0,0,1]],"fx":15.5,"fy":15,"cx":9,"cy":5}])";
  const ByteView bytes = viewBytes(kCameras);
  return {Bytes(bytes.begin(), bytes.end())};
}

void runInput(ByteView input) {
  const auto views = formats::parseCamerasJson(input);
  if (views) {
    for (const View& view : *views) {
      if (view.camera.width == 0 || !std::isfinite(view.camera.fx)) {
        std::abort();
      }
    }
  }
}

}  // namespace volpress::fuzz
