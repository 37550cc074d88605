// The container of clips.
#include "compressors/stream/dgsv.hpp"

#include <gtest/gtest.h>

#include "compressors/stream/crc32c.hpp"
#include "tests/stream/clip_bytes.hpp"

namespace volpress::compressors {
namespace {

ClipInfo smallInfo() {
  ClipInfo info;
  info.codec = "TEST";
  info.rateNumerator = 30000;
  info.rateDenominator = 1001;
  info.frameCount = 130;
  info.segmentCount = 3;
  info.maxSplats = 1234;
  info.layerCount = 2;
  info.shDegree = 1;
  info.frame = AxisFrame::RightUpBack;
  info.filter = FilterMode::Antialiased;
  info.bounds = {{-1, -2, -3}, {4, 5, 6}};
  info.parameters = R"({"a":1})";
  info.codecInit = Bytes(37, std::byte{9});
  return info;
}

Bytes pattern(std::size_t size, unsigned seed) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(i * seed + i / 7);
  }
  return bytes;
}

std::vector<ClipSegment> smallSegments() {
  return {{0, 0, 50, {pattern(100, 3), pattern(33, 5)}},
          {1, 50, 50, {pattern(7, 7), {}}},
          {2, 100, 30, {pattern(64, 1), pattern(1, 1)}}};
}

TEST(Crc32c, hasTheValueOfTheStandard) {
  EXPECT_EQ(crc32c(viewBytes(std::string_view("123456789"))), 0xE3069283U);
  EXPECT_EQ(crc32c({}), 0U);
  EXPECT_EQ(crc32c(Bytes(32)), 0x8A9136AAU);  // 32 zeros, RFC 3720 B.4
}

TEST(Dgsv, readsBackWhatWasWritten) {
  const Bytes bytes = testing::writeClip(smallInfo(), smallSegments());
  EXPECT_TRUE(isClip(ByteView(bytes).first(64)));
  const ClipFile clip = ClipFile::open(bytes).value();
  const ClipInfo wanted = smallInfo();
  const ClipInfo& got = clip.info();
  EXPECT_EQ(got.codec, wanted.codec);
  EXPECT_EQ(got.rateNumerator, wanted.rateNumerator);
  EXPECT_EQ(got.rateDenominator, wanted.rateDenominator);
  EXPECT_EQ(got.frameCount, wanted.frameCount);
  EXPECT_EQ(got.maxSplats, wanted.maxSplats);
  EXPECT_EQ(got.shDegree, wanted.shDegree);
  EXPECT_EQ(got.frame, wanted.frame);
  EXPECT_EQ(got.filter, wanted.filter);
  EXPECT_EQ(got.bounds.min, wanted.bounds.min);
  EXPECT_EQ(got.bounds.max, wanted.bounds.max);
  EXPECT_EQ(got.parameters, wanted.parameters);
  EXPECT_EQ(got.codecInit, wanted.codecInit);
  ASSERT_TRUE(clip.isWhole());
  const auto segments = smallSegments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    EXPECT_EQ(clip.entries()[i].firstFrame, segments[i].firstFrame);
    EXPECT_EQ(clip.entries()[i].offset % 8, 0U);
    const auto layers = clip.layers(i).value();
    ASSERT_EQ(layers.size(), 2U);
    for (std::size_t layer = 0; layer < 2; ++layer) {
      EXPECT_EQ(Bytes(layers[layer].begin(), layers[layer].end()), segments[i].layers[layer]);
    }
    EXPECT_EQ(clip.layers(i, 1).value().size(), 1U);
  }
}

TEST(Dgsv, headAndTailLieWhereTheFormatSays) {
  const Bytes bytes = testing::writeClip(smallInfo(), smallSegments());
  EXPECT_EQ(viewText(ByteView(bytes).first(4)), "FTYP");
  EXPECT_EQ(viewText(ByteView(bytes).subspan(16, 8)), std::string_view("DGSV\r\n\x1a\n", 8));
  EXPECT_EQ(viewText(ByteView(bytes).subspan(28, 4)), "TEST");
  EXPECT_EQ(viewText(ByteView(bytes).subspan(40, 4)), "INIT");
  EXPECT_EQ(viewText(ByteView(bytes).last(8)), std::string_view("DGSV\r\n\x1a\n", 8));
  std::uint64_t index = 0;
  std::memcpy(&index, bytes.data() + bytes.size() - 32, sizeof(index));
  EXPECT_EQ(viewText(ByteView(bytes).subspan(static_cast<std::size_t>(index), 4)), "INDX");
}

TEST(Dgsv, aDamagedLayerLeavesThoseBelowAndTheOtherSegments) {
  Bytes bytes = testing::writeClip(smallInfo(), smallSegments());
  const ClipFile whole = ClipFile::open(bytes).value();
  const auto offset = static_cast<std::size_t>(whole.entries()[0].offset);
  // Record header 16, segment header 16 + 2 * 12 + 4, first layer 100 bytes.
  bytes[offset + 16 + 44 + 100 + 5] ^= std::byte{1};
  const ClipFile upper = ClipFile::open(bytes).value();
  EXPECT_EQ(upper.layers(0).value().size(), 1U);
  EXPECT_EQ(upper.layers(2).value().size(), 2U);
  bytes[offset + 16 + 44 + 5] ^= std::byte{1};
  const ClipFile lower = ClipFile::open(bytes).value();
  const auto broken = lower.layers(0);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "segment 0: its first layer is damaged");
  EXPECT_EQ(lower.layers(1).value().size(), 2U);
}

TEST(Dgsv, refusesWhatCannotBe) {
  const Bytes good = testing::writeClip(smallInfo(), smallSegments());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ClipFile::open(ByteView(good).first(size))) << size;
  }
  const auto with = [&good](std::size_t at, std::uint32_t value) {
    Bytes bytes = good;
    std::memcpy(bytes.data() + at, &value, sizeof(value));
    return ClipFile::open(testing::repairClip(bytes));
  };
  // INIT's payload begins at byte 56: rate, rate, frames, segments, splats, layers.
  EXPECT_FALSE(with(56, 0));               // no rate
  EXPECT_FALSE(with(56 + 8, 0xFFFFFFFF));  // frames
  EXPECT_FALSE(with(56 + 12, 131));        // more segments than frames
  EXPECT_FALSE(with(56 + 16, kMaxClipSplats + 1));
  EXPECT_FALSE(with(56 + 20, 9));  // layers
  EXPECT_EQ(with(24, 2).error().code, ErrorCode::UnsupportedVersion);
  EXPECT_TRUE(with(24, 7U << 16 | 1));  // a higher minor version is read
  ClipInfo info = smallInfo();
  info.maxSplats = 0;
  EXPECT_FALSE(ClipWriter::create(testing::scratchFolder("bad") / "a.dgsv", info));
}

TEST(Dgsv, aPartHoldsSomeSegmentsAndNothingIsLeftOfOneThatWasNotFinished) {
  const auto segments = smallSegments();
  const Bytes bytes = testing::writeClip(smallInfo(), {segments[1]});
  const ClipFile part = ClipFile::open(bytes).value();
  EXPECT_FALSE(part.isWhole());
  ASSERT_EQ(part.entries().size(), 1U);
  EXPECT_EQ(part.entries()[0].index, 1U);
  const auto folder = testing::scratchFolder("unfinished");
  {
    auto writer = ClipWriter::create(folder / "clip.dgsv", smallInfo()).value();
    ASSERT_TRUE(writer.add(segments[0]));
    EXPECT_FALSE(writer.add(segments[0]));  // not ascending
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

/// A clip as `writeFastStart` writes it.
Bytes fastBytes(const Bytes& bytes) {
  const auto path = testing::scratchFolder("fast-start") / "fast.dgsv";
  const ClipFile clip = ClipFile::open(bytes).value();
  const std::uint64_t size = writeFastStart(clip, path).value();
  Bytes fast = testing::readWhole(path);
  EXPECT_EQ(fast.size(), size);
  return fast;
}

TEST(Dgsv, aFastStartHasItsIndexInFrontAndTheSameSegments) {
  const Bytes bytes = testing::writeClip(smallInfo(), smallSegments());
  const Bytes fast = fastBytes(bytes);
  EXPECT_EQ(viewText(ByteView(fast).subspan(40, 4)), "INDX");
  const ClipFile slow = ClipFile::open(bytes).value();
  const ClipFile quick = ClipFile::open(fast).value();
  EXPECT_EQ(fast.size(), bytes.size());
  const auto same = [](ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  EXPECT_TRUE(same(slow.typeRecord(), quick.typeRecord()));
  EXPECT_TRUE(same(slow.initRecord(), quick.initRecord()));
  ASSERT_EQ(quick.entries().size(), slow.entries().size());
  for (std::size_t e = 0; e < slow.entries().size(); ++e) {
    EXPECT_EQ(quick.entries()[e].lengths, slow.entries()[e].lengths);
    EXPECT_TRUE(same(slow.segmentRecord(e).value(), quick.segmentRecord(e).value()));
  }
  EXPECT_EQ(fastBytes(fast), fast);
  const Bytes part = testing::writeClip(smallInfo(), {smallSegments()[1]});
  EXPECT_EQ(writeFastStart(ClipFile::open(part).value(), "x.dgsv").error().code,
            ErrorCode::InvalidParameter);
}

TEST(Dgsv, aPlayerNeedsTheFrontAndTheFirstBytesOfASegment) {
  const Bytes fast = fastBytes(testing::writeClip(smallInfo(), smallSegments()));
  const ClipFile whole = ClipFile::open(fast).value();
  const ByteView type = whole.typeRecord();
  const ClipInfo info = readClipHead(type, whole.initRecord()).value();
  EXPECT_EQ(info.codec, "TEST");
  const ByteView index = ByteView(fast).subspan(type.size());
  const auto entries = readClipIndex(index, info, fast.size()).value();
  ASSERT_EQ(entries.size(), 3U);
  // The file ends before the last segment does.
  EXPECT_FALSE(readClipIndex(index, info, entries[2].offset + 60));
  const ByteView record = whole.segmentRecord(0).value();
  EXPECT_EQ(clipLayerEnd(entries[0], 0), 16U + 44 + 100);
  EXPECT_EQ(clipLayerEnd(entries[0], 1), 16U + 44 + 133);
  const auto one = readClipLayers(record.first(160), entries[0], info, 1).value();
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(Bytes(one[0].begin(), one[0].end()), smallSegments()[0].layers[0]);
  EXPECT_FALSE(readClipLayers(record.first(160), entries[0], info, 2));
  EXPECT_FALSE(readClipLayers(record.first(159), entries[0], info, 1));
  EXPECT_FALSE(readClipLayers(record, entries[1], info));
  for (std::size_t size = 0; size < type.size(); ++size) {
    EXPECT_FALSE(readClipHead(type.first(size), whole.initRecord()));
  }
}

}  // namespace
}  // namespace volpress::compressors
