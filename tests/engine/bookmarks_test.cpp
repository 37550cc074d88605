#include "app/engine/bookmarks.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "scene/types/camera.hpp"

namespace volpress::engine {
namespace {

Viewpoint someView(float x) {
  return viewpointOf(lookAt({x, -1, 4}, {0, 0.5F, 0}, {0, 1, 0}, 0.9F, 640, 480), 4.5);
}

TEST(Viewpoint, isTheCameraItWasTakenFrom) {
  const Camera camera = lookAt({3, -2, 1}, {0, 1, -2}, {0.2F, 1, 0.1F}, 0.9F, 640, 480);
  const Camera back = cameraAt(viewpointOf(camera, 2), 640, 480);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_NEAR(back.rotation[i], camera.rotation[i], 1e-6) << i;
  }
  EXPECT_EQ(back.position, camera.position);
  EXPECT_NEAR(back.fy, camera.fy, 1e-3);
  const auto forward = forwardOf(viewpointOf(camera, 2));
  const auto down = downOf(viewpointOf(camera, 2));
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(forward[c], camera.rotation[6 + c], 1e-6);
    EXPECT_NEAR(down[c], camera.rotation[3 + c], 1e-6);
  }
}

TEST(Viewpoint, halfTurnsHaveAQuaternionToo) {
  // The trace is -1: each of the three axes takes its own branch.
  for (std::size_t axis = 0; axis < 3; ++axis) {
    Camera camera;
    for (std::size_t i = 0; i < 3; ++i) {
      camera.rotation[4 * i] = i == axis ? 1.0F : -1.0F;
    }
    const Camera back = cameraAt(viewpointOf(camera, 1), 640, 480);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_NEAR(back.rotation[i], camera.rotation[i], 1e-6) << axis << " " << i;
    }
  }
}

TEST(Bookmarks, namesCountUpAndFillGaps) {
  Bookmarks bookmarks;
  EXPECT_EQ(bookmarks.add(someView(1)).value(), 0U);
  EXPECT_EQ(bookmarks.add(someView(2), "front door").value(), 1U);
  EXPECT_EQ(bookmarks.add(someView(3)).value(), 2U);
  EXPECT_EQ(bookmarks.list()[2].name, "View 2");
  ASSERT_TRUE(bookmarks.remove(0).has_value());
  ASSERT_TRUE(bookmarks.add(someView(4)).has_value());
  EXPECT_EQ(bookmarks.list()[2].name, "View 1");
}

TEST(Bookmarks, moveTakesOutAndPutsBack) {
  Bookmarks bookmarks;
  for (const char* name : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(bookmarks.add(someView(1), name).has_value());
  }
  const auto order = [&] {
    std::string text;
    for (const Bookmark& bookmark : bookmarks.list()) {
      text += bookmark.name;
    }
    return text;
  };
  ASSERT_TRUE(bookmarks.move(0, 2).has_value());
  EXPECT_EQ(order(), "bcad");
  ASSERT_TRUE(bookmarks.move(3, 0).has_value());
  EXPECT_EQ(order(), "dbca");
  ASSERT_TRUE(bookmarks.move(1, 99).has_value());
  EXPECT_EQ(order(), "dcab");
  EXPECT_FALSE(bookmarks.move(4, 0).has_value());
  EXPECT_FALSE(bookmarks.remove(4).has_value());
  EXPECT_FALSE(bookmarks.rename(0, "").has_value());
}

TEST(Bookmarks, surviveTheirFile) {
  Bookmarks bookmarks;
  ASSERT_TRUE(bookmarks.add(someView(1), "a \"quoted\" name, ä").has_value());
  ASSERT_TRUE(bookmarks.add(someView(2)).has_value());
  ASSERT_TRUE(bookmarks.setHeldOut(1, true).has_value());
  const auto read = bookmarksFromJson(bookmarksToJson(bookmarks));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->list().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const Bookmark& before = bookmarks.list()[i];
    const Bookmark& after = read->list()[i];
    EXPECT_EQ(after.name, before.name);
    EXPECT_EQ(after.heldOut, before.heldOut);
    EXPECT_EQ(after.view.position, before.view.position);
    EXPECT_EQ(after.view.rotation, before.view.rotation);
    EXPECT_NEAR(after.view.verticalFov, before.view.verticalFov, 1e-12);
    EXPECT_EQ(after.view.pivotDistance, before.view.pivotDistance);
  }
}

TEST(Bookmarks, faultsAreNamed) {
  EXPECT_EQ(bookmarksFromJson("[1]").error().code, ErrorCode::NotThisFormat);
  EXPECT_EQ(
      bookmarksFromJson(R"({"volpress":"bookmarks","version":9,"bookmarks":[]})").error().code,
      ErrorCode::UnsupportedVersion);
  const auto fault = [](std::string_view fov, std::string_view rotation) {
    const auto read = bookmarksFromJson(fmt::format(
        R"({{"volpress":"bookmarks","version":1,"bookmarks":[{{"name":"a","heldOut":false,
            "position":[0,0,0],"rotation":{},"verticalFovDegrees":{},"pivotDistance":1,
            "nearPlane":0.2}}]}})",
        rotation, fov));
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(fault("45", "[1,0,0,0]"), "");
  EXPECT_EQ(fault("45", "[1,0,0]"), "bookmark 1: 'rotation' must hold 4 numbers");
  EXPECT_EQ(fault("45", "[0.1,0,0,0]"),
            "bookmark 1: its rotation's length is 0.1, but 0.99 .. 1.01 is allowed");
  EXPECT_NE(fault("0", "[1,0,0,0]").find("field of view"), std::string::npos);
}

}  // namespace
}  // namespace volpress::engine
