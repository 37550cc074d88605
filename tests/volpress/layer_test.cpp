#include "compressors/volpress/layer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/volpress/layer_build.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::own {
namespace {

GaussianCloud canonicalCloud(std::size_t count, unsigned degree) {
  GaussianCloud cloud = ::volpress::testing::randomCloud(count, degree, 5);
  for (std::size_t i = 0; i < count; ++i) {
    const auto ellipsoid =
        coding::canonicalEllipsoid(&cloud.logScales[3 * i], &cloud.rotations[4 * i]);
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = static_cast<float>(ellipsoid.logScales[c]);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] = static_cast<float>(ellipsoid.rotation[c]);
    }
  }
  return cloud;
}

Layer builtLayer(const GaussianCloud& cloud, double slope, std::vector<std::uint32_t>& order) {
  SerialRunner runner;
  const Sensitivities show = guessSensitivities(cloud, 0.002, runner);
  std::vector<std::uint32_t> all(cloud.count);
  std::iota(all.begin(), all.end(), 0U);
  LayerTarget target;
  target.slope = slope;
  target.smoothing = 0.0005F;
  return buildLayer(cloud, show, all, target, runner, {}, order).value();
}

/// What a file has of a layer beside its streams.
Layer headOf(const Layer& layer) {
  Layer head;
  head.shDegree = layer.shDegree;
  head.grid = layer.grid;
  head.smoothing = layer.smoothing;
  head.models = layer.models;
  head.palette.count = layer.palette.count;
  head.palette.fineness = layer.palette.fineness;
  return head;
}

TEST(Layer, ReadsExactlyWhatWasWritten) {
  SerialRunner runner;
  for (const unsigned degree : {0U, 1U, 3U}) {
    const GaussianCloud cloud = canonicalCloud(3000, degree);
    std::vector<std::uint32_t> order;
    Layer layer = builtLayer(cloud, 1e-9, order);
    const LayerStreams streams = writeLayer(layer, {}, runner, {}).value();
    Layer back = headOf(layer);
    std::array<ByteView, kStreams> views;
    std::copy(streams.begin(), streams.end(), views.begin());
    ASSERT_TRUE(readLayer(back, cloud.count, views, kVolpressVersion, runner, {}));
    EXPECT_EQ(back.points, layer.points);
    for (std::size_t plane = 0; plane < kPlanes; ++plane) {
      EXPECT_EQ(back.planes[plane], layer.planes[plane]) << plane;
    }
    EXPECT_EQ(back.offsets, layer.offsets);
    EXPECT_EQ(back.axes, layer.axes);
    EXPECT_EQ(back.bands, layer.bands);
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      if (!streams[stream].empty()) {
        auto shorter = views;
        shorter[stream] = views[stream].first(views[stream].size() - 1);
        Layer damaged = headOf(layer);
        EXPECT_FALSE(readLayer(damaged, cloud.count, shorter, kVolpressVersion, runner, {}))
            << stream;
      }
    }
  }
}

TEST(Layer, SharedShIsAPalette) {
  SerialRunner runner;
  constexpr std::size_t kValues = 40;
  GaussianCloud cloud = ::volpress::testing::sharedShCloud(3000, 2, kValues, 6);
  coding::canonicalise(cloud, runner);
  std::vector<std::uint32_t> order;
  Layer layer = builtLayer(cloud, 1e-9, order);
  ASSERT_EQ(layer.palette.count, kValues);
  const LayerStreams streams = writeLayer(layer, {}, runner, {}).value();
  const std::size_t channels = 3 * shRestCount(cloud.shDegree);
  // Rows that share their SH share what is decoded, which is close to it.
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t like = order[i] % kValues;
    EXPECT_EQ(layer.palette.labels[i],
              layer.palette.labels[static_cast<std::size_t>(
                  std::find_if(order.begin(), order.end(),
                               [&](std::uint32_t other) { return other % kValues == like; }) -
                  order.begin())]);
  }
  GaussianCloud back;
  resizeCloud(back, cloud.count, cloud.shDegree);
  toCloud(layer, 0, back, runner);
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t c = 0; c < channels; ++c) {
      EXPECT_NEAR(back.shRest[channels * i + c], cloud.shRest[channels * order[i] + c], 0.02);
    }
  }
  // As levels they take several times as much.
  Layer levels = builtLayer(cloud, 1e-9, order);
  levels.palette = {};
  const LayerStreams longer = writeLayer(levels, {}, runner, {}).value();
  EXPECT_LT(2 * (streams[kBandStream].size() + streams[kPaletteStream].size()),
            longer[kBandStream].size());
  // What is read is what was written; a palette that is cut off is not.
  Layer read = headOf(layer);
  std::array<ByteView, kStreams> views;
  std::copy(streams.begin(), streams.end(), views.begin());
  ASSERT_TRUE(readLayer(read, cloud.count, views, kVolpressVersion, runner, {}));
  EXPECT_EQ(read.palette.labels, layer.palette.labels);
  EXPECT_EQ(read.bands, layer.bands);
  views[kPaletteStream] = views[kPaletteStream].first(streams[kPaletteStream].size() - 1);
  Layer damaged = headOf(layer);
  EXPECT_FALSE(readLayer(damaged, cloud.count, views, kVolpressVersion, runner, {}));
}

TEST(BandPalette, GroupsCoverAllLabels) {
  PaletteGroup before = paletteGroup(0);
  std::size_t members = 0;
  for (std::uint32_t label = 0; label < kMaxPaletteEntries; ++label) {
    const PaletteGroup now = paletteGroup(label);
    if (now.group != before.group) {
      EXPECT_EQ(now.group, before.group + 1) << label;
      EXPECT_EQ(members, std::size_t{1} << before.plainBits) << label;
      members = 0;
      before = now;
    }
    ++members;
  }
  EXPECT_EQ(paletteGroup(31).plainBits, 0U);
  EXPECT_EQ(paletteGroup(32).plainBits, 1U);
  EXPECT_EQ(paletteGroups(0), 0U);
  EXPECT_EQ(paletteGroups(33), 33U);
  EXPECT_LE(paletteGroups(kMaxPaletteEntries), 256U);
}

TEST(Layer, ASmallSlopeKeepsEveryNumberClose) {
  SerialRunner runner;
  const GaussianCloud cloud = canonicalCloud(500, 2);
  std::vector<std::uint32_t> order;
  Layer layer = builtLayer(cloud, 1e-22, order);
  ASSERT_TRUE(writeLayer(layer, {}, runner, {}));
  GaussianCloud back;
  resizeCloud(back, cloud.count, cloud.shDegree);
  toCloud(layer, 0, back, runner);
  ASSERT_TRUE(validate(back));
  const auto volume = [](const GaussianCloud& of, std::size_t i) {
    return of.logScales[3 * i] + of.logScales[3 * i + 1] + of.logScales[3 * i + 2];
  };
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::size_t j = order[i];
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(back.means[3 * i + c], cloud.means[3 * j + c], 1e-4) << i;
      EXPECT_NEAR(back.shDc[3 * i + c], cloud.shDc[3 * j + c], 4e-3) << i;
    }
    EXPECT_NEAR(volume(back, i), volume(cloud, j), 0.02) << i;
  }
}

TEST(Layer, ALargerSlopeIsSmaller) {
  SerialRunner runner;
  const GaussianCloud cloud = canonicalCloud(2000, 1);
  std::size_t before = ~std::size_t{0};
  for (const double slope : {1e-14, 1e-12, 1e-10, 1e-8}) {
    std::vector<std::uint32_t> order;
    Layer layer = builtLayer(cloud, slope, order);
    std::size_t bytes = 0;
    const LayerStreams streams = writeLayer(layer, {}, runner, {}).value();
    for (const Bytes& stream : streams) {
      bytes += stream.size();
    }
    EXPECT_LT(bytes, before) << slope;
    before = bytes;
  }
}

TEST(PlaneCoder, StepsDoubleEveryFourthFineness) {
  for (std::size_t fineness = 40; fineness + 4 < kFinenesses; ++fineness) {
    EXPECT_NEAR(static_cast<double>(stepOf(fineness + 4)),
                std::min(2.0 * stepOf(fineness), double{kMaxFixed}), 1.0);
  }
  EXPECT_EQ(stepOf(0), 1);
  EXPECT_EQ(ratioBucket(0), 0U);
  EXPECT_EQ(ratioBucket(8), 6U);
  EXPECT_LT(ratioBucket(26), ratioBucket(106));
}

}  // namespace
}  // namespace volpress::compressors::own
