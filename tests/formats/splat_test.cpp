// The .splat format: golden bytes, quantiser steps, order.
#include "scene/formats/splat.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "scene/formats/activations.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

using testing::decodeOk;
using testing::encodeOk;
using testing::FormatIo;

Bytes bytesOf(const std::vector<unsigned>& values) {
  Bytes bytes;
  for (const unsigned value : values) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

TEST(Splat, TwoSplatsGiveTheBytesWorkedOutByHand) {
  GaussianCloud cloud;
  resizeCloud(cloud, 2, 0);
  cloud.means = {9, 9, 9, 1, -2, 0.5F};
  cloud.logScales = {-1, 0, 0, 0, 0, 0};  // the second is larger: it comes first
  cloud.rotations = {3, 0, 0, 0, 0, -1, 0, 1};
  cloud.opacityLogits = {0, 40};
  cloud.shDc = {-9, 0, 9, 0.5F / kSh0, 0.1F / kSh0, 0};
  FormatIo io;
  const Bytes bytes = encodeOk(splatFormat(), cloud, io);
  ASSERT_EQ(bytes.size(), 64U);
  // 1.0 = 0x3F800000, -2.0 = 0xC0000000, 0.5 = 0x3F000000; (0, -0.7071, 0, 0.7071) * 128 + 128.
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 32),
            bytesOf({0, 0, 0x80, 0x3F, 0, 0, 0,    0xC0, 0,   0,   0,   0x3F, 0,   0,  0x80, 0x3F,
                     0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F, 255, 153, 128, 255,  128, 37, 128,  219}));
  EXPECT_EQ(Bytes(bytes.begin() + 56, bytes.end()),
            bytesOf({0, 128, 255, 128, 255, 128, 128, 128}));
  const auto shares = splatFormat().breakdown(bytes);
  ASSERT_TRUE(shares.has_value());
  EXPECT_EQ(testing::totalBytes(*shares), 64U);
  EXPECT_EQ(testing::shareOf(*shares, "sh0"), 6U);

  const GaussianCloud back = decodeOk(splatFormat(), bytes, io);
  EXPECT_EQ(back.means[1], -2);
  EXPECT_EQ(back.logScales[0], 0);
  EXPECT_FLOAT_EQ(back.opacityLogits[0], logitOf(1));
  EXPECT_NEAR(back.shDc[1], 0.1F / kSh0, 1e-6);
  EXPECT_NEAR(back.rotations[1], -0.7071F, 0.005);
}

TEST(Splat, RotationsWithoutAMeaningAreTheIdentity) {
  ByteWriter writer;
  for (const std::uint32_t rotation : {0x000000FFU, 0x80808080U, 0x808000FFU}) {
    for (const float value : {1.F, 2.F, 3.F, 0.F, 1.F, 1.F}) {
      writer.write(value);
    }
    writer.write(std::uint32_t{0xFF808080});
    writer.write(rotation);
  }
  FormatIo io;
  const GaussianCloud cloud = decodeOk(splatFormat(), writer.bytes(), io);
  ASSERT_EQ(cloud.count, 3U);
  EXPECT_EQ(cloud.logScales[0], kMinLogScale);  // a linear scale of zero
  EXPECT_TRUE(std::equal(&cloud.rotations[0], &cloud.rotations[4], FloatArray{1, 0, 0, 0}.data()));
  EXPECT_TRUE(std::equal(&cloud.rotations[4], &cloud.rotations[8], FloatArray{1, 0, 0, 0}.data()));
  EXPECT_LT(cloud.rotations[9], -0.5F);  // (255, 0, 128, 128) is a rotation
  EXPECT_EQ(io.context.warnings.size(), 1U);
}

TEST(Splat, ErrorsStayWithinHalfAStep) {
  const GaussianCloud cloud = testing::extremeCloud(3000, 0, 4);
  FormatIo one(1);
  FormatIo two(2);
  for (const char* order : {"importance", "morton"}) {
    const ParamSet params{{"order", std::string(order)}};
    const Bytes bytes = encodeOk(splatFormat(), cloud, one, params);
    EXPECT_EQ(bytes, encodeOk(splatFormat(), cloud, two, params));
    const GaussianCloud back = decodeOk(splatFormat(), bytes, two);
    ASSERT_EQ(back.count, cloud.count);
    // Pair the splats by their positions, which are exact; equal ones are left out.
    const auto sorted = [](const GaussianCloud& from) {
      std::vector<std::uint32_t> indices(from.count);
      for (std::uint32_t i = 0; i < from.count; ++i) {
        indices[i] = i;
      }
      std::sort(indices.begin(), indices.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::lexicographical_compare(&from.means[3 * a], &from.means[3 * a] + 3,
                                            &from.means[3 * b], &from.means[3 * b] + 3);
      });
      return indices;
    };
    const auto source = sorted(cloud);
    const auto target = sorted(back);
    for (std::size_t n = 0; n < cloud.count; ++n) {
      const std::size_t i = source[n];
      const std::size_t j = target[n];
      ASSERT_EQ(cloud.means[3 * i], back.means[3 * j]);
      if (i % 8 == 5) {
        continue;  // extremeCloud puts these at one point
      }
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(back.logScales[3 * j + c], cloud.logScales[3 * i + c], 1e-5);
        ASSERT_NEAR(colourOf(back.shDc[3 * j + c]),
                    std::clamp(colourOf(cloud.shDc[3 * i + c]), 0.0F, 1.0F), 0.501F / 255);
      }
      ASSERT_NEAR(opacityOf(back.opacityLogits[j]), opacityOf(cloud.opacityLogits[i]),
                  0.501F / 255);
    }
  }
}

TEST(Splat, TheMostImportantComesFirst) {
  const GaussianCloud cloud = testing::randomCloud(500, 0, 8);
  FormatIo io;
  const GaussianCloud back = decodeOk(splatFormat(), encodeOk(splatFormat(), cloud, io), io);
  double last = 1e300;
  for (std::size_t i = 0; i < back.count; ++i) {
    const float* s = &back.logScales[3 * i];
    const double importance = std::exp(static_cast<double>(s[0] + s[1] + s[2])) *
                              static_cast<double>(opacityOf(back.opacityLogits[i]));
    // The stored opacity is rounded, by up to half a step of 1/255.
    const double slack = std::exp(static_cast<double>(s[0] + s[1] + s[2])) / 255;
    EXPECT_LE(importance - slack, last);
    last = importance + slack;
  }
}

TEST(Splat, SizesAndContentsThatDoNotFitAreRefused) {
  const Bytes odd(33, std::byte{0});
  EXPECT_NE(testing::decodeError(splatFormat(), odd).find("1 complete"), std::string::npos);
  FormatIo io;
  const Bytes good = encodeOk(splatFormat(), testing::randomCloud(40, 0, 3), io);
  EXPECT_TRUE(splatFormat().recognises(good, "unnamed"));
  EXPECT_TRUE(splatFormat().recognises(odd, "x.splat"));
  EXPECT_FALSE(splatFormat().recognises(odd, "unnamed"));
  EXPECT_FALSE(splatFormat().recognises(Bytes(64, std::byte{0}), "unnamed"));
  EXPECT_FALSE(splatFormat().recognises(Bytes(64, std::byte{' '}), "unnamed"));
  EXPECT_FALSE(splatFormat().recognises({}, "unnamed"));
  EXPECT_EQ(decodeOk(splatFormat(), {}, io).count, 0U);
  // Numbers that nobody could draw.
  const Bytes wild(64, std::byte{0xFF});
  EXPECT_EQ(decodeOk(splatFormat(), wild, io).count, 0U);
}

TEST(Splat, SaysWhatItDrops) {
  FormatIo io;
  GaussianCloud cloud = testing::randomCloud(20, 2, 2);
  cloud.filter = FilterMode::Antialiased;
  static_cast<void>(encodeOk(splatFormat(), cloud, io));
  ASSERT_EQ(io.context.warnings.size(), 2U);
  EXPECT_NE(io.context.warnings[0].find("degree 2"), std::string::npos);
}

TEST(Splat, CancelStopsReadingAndWriting) {
  FormatIo io;
  const GaussianCloud cloud = testing::randomCloud(5000, 0, 1);
  const Bytes bytes = encodeOk(splatFormat(), cloud, io);
  std::stop_source source;
  source.request_stop();
  io.context.stop = source.get_token();
  const auto read = splatFormat().decode(bytes, io.context);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::Cancelled);
  const auto written = splatFormat().encode(cloud, {{"order", std::string("morton")}}, io.context);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress::formats
