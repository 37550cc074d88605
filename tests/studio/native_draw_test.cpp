// Scenes that look different from each view, in the thread that draws the viewport.
#include <atomic>
#include <chrono>
#include <mutex>

#include <gtest/gtest.h>

#include "app/studio/render_loop.hpp"
#include "scene/types/spherical_harmonics.hpp"
#include "tests/studio/keeping_sink.hpp"

namespace volpress::studio {
namespace {

constexpr int kSide = 64;

/// One large splat: red from the left, green from the right; its baked cloud is blue.
GaussianCloud oneSplat(float red, float green, float blue) {
  GaussianCloud cloud;
  resizeCloud(cloud, 1, 0);
  cloud.means = {0, 0, 0};
  cloud.logScales = {-0.5F, -0.5F, -0.5F};
  cloud.rotations = {1, 0, 0, 0};
  cloud.opacityLogits = {4};
  cloud.shDc = {(red - 0.5F) / kSh0, (green - 0.5F) / kSh0, (blue - 0.5F) / kSh0};
  return cloud;
}

class RedAndGreen final : public compressors::ViewDependentScene {
public:
  explicit RedAndGreen(std::chrono::milliseconds cost = {}) : m_cost(cost) {}
  [[nodiscard]] std::size_t count() const noexcept override { return 1; }
  [[nodiscard]] std::string varies() const override { return "colour"; }
  [[nodiscard]] Result<void> look(const Camera& camera, const std::stop_token&, TaskRunner&,
                                  GaussianCloud& seen) const override {
    std::this_thread::sleep_for(m_cost);
    ++looks;
    seen = camera.position[0] < 0 ? oneSplat(1, 0, 0) : oneSplat(0, 1, 0);
    return {};
  }
  mutable std::atomic<int> looks = 0;

private:
  std::chrono::milliseconds m_cost;
};

ViewCamera cameraAt(float x) {
  ViewCamera camera;
  camera.setHome(lookAt({x, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, kSide, kSide), 4);
  return camera;
}

class NativeDrawTest : public ::testing::Test {
protected:
  void start(bool isDevice) {
    auto sink = std::make_unique<KeepingSink>(isDevice);
    m_sink = sink.get();
    m_loop = loopWith(std::move(sink));
  }
  void TearDown() override { m_loop.reset(); }

  [[nodiscard]] ViewportState state(float x, const NativeScene& native) const {
    ViewportState state;
    state.width = kSide;
    state.height = kSide;
    state.camera = cameraAt(x);
    state.sides[0].cloud = m_baked;
    state.sides[0].native = native;
    return state;
  }

  /// The first full frame that `accepts`; a default one after ten seconds without.
  template <typename Accepts>
  ViewportFrame waitFor(const Accepts& accepts) {
    std::unique_lock lock(m_sink->mutex);
    std::optional<ViewportFrame> found;
    m_sink->arrived.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const ViewportFrame& frame : m_sink->frames) {
        if (!frame.facts.coarse && accepts(frame)) {
          found = frame;
        }
      }
      return found.has_value();
    });
    EXPECT_TRUE(found) << "no such frame came";
    return found.value_or(ViewportFrame());
  }

  /// Whether the middle pixel is mostly this channel (0: red).
  static bool middleIs(const ViewportFrame& frame, std::size_t channel) {
    if (frame.drawn[0] == nullptr) {
      return false;
    }
    const Image& picture = frame.drawn[0]->color;
    const std::size_t middle = 3 * (picture.height / 2 * picture.width + picture.width / 2);
    return picture.pixels[middle + channel] > 0.8F;
  }

  std::shared_ptr<const GaussianCloud> m_baked =
      std::make_shared<const GaussianCloud>(oneSplat(0, 0, 1));
  KeepingSink* m_sink = nullptr;
  std::unique_ptr<RenderLoop> m_loop;
};

TEST_F(NativeDrawTest, ThePictureFollowsTheCameraAndTheSwitch) {
  start(false);
  const auto native = std::make_shared<const RedAndGreen>();
  m_loop->setState(state(-1, native));
  waitFor([](const ViewportFrame& frame) { return middleIs(frame, 0); });
  m_loop->setState(state(1, native));
  waitFor([](const ViewportFrame& frame) { return middleIs(frame, 1); });
  m_loop->setState(state(1, nullptr));
  waitFor([](const ViewportFrame& frame) { return middleIs(frame, 2); });
  EXPECT_GE(native->looks, 2);
}

TEST_F(NativeDrawTest, WhatWasLookedAtIsRemembered) {
  start(false);
  const auto native = std::make_shared<const RedAndGreen>();
  m_loop->setState(state(-1, native));
  waitFor([](const ViewportFrame& frame) { return middleIs(frame, 0); });
  const int before = native->looks;
  ViewportState same = state(-1, native);
  same.view.wipe = 0.25F;
  m_loop->setState(same);
  waitFor([](const ViewportFrame& frame) { return frame.state.view.wipe == 0.25F; });
  EXPECT_EQ(native->looks, before);
}

TEST_F(NativeDrawTest, ADeviceDrawsWhatTheViewShows) {
  start(true);
  const auto native = std::make_shared<const RedAndGreen>();
  m_loop->setState(state(-1, native));
  const ViewportFrame frame = waitFor([](const ViewportFrame& one) { return one.drawnByDevice; });
  ASSERT_NE(frame.seen[0], nullptr);
  EXPECT_EQ(frame.seen[0]->shDc, oneSplat(1, 0, 0).shDc);
  EXPECT_EQ(frame.facts.splats, 1U);
  m_loop->setState(state(-1, nullptr));
  waitFor([](const ViewportFrame& one) { return one.drawnByDevice && one.seen[0] == nullptr; });
}

TEST_F(NativeDrawTest, TheWindowNeverWaitsForTheNetworks) {
  start(false);
  const auto slow = std::make_shared<const RedAndGreen>(std::chrono::milliseconds(200));
  const auto begin = std::chrono::steady_clock::now();
  for (int step = 0; step < 50; ++step) {
    m_loop->setState(state(-1 + 0.01F * static_cast<float>(step), slow));
  }
  const auto spent = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(spent, std::chrono::milliseconds(150)) << "50 states were handed over";
  waitFor([](const ViewportFrame& frame) { return middleIs(frame, 0); });
}

TEST(NativeEntry, IsDrawnNativelyUnlessSwitchedOffOrEdited) {
  Entry entry;
  entry.cloud = std::make_shared<const GaussianCloud>(oneSplat(0, 0, 1));
  EXPECT_EQ(entry.shownNative(), nullptr);
  entry.native = std::make_shared<const RedAndGreen>();
  EXPECT_EQ(entry.shownNative(), entry.native);
  entry.extras[kBakedExtra] = "true";
  EXPECT_EQ(entry.shownNative(), nullptr);
  entry.extras[kBakedExtra] = "false";
  EXPECT_EQ(entry.shownNative(), entry.native);
  EditOutcome outcome;
  outcome.cloud = std::make_shared<const GaussianCloud>(oneSplat(1, 1, 1));
  entry.outcome = std::make_shared<const EditOutcome>(outcome);
  EXPECT_EQ(entry.shownNative(), nullptr) << "edits are of the baked splats";
}

}  // namespace
}  // namespace volpress::studio
