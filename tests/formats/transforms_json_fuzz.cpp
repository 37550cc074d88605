#include <cmath>
#include <cstdlib>

#include "scene/formats/transforms_json.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  constexpr std::string_view kNgp =
      R"({"w":20,"h":10,"fl_x":15.5,"k1":0.1,"p2":1e-3,"frames":[{"file_path":"a",)"
      R"("transform_matrix":[[1,0,0,1],[0,1,0,2],[0,0,1,3],[0,0,0,1]]}]})";
  constexpr std::string_view kNerf =
      R"({"camera_angle_x":0.7,"applied_transform":[[1,0,0,0],[0,1,0,0],[0,0,1,0]],)"
      R"("test_filenames":["a"],"camera_model":"OPENCV_FISHEYE","ply_file_path":"b.ply",)"
      R"("frames":[{"file_path":"a","w":9,"transform_matrix":[[1,0,0,1],[0,1,0,2],[0,0,1,3]]}]})";
  std::vector<Bytes> seeds;
  for (const std::string_view text : {kNgp, kNerf}) {
    const ByteView bytes = viewBytes(text);
    seeds.emplace_back(bytes.begin(), bytes.end());
  }
  return seeds;
}

void runInput(ByteView input) {
  const auto read = formats::parseTransformsJson(
      input, {[](const std::string& name) { return std::filesystem::path(name); },
              [input](const std::filesystem::path&) { return formats::parsePictureSize(input); }});
  // The same bytes as a picture, so that its headers are tried as well.
  const auto size = formats::parsePictureSize(input);
  if (size && (size->width == 0 || size->height == 0)) {
    std::abort();
  }
  if (read) {
    for (const PosedImage& image : read->posed.images) {
      if (image.camera.width == 0 || !std::isfinite(image.camera.fx) ||
          !std::isfinite(image.camera.position[0])) {
        std::abort();
      }
    }
  }
}

}  // namespace volpress::fuzz
