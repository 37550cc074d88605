// Meshes as tokens (.bpt).
#include <cstdlib>

#include "scene/formats/token_file.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const Mesh& mesh : {testing::cubeMesh(), testing::torusMesh(9, 6)}) {
    for (const auto scheme : {formats::TokenScheme::Oriented, formats::TokenScheme::Paper}) {
      seeds.push_back(formats::writeTokenFile(mesh, 7, scheme).value().bytes);
    }
  }
  return seeds;
}

void runInput(ByteView input) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const Result<Mesh> mesh = formats::readTokenFile(input, context);
  if (mesh && !validate(*mesh)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
