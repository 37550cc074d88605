#include "compressors/streamrf/streamrf.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "compressors/streamrf/grid_bins.hpp"
#include "scene/formats/grid_delta.hpp"
#include "scene/formats/npy.hpp"
#include "scene/types/sample_voxels.hpp"
#include "tests/voxels/coded_voxels.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedVoxels;
using testing::codeVoxels;
using testing::MadeVoxels;

MadeVoxels movingCube(std::size_t frames, bool still = false, float jitter = 0) {
  VoxelSampleOptions options;
  options.resolution = 32;
  options.frames = 40;
  options.still = still;
  options.jitter = jitter;
  return {frames, [options](std::size_t frame, TaskRunner& runner) {
            return sampleVoxels(options, frame, runner);
          }};
}

VoxelGrid gridAt(const VoxelSource& source, std::size_t frame) {
  SerialRunner runner;
  return std::get<VoxelGrid>(source.load(frame, runner, {}).value());
}

TEST(StreamRf, PaperProfileIsTheReleasesRule) {
  SerialRunner runner;
  const MadeVoxels source = movingCube(3, false, 0.05F);
  const CodedVoxels coded = codeVoxels(streamrfCodec(), source, {{"paper", true}}, runner);
  ASSERT_EQ(coded.frames.size(), 3U);
  // The rule once more, vertex by vertex in binary16.
  const auto half = [](float value) {
    return formats::floatsOf(formats::halvesOf({&value, 1}))[0];
  };
  VoxelGrid before = gridAt(source, 0);
  for (std::size_t frame = 1; frame < 3; ++frame) {
    const VoxelGrid& now = coded.grid(frame);
    const VoxelGrid wanted = gridAt(source, frame);
    std::size_t added = 0;
    std::size_t replaced = 0;
    for (std::size_t vertex = 0; vertex < wanted.vertexCount(); ++vertex) {
      const bool was = coded.grid(frame - 1).mask.test(vertex);
      float change = 0;
      float sum = 0;
      for (std::size_t k = 0; k < 27 && wanted.mask.test(vertex); ++k) {
        const float value = wanted.sh[27 * wanted.mask.row(vertex) + k];
        const VoxelGrid& old = coded.grid(frame - 1);
        change += was ? std::abs(value - old.sh[27 * old.mask.row(vertex) + k]) : 0;
        sum += std::abs(value);
      }
      const bool is = wanted.mask.test(vertex) && (was || sum >= 0.2F);
      ASSERT_EQ(now.mask.test(vertex), is);
      if (!is) {
        continue;
      }
      const float density = now.density[now.mask.row(vertex)];
      if (!was || change > 1) {
        ++(was ? replaced : added);
        ASSERT_EQ(density, half(wanted.density[wanted.mask.row(vertex)]));
        ASSERT_EQ(now.sh[27 * now.mask.row(vertex) + 3],
                  half(wanted.sh[27 * wanted.mask.row(vertex) + 3]));
      } else {
        const VoxelGrid& old = coded.grid(frame - 1);
        ASSERT_EQ(density, old.density[old.mask.row(vertex)]);
      }
    }
    EXPECT_GT(added, 50U);
    EXPECT_GT(replaced, 50U);
    const auto delta = formats::makeDelta(&coded.grid(frame - 1), wanted, {}).value();
    EXPECT_EQ(delta.plainBytes(),
              delta.maskNext.size() + delta.maskKeep.size() + 56 * (added + replaced));
  }
}

TEST(StreamRf, FollowsEveryFrameWithinHalfAStepWithoutThresholds) {
  SerialRunner runner;
  const MadeVoxels source = movingCube(6, false, 0.02F);
  const CodedVoxels coded = codeVoxels(
      streamrfCodec(), source,
      {{"coarseness", 1.0}, {"threshold", 0.0}, {"dead_zone", 0.5}, {"drop_hidden", false}},
      runner);
  const streamrf::BinSteps steps;
  for (std::size_t frame = 0; frame < 6; ++frame) {
    const VoxelGrid wanted = gridAt(source, frame);
    ASSERT_TRUE(wanted.mask == coded.grid(frame).mask);
    const auto a = streamrf::valuesOf(wanted);
    const auto b = streamrf::valuesOf(coded.grid(frame));
    for (std::size_t i = 0; i < a.size(); ++i) {
      ASSERT_LE(std::abs(a[i] - b[i]), 0.501F * steps.of(i % 28)) << "frame " << frame;
    }
  }
}

TEST(StreamRf, SpendsAlmostNothingOnStandstill) {
  SerialRunner runner;
  const auto bytesOf = [&](std::size_t frames, bool paper) {
    return codeVoxels(streamrfCodec(), movingCube(frames, true), {{"paper", paper}}, runner).bytes;
  };
  EXPECT_LE((bytesOf(6, false) - bytesOf(1, false)) / 5, 100U);
  EXPECT_LE((bytesOf(3, true) - bytesOf(1, true)) / 2, 6000U);
}

TEST(StreamRf, IsSmallerAndRougherWithTheThreshold) {
  const auto runner = makeThreadRunner(2);
  const MadeVoxels source = movingCube(4, false, 0.05F);
  std::uint64_t smaller = ~std::uint64_t{0};
  double rougher = 1e9;
  for (const double threshold : {0.1, 1.0, 10.0}) {
    const CodedVoxels coded =
        codeVoxels(streamrfCodec(), source, {{"threshold", threshold}}, *runner);
    const double psnr =
        testing::psnrOfVoxels(*source.load(3, *runner, {}), coded.frames[3], 48, *runner);
    EXPECT_LT(coded.bytes, smaller);
    EXPECT_LE(psnr, rougher + 0.05);
    smaller = coded.bytes;
    rougher = psnr;
  }
}

TEST(StreamRf, BeatsThePaperOnAMovingObject) {
  const auto runner = makeThreadRunner(2);
  const MadeVoxels source = movingCube(8);
  const CodedVoxels dense = codeVoxels(streamrfCodec(), source, {}, *runner);
  const CodedVoxels paper = codeVoxels(streamrfCodec(), source, {{"paper", true}}, *runner);
  EXPECT_LE(static_cast<double>(dense.bytes), 0.35 * static_cast<double>(paper.bytes));
  const VoxelField wanted = *source.load(3, *runner, {});
  EXPECT_GE(testing::psnrOfVoxels(wanted, dense.frames[3], 48, *runner),
            testing::psnrOfVoxels(wanted, paper.frames[3], 48, *runner));
}

TEST(StreamRf, FollowsAFadeThatThePaperMisses) {
  const auto runner = makeThreadRunner(2);
  const MadeVoxels still = movingCube(1, true);
  const MadeVoxels fade(4, [&still](std::size_t frame, TaskRunner& own) {
    VoxelField field = *still.load(0, own, {});
    for (float& density : std::get<VoxelGrid>(field).density) {
      density *= std::pow(0.3F, static_cast<float>(frame));
    }
    return field;
  });
  const VoxelField last = *fade.load(3, *runner, {});
  const CodedVoxels paper = codeVoxels(streamrfCodec(), fade, {{"paper", true}}, *runner);
  const CodedVoxels dense = codeVoxels(streamrfCodec(), fade, {}, *runner);
  EXPECT_EQ(paper.grid(3).density, paper.grid(0).density);
  EXPECT_LT(testing::psnrOfVoxels(last, paper.frames[3], 48, *runner), 35);
  const VoxelField first = *fade.load(0, *runner, {});
  EXPECT_GT(testing::psnrOfVoxels(last, dense.frames[3], 48, *runner),
            testing::psnrOfVoxels(first, dense.frames[0], 48, *runner) - 0.5);
}

TEST(StreamRf, DecodesSegmentsAndLayersAlone) {
  const auto two = makeThreadRunner(2);
  SerialRunner one;
  const MadeVoxels source = movingCube(5);
  const ParamSet params{{"segment_frames", std::int64_t{2}}};
  const CodedVoxels coded = codeVoxels(streamrfCodec(), source, params, *two);
  EXPECT_EQ(coded.segments, codeVoxels(streamrfCodec(), source, params, one).segments);
  ASSERT_EQ(coded.segments.size(), 3U);
  ASSERT_EQ(coded.segments[1].size(), 3U);
  const auto whole = testing::decodeVoxels(streamrfCodec(), coded.init, coded.segments[1], 2, one);
  EXPECT_EQ(std::get<VoxelGrid>(whole[1]).sh, coded.grid(3).sh);
  double before = 0;
  for (std::size_t layers = 1; layers <= 3; ++layers) {
    const auto part =
        testing::decodeVoxels(streamrfCodec(), coded.init, coded.segments[1], 2, one, layers);
    EXPECT_EQ(std::get<VoxelGrid>(part[1]).density, coded.grid(3).density);
    const double psnr = testing::psnrOfVoxels(*source.load(3, one, {}), part[1], 48, one);
    EXPECT_GE(psnr, before - 0.05);
    before = psnr;
  }
}

}  // namespace
}  // namespace volpress::compressors
