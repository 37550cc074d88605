#include "compressors/container/container.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/codecs/container_repair.hpp"

namespace volpress::compressors {
namespace {

Bytes bytesOf(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

Container smallContainer() {
  return {"test",
          7,
          "{}",
          {{"a", bytesOf({1, 2, 3}), Packing::Stored, true}, {"bc", {}, Packing::Zstd, false}}};
}

/// Made by hand from FORMAT.md, with the checksums of another implementation of XXH64.
const Bytes kGolden =
    bytesOf({0x56, 0x50, 0x43, 0x00, 0x01, 0x00, 0x04, 0x00, 0x07, 0x00, 0x00, 0x00, 0x02, 0x00,
             0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x74, 0x65, 0x73, 0x74, 0x7b, 0x7d, 0x01, 0x01,
             0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
             0x00, 0x00, 0x00, 0x00, 0xa5, 0xe5, 0x4e, 0x0c, 0xee, 0x13, 0x3e, 0x74, 0x61, 0x02,
             0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
             0x00, 0x00, 0x00, 0x00, 0x00, 0x99, 0xe9, 0xd8, 0x51, 0x37, 0xdb, 0x46, 0xef, 0x62,
             0x63, 0x4f, 0x32, 0x53, 0x0b, 0xf6, 0xf2, 0xcd, 0x73, 0x01, 0x02, 0x03});

TEST(Container, WritesTheGoldenBytes) { EXPECT_EQ(writeContainer(smallContainer()), kGolden); }

TEST(Container, ReadsTheGoldenBytes) {
  const auto container = readContainer(kGolden);
  ASSERT_TRUE(container) << container.error().message;
  EXPECT_EQ(container->codecId, "test");
  EXPECT_EQ(container->codecVersion, 7U);
  EXPECT_EQ(container->parameters, "{}");
  ASSERT_EQ(container->chunks.size(), 2U);
  EXPECT_EQ(container->chunks[0].name, "a");
  EXPECT_EQ(container->chunks[0].data, bytesOf({1, 2, 3}));
  EXPECT_TRUE(container->chunks[0].critical);
  EXPECT_EQ(container->chunks[1].name, "bc");
  EXPECT_FALSE(container->chunks[1].critical);
  EXPECT_EQ(container->require("a")->size(), 3U);
  EXPECT_EQ(container->require("b").error().code, ErrorCode::CorruptData);
  EXPECT_TRUE(isContainer(kGolden));
  EXPECT_EQ(containerCodec(kGolden), "test");
  EXPECT_EQ(containerCodec(ByteView(kGolden).first(24)), "test");
  EXPECT_EQ(containerCodec(ByteView(kGolden).first(23)), "");
}

TEST(Container, EveryTruncationAndEveryFlippedBitFails) {
  for (std::size_t size = 0; size < kGolden.size(); ++size) {
    EXPECT_FALSE(readContainer(ByteView(kGolden).first(size))) << size;
    EXPECT_FALSE(containerBreakdown(ByteView(kGolden).first(size))) << size;
  }
  for (std::size_t bit = 0; bit < 8 * kGolden.size(); ++bit) {
    Bytes damaged = kGolden;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_FALSE(readContainer(damaged)) << bit;
  }
  Bytes longer = kGolden;
  longer.push_back(std::byte{0});
  EXPECT_EQ(readContainer(longer).error().code, ErrorCode::CorruptData);
}

TEST(Container, ChecksHoldEvenWhenChecksumsAreForged) {
  const auto forged = [](std::size_t at, std::initializer_list<int> values) {
    Bytes bytes = kGolden;
    std::size_t offset = at;
    for (const int value : values) {
      bytes[offset++] = static_cast<std::byte>(value);
    }
    return readContainer(testing::repairContainer(bytes)).error().code;
  };
  EXPECT_EQ(forged(4, {2}), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(forged(6, {0}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(7, {1}), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(forged(12, {0xFF, 0xFF, 0xFF, 0xFF}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(16, {0xFF, 0xFF, 0xFF, 0x7F}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(16, {1}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(20, {'T'}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(26, {0}), ErrorCode::CorruptData);
  EXPECT_EQ(forged(27, {3}), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(forged(28, {2}), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(forged(28, {1}), ErrorCode::CorruptData);  // not a zstd frame
  EXPECT_EQ(forged(29, {1}), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(forged(30, {4}), ErrorCode::CorruptData);  // stored, yet the lengths differ
  EXPECT_EQ(forged(54, {' '}), ErrorCode::CorruptData);
  // Lengths whose sum or product leaves 64 bits.
  EXPECT_EQ(forged(30, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                        0xFF, 0xFF, 0xFF, 0xFF}),
            ErrorCode::CorruptData);
}

TEST(Container, ZstdChunksRoundTripAndKeepTheRatio) {
  std::mt19937 random(5);
  Bytes noise(300000);
  for (std::byte& byte : noise) {
    byte = static_cast<std::byte>(random());
  }
  Bytes text(700000);
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<std::byte>((i * i / 1000) % 11);
  }
  const Bytes zeros(10 << 20);
  Container container{"test", 1, "{\"q\":1}", {}};
  container.chunks.push_back({"noise", noise, Packing::Zstd, true});
  container.chunks.push_back({"text", text, Packing::Zstd, true});
  container.chunks.push_back({"zeros", zeros, Packing::Zstd, true});
  const Bytes file = writeContainer(container).value();
  const Container back = readContainer(file).value();
  EXPECT_EQ(back.chunks[0].packing, Packing::Stored);
  EXPECT_EQ(back.chunks[1].packing, Packing::Zstd);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(back.chunks[i].data, container.chunks[i].data);
  }
  const auto shares = containerBreakdown(file).value();
  ASSERT_EQ(shares.size(), 4U);
  EXPECT_EQ(shares[0].bytes, noise.size());
  EXPECT_LT(shares[1].bytes, text.size() / 4);
  EXPECT_EQ(shares[2].bytes, zeros.size() / 1024);
  std::uint64_t sum = 0;
  for (const auto& share : shares) {
    sum += share.bytes;
  }
  EXPECT_EQ(sum, file.size());
}

TEST(Container, RefusesWhatTheFormatCannotHold) {
  const auto codeOf = [](const Container& container) {
    const auto written = writeContainer(container);
    return written ? ErrorCode{} : written.error().code;
  };
  Container container = smallContainer();
  container.codecId = "Bad Id";
  EXPECT_EQ(codeOf(container), ErrorCode::InvalidParameter);
  container = smallContainer();
  container.chunks[1].name = "a";
  EXPECT_EQ(codeOf(container), ErrorCode::InvalidParameter);
  container.chunks[1].name = std::string(32, 'x');
  EXPECT_EQ(codeOf(container), ErrorCode::InvalidParameter);
  container.chunks[1].name = "two words";
  EXPECT_EQ(codeOf(container), ErrorCode::InvalidParameter);
  container = smallContainer();
  container.chunks[1].data.resize(10);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(writeContainer(container, source.get_token()).error().code, ErrorCode::Cancelled);
}

TEST(Container, UnknownChunksAreSkippedOrRefused) {
  const Container container = smallContainer();
  constexpr std::string_view kKnowsA[] = {"a"};
  constexpr std::string_view kKnowsB[] = {"bc"};
  EXPECT_EQ(checkKnownChunks(container, kKnowsA).value(), std::vector<std::string>{"bc"});
  EXPECT_EQ(checkKnownChunks(container, kKnowsB).error().code, ErrorCode::UnsupportedVersion);
}

TEST(Container, ParametersTravelAsJson) {
  const ParamSet params{{"b", true},
                        {"i", std::int64_t{-3}},
                        {"r", 2.0},
                        {"s", std::string("a \"quoted\" \xC3\xA9")}};
  const std::string json = paramsToJson(params);
  EXPECT_EQ(json, R"({"b":true,"i":-3,"r":2.0,"s":"a \"quoted\" \u00e9"})");
  EXPECT_EQ(paramsFromJson(json), params);
  EXPECT_EQ(paramsFromJson("{}"), ParamSet{});
  for (const char* bad :
       {"", "[]", "{\"a\":[1]}", "{\"a\":null}", "{\"a\":1", "3", "{\"a\":18446744073709551615}"}) {
    EXPECT_EQ(paramsFromJson(bad).error().code, ErrorCode::CorruptData) << bad;
  }
}

}  // namespace
}  // namespace volpress::compressors
