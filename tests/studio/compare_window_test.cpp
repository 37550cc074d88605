// Every way of comparing, driven by real keys and pointer events on the real window.
#include <cstdlib>

#include <QAction>
#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QScreen>
#include <QTableWidget>
#include <QTest>
#include <QWindow>

#include "app/engine/attribution.hpp"
#include "app/studio/heat_scale.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

constexpr double kStallLimitMs = 250;  // by processor time; the clock depends on the machine's load

/// One window with a small sample scene and three sides filled serves all tests: what they compare
/// takes longest to make.
class CompareWindow : public WindowTest {
protected:
  static void TearDownTestSuite() { s_window.reset(); }

  void SetUp() override {
    if (s_window == nullptr) {
      WindowTest::SetUp();
    } else {
      window = std::move(s_window);
      stalls = std::make_unique<StallMonitor>();
    }
  }
  void TearDown() override {
    stalls.reset();
    s_window = std::move(window);
  }

  /// The original on A, .splat on B, a wipe between them.
  void openComparison() {
    static const std::filesystem::path scene = makeScene();
    Session& session = window->session();
    if (document().activeSource() == nullptr) {
      window->openFile(QString::fromStdString(scene.string()));
      ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
      for (const char* codec : {"splat", "spz"}) {
        session.addJob(codec, "", {});
      }
      ASSERT_TRUE(waitUntil([&] { return variants().size() == 2; }, 240));
    }
    session.setSide(0, document().activeSource()->id);
    session.setSide(3, 0);
    session.setSide(2, 0);
    session.setSide(1, variants()[0]->id);
    view().setHeat(HeatKind::None);
    view().setLoupe(false);
    canvas()->requestActivate();
    key(Qt::Key_H);
    key(Qt::Key_W);
    ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
    stalls->restart();
  }

  static std::filesystem::path makeScene() {
    if (const char* wanted = std::getenv("VOLPRESS_TEST_SCENE")) {
      return wanted;  // for a look at the modes on a scene of one's own
    }
    auto file = testing::scratchFolder("compare") / "still life.ply";
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    EXPECT_TRUE(formats::saveCloud(file, makeSampleScene(1, 0.1, runner), {}, io).has_value());
    return file;
  }

  [[nodiscard]] std::vector<const Entry*> variants() const {
    const Entry* source = document().activeSource();
    return source == nullptr ? std::vector<const Entry*>() : document().variantsOf(source->id);
  }
  [[nodiscard]] Viewport& view() const { return window->viewport(); }
  void key(Qt::Key pressed, Qt::KeyboardModifiers with = {}) const {
    QTest::keyClick(canvas(), pressed, with);
  }
  /// What the screen shows of the viewport, in device pixels; also kept as a file for people where
  /// VOLPRESS_SCREENSHOTS names a folder.
  QImage shot(const char* name) const {
    static_cast<void>(
        waitUntil([] { return false; }, 0.25));  // the newest frame reaches the screen
    const QRect place = window->frameGeometry();
    const QImage whole = window->screen()
                             ->grabWindow(0, place.x(), place.y(), place.width(), place.height())
                             .toImage();
    if (const char* folder = std::getenv("VOLPRESS_SCREENSHOTS")) {
      EXPECT_TRUE(whole.save(QString(folder) + "/" + name + ".png"));
    }
    const QPoint corner = canvas()->mapToGlobal(QPoint(0, 0)) - place.topLeft();
    return whole.copy(QRect(corner, canvas()->size()));
  }
  static std::unique_ptr<MainWindow> s_window;

  void expectSmooth() const {
    std::printf("longest event-loop gap %.0f ms (%.0f ms of processor time)\n", stalls->longestMs(),
                stalls->longestCpuMs());
    EXPECT_LT(stalls->longestCpuMs(), kStallLimitMs);
  }
};

std::unique_ptr<MainWindow> CompareWindow::s_window;

/// Mean of the absolute difference of two pictures' channels, in steps of 8 bits.
double difference(const QImage& a, const QImage& b) {
  EXPECT_EQ(a.size(), b.size());
  double sum = 0;
  for (int y = 0; y < a.height(); y += 3) {
    for (int x = 0; x < a.width(); x += 3) {
      sum += std::abs(qRed(a.pixel(x, y)) - qRed(b.pixel(x, y))) +
             std::abs(qGreen(a.pixel(x, y)) - qGreen(b.pixel(x, y))) +
             std::abs(qBlue(a.pixel(x, y)) - qBlue(b.pixel(x, y)));
    }
  }
  return sum / (a.width() / 3.0 * (a.height() / 3.0) * 3);
}

TEST_F(CompareWindow, panesFillUpToFourAndStayOnOneCamera) {
  openComparison();
  QTest::keyClick(canvas(), Qt::Key_S);
  static_cast<void>(shot("panes2"));
  chooseEntry(child<QComboBox>("sideC"), variants()[1]->id);
  ASSERT_TRUE(waitUntil([&] { return document().sideCount() == 3; }, 10));
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[2].has_value(); }, 60));
  static_cast<void>(shot("panes3"));
  chooseEntry(child<QComboBox>("sideD"), document().activeSource()->id);
  ASSERT_TRUE(waitUntil([&] { return document().sideCount() == 4; }, 10));
  EXPECT_EQ(view().mode(), CompareMode::SideBySide);
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[3].has_value(); }, 60));
  // Every pane is measured; D shows the original again.
  EXPECT_GT(view().facts().quality[1]->psnr, 15);
  EXPECT_GT(view().facts().quality[2]->psnr, view().facts().quality[1]->psnr);
  EXPECT_GE(view().facts().quality[3]->psnr, 100);
  EXPECT_NEAR(*view().facts().quality[3]->ssim, 1, 1e-6);
  const QImage four = shot("panes4");
  // The same part of the scene in each: panes differ by the codec alone.
  const CompareLayout layout =
      layoutPanes({CompareMode::SideBySide, 0.5F, 0, 4}, four.width(), four.height());
  const auto middle = [&](std::size_t side) {
    const PixelRect& pane = layout.panes.at(side).visible;
    return four.copy(pane.x + pane.width / 4, pane.y + pane.height / 3, pane.width / 2,
                     pane.height / 3);
  };
  for (std::size_t side = 1; side < kMaxSides; ++side) {
    EXPECT_LT(difference(middle(0), middle(side)), 20) << side;
  }
  // A drag in one pane turns all; full screen keeps them.
  key(Qt::Key_F11);
  ASSERT_TRUE(waitUntil([&] { return window->isFullScreen(); }, 10));
  key(Qt::Key_Tab);
  static_cast<void>(shot("panes4-full"));
  key(Qt::Key_Tab);
  key(Qt::Key_F11);
  // Emptying C moves D up.
  const EntryId last = document().side(3)->id;
  chooseEntry(child<QComboBox>("sideC"), 0);
  ASSERT_TRUE(waitUntil([&] { return document().sideCount() == 3; }, 10));
  EXPECT_EQ(document().side(2)->id, last);
  expectSmooth();
}

TEST_F(CompareWindow, flipHoldsTapsAndBlinks) {
  openComparison();
  QWindow* pictures = canvas();
  ASSERT_EQ(view().mode(), CompareMode::Wipe);
  // Held: B in full for as long, then what was there before.
  QTest::keyPress(pictures, Qt::Key_F);
  EXPECT_EQ(view().mode(), CompareMode::Single);
  EXPECT_EQ(view().singleSide(), 1U);
  QTest::qWait(400);
  QTest::keyRelease(pictures, Qt::Key_F);
  EXPECT_EQ(view().mode(), CompareMode::Wipe);
  // Tapped: it stays, and the next tap shows A.
  key(Qt::Key_F);
  EXPECT_EQ(view().mode(), CompareMode::Single);
  EXPECT_EQ(view().singleSide(), 1U);
  const QImage b = shot("flip-b");
  key(Qt::Key_F);
  EXPECT_EQ(view().singleSide(), 0U);
  EXPECT_GT(difference(b, shot("flip-a")), 0.02);
  // Blinking goes by itself until it is switched off, or a mode is chosen.
  key(Qt::Key_F, Qt::ShiftModifier);
  EXPECT_TRUE(view().blinking());
  const std::size_t side = view().singleSide();
  ASSERT_TRUE(waitUntil([&] { return view().singleSide() != side; }, 5));
  ASSERT_TRUE(waitUntil([&] { return view().singleSide() == side; }, 5));
  key(Qt::Key_W);
  EXPECT_FALSE(view().blinking());
  EXPECT_FALSE(child<QAction>("blink")->isChecked());
  EXPECT_EQ(view().mode(), CompareMode::Wipe);
  expectSmooth();
}

TEST_F(CompareWindow, differenceCyclesAndKeepsItsRange) {
  openComparison();
  key(Qt::Key_S);
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  const QImage plain = shot("difference-off");
  std::vector<QImage> maps;
  for (const auto& [kind, name] : {std::pair{HeatKind::Absolute, "difference-absolute"},
                                   {HeatKind::Flip, "difference-flip"},
                                   {HeatKind::Signed, "difference-signed"}}) {
    const std::uint64_t before = view().framesShown();
    key(Qt::Key_D);
    EXPECT_EQ(view().heat().kind, kind);
    ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before; }, 30));
    maps.push_back(shot(name));
  }
  const QRect left(0, 60, plain.width() / 2 - 10, plain.height() / 2);
  const QRect right = left.translated(plain.width() / 2 + 10, 0);
  for (const QImage& map : maps) {
    EXPECT_LT(difference(map.copy(left), plain.copy(left)), 0.5);    // A stays as it is
    EXPECT_GT(difference(map.copy(right), plain.copy(right)), 8.0);  // B is a map
  }
  // The range: by keys, by wheel and drag on the scale, kept while the variant changes.
  const float first = view().heat().range();
  key(Qt::Key_Minus);
  EXPECT_LT(view().heat().range(), first);
  const HeatScaleLayout scale = layoutHeatScale(static_cast<float>(canvas()->width()),
                                                static_cast<float>(canvas()->height()), 1);
  const auto at = [&](float place) {
    return QPoint(static_cast<int>(scale.track.x + place * scale.track.width),
                  static_cast<int>(scale.track.y + scale.track.height / 2));
  };
  QTest::mousePress(canvas(), Qt::LeftButton, {}, at(0.3F));
  QTest::mouseMove(canvas(), at(0.4F));
  QTest::mouseMove(canvas(), at(0.5F));
  QTest::mouseRelease(canvas(), Qt::LeftButton, {}, at(0.5F));
  EXPECT_NEAR(view().heat().range(), heatRangeAt(0.5F), 0.01F);
  const Vec3 eye = view().camera().camera(64, 64).position;
  const float dragged = view().heat().range();
  const EntryId shown = document().side(1)->id;
  key(Qt::Key_BracketRight);
  EXPECT_NE(document().side(1)->id, shown);
  EXPECT_FLOAT_EQ(view().heat().range(), dragged);
  EXPECT_EQ(view().camera().camera(64, 64).position, eye);
  ASSERT_TRUE(waitForFullPicture());
  static_cast<void>(shot("difference-range"));
  QTest::mouseDClick(canvas(), Qt::LeftButton, {}, at(0.5F));
  EXPECT_FLOAT_EQ(view().heat().range(), defaultHeatRange(HeatKind::Signed));
  key(Qt::Key_D);
  EXPECT_EQ(view().heat().kind, HeatKind::None);
  expectSmooth();
}

TEST_F(CompareWindow, loupeFollowsThePointerInEveryPane) {
  openComparison();
  key(Qt::Key_1);
  const QPoint middle(canvas()->width() / 2, canvas()->height() / 2);
  QTest::mouseMove(canvas(), middle + QPoint(10, 10));
  QTest::mouseMove(canvas(), middle);
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  const QImage without = shot("loupe-off");
  std::uint64_t before = view().framesShown();
  key(Qt::Key_L);
  EXPECT_TRUE(view().loupe());
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before; }, 30));
  EXPECT_GT(difference(shot("loupe-single"), without), 1.0);
  before = view().framesShown();
  key(Qt::Key_S);
  QTest::mouseMove(canvas(), QPoint(canvas()->width() / 5, canvas()->height() / 2));
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before; }, 30));
  static_cast<void>(shot("loupe-panes"));
  key(Qt::Key_D);
  static_cast<void>(shot("loupe-difference"));
  key(Qt::Key_D, Qt::NoModifier);
  key(Qt::Key_L);
  EXPECT_FALSE(view().loupe());
  expectSmooth();
}

TEST_F(CompareWindow, errorsShowOnTheSplats) {
  openComparison();
  key(Qt::Key_S);
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  const QImage plain = shot("errors-off");
  key(Qt::Key_E);
  EXPECT_EQ(view().heat().kind, HeatKind::Splats);
  static_cast<void>(shot("errors-waiting"));
  // Found in the background; meanwhile the window answers, and the picture stays.
  ASSERT_TRUE(waitUntil([&] { return view().sides()[1].errors != nullptr; }, 120));
  EXPECT_EQ(view().sides()[0].errors, nullptr);
  const std::uint64_t before = view().framesShown();
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before; }, 30));
  const QImage map = shot("errors-splats");
  const QRect left(0, 60, plain.width() / 2 - 10, plain.height() / 2);
  const QRect right = left.translated(plain.width() / 2 + 10, 0);
  EXPECT_LT(difference(map.copy(left), plain.copy(left)), 0.5);
  EXPECT_GT(difference(map.copy(right), plain.copy(right)), 8.0);
  key(Qt::Key_E);
  EXPECT_EQ(view().heat().kind, HeatKind::None);
  expectSmooth();
}

TEST_F(CompareWindow, attributionTellsSharesAndShowsASwap) {
  openComparison();
  openTab("Attribution");
  press("attributionRun");
  auto* table = child<QTableWidget>("attributionTable");
  ASSERT_TRUE(waitUntil([&] { return table->isVisible(); }, 240));
  static_cast<void>(shot("attribution"));
  // .splat keeps no view-dependent colour: that is what costs most.
  const QTableWidgetItem* given = table->item(0, 3);
  ASSERT_NE(given, nullptr);
  EXPECT_EQ(table->item(0, 0)->text(),
            engine::splatAttributeName(engine::SplatAttribute::ViewColor));
  EXPECT_GT(given->text().split(' ').front().toDouble(), 1) << given->text().toStdString();
  press("swap.sh-rest");
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[2].has_value(); }, 60));
  EXPECT_EQ(view().mode(), CompareMode::SideBySide);
  EXPECT_EQ(document().sideCount(), 2U);  // a pane of its own, no entry
  EXPECT_GT(view().facts().quality[2]->psnr, view().facts().quality[1]->psnr + 1);
  static_cast<void>(shot("attribution-swap"));
  press("swap.sh-rest");
  EXPECT_EQ(view().sides()[2].cloud, nullptr);

  // Measured on the views that the project measures on: other views, another question.
  window->session().setViews("orbit:5");
  EXPECT_FALSE(table->isVisible());
  press("attributionRun");
  ASSERT_TRUE(waitUntil([&] { return table->isVisible(); }, 240));
  EXPECT_NE(child<QLabel>("attributionSummary")->text().indexOf("over 5 views (orbit:5)"), -1)
      << child<QLabel>("attributionSummary")->text().toStdString();
  expectSmooth();
}

TEST_F(CompareWindow, everyModeInTheLightTheme) {
  openComparison();
  child<QAction>("lightTheme")->setChecked(true);
  static_cast<void>(shot("light-wipe"));
  key(Qt::Key_D);
  key(Qt::Key_S);
  ASSERT_TRUE(waitForFullPicture());
  EXPECT_EQ(view().heat().kind, HeatKind::Absolute);
  static_cast<void>(shot("light-difference"));
  openTab("Attribution");
  static_cast<void>(shot("light-attribution"));
  key(Qt::Key_L);
  QTest::mouseMove(canvas(), QPoint(canvas()->width() / 5, canvas()->height() / 2));
  static_cast<void>(shot("light-loupe"));
  child<QAction>("lightTheme")->setChecked(false);
}

}  // namespace
}  // namespace volpress::studio
