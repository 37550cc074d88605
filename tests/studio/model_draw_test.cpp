// Scenes whose full picture takes long, in the thread that draws the viewport.
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "app/studio/render_loop.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/studio/keeping_sink.hpp"

namespace volpress::studio {
namespace {

constexpr int kSide = 128;
constexpr auto kPixelCost = std::chrono::microseconds(20);  // a full picture: a third of a second

/// Costs so much a pixel, as rays through a field do.
class SlowModel final : public engine::SceneModel {
public:
  [[nodiscard]] engine::SceneKind kind() const noexcept override {
    return engine::SceneKind::Field;
  }
  [[nodiscard]] std::uint64_t count() const noexcept override { return 7; }
  [[nodiscard]] std::string unit() const override { return "parameters"; }
  [[nodiscard]] std::uint64_t plainBytes() const noexcept override { return 14; }
  [[nodiscard]] bool drawsSlowly() const noexcept override { return true; }
  [[nodiscard]] Camera home(std::size_t width, std::size_t height) const override {
    return lookAt({0, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, width, height);
  }
  [[nodiscard]] float homeDistance() const override { return 4; }
  [[nodiscard]] Result<renderer::RenderResult> draw(const Camera& camera, TaskRunner& /*runner*/,
                                                    const std::stop_token& stop) const override {
    ++draws;
    for (std::size_t row = 0; row < camera.height; ++row) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      std::this_thread::sleep_for(kPixelCost * camera.width);
    }
    return renderer::RenderResult{makeImage(camera.width, camera.height, 3, 0.5F),
                                  makeImage(camera.width, camera.height, 1, 1)};
  }
  [[nodiscard]] std::optional<std::array<float, 3>> surfaceUnder(const Camera& /*camera*/,
                                                                 float /*x*/,
                                                                 float /*y*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] Result<void> measureAgainst(const SceneModel& /*original*/,
                                            std::string_view /*views*/,
                                            engine::MeasureContext& /*context*/,
                                            engine::Evaluation& /*evaluation*/) const override {
    return {};
  }
  [[nodiscard]] Result<std::uint64_t> write(const std::filesystem::path& /*path*/,
                                            TaskRunner& /*runner*/,
                                            const std::stop_token& /*stop*/) const override {
    return 0;
  }
  mutable std::atomic<int> draws = 0;
};

class ModelDrawTest : public ::testing::Test {
protected:
  void SetUp() override {
    auto sink = std::make_unique<KeepingSink>(true);
    m_sink = sink.get();
    m_loop = loopWith(std::move(sink));
  }
  void TearDown() override { m_loop.reset(); }

  [[nodiscard]] ViewportState state(float x) const {
    ViewportState state;
    state.width = kSide;
    state.height = kSide;
    state.camera.setHome(lookAt({x, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, kSide, kSide), 4);
    state.sides[0].model = m_shown != nullptr ? m_shown : m_model;
    return state;
  }

  /// The frames until the first full one after `from`.
  std::vector<ViewportFrame> framesFrom(std::size_t from) {
    std::unique_lock lock(m_sink->mutex);
    const bool came = m_sink->arrived.wait_for(lock, std::chrono::seconds(20), [&] {
      return m_sink->frames.size() > from && !m_sink->frames.back().facts.coarse;
    });
    EXPECT_TRUE(came) << "no full picture";
    return {m_sink->frames.begin() + static_cast<std::ptrdiff_t>(from), m_sink->frames.end()};
  }

  std::shared_ptr<const engine::SceneModel> m_shown;
  std::shared_ptr<const SlowModel> m_model = std::make_shared<const SlowModel>();
  KeepingSink* m_sink = nullptr;
  std::unique_ptr<RenderLoop> m_loop;
};

TEST_F(ModelDrawTest, TheFirstPictureIsCoarseAndIsRefinedInSteps) {
  m_loop->setState(state(0));
  const auto frames = framesFrom(0);
  ASSERT_GE(frames.size(), 3U);
  EXPECT_LT(frames.front().drawn[0]->color.width, kSide / 2U);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_GT(frames[i].drawn[0]->color.width, frames[i - 1].drawn[0]->color.width);
  }
  EXPECT_EQ(frames.back().drawn[0]->color.width, std::size_t{kSide});
  EXPECT_EQ(frames.back().facts.others.at("parameters"), 7U);
  EXPECT_EQ(frames.back().facts.path, "software");  // the device knows splats alone
}

TEST_F(ModelDrawTest, AMovementStopsTheFullPictureAndShowsACoarseOneSoon) {
  m_loop->setState(state(0));
  const std::size_t first = framesFrom(0).size();
  m_loop->setState(state(0.5F));
  // While the full picture is in work:
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto begin = std::chrono::steady_clock::now();
  std::size_t before = 0;
  {
    const std::lock_guard lock(m_sink->mutex);
    before = m_sink->frames.size();
  }
  EXPECT_GT(before, first);
  m_loop->setState(state(1));
  {
    std::unique_lock lock(m_sink->mutex);
    ASSERT_TRUE(m_sink->arrived.wait_for(lock, std::chrono::seconds(10), [&] {
      return std::abs(m_sink->frames.back().state.camera.camera(8, 8).position[0] - 1) < 1e-3F;
    }));
    EXPECT_TRUE(m_sink->frames.back().facts.coarse);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(150));
}

TEST_F(ModelDrawTest, WhatIsDrawnInFullStaysWhileOnlyTheWipeMoves) {
  m_loop->setState(state(0));
  const std::size_t count = framesFrom(0).size();
  const int draws = m_model->draws;
  ViewportState wiped = state(0);
  wiped.view.wipe = 0.25F;
  m_loop->setState(wiped);
  const auto frames = framesFrom(count);
  EXPECT_FALSE(frames.front().facts.coarse);
  EXPECT_EQ(m_model->draws, draws);
}

class FieldDrawTest : public ModelDrawTest {
protected:
  void SetUp() override {
    ModelDrawTest::SetUp();
    SerialRunner runner;
    m_shown = engine::makeFieldModel(std::make_shared<const HashGridField>(testing::solidBall()),
                                     runner, {})
                  .value();
  }
  /// The full picture of another state than before.
  ViewportFrame lastOf(const ViewportState& state) {
    std::size_t from = 0;
    {
      const std::lock_guard lock(m_sink->mutex);
      from = m_sink->frames.size();
    }
    m_loop->setState(state);
    return framesFrom(from).back();
  }
};

TEST_F(FieldDrawTest, TheDeviceDrawsFieldsAndSoftwareWhatIsMeasured) {
  m_sink->drawsFields = true;
  const ViewportFrame byDevice = lastOf(state(0));
  EXPECT_EQ(byDevice.facts.path, "test");
  EXPECT_EQ(byDevice.drawn[0]->color.pixels[0], 0.25F);
  ViewportState magnified = state(0);
  magnified.loupe = true;
  EXPECT_EQ(lastOf(magnified).facts.path, "software");
  ViewportState chosen = state(0);
  chosen.renderer = RendererChoice::Software;
  const ViewportFrame bySoftware = lastOf(chosen);
  EXPECT_EQ(bySoftware.facts.path, "software");
  EXPECT_NE(bySoftware.drawn[0]->color.pixels[0], 0.25F);
  EXPECT_EQ(lastOf(state(0)).facts.path, "test");
}

TEST_F(FieldDrawTest, SoftwareDrawsWhatTheDeviceRefuses) {
  EXPECT_EQ(lastOf(state(0)).facts.path, "software");
}

}  // namespace
}  // namespace volpress::studio
