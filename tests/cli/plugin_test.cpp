// Plug-ins. The program behind them is a stand-in: a shell script that only zips. No network, and
// no published codec, is tried here.
#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/engine/plugin.hpp"
#include "app/engine/png_image.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/gaussianimage/test_pictures.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Outcome;

constexpr const char* kStandIn = R"(#!/bin/sh
# A stand-in for an external codec: it zips, and can misbehave in several ways.
case "$1" in
  zip) gzip -nc <"$2" >"$3" ;;
  unzip) gzip -dc <"$2" >"$3" ;;
  fail) echo "the moon is in the wrong house" >&2; exit 7 ;;
  hang) sleep 60 & echo $! >"$4/pid"; wait ;;
  flood) head -c 50000000 /dev/zero >"$3" ;;
  scatter) for i in 1 2 3 4 5 6 7 8 9; do head -c 500000 /dev/zero >"$i"; done; sleep 9 ;;
  link) ln -s /etc/passwd "$3" ;;
  nothing) ;;
  garbage) echo "no scene at all" >"$3" ;;
  nested) cp "$4/nested.vpc" "$3" ;;
esac
)";

class Plugins : public ::testing::Test {
protected:
  void SetUp() override {
    std::ofstream(m_folder / "stand-in.sh") << kStandIn;
    fs::permissions(m_folder / "stand-in.sh", fs::perms::owner_all);
    fs::create_directories(m_temporary);
    ::setenv("TMPDIR", m_temporary.c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", (m_folder / "config").c_str(), 1);
  }
  void TearDown() override {
    for (const std::string& name : testing::namesIn(m_temporary)) {
      EXPECT_FALSE(name.starts_with("volpress-plugin")) << name << " was left";
    }
  }

  [[nodiscard]] static json description(const std::string& name, const std::string& kind,
                                        const std::string& interchange) {
    return {{"volpressPlugin", 1},
            {"name", name},
            {"label", "Stand-in"},
            {"summary", "A stand-in that only zips."},
            {"kind", kind},
            {"interchange", interchange},
            {"encode", {"./stand-in.sh", "zip", "{input}", "{output}", "{folder}"}},
            {"decode", {"./stand-in.sh", "unzip", "{input}", "{output}", "{folder}"}},
            {"model", "zip 1"},
            {"secondsLimit", 20},
            {"bytesLimit", 2000000}};
  }

  void add(const json& what) const {
    auto plugin = engine::pluginFromJson(what.dump(), m_folder);
    ASSERT_TRUE(plugin.has_value()) << plugin.error().message;
    const auto added = engine::addPlugin(*std::move(plugin));
    ASSERT_TRUE(added.has_value()) << added.error().message;
  }

  template <typename Codec, typename Scene>
  auto roundTrip(const Codec* codec, const Scene& scene, std::stop_token stop = {}) const {
    Progress progress;
    compressors::RunContext context{m_runner, progress, std::move(stop), nullptr, nullptr, 1,
                                    {},       {}};
    using Answer = decltype(codec->decode(ByteView(), context));
    EXPECT_TRUE(codec->info().isExternal);
    const auto bytes = codec->encode(scene, {}, context);
    return bytes ? codec->decode(*bytes, context) : Answer(tl::unexpected<Error>(bytes.error()));
  }

  [[nodiscard]] Outcome run(const std::string& arguments, int interruptAfterMs = -1) const {
    return testing::runShell("exec $V " + arguments, m_folder, interruptAfterMs);
  }

  fs::path m_folder = testing::scratchFolder("plugins");
  fs::path m_temporary = testing::scratchFolder("plugins-temporary");
  mutable SerialRunner m_runner;
};

TEST_F(Plugins, EveryKindOfSceneGoesThere) {
  add(description("ext-splats", "splats", ".ply"));
  add(description("ext-mesh", "mesh", ".glb"));
  add(description("ext-field", "field", ".ingp"));
  add(description("ext-picture", "picture", ".png"));

  const GaussianCloud cloud = testing::randomCloud(200, 1, 5);
  const auto splats = roundTrip(compressors::findCodec("ext-splats"), Scene(cloud));
  ASSERT_TRUE(splats.has_value()) << splats.error().message;
  EXPECT_EQ(std::get<GaussianCloud>(*splats).means, cloud.means);
  EXPECT_EQ(std::get<GaussianCloud>(*splats).shRest, cloud.shRest);

  const Mesh torus = testing::torusMesh(12, 8);
  const auto mesh = roundTrip(compressors::findMeshCodec("ext-mesh"), torus);
  ASSERT_TRUE(mesh.has_value()) << mesh.error().message;
  EXPECT_EQ(triangleCount(*mesh), triangleCount(torus));

  const HashGridField ball = testing::tinyField();
  const auto field = roundTrip(compressors::findFieldCodec("ext-field"), ball);
  ASSERT_TRUE(field.has_value()) << field.error().message;
  EXPECT_EQ(field->parameters, ball.parameters);

  const Image photo = testing::testPicture(40, 30);
  const auto picture = roundTrip(compressors::findPictureCodec("ext-picture"), photo);
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->pixels, photo.pixels);
}

TEST_F(Plugins, WhatMisbehavesIsEndedAndTold) {
  struct Case {
    const char* mode;
    const char* told;
  };
  const Image photo = testing::testPicture(40, 30);
  int number = 0;
  for (const Case& one : {Case{"fail", "the moon is in the wrong house"}, Case{"hang", "longer"},
                          Case{"flood", "2000000 bytes"}, Case{"scatter", "2000000 bytes"},
                          Case{"link", "no file"}, Case{"nothing", "no file"},
                          Case{"garbage", "what the plug-in"}, Case{"nested", "our own files"}}) {
    json what = description("ext-bad-" + std::to_string(number++), "picture", ".png");
    what["decode"][1] = one.mode;
    what["secondsLimit"] = std::string(one.mode) == "hang" ? 0.3 : 20;
    add(what);
    const auto* codec = compressors::findPictureCodec(what["name"].get<std::string>());
    Progress progress;
    compressors::RunContext context{m_runner, progress, {}, nullptr, nullptr, 1, {}, {}};
    const auto bytes = codec->encode(photo, {}, context);
    ASSERT_TRUE(bytes.has_value());
    std::ofstream(m_folder / "nested.vpc", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes->data()),
               static_cast<std::streamsize>(bytes->size()));
    const auto start = std::chrono::steady_clock::now();
    const auto decoded = codec->decode(*bytes, context);
    ASSERT_FALSE(decoded.has_value()) << one.mode;
    EXPECT_NE(decoded.error().message.find(one.told), std::string::npos)
        << one.mode << ": " << decoded.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << one.mode;
    // A file that is not all there never reaches the program.
    const auto cut = codec->decode(ByteView(*bytes).first(bytes->size() - 1), context);
    EXPECT_FALSE(cut.has_value());
  }
  // What the program had started is gone with it.
  pid_t left = 0;
  std::ifstream(m_folder / "pid") >> left;
  ASSERT_GT(left, 0);
  bool gone = false;
  for (int i = 0; i < 100 && !gone; ++i) {
    std::ifstream status("/proc/" + std::to_string(left) + "/stat");
    std::string text;
    std::getline(status, text);
    gone = text.empty() || text.find(") Z ") != std::string::npos;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(gone);
}

TEST_F(Plugins, ACancelEndsTheProgram) {
  json what = description("ext-endless", "picture", ".png");
  what["encode"][1] = "hang";
  add(what);
  std::stop_source stop;
  const std::jthread later([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto made = roundTrip(compressors::findPictureCodec("ext-endless"),
                              testing::testPicture(40, 30), stop.get_token());
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(Plugins, TheCommandsKnowThem) {
  ASSERT_TRUE(engine::writePng(m_folder / "photo.png", testing::testPicture(48, 40)));
  std::ofstream(m_folder / "zip.json") << description("ext-zip", "picture", ".png");
  const Outcome listed = run("codecs --plugin zip.json");
  EXPECT_NE(listed.output.find("ext-zip"), std::string::npos);
  EXPECT_NE(listed.output.find("External program: A stand-in"), std::string::npos);
  const json facts = json::parse(run("codecs ext-zip --json --plugin zip.json").output);
  EXPECT_EQ(facts["external"], true);
  EXPECT_EQ(facts["label"], "Stand-in (external)");

  const Outcome encoded =
      run("encode photo.png -o photo.vpc --codec ext-zip --plugin zip.json --measure --json");
  ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
  EXPECT_EQ(run("decode photo.vpc -o again.png --plugin zip.json").exitCode, 0);
  EXPECT_EQ(run("evaluate photo.png photo.vpc --plugin zip.json").exitCode, 0);
  EXPECT_EQ(testing::readText(m_folder / "photo.png").size(),
            testing::readText(m_folder / "again.png").size());
  // Workers of a comparison are told of it too.
  const Outcome compared =
      run("compare photo.png --codecs ext-zip -o report --json --plugin zip.json");
  ASSERT_EQ(compared.exitCode, 0) << compared.errors;
  EXPECT_EQ(json::parse(compared.output)["results"][0]["codec"], "ext-zip");

  // Without it, and with another model, the file is refused with the reason.
  const Outcome missing = run("decode photo.vpc -o no.png");
  EXPECT_EQ(missing.exitCode, 1);
  EXPECT_NE(missing.errors.find("the plug-in \"ext-zip\", which is not installed"),
            std::string::npos)
      << missing.errors;
  EXPECT_NE(run("evaluate photo.png photo.vpc").errors.find("not installed"), std::string::npos);
  EXPECT_NE(run("encode photo.png -o x.vpc --codec ext-zip").errors.find("not installed"),
            std::string::npos);
  json other = description("ext-zip", "picture", ".png");
  other.erase("model");
  other["modelFile"] = "stand-in.sh";
  fs::create_directories(m_folder / "config/volpress/plugins");
  fs::copy_file(m_folder / "stand-in.sh", m_folder / "config/volpress/plugins/stand-in.sh");
  std::ofstream(m_folder / "config/volpress/plugins/zip.json") << other;
  const Outcome mismatch = run("decode photo.vpc -o no.png");
  EXPECT_EQ(mismatch.exitCode, 1);
  EXPECT_NE(mismatch.errors.find("\"zip 1\""), std::string::npos) << mismatch.errors;
  EXPECT_NE(mismatch.errors.find("\"xxh64:"), std::string::npos) << mismatch.errors;
  EXPECT_FALSE(fs::exists(m_folder / "no.png"));
  // What is wrong in the folder is told, and hinders nothing.
  std::ofstream(m_folder / "config/volpress/plugins/bad.json") << "{}";
  const Outcome told = run("codecs ext-zip");
  EXPECT_EQ(told.exitCode, 0);
  EXPECT_NE(told.errors.find("bad.json"), std::string::npos) << told.errors;
}

TEST_F(Plugins, DescriptionsAreChecked) {
  const json good = description("ext-zip", "picture", ".png");
  const auto refused = [&](const char* field, const json& value) {
    json what = good;
    what[field] = value;
    const auto read = engine::pluginFromJson(what.dump(), m_folder);
    return !read && read.error().message.find(field) != std::string::npos;
  };
  EXPECT_TRUE(refused("volpressPlugin", 2));
  EXPECT_TRUE(refused("name", "jpeg"));
  EXPECT_TRUE(refused("name", "ext-" + std::string(40, 'a')));
  EXPECT_TRUE(refused("name", "ext-../x"));
  EXPECT_TRUE(refused("kind", "opera"));
  EXPECT_TRUE(refused("interchange", ".glb"));
  EXPECT_TRUE(refused("encode", "rm -rf {input} {output}"));
  EXPECT_TRUE(refused("decode", json::array({"cp", "{input}"})));
  EXPECT_TRUE(refused("secondsLimit", 0));
  EXPECT_TRUE(refused("bytesLimit", 1e300));
  EXPECT_TRUE(refused("modelFile", "both"));

  const std::string text = good.dump();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(engine::pluginFromJson(text.substr(0, length), m_folder).has_value());
  }
  std::mt19937 draw(7);
  for (int round = 0; round < 2000; ++round) {
    std::string changed = text;
    for (unsigned i = 0; i <= draw() % 4; ++i) {
      changed[draw() % changed.size()] = static_cast<char>(draw());
    }
    const auto read = engine::pluginFromJson(changed, m_folder);
    EXPECT_TRUE(!read || engine::isPluginName(read->name));
  }
}

}  // namespace
}  // namespace volpress
