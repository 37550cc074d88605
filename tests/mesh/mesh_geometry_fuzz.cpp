// The streams of the codec `mesh` without the container around them. An input is records: the
// number of a stream, a length of two bytes, the stream's bytes.
#include <array>
#include <cstdlib>

#include "compressors/mesh/geometry.hpp"
#include "scene/types/mesh_frames.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<std::string_view, 10> kStreams{
    "parts", "connectivity", "positions", "normals", "tangents",
    "uvs",   "colors",       "joints",    "morphs",  "padding"};

}  // namespace

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  MeshFrames moving(30);
  for (const Mesh& frame : testing::bendingTorus(4)) {
    moving.add(frame);
  }
  for (const Mesh& mesh : {std::move(moving).finish(), testing::cubeMesh(), testing::richMesh(),
                           testing::torusMesh(9, 6)}) {
    SerialRunner runner;
    compressors::meshes::GeometrySettings settings;
    settings.cell = 0.01;
    settings.fewTriangles = seeds.size() < 2 ? 0 : settings.fewTriangles;  // of both versions
    const auto streams = compressors::meshes::packGeometry(mesh, settings, runner, {}).value();
    ByteWriter writer;
    for (const auto& stream : streams) {
      for (std::size_t i = 0; i < kStreams.size(); ++i) {
        if (kStreams.at(i) == stream.name) {
          writer.write(static_cast<std::uint8_t>(i));
        }
      }
      writer.write(static_cast<std::uint16_t>(stream.bytes.size()));
      writer.append(stream.bytes);
    }
    seeds.push_back(std::move(writer).take());
  }
  return seeds;
}

void runInput(ByteView input) {
  std::array<ByteView, kStreams.size()> streams{};
  ByteReader reader(input);
  while (reader.remaining() != 0) {
    const auto number = reader.read<std::uint8_t>("stream");
    const auto size = reader.read<std::uint16_t>("length");
    if (!number || !size) {
      break;
    }
    const auto bytes = reader.take(std::min<std::size_t>(*size, reader.remaining()), "bytes");
    streams.at(*number % kStreams.size()) = bytes.value();
  }
  SerialRunner runner;
  const auto parts = compressors::meshes::unpackGeometry(
      [&](std::string_view name) {
        for (std::size_t i = 0; i < kStreams.size(); ++i) {
          if (kStreams.at(i) == name) {
            return streams.at(i);
          }
        }
        return ByteView();
      },
      runner, {});
  if (!parts) {
    return;
  }
  Mesh mesh;
  mesh.parts = *parts;
  if (!validate(mesh)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
