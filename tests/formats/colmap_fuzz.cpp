#include <cmath>
#include <cstdlib>

#include "scene/formats/colmap_model.hpp"
#include "tests/formats/colmap_files.hpp"
#include "tests/fuzz/fuzz_target.hpp"

// One input is the three files of a model, each behind a byte that names it: 0 .. 2 binary cameras,
// images, points, 3 .. 5 the same as text.
namespace volpress::fuzz {
namespace {

Bytes tagged(std::uint8_t tag, ByteView file) {
  Bytes out{std::byte{tag}};
  out.insert(out.end(), file.begin(), file.end());
  return out;
}

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {tagged(1, testing::binaryColmapImages()),
          tagged(0, testing::binaryColmapCameras()),
          tagged(2, testing::binaryColmapPoints()),
          tagged(3, viewBytes(testing::kTextColmapCameras)),
          tagged(4, viewBytes(testing::kTextColmapImages)),
          tagged(5, viewBytes(testing::kTextColmapPoints))};
}

void runInput(ByteView input) {
  using namespace formats;
  if (input.empty()) {
    return;
  }
  const unsigned tag = std::to_integer<unsigned>(input[0]) % 6;
  const ByteView file = input.subspan(1);
  const ColmapEncoding encoding = tag < 3 ? ColmapEncoding::Binary : ColmapEncoding::Text;
  if (tag % 3 == 0) {
    if (const auto cameras = parseColmapCameras(file, encoding)) {
      for (const auto& [id, camera] : *cameras) {
        require(camera.width > 0 && std::isfinite(camera.lens.fx));
        if (const auto pixel = projectRay(camera.lens, 0.3, -0.2)) {
          require(std::isfinite((*pixel)[0]) && std::isfinite((*pixel)[1]));
        }
      }
    }
  } else if (tag % 3 == 1) {
    const auto cameras = parseColmapCameras(testing::binaryColmapCameras(), ColmapEncoding::Binary);
    if (const auto images = parseColmapImages(file, encoding, *cameras)) {
      for (const PosedImage& image : *images) {
        for (const float value : image.camera.rotation) {
          require(std::isfinite(value));
        }
      }
    }
  } else {
    PosedImages into;
    if (parseColmapPoints(file, encoding, into)) {
      require(into.points.size() == into.pointColors.size());
    }
  }
}

}  // namespace volpress::fuzz
