// The reader of glTF against damaged files.
#include "scene/formats/gltf.hpp"

#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {
namespace {

Bytes seed(const formats::Format& format, const char* packing) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const auto params =
      completeParams(format.info().writeParams, {{"packing", std::string(packing)}});
  return *format.encode(testing::randomCloud(3, 1, 1), *params, context);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {seed(formats::glbFormat(), "float"), seed(formats::glbFormat(), "spz"),
          seed(formats::gltfFormat(), "float")};
}

void runInput(ByteView input) {
  checkReader(formats::glbFormat(), input);
  checkReader(formats::gltfFormat(), input);
}

}  // namespace volpress::fuzz
