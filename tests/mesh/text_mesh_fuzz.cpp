// PLY, OBJ, STL and COLLADA: the first byte of an input says which.
#include <cstdlib>

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {
namespace {

Bytes seed(char kind, std::string_view text) {
  const std::string whole = kind + std::string(text);
  const ByteView bytes = viewBytes(std::string_view(whole));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {seed('p',
               "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
               "property float z\nproperty uchar red\nelement face 1\nproperty list uchar int "
               "vertex_indices\nend_header\n0 0 0 9\n1 0 0 9\n0 1 0 9\n3 0 1 2\n"),
          seed('o',
               "mtllib a.mtl\no thing\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nvt 0 0\nvt 1 0\nvt 0 1\n"
               "vn 0 0 1\nusemtl m\nf 1/1/1 2/2/1 3/3/1\nf 2/2/1 4/3/1 -2/1/1\n"),
          seed('s',
               "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
               "endloop\nendfacet\nendsolid a\n")};
}

void runInput(ByteView input) {
  if (input.empty()) {
    return;
  }
  const char kind = static_cast<char>(input[0]);
  const auto mesh = testing::readMesh(input.subspan(1), kind == 'p'   ? "a.ply"
                                                        : kind == 'o' ? "a.obj"
                                                                      : "a.stl");
  if (mesh && !validate(*mesh)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
