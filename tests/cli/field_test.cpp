// The commands on radiance fields, as the program runs them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scene/base/files.hpp"
#include "scene/formats/snapshot.hpp"
#include "tests/cli/killed_run.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Outcome;

class FieldCommands : public ::testing::Test {
protected:
  void SetUp() override {
    const Bytes file =
        formats::writeSnapshot(testing::randomField(1), formats::SnapshotWrapping::Gzip).value();
    ASSERT_TRUE(writeFileAtomically(m_folder / "a.ingp", file));
  }
  [[nodiscard]] Outcome run(const std::string& arguments, int interruptAfterMs = -1) const {
    return testing::runShell("exec $V " + arguments, m_folder, interruptAfterMs);
  }

  /// A data set of nine small pictures.
  void takePhotos() const {
    const Outcome photos = run("sample photos -o set --count 9 --side 24");
    ASSERT_EQ(photos.exitCode, 0) << photos.errors;
  }

  fs::path m_folder = testing::scratchFolder("field_commands");
  std::string m_views = testing::smallViews(m_folder, 2);
};

TEST_F(FieldCommands, InfoAndDoctorSayWhatIsThere) {
  const Outcome info = run("info a.ingp --json");
  ASSERT_EQ(info.exitCode, 0) << info.errors;
  const json facts = json::parse(info.output);
  EXPECT_EQ(facts["kind"], "field");
  EXPECT_EQ(facts["grid"]["levels"].size(), 4U);
  EXPECT_GT(facts["cascades"][0]["occupied"], 100000);
  const Outcome text = run("info a.ingp");
  EXPECT_NE(text.output.find("Instant-NGP snapshot"), std::string::npos) << text.output;
  const Outcome doctor = run("doctor a.ingp");
  EXPECT_EQ(doctor.exitCode, 0) << doctor.output;
  EXPECT_NE(doctor.output.find("names no training cameras"), std::string::npos) << doctor.output;
}

TEST_F(FieldCommands, EncodeDecodeEvaluate) {
  const Outcome encoded = run("encode a.ingp -o a.vpc --codec repack --measure" + m_views);
  ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
  EXPECT_NE(encoded.output.find("100.00 dB mean"), std::string::npos) << encoded.output;
  EXPECT_EQ(run("decode a.vpc -o b.ingp").exitCode, 0);
  EXPECT_EQ(run("convert b.ingp c.msgpack").exitCode, 0);
  const Outcome measured = run("evaluate a.ingp c.msgpack --json" + m_views);
  ASSERT_EQ(measured.exitCode, 0) << measured.errors;
  EXPECT_EQ(json::parse(measured.output)["evaluation"]["views"].size(), 2U);
  EXPECT_EQ(run("info a.vpc").exitCode, 0);
  const Outcome wrong = run("decode a.vpc -o b.ply");
  EXPECT_NE(wrong.errors.find(".ingp"), std::string::npos) << wrong.errors;
}

TEST_F(FieldCommands, LearntCodecsAreCodecsLikeTheOthers) {
  const std::string little = " --set steps=2 --set views=4 --set view_side=16";
  takePhotos();
  for (const auto& [codec, more] : std::vector<std::pair<std::string, std::string>>{
           {"shacira", ""},
           {"shacira", " --set occupancy=lean --photos set"},
           {"hollownerf", " --set prune_steps=32"}}) {
    EXPECT_NE(run("codecs").output.find(codec), std::string::npos);
    const Outcome encoded = run("encode a.ingp -o s.vpc --codec " + codec + little + more);
    ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
    EXPECT_EQ(run("decode s.vpc -o s.ingp").exitCode, 0);
    const Outcome measured = run("evaluate a.ingp s.vpc --json" + m_views);
    ASSERT_EQ(measured.exitCode, 0) << measured.errors;
    EXPECT_EQ(json::parse(measured.output)["evaluation"]["views"].size(), 2U);
    fs::remove(m_folder / "s.vpc");
    fs::remove(m_folder / "s.ingp");
  }
}

TEST_F(FieldCommands, AKilledDistillationGoesOnToTheSameBytes) {
  testing::expectKilledRunGoesOn(m_folder, [](const std::string& output) {
    return "encode a.ingp --codec shacira --set occupancy=exact --set steps=40 --set views=4 "
           "--set view_side=16 -q -o " +
           output;
  });
}

TEST_F(FieldCommands, CompareWritesAPage) {
  const Outcome done = run("compare a.ingp --codecs repack,ingp:*,zstd -o report" + m_views);
  ASSERT_EQ(done.exitCode, 0) << done.errors;
  EXPECT_NE(done.output.find("parameters"), std::string::npos) << done.output;
  EXPECT_TRUE(fs::exists(m_folder / "report" / "index.html"));
}

TEST_F(FieldCommands, RenderDrawsIt) {
  for (const char* more : {"", " --blending original --background 1,1,1", " --camera 1"}) {
    const Outcome drawn = run(std::string("render a.ingp -o a.png --size 48x32") + more);
    EXPECT_EQ(drawn.exitCode, 0) << drawn.errors;
    EXPECT_TRUE(fs::exists(m_folder / "a.png"));
  }
  // Where there is a device it draws the same; where there is none it says so.
  const std::string tiny = "render a.ingp --size 12x11 -o ";
  const Outcome device = run(tiny + "v.png --device vulkan --json");
  if (device.exitCode != 0) {
    EXPECT_NE((device.errors + device.output).find("Vulkan"), std::string::npos) << device.errors;
    return;
  }
  EXPECT_NE(json::parse(device.output)["device"].get<std::string>().find("Vulkan"),
            std::string::npos);
  ASSERT_EQ(run(tiny + "s.png").exitCode, 0);
  const Outcome alike = run("evaluate s.png v.png --json");
  ASSERT_EQ(alike.exitCode, 0) << alike.errors;
  const json quality = json::parse(alike.output)["evaluation"];
  EXPECT_TRUE(!quality["meanPsnr"].is_number() || quality["meanPsnr"] >= 50) << quality;
}

TEST_F(FieldCommands, SaysWhereThereIsNoDeviceToLearnOn) {
  for (const char* wrong : {"encode a.ingp -o a.vpc --codec sog --device vulkan",
                            "train set -o a.ply --device vulkan"}) {
    const Outcome refused = run(wrong);
    EXPECT_EQ(refused.exitCode, 2) << wrong;
    EXPECT_NE(refused.errors.find("radiance fields"), std::string::npos) << refused.errors;
  }
  const Outcome without = testing::runShell(
      "VK_DRIVER_FILES=/none VK_ICD_FILENAMES=/none exec $V encode a.ingp -o a.vpc --codec shacira "
      "--device vulkan",
      m_folder);
  EXPECT_EQ(without.exitCode, 1);
  EXPECT_NE(without.errors.find("--device"), std::string::npos) << without.errors;
  EXPECT_FALSE(fs::exists(m_folder / "a.vpc"));
}

TEST_F(FieldCommands, TrainsFromPhotographsThroughAnInterruption) {
  takePhotos();
  const std::string arguments =
      "train set --kind nerf --iterations 20 --table-bits 10 --levels 3 --features 2 "
      "--checkpoint-seconds 0 ";
  const Outcome whole = run(arguments + "-o whole.ingp --json");
  ASSERT_EQ(whole.exitCode, 0) << whole.errors;
  const json report = json::parse(whole.output);
  EXPECT_EQ(report["heldOut"]["photographs"], 2);
  EXPECT_GT(report["learnt"]["psnr"], 8.0);
  // Interrupted somewhere, then gone on with: the same bytes.
  const Outcome cut = run(arguments + "-o parts.ingp", 400);
  if (cut.exitCode != 0) {
    EXPECT_FALSE(fs::exists(m_folder / "parts.ingp"));
    ASSERT_EQ(run(arguments + "-o parts.ingp").exitCode, 0);
  }
  EXPECT_EQ(testing::readText(m_folder / "parts.ingp"), testing::readText(m_folder / "whole.ingp"));
  EXPECT_EQ(run("info whole.ingp").exitCode, 0);
}

}  // namespace
}  // namespace volpress
