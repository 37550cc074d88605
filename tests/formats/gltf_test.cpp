// glTF files that are written: bytes, numbers, sizes, what other programs say of them.
#include "scene/formats/gltf.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "scene/base/files.hpp"
#include "scene/formats/activations.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/gltf_document.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;
using testing::decodeError;
using testing::decodeOk;
using testing::encodeOk;
using testing::FormatIo;

std::uint32_t wordAt(const Bytes& bytes, std::size_t at) {
  std::uint32_t word;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

json jsonOf(const Bytes& glb) { return json::parse(viewText(glb).substr(20, wordAt(glb, 12))); }

float floatAt(const Bytes& glb, const json& root, const char* attribute, std::size_t index) {
  const json& accessor =
      root["accessors"]
          [root["meshes"][0]["primitives"][0]["attributes"][attribute].get<std::size_t>()];
  const json& view = root["bufferViews"][accessor["bufferView"].get<std::size_t>()];
  const std::size_t at = 28 + wordAt(glb, 12) + view["byteOffset"].get<std::size_t>() + 4 * index;
  float value;
  std::memcpy(&value, glb.data() + at, sizeof(value));
  return value;
}

TEST(Gltf, OneSplatGivesTheNumbersWorkedOutByHand) {
  GaussianCloud cloud;
  resizeCloud(cloud, 1, 1);
  cloud.means = {1, -2, 3};
  cloud.logScales = {0, std::log(2.0F), -1};
  cloud.rotations = {2, 0, 0, 2};
  cloud.opacityLogits = {0};
  cloud.shDc = {0.1F, 0.2F, 0.3F};
  cloud.shRest = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  FormatIo io;
  const Bytes glb = encodeOk(glbFormat(), cloud, io);
  ASSERT_EQ(wordAt(glb, 0), kGlbMagic);
  EXPECT_EQ(wordAt(glb, 8), glb.size());
  const json root = jsonOf(glb);
  // Right-down-forward to left-up-forward: x and y change their sign.
  EXPECT_EQ(floatAt(glb, root, "POSITION", 0), -1);
  EXPECT_EQ(floatAt(glb, root, "POSITION", 1), 2);
  EXPECT_EQ(floatAt(glb, root, "POSITION", 2), 3);
  EXPECT_EQ(root["accessors"][0]["min"], json({-1.0, 2.0, 3.0}));
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:SCALE", 1), 2);
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:OPACITY", 0), 0.5F);
  // A turn about z keeps its sense when the other two axes turn round.
  EXPECT_NEAR(floatAt(glb, root, "KHR_gaussian_splatting:ROTATION", 2), std::sqrt(0.5F), 1e-7);
  EXPECT_NEAR(floatAt(glb, root, "KHR_gaussian_splatting:ROTATION", 3), std::sqrt(0.5F), 1e-7);
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:SH_DEGREE_0_COEF_0", 2), 0.3F);
  // Coefficients of band 1 go with y, z and x.
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:SH_DEGREE_1_COEF_0", 1), -2);
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:SH_DEGREE_1_COEF_1", 0), 4);
  EXPECT_EQ(floatAt(glb, root, "KHR_gaussian_splatting:SH_DEGREE_1_COEF_2", 2), -9);
  const json& extension =
      root["meshes"][0]["primitives"][0]["extensions"]["KHR_gaussian_splatting"];
  EXPECT_EQ(extension["kernel"], "ellipse");
  EXPECT_EQ(extension["colorSpace"], "srgb_rec709_display");
  EXPECT_EQ(root["meshes"][0]["primitives"][0]["mode"], 0);
}

TEST(Gltf, FloatsComeBackFromBothKindsOfFile) {
  for (unsigned degree = 0; degree <= 4; ++degree) {
    GaussianCloud cloud = testing::extremeCloud(300, degree, degree + 1);
    FormatIo one(1);
    FormatIo two(2);
    for (const Format* format : {&glbFormat(), &gltfFormat()}) {
      SCOPED_TRACE(format->info().id);
      const Bytes bytes = encodeOk(*format, cloud, one);
      EXPECT_EQ(bytes, encodeOk(*format, cloud, two));
      ASSERT_TRUE(format->recognises(bytes, "unnamed"));
      EXPECT_EQ(formatForContent(bytes, "unnamed"), format);
      const GaussianCloud back = decodeOk(*format, bytes, two);
      ASSERT_EQ(back.count, cloud.count);
      ASSERT_EQ(back.shDegree, std::min(degree, 3U));
      EXPECT_EQ(back.means, cloud.means);
      EXPECT_EQ(back.shDc, cloud.shDc);
      EXPECT_EQ(back.shRest, withShDegree(cloud, back.shDegree).shRest);
      for (std::size_t i = 0; i < cloud.logScales.size(); ++i) {
        ASSERT_NEAR(back.logScales[i], cloud.logScales[i],
                    1e-6 * (1 + std::abs(cloud.logScales[i])));
      }
      for (std::size_t i = 0; i < cloud.count; ++i) {
        ASSERT_NEAR(opacityOf(back.opacityLogits[i]), opacityOf(cloud.opacityLogits[i]), 2e-6);
        float dot = 0;
        float length2 = 0;
        for (std::size_t c = 0; c < 4; ++c) {
          dot += back.rotations[4 * i + c] * cloud.rotations[4 * i + c];
          length2 += cloud.rotations[4 * i + c] * cloud.rotations[4 * i + c];
        }
        ASSERT_NEAR(dot, std::sqrt(length2), 1e-5 * std::sqrt(length2));
      }
      const auto shares = format->breakdown(bytes);
      ASSERT_TRUE(shares.has_value()) << shares.error().message;
      EXPECT_EQ(testing::totalBytes(*shares), bytes.size());
      EXPECT_EQ(testing::shareOf(*shares, "positions"), 300U * 12);
      EXPECT_EQ(testing::shareOf(*shares, "shN"), 300U * 12 * shRestCount(back.shDegree));
    }
    EXPECT_EQ(one.context.warnings.empty(), degree < 4);
  }
}

TEST(Gltf, CloudsInAnyFrameAreWrittenTheSame) {
  GaussianCloud cloud = testing::randomCloud(50, 3, 2);
  FormatIo io;
  const Bytes expected = encodeOk(glbFormat(), cloud, io);
  for (const AxisFrame frame : {AxisFrame::RightUpBack, AxisFrame::LeftUpForward}) {
    GaussianCloud turned = cloud;
    turnAxes(turned, axisSignsBetween(cloud.frame, frame));
    turned.frame = frame;
    EXPECT_EQ(encodeOk(glbFormat(), turned, io), expected);
  }
}

TEST(Gltf, SpzInsideLosesWhatSpzLoses) {
  const GaussianCloud cloud = testing::randomCloud(400, 3, 6);
  FormatIo io;
  const ParamSet params{{"packing", std::string("spz")}};
  const Bytes glb = encodeOk(glbFormat(), cloud, io, params);
  EXPECT_LT(glb.size(), 400U * 70 + 8000);
  const json root = jsonOf(glb);
  EXPECT_EQ(root["extensionsRequired"][1], "KHR_gaussian_splatting_compression_spz_2");
  EXPECT_EQ(root["accessors"][0]["count"], 400);
  EXPECT_FALSE(root["accessors"][0].contains("bufferView"));
  const GaussianCloud back = decodeOk(glbFormat(), glb, io);
  ASSERT_EQ(back.count, 400U);
  for (std::size_t i = 0; i < cloud.means.size(); ++i) {
    ASSERT_NEAR(back.means[i], cloud.means[i], 0.51 / 4096);
  }
  for (std::size_t i = 0; i < cloud.count; ++i) {
    float dot = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      dot += back.rotations[4 * i + c] * cloud.rotations[4 * i + c];
    }
    // x, y, z are bytes of 1/127.5; w follows from them, up to sqrt(2 * 3 / 255) = 0.15 off.
    ASSERT_GT(std::abs(dot), 0.985F);
  }
}

TEST(Gltf, DamagedFilesAreRefusedWithTheReason) {
  FormatIo io;
  const Bytes glb =
      encodeOk(glbFormat(), testing::randomCloud(10, 0, 1), io, {{"fallback", false}});
  const auto changed = [&](std::string_view from, std::string_view to) {
    Bytes bytes = glb;
    const std::size_t at = viewText(bytes).find(from);
    EXPECT_NE(at, std::string_view::npos) << from;
    std::memcpy(bytes.data() + at, to.data(), to.size());
    return decodeError(glbFormat(), bytes);
  };
  EXPECT_NE(changed("\"count\":10", "\"count\":99").find("accessor 0 has 99"), std::string::npos);
  EXPECT_NE(changed("\"byteLength\":120", "\"byteLength\":920").find("bufferView 0"),
            std::string::npos);
  EXPECT_NE(changed("\"componentType\":5126", "\"componentType\":5124").find("5124"),
            std::string::npos);
  EXPECT_NE(changed("\"version\":\"2.0\"", "\"version\":\"1.0\"").find("not 2.x"),
            std::string::npos);
  EXPECT_NE(changed("\"VEC4\"", "\"VEC3\"").find("components"), std::string::npos);
  EXPECT_NE(changed("\"mesh\":0", "\"mesh\":7").find("meshes[7]"), std::string::npos);
  Bytes cut(glb.begin(), glb.end() - 10);
  EXPECT_NE(decodeError(glbFormat(), cut).find("header says"), std::string::npos);
}

TEST(Gltf, Base64IsTheOneEverybodyUses) {
  for (const auto& [plain, text] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(encodeBase64(viewBytes(plain)), text);
    const auto back = decodeBase64(text);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(viewText(*back), plain);
  }
  EXPECT_FALSE(decodeBase64("Zm9!").has_value());
}

/// Problems that the Khronos validator finds, as its report's messages of severity 0 (error).
class GltfValidator : public ::testing::Test {
protected:
  void SetUp() override {
    const char* folder = std::getenv("VOLPRESS_GLTF_VALIDATOR");
    m_module = folder == nullptr ? "" : folder;
    std::error_code ignored;
    if (m_module.empty() || !std::filesystem::exists(m_module, ignored)) {
      GTEST_SKIP() << "VOLPRESS_GLTF_VALIDATOR does not name the folder of npm's gltf-validator";
    }
  }

  json errorsOf(const Bytes& file, const std::string& name) {
    const std::filesystem::path path = m_folder / name;
    EXPECT_TRUE(writeFileAtomically(path, file).has_value());
    const std::filesystem::path report = m_folder / "report.json";
    std::ofstream(m_folder / "check.js")
        << "const fs = require('fs');\n"
           "require(process.argv[2]).validateBytes(new "
           "Uint8Array(fs.readFileSync(process.argv[3])),"
           " {maxIssues: 0}).then(r => fs.writeFileSync(process.argv[4], "
           "JSON.stringify(r.issues)));";
    const std::string command =
        fmt::format("node '{}' '{}' '{}' '{}'", (m_folder / "check.js").string(), m_module,
                    path.string(), report.string());
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ifstream stream(report);
    json errors = json::array();
    for (const json& message : json::parse(stream)["messages"]) {
      if (message["severity"] == 0) {
        errors.push_back(message);
      }
    }
    return errors;
  }

  std::string m_module;
  std::filesystem::path m_folder = testing::scratchFolder("gltf-validator");
};

TEST_F(GltfValidator, FindsNothingButNamesItDoesNotKnow) {
  const GaussianCloud cloud = testing::extremeCloud(500, 3, 3);
  FormatIo io;
  for (const char* packing : {"float", "spz"}) {
    for (const Format* format : {&glbFormat(), &gltfFormat()}) {
      Bytes file = encodeOk(*format, cloud, io, {{"packing", std::string(packing)}});
      // It does not know the extension yet, so it refuses the extension's attribute names...
      for (const json& error : errorsOf(file, "a" + format->info().extensions[0])) {
        EXPECT_EQ(error["code"], "MESH_PRIMITIVE_INVALID_ATTRIBUTE") << error;
        EXPECT_NE(error["pointer"].get<std::string>().find("KHR_gaussian_splatting:"),
                  std::string::npos)
            << error;
      }
      // ... but as names of an application's own, their data pass every check.
      const std::string_view text = viewText(file);
      for (std::size_t at = text.find("KHR_gaussian_splatting:"); at != std::string_view::npos;
           at = text.find("KHR_gaussian_splatting:", at + 1)) {
        file[at] = std::byte{'_'};
      }
      EXPECT_EQ(errorsOf(file, "b" + format->info().extensions[0]), json::array());
    }
  }
}

}  // namespace
}  // namespace volpress::formats
