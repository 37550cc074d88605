#include <cstdlib>

#include "scene/formats/draco_part.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const bool keepsOrder : {false, true}) {
    formats::DracoSettings settings;
    settings.keepsOrder = keepsOrder;
    seeds.push_back(formats::encodeDracoPart(testing::gridMesh(4).parts[0], settings)->bytes);
  }
  return seeds;
}

void runInput(ByteView input) {
  const auto mesh = testing::readMesh(input, "a.drc");
  if (mesh && !validate(*mesh)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
