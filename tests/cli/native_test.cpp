// Files whose splats look different from each view: drawn natively, and baked for other programs.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using nlohmann::json;
using testing::Outcome;
using testing::readText;
using testing::runShell;

class NativeTest : public ::testing::Test {
protected:
  Outcome run(const std::string& arguments) const {
    return runShell("exec $V " + arguments, folder);
  }

  void SetUp() override {
    ASSERT_EQ(run("sample scene.ply -q --scale 0.02").exitCode, 0);
    const Outcome encoded =
        run("encode scene.ply -o a.vpc --codec compgs --preset fast --set fit_steps=40 --measure" +
            views);
    ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
    EXPECT_NE(encoded.output.find("native "), std::string::npos) << encoded.output;
    EXPECT_NE(encoded.output.find("baked to SH "), std::string::npos) << encoded.output;
  }

  std::filesystem::path folder = testing::scratchFolder("native");
  std::string views = testing::smallViews(folder, 4);
};

TEST_F(NativeTest, EvaluateGivesBothNumbers) {
  const Outcome text = run("evaluate scene.ply a.vpc" + views);
  ASSERT_EQ(text.exitCode, 0) << text.errors;
  EXPECT_NE(text.output.find("native "), std::string::npos) << text.output;
  EXPECT_NE(text.output.find(", baked to SH "), std::string::npos) << text.output;
  const json both =
      json::parse(run("evaluate scene.ply a.vpc --json" + views).output)["evaluation"];
  const json baked =
      json::parse(run("evaluate scene.ply a.vpc --json --baked" + views).output)["evaluation"];
  ASSERT_EQ(both["bakedViews"].size(), 4U);
  EXPECT_NE(both["meanPsnr"], both["bakedMeanPsnr"]);
  EXPECT_EQ(both["bakedMeanPsnr"], baked["meanPsnr"]);
  EXPECT_FALSE(baked.contains("bakedViews"));
  // A file that is baked already has one number.
  ASSERT_EQ(run("decode a.vpc -o b.ply -q").exitCode, 0);
  const json plain =
      json::parse(run("evaluate scene.ply b.ply --json" + views).output)["evaluation"];
  EXPECT_FALSE(plain.contains("bakedViews"));
  EXPECT_NEAR(plain["meanPsnr"].get<double>(), baked["meanPsnr"].get<double>(), 0.01);
}

TEST_F(NativeTest, RenderShowsTheViewItselfUnlessAskedForWhatIsBaked) {
  const Outcome native = run("render a.vpc -o native.png --size 160x120");
  ASSERT_EQ(native.exitCode, 0) << native.errors;
  EXPECT_NE(native.output.find("colour and opacity as seen from there"), std::string::npos)
      << native.output;
  ASSERT_EQ(run("render a.vpc -o one.png --size 160x120 --threads 1").exitCode, 0);
  EXPECT_EQ(readText(folder / "native.png"), readText(folder / "one.png"));
  ASSERT_EQ(run("render a.vpc -o baked.png --size 160x120 --baked").exitCode, 0);
  EXPECT_NE(readText(folder / "native.png"), readText(folder / "baked.png"));
  ASSERT_EQ(run("decode a.vpc -o b.ply -q").exitCode, 0);
  ASSERT_EQ(run("render b.ply -o plain.png --size 160x120").exitCode, 0);
  EXPECT_EQ(readText(folder / "plain.png"), readText(folder / "baked.png"));
}

TEST_F(NativeTest, DecodeSaysThatItBakesAndWhatThatCosts) {
  const Outcome decoded = run("decode a.vpc -o b.ply");
  ASSERT_EQ(decoded.exitCode, 0) << decoded.errors;
  EXPECT_NE(decoded.output.find("baked to SH of degree 3, "), std::string::npos) << decoded.output;
  EXPECT_NE(decoded.output.find(" dB from what the file itself shows"), std::string::npos)
      << decoded.output;
}

TEST_F(NativeTest, ACompareHasAColumnForWhatIsBaked) {
  const Outcome compared =
      run("compare scene.ply -o report --codecs spz,compact3dgs:fast --pictures 1" + views);
  ASSERT_EQ(compared.exitCode, 0) << compared.errors;
  EXPECT_NE(compared.output.find("baked"), std::string::npos) << compared.output;
  const json results = json::parse(readText(folder / "report" / "results.json"))["results"];
  EXPECT_FALSE(results[0]["evaluation"].contains("bakedMeanPsnr"));
  EXPECT_TRUE(results[1]["evaluation"].contains("bakedMeanPsnr"));
  EXPECT_NE(readText(folder / "report" / "index.html").find("PSNR baked"), std::string::npos);
}

}  // namespace
}  // namespace volpress
