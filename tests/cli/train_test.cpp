// volpress train: from photographs to a scene, through interruptions.
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/engine/png_image.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using nlohmann::json;
using testing::Outcome;
using testing::readText;

class TrainTest : public ::testing::Test {
protected:
  Outcome run(const std::string& arguments, int interruptAfterMs = -1) const {
    return testing::runShell("exec $V " + arguments, m_folder, interruptAfterMs);
  }

  /// Pictures of a known scene from all around, as a data set with a transforms.json.
  void SetUp() override {
    GaussianCloud cloud = testing::randomCloud(300, 0, 3);
    for (float& scale : cloud.logScales) {
      scale += 1.3F;
    }
    SerialRunner runner;
    const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
    const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
    std::filesystem::create_directories(m_folder / "set");
    json frames = json::array();
    for (int i = 0; i < 9; ++i) {
      const float angle = 0.7F * static_cast<float>(i);
      const Camera camera = lookAt({4 * std::sin(angle), 0.5F, 4 * std::cos(angle)}, {0, 0, 0},
                                   {0, 1, 0}, 0.8F, 64, 48);
      const std::string name = std::to_string(i) + ".png";
      ASSERT_TRUE(engine::writePng(m_folder / "set" / name,
                                   rasterizer->render(**prepared, camera, {})->color));
      // Camera to world, the camera looking along -z with +y up.
      const auto& r = camera.rotation;
      json rows = json::array();
      for (std::size_t axis = 0; axis < 3; ++axis) {
        rows.push_back({r[axis], -r[3 + axis], -r[6 + axis], camera.position[axis]});
      }
      rows.push_back({0, 0, 0, 1});
      frames.push_back({{"file_path", name}, {"transform_matrix", rows}});
      m_focal = camera.fy;
    }
    std::string points = fmt::format(
        "ply\nformat ascii 1.0\nelement vertex {}\nproperty float x\nproperty float y\n"
        "property float z\nend_header\n",
        cloud.count);
    for (std::size_t i = 0; i < cloud.means.size(); i += 3) {
      points += fmt::format("{} {} {}\n", cloud.means[i], cloud.means[i + 1], cloud.means[i + 2]);
    }
    ASSERT_TRUE(writeFileAtomically(m_folder / "set/points.ply", viewBytes(points)));
    const json set{
        {"fl_x", m_focal}, {"fl_y", m_focal}, {"cx", 32},         {"cy", 24},
        {"w", 64},         {"h", 48},         {"frames", frames}, {"ply_file_path", "points.ply"}};
    const std::string text = set.dump();
    ASSERT_TRUE(writeFileAtomically(m_folder / "set/transforms.json", viewBytes(text)));
  }

  std::filesystem::path m_folder = testing::scratchFolder("train");
  float m_focal = 1;
};

TEST_F(TrainTest, LearnsAndReportsOnWhatItNeverSaw) {
  const Outcome done =
      run("train set -o scene.ply --iterations 400 --sh-degree 0 --max-splats 20000 --json");
  ASSERT_EQ(done.exitCode, 0) << done.errors;
  const json report = json::parse(done.output);
  EXPECT_EQ(report["learnt"]["photographs"], 7);
  EXPECT_EQ(report["heldOut"]["photographs"], 2);
  EXPECT_GT(report["learnt"]["psnr"], 24.0);
  EXPECT_GT(report["heldOut"]["psnr"], 15.0);
  EXPECT_FALSE(std::filesystem::exists(m_folder / "scene.ply.checkpoint"));

  // The same figures from the file alone.
  const Outcome measured = run("evaluate scene.ply scene.ply --photos set --json");
  ASSERT_EQ(measured.exitCode, 0) << measured.errors;
  const json evaluation = json::parse(measured.output)["evaluation"];
  double sum = 0;
  int views = 0;
  for (const json& view : evaluation["views"]) {
    if (view["heldOut"]) {
      sum += view["psnr"].get<double>();
      ++views;
    }
  }
  ASSERT_EQ(views, 2);
  EXPECT_NEAR(sum / views, report["heldOut"]["psnr"].get<double>(), 1e-6);
}

TEST_F(TrainTest, InterruptedAndKilledRunsEndInTheSameBytes) {
  const std::string common = "train set --iterations 300 --sh-degree 1 -q -o ";
  ASSERT_EQ(run(common + "whole.ply").exitCode, 0);

  const Outcome interrupted = run(common + "cut.ply --threads 1", 400);
  // The whole scene or none: it may have been written just before.
  if (interrupted.exitCode == 130 && std::filesystem::exists(m_folder / "cut.ply")) {
    EXPECT_EQ(readText(m_folder / "whole.ply"), readText(m_folder / "cut.ply"));
  }
  ASSERT_EQ(run(common + "cut.ply").exitCode, 0);
  EXPECT_EQ(readText(m_folder / "whole.ply"), readText(m_folder / "cut.ply"));

  (void)testing::runShell("timeout -s KILL 0.5 $V " + common + "killed.ply --checkpoint-seconds 0",
                          m_folder);
  ASSERT_EQ(run(common + "killed.ply").exitCode, 0);
  EXPECT_EQ(readText(m_folder / "whole.ply"), readText(m_folder / "killed.ply"));
}

TEST_F(TrainTest, CompressorsLearnFromThePhotographs) {
  ASSERT_EQ(run("train set -q -o scene.ply --iterations 200 --sh-degree 0").exitCode, 0);
  const std::string common =
      "encode scene.ply --codec lightgaussian --set prune=50 --set recovery=full --set steps=150 "
      "--views orbit:4 -q -o ";
  ASSERT_EQ(run(common + "renders.vpc").exitCode, 0);
  const Outcome taught = run(common + "photos.vpc --photos set");
  ASSERT_EQ(taught.exitCode, 0) << taught.errors;
  const auto learntPsnr = [&](const std::string& file) {
    const Outcome measured = run("evaluate scene.ply " + file + " --photos set --json");
    EXPECT_EQ(measured.exitCode, 0) << measured.errors;
    const json views = json::parse(measured.output)["evaluation"]["views"];
    EXPECT_EQ(views.size(), 9U);
    double sum = 0;
    for (const json& view : views) {
      sum += view["heldOut"] ? 0 : view["psnr"].get<double>();
    }
    return sum / 7;
  };
  EXPECT_GT(learntPsnr("photos.vpc"), learntPsnr("renders.vpc"));

  // All that fine-tune look at the photographs when they do, and it is said when they do not.
  for (const char* tuned : {"mesongs --set steps=2", "compact3d --set steps=2",
                            "compact3dgs --set steps=2", "volpress --set tuning_steps=2"}) {
    const Outcome done = run(fmt::format(
        "encode scene.ply -o tuned.vpc --views orbit:4 --photos set --codec {}", tuned));
    EXPECT_EQ(done.exitCode, 0) << done.errors;
    EXPECT_NE(done.errors.find("learns from 6 photographs"), std::string::npos) << tuned << '\n'
                                                                                << done.errors;
  }
  EXPECT_NE(run("encode scene.ply -o plain.vpc --views orbit:4 --photos set --codec volpress")
                .errors.find("the photographs were not looked at"),
            std::string::npos);

  const Outcome refused = run("encode scene.ply --codec spz -o a.spz --photos set");
  EXPECT_EQ(refused.exitCode, 2);
  EXPECT_NE(refused.errors.find("photographs"), std::string::npos);
}

TEST_F(TrainTest, WrongUseSaysWhatIsWrong) {
  const Outcome missing = run("train nowhere -o a.ply");
  EXPECT_EQ(missing.exitCode, 1);
  EXPECT_NE(missing.errors.find("nowhere"), std::string::npos);
  EXPECT_EQ(run("train set -o a.ply --sh-degree 9").exitCode, 2);
  EXPECT_EQ(run("train set").exitCode, 2);
}

}  // namespace
}  // namespace volpress
