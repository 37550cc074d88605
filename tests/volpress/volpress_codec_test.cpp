#include "compressors/volpress/volpress.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors {
namespace {

class VolpressTest : public ::testing::Test {
protected:
  VolpressTest() {
    for (std::size_t i = 0; i < 6; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / 6;
      const std::array<float, 3> eye{static_cast<float>(6 * std::sin(angle)), -1.5F,
                                     static_cast<float>(6 * std::cos(angle))};
      m_views.views.push_back(
          {"view", lookAt(eye, {0, 0, 0}, {0, 1, 0}, 0.9F, 96, 72), i % 3 == 2});
    }
  }

  Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params) {
    RunContext context{m_runner, m_progress, {}, m_rasterizer.get(), &m_views};
    return volpressCodec().encode(
        Scene(cloud), completeParams(volpressCodec().info().params, params).value(), context);
  }
  GaussianCloud decode(ByteView file) {
    RunContext context{m_runner, m_progress, {}};
    return std::get<GaussianCloud>(volpressCodec().decode(file, context).value());
  }
  /// Mean squared error over all views.
  double error(const GaussianCloud& a, const GaussianCloud& b) {
    const auto first = m_rasterizer->prepare(std::make_shared<GaussianCloud>(a)).value();
    const auto second = m_rasterizer->prepare(std::make_shared<GaussianCloud>(b)).value();
    double sum = 0;
    double count = 0;
    for (const View& view : m_views.views) {
      const Image one = m_rasterizer->render(*first, view.camera, {}).value().color;
      const Image other = m_rasterizer->render(*second, view.camera, {}).value().color;
      for (std::size_t i = 0; i < one.pixels.size(); ++i) {
        const double d = static_cast<double>(one.pixels[i]) - static_cast<double>(other.pixels[i]);
        sum += d * d;
        count += 1;
      }
    }
    return sum / count;
  }

  SerialRunner m_runner;
  Progress m_progress;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer = renderer::makeSoftwareRasterizer(m_runner);
  ViewSet m_views{"ring", {}};
};

TEST_F(VolpressTest, QualityMovesSizeAndErrorTogether) {
  const GaussianCloud cloud = ::volpress::testing::randomCloud(3000, 2, 7);
  std::size_t size = 0;
  double before = 1e9;
  for (const double quality : {20.0, 40.0, 60.0, 80.0}) {
    const Bytes file = encode(cloud, {{"quality", quality}}).value();
    const double now = error(cloud, decode(file));
    EXPECT_GT(file.size(), size) << quality;
    EXPECT_LT(now, before) << quality;
    size = file.size();
    before = now;
  }
  EXPECT_LT(before, 1e-4);
}

TEST_F(VolpressTest, NeedlesAndDiscsAreTurnedAsFinelyAsTheyShow) {
  // A turn about a round needle shows nothing, one about an oblong disc swings it: one precision
  // for both leaves discs too coarse.
  GaussianCloud cloud = ::volpress::testing::randomCloud(1000, 0, 9);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float size = -1.2F - 0.1F * static_cast<float>(i % 7);
    const float oblong = 0.3F * static_cast<float>(i % 5);
    const std::array<float, 3> needle{size, size - 2.6F, size - 2.6F - 0.01F * oblong};
    const std::array<float, 3> disc{size, size - oblong, size - 3.5F};
    const std::array<float, 3>& shape = i % 6 == 0 ? disc : needle;
    std::copy(shape.begin(), shape.end(), &cloud.logScales[3 * i]);
  }
  EXPECT_LT(error(cloud, decode(encode(cloud, {{"quality", 90.0}}).value())), 1e-5);
}

TEST_F(VolpressTest, SplatsThatShareTheirShDoSoAfterwards) {
  const GaussianCloud cloud = ::volpress::testing::sharedShCloud(2000, 1, 50, 8);
  for (const std::int64_t steps : {std::int64_t{0}, std::int64_t{10}}) {
    const Bytes file = encode(cloud, {{"quality", 60.0}, {"tuning_steps", steps}}).value();
    EXPECT_NE(readContainer(file)->find("palette"), nullptr) << steps;
    EXPECT_LT(error(cloud, decode(file)), 1e-3) << steps;
  }
}

TEST_F(VolpressTest, APaletteLargerThanItsSceneIsRefused) {
  const GaussianCloud cloud = ::volpress::testing::sharedShCloud(500, 1, 10, 8);
  const Bytes file = encode(cloud, {{"quality", 90.0}}).value();
  // The head of the palette ends the chunk: its count, and a byte a group.
  constexpr std::size_t kHead = 4 + 10;
  const auto damaged = [&](std::size_t place, std::uint8_t value) {
    Container container = readContainer(file).value();
    Chunk& scene = container.chunks.front();
    scene.data[scene.data.size() - kHead + place] = std::byte{value};
    RunContext context{m_runner, m_progress, {}};
    return volpressCodec().decode(writeContainer(container).value(), context);
  };
  const auto large = damaged(2, 1);  // 65,546 entries
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().message.find("palette has 65546 entries"), std::string::npos)
      << large.error().message;
  const auto fine = damaged(4, 96);
  ASSERT_FALSE(fine);
  EXPECT_NE(fine.error().message.find("palette precision is 96"), std::string::npos)
      << fine.error().message;
}

TEST_F(VolpressTest, WorksWithoutViews) {
  const GaussianCloud cloud = ::volpress::testing::randomCloud(2000, 1, 8);
  RunContext context{m_runner, m_progress, {}};
  const auto params = completeParams(volpressCodec().info().params, {{"use_views", false}});
  const auto file = volpressCodec().encode(Scene(cloud), *params, context);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_LT(error(cloud, decode(*file)), 1e-3);
}

TEST_F(VolpressTest, MeasuringIsWorthIt) {
  // Half of the splats hide behind a wall: measuring finds out, guessing does not.
  GaussianCloud cloud = ::volpress::testing::randomCloud(2000, 0, 9);
  const GaussianCloud copy = cloud;
  for (std::size_t i = 0; i < 1000; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] *= 0.2F;  // inside
      cloud.logScales[3 * i + c] = -4;
    }
  }
  for (std::size_t i = 1000; i < 2000; ++i) {
    cloud.opacityLogits[i] = 6;
    const float* mean = &copy.means[3 * i];
    const float length = std::hypot(mean[0], mean[1], mean[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] = mean[c] / length * 1.5F;
      cloud.logScales[3 * i + c] = -1.5F;
    }
  }
  const Bytes measured = encode(cloud, {}).value();
  EXPECT_LE(decode(measured).count, 1100U);
  EXPECT_LT(error(cloud, decode(measured)), 1e-3);
}

TEST_F(VolpressTest, LosslessIsLossless) {
  GaussianCloud cloud = ::volpress::testing::extremeCloud(700, 3, 10);
  cloud.extras.push_back({"mask", FloatArray(700, 0.25F)});
  cloud.filter = FilterMode::Antialiased;
  const GaussianCloud back = decode(encode(cloud, {{"mode", std::string("lossless")}}).value());
  EXPECT_TRUE(back.means == cloud.means);
  EXPECT_TRUE(back.logScales == cloud.logScales);
  EXPECT_TRUE(back.rotations == cloud.rotations);
  EXPECT_TRUE(back.opacityLogits == cloud.opacityLogits);
  EXPECT_TRUE(back.shDc == cloud.shDc);
  EXPECT_TRUE(back.shRest == cloud.shRest);
  EXPECT_EQ(back.filter, cloud.filter);
  ASSERT_EQ(back.extras.size(), 1U);
  EXPECT_EQ(back.extras[0].name, "mask");
  EXPECT_TRUE(back.extras[0].values == cloud.extras[0].values);
}

TEST_F(VolpressTest, LayersAddUp) {
  const GaussianCloud cloud = ::volpress::testing::randomCloud(1500, 1, 11);
  const GaussianCloud one = decode(encode(cloud, {}).value());
  const Bytes file = encode(cloud, {{"layers", std::int64_t{4}}}).value();
  const GaussianCloud four = decode(file);
  EXPECT_EQ(four.count, one.count);
  EXPECT_LT(error(cloud, four), 1.5 * error(cloud, one) + 1e-6);
  EXPECT_NE(readContainer(file)->find("positions.4"), nullptr);
}

TEST_F(VolpressTest, TheFrontOfAFileIsACoarserScene) {
  const GaussianCloud cloud = ::volpress::testing::randomCloud(1500, 1, 12);
  const Bytes file = encode(cloud, {{"layers", std::int64_t{3}}}).value();
  RunContext context{m_runner, m_progress, {}};
  context.acceptsFront = true;
  std::size_t counts = 0;
  std::size_t last = 0;
  double before = 1e9;
  for (std::size_t size = 0; size <= file.size(); size += size + 7 > file.size() ? 1U : 7U) {
    const auto front = volpressCodec().decode(ByteView(file).first(size), context);
    if (!front) {
      EXPECT_EQ(last, 0U) << "readable before, but not at " << size;
      continue;
    }
    const auto& scene = std::get<GaussianCloud>(*front);
    if (scene.count != last) {
      // One more layer has come in: closer to the original.
      ++counts;
      const double now = error(cloud, scene);
      EXPECT_GT(scene.count, last);
      EXPECT_LT(now, before);
      last = scene.count;
      before = now;
    }
  }
  EXPECT_EQ(counts, 3U);
  EXPECT_EQ(last, decode(file).count);
  // Without being told to, a decoder takes whole files only.
  context.acceptsFront = false;
  EXPECT_FALSE(volpressCodec().decode(ByteView(file).first(file.size() - 1), context));
}

}  // namespace
}  // namespace volpress::compressors
