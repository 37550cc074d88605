// The decoders of all codecs of meshes.
#include "compressors/mesh_codec.hpp"
#include "tests/codecs/decode_anyway.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
    for (const Mesh& mesh : {testing::cubeMesh(), testing::richMesh()}) {
      SerialRunner runner;
      Progress progress;
      compressors::RunContext context{runner, progress, {}};
      seeds.push_back(
          codec->encode(mesh, compressors::resolveParams(codec->info(), "", {}).value(), context)
              .value());
    }
  }
  return seeds;
}

void runInput(ByteView input) {
  testing::decodeAnyway(input, compressors::meshCodecForContent,
                        [](const Mesh& mesh) { return validate(mesh).has_value(); });
}

}  // namespace volpress::fuzz
