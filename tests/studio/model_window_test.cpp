// Meshes and radiance fields on the real window, alone and beside the splats of the same object.
#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <QWindow>

#include "app/engine/evaluate.hpp"
#include "app/engine/png_image.hpp"
#include "app/studio/chart_view.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/mesh_splats.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/format.hpp"
#include "scene/formats/snapshot.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/gaussianimage/test_pictures.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/studio/model_window.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

constexpr double kStallLimitMs = 250;

fs::path writeField(const HashGridField& field, const char* name) {
  const fs::path file = testing::scratchFolder("models") / name;
  const auto bytes = formats::writeSnapshot(field, formats::SnapshotWrapping::Gzip);
  EXPECT_TRUE(bytes.has_value() && writeFileAtomically(file, *bytes).has_value());
  return file;
}

TEST_F(ModelWindow, AMeshIsDrawnCompressedComparedExportedAndFoundAgain) {
  const fs::path file = writeMesh(testing::gridMesh(40), "wave.glb");
  ASSERT_NO_FATAL_FAILURE(open(file));
  const Entry* source = document().activeSource();
  ASSERT_NE(source->model, nullptr);
  EXPECT_EQ(source->kind(), engine::SceneKind::Mesh);
  EXPECT_EQ(source->contents(), "3,042 triangles");
  const Viewport& view = window->viewport();
  EXPECT_EQ(view.facts().others.at("triangles"), 3042U);
  EXPECT_EQ(view.facts().splats, 0U);
  shot("mesh", "open");
  stalls->restart();
  orbit();
  ASSERT_TRUE(waitForFullPicture());
  EXPECT_LT(stalls->longestCpuMs(), kStallLimitMs);

  // What is for splats alone says so.
  EXPECT_FALSE(child<QAction>("doctor.examine")->isEnabled());
  EXPECT_FALSE(child<QAction>("edit.crop-box")->isEnabled());

  window->session().setViews("orbit:2");
  ASSERT_NO_FATAL_FAILURE(addVariant("mesh", {}));
  const engine::Evaluation& measured = *variants()[0]->evaluation;
  ASSERT_TRUE(measured.mesh.has_value());
  EXPECT_EQ(measured.mesh->trianglesOut, 3042U);
  EXPECT_GT(measured.meanPsnr(), 30);
  EXPECT_GT(measured.ratio(), 2);
  EXPECT_LT(measured.mesh->hausdorff, 0.01);
  EXPECT_FALSE(variants()[0]->breakdown.empty());
  // The distance to the original on the surface: none beside the end of the scale.
  QAction* errors = child<QAction>("splatErrors");
  ASSERT_TRUE(errors->isEnabled());
  errors->trigger();
  EXPECT_EQ(view.heat().kind, HeatKind::Surface);
  ASSERT_TRUE(waitUntil([&] { return view.sides()[1].errors != nullptr; }, 60));
  EXPECT_EQ(view.sides()[1].errors->size(), 6U * 3042);
  EXPECT_LT(*std::max_element(view.sides()[1].errors->begin(), view.sides()[1].errors->end()),
            100 * measured.mesh->hausdorff + 1e-4);
  ASSERT_TRUE(waitForFullPicture());
  shot("mesh", "surface-error");
  errors->trigger();
  EXPECT_EQ(view.heat().kind, HeatKind::None);
  ASSERT_NO_FATAL_FAILURE(walkModes("mesh"));
  ASSERT_NO_FATAL_FAILURE(addVariant("draco", {}));
  openTab("Table");
  EXPECT_EQ(child<QTableWidget>("resultsTable")->rowCount(), 2);
  shot("mesh", "table");
  openTab("Chart");
  auto* chart = child<ChartView>("chartView");
  ASSERT_TRUE(waitUntil([&] { return chart->points().size() == 2; }, 10));
  QTest::mouseClick(chart, Qt::LeftButton, {}, chart->dotOf(chart->points()[1]).toPoint());
  EXPECT_EQ(document().side(1)->id, chart->points()[1].entry);
  shot("mesh", "chart");

  // Export, as glTF and byte for byte; what was written opens again.
  const fs::path glb = testing::scratchFolder("model-export") / "wave.glb";
  const engine::ExportRecord written = exportAs(".glb", glb);
  EXPECT_EQ(written.splats, 3042U);
  EXPECT_EQ(written.fileBytes, fs::file_size(glb));
  EXPECT_GT(written.meanPsnr, 25);
  const engine::ExportRecord draco = exportAs(".draco.glb", glb.parent_path() / "wave.draco.glb");
  EXPECT_LT(draco.fileBytes, written.fileBytes);
  EXPECT_GT(draco.meanPsnr, 25);
  const engine::ExportRecord copied = exportAs(".vpc", glb.parent_path() / "wave.vpc");
  EXPECT_EQ(copied.fileBytes, document().side(1)->fileBytes);

  // The project remembers all of it; a removed variant comes back.
  ASSERT_NO_FATAL_FAILURE(reopen("mesh.volpress"));
  ASSERT_EQ(variants().size(), 2U);
  EXPECT_EQ(document().activeSource()->contents(), "3,042 triangles");
  EXPECT_EQ(child<QComboBox>("codec")->findData("lightgaussian"), -1);
  window->session().removeVariant(variants()[1]->id);
  EXPECT_EQ(variants().size(), 1U);
  window->session().undo();
  EXPECT_EQ(variants().size(), 2U);
  ASSERT_NO_FATAL_FAILURE(open(glb));
  EXPECT_EQ(document().activeSource()->contents(), "3,042 triangles");
}

TEST_F(ModelWindow, AFieldShowsACoarsePictureAtOnceAndIsCompressedAndExported) {
  HashGridField small = testing::randomField(1);
  small.occupancy = testing::occupancyWhere(1, [](const std::array<float, 3>& at) {
    return std::hypot(at[0] - 0.5F, at[1] - 0.5F, at[2] - 0.5F) < 0.03F;  // few samples a ray
  });
  small.camera = lookAt({0.5F, 0.5F, 0.3F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.4F, 1920, 1080);
  const fs::path file = writeField(small, "ball.ingp");
  window->resize(1040, 680);  // full pictures take less of the test's time
  ASSERT_NO_FATAL_FAILURE(open(file));
  const Entry* source = document().activeSource();
  ASSERT_NE(source->model, nullptr);
  EXPECT_EQ(source->kind(), engine::SceneKind::Field);
  shot("field", "open");

  // Each movement shows a coarse picture at once; rest refines it.
  Viewport& view = window->viewport();
  double slowest = 0;
  std::size_t coarse = 0;
  const auto connection = QObject::connect(&view, &Viewport::factsChanged, [&] {
    if (view.facts().coarse) {
      ++coarse;
    }
  });
  stalls->restart();
  for (int turn = 0; turn < 2; ++turn) {
    const QPoint from(canvas()->width() / 4, canvas()->height() / 2);
    QTest::mousePress(canvas(), Qt::LeftButton, {}, from);
    QTest::mouseMove(canvas(), from + QPoint(8, 0));
    const std::uint64_t before = view.framesShown();
    QElapsedTimer clock;
    clock.start();
    QTest::mouseMove(canvas(), from + QPoint(30 + turn, 4));
    ASSERT_TRUE(waitUntil([&] { return view.framesShown() > before; }, 10));
    slowest = std::max(slowest, static_cast<double>(clock.elapsed()));
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, from + QPoint(30 + turn, 4));
    ASSERT_TRUE(waitUntil([&] { return !view.facts().coarse; }, 60));
  }
  QObject::disconnect(connection);
  std::printf(
      "slowest first picture after a movement %.0f ms at %d x %d, %zu coarse ones; longest "
      "event-loop gap %.0f ms of processor time\n",
      slowest, canvas()->width(), canvas()->height(), coarse, stalls->longestCpuMs());
  EXPECT_LT(stalls->longestCpuMs(), kStallLimitMs);

  // A device that was chosen draws it too, if it is a CPU coarsely at first.
  child<QAction>("rendererVulkan")->trigger();
  if (waitUntil([&] { return view.facts().path != "software"; }, 20)) {
    shot("field", "device");
  } else {
    std::puts("the window has no Vulkan device");
  }
  child<QAction>("rendererAutomatic")->trigger();
  ASSERT_TRUE(
      waitUntil([&] { return view.facts().path == "software" && !view.facts().coarse; }, 60));

  window->session().setViews("orbit:2");
  ASSERT_NO_FATAL_FAILURE(addVariant("repack", {}));
  EXPECT_GE(variants()[0]->evaluation->meanPsnr(), 100);  // identical
  EXPECT_FALSE(variants()[0]->breakdown.empty());
  ASSERT_NO_FATAL_FAILURE(walkModes("field"));
  const fs::path target = testing::scratchFolder("model-export") / "ball.ingp";
  const engine::ExportRecord written = exportAs(".ingp", target);
  EXPECT_EQ(written.fileBytes, fs::file_size(target));
  EXPECT_EQ(written.splats, document().activeSource()->model->count());
  EXPECT_GE(written.meanPsnr, 100);
  ASSERT_NO_FATAL_FAILURE(open(target));
  EXPECT_EQ(document().activeSource()->kind(), engine::SceneKind::Field);
}

TEST_F(ModelWindow, AFieldIsWatchedWhileItIsFineTuned) {
  HashGridField ball = testing::solidBall();
  ball.camera = lookAt({0.5F, 0.5F, -2.5F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.6F, 1920, 1080);
  window->resize(760, 480);  // full pictures take less of the test's time
  ASSERT_NO_FATAL_FAILURE(open(writeField(ball, "solid.ingp")));
  window->session().setViews("orbit:1");
  window->session().setPreviewSeconds(0.3);
  const auto add = [this](const QString& steps) {
    choose(child<QComboBox>("codec"), "shacira");
    choose(child<QComboBox>("preset"), "smallest");
    // One latent dimension: what it starts from is far from the original, so that the fine-tune
    // shows.
    for (const auto& [name, value] :
         {std::pair{"param.dims", QString("1")}, {"param.steps", steps}}) {
      auto* number = child<QSpinBox>(name);
      number->setFocus();
      number->selectAll();
      QTest::keyClicks(number, value + "\t");
    }
    press("addJob");
  };
  add("5000");

  // What it has so far stands beside the original by itself, long before it is done.
  Viewport& view = window->viewport();
  std::vector<std::pair<std::string, std::shared_ptr<const engine::SceneModel>>> looks;
  stalls->restart();
  const auto see = [&] {
    const SideState& side = view.sides()[1];
    if (side.model != nullptr && (looks.empty() || looks.back().second != side.model)) {
      looks.emplace_back(side.numbers, side.model);
    }
    return looks.size();
  };
  ASSERT_TRUE(waitUntil([&] { return see() == 1; }, 60));
  EXPECT_TRUE(variants()[0]->isPreview());
  EXPECT_EQ(view.mode(), CompareMode::Wipe);
  shot("preview", "first");
  const QPoint handle(canvas()->width() / 2, canvas()->height() / 2);
  QTest::mousePress(canvas(), Qt::LeftButton, {}, handle);
  QTest::mouseMove(canvas(), handle + QPoint(-60, 0), 30);
  QTest::mouseRelease(canvas(), Qt::LeftButton, {}, handle + QPoint(-60, 0));
  EXPECT_LT(view.wipe(), 0.48F);
  ASSERT_TRUE(waitUntil([&] { return see() >= 4; }, 120));
  EXPECT_EQ(variants().size(), 1U);
  EXPECT_LT(stalls->longestCpuMs(), kStallLimitMs);
  shot("preview", "later");

  // A cancel leaves nothing, neither here nor on the disk.
  const engine::JobStatus job = window->session().jobs()[0];
  window->session().cancelJob(job.id);
  ASSERT_TRUE(waitUntil([&] { return variants().empty(); }, 10));
  EXPECT_EQ(document().side(1), nullptr);
  EXPECT_FALSE(fs::exists(engine::previewFolderOf(job.spec)));

  // The picture has changed each time, for the better.
  SerialRunner runner;
  const auto& original = *document().activeSource()->model;
  const auto closeness = [&](const engine::SceneModel& model) {
    Progress unseen;
    engine::MeasureContext measuring{runner, unseen, {}};
    engine::Evaluation evaluation;
    EXPECT_TRUE(model.measureAgainst(original, "orbit:1", measuring, evaluation).has_value());
    return evaluation.meanPsnr();
  };
  double before = 0;
  for (const std::size_t at : {std::size_t{0}, looks.size() - 1}) {
    const double psnr = closeness(*looks[at].second);
    std::printf("%s: %.2f dB\n", looks[at].first.c_str(), psnr);
    EXPECT_NE(looks[at].first.find(" of 5000, preview"), std::string::npos);
    EXPECT_GT(psnr, before + 0.5);
    before = psnr;
  }

  // A job that ends: its result takes the place of its preview, and is exported and read again.
  add("40");
  ASSERT_TRUE(waitUntil([&] { return !variants().empty(); }, 60));
  const EntryId id = variants()[0]->id;
  window->session().rename(id, "the ball");
  ASSERT_TRUE(waitUntil([&] { return variants()[0]->evaluation.has_value(); }, 60));
  EXPECT_EQ(variants()[0]->id, id);
  EXPECT_EQ(variants()[0]->name, "the ball");
  EXPECT_FALSE(variants()[0]->isPreview());
  shot("preview", "done");
  const auto result = variants()[0]->model;
  const fs::path target = testing::scratchFolder("model-export") / "ball.ingp";
  const engine::ExportRecord written = exportAs(".ingp", target);
  EXPECT_NEAR(written.meanPsnr, variants()[0]->evaluation->meanPsnr(), 0.1);
  ASSERT_NO_FATAL_FAILURE(open(target));
  const Camera camera = original.home(64, 48);
  const auto a = result->draw(camera, runner, {});
  const auto b = document().activeSource()->model->draw(camera, runner, {});
  ASSERT_TRUE(a && b);
  EXPECT_GT(metrics::psnr(a->color, b->color).value_or(0), 50);
}

TEST_F(ModelWindow, APhotographIsOpenedComparedAndExported) {
  const Image photo = testing::testPicture(120, 80);
  const fs::path file = testing::scratchFolder("models") / "photo.png";
  ASSERT_TRUE(engine::writePng(file, photo).has_value());
  ASSERT_NO_FATAL_FAILURE(open(file));
  const Entry* source = document().activeSource();
  ASSERT_NE(source->model, nullptr);
  EXPECT_EQ(source->kind(), engine::SceneKind::Picture);
  EXPECT_EQ(source->contents(), "9,600 pixels");
  EXPECT_EQ(child<QComboBox>("codec")->findData("lightgaussian"), -1);
  shot("photo", "open");

  ASSERT_NO_FATAL_FAILURE(addVariant("gaussianimage", "fast"));
  EXPECT_GE(variants()[0]->evaluation->meanPsnr(), 24);
  EXPECT_FALSE(variants()[0]->breakdown.empty());
  ASSERT_NO_FATAL_FAILURE(walkModes("photo"));
  ASSERT_NO_FATAL_FAILURE(addVariant("jpeg", {}));
  openTab("Chart");
  EXPECT_EQ(child<ChartView>("chartView")->points().size(), 2U);
  shot("photo", "chart");

  const fs::path target = testing::scratchFolder("model-export") / "photo.png";
  const engine::ExportRecord written = exportAs(".png", target);
  EXPECT_EQ(written.fileBytes, fs::file_size(target));
  ASSERT_NO_FATAL_FAILURE(open(target));
  EXPECT_EQ(document().activeSource()->kind(), engine::SceneKind::Picture);
}

TEST_F(ModelWindow, AMeshStandsBesideItsSplatsOnOneChart) {
  const Mesh torus = testing::torusMesh(48, 24);
  ASSERT_NO_FATAL_FAILURE(open(writeMesh(torus, "ring.glb")));
  window->session().setViews("orbit:2");
  ASSERT_NO_FATAL_FAILURE(addVariant("draco", {}));
  const EntryId mesh = document().activeSource()->id;

  // The same object as splats, in the frame of splats.
  SerialRunner runner;
  const auto prepared = renderer::MeshRenderer(runner).prepare(std::make_shared<const Mesh>(torus));
  ASSERT_TRUE(prepared.has_value());
  auto cloud = renderer::splatsOfMesh(**prepared, {4000, 1}, runner, {});
  ASSERT_TRUE(cloud.has_value());
  formats::turnAxes(*cloud, formats::axisSignsBetween(cloud->frame, AxisFrame::RightDownForward));
  cloud->frame = AxisFrame::RightDownForward;
  const fs::path ply = testing::scratchFolder("models") / "ring.ply";
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  ASSERT_TRUE(formats::saveCloud(ply, *cloud, {}, io).has_value());
  ASSERT_NO_FATAL_FAILURE(open(ply));
  const EntryId splats = document().activeSource()->id;
  ASSERT_NE(splats, mesh);
  ASSERT_NO_FATAL_FAILURE(addVariant("spz", {}));
  const EntryId spz = variants()[0]->id;

  // Back to the mesh, with the compressed splats beside it.
  window->session().setSide(0, mesh);
  chooseEntry(child<QComboBox>("sideB"), spz);
  ASSERT_TRUE(waitUntil([&] { return document().side(1) != nullptr; }, 10));
  EXPECT_EQ(document().activeSource()->id, mesh);
  EXPECT_EQ(document().side(1)->id, spz);
  Viewport& view = window->viewport();
  key(Qt::Key_H);
  ASSERT_TRUE(waitUntil([&] { return view.facts().quality[1].has_value(); }, 60));
  EXPECT_GT(view.facts().quality[1]->psnr, 15);  // one camera shows both alike
  EXPECT_EQ(view.facts().others.at("triangles"), 2304U);
  EXPECT_EQ(view.facts().splats, 4000U);
  EXPECT_NE(view.sides()[1].numbers.find("to its own original"), std::string::npos);
  shot("mixed", "wipe");
  openTab("Chart");
  EXPECT_EQ(child<ChartView>("chartView")->points().size(), 2U);
  shot("mixed", "chart");
  openTab("Table");
  EXPECT_EQ(child<QTableWidget>("resultsTable")->rowCount(), 2);
  shot("mixed", "table");
}

/// For figures: what artists have is larger.
TEST_F(ModelWindow, ARealMeshComesSoonAndTurnsSmoothly) {
  const auto helmet = testing::realData("meshes/DamagedHelmet.glb");
  if (!helmet) {
    GTEST_SKIP() << "no test data";
  }
  QElapsedTimer clock;
  clock.start();
  window->openFile(QString::fromStdString(helmet->string()));
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  ASSERT_TRUE(waitForFullPicture());
  const qint64 first = clock.elapsed();
  key(Qt::Key_Tab);  // the picture is the window
  ASSERT_TRUE(waitForFullPicture());
  const double full = window->viewport().facts().milliseconds;
  double slowest = 0;
  double sum = 0;
  int frames = 0;
  const auto connection = QObject::connect(&window->viewport(), &Viewport::factsChanged, [&] {
    const double cost = window->viewport().facts().milliseconds;
    slowest = std::max(slowest, cost);
    sum += cost;
    ++frames;
  });
  orbit();
  ASSERT_TRUE(waitForFullPicture());
  QObject::disconnect(connection);
  std::printf(
      "DamagedHelmet: first picture after %lld ms; at %d x %d %.0f ms, while turning %.0f ms "
      "mean and %.0f ms at most over %d frames\n",
      static_cast<long long>(first), canvas()->width(), canvas()->height(), full,
      sum / std::max(1, frames), slowest, frames);
  shot("helmet", "turned");
  EXPECT_EQ(window->viewport().facts().others.at("triangles"), 15452U);
}

}  // namespace
}  // namespace volpress::studio
