#include "scene/formats/npy.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "scene/base/half_float.hpp"

namespace volpress::formats {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 65536;
constexpr std::size_t kMaxAxes = 8;
constexpr std::size_t kMaxText = 4096;

/// What stands behind 'key': in the header's dictionary.
std::string_view valueOf(std::string_view header, std::string_view key) {
  const std::string quoted = "'" + std::string(key) + "':";
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) {
    return {};
  }
  header.remove_prefix(at + quoted.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

Result<std::vector<std::uint64_t>> parseShape(std::string_view text, const std::string& name) {
  std::vector<std::uint64_t> shape;
  const std::size_t close = text.find(')');
  if (text.empty() || text.front() != '(' || close == std::string_view::npos) {
    return fail(ErrorCode::CorruptData, "{}: its shape is no tuple", name);
  }
  text = text.substr(1, close - 1);
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    if (text.empty()) {
      break;
    }
    std::uint64_t side = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), side);
    if (code != std::errc{} || shape.size() == kMaxAxes) {
      return fail(ErrorCode::CorruptData, "{}: its shape is ({}), allowed are up to {} numbers",
                  name, text, kMaxAxes);
    }
    shape.push_back(side);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return shape;
}

/// Items in Fortran order (first axis fastest) into C order.
Bytes turned(ByteView items, const NpyArray& array) {
  Bytes result(items.size());
  std::vector<std::uint64_t> place(array.shape.size());
  for (std::size_t from = 0; from < array.count; ++from) {
    std::size_t to = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis) {
      to = to * array.shape[axis] + place[axis];
    }
    std::copy_n(&items[from * array.itemBytes], array.itemBytes, &result[to * array.itemBytes]);
    for (std::size_t axis = 0; axis < place.size(); ++axis) {
      if (++place[axis] < array.shape[axis]) {
        break;
      }
      place[axis] = 0;
    }
  }
  return result;
}

template <typename T>
T itemAt(const Bytes& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, &bytes[index * sizeof(T)], sizeof(T));
  return value;
}

template <typename From, typename To>
void convert(const NpyArray& array, To& result) {
  for (std::size_t i = 0; i < array.count; ++i) {
    result[i] = static_cast<typename To::value_type>(itemAt<From>(array.bytes, i));
  }
}

/// Integers of any width; false for other kinds.
template <typename To>
bool convertIntegers(const NpyArray& array, To& result) {
  const bool isSigned = array.kind == 'i';
  if (!isSigned && array.kind != 'u' && array.kind != 'b') {
    return false;
  }
  switch (array.itemBytes) {
    case 1:
      isSigned ? convert<std::int8_t>(array, result) : convert<std::uint8_t>(array, result);
      return true;
    case 2:
      isSigned ? convert<std::int16_t>(array, result) : convert<std::uint16_t>(array, result);
      return true;
    case 4:
      isSigned ? convert<std::int32_t>(array, result) : convert<std::uint32_t>(array, result);
      return true;
    case 8:
      isSigned ? convert<std::int64_t>(array, result) : convert<std::uint64_t>(array, result);
      return true;
    default: return false;
  }
}

Result<void> parseType(std::string_view text, NpyArray& array) {
  if (text.size() < 4 || text.front() != '\'') {
    return fail(ErrorCode::UnsupportedVersion, "{}: structures are not read", array.name);
  }
  const char order = text[1];
  array.kind = text[2];
  if (array.kind == 'O') {
    array.itemBytes = 1;
    return {};
  }
  std::size_t bytes = 0;
  const std::string_view digits = text.substr(3, text.find('\'', 3) - 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
  if (array.kind == 'U' && bytes <= kMaxText) {
    bytes *= 4;
  }
  constexpr std::string_view kKinds = "fiubU";
  if (kKinds.find(array.kind) == std::string_view::npos || bytes > 4 * kMaxText ||
      (array.kind != 'U' && bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)) {
    return fail(ErrorCode::UnsupportedVersion, "{}: items of type {} are not read", array.name,
                text.substr(0, 12));
  }
  if (order == '>' && bytes > 1) {
    return fail(ErrorCode::UnsupportedVersion, "{}: its numbers are big-endian", array.name);
  }
  array.itemBytes = bytes;
  return {};
}

}  // namespace

Result<FloatArray> NpyArray::floats() const {
  FloatArray result;
  result.resize(kind == 'O' || kind == 'U' ? 0 : count);
  if (kind == 'f' && itemBytes == 2) {
    for (std::size_t i = 0; i < count; ++i) {
      result[i] = floatFromHalf(itemAt<std::uint16_t>(bytes, i));
    }
  } else if (kind == 'f' && itemBytes == 4) {
    convert<float>(*this, result);
  } else if (kind == 'f' && itemBytes == 8) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = itemAt<double>(bytes, i);
      result[i] = std::abs(value) <= std::numeric_limits<float>::max()
                      ? static_cast<float>(value)
                      : std::numeric_limits<float>::quiet_NaN();
    }
  } else if (!convertIntegers(*this, result)) {
    return fail(ErrorCode::CorruptData, "{}: items of kind {} and {} bytes are no numbers", name,
                kind, itemBytes);
  }
  return result;
}

Result<std::vector<std::int64_t>> NpyArray::integers() const {
  std::vector<std::int64_t> result(kind == 'O' || kind == 'U' ? 0 : count);
  if (!convertIntegers(*this, result)) {
    return fail(ErrorCode::CorruptData, "{}: items of kind {} and {} bytes are no integers", name,
                kind, itemBytes);
  }
  return result;
}

Result<std::string> NpyArray::text() const {
  if (kind != 'U' || count != 1) {
    return fail(ErrorCode::CorruptData, "{}: has to be a text, not {} items of kind {}", name,
                count, kind);
  }
  std::string result;
  for (std::size_t i = 0; i < itemBytes / 4; ++i) {
    const auto letter = itemAt<std::uint32_t>(bytes, i);
    if (letter != 0) {
      result += letter >= 0x20 && letter < 0x7F ? static_cast<char>(letter) : '?';
    }
  }
  return result;
}

std::string NpyArray::shapeWords() const { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Result<NpyArray> readNpy(ByteView file, std::string name) {
  ByteReader reader(file);
  NpyArray array;
  array.name = std::move(name);
  VOLPRESS_TRY(const ByteView magic, reader.take(kMagic.size(), array.name));
  if (viewText(magic) != kMagic) {
    return fail(ErrorCode::CorruptData, "{}: is no .npy", array.name);
  }
  VOLPRESS_TRY(const auto major, reader.read<std::uint8_t>(array.name));
  VOLPRESS_TRY(const auto minor, reader.read<std::uint8_t>(array.name));
  if (major < 1 || major > 3) {
    return fail(ErrorCode::UnsupportedVersion, "{}: .npy version {}.{}, read are 1 to 3",
                array.name, major, minor);
  }
  std::uint32_t length = 0;
  if (major == 1) {
    VOLPRESS_TRY(length, reader.read<std::uint16_t>(array.name));
  } else {
    VOLPRESS_TRY(length, reader.read<std::uint32_t>(array.name));
  }
  if (length > kMaxHeader) {
    return fail(ErrorCode::CorruptData, "{}: a header of {} bytes, allowed are {}", array.name,
                length, kMaxHeader);
  }
  VOLPRESS_TRY(const ByteView headerBytes, reader.take(length, array.name));
  const std::string_view header = viewText(headerBytes);
  VOLPRESS_CHECK(parseType(valueOf(header, "descr"), array));
  VOLPRESS_TRY(array.shape, parseShape(valueOf(header, "shape"), array.name));
  const bool fortran = valueOf(header, "fortran_order").starts_with("True");
  if (array.kind == 'O') {
    array.bytes.assign(reader.rest().begin(), reader.rest().end());
    array.count = array.bytes.size();
    return array;
  }
  // Empty arrays have a zero among sides that may be anything.
  const bool empty = std::find(array.shape.begin(), array.shape.end(), 0U) != array.shape.end();
  const std::uint64_t most =
      empty ? 0 : reader.remaining() / std::max<std::size_t>(1, array.itemBytes);
  std::uint64_t count = empty ? 0 : 1;
  for (const std::uint64_t side : array.shape) {
    if (!empty && side > most / count) {
      return fail(ErrorCode::CorruptData,
                  "{}: shape {} needs more than the {} bytes that are there", array.name,
                  array.shapeWords(), reader.remaining());
    }
    count *= empty ? 1 : side;
  }
  array.count = static_cast<std::size_t>(count);
  VOLPRESS_TRY(const ByteView items, reader.take(count * array.itemBytes, array.name));
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{}: {} bytes behind its {} items", array.name,
                reader.remaining(), count);
  }
  array.bytes =
      fortran && array.shape.size() > 1 ? turned(items, array) : Bytes(items.begin(), items.end());
  return array;
}

Bytes writeNpy(std::string_view type, std::span<const std::uint64_t> shape, ByteView items,
               bool fortran) {
  const std::string header = [&] {
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}",
                                   type, fortran ? "True" : "False", fmt::join(shape, ", "),
                                   shape.size() == 1 ? "," : "");
    constexpr std::size_t kAlign = 64;
    const std::size_t before = kMagic.size() + 4;
    text.resize((before + text.size() + kAlign) / kAlign * kAlign - before - 1, ' ');
    return text + '\n';
  }();
  ByteWriter writer;
  writer.append(kMagic);
  writer.write(std::uint8_t{1});
  writer.write(std::uint8_t{0});
  writer.write(static_cast<std::uint16_t>(header.size()));
  writer.append(header);
  writer.append(items);
  return std::move(writer).take();
}

Result<NpzFile> NpzFile::open(ByteView file) {
  VOLPRESS_TRY(ZipArchive archive, ZipArchive::open(file));
  return NpzFile(std::move(archive));
}

bool NpzFile::has(std::string_view name) const {
  return m_archive.find(std::string(name) + ".npy") != nullptr;
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> result;
  for (const ZipArchive::Entry& entry : m_archive.entries()) {
    if (entry.name.ends_with(".npy")) {
      result.push_back(entry.name.substr(0, entry.name.size() - 4));
    }
  }
  return result;
}

Result<NpyArray> NpzFile::read(std::string_view name) const {
  VOLPRESS_TRY(const Bytes bytes, m_archive.read(std::string(name) + ".npy"));
  return readNpy(bytes, std::string(name));
}

Result<NpyArray> NpzFile::read(std::string_view name, std::uint64_t count) const {
  VOLPRESS_TRY(NpyArray array, read(name));
  if (array.count != count) {
    return fail(ErrorCode::CorruptData, "{}: has shape {}, but {} items are needed", name,
                array.shapeWords(), count);
  }
  return array;
}

void NpzWriter::add(std::string_view name, std::string_view type, std::vector<std::uint64_t> shape,
                    ByteView items) {
  m_files.push_back({std::string(name) + ".npy", writeNpy(type, shape, items)});
}

void NpzWriter::addFloats(std::string_view name, std::vector<std::uint64_t> shape,
                          std::span<const float> items) {
  add(name, "<f4", std::move(shape), std::as_bytes(items));
}

void NpzWriter::addHalves(std::string_view name, std::vector<std::uint64_t> shape,
                          std::span<const float> items) {
  add(name, "<f2", std::move(shape), halvesOf(items));
}

void NpzWriter::addInteger(std::string_view name, std::int64_t value) {
  add(name, "<i8", {}, std::vector{value});
}

void NpzWriter::addText(std::string_view name, std::string_view ascii) {
  std::vector<std::uint32_t> letters(ascii.begin(), ascii.end());
  add(name, fmt::format("<U{}", letters.size()), {}, letters);
}

std::vector<std::uint16_t> halvesOf(std::span<const float> values) {
  std::vector<std::uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), [](float value) {
    constexpr float kMost = 65504;
    return halfFromFloat(std::clamp(value, -kMost, kMost));
  });
  return halves;
}

FloatArray floatsOf(std::span<const std::uint16_t> halves) {
  FloatArray values;
  values.resize(halves.size());
  std::transform(halves.begin(), halves.end(), values.begin(), &floatFromHalf);
  return values;
}

}  // namespace volpress::formats
