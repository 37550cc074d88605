#include "app/studio/font_file.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include <QByteArray>
#include <QFont>
#include <QRawFont>

namespace volpress::studio {
namespace {

constexpr std::size_t kHeaderBytes = 12;  // of an sfnt file
constexpr std::size_t kRecordBytes = 16;  // of one table in its directory

void putBig(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
  }
}

}  // namespace

std::vector<std::byte> fontFileBytes(const QFont& font) {
  const QRawFont raw = QRawFont::fromFont(font);
  // What a reader of outlines needs; in the order of the directory, which is alphabetic.
  constexpr std::array kTables{"cmap", "glyf", "head", "hhea", "hmtx", "kern", "loca", "maxp"};
  std::vector<std::pair<const char*, QByteArray>> tables;
  for (const char* name : kTables) {
    const QByteArray data = raw.fontTable(name);
    if (data.isEmpty() && std::strcmp(name, "kern") != 0) {
      return {};
    }
    if (!data.isEmpty()) {
      tables.emplace_back(name, data);
    }
  }
  std::vector<std::byte> file(kHeaderBytes + kRecordBytes * tables.size());
  putBig(file, 0, 0x00010000U, 4);
  putBig(file, 4, static_cast<std::uint32_t>(tables.size()), 2);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto& [name, data] = tables[i];
    const std::size_t record = kHeaderBytes + kRecordBytes * i;
    std::memcpy(&file[record], name, 4);
    putBig(file, record + 8, static_cast<std::uint32_t>(file.size()), 4);
    putBig(file, record + 12, static_cast<std::uint32_t>(data.size()), 4);
    const auto* begin = reinterpret_cast<const std::byte*>(data.constData());
    file.insert(file.end(), begin, begin + data.size());
    file.resize((file.size() + 3) / 4 * 4);
  }
  return file;
}

}  // namespace volpress::studio
