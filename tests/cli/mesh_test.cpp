// The commands on meshes, as the program runs them.
#include <gtest/gtest.h>

#include "scene/base/files.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;

/// A closed tetrahedron.
constexpr std::string_view kTetrahedron =
    "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

class MeshCommands : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(writeFileAtomically(m_folder / "a.obj", viewBytes(kTetrahedron)));
  }
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return testing::runShell("exec $V " + arguments, m_folder);
  }

  fs::path m_folder = testing::scratchFolder("mesh_commands");
};

TEST_F(MeshCommands, InfoAndDoctorSayWhatIsThere) {
  const Outcome info = run("info a.obj");
  EXPECT_EQ(info.exitCode, 0) << info.errors;
  EXPECT_NE(info.output.find("4 triangles, 4 vertices"), std::string::npos) << info.output;
  const auto doctor = run("doctor a.obj");
  EXPECT_NE(doctor.output.find("genus      0 (closed)"), std::string::npos) << doctor.output;
}

TEST_F(MeshCommands, EncodeDecodeEvaluate) {
  for (const char* codec : {"mesh-zstd", "draco", "meshopt", "mesh"}) {
    const auto encoded = run(std::string("encode a.obj -o a.vpc -q --codec ") + codec);
    ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
    const auto decoded = run("decode a.vpc -o b.glb");
    ASSERT_EQ(decoded.exitCode, 0) << decoded.errors;
    const auto measured = run("evaluate a.obj b.glb --views orbit:2 --json");
    ASSERT_EQ(measured.exitCode, 0) << measured.errors;
    EXPECT_NE(measured.output.find("\"trianglesOut\": 4"), std::string::npos) << measured.output;
  }
}

TEST_F(MeshCommands, FoldersOfNumberedMeshesAreMeshesThatMove) {
  fs::create_directories(m_folder / "frames");
  for (const char* number : {"1", "2", "3"}) {
    std::string moved(kTetrahedron);
    moved.replace(moved.find("0 0 1\n"), 6, std::string("0 0 ") + number + "\n");
    ASSERT_TRUE(writeFileAtomically(m_folder / "frames" / ("m_" + std::string(number) + ".obj"),
                                    viewBytes(std::string_view(moved))));
  }
  const auto encoded = run("encode frames -o a.vpc -q --codec mesh");
  ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
  const std::string info = run("info a.vpc --json").output;
  EXPECT_NE(info.find("morphs"), std::string::npos) << info;
  EXPECT_NE(info.find("\"frames\": 3"), std::string::npos) << info;
  const auto measured = run("evaluate frames a.vpc --views orbit:2 --json");
  ASSERT_EQ(measured.exitCode, 0) << measured.errors;
  EXPECT_NE(measured.output.find("\"moments\": 3"), std::string::npos) << measured.output;
  EXPECT_NE(measured.output.find("orbit-001, frames 0.03 s"), std::string::npos) << measured.output;
  const auto decoded = run("decode a.vpc -o back");
  ASSERT_EQ(decoded.exitCode, 0) << decoded.errors;
  EXPECT_TRUE(fs::exists(m_folder / "back" / "frame_00002.glb"));
  EXPECT_FALSE(fs::exists(m_folder / "back" / "frame_00003.glb"));
}

TEST_F(MeshCommands, CompareWritesAPage) {
  const auto done = run("compare a.obj --codecs draco,meshopt -o report --views orbit:2");
  ASSERT_EQ(done.exitCode, 0) << done.errors;
  EXPECT_NE(done.output.find("4 triangles"), std::string::npos) << done.output;
  EXPECT_TRUE(fs::exists(m_folder / "report" / "index.html"));
}

TEST_F(MeshCommands, ConvertMakesSplatsThatEvaluateMeasures) {
  const auto made = run("convert a.obj a.spz --splats 20000");
  ASSERT_EQ(made.exitCode, 0) << made.errors;
  EXPECT_NE(made.output.find("20,000 splats"), std::string::npos) << made.output;
  const auto measured = run("evaluate a.obj a.spz --views orbit:2 --images pictures");
  ASSERT_EQ(measured.exitCode, 0) << measured.errors;
  EXPECT_NE(measured.output.find("20,000 for 4 triangles"), std::string::npos) << measured.output;
  EXPECT_TRUE(fs::exists(m_folder / "pictures"));
}

TEST_F(MeshCommands, ConvertWritesTokensThatAreReadAsAMesh) {
  const Outcome made = run("convert a.obj a.bpt --json");
  ASSERT_EQ(made.exitCode, 0) << made.errors;
  // Two fans: three triangles around a corner and the one that is left.
  EXPECT_NE(made.output.find("\"triangles\": 4"), std::string::npos) << made.output;
  const Outcome info = run("info a.bpt");
  EXPECT_EQ(info.exitCode, 0) << info.errors;
  EXPECT_NE(info.output.find("4 triangles, 4 vertices"), std::string::npos) << info.output;
  EXPECT_EQ(run("convert a.bpt back.glb -q").exitCode, 0);
}

TEST_F(MeshCommands, RenderDrawsEachShading) {
  for (const char* shading : {"textured", "flat", "wireframe", "normals"}) {
    const auto drawn = run(std::string("render a.obj -o a.png --size 64x48 --shading ") + shading);
    EXPECT_EQ(drawn.exitCode, 0) << drawn.errors;
  }
}

TEST_F(MeshCommands, KindsThatDoNotMatchAreSaid) {
  const auto splats = run("encode a.obj -o a.vpc --codec spz");
  EXPECT_EQ(splats.exitCode, 1);
  EXPECT_NE(splats.errors.find("holds a mesh"), std::string::npos) << splats.errors;
  const auto format = run("convert a.obj a.obj2");
  EXPECT_NE(format.errors.find(".glb"), std::string::npos) << format.errors;
}

}  // namespace
}  // namespace volpress
