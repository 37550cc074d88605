// Meshes that move on the real window: animations and folders of numbered files.
#include <algorithm>

#include <fmt/core.h>

#include <QAction>
#include <QComboBox>
#include <QSpinBox>
#include <QTest>

#include "app/engine/clip_source.hpp"
#include "app/engine/evaluate.hpp"
#include "app/studio/chart_view.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/studio/model_window.hpp"

namespace volpress::studio {
namespace {

TEST_F(ModelWindow, AnAnimatedMeshPlaysBesideItsResults) {
  const auto fox = testing::realData("meshes/Fox.glb");
  ASSERT_NO_FATAL_FAILURE(open(fox ? *fox : writeMesh(testing::richMesh(), "rich.glb")));
  const Entry* source = document().activeSource();
  ASSERT_TRUE(source->moves());
  EXPECT_EQ(source->kind(), engine::SceneKind::Mesh);
  EXPECT_TRUE(child<QWidget>("timeline")->isVisible());
  EXPECT_FALSE(child<QAction>("exportStream")->isEnabled());
  const engine::ClipFacts& facts = source->clip->facts();
  EXPECT_EQ(facts.chapters.size(), fox ? 3U : 1U);

  window->session().setViews("orbit:1");
  ASSERT_NO_FATAL_FAILURE(addVariant("mesh", {}));
  ASSERT_TRUE(variants()[0]->moves());
  ASSERT_NO_FATAL_FAILURE(addVariant("bpt", {}));  // keeps animations, but no skins
  EXPECT_FALSE(variants()[1]->moves());
  const Viewport& view = window->viewport();
  const auto rest = view.sides()[0].model;
  auto* number = child<QSpinBox>("timelineFrame");
  const auto middle = static_cast<int>(facts.frameCount / 2);
  number->setValue(middle);
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto shown = view.sides();
        return shown[0].model != rest && shown[1].model != variants()[0]->model;
      },
      20));
  const engine::ClipChapter* chapter = facts.chapterOf(facts.frameCount / 2);
  EXPECT_NE(view.sides()[0].numbers.find(chapter->name), std::string::npos);
  // The same moment on both sides: they look alike, and their surfaces lie on each other.
  ASSERT_TRUE(waitUntil([&] { return view.facts().quality[1].has_value(); }, 60));
  EXPECT_GT(view.facts().quality[1]->psnr, 25);
  key(Qt::Key_E);
  ASSERT_TRUE(waitUntil([&] { return view.sides()[1].errors != nullptr; }, 60));
  EXPECT_LT(*std::max_element(view.sides()[1].errors->begin(), view.sides()[1].errors->end()), 1);
  ASSERT_TRUE(waitForFullPicture());
  shot("animated", "surface-error");
  key(Qt::Key_E);

  window->session().putBeside(2, variants()[1]->id);
  ASSERT_TRUE(waitUntil([&] { return view.sides()[2].model != nullptr; }, 20));
  EXPECT_EQ(view.sides()[2].lost, "its animation");
  key(Qt::Key_S);
  ASSERT_TRUE(waitForFullPicture());
  shot("animated", "side-by-side");
  const auto before = view.sides()[0].model;
  key(Qt::Key_Space);
  EXPECT_TRUE(waitUntil([&] { return view.sides()[0].model != before; }, 20));
  key(Qt::Key_Space);
}

TEST_F(ModelWindow, AFolderOfNumberedMeshesIsCompressedAsOneAndPlaysBesideItsResult) {
  const auto real = testing::realData("sequences/mesh_collision");
  fs::path folder = testing::scratchFolder("waves");
  if (real) {
    folder = *real;
  } else {
    for (int i = 0; i < 4; ++i) {
      const fs::path one =
          writeMesh(testing::gridMesh(10 + static_cast<std::size_t>(i)), "one.glb");
      fs::copy_file(one, folder / fmt::format("wave_{:04}.glb", i),
                    fs::copy_options::overwrite_existing);
    }
  }
  ASSERT_NO_FATAL_FAILURE(open(folder));
  const Entry* source = document().activeSource();
  EXPECT_EQ(source->kind(), engine::SceneKind::Mesh);
  ASSERT_TRUE(source->moves());
  const std::size_t frames = real ? 16 : 4;
  EXPECT_EQ(source->clip->facts().frameCount, frames);
  EXPECT_GT(source->clip->facts().bytesOf(1), 0U);

  window->session().setViews("orbit:2");
  ASSERT_NO_FATAL_FAILURE(addVariant("mesh", {}));
  const Entry* variant = variants()[0];
  ASSERT_TRUE(variant->moves());
  EXPECT_EQ(variant->clip->facts().frameCount, frames);
  EXPECT_EQ(document().side(1)->id, variant->id);
  const engine::Evaluation& measured = *variant->evaluation;
  EXPECT_GT(measured.ratio(), 2);
  EXPECT_GT(measured.meanPsnr(), 25);
  ASSERT_TRUE(measured.mesh.has_value() && measured.mesh->motion.has_value());
  EXPECT_LT(measured.mesh->motion->hausdorffWorst, 0.01);
  ASSERT_EQ(measured.views.size(), 2U);  // of different moments
  EXPECT_NE(measured.views[0].view, measured.views[1].view);

  const Viewport& view = window->viewport();
  const std::uint64_t first = view.sides()[0].model->count();
  EXPECT_EQ(view.sides()[1].model->count(), first);
  child<QSpinBox>("timelineFrame")->setValue(3);
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto shown = view.sides();
        return shown[0].model->count() != first &&
               shown[1].model->count() == shown[0].model->count();
      },
      30));
  ASSERT_TRUE(waitUntil([&] { return view.facts().quality[1].has_value(); }, 60));
  EXPECT_GT(view.facts().quality[1]->psnr, 25);  // the same moment on both sides
  key(Qt::Key_S);
  ASSERT_TRUE(waitForFullPicture());
  shot("mesh-folder", "result");
  openTab("Chart");
  EXPECT_EQ(child<ChartView>("chartView")->points().size(), 1U);
  shot("mesh-folder", "chart");

  // Another one is stopped; the project has the folder and its result again.
  choose(child<QComboBox>("codec"), "draco");
  press("addJob");
  ASSERT_EQ(window->session().jobs().size(), 2U);
  window->session().cancelAllJobs();
  ASSERT_TRUE(waitUntil([&] { return !window->session().hasRunningJobs(); }, 30));
  EXPECT_EQ(variants().size(), 1U);
  ASSERT_NO_FATAL_FAILURE(reopen("folder.volpress"));
  ASSERT_EQ(variants().size(), 1U);
  EXPECT_EQ(variants()[0]->clip->facts().frameCount, frames);
}

}  // namespace
}  // namespace volpress::studio
