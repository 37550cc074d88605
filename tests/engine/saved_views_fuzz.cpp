#include <cmath>
#include <cstdlib>

#include "app/engine/bookmarks.hpp"
#include "app/engine/camera_path.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  engine::Bookmarks bookmarks;
  static_cast<void>(bookmarks.add({}, "front"));
  engine::CameraPath path;
  path.keys = {{{}, 0}, {{}, 1.5}};
  std::vector<Bytes> seeds;
  for (const std::string& text :
       {engine::bookmarksToJson(bookmarks), engine::cameraPathToJson(path)}) {
    const ByteView bytes = viewBytes(std::string_view(text));
    seeds.emplace_back(bytes.begin(), bytes.end());
  }
  return seeds;
}

void runInput(ByteView input) {
  static_cast<void>(engine::bookmarksFromJson(viewText(input)));
  if (const auto path = engine::cameraPathFromJson(viewText(input))) {
    // A path that was accepted gives a finite view at any time.
    for (const double seconds : {-1.0, 0.0, 0.7, 1e9}) {
      for (const double value : engine::viewAt(*path, seconds).position) {
        if (!std::isfinite(value)) {
          std::abort();
        }
      }
    }
  }
}

}  // namespace volpress::fuzz
