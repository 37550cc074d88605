// Meshes in glTF, with each kind of compression inside.
#include <cstdlib>

#include <meshoptimizer.h>

#include "scene/formats/draco_part.hpp"
#include "scene/formats/gltf_document.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {
namespace {

Bytes document(const std::string& json) {
  const ByteView bytes = viewBytes(std::string_view(json));
  return {bytes.begin(), bytes.end()};
}

std::string uri(ByteView bytes) {
  return "data:application/octet-stream;base64," + formats::encodeBase64(bytes);
}

Bytes dracoSeed() {
  const auto stream = formats::encodeDracoPart(testing::gridMesh(3).parts[0], {}).value();
  return document(fmt::format(
      R"({{"asset":{{"version":"2.0"}},"buffers":[{{"byteLength":{0},"uri":"{1}"}}],
      "bufferViews":[{{"buffer":0,"byteLength":{0}}}],"accessors":[{{"count":9,"type":"VEC3",
      "componentType":5126}}],"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}},
      "extensions":{{"KHR_draco_mesh_compression":{{"bufferView":0,"attributes":
      {{"POSITION":{2}}}}}}}}}]}}],"nodes":[{{"mesh":0}}]}})",
      stream.bytes.size(), uri(stream.bytes), stream.attributes[0].id));
}

Bytes meshoptSeed() {
  const MeshPart part = testing::cubeMesh().parts[0];
  Bytes packed(meshopt_encodeVertexBufferBound(8, 12));
  packed.resize(meshopt_encodeVertexBuffer(reinterpret_cast<unsigned char*>(packed.data()),
                                           packed.size(), part.positions.data(), 8, 12));
  return document(fmt::format(
      R"({{"asset":{{"version":"2.0"}},"buffers":[{{"byteLength":{0},"uri":"{1}"}}],
      "bufferViews":[{{"buffer":0,"byteLength":96,"extensions":{{"EXT_meshopt_compression":
      {{"buffer":0,"byteLength":{0},"byteStride":12,"count":8,"mode":"ATTRIBUTES"}}}}}}],
      "accessors":[{{"bufferView":0,"count":6,"type":"VEC3","componentType":5126}}],
      "meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}}}}]}}],"nodes":[{{"mesh":0}}]}})",
      packed.size(), uri(packed)));
}

}  // namespace

std::vector<Bytes> seedInputs() { return {dracoSeed(), meshoptSeed()}; }

void runInput(ByteView input) {
  const auto mesh = testing::readMesh(input, "a.gltf");
  if (mesh && !validate(*mesh)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
