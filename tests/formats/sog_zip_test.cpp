// The archive and the images under SOG.
#include <gtest/gtest.h>

#include <algorithm>

#include "scene/formats/webp_image.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

Bytes textBytes(std::string_view text) {
  const ByteView view = viewBytes(text);
  return {view.begin(), view.end()};
}

Bytes archiveOf(std::initializer_list<std::pair<const char*, std::string>> files) {
  std::vector<NamedBytes> list;
  for (const auto& [name, text] : files) {
    list.push_back({name, textBytes(text)});
  }
  return *writeStoredZip(list);
}

std::size_t offsetOf(ByteView file, std::string_view what, std::size_t from = 0) {
  return viewText(file).find(what, from);
}

TEST(ZipArchive, WritesAndReads) {
  const Bytes file = archiveOf({{"a.txt", "hello"}, {"empty", ""}, {"b/c", "deep"}});
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive) << archive.error().message;
  ASSERT_EQ(archive->entries().size(), 3U);
  EXPECT_EQ(*archive->read("a.txt"), textBytes("hello"));
  EXPECT_EQ(archive->read("empty")->size(), 0U);
  EXPECT_EQ(*archive->read("b/c"), textBytes("deep"));
  EXPECT_FALSE(archive->read("absent"));
  EXPECT_EQ(file, archiveOf({{"a.txt", "hello"}, {"empty", ""}, {"b/c", "deep"}}));
}

TEST(ZipArchive, DamagedBytesFailTheChecksum) {
  Bytes file = archiveOf({{"a.txt", "hello"}});
  file[offsetOf(file, "hello")] = std::byte{'j'};
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive);
  EXPECT_FALSE(archive->read("a.txt"));
}

TEST(ZipArchive, NamesAreChecked) {
  for (const std::string_view good : {"a", "a/b.webp", "..a", "a..", ".hidden", "a b"}) {
    EXPECT_TRUE(isSafeRelativeName(good)) << good;
  }
  for (const std::string_view bad : {"", "/a", "../a", "a/../b", "a/..", "..", ".", "a//b", "C:x",
                                     "a\\b", "a\nb", "http://a", "a/"}) {
    EXPECT_FALSE(isSafeRelativeName(bad)) << bad;
  }
  EXPECT_FALSE(isSafeRelativeName(std::string(513, 'a')));
  EXPECT_FALSE(isSafeRelativeName(std::string_view("a\0b", 3)));
  Bytes file = archiveOf({{"xx/evil", "1"}});
  for (std::size_t at; (at = offsetOf(file, "xx/")) != std::string_view::npos;) {
    file[at] = file[at + 1] = std::byte{'.'};
  }
  EXPECT_FALSE(ZipArchive::open(file));
}

TEST(ZipArchive, DuplicatesAreRefused) {
  Bytes file = archiveOf({{"name1", "1"}, {"name2", "2"}});
  for (std::size_t at; (at = offsetOf(file, "name2")) != std::string_view::npos;) {
    file[at + 4] = std::byte{'1'};
  }
  EXPECT_FALSE(ZipArchive::open(file));
}

// Field `offset` of the first directory record (signature at 0) set to `value`.
Bytes withDirectoryField(Bytes file, std::size_t offset, std::uint32_t value, std::size_t width) {
  const std::size_t at = offsetOf(file, std::string_view("PK\x01\x02", 4));
  for (std::size_t i = 0; i < width; ++i) {
    file[at + offset + i] = static_cast<std::byte>(value >> (8 * i));
  }
  return file;
}

TEST(ZipArchive, BombsOverlapsEncryptionAndLinksAreRefused) {
  const Bytes file = archiveOf({{"a.txt", "hello"}});
  EXPECT_FALSE(ZipArchive::open(withDirectoryField(file, 24, 0xFFFFFFF0, 4)));  // unpacked size
  EXPECT_FALSE(ZipArchive::open(withDirectoryField(file, 20, 1 << 20, 4)));     // packed size
  EXPECT_FALSE(ZipArchive::open(withDirectoryField(file, 8, 1, 2)));            // encrypted
  EXPECT_FALSE(ZipArchive::open(withDirectoryField(file, 10, 12, 2)));          // bzip2
  // Made by Unix (3), a symbolic link.
  Bytes link = withDirectoryField(file, 4, 3 << 8 | 20, 2);
  link = withDirectoryField(link, 38, 0120777U << 16, 4);
  const auto refused = ZipArchive::open(link);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("link"), std::string::npos) << refused.error().message;
}

TEST(ZipArchive, TruncationsAreRefused) {
  const Bytes file = archiveOf({{"a.txt", "hello"}, {"b", "x"}});
  for (std::size_t size = 1; size < file.size(); ++size) {
    EXPECT_FALSE(ZipArchive::open(ByteView(file).first(size))) << size;
  }
}

TEST(WebpImage, KeepsEveryValueAlsoUnderAlphaZero) {
  RgbaImage image{64, 32, {}};
  for (std::size_t i = 0; i < std::size_t{4} * 64 * 32; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(i % 4 == 3 && i % 8 == 3 ? 0 : i * 37 >> 2));
  }
  for (const int effort : {0, 6, 9}) {
    const auto file = encodeWebp(image, effort);
    ASSERT_TRUE(file);
    const auto back = decodeWebp(*file);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->width, 64U);
    EXPECT_EQ(back->pixels, image.pixels);
    EXPECT_FALSE(decodeWebp(ByteView(*file).first(file->size() / 2)));
  }
  EXPECT_FALSE(encodeWebp(RgbaImage{16384, 1, std::vector<std::uint8_t>(65536)}, 0));
  EXPECT_FALSE(readWebpSize(ByteView()));
}

// A still image wrapped as an animation header.
TEST(WebpImage, AnimationsAreRefused) {
  const std::string header("RIFF\x1A\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x03\0\0\x03\0\0", 30);
  const auto size = readWebpSize(viewBytes(header));
  ASSERT_FALSE(size);
}

}  // namespace
}  // namespace volpress::formats
