// The compressed PLY: golden words, quantiser steps, both chunk layouts.
#include "scene/formats/compressed_ply.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "scene/base/morton.hpp"
#include "scene/formats/activations.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

using testing::decodeOk;
using testing::encodeOk;
using testing::FormatIo;

template <typename T>
std::vector<T> valuesAt(const Bytes& bytes, std::size_t offset, std::size_t count) {
  std::vector<T> values(count);
  EXPECT_LE(offset + count * sizeof(T), bytes.size());
  std::memcpy(values.data(), bytes.data() + offset, count * sizeof(T));
  return values;
}

std::size_t dataOffset(const Bytes& bytes) { return viewText(bytes).find("end_header\n") + 11; }

TEST(CompressedPly, TwoSplatsGiveTheWordsWorkedOutByHand) {
  GaussianCloud cloud;
  resizeCloud(cloud, 2, 1);
  cloud.means = {0, 0, 0, 1, 2, 4};
  cloud.logScales = {-3, -2, -1, -3, -2, -0.5F};
  cloud.rotations = {1, 0, 0, 0, 0, 0, -2, 0};
  cloud.opacityLogits = {0, 20};
  cloud.shDc = {0, 0, 0, 1, 0, 0};
  cloud.shRest = {0, 1, 4, 0, 1, -4, 0, 1, 9, -9, 0.01F, -0.01F, 0, 0, 0, 0, 0, 0};
  FormatIo io;
  const Bytes bytes = encodeOk(compressedPlyFormat(), cloud, io);
  const std::size_t data = dataOffset(bytes);
  ASSERT_EQ(bytes.size(), data + 72 + 2 * 16 + 2 * 9);
  EXPECT_EQ(valuesAt<float>(bytes, data, 18),
            (std::vector<float>{0, 0, 0, 1, 2, 4, -3, -2, -1, -3, -2, -0.5F, 0.5F, 0.5F, 0.5F,
                                0.5F + kSh0, 0.5F, 0.5F}));
  // Position 11-10-11 bits at the bounds; rotation's three small parts 512 of 1023 = 0; the
  // largest part's index (w = 0, y = 2) in the top bits; z scale alone differs; opacity 1/2 is 128.
  EXPECT_EQ(valuesAt<std::uint32_t>(bytes, data + 72, 8),
            (std::vector<std::uint32_t>{0, 0x20080200, 0, 0x00000080, 0xFFFFFFFF, 0xA0080200,
                                        0x000007FF, 0xFF0000FF}));
  // Channel-major: (0, 0, 0), (1, 1, 1), (4, -4, 9 clamped), then (-9 clamped, 0, 0), ...
  EXPECT_EQ(valuesAt<std::uint8_t>(bytes, data + 72 + 32, 18),
            (std::vector<std::uint8_t>{128, 128, 128, 160, 160, 160, 255, 0, 255,  //
                                       0, 128, 128, 128, 128, 128, 127, 128, 128}));

  const GaussianCloud back = decodeOk(compressedPlyFormat(), bytes, io);
  EXPECT_EQ(back.means, cloud.means);
  EXPECT_EQ(back.logScales, cloud.logScales);
  EXPECT_EQ(back.shRest[2], 4);  // 255 and 0 stand for the ends
  EXPECT_EQ(back.shRest[5], -4);
  EXPECT_FLOAT_EQ(back.shRest[1], 1 + 1.0F / 64);  // the middle of step 160
  EXPECT_NEAR(back.rotations[4 + 2], 1, 1e-5);
  EXPECT_FLOAT_EQ(back.opacityLogits[0], std::log(128.0F / 127));
}

TEST(CompressedPly, ChunksWithoutColourBoundsHoldPlainColours) {
  std::string text = "ply\nformat binary_little_endian 1.0\nelement chunk 2\n";
  for (const char* name :
       {"min_x", "min_y", "min_z", "max_x", "max_y", "max_z", "min_scale_x", "min_scale_y",
        "min_scale_z", "max_scale_x", "max_scale_y", "max_scale_z"}) {
    text += fmt::format("property float {}\n", name);
  }
  text +=
      "element vertex 1\nproperty uint packed_color\nproperty uint packed_position\n"
      "property uint packed_rotation\nproperty uint packed_scale\nelement sh 7\nend_header\n";
  ByteWriter writer;
  writer.append(text);
  for (const float value : {-1.F, 0.F, 5.F, 1.F, 3.F, 7.F, -9.F, -9.F, -9.F, -1.F, -1.F, -1.F}) {
    writer.write(value);
  }
  writer.append(std::string(48, '\0'));  // one chunk more than needed
  writer.write(std::uint32_t{0xFF330000});
  writer.write(std::uint32_t{0xFFE007FFU});
  writer.write(std::uint32_t{0xC0000000U | 1023U << 20 | 512U});
  writer.write(std::uint32_t{0});
  FormatIo io;
  const GaussianCloud cloud = decodeOk(compressedPlyFormat(), writer.bytes(), io);
  ASSERT_EQ(cloud.count, 1U);
  EXPECT_EQ(cloud.shDegree, 0U);
  EXPECT_EQ(cloud.means, (FloatArray{1, 0, 7}));
  EXPECT_EQ(cloud.logScales, (FloatArray{-9, -9, -9}));
  EXPECT_FLOAT_EQ(cloud.shDc[0], 0.5F / kSh0);
  EXPECT_FLOAT_EQ(cloud.shDc[1], (0.2F - 0.5F) / kSh0);
  EXPECT_FLOAT_EQ(cloud.opacityLogits[0], logitOf(0));
  // w = +1/sqrt(2), x = -1/sqrt(2), y about 0, z (left out, the largest) what remains.
  EXPECT_NEAR(cloud.rotations[0], 0.70710678F, 1e-6);
  EXPECT_NEAR(cloud.rotations[1], -0.70710678F, 1e-6);
  EXPECT_NEAR(cloud.rotations[3], 0, 1e-3);
}

/// Largest distance of any number to its original in units of its step, which must not exceed half.
class CompressedPlySteps : public ::testing::TestWithParam<std::size_t> {};

TEST_P(CompressedPlySteps, ErrorsStayWithinHalfAStepOfTheChunk) {
  const std::size_t count = GetParam();
  for (unsigned degree = 0; degree <= 3; ++degree) {
    const GaussianCloud cloud = testing::extremeCloud(count, degree, degree + 1);
    FormatIo one(1);
    FormatIo two(2);
    const Bytes bytes = encodeOk(compressedPlyFormat(), cloud, one);
    EXPECT_EQ(bytes, encodeOk(compressedPlyFormat(), cloud, two));
    const GaussianCloud back = decodeOk(compressedPlyFormat(), bytes, two);
    ASSERT_EQ(back.count, count);
    ASSERT_EQ(back.shDegree, degree);
    const auto shares = compressedPlyFormat().breakdown(bytes);
    ASSERT_TRUE(shares.has_value());
    EXPECT_EQ(testing::totalBytes(*shares), bytes.size());
    EXPECT_EQ(testing::shareOf(*shares, "opacities"), count);
    EXPECT_EQ(testing::shareOf(*shares, "rotations"), 4 * count);

    const std::vector<std::uint32_t> order = mortonOrder(cloud.means, *one.runner);
    const std::size_t width = 3 * shRestCount(degree);
    for (std::size_t begin = 0; begin < count; begin += 256) {
      const std::size_t end = std::min(count, begin + 256);
      std::array<float, 9> low{};
      std::array<float, 9> high{};
      const auto bounded = [&](const GaussianCloud& from, std::size_t i, std::size_t a) {
        return a < 3   ? from.means[3 * i + a]
               : a < 6 ? from.logScales[3 * i + a - 3]
                       : colourOf(from.shDc[3 * i + a - 6]);
      };
      for (std::size_t a = 0; a < 9; ++a) {
        low[a] = high[a] = bounded(cloud, order[begin], a);
        for (std::size_t i = begin; i < end; ++i) {
          low[a] = std::min(low[a], bounded(cloud, order[i], a));
          high[a] = std::max(high[a], bounded(cloud, order[i], a));
        }
      }
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t a = 0; a < 9; ++a) {
          const float levels = a >= 6 ? 255 : a % 3 == 1 ? 1023 : 2047;
          const float range = high[a] - low[a];
          ASSERT_NEAR(bounded(back, i, a), bounded(cloud, order[i], a),
                      0.501F * range / levels + 1e-5F)
              << "attribute " << a;
        }
        ASSERT_NEAR(opacityOf(back.opacityLogits[i]), opacityOf(cloud.opacityLogits[order[i]]),
                    0.501F / 255);
        // Rotations q and -q are the same.
        const float* p = &back.rotations[4 * i];
        const float* q = &cloud.rotations[4 * order[i]];
        float norm = 0;
        float along = 0;
        for (std::size_t c = 0; c < 4; ++c) {
          norm += q[c] * q[c];
          along += p[c] * q[c];
        }
        const float sign = along < 0 ? -1 : 1;
        const auto largest = static_cast<std::size_t>(
            std::max_element(q, q + 4, [](float l, float r) { return std::abs(l) < std::abs(r); }) -
            q);
        for (std::size_t c = 0; c < 4; ++c) {
          // Half a step of sqrt(2)/1023; the largest part follows from the other three, none of
          // which exceeds it.
          const float steps = c == largest ? 3 : 1;
          ASSERT_NEAR(p[c] * sign, q[c] / std::sqrt(norm), steps * 0.7075F / 1023);
        }
        for (std::size_t k = 0; k < width; ++k) {
          ASSERT_NEAR(back.shRest[i * width + k], cloud.shRest[order[i] * width + k], 0.501F / 32);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Counts, CompressedPlySteps,
                         ::testing::Values(0U, 1U, 255U, 256U, 257U, 5000U));

TEST(CompressedPly, EveryLargestPartAndSignOfARotationSurvives) {
  GaussianCloud cloud = testing::randomCloud(256, 0, 9);
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t c = 0; c < 4; ++c) {
      const float sign = (i >> c & 1) != 0 ? -1.0F : 1.0F;
      cloud.rotations[4 * i + c] = sign * (c == i / 64 ? 0.9F : 0.3F) * 1e-3F;
    }
    cloud.means[3 * i] = cloud.means[3 * i + 1] = cloud.means[3 * i + 2] = static_cast<float>(i);
  }
  FormatIo io;
  const GaussianCloud back =
      decodeOk(compressedPlyFormat(), encodeOk(compressedPlyFormat(), cloud, io), io);
  for (std::size_t i = 0; i < 256; ++i) {
    const std::size_t largest = i / 64;
    EXPECT_GT(back.rotations[4 * i + largest], 0.8F);
    for (std::size_t c = 0; c < 4; ++c) {
      const float relative = cloud.rotations[4 * i + c] * cloud.rotations[4 * i + largest];
      EXPECT_EQ(back.rotations[4 * i + c] < 0, relative < 0);
    }
  }
}

TEST(CompressedPly, SaysWhatItDrops) {
  GaussianCloud cloud = testing::randomCloud(20, 4, 2);
  cloud.extras.push_back({"label", FloatArray(20)});
  cloud.filter = FilterMode::Antialiased;
  FormatIo io;
  const Bytes bytes = encodeOk(compressedPlyFormat(), cloud, io);
  ASSERT_EQ(io.context.warnings.size(), 2U);
  EXPECT_NE(io.context.warnings[0].find("degree 4"), std::string::npos);
  EXPECT_NE(io.context.warnings[1].find("label"), std::string::npos);
  const GaussianCloud back = decodeOk(compressedPlyFormat(), bytes, io);
  EXPECT_EQ(back.shDegree, 3U);
  EXPECT_EQ(back.filter, FilterMode::Antialiased);
}

TEST(CompressedPly, CancelStopsReadingAndWriting) {
  FormatIo io;
  const GaussianCloud cloud = testing::randomCloud(5000, 0, 1);
  const Bytes bytes = encodeOk(compressedPlyFormat(), cloud, io);
  std::stop_source source;
  source.request_stop();
  io.context.stop = source.get_token();
  const auto read = compressedPlyFormat().decode(bytes, io.context);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::Cancelled);
  const auto written = compressedPlyFormat().encode(cloud, {}, io.context);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress::formats
