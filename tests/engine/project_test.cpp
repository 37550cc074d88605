#include "app/engine/project.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "app/engine/session_folder.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

std::string textOf(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Project someProject(const fs::path& folder) {
  Project project;
  project.sources.push_back(
      {1, "garden.ply", folder / "scenes" / "garden.ply", "as shot", {{"up", "[0,1,0]"}}});
  ProjectVariant variant;
  variant.id = 2;
  variant.source = 1;
  variant.name = "SPZ · small";
  variant.file = folder / "p.results" / "garden-spz.spz";
  variant.codec = "spz";
  variant.preset = "small";
  variant.overrides["sh_bits"] = std::int64_t{4};
  variant.job = 7;
  variant.note = "for \"phones\"";
  variant.starred = true;
  variant.evaluation.emplace();
  variant.evaluation->fileBytes = 1234;
  variant.evaluation->views.push_back({"view 1", true, 31.5, 0.97, 0.98, 0.02});
  variant.exports.push_back({folder / "out.sog", ".sog", 12, 3, 40, 38, 0.99});
  project.variants.push_back(variant);
  project.sides = {1, 2};
  project.defaultCodec = "sog";
  project.views = "orbit:8";
  project.presets.push_back({"Mine", "For phones", {{"spz", {"small", {}}}}, {}, {}});
  project.extras["bookmarks"] = R"([{"name":"door"}])";
  return project;
}

TEST(Project, readsBackWhatItWroteWithPathsRelativeToTheFile) {
  const fs::path folder = testing::scratchFolder("project");
  const Project project = someProject(folder);
  ASSERT_TRUE(saveProject(project, folder / "p.volpress"));
  const std::string text = textOf(folder / "p.volpress");
  EXPECT_NE(text.find("\"scenes/garden.ply\""), std::string::npos) << text;
  EXPECT_EQ(text.find(folder.string()), std::string::npos) << "no absolute path in the file";
  const auto back = loadProject(folder / "p.volpress");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(projectToJson(*back, folder), projectToJson(project, folder));
  EXPECT_EQ(back->variants[0].file, project.variants[0].file);
  EXPECT_EQ(back->variants[0].note, "for \"phones\"");
  EXPECT_EQ(back->sources[0].extras.at("up"), "[0,1,0]");

  // The whole folder moves: everything is found again.
  const fs::path moved = testing::scratchFolder("project-moved") / "deeper";
  fs::rename(folder, moved);
  const auto there = loadProject(moved / "p.volpress");
  ASSERT_TRUE(there);
  EXPECT_EQ(there->sources[0].file, moved / "scenes" / "garden.ply");
}

TEST(Project, refusesWhatDoesNotHoldTogether) {
  const Project good = someProject("/data");
  Project bad = good;
  bad.variants[0].source = 9;
  EXPECT_FALSE(projectFromJson(projectToJson(bad, "/data"), "/data"));
  bad = good;
  bad.variants[0].id = 1;
  EXPECT_FALSE(projectFromJson(projectToJson(bad, "/data"), "/data"));
  bad = good;
  bad.sources[0].id = 0;
  EXPECT_FALSE(projectFromJson(projectToJson(bad, "/data"), "/data"));
  const auto later = projectFromJson(R"({"volpressProject":2})", "/data");
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::UnsupportedVersion);
  EXPECT_FALSE(projectFromJson("[]", "/data"));
}

TEST(Project, aFailedSaveKeepsTheOldFile) {
  const fs::path folder = testing::scratchFolder("project-keep");
  ASSERT_TRUE(saveProject(someProject(folder), folder / "p.volpress"));
  const std::string before = textOf(folder / "p.volpress");
  EXPECT_FALSE(saveProject(someProject(folder), folder / "no-such-folder" / "p.volpress"));
  EXPECT_EQ(textOf(folder / "p.volpress"), before);
}

TEST(Project, filesAreTakenInUnderAFreeName) {
  const fs::path folder = testing::scratchFolder("project-move");
  fs::create_directories(folder / "from");
  std::ofstream(folder / "from" / "a.spz") << "new";
  fs::create_directories(folder / "p.results");
  std::ofstream(folder / "p.results" / "a.spz") << "there before";
  const auto moved = copyInto(resultsFolderOf(folder / "p.volpress"), folder / "from" / "a.spz");
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->filename(), "a-2.spz");
  EXPECT_EQ(textOf(*moved), "new");
  EXPECT_EQ(textOf(folder / "p.results" / "a.spz"), "there before");
  EXPECT_EQ(textOf(folder / "from" / "a.spz"), "new") << "it stays where it was, too";
}

TEST(Project, filesThatMovedTogetherAreFoundByOneOfThem) {
  const fs::path folder = testing::scratchFolder("project-relocate");
  fs::create_directories(folder / "new" / "results");
  std::ofstream(folder / "new" / "garden.ply") << "x";
  std::ofstream(folder / "new" / "results" / "a.spz") << "x";
  const auto found =
      relocate("/old/place/results/a.spz", "/old/place/garden.ply", folder / "new" / "garden.ply");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, folder / "new" / "results" / "a.spz");
  EXPECT_FALSE(
      relocate("/old/place/b.spz", "/old/place/garden.ply", folder / "new" / "garden.ply"));
}

TEST(SessionFolder, whatAProgramLeftIsFoundAndHeldByOneOnly) {
  const fs::path root = testing::scratchFolder("sessions");
  fs::path first;
  {
    auto session = SessionFolder::open(root);
    ASSERT_TRUE(session) << session.error().message;
    first = session->folder();
    const auto left = session->left();
    ASSERT_TRUE(left);
    EXPECT_FALSE(left->has_value());
    WorkingCopyWriter writer(session->workingCopy());
    Project project = someProject("/data");
    project.savedAs = "/data/p.volpress";
    project.modified = true;
    writer.write("overwritten at once");
    writer.write(projectToJson(project, {}));
    writer.flush();
    EXPECT_TRUE(writer.problem().empty());
    // Another program at the same time gets a session of its own.
    const auto other = SessionFolder::open(root);
    ASSERT_TRUE(other);
    EXPECT_NE(other->folder(), first);
  }
  auto next = SessionFolder::open(root);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->folder(), first);
  const auto left = next->left();
  ASSERT_TRUE(left && left->has_value());
  EXPECT_EQ((*left)->savedAs, "/data/p.volpress");
  EXPECT_TRUE((*left)->modified);
  EXPECT_EQ((*left)->sources[0].file, "/data/scenes/garden.ply");
  next->discard();
  EXPECT_FALSE(fs::exists(first));
}

TEST(SessionFolder, anUnreadableWorkingCopyIsSetAside) {
  const fs::path root = testing::scratchFolder("sessions-bad");
  fs::create_directories(root / "one");
  std::ofstream(root / "one" / "project.json") << "{";
  auto session = SessionFolder::open(root);
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->left());
  EXPECT_TRUE(fs::exists(root / "one" / "project.unreadable.json"));
  const auto again = session->left();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->has_value());
}

TEST(WorkingCopyWriter, tellsWhyItCannotWrite) {
  WorkingCopyWriter writer(testing::scratchFolder("writer") / "no-folder" / "project.json");
  writer.write("text");
  writer.flush();
  EXPECT_NE(writer.problem().find("no-folder"), std::string::npos) << writer.problem();
}

TEST(Presets, travelAsFilesAndAreChecked) {
  const fs::path folder = testing::scratchFolder("presets");
  const PresetStore store(folder / "mine");
  EXPECT_TRUE(store.list().presets.empty());
  SharedPreset preset{"Phones", "Fits a phone", {}, {}, {}};
  preset.codecs["spz"] = {"small", {{"sh_bits", std::int64_t{3}}}};
  preset.target = QualityTarget{QualityTarget::Kind::SizeBytes, 2e7};
  ASSERT_TRUE(store.save(preset));
  preset.help = "Changed";
  ASSERT_TRUE(store.save(preset)) << "the same name replaces";
  ASSERT_EQ(store.list().presets.size(), 1U);
  EXPECT_EQ(presetToJson(store.list().presets[0]), presetToJson(preset));

  ASSERT_TRUE(savePreset(preset, folder / "shared.json"));
  const auto imported = store.import(folder / "shared.json");
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->name, "Phones 2");
  ASSERT_TRUE(store.remove("Phones"));
  EXPECT_FALSE(store.remove("Phones"));
  EXPECT_EQ(store.list().presets.size(), 1U);

  preset.codecs["spz"].values["sh_bits"] = std::int64_t{99};
  EXPECT_FALSE(store.save(preset)) << "out of range";
  std::ofstream(folder / "mine" / "broken.json") << "{]";
  EXPECT_EQ(store.list().problems.size(), 1U);
}

TEST(Presets, generalOnesFitEveryCodec) {
  for (const SharedPreset& preset : generalPresets()) {
    for (const compressors::Codec* codec : compressors::allCodecs()) {
      EXPECT_TRUE(appliesTo(preset, codec->info()));
      const auto settings = settingsFor(preset, codec->info());
      EXPECT_TRUE(settings) << settings.error().message;
    }
  }
  const auto small = settingsFor(generalPresets().front(), compressors::findCodec("spz")->info());
  ASSERT_TRUE(small);
  EXPECT_EQ(small->preset, "small");
  SharedPreset aimed{"20 MB", "", {}, {}, QualityTarget{QualityTarget::Kind::SizeBytes, 2e7}};
  EXPECT_FALSE(appliesTo(aimed, compressors::findCodec("null")->info())) << "it has no knob";
  EXPECT_TRUE(appliesTo(aimed, compressors::findCodec("lightgaussian")->info()));
}

}  // namespace
}  // namespace volpress::engine
