// The commands on single pictures, as the program runs them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/engine/png_image.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/gaussianimage/test_pictures.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Outcome;

class PictureCommands : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(engine::writePng(m_folder / "photo.png", testing::testPicture(96, 80)));
  }
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return testing::runShell("exec $V " + arguments, m_folder);
  }

  fs::path m_folder = testing::scratchFolder("picture_commands");
};

TEST_F(PictureCommands, EncodeDecodeAndMeasureAgree) {
  const Outcome encoded =
      run("encode photo.png -o y.vpc --codec gaussianimage --set gaussians=200 --set steps=120 "
          "--set tune_steps=60 --measure --json");
  ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
  const json job = json::parse(encoded.output)["evaluation"];
  EXPECT_EQ(job["fileBytes"], fs::file_size(m_folder / "y.vpc"));
  EXPECT_GT(job["views"][0]["psnr"], 24);
  ASSERT_EQ(run("decode y.vpc -o out.png").exitCode, 0);
  // What is measured of the file is what is measured of the picture that it decodes to.
  const Outcome direct = run("evaluate photo.png y.vpc --json");
  const Outcome decoded = run("evaluate photo.png out.png --json");
  ASSERT_EQ(direct.exitCode, 0) << direct.errors;
  ASSERT_EQ(decoded.exitCode, 0) << decoded.errors;
  const auto psnr = [](const Outcome& outcome) {
    return json::parse(outcome.output)["evaluation"]["views"][0]["psnr"].get<double>();
  };
  EXPECT_NEAR(psnr(direct), job["views"][0]["psnr"].get<double>(), 1e-6);
  EXPECT_NEAR(psnr(direct), psnr(decoded), 1e-3);

  // Drawn from its Gaussians, by the device too where there is one.
  ASSERT_EQ(run("render y.vpc -o drawn.png").exitCode, 0);
  EXPECT_EQ(testing::readText(m_folder / "drawn.png"), testing::readText(m_folder / "out.png"));
  const Outcome device = run("render y.vpc -o drawn.png --device vulkan");
  if (device.exitCode == 0) {
    const json quality = json::parse(
        run("evaluate out.png drawn.png --json").output)["evaluation"]["views"][0]["psnr"];
    EXPECT_TRUE(!quality.is_number() || quality > 50) << quality;
  } else {
    EXPECT_NE(device.errors.find("Vulkan"), std::string::npos) << device.errors;
  }

  const Outcome info = run("info y.vpc --json");
  ASSERT_EQ(info.exitCode, 0) << info.errors;
  const json facts = json::parse(info.output);
  EXPECT_EQ(facts["codec"], "gaussianimage");
  EXPECT_EQ(facts["width"], 96);
  std::uint64_t sum = 0;
  for (const json& share : facts["breakdown"]) {
    sum += share["bytes"].get<std::uint64_t>();
  }
  EXPECT_EQ(sum, facts["fileBytes"]);
  EXPECT_NE(run("info photo.png").output.find("96 x 80 pixels"), std::string::npos);
  EXPECT_EQ(run("thumbnail y.vpc small.png --size 32").exitCode, 0);
}

TEST_F(PictureCommands, ComparesAtEqualBytes) {
  const Outcome compared = run("compare photo.png --codecs jpeg,webp,jxl -o report --json");
  ASSERT_EQ(compared.exitCode, 0) << compared.errors;
  const json report = json::parse(compared.output);
  EXPECT_EQ(report["pixels"], 96 * 80);
  ASSERT_EQ(report["results"].size(), 7U);  // one, and three each of the others
  const double bytes = report["results"][0]["evaluation"]["fileBytes"];
  for (const json& row : report["results"]) {
    const double share = row["evaluation"]["fileBytes"].get<double>() / bytes;
    const double wanted = row["preset"] == "half-bytes"    ? 0.5
                          : row["preset"] == "twice-bytes" ? 2
                                                           : 1;
    EXPECT_NEAR(share / wanted, 1, 0.12) << row["codec"] << " " << row["preset"];
    EXPECT_TRUE(fs::exists(m_folder / "report" / row["file"].get<std::string>()));
  }
  EXPECT_TRUE(fs::exists(m_folder / "report/index.html"));
}

TEST_F(PictureCommands, RefuseWhatIsForOtherScenes) {
  const Outcome edited = run("encode photo.png -o y.vpc --codec jpeg --remove-floaters 3");
  EXPECT_EQ(edited.exitCode, 2);
  EXPECT_NE(edited.errors.find("single pictures"), std::string::npos) << edited.errors;
  const Outcome splats = run("encode photo.png -o y.spz --codec spz");
  EXPECT_EQ(splats.exitCode, 1);
  EXPECT_EQ(run("render photo.png -o y.png").exitCode, 2);
  EXPECT_EQ(run("doctor photo.png").exitCode, 2);
  EXPECT_EQ(run("convert photo.png y.ply").exitCode, 2);
}

}  // namespace
}  // namespace volpress
