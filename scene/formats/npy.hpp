// NumPy's files: arrays (.npy, format 1 to 3) and archives of them (.npz), little-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {

/// An array in C order.
struct NpyArray {
  std::string name;  ///< for messages
  char kind = 'f';   ///< of NumPy: f, i, u, b (bool), U (text of 32-bit characters), O (a pickle)
  std::size_t itemBytes = 4;
  std::vector<std::uint64_t> shape;
  std::size_t count = 1;  ///< of items
  Bytes bytes;            ///< count * itemBytes, or the pickle of an array of kind O

  /// The items as floats (kinds f, i, u, b); CorruptData for other kinds.
  [[nodiscard]] Result<FloatArray> floats() const;
  /// The items as integers (kinds i, u, b).
  [[nodiscard]] Result<std::vector<std::int64_t>> integers() const;
  /// One text, from a scalar of kind U.
  [[nodiscard]] Result<std::string> text() const;
  /// "[2, 3]".
  [[nodiscard]] std::string shapeWords() const;
};

/// Reads one array; arrays in Fortran order are turned. `name` is for messages. UnsupportedVersion
/// for big-endian numbers and structures.
[[nodiscard]] Result<NpyArray> readNpy(ByteView file, std::string name);
/// The bytes of a .npy of format 1.0. `type` as NumPy writes it: "<f4"; `fortran`: the order of
/// `items`.
[[nodiscard]] Bytes writeNpy(std::string_view type, std::span<const std::uint64_t> shape,
                             ByteView items, bool fortran = false);

/// A .npz over bytes that outlive it.
class NpzFile {
public:
  [[nodiscard]] static Result<NpzFile> open(ByteView file);
  [[nodiscard]] bool has(std::string_view name) const;
  /// The names of its arrays.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The array of that name. CorruptData when there is none.
  [[nodiscard]] Result<NpyArray> read(std::string_view name) const;
  /// The same, which must have this many items: CorruptData names shape and count.
  [[nodiscard]] Result<NpyArray> read(std::string_view name, std::uint64_t count) const;

private:
  explicit NpzFile(ZipArchive archive) : m_archive(std::move(archive)) {}
  ZipArchive m_archive;
};

/// Adds arrays to what becomes a .npz.
class NpzWriter {
public:
  void add(std::string_view name, std::string_view type, std::vector<std::uint64_t> shape,
           ByteView items);
  template <typename T>
  void add(std::string_view name, std::string_view type, std::vector<std::uint64_t> shape,
           const std::vector<T>& items) {
    add(name, type, std::move(shape), std::as_bytes(std::span(items)));
  }
  void addFloats(std::string_view name, std::vector<std::uint64_t> shape,
                 std::span<const float> items);
  /// As binary16; beyond +-65,504 clipped.
  void addHalves(std::string_view name, std::vector<std::uint64_t> shape,
                 std::span<const float> items);
  void addInteger(std::string_view name, std::int64_t value);
  void addText(std::string_view name, std::string_view ascii);
  [[nodiscard]] Result<Bytes> finish(ZipPacking packing) const {
    return writeZip(m_files, packing);
  }

private:
  std::vector<NamedBytes> m_files;
};

/// The halves of floats; beyond +-65,504 clipped.
[[nodiscard]] std::vector<std::uint16_t> halvesOf(std::span<const float> values);
[[nodiscard]] FloatArray floatsOf(std::span<const std::uint16_t> halves);

}  // namespace volpress::formats
