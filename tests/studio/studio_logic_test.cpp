// What the studio decides without Qt: words, layout, camera, axes, sides.
#include <cmath>

#include <gtest/gtest.h>

#include "app/studio/chart_scale.hpp"
#include "app/studio/compare_heat.hpp"
#include "app/studio/compare_layout.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/document.hpp"
#include "app/studio/heat_scale.hpp"
#include "app/studio/loupe.hpp"
#include "app/studio/scene_tasks.hpp"
#include "app/studio/view_camera.hpp"
#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {
namespace {

std::array<float, 2> projected(const Camera& camera, Vec3 point) {
  std::array<float, 3> local{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      local[row] += camera.rotation[3 * row + axis] * (point[axis] - camera.position[axis]);
    }
  }
  return {camera.fx * local[0] / local[2] + camera.cx, camera.fy * local[1] / local[2] + camera.cy};
}

ViewCamera someCamera() {
  ViewCamera camera;
  camera.setHome(lookAt({0.5F, -1, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, 640, 480), 4.0F);
  return camera;
}

TEST(DisplayText, sizesKeepThreeFigures) {
  EXPECT_EQ(sizeText(0), "0 B");
  EXPECT_EQ(sizeText(942), "942 B");
  EXPECT_EQ(sizeText(3'900'000), "3.90 MB");
  EXPECT_EQ(sizeText(56'700'000), "56.7 MB");
  EXPECT_EQ(sizeText(999'999), "1.00 MB");
  EXPECT_EQ(sizeText(1'234'000'000'000), "1.23 TB");
}

TEST(DisplayText, numbersReadAsPeopleWriteThem) {
  EXPECT_EQ(countText(7), "7");
  EXPECT_EQ(countText(152746), "152,746");
  EXPECT_EQ(countText(1699714), "1,699,714");
  EXPECT_EQ(ratioText(14.53), "14.5×");
  EXPECT_EQ(ratioText(0), "");
  EXPECT_EQ(decibelText(31.76), "31.8 dB");
  EXPECT_EQ(decibelText(100), "identical");
  EXPECT_EQ(clockText(41), "0:41");
  EXPECT_EQ(clockText(3753), "1:02:33");
  EXPECT_EQ(clockText(-3), "0:00");
  EXPECT_EQ(bytesPerSplatText(100, 0), "");
}

TEST(CompareLayout, withoutASecondSideEveryModeShowsTheFirst) {
  for (const CompareMode mode : {CompareMode::Single, CompareMode::Wipe, CompareMode::SideBySide}) {
    const CompareLayout layout = layoutPanes({mode, 0.5F, 1, 1}, 800, 600);
    EXPECT_TRUE(layout.panes[0].shown);
    EXPECT_FALSE(layout.panes[1].shown);
    EXPECT_EQ(layout.panes[0].visible.width, 800);
    EXPECT_EQ(layout.wipeX, -1);
  }
}

TEST(CompareLayout, wipePartsTheViewportWithoutGapOrOverlap) {
  for (const float wipe : {0.0F, 0.25F, 0.5F, 0.999F, 1.0F}) {
    const CompareLayout layout = layoutPanes({CompareMode::Wipe, wipe, 0, 2}, 801, 600);
    EXPECT_EQ(layout.panes[0].visible.width + layout.panes[1].visible.width, 801);
    EXPECT_EQ(layout.panes[1].visible.x, layout.wipeX);
    EXPECT_EQ(layout.panes[0].picture.width, 801);
    EXPECT_EQ(layout.panes[1].picture.width, 801);
  }
}

TEST(CompareLayout, handleIsGrabbedAlongItsLineOnly) {
  const CompareLayout layout = layoutPanes({CompareMode::Wipe, 0.5F, 0, 2}, 800, 600);
  EXPECT_TRUE(hitsWipe(layout, 400, 8));
  EXPECT_TRUE(hitsWipe(layout, 408, 8));
  EXPECT_FALSE(hitsWipe(layout, 409, 8));
  EXPECT_FALSE(hitsWipe(layoutPanes({CompareMode::SideBySide, 0.5F, 0, 2}, 800, 600), 400, 8));
  EXPECT_FLOAT_EQ(wipeAt(-5, 800), 0);
  EXPECT_FLOAT_EQ(wipeAt(900, 800), 1);
}

TEST(CompareLayout, sideBySidePanesAreEqualAndInside) {
  const CompareLayout layout = layoutPanes({CompareMode::SideBySide, 0.5F, 0, 2}, 801, 600);
  EXPECT_EQ(layout.panes[0].visible.width, layout.panes[1].visible.width);
  EXPECT_EQ(layout.panes[1].visible.x + layout.panes[1].visible.width, 801);
  EXPECT_LT(layout.panes[0].visible.width, layout.panes[1].visible.x);
}

TEST(CompareLayout, threeAndFourPanesAreEqualInsideAndApart) {
  for (const auto& [width, height] : {std::pair{1280, 700}, {701, 700}, {500, 1200}}) {
    for (std::size_t count = 2; count <= kMaxSides; ++count) {
      const CompareLayout layout =
          layoutPanes({CompareMode::SideBySide, 0.5F, 0, count}, width, height);
      for (std::size_t side = 0; side < kMaxSides; ++side) {
        const PaneLayout& pane = layout.panes.at(side);
        ASSERT_EQ(pane.shown, side < count);
        if (!pane.shown) {
          continue;
        }
        EXPECT_EQ(pane.picture.width, layout.panes[0].picture.width);
        EXPECT_EQ(pane.picture.height, layout.panes[0].picture.height);
        EXPECT_GE(pane.visible.x, 0);
        EXPECT_LE(pane.visible.x + pane.visible.width, width);
        EXPECT_LE(pane.visible.y + pane.visible.height, height);
        for (std::size_t other = 0; other < side; ++other) {
          const PixelRect& a = pane.visible;
          const PixelRect& b = layout.panes.at(other).visible;
          EXPECT_TRUE(a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height ||
                      b.y >= a.y + a.height);
        }
        EXPECT_EQ(sideAt(layout, pane.visible.x + 1, pane.visible.y + 1), side);
      }
    }
  }
  // Where a roundish subject shows largest: one row where it is wide, a square where it is square.
  const CompareLayout wide = layoutPanes({CompareMode::SideBySide, 0.5F, 0, 3}, 1500, 500);
  EXPECT_EQ(wide.panes[2].visible.y, 0);
  const CompareLayout square = layoutPanes({CompareMode::SideBySide, 0.5F, 0, 4}, 800, 800);
  EXPECT_EQ(square.panes[2].visible.x, 0);
  EXPECT_GT(square.panes[2].visible.y, 300);
}

TEST(ViewCamera, homeIsTheCameraItWasGiven) {
  const Camera home = lookAt({0.5F, -1, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, 640, 480);
  ViewCamera camera;
  camera.setHome(home, 4.0F);
  const Camera again = camera.camera(640, 480);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_NEAR(again.rotation[i], home.rotation[i], 1e-5F);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(again.position[i], home.position[i], 1e-5F);
  }
  EXPECT_NEAR(again.fy, home.fy, 1e-3F);
}

TEST(ViewCamera, homeOfAScenesWhoseUpIsAnotherAxis) {
  const Camera home = lookAt({3, 2, 1.5F}, {0, 0, 0}, {0, 0, -1}, 0.9F, 640, 480);
  ViewCamera camera;
  camera.setHome(home, 2.0F);
  const Camera again = camera.camera(640, 480);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_NEAR(again.rotation[i], home.rotation[i], 1e-5F);
  }
}

TEST(ViewCamera, orbitKeepsPivotInTheMiddleAndDistance) {
  ViewCamera camera = someCamera();
  camera.orbit(0.7F, -0.4F);
  const Camera now = camera.camera(640, 480);
  const auto at = projected(now, camera.pivot());
  EXPECT_NEAR(at[0], 320, 1e-2F);
  EXPECT_NEAR(at[1], 240, 1e-2F);
  float distance = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    distance += std::pow(now.position[i] - camera.pivot()[i], 2.0F);
  }
  EXPECT_NEAR(std::sqrt(distance), 4.0F, 1e-4F);
}

TEST(ViewCamera, draggingMovesTheSceneWithThePointer) {
  ViewCamera camera = someCamera();
  const Vec3 point = camera.pivot();
  camera.pan(30, -12, 480);
  const auto at = projected(camera.camera(640, 480), point);
  EXPECT_NEAR(at[0], 320 + 30, 0.05F);
  EXPECT_NEAR(at[1], 240 - 12, 0.05F);

  ViewCamera turned = someCamera();
  const Vec3 behindPivot = {0.0F, 0.0F, 3.0F};
  const float before = projected(turned.camera(640, 480), behindPivot)[0];
  turned.orbit(-0.1F, 0);
  // Turning left about the pivot: what lies behind it moves right.
  EXPECT_GT(projected(turned.camera(640, 480), behindPivot)[0], before);
}

TEST(ViewCamera, dollyKeepsThePointUnderThePointer) {
  ViewCamera camera = someCamera();
  const Camera before = camera.camera(640, 480);
  // The point of the pivot's plane under the pixel (100, -60) from the centre.
  Vec3 point = camera.pivot();
  const float unit = camera.distance() / before.fy;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    point[axis] += before.rotation[axis] * 100 * unit - before.rotation[3 + axis] * 60 * unit;
  }
  camera.dolly(0.6F, 100, -60, 480);
  const auto at = projected(camera.camera(640, 480), point);
  EXPECT_NEAR(at[0], 420, 0.1F);
  EXPECT_NEAR(at[1], 180, 0.1F);
}

TEST(ViewCamera, lookingAroundKeepsTheEye) {
  ViewCamera camera = someCamera();
  const Camera before = camera.camera(640, 480);
  camera.look(0.5F, 0.3F);
  const Camera after = camera.camera(640, 480);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(after.position[i], before.position[i], 1e-4F);
  }
  camera.goHome();
  EXPECT_NEAR(camera.camera(640, 480).rotation[6], before.rotation[6], 1e-5F);
}

TEST(ViewCamera, flippingUpTurnsThePictureAndBack) {
  ViewCamera camera = someCamera();
  const Camera before = camera.camera(640, 480);
  const Vec3 above = {0, -1, 0};  // up is -y
  EXPECT_LT(projected(before, above)[1], 240);
  camera.flipUp();
  const Camera flipped = camera.camera(640, 480);
  EXPECT_GT(projected(flipped, above)[1], 240);
  EXPECT_NEAR(flipped.position[0], before.position[0], 1e-4F);
  EXPECT_NEAR(flipped.position[2], before.position[2], 1e-4F);
  camera.flipUp();
  EXPECT_NEAR(camera.camera(640, 480).rotation[0], before.rotation[0], 1e-5F);
}

TEST(ChartScale, sizeTicksAreRoundAndInside) {
  const ChartAxis axis = makeSizeAxis({1.2e6, 3.9e7});
  EXPECT_GE(axis.ticks.size(), 3U);
  EXPECT_LT(axis.low, 1.2e6);
  EXPECT_GT(axis.high, 3.9e7);
  for (const ChartTick& tick : axis.ticks) {
    EXPECT_GE(axis.toUnit(tick.value), 0);
    EXPECT_LE(axis.toUnit(tick.value), 1);
  }
  EXPECT_EQ(axis.ticks.front().text, "1 MB");
  EXPECT_NEAR(axis.toUnit(axis.low), 0, 1e-12);
  EXPECT_NEAR(axis.toUnit(axis.high), 1, 1e-12);
}

TEST(ChartScale, equalValuesStillMakeAnAxis) {
  const ChartAxis axis = makeValueAxis({31.0, 31.0}, 8);
  EXPECT_LT(axis.low, 28);
  EXPECT_GT(axis.high, 34);
  EXPECT_GE(axis.ticks.size(), 3U);
  EXPECT_NEAR(axis.toUnit(31.0), 0.5, 1e-9);
}

Entry sourceEntry(const std::string& name) {
  Entry entry;
  entry.name = name;
  return entry;
}

Entry variantEntry(EntryId source, const std::string& name) {
  Entry entry = sourceEntry(name);
  entry.sourceId = source;
  return entry;
}

TEST(Document, variantsStepAroundAndSidesFollowRemovals) {
  Document document;
  const EntryId scene = document.add(sourceEntry("a.ply"));
  document.setSide(0, scene);
  EXPECT_EQ(document.neighbour(1), 0U);
  const EntryId first = document.add(variantEntry(scene, "x"));
  const EntryId second = document.add(variantEntry(scene, "y"));
  EXPECT_EQ(document.neighbour(1), first);
  EXPECT_EQ(document.neighbour(-1), second);
  document.setSide(1, second);
  EXPECT_EQ(document.neighbour(1), first);
  EXPECT_EQ(document.neighbour(-1), first);
  document.remove(second);
  EXPECT_EQ(document.side(1), nullptr);
  EXPECT_EQ(document.side(0)->id, scene);
  EXPECT_EQ(document.freeName(scene, "x"), "x 2");
  document.remove(scene);
  EXPECT_TRUE(document.entries().empty());
  EXPECT_EQ(document.activeSource(), nullptr);
}

TEST(Document, upToFourSidesStandWithoutGaps) {
  Document document;
  const EntryId scene = document.add(sourceEntry("a.ply"));
  std::vector<EntryId> variants;
  for (const char* name : {"u", "v", "w"}) {
    variants.push_back(document.add(variantEntry(scene, name)));
  }
  EXPECT_EQ(document.sideCount(), 0U);
  document.setSide(0, scene);
  document.setSide(3, variants[0]);  // the first empty one is B
  EXPECT_EQ(document.side(1)->id, variants[0]);
  document.setSide(2, variants[1]);
  document.setSide(3, variants[2]);
  EXPECT_EQ(document.sideCount(), 4U);
  document.setSide(1, 0);
  EXPECT_EQ(document.side(1)->id, variants[1]);
  EXPECT_EQ(document.side(2)->id, variants[2]);
  EXPECT_EQ(document.side(3), nullptr);
  EXPECT_EQ(document.neighbour(1, 2), variants[0]);
  document.setSide(0, variants[0]);
  document.remove(variants[0]);  // its place goes to the original, the others stay
  EXPECT_EQ(document.side(0)->id, scene);
  EXPECT_EQ(document.side(1)->id, variants[1]);
  document.setSide(0, 0);  // A is never empty
  EXPECT_EQ(document.side(0)->id, scene);
}

TEST(Document, anotherSceneTakesTheComparisonAlong) {
  Document document;
  const EntryId one = document.add(sourceEntry("one"));
  const EntryId two = document.add(sourceEntry("two"));
  const EntryId variant = document.add(variantEntry(two, "v"));
  document.setSide(0, one);
  document.setSide(1, variant);
  EXPECT_EQ(document.activeSource()->id, two);
  EXPECT_EQ(document.side(0)->id, two);
  EXPECT_EQ(document.side(1)->id, variant);
}

TEST(Document, anotherSceneCanStandBeside) {
  Document document;
  const EntryId one = document.add(sourceEntry("one"));
  const EntryId mine = document.add(variantEntry(one, "m"));
  const EntryId two = document.add(sourceEntry("two"));
  const EntryId variant = document.add(variantEntry(two, "v"));
  const EntryId next = document.add(variantEntry(two, "w"));
  document.setSide(0, one);
  document.putBeside(1, variant);
  document.putBeside(2, mine);
  EXPECT_EQ(document.activeSource()->id, one);
  EXPECT_EQ(document.sides(), (Document::Sides{one, variant, mine, 0}));
  EXPECT_EQ(document.comparedSources(),
            (std::vector<const Entry*>{document.find(one), document.find(two)}));
  EXPECT_EQ(document.neighbour(1), next);  // among those of what stands there
  document.putBeside(0, two);              // A moves the comparison
  EXPECT_EQ(document.sides(), (Document::Sides{two, 0, 0, 0}));
}

TEST(PickPoint, findsTheFrontSurfaceUnderThePixel) {
  GaussianCloud cloud;
  resizeCloud(cloud, 3, 0);
  cloud.means = {0, 0, 2, 0, 0, 5, 1, 0, 3};
  cloud.logScales.assign(9, -4.0F);
  cloud.rotations = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
  cloud.opacityLogits = {-4.0F, 2.0F, 2.0F};  // the nearest is fog
  cloud.shDc.assign(9, 0.0F);
  const Camera camera;  // at the origin, looking along +z
  const auto center = pickPoint(cloud, camera, 320, 240);
  ASSERT_TRUE(center.has_value());
  EXPECT_NEAR((*center)[2], 5, 1e-5F);
  const auto side = pickPoint(cloud, camera, 320 + camera.fx / 3, 240);
  ASSERT_TRUE(side.has_value());
  EXPECT_NEAR((*side)[0], 1, 1e-4F);
  EXPECT_FALSE(pickPoint(cloud, camera, 20, 20).has_value());
}

TEST(CompareHeat, colorsEndAtTheRangeAndFieldsAreTheErrors) {
  SerialRunner runner;
  Image reference = makeImage(2, 1);
  Image test = makeImage(2, 1);
  reference.pixels = {0.5F, 0.5F, 0.5F, 0.2F, 0.4F, 0.9F};
  test.pixels = {0.5F, 0.5F, 0.5F, 0.5F, 0.4F, 1.5F};  // clamped at 1: +0.3, 0, +0.1
  const auto absolute = errorField(HeatKind::Absolute, reference, test, runner);
  ASSERT_TRUE(absolute.has_value());
  EXPECT_FLOAT_EQ(absolute->pixels[0], 0);
  EXPECT_NEAR(absolute->pixels[1], 0.4F / 3, 1e-6F);
  const auto darker = errorField(HeatKind::Signed, test, reference, runner);
  ASSERT_TRUE(darker.has_value());
  EXPECT_NEAR(darker->pixels[1], -0.4F / 3, 1e-6F);
  EXPECT_FALSE(errorField(HeatKind::Splats, reference, test, runner).has_value());
  EXPECT_FALSE(errorField(HeatKind::Absolute, reference, makeImage(3, 1), runner).has_value());

  // Magma: black without error, light at the end of the range and beyond.
  const auto pixels = heatPixels(HeatKind::Absolute, *absolute, 0.4F / 3, runner);
  EXPECT_LT(pixels[0] + pixels[1] + pixels[2], 12);
  EXPECT_GT(pixels[4], 240);
  EXPECT_EQ(heatColor(HeatKind::Absolute, 5).red, heatColor(HeatKind::Absolute, 1).red);
  // Signed: blue below, orange above, dark between.
  EXPECT_GT(heatColor(HeatKind::Signed, -1).blue, heatColor(HeatKind::Signed, -1).red);
  EXPECT_GT(heatColor(HeatKind::Signed, 1).red, heatColor(HeatKind::Signed, 1).blue);
  EXPECT_LT(heatColor(HeatKind::Signed, 0).red, 40);
}

TEST(CompareHeat, everyKindKeepsItsOwnRange) {
  HeatView heat;
  heat.kind = HeatKind::Absolute;
  heat.setRange(0.02F);
  heat.kind = nextDifference(heat.kind);
  EXPECT_EQ(heat.kind, HeatKind::Flip);
  heat.setRange(17);
  EXPECT_FLOAT_EQ(heat.range(), 1);
  heat.kind = nextDifference(heat.kind);
  EXPECT_EQ(heat.kind, HeatKind::Signed);
  EXPECT_EQ(nextDifference(heat.kind), HeatKind::None);
  heat.kind = HeatKind::Absolute;
  EXPECT_FLOAT_EQ(heat.range(), 0.02F);
}

TEST(HeatScale, sliderAndNumbersAgree) {
  for (const float range : {kMinHeatRange, 0.01F, 0.1F, 0.5F, 1.0F}) {
    EXPECT_NEAR(heatRangeAt(heatKnob(range)), range, range * 1e-4F);
  }
  const HeatScaleLayout layout = layoutHeatScale(800, 600, 1);
  EXPECT_LE(layout.plate.x + layout.plate.width, 800);
  EXPECT_LE(layout.plate.y + layout.plate.height, 600);
  EXPECT_TRUE(hitsHeatScale(layout, layout.track.x + 3, layout.track.y + 3));
  EXPECT_FALSE(hitsHeatScale(layout, layout.plate.x - 1, layout.plate.y));
  EXPECT_FLOAT_EQ(draggedHeatRange(layout, layout.track.x + layout.track.width), 1);
  EXPECT_EQ(heatNumber(-0.05F), "−0.05");
}

TEST(Loupe, showsEverySideWithValuesAndErrorAndStaysInside) {
  const auto picture = [](float red) {
    auto drawn = std::make_shared<DrawnPicture>();
    drawn->color = makeImage(400, 300, 3, 0.25F);
    drawn->color.pixels[3 * (200 * 400 + 390)] = red;
    drawn->pixels = std::make_shared<const PanePixels>(
        PanePixels{400, 300, std::vector<std::uint8_t>(std::size_t{4} * 400 * 300, 64)});
    return drawn;
  };
  ViewportFrame frame;
  frame.state.width = 400;
  frame.state.height = 300;
  frame.state.view = {CompareMode::Wipe, 0.5F, 0, 2};
  frame.state.loupe = true;
  frame.state.pointer = {390, 200};
  const auto cloud = std::make_shared<const GaussianCloud>();
  frame.state.sides[0] = {1, cloud, "original", "", {}};
  frame.state.sides[1] = {2, cloud, "SOG", "", {}};
  frame.layout = layoutPanes(frame.state.view, 400, 300);
  frame.drawn[0] = picture(0.5F);
  frame.drawn[1] = picture(0.4F);
  composeFrame(frame);
  ASSERT_EQ(frame.overlay.loupe.size(), 2U);
  ASSERT_EQ(frame.panes.size(), 4U);
  EXPECT_EQ(frame.overlay.loupe[0].lines[0], "128 64 64");
  EXPECT_EQ(frame.overlay.loupe[1].lines[1], "0.4000 0.2500 0.2500");
  EXPECT_EQ(frame.overlay.loupe[1].lines[2], "Δ −25.5 0.0 0.0");
  for (const LoupeTile& tile : frame.overlay.loupe) {
    EXPECT_GE(tile.square.x, 0);
    EXPECT_LE(tile.square.x + tile.square.width, 400);
  }
  EXPECT_FALSE(frame.panes[2].smooth);
  EXPECT_EQ(frame.panes[2].pixels->width, static_cast<std::size_t>(kLoupePixels));
  frame.facts.coarse = true;  // coarse pictures hold no exact values
  composeFrame(frame);
  EXPECT_TRUE(frame.overlay.loupe.empty());
}

TEST(Overlay, labelsStayInTheirPanesAndTheHudSaysWhichPath) {
  ViewportState state;
  state.width = 800;
  state.height = 600;
  state.view = {CompareMode::SideBySide, 0.5F, 0, 2};
  const auto cloud = std::make_shared<const GaussianCloud>();
  state.sides[0] = {1, cloud, "original", "36 MB", {}};
  state.sides[1] = {2, cloud, "SOG", "2 MB", {}};
  FrameFacts facts;
  facts.path = "software";
  facts.milliseconds = 48.2;
  facts.splats = 152746;
  facts.quality[1] = SideQuality{31.24, 0.98712};
  const CompareLayout layout = layoutPanes(state.view, 800, 600);
  const OverlayModel overlay = makeOverlay(state, layout, facts);
  ASSERT_EQ(overlay.labels.size(), 2U);
  EXPECT_EQ(overlay.labels[1].letter, "B");
  EXPECT_EQ(overlay.labels[1].live, "view 31.2 dB");
  EXPECT_EQ(overlay.labels[0].live, "");
  EXPECT_GE(overlay.labels[1].x, static_cast<float>(layout.panes[1].visible.x));
  EXPECT_LE(overlay.labels[1].x + overlay.labels[1].maxWidth, 800.0F);
  EXPECT_EQ(overlay.hud, "software   48 ms   152,746 splats   this view 31.2 dB  0.9871");

  // What is no comparison of like with like has no numbers, neither on its label nor below.
  state.sides[1].note = "made with other edits";
  const OverlayModel unlike = makeOverlay(state, layout, facts);
  EXPECT_EQ(unlike.labels[1].live, "made with other edits");
  EXPECT_EQ(unlike.hud, "software   48 ms   152,746 splats");
}

}  // namespace
}  // namespace volpress::studio
