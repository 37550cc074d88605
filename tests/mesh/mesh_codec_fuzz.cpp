// The decoders of all codecs of meshes.
#include <cstdlib>

#include "compressors/mesh_codec.hpp"
#include "tests/codecs/container_repair.hpp"
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
  SerialRunner runner;
  for (const Bytes& bytes : {Bytes(input.begin(), input.end()),
                             testing::repairContainer(Bytes(input.begin(), input.end()))}) {
    const compressors::MeshCodec* codec = compressors::meshCodecForContent(bytes);
    if (codec == nullptr) {
      continue;
    }
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    const Result<Mesh> mesh = codec->decode(bytes, context);
    if (mesh && (!validate(*mesh) || !codec->breakdown(bytes))) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
