// Lists of edits, what they make of a scene, and the outline of crops; without a window.
#include <cmath>

#include <gtest/gtest.h>

#include "app/studio/crop_gizmo.hpp"
#include "app/studio/document_edits.hpp"
#include "app/studio/edit_cache.hpp"
#include "app/studio/move_gizmo.hpp"
#include "app/studio/project_state.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

using Edits = std::vector<edit::EditOperation>;

edit::EditOperation made(const char* kind, const char* values) {
  auto operation = edit::parseEdit(kind, values);
  EXPECT_TRUE(operation) << operation.error().message;
  return operation.value_or(edit::EditOperation{});
}

struct Work {
  SerialRunner runner;
  Progress progress;
  std::stop_source stop;
  TaskContext context{runner, progress, stop.get_token()};
};

bool sameClouds(const GaussianCloud& a, const GaussianCloud& b) {
  return a.count == b.count && a.means == b.means && a.logScales == b.logScales &&
         a.rotations == b.rotations && a.opacityLogits == b.opacityLogits && a.shDc == b.shDc &&
         a.shRest == b.shRest && a.shDegree == b.shDegree;
}

GaussianCloud applied(const GaussianCloud& cloud, const Edits& edits) {
  Work work;
  edit::EditContext context{work.runner, work.progress};
  auto done = edit::applyEdits(cloud, edits, context);
  EXPECT_TRUE(done) << done.error().message;
  return done.value_or(GaussianCloud{});
}

TEST(EditCache, givesWhatApplyEditsGivesAndDoesTheBeginningOnce) {
  const auto cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(4000, 2, 7));
  EditCache cache;
  Work work;
  Edits edits{made("crop-sphere", "0,0,0,1.5"), made("remove-floaters", "3"),
              made("rotate", "0,30,0"), made("min-opacity", "0.1")};
  const auto check = [&] {
    const auto outcome = cache.run(cloud, edits, work.context);
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_NE(outcome->cloud, nullptr) << outcome->problem;
    EXPECT_TRUE(sameClouds(*outcome->cloud, applied(*cloud, edits)));
    EXPECT_EQ(outcome->steps.size(), edits.size());
    EXPECT_EQ(outcome->steps.front().before, cloud->count);
    EXPECT_EQ(outcome->steps.back().after, outcome->cloud->count);
  };
  check();
  EXPECT_EQ(cache.reused(), 0U);
  for (const double opacity : {0.2, 0.3, 0.4}) {  // a slider is dragged
    edits[3].params["opacity"] = opacity;
    check();
  }
  EXPECT_EQ(cache.reused(), 3U) << "what comes before the slider was done again";
  edits.push_back(made("scale", "2"));
  check();
  EXPECT_EQ(cache.reused(), 3U);
  edits.push_back(made("sh-degree", "0"));
  check();
  EXPECT_EQ(cache.reused(), 4U);
  edits[1].enabled = false;
  check();
  EXPECT_EQ(cache.reused(), 0U);
  edits.erase(edits.begin() + 2);
  check();
  edits.clear();
  const auto nothing = cache.run(cloud, edits, work.context);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->cloud, cloud);
}

TEST(EditCache, saysWhyEditsFailAndStopsWhenAsked) {
  const auto cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(500, 0, 3));
  EditCache cache;
  Work work;
  const Edits far{made("translate", "1,0,0"), made("crop-sphere", "900,0,0,1")};
  const auto outcome = cache.run(cloud, far, work.context);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->cloud, nullptr);
  EXPECT_NE(outcome->problem.find("would remove all of the 500 splats"), std::string::npos)
      << outcome->problem;
  work.stop.request_stop();
  const Edits some{made("remove-floaters", "3")};
  const auto stopped = cache.run(cloud, some, work.context);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

TEST(EditFacts, suggestEditsThatDoSomethingAndSpareMost) {
  const GaussianCloud cloud = testing::randomCloud(4000, 3, 11);
  const EditFacts facts = editFactsOf(cloud);
  EXPECT_EQ(facts.shDegree, 3U);
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    const edit::EditOperation operation = suggestedEdit(kind, facts);
    ASSERT_TRUE(completeParams(kind.params, operation.params)) << kind.id;
    const GaussianCloud edited = applied(cloud, {operation});
    EXPECT_GT(edited.count, cloud.count / 2) << kind.id;
    if (kind.id == "max-scale" || kind.id == "min-scale") {
      EXPECT_LT(edited.count, cloud.count) << kind.id;
    }
    for (const ParamSpec& spec : kind.params) {
      const auto* value = std::get_if<double>(&operation.params.at(spec.id));
      if (value == nullptr || !spec.range || spec.id == "opacity") {
        continue;
      }
      const ParamRange range = sliderRange(kind, spec, facts);
      EXPECT_LE(range.min, *value) << kind.id << " " << spec.id;
      EXPECT_GE(range.max, *value) << kind.id << " " << spec.id;
      EXPECT_LT(range.max - range.min, 1e4) << kind.id << " " << spec.id;
    }
  }
}

/// Looks along +z from (0, 0, -10): x to the right, y down.
Camera frontCamera() {
  Camera camera;
  camera.width = 200;
  camera.height = 200;
  camera.fx = camera.fy = 100;
  camera.cx = camera.cy = 100;
  camera.position = {0, 0, -10};
  return camera;
}

double number(const edit::EditOperation& operation, const char* id) {
  return paramReal(operation.params, id);
}

TEST(CropShape, numbersAreAsLongAsTheyNeedBe) {
  EXPECT_EQ(roundedTo(-1.64321, 1.4, 2), -1.64);
  EXPECT_EQ(roundedTo(0.7654321, 50, 3), 0.77);
  EXPECT_EQ(roundedTo(123456, 9e5, 2), 123000);
  EXPECT_EQ(roundedTo(0.000123456, 0.0002, 1), 0.00012);
  EXPECT_EQ(roundedTo(3.21, 0, 2), 3.21);
}

TEST(CropShape, handlesFollowThePointer) {
  const Edits edits{made("crop-box", "-1,-2,-3,1,2,3")};
  const auto shape = CropShape::of(edits, 0);
  ASSERT_TRUE(shape);
  const Gizmo gizmo = shape->gizmo();
  EXPECT_EQ(gizmo.lines.size(), 12U);
  ASSERT_EQ(gizmo.handles.size(), 7U);
  EXPECT_EQ(gizmo.handles[2].at, (Vec3{1, 0, 0}));
  EXPECT_EQ(gizmo.handles[3].at, (Vec3{0, -2, 0}));
  // +x lies 10 ahead at pixel 110: one unit there is 10 pixels.
  const edit::EditOperation wider = shape->dragged(2, frontCamera(), {110, 100}, {120, 100});
  EXPECT_NEAR(number(wider, "max_x"), 2, 1e-5);
  EXPECT_EQ(number(wider, "min_x"), -1);
  // Across the axis nothing moves.
  const edit::EditOperation across = shape->dragged(2, frontCamera(), {110, 100}, {110, 140});
  EXPECT_NEAR(number(across, "max_x"), 1, 1e-5);
  // A side stops at the other one.
  const edit::EditOperation flat = shape->dragged(2, frontCamera(), {110, 100}, {10, 100});
  EXPECT_EQ(number(flat, "max_x"), -1);
  // The middle moves in the picture's plane.
  const edit::EditOperation moved = shape->dragged(0, frontCamera(), {100, 100}, {130, 90});
  EXPECT_NEAR(number(moved, "min_x"), 2, 1e-5);
  EXPECT_NEAR(number(moved, "max_y"), 1, 1e-5);
  EXPECT_NEAR(number(moved, "min_z"), -3, 1e-5);
  // An axis that points at the eye cannot be dragged along: it stays.
  const edit::EditOperation toward = shape->dragged(5, frontCamera(), {100, 100}, {100, 100});
  EXPECT_NEAR(number(toward, "min_z"), -3, 1e-4);
}

TEST(CropShape, liesWhereTheEditsAfterItPutTheScene) {
  const Edits edits{made("crop-sphere", "1,0,0,2"), made("rotate", "0,0,90"), made("scale", "2"),
                    made("translate", "0,0,5")};
  const auto shape = CropShape::of(edits, 0);
  ASSERT_TRUE(shape);
  const Gizmo gizmo = shape->gizmo();
  const auto near = [](const Vec3& a, const Vec3& b) {
    return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]) < 1e-5F;
  };
  EXPECT_TRUE(near(gizmo.handles[0].at, {0, 2, 5}));
  EXPECT_TRUE(near(gizmo.handles[2].at, {0, 6, 5})) << "its +x axis points along +y now";
  // 15 ahead: 100/15 pixels a unit. Its +x handle at y = 6 is dragged by 3 units, which is 1.5 in
  // the crop's own.
  const float unit = 100.0F / 15;
  const edit::EditOperation wider =
      shape->dragged(2, frontCamera(), {100, 100 + 6 * unit}, {100, 100 + 9 * unit});
  EXPECT_NEAR(number(wider, "radius"), 3.5, 1e-4);
  EXPECT_FALSE(CropShape::of(edits, 1)) << "a rotation crops nothing";
  EXPECT_FALSE(CropShape::of(edits, 9));
}

TEST(MoveShape, arrowsFollowThePointer) {
  const Edits edits{made("scale", "2"), made("translate", "1,0,0")};
  const edit::RobustExtent extent{{0.5F, 0, 0}, 1};
  const auto shape = MoveShape::of(edits, 1, extent);
  ASSERT_TRUE(shape);
  const Gizmo gizmo = shape->gizmo();
  ASSERT_EQ(gizmo.handles.size(), 4U);
  EXPECT_EQ(gizmo.handles[0].at, (Vec3{2, 0, 0})) << "the middle of the scene, doubled and moved";
  EXPECT_EQ(gizmo.handles[1].at, (Vec3{4, 0, 0})) << "as long as the scene's radius";
  EXPECT_EQ(gizmo.handles[2].axis, std::optional<std::size_t>(1));
  // 10 ahead a unit is 10 pixels.
  const edit::EditOperation right = shape->dragged(1, frontCamera(), {140, 100}, {155, 100});
  EXPECT_NEAR(number(right, "x"), 2.5, 1e-5);
  EXPECT_EQ(number(right, "y"), 0);
  const edit::EditOperation across = shape->dragged(0, frontCamera(), {120, 100}, {130, 80});
  EXPECT_NEAR(number(across, "x"), 2, 1e-5);
  EXPECT_NEAR(number(across, "y"), -2, 1e-5);
}

TEST(MoveShape, ringsTurnTheSceneAsThePointerGoesRound) {
  const Edits edits{made("rotate", "0,0,30"), made("translate", "0,0,0")};
  const auto shape = MoveShape::of(edits, 0, {{0, 0, 0}, 2});
  ASSERT_TRUE(shape);
  const Gizmo gizmo = shape->gizmo();
  ASSERT_EQ(gizmo.handles.size(), 3U);
  // The ring about z faces the camera: a quarter of a turn from +x to +y.
  const edit::EditOperation turned = shape->dragged(2, frontCamera(), {120, 100}, {100, 120});
  EXPECT_NEAR(number(turned, "z"), 120, 0.051);
  EXPECT_NEAR(number(turned, "x"), 0, 1e-9);
  // About another axis the angles are those of both turns, one after the other.
  const edit::EditOperation tilted = shape->dragged(0, frontCamera(), {100, 101}, {100, 101});
  EXPECT_NEAR(number(tilted, "z"), 30, 1e-9);
  const auto mixed = MoveShape::of(Edits{made("rotate", "20,-35,75")}, 0, {{0, 0, 0}, 2});
  const edit::EditOperation more = mixed->dragged(2, frontCamera(), {120, 100}, {100, 120});
  const auto expected = edit::compose({edit::rotationOfDegrees({20, -35, 75}), {}, 1},
                                      {edit::rotationOfDegrees({0, 0, 90}), {}, 1});
  const auto got =
      edit::rotationOfDegrees({number(more, "x"), number(more, "y"), number(more, "z")});
  for (std::size_t k = 0; k < 9; ++k) {
    EXPECT_NEAR(got[k], expected.rotation[k], 2e-3) << k;
  }
  EXPECT_FALSE(MoveShape::of(Edits{made("crop-sphere", "0,0,0,2")}, 0, {{0, 0, 0}, 2}));
}

TEST(MoveShape, rulersResize) {
  const Edits edits{made("scale", "1.5")};
  const auto shape = MoveShape::of(edits, 0, {{0, 0, 0}, 1});
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->gizmo().handles[1].at, (Vec3{0, 1.5F, 0}));
  const edit::EditOperation larger = shape->dragged(1, frontCamera(), {100, 115}, {100, 130});
  EXPECT_NEAR(number(larger, "factor"), 3, 1e-6);
  const edit::EditOperation behind = shape->dragged(1, frontCamera(), {100, 115}, {100, 60});
  EXPECT_EQ(number(behind, "factor"), 1.5) << "through the origin nothing is left";
}

TEST(SceneEdits, areComparedByWhatTheyDo) {
  const Edits whole{made("crop-sphere", "0,0,0,2,inside"), made("scale", "2")};
  Edits same{{"crop-sphere", {{"x", 0.0}, {"radius", 2.0}}, true},
             made("rotate", "1,2,3"),
             made("scale", "2")};
  same[1].enabled = false;
  EXPECT_TRUE(doTheSame(whole, same));
  same[1].enabled = true;
  EXPECT_FALSE(doTheSame(whole, same));
  EXPECT_TRUE(doTheSame({}, {}));
}

TEST(SceneEdits, areUndoneAndOneDragIsOneStep) {
  Document document;
  Entry scene;
  scene.name = "garden";
  const EntryId id = document.add(std::move(scene));
  engine::UndoStack undo;
  const auto give = [&](double radius, std::uint64_t gesture) {
    Edits edits{made("crop-sphere", "0,0,0,1")};
    edits[0].params["radius"] = radius;
    ASSERT_TRUE(undo.perform(sceneEditsEdit(document, id, edits, "Change", gesture)));
  };
  give(1, 0);
  give(2, 5);
  give(3, 5);
  give(4, 5);
  give(5, 6);
  const auto radius = [&] { return number(document.find(id)->edits.at(0), "radius"); };
  EXPECT_EQ(radius(), 5);
  ASSERT_TRUE(undo.undo());
  EXPECT_EQ(radius(), 4);
  ASSERT_TRUE(undo.undo());
  EXPECT_EQ(radius(), 1) << "a drag is one step";
  ASSERT_TRUE(undo.redo());
  EXPECT_EQ(radius(), 4);
  ASSERT_TRUE(undo.undo());
  ASSERT_TRUE(undo.undo());
  EXPECT_TRUE(document.find(id)->edits.empty());
}

TEST(SceneEdits, areKeptInTheProject) {
  Document document;
  Entry scene;
  scene.name = "garden";
  scene.path = testing::scratchFolder("edits") / "garden.ply";
  scene.edits = {made("crop-box", "-1,-1,-1,1,1,1.25,outside"), made("sh-degree", "1")};
  scene.edits[1].enabled = false;
  const EntryId source = document.add(scene);
  Entry variant;
  variant.sourceId = source;
  variant.name = "small";
  variant.codecId = "spz";
  variant.edits = {scene.edits[0]};
  document.add(variant);
  engine::Project project;
  storeDocument(document, project);
  const auto back = engine::projectFromJson(engine::projectToJson(project, {}), {});
  ASSERT_TRUE(back) << back.error().message;
  const Document again = documentOf(*back);
  EXPECT_EQ(again.find(source)->edits, scene.edits);
  EXPECT_EQ(again.variantsOf(source).at(0)->edits, variant.edits);

  std::string broken = engine::projectToJson(project, {});
  broken.replace(broken.find("crop-box"), 8, "crop-bax");
  const auto refused = engine::projectFromJson(broken, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("crop-bax"), std::string::npos);
}

}  // namespace
}  // namespace volpress::studio
