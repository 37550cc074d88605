#include "app/engine/camera_path.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace volpress::engine {
namespace {

/// At `position`, turned by `yaw` about y.
Viewpoint view(std::array<double, 3> position, double yaw = 0) {
  Viewpoint out;
  out.position = position;
  out.rotation = {std::cos(yaw / 2), 0, std::sin(yaw / 2), 0};
  return out;
}

CameraPath straight(PathPace pace) {
  CameraPath path;
  path.pace = pace;
  path.keys = {{view({0, 0, 0}), 0}, {view({1, 0, 0}), 1}, {view({2, 0, 0}), 2}};
  return path;
}

double distanceBetween(const Viewpoint& a, const Viewpoint& b) {
  return std::hypot(a.position[0] - b.position[0], a.position[1] - b.position[1],
                    a.position[2] - b.position[2]);
}

double angleBetween(const Viewpoint& a, const Viewpoint& b) {
  double dot = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    dot += a.rotation[i] * b.rotation[i];
  }
  return 2 * std::acos(std::min(1.0, std::abs(dot)));
}

TEST(CameraPath, passesThroughItsKeyFrames) {
  CameraPath path;
  path.keys = {{view({0, 0, 0}, 0), 1},
               {view({1, 2, 0}, 0.5), 2.5},
               {view({3, 2, -1}, 2.5), 3},
               {view({3, 0, -1}, -2.8), 5}};
  for (const bool closed : {false, true}) {
    path.closed = closed;
    path.pace = closed ? PathPace::Smooth : PathPace::Linear;
    for (const KeyFrame& key : path.keys) {
      const Viewpoint there = viewAt(path, key.seconds - 1);
      EXPECT_LT(distanceBetween(there, key.view), 1e-9) << key.seconds;
      EXPECT_LT(angleBetween(there, key.view), 1e-6) << key.seconds;
    }
  }
  EXPECT_LT(distanceBetween(viewAt(path, pathSeconds(path)), path.keys[0].view), 1e-9);
}

TEST(CameraPath, evenKeysOnALineAreCrossedAtAnEvenPace) {
  // A Catmull-Rom spline through evenly timed points of a line is that line, run evenly.
  for (const double t : {0.25, 0.5, 0.9, 1.5, 1.99}) {
    EXPECT_NEAR(viewAt(straight(PathPace::Linear), t).position[0], t, 1e-12);
  }
  const CameraPath smooth = straight(PathPace::Smooth);
  // Half a second of acceleration to 4/3: 1/2 * (4/3) * 0.5 = 1/3 after half a second.
  EXPECT_NEAR(viewAt(smooth, 0.5).position[0], 1.0 / 3, 1e-9);
  EXPECT_NEAR(viewAt(smooth, 1).position[0], 1, 1e-9);
  EXPECT_NEAR(viewAt(smooth, 1.5).position[0], 5.0 / 3, 1e-9);
  EXPECT_NEAR(viewAt(smooth, -1).position[0], 0, 1e-12);
  EXPECT_NEAR(viewAt(smooth, 99).position[0], 2, 1e-12);
}

TEST(CameraPath, catmullRomHasTheTextbookMiddle) {
  // Uniform knots: the middle of the second segment is (-p0 + 9 p1 + 9 p2 - p3) / 16.
  CameraPath path;
  path.closed = true;  // so that no ease bends the time
  path.keys = {
      {view({0, 0, 0}), 0}, {view({1, 3, 0}), 1}, {view({2, -1, 4}), 2}, {view({5, 0, 0}), 3}};
  path.closingSeconds = 1;
  const Viewpoint middle = viewAt(path, 1.5);
  EXPECT_NEAR(middle.position[0], (-0.0 + 9 * 1 + 9 * 2 - 5) / 16, 1e-12);
  EXPECT_NEAR(middle.position[1], (-0.0 + 9 * 3 - 9 * 1 - 0) / 16, 1e-12);
  EXPECT_NEAR(middle.position[2], (-0.0 + 9 * 0 + 9 * 4 - 0) / 16, 1e-12);
}

TEST(CameraPath, movesWithoutJolts) {
  CameraPath path;
  path.keys = {{view({0, 0, 0}, 0), 0},
               {view({1, 2, 0}, 1.5), 1},
               {view({3, 2, -1}, 2.9), 1.8},
               {view({3, 0, -1}, 4.5), 3}};
  // Speed and turning speed change little from one thousandth of a second to the next.
  double lastStep = 0;
  double lastTurn = 0;
  for (int i = 1; i <= 3000; ++i) {
    const Viewpoint before = viewAt(path, 0.001 * (i - 1));
    const Viewpoint now = viewAt(path, 0.001 * i);
    const double step = distanceBetween(before, now) * 1000;
    const double turn = angleBetween(before, now) * 1000;
    if (i > 1) {
      EXPECT_LT(std::abs(step - lastStep), 0.1) << i;
      EXPECT_LT(std::abs(turn - lastTurn), 0.1) << i;
    }
    lastStep = step;
    lastTurn = turn;
  }
}

TEST(CameraPath, turnsTheShortWay) {
  CameraPath path;
  path.pace = PathPace::Linear;
  Viewpoint to = view({0, 0, 0}, 0.2);
  for (double& value : to.rotation) {
    value = -value;  // the same rotation, the other quaternion
  }
  path.keys = {{view({0, 0, 0}, -0.2), 0}, {to, 1}};
  EXPECT_LT(angleBetween(viewAt(path, 0.5), view({0, 0, 0}, 0)), 1e-6);
}

TEST(CameraPath, framesCountBothEnds) {
  CameraPath path = straight(PathPace::Linear);
  EXPECT_EQ(pathFrames(path), 61U);
  path.framesPerSecond = 24;
  EXPECT_EQ(pathFrames(path), 49U);
  path.closed = true;  // two seconds more, and the end is the beginning
  EXPECT_EQ(pathFrames(path), 96U);
  path.keys.resize(1);
  path.closed = false;
  EXPECT_EQ(pathFrames(path), 1U);
  EXPECT_EQ(viewOfFrame(path, 0).position, path.keys[0].view.position);
}

TEST(CameraPath, aTurntableKeepsItsDistanceAndLooksAtThePivot) {
  Viewpoint start = view({0, 0, -5});  // looks along +z at the origin
  start.pivotDistance = 5;
  const CameraPath path = turntablePath(start, {0, 1, 0}, 6);
  ASSERT_TRUE(checkPath(path).has_value());
  EXPECT_NEAR(pathSeconds(path), 6, 1e-9);
  EXPECT_EQ(pathFrames(path), 180U);
  for (std::size_t frame = 0; frame < 180; ++frame) {
    const Viewpoint at = viewOfFrame(path, frame);
    EXPECT_NEAR(std::hypot(at.position[0], at.position[2]), 5, 0.02) << frame;
    const auto forward = forwardOf(at);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(forward[c], -at.position[c] / 5, 0.01) << frame;
    }
  }
  // A quarter of the time is a quarter of the way.
  const Viewpoint quarter = viewAt(path, 1.5);
  EXPECT_NEAR(std::abs(quarter.position[0]), 5, 1e-6);
  EXPECT_NEAR(quarter.position[2], 0, 1e-6);
}

TEST(CameraPath, aWayThroughViewsGivesLongStretchesMoreTime) {
  const std::vector<Viewpoint> views{view({0, 0, 0}), view({1, 0, 0}), view({10, 0, 0})};
  const CameraPath path = pathThrough(views, 10, false);
  ASSERT_EQ(path.keys.size(), 3U);
  EXPECT_EQ(path.keys[0].seconds, 0);
  EXPECT_NEAR(path.keys[1].seconds, 10 * (0.1 * 0.5 + 0.9 * 0.1), 1e-9);
  EXPECT_NEAR(path.keys[2].seconds, 10, 1e-9);
  // Views that are all the same still take their time.
  const CameraPath resting = pathThrough({views[0], views[0], views[0]}, 4, false);
  EXPECT_NEAR(resting.keys[1].seconds, 2, 1e-9);
  EXPECT_TRUE(checkPath(resting).has_value());
}

TEST(CameraPath, survivesItsFile) {
  CameraPath path = straight(PathPace::Linear);
  path.closed = true;
  path.framesPerSecond = 25;
  const auto read = cameraPathFromJson(cameraPathToJson(path));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->closed, true);
  EXPECT_EQ(read->pace, PathPace::Linear);
  EXPECT_EQ(read->framesPerSecond, 25);
  ASSERT_EQ(read->keys.size(), 3U);
  EXPECT_EQ(read->keys[2].seconds, 2);
  EXPECT_EQ(read->keys[2].view.position, path.keys[2].view.position);
}

TEST(CameraPath, faultsAreNamed) {
  EXPECT_EQ(cameraPathFromJson("{}").error().code, ErrorCode::NotThisFormat);
  const auto fault = [](const CameraPath& path) {
    const auto checked = checkPath(path);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(fault({}), "the camera path has 0 key frames, but 1 .. 10000 are allowed");
  CameraPath path = straight(PathPace::Smooth);
  path.keys[2].seconds = 1;
  EXPECT_EQ(fault(path),
            "key frame 3: its time is 1 s, but it must come after the one before at 1 s");
  path = straight(PathPace::Smooth);
  path.framesPerSecond = 0;
  EXPECT_EQ(fault(path), "the camera path has 0 frames a second, but 1 .. 240 are allowed");
  path = straight(PathPace::Smooth);
  path.keys[1].view.position[1] = std::nan("");
  EXPECT_NE(fault(path).find("key frame 2: its position is nan"), std::string::npos);
}

}  // namespace
}  // namespace volpress::engine
