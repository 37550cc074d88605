#include "scene/formats/spz.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scene/base/files.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/spz_attributes.hpp"
#include "scene/formats/spz_container.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::FormatIo;

ParamSet paramsOf(const ParamSet& given) {
  const auto params = completeParams(spzFormat().info().writeParams, given);
  EXPECT_TRUE(params);
  return params ? *params : ParamSet();
}

ParamSet version(const char* number) { return {{"version", std::string(number)}}; }

Bytes encoded(const GaussianCloud& cloud, const ParamSet& given = {}) {
  FormatIo io;
  return testing::encodeOk(spzFormat(), cloud, io, given);
}

GaussianCloud decoded(ByteView file) {
  FormatIo io;
  return testing::decodeOk(spzFormat(), file, io);
}

Bytes bytesOf(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

double sigmoid(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

float largestDifference(std::span<const float> a, std::span<const float> b) {
  float largest = a.size() == b.size() ? 0.0F : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

// The largest distance of unit quaternions up to sign.
double largestTurn(const GaussianCloud& a, const GaussianCloud& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.count; ++i) {
    double dot = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const auto x = static_cast<double>(a.rotations[4 * i + c]);
      const auto y = static_cast<double>(b.rotations[4 * i + c]);
      dot += x * y;
      lengthA += x * x;
      lengthB += y * y;
    }
    const double cosine = std::min(1.0, std::abs(dot) / std::sqrt(lengthA * lengthB));
    largest = std::max(largest, std::sqrt(2 - 2 * cosine));
  }
  return largest;
}

// One splat of SH 1 whose every field was quantised by hand.
GaussianCloud oneSplat() {
  GaussianCloud cloud;
  resizeCloud(cloud, 1, 1);
  cloud.means = {0.75F, 0.5F, -1e-4F};         // right-up-back * 2^13: 6144, -4096, 0.8 -> 1
  cloud.logScales = {-10.0F, -4.03F, 9.0F};    // 0, 95.52 -> 96, clamped to 255
  cloud.rotations = {0.6F, 0.0F, 0.8F, 0.0F};  // turned: y largest and negative
  cloud.opacityLogits = {0.0F};                // 127.5 -> 128
  cloud.shDc = {0.0F, 1.0F, -5.0F};            // 127.5 -> 128, 165.75 -> 166, clamped to 0
  // Coefficients of y and z change their sign; buckets of 8: see below.
  cloud.shRest = {0.0F, -0.1F, 0.1F, -1.0F, 1.0F, -2.0F, 0.03F, 0.04F, -0.04F};
  return cloud;
}

Bytes oneSplatArrays() {
  // Rotation: index 1 (y); x: 0; z: 0; w: 0.6 against -0.8 is negative, 511 * 0.6 * sqrt 2 = 433.6.
  const std::uint32_t rotation = 1U << 30 | (1U << 9 | 434U);
  Bytes bytes = bytesOf({0x00, 0x18, 0x00, 0x00, 0xF0, 0xFF, 0x01, 0x00, 0x00,  // positions
                         128,                                                   // alpha
                         128, 166, 0,                                           // colour
                         0, 96, 255});                                          // scales
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::byte>(rotation >> shift));
  }
  // 128, 140.8 -> 141 -> 144, 115.2 -> 115 -> 112 (119 / 8 = 14), 256 -> 255, 0, 255,
  // 131.84 -> 132 -> 136, 133.12 -> 133 -> 136, 122.88 -> 123 -> 120.
  const Bytes sh = bytesOf({128, 144, 112, 255, 0, 255, 136, 136, 120});
  bytes.insert(bytes.end(), sh.begin(), sh.end());
  return bytes;
}

TEST(Spz, Version4ArraysMatchHandMadeBytes) {
  FormatIo io;
  const auto content = unpackSpz(encoded(oneSplat()), *io.runner);
  ASSERT_TRUE(content) << content.error().message;
  EXPECT_EQ(content->layout.fractionalBits, 13U);
  Bytes raw;
  for (const ByteView array : content->arrays) {
    raw.insert(raw.end(), array.begin(), array.end());
  }
  EXPECT_EQ(raw, oneSplatArrays());
}

TEST(Spz, Version4HeaderAndTable) {
  const Bytes file = encoded(oneSplat());
  const Bytes head = bytesOf({'N', 'G', 'S', 'P', 4, 0, 0, 0, 1, 0, 0, 0, 1, 13, 0, 6,
                              32,  0,   0,   0,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0});
  ASSERT_GT(file.size(), 128U);
  EXPECT_TRUE(std::equal(head.begin(), head.end(), file.begin()));
  std::uint64_t end = 32 + 6 * 16;
  const std::array<std::uint64_t, 6> raw{9, 1, 3, 3, 4, 9};
  for (std::size_t s = 0; s < 6; ++s) {
    std::array<std::uint64_t, 2> entry{};
    std::memcpy(entry.data(), &file[32 + 16 * s], sizeof(entry));
    EXPECT_EQ(entry[1], raw[s]);
    end += entry[0];
  }
  EXPECT_EQ(end, file.size());
}

Bytes legacyHeader(int versionNumber, int count, int degree, int bits, int flags = 0) {
  return bytesOf(
      {'N', 'G', 'S', 'P', versionNumber, 0, 0, 0, count, 0, 0, 0, degree, bits, flags, 0});
}

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Spz, Version3IsHeaderAndArraysInGzip) {
  const Bytes file = encoded(oneSplat(), version("3"));
  EXPECT_EQ(file[0], std::byte{0x1F});
  EXPECT_EQ(file[1], std::byte{0x8B});
  const GaussianCloud packed = decoded(file);
  const GaussianCloud bare = decoded(joined(legacyHeader(3, 1, 1, 13), oneSplatArrays()));
  EXPECT_EQ(packed.means, bare.means);
  EXPECT_EQ(packed.rotations, bare.rotations);
  EXPECT_EQ(packed.shRest, bare.shRest);
  EXPECT_NEAR(bare.means[2], -1.0 / 8192, 1e-9);
  EXPECT_NEAR(bare.logScales[1], -4, 1e-6);
  EXPECT_NEAR(bare.shDc[1], (166 / 255.0 - 0.5) / 0.15, 1e-5);
  EXPECT_NEAR(sigmoid(bare.opacityLogits[0]), 128 / 255.0, 1e-6);
  EXPECT_EQ(bare.shRest[3], -127 / 128.0F);
  EXPECT_EQ(bare.shRest[4], 1.0F);
}

TEST(Spz, ReadsVersion2Rotations) {
  const Bytes arrays = bytesOf({0x00, 0x10, 0x00, 0, 0, 0, 0xFF, 0xFF, 0xFF,  // 1, 0, -1/4096
                                255, 0, 128, 255, 160, 160, 160,              //
                                128, 255, 0});  // x = 0.5/127.5, y = 1, z = -1: longer than one
  const GaussianCloud cloud = decoded(joined(legacyHeader(2, 1, 0, 12, 1), arrays));
  ASSERT_EQ(cloud.count, 1U);
  EXPECT_EQ(cloud.filter, FilterMode::Antialiased);
  EXPECT_EQ(cloud.means[0], 1.0F);
  EXPECT_EQ(cloud.means[2], 1 / 4096.0F);
  EXPECT_NEAR(cloud.rotations[0], 0, 1e-6);
  EXPECT_NEAR(cloud.rotations[1], 128 / 127.5 - 1, 1e-6);
  EXPECT_NEAR(cloud.rotations[2], -1, 1e-6);
  EXPECT_NEAR(cloud.rotations[3], 1, 1e-6);
  EXPECT_NEAR(sigmoid(cloud.opacityLogits[0]), 1, 2e-6);
  EXPECT_EQ(cloud.logScales[0], 0.0F);
}

TEST(Spz, ReadsVersion1HalfFloatsAndDropsWhatIsNoNumber) {
  // Splat 0: 1.0, -2.0, the smallest subnormal; splat 1: infinity.
  const Bytes arrays =
      bytesOf({0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C, 0,   0,   0,   0,  // positions
               128,  128,  0,    0,    0,    0,    0,    0,    160, 160, 160, 160, 160, 160,  //
               128,  128,  128,  128,  128,  128});
  FormatIo io;
  const auto cloud = spzFormat().decode(joined(legacyHeader(1, 2, 0, 12), arrays), io.context);
  ASSERT_TRUE(cloud) << cloud.error().message;
  ASSERT_EQ(cloud->count, 1U);
  EXPECT_EQ(cloud->means[0], 1.0F);
  EXPECT_EQ(cloud->means[1], 2.0F);
  EXPECT_EQ(cloud->means[2], -0x1p-24F);
  EXPECT_EQ(io.context.warnings.size(), 1U);
}

TEST(Spz, SmallestThreeKeepsEveryLargestComponentAndSign) {
  for (std::size_t largest = 0; largest < 4; ++largest) {
    for (unsigned signs = 0; signs < 16; ++signs) {
      std::array<float, 4> wxyz{0.31F, 0.22F, 0.17F, 0.28F};
      wxyz[largest] = 0.8F;
      float length2 = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        wxyz[c] *= (signs >> c & 1) != 0 ? -1.0F : 1.0F;
        length2 += wxyz[c] * wxyz[c];
      }
      const std::uint32_t word = packSpzRotation(wxyz.data());
      EXPECT_EQ(word >> 30, (largest + 3) % 4);  // x,y,z,w counts from x
      const std::array<float, 4> back = unpackSpzRotation(word);
      const float flip = wxyz[largest] < 0 ? -1.0F : 1.0F;
      for (std::size_t c = 0; c < 4; ++c) {
        const double allowed = c == largest ? 2e-3 : 0.5 / (511 * std::sqrt(2.0)) + 1e-6;
        EXPECT_NEAR(back[c] * flip, wxyz[c] / std::sqrt(length2), allowed);
      }
    }
  }
}

TEST(Spz, SmallestThreeHandMadeWords) {
  const std::array<float, 4> identity{2, 0, 0, 0};
  EXPECT_EQ(packSpzRotation(identity.data()), 3U << 30);
  // All equal: the first of x,y,z,w is the largest; 511 * 0.5 * sqrt 2 = 361.3.
  const std::array<float, 4> even{-0.5F, 0.5F, 0.5F, 0.5F};
  EXPECT_EQ(packSpzRotation(even.data()), 361U << 20 | 361U << 10 | (1U << 9 | 361U));
  // Parts that are longer than one together leave nothing for the largest, and no NaN.
  const std::array<float, 4> longest = unpackSpzRotation(0x3FFFFFFF);
  EXPECT_EQ(longest[1], 0.0F);
  EXPECT_NEAR(longest[0], -std::sqrt(0.5), 1e-6);
}

// What comes back, against half a step of every field.
void expectWithinHalfStep(const GaussianCloud& cloud, const GaussianCloud& back, unsigned sh1Bits,
                          unsigned shBits, double positionStep) {
  ASSERT_EQ(back.count, cloud.count);
  ASSERT_EQ(back.shDegree, cloud.shDegree);
  EXPECT_EQ(back.frame, cloud.frame);
  EXPECT_LE(largestDifference(cloud.means, back.means), positionStep / 2 * 1.001);
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float scale = std::clamp(cloud.logScales[3 * i + c], -10.0F, 255 / 16.0F - 10);
      ASSERT_NEAR(back.logScales[3 * i + c], scale, 1 / 32.0 + 1e-5);
      const float dc = std::clamp(cloud.shDc[3 * i + c], -0.5F / 0.15F, 0.5F / 0.15F);
      ASSERT_NEAR(back.shDc[3 * i + c], dc, 0.5 / (255 * 0.15) + 1e-5);
    }
    ASSERT_NEAR(sigmoid(back.opacityLogits[i]), sigmoid(cloud.opacityLogits[i]), 0.5 / 255 + 2e-6);
    for (std::size_t k = 0; k < rest; ++k) {
      const unsigned bits = k < 9 ? sh1Bits : shBits;
      const double bucket = std::ldexp(1.0, 8 - static_cast<int>(bits));
      // Rounded to 1/128, then to a bucket; the top bucket is cut at 255.
      const double allowed = (bucket / 2 + 0.5) / 128 + 1.0 / 128;
      ASSERT_NEAR(back.shRest[i * rest + k], std::clamp(cloud.shRest[i * rest + k], -1.0F, 1.0F),
                  allowed);
    }
  }
  // Three parts, each within half of 1/(511 sqrt 2), move the fourth by up to three times as much.
  EXPECT_LT(largestTurn(cloud, back), 0.5 / (511 * std::sqrt(2.0)) * std::sqrt(3.0 + 9.0));
}

TEST(Spz, RoundTripsStayWithinHalfAStep) {
  for (const char* number : {"3", "4"}) {
    for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
      for (const std::size_t count : {1U, 255U, 256U, 257U, 5000U}) {
        const GaussianCloud cloud = testing::randomCloud(count, degree, 40 + degree);
        expectWithinHalfStep(cloud, decoded(encoded(cloud, version(number))), 5, 4, 1 / 4096.0);
      }
    }
  }
}

TEST(Spz, ExtremeCloudsAreClampedNotWrapped) {
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    const GaussianCloud cloud = testing::extremeCloud(800, degree, 50);
    expectWithinHalfStep(cloud, decoded(encoded(cloud)), 5, 4, 1 / 4096.0);
  }
}

TEST(Spz, ShBitsSetTheBuckets) {
  const GaussianCloud cloud = testing::randomCloud(500, 3, 60);
  for (const std::int64_t bits : {1, 6, 8}) {
    const Bytes file = encoded(cloud, {{"sh1_bits", bits}, {"sh_bits", bits}});
    expectWithinHalfStep(cloud, decoded(file), static_cast<unsigned>(bits),
                         static_cast<unsigned>(bits), 1 / 4096.0);
  }
  EXPECT_LT(encoded(cloud, {{"sh_bits", std::int64_t{2}}}).size(), encoded(cloud).size());
}

TEST(Spz, FractionalBitsFollowTheBounds) {
  GaussianCloud cloud = testing::randomCloud(10, 0, 1);
  const auto bitsFor = [&](float farthest, std::int64_t asked) {
    cloud.means[0] = farthest;
    FormatIo io;
    const Bytes file = encoded(cloud, {{"position_bits", asked}});
    const GaussianCloud back = decoded(file);
    const unsigned bits = unpackSpz(file, *io.runner)->layout.fractionalBits;
    EXPECT_LE(std::abs(back.means[0] - farthest), 0.5001 * std::ldexp(1.0, -static_cast<int>(bits)))
        << farthest;
    return bits;
  };
  EXPECT_EQ(bitsFor(1900, 0), 11U + 1);
  EXPECT_EQ(bitsFor(2048, 0), 11U);
  EXPECT_EQ(bitsFor(-100000, 0), 6U);
  EXPECT_EQ(bitsFor(8388606, 0), 0U);
  EXPECT_EQ(bitsFor(100, 20), 16U);
  EXPECT_EQ(bitsFor(1.5F, 20), 20U);
  for (float& value : cloud.means) {
    value *= 1e-3F;
  }
  EXPECT_GE(bitsFor(1e-3F, 0), 20U);
}

TEST(Spz, PositionsBeyondTheFormatAreClampedWithAWarning) {
  GaussianCloud cloud = testing::randomCloud(3, 0, 1);
  cloud.means[4] = -1e9F;
  FormatIo io;
  const auto file = spzFormat().encode(cloud, paramsOf({}), io.context);
  ASSERT_TRUE(file);
  EXPECT_EQ(io.context.warnings.size(), 1U);
  EXPECT_EQ(decoded(*file).means[4], -8388607.0F);
}

TEST(Spz, CloudsOfAnyFrameKeepTheirPose) {
  GaussianCloud cloud = testing::randomCloud(50, 4, 2);
  const GaussianCloud plain = decoded(encoded(cloud));
  const std::array<std::pair<AxisFrame, AxisSigns>, 2> frames{
      {{AxisFrame::RightUpBack, {1, -1, -1}}, {AxisFrame::LeftUpForward, {-1, -1, 1}}}};
  for (const auto& [frame, signs] : frames) {
    GaussianCloud turned = cloud;
    turnAxes(turned, signs);
    turned.frame = frame;
    for (const char* number : {"3", "4"}) {
      const GaussianCloud back = decoded(encoded(turned, version(number)));
      EXPECT_EQ(back.frame, AxisFrame::RightDownForward);
      EXPECT_LE(largestDifference(back.means, plain.means), 1 / 4096.0F);
      EXPECT_LE(largestDifference(back.shRest, plain.shRest), 17 / 128.0F);
      EXPECT_LT(largestTurn(back, plain), 0.01);
    }
  }
}

// A half turn about X takes a splat's colour seen from d to the colour seen from the turned d.
TEST(Spz, TurnedAxesKeepColourAndShape) {
  GaussianCloud cloud = testing::randomCloud(1, 4, 3);
  const GaussianCloud before = cloud;
  turnAxes(cloud, {1, -1, -1});
  // Odd and even bands by hand: y changes sign, z changes sign, x stays; xy changes, yz stays.
  EXPECT_EQ(cloud.shRest[0], -before.shRest[0]);
  EXPECT_EQ(cloud.shRest[3], -before.shRest[3]);
  EXPECT_EQ(cloud.shRest[6], before.shRest[6]);
  EXPECT_EQ(cloud.shRest[9], -before.shRest[9]);
  EXPECT_EQ(cloud.shRest[12], before.shRest[12]);
  // The half turn itself is the quaternion x: q' = x q x^-1 = (w, x, -y, -z).
  EXPECT_EQ(cloud.rotations[0], before.rotations[0]);
  EXPECT_EQ(cloud.rotations[1], before.rotations[1]);
  EXPECT_EQ(cloud.rotations[2], -before.rotations[2]);
  EXPECT_EQ(cloud.rotations[3], -before.rotations[3]);
  turnAxes(cloud, {1, -1, -1});
  EXPECT_EQ(cloud.shRest, before.shRest);
}

TEST(Spz, UnknownExtensionsAreSkipped) {
  Bytes file = encoded(testing::randomCloud(20, 0, 4));
  const Bytes record =
      bytesOf({2, 0,  0xBE, 0xAD, 12, 0, 0,    0,    1, 2, 3, 4, 5, 6, 7, 8,
               9, 10, 11,   12,   3,  0, 0xBE, 0xAD, 4, 0, 0, 0, 8, 0, 0, 0});  // then RUF
  const GaussianCloud plain = decoded(file);
  file.insert(file.begin() + 32, record.begin(), record.end());
  file[14] |= std::byte{2};
  file[16] = static_cast<std::byte>(32 + record.size());
  const GaussianCloud turned = decoded(file);
  EXPECT_EQ(turned.means[0], plain.means[0]);
  EXPECT_EQ(turned.means[1], plain.means[1]);
  EXPECT_EQ(turned.means[2], -plain.means[2]);
}

TEST(Spz, SameBytesOnOneAndTwoThreads) {
  const auto threads = makeThreadRunner(2);
  const GaussianCloud cloud = testing::randomCloud(120'000, 3, 5);
  for (const char* number : {"3", "4"}) {
    Progress progress;
    IoContext context{*threads, progress, {}, {}};
    const auto many = spzFormat().encode(
        cloud, paramsOf({{"version", std::string(number)}, {"zstd_level", std::int64_t{3}}}),
        context);
    ASSERT_TRUE(many);
    EXPECT_EQ(*many,
              encoded(cloud, {{"version", std::string(number)}, {"zstd_level", std::int64_t{3}}}));
    const auto back = spzFormat().decode(*many, context);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->shRest, decoded(*many).shRest);
  }
}

TEST(Spz, BreakdownAddsUp) {
  for (const char* number : {"3", "4"}) {
    for (const unsigned degree : {0U, 3U}) {
      const Bytes file = encoded(testing::randomCloud(3000, degree, 6), version(number));
      const auto shares = spzFormat().breakdown(file);
      ASSERT_TRUE(shares);
      std::uint64_t total = 0;
      for (const ByteShare& share : *shares) {
        total += share.bytes;
        if (share.name == "positions" || share.name == "rotations") {
          EXPECT_GT(share.bytes, 3000U) << share.name;
        }
        if (share.name == "shN") {
          EXPECT_EQ(share.bytes > 0, degree > 0);
        }
      }
      EXPECT_EQ(total, file.size());
    }
  }
}

TEST(Spz, EmptyScenesAreRefused) {
  FormatIo io;
  GaussianCloud cloud;
  resizeCloud(cloud, 0, 0);
  EXPECT_EQ(spzFormat().encode(cloud, paramsOf({}), io.context).error().code,
            ErrorCode::InvalidParameter);
}

ErrorCode codeOf(ByteView file) {
  FormatIo io;
  const auto cloud = spzFormat().decode(file, io.context);
  EXPECT_FALSE(cloud);
  EXPECT_FALSE(spzFormat().breakdown(file).has_value() && file.size() < 16);
  return cloud ? ErrorCode::Internal : cloud.error().code;
}

Bytes patched(Bytes file, std::size_t at, std::initializer_list<int> values) {
  for (const int value : values) {
    file[at++] = static_cast<std::byte>(value);
  }
  return file;
}

TEST(SpzHostile, HeadersAndTablesAreChecked) {
  const Bytes file = encoded(testing::randomCloud(100, 1, 7));
  EXPECT_EQ(codeOf(patched(file, 0, {'X'})), ErrorCode::NotThisFormat);
  EXPECT_EQ(codeOf(patched(file, 4, {5})), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(codeOf(patched(file, 4, {0})), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(codeOf(patched(file, 8, {0})), ErrorCode::CorruptData);                       // 0
  EXPECT_EQ(codeOf(patched(file, 8, {0xFF, 0xFF, 0xFF, 0x7F})), ErrorCode::CorruptData);  // bomb
  EXPECT_EQ(codeOf(patched(file, 8, {0xFF, 0xFF, 0xFF, 0xFF})), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(patched(file, 8, {101})), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(patched(file, 12, {5})), ErrorCode::CorruptData);   // SH degree
  EXPECT_EQ(codeOf(patched(file, 12, {0})), ErrorCode::CorruptData);   // six streams at degree 0
  EXPECT_EQ(codeOf(patched(file, 13, {24})), ErrorCode::CorruptData);  // fractional bits
  EXPECT_EQ(codeOf(patched(file, 15, {7})), ErrorCode::CorruptData);   // streams
  EXPECT_EQ(codeOf(patched(file, 16, {31})), ErrorCode::CorruptData);  // table offset
  EXPECT_EQ(codeOf(patched(file, 16, {0xFF, 0xFF, 0xFF, 0xFF})), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(patched(file, 39, {0x80})), ErrorCode::CorruptData);  // packed size
  EXPECT_EQ(codeOf(patched(file, 47, {0x80})), ErrorCode::CorruptData);  // raw size
  Bytes longer = file;
  longer.push_back(std::byte{0});
  EXPECT_EQ(codeOf(longer), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(ByteView(file).first(file.size() - 1)), ErrorCode::CorruptData);
  // The frame of the positions claims another size.
  EXPECT_EQ(codeOf(patched(file, 32 + 6 * 16 + 6, {0xFF})), ErrorCode::CorruptData);
}

TEST(SpzHostile, ExtensionsAreChecked) {
  Bytes file = encoded(testing::randomCloud(5, 0, 8));
  const Bytes record = bytesOf({3, 0, 0xBE, 0xAD, 4, 0, 0, 0, 16, 0, 0, 0});
  file.insert(file.begin() + 32, record.begin(), record.end());
  file[14] |= std::byte{2};
  file[16] = std::byte{44};
  FormatIo io;
  EXPECT_TRUE(spzFormat().decode(file, io.context));
  EXPECT_EQ(io.context.warnings.size(), 1U);                            // Y and Z exchanged
  EXPECT_EQ(codeOf(patched(file, 40, {17})), ErrorCode::CorruptData);   // system
  EXPECT_EQ(codeOf(patched(file, 36, {200})), ErrorCode::CorruptData);  // length
  EXPECT_EQ(codeOf(patched(file, 36, {0xFF, 0xFF, 0xFF, 0xFF})), ErrorCode::CorruptData);
}

TEST(SpzHostile, LegacyStreamsAreBounded) {
  const Bytes file = encoded(testing::randomCloud(200, 1, 9), version("3"));
  EXPECT_EQ(codeOf(ByteView(file).first(file.size() / 2)), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(ByteView(file).first(12)), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(patched(file, file.size() - 8, {1, 2, 3})), ErrorCode::CorruptData);  // CRC
  // Bare streams that promise more than they hold, and one splat too few.
  EXPECT_EQ(codeOf(legacyHeader(2, 200, 3, 12)), ErrorCode::CorruptData);
  EXPECT_EQ(codeOf(patched(legacyHeader(2, 200, 3, 12), 8, {0xFF, 0xFF, 0xFF, 0x7F})),
            ErrorCode::CorruptData);
}

struct RealFile {
  const char* path;
  std::size_t count;
  unsigned degree;
};

class SpzReal : public ::testing::TestWithParam<RealFile> {};

TEST_P(SpzReal, Loads) {
  const auto path = testing::realData(GetParam().path);
  if (!path) {
    GTEST_SKIP() << GetParam().path << " is not on this machine";
  }
  const auto file = MappedFile::open(*path);
  ASSERT_TRUE(file);
  EXPECT_TRUE(spzFormat().recognises(
      file->bytes().first(std::min<std::size_t>(file->bytes().size(), 65536)), ""));
  const GaussianCloud cloud = decoded(file->bytes());
  EXPECT_EQ(cloud.count, GetParam().count);
  EXPECT_EQ(cloud.shDegree, GetParam().degree);
  const auto shares = spzFormat().breakdown(file->bytes());
  ASSERT_TRUE(shares);
  EXPECT_EQ(testing::totalBytes(*shares), file->bytes().size());
}

INSTANTIATE_TEST_SUITE_P(Files, SpzReal,
                         ::testing::Values(RealFile{"splats/biker.spz", 152746, 0},
                                           RealFile{"odd/splat/minimal-v2.spz", 4, 0},
                                           RealFile{"odd/splat/minimal-v4.spz", 4, 0},
                                           RealFile{"odd/splat/minimal_v4_degree0.spz", 8, 0},
                                           RealFile{"odd/splat/test-splat.3-points-from-train.spz",
                                                    3, 3}));

// The same scene in two formats, of which one keeps the axes it was trained in.
TEST(Spz, BikerStandsAsInItsCompressedPly) {
  const auto spz = testing::realData("splats/biker.spz");
  const auto ply = testing::realData("splats/biker.compressed.ply");
  if (!spz || !ply) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  FormatIo io;
  const auto a = loadCloud(*spz, io.context);
  const auto b = loadCloud(*ply, io.context);
  ASSERT_TRUE(a && b);
  ASSERT_EQ(a->cloud.count, b->cloud.count);
  // The orders differ, the sets of coordinates may by the steps of both.
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<float> left;
    std::vector<float> right;
    for (std::size_t i = 0; i < a->cloud.count; ++i) {
      left.push_back(a->cloud.means[3 * i + c]);
      right.push_back(b->cloud.means[3 * i + c]);
    }
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    for (std::size_t i = left.size() / 100; i < left.size() - left.size() / 100; ++i) {
      ASSERT_NEAR(left[i], right[i], 2e-3) << c << " " << i;
    }
  }
}

}  // namespace
}  // namespace volpress::formats
