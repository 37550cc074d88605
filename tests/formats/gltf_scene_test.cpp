// glTF files of others: number types, nodes, instances, buffers beside the file.
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "scene/edit/transform.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/gltf.hpp"
#include "scene/formats/gltf_document.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/splat_transform.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;
using testing::decodeError;
using testing::decodeOk;
using testing::encodeOk;
using testing::FormatIo;

/// The JSON of a .gltf that shows `cloud`.
json gltfOf(const GaussianCloud& cloud) {
  FormatIo io;
  return json::parse(viewText(encodeOk(gltfFormat(), cloud, io)));
}

GaussianCloud decodeJson(const json& root) {
  FormatIo io;
  return decodeOk(gltfFormat(), viewBytes(root.dump()), io);
}

std::string errorOf(const json& root) { return decodeError(gltfFormat(), viewBytes(root.dump())); }

TEST(GltfScene, NodesPlaceTheirSplats) {
  const GaussianCloud cloud = testing::randomCloud(40, 3, 5);
  json root = gltfOf(cloud);
  // The second node hangs below the first, which shows the mesh too.
  const double half = std::sqrt(0.5);
  root["nodes"] =
      json::array({{{"mesh", 0}, {"translation", {10, 0, 0}}, {"children", {1}}},
                   {{"mesh", 0}, {"rotation", {0, 0, half, half}}, {"scale", {2, 2, 2}}}});
  const GaussianCloud both = decodeJson(root);
  ASSERT_EQ(both.count, 80U);
  SerialRunner runner;
  GaussianCloud second = cloud;
  const AxisSigns signs = axisSigns(AxisFrame::LeftUpForward);
  turnAxes(second, signs);
  edit::transformCloud(second, {edit::rotationOfDegrees({0, 0, 90}), {10, 0, 0}, 2}, runner);
  turnAxes(second, signs);
  for (std::size_t i = 0; i < cloud.means.size(); ++i) {
    EXPECT_NEAR(both.means[i], cloud.means[i] - (i % 3 == 0 ? 10 : 0), 1e-5);
    EXPECT_NEAR(both.means[cloud.means.size() + i], second.means[i], 1e-5);
    EXPECT_NEAR(both.logScales[cloud.means.size() + i], second.logScales[i], 1e-5);
  }
  for (std::size_t i = 0; i < cloud.shRest.size(); ++i) {
    EXPECT_NEAR(both.shRest[cloud.shRest.size() + i], second.shRest[i], 1e-5);
  }
  // The same by a matrix, column by column.
  root["nodes"] =
      json::array({{{"mesh", 0}, {"matrix", {0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 2, 0, 10, 0, 0, 1}}}});
  const GaussianCloud byMatrix = decodeJson(root);
  for (std::size_t i = 0; i < cloud.means.size(); ++i) {
    EXPECT_NEAR(byMatrix.means[i], second.means[i], 1e-5);
  }
}

TEST(GltfScene, StretchedNodesStretchTheSplats) {
  GaussianCloud ball = testing::randomCloud(1, 0, 1);
  ball.means = {0, 0, 0};
  ball.logScales = {0, 0, 0};
  json root = gltfOf(ball);
  root["nodes"][0]["scale"] = {1, 4, 2};
  const GaussianCloud back = decodeJson(root);
  EXPECT_NEAR(back.logScales[0], std::log(4.0F), 1e-5);
  EXPECT_NEAR(back.logScales[2], 0, 1e-5);
  root["nodes"][0]["scale"] = {1, -1, 1};
  EXPECT_NE(errorOf(root).find("mirrors"), std::string::npos);
  root["nodes"][0]["scale"] = {0, 1, 1};
  EXPECT_NE(errorOf(root).find("flattens"), std::string::npos);
}

TEST(GltfScene, GraphsThatAreNoTreesAreRefused) {
  json root = gltfOf(testing::randomCloud(2, 0, 1));
  root["nodes"] = json::array({{{"children", {1}}}, {{"children", {0}}}});
  EXPECT_NE(errorOf(root).find("named twice"), std::string::npos);
  root["nodes"] = json::array({{{"children", {5}}}});
  EXPECT_NE(errorOf(root).find("node 5"), std::string::npos);
  root["extensionsRequired"] = {"EXT_of_the_future"};
  EXPECT_NE(errorOf(root).find("EXT_of_the_future"), std::string::npos);
}

TEST(GltfScene, ManyInstancesDoNotMakeAHugeScene) {
  json root = gltfOf(testing::randomCloud(2000, 0, 1));
  root["nodes"] = json::array();
  root["scenes"][0]["nodes"] = json::array();
  for (int i = 0; i < 3000; ++i) {
    root["nodes"].push_back({{"mesh", 0}});
    root["scenes"][0]["nodes"].push_back(i);
  }
  EXPECT_NE(errorOf(root).find("justify no more"), std::string::npos);
}

TEST(GltfScene, BuffersMayLieBesideTheFile) {
  const GaussianCloud cloud = testing::randomCloud(30, 1, 4);
  json root = gltfOf(cloud);
  const std::string uri = root["buffers"][0]["uri"];
  const auto bytes = decodeBase64(std::string_view(uri).substr(uri.find(',') + 1));
  ASSERT_TRUE(bytes.has_value());
  const std::filesystem::path folder = testing::scratchFolder("gltf");
  std::ofstream(folder / "numbers.bin")
      .write(viewText(*bytes).data(), static_cast<std::streamsize>(bytes->size()));
  root["buffers"][0]["uri"] = "numbers.bin";
  std::ofstream(folder / "scene.gltf") << root.dump();
  FormatIo io;
  const auto loaded = loadCloud(folder / "scene.gltf", io.context);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->cloud.means, cloud.means);
  EXPECT_EQ(loaded->fileBytes, root.dump().size() + bytes->size());
  root["buffers"][0]["uri"] = "../numbers.bin";
  std::ofstream(folder / "scene.gltf") << root.dump();
  const auto refused = loadCloud(folder / "scene.gltf", io.context);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("beside the glTF"), std::string::npos);
}

TEST(GltfScene, OlderNamesAreUnderstood) {
  json root = gltfOf(testing::randomCloud(5, 0, 3));
  json& attributes = root["meshes"][0]["primitives"][0]["attributes"];
  const auto rename = [&](const char* from, const char* to) {
    attributes[to] = attributes[from];
    attributes.erase(from);
  };
  rename("KHR_gaussian_splatting:ROTATION", "_ROTATION");
  rename("KHR_gaussian_splatting:SCALE", "_SCALE");
  attributes.erase("KHR_gaussian_splatting:SH_DEGREE_0_COEF_0");
  attributes.erase("KHR_gaussian_splatting:OPACITY");
  const GaussianCloud back = decodeJson(root);
  ASSERT_EQ(back.count, 5U);
  const GaussianCloud cloud = testing::randomCloud(5, 0, 3);
  EXPECT_NEAR(back.logScales[4], cloud.logScales[4], 1e-6);
  EXPECT_NEAR(opacityOf(back.opacityLogits[2]), opacityOf(cloud.opacityLogits[2]), 0.51 / 255);
}

TEST(GltfScene, MeshesWithoutSplatsAreNotThisFormat) {
  const auto path = testing::realData("meshes/Duck.glb");
  if (!path) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  FormatIo io;
  const auto loaded = loadCloud(*path, io.context);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::NotThisFormat);
  EXPECT_NE(loaded.error().message.find("no Gaussian splats"), std::string::npos);
}

TEST(GltfScene, ReadsEveryNumberTypeOfTheConformanceFiles) {
  for (const char* name : {"odd/khr_gaussian_splatting/khr_conformance_matrix.glb",
                           "odd/khr_gaussian_splatting/khr_conformance_matrix.gltf"}) {
    const auto path = testing::realData(name);
    if (!path) {
      GTEST_SKIP() << "the real test data is not on this machine";
    }
    FormatIo io;
    const auto loaded = loadCloud(*path, io.context);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->cloud.count, 15U);
    EXPECT_EQ(loaded->cloud.shDegree, 3U);
    EXPECT_FALSE(loaded->warnings.empty()) << "linear colours are warned of";
    // Scales of 0, 0.5 and -0.5: logarithms of the older draft.
    EXPECT_EQ(loaded->cloud.logScales[1], 0.5F);
    EXPECT_EQ(loaded->cloud.logScales[2], -0.5F);
    EXPECT_FLOAT_EQ(opacityOf(loaded->cloud.opacityLogits[0]), 0.25F);
  }
}

TEST(GltfScene, ReadsWhatSplatTransformWrites) {
  if (!testing::hasSplatTransform()) {
    GTEST_SKIP() << "VOLPRESS_SPLAT_TRANSFORM does not name the converter";
  }
  const std::filesystem::path folder = testing::scratchFolder("gltf-theirs");
  const GaussianCloud cloud = testing::randomCloud(900, 3, 8);
  FormatIo io;
  ASSERT_TRUE(saveCloud(folder / "a.ply", cloud, {}, io.context).has_value());
  const auto converted = testing::runSplatTransform(folder / "a.ply", folder / "a.glb");
  ASSERT_TRUE(converted.has_value()) << converted.error().message;
  const auto loaded = loadCloud(folder / "a.glb", io.context);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  ASSERT_EQ(loaded->cloud.count, cloud.count);
  for (std::size_t i = 0; i < cloud.means.size(); ++i) {
    ASSERT_NEAR(loaded->cloud.means[i], cloud.means[i], 1e-6);
    ASSERT_NEAR(loaded->cloud.logScales[i], cloud.logScales[i], 1e-5);
    ASSERT_NEAR(loaded->cloud.shDc[i], cloud.shDc[i], 1e-6);
  }
  for (std::size_t i = 0; i < cloud.shRest.size(); ++i) {
    ASSERT_NEAR(loaded->cloud.shRest[i], cloud.shRest[i], 1e-6);
  }
}

}  // namespace
}  // namespace volpress::formats
