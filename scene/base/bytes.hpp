// Byte buffers and bounds-checked little-endian reading and writing.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress {

static_assert(std::endian::native == std::endian::little,
              "the readers copy little-endian fields directly");

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// A typed object's bytes.
template <typename T>
[[nodiscard]] ByteView viewBytes(std::span<const T> values) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  return std::as_bytes(values);
}

[[nodiscard]] inline ByteView viewBytes(std::string_view text) noexcept {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

[[nodiscard]] inline std::string_view viewText(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads little-endian values from a view of untrusted bytes. Every read checks the bytes left;
/// a failed read names the field and changes nothing.
class ByteReader {
public:
  explicit ByteReader(ByteView bytes) noexcept : m_bytes(bytes) {}

  [[nodiscard]] std::size_t offset() const noexcept { return m_offset; }
  [[nodiscard]] std::size_t remaining() const noexcept { return m_bytes.size() - m_offset; }
  [[nodiscard]] ByteView rest() const noexcept { return m_bytes.subspan(m_offset); }

  /// The next `size` bytes, without a copy.
  [[nodiscard]] Result<ByteView> take(std::uint64_t size, std::string_view field) {
    if (size > remaining()) {
      return failAt(ErrorCode::CorruptData, m_offset, "{} needs {} bytes, but {} are left", field,
                    size, remaining());
    }
    const ByteView part = m_bytes.subspan(m_offset, static_cast<std::size_t>(size));
    m_offset += static_cast<std::size_t>(size);
    return part;
  }

  /// One trivially copyable little-endian value.
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] Result<T> read(std::string_view field) {
    VOLPRESS_TRY(const ByteView part, take(sizeof(T), field));
    T value;
    std::memcpy(&value, part.data(), sizeof(T));
    return value;
  }

private:
  ByteView m_bytes;
  std::size_t m_offset = 0;
};

/// Appends little-endian values to a byte buffer.
class ByteWriter {
public:
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  void write(const T& value) { append(std::as_bytes(std::span<const T, 1>(&value, 1))); }
  void append(ByteView bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); }
  void append(std::string_view text) { append(viewBytes(text)); }

  void reserve(std::size_t size) { m_bytes.reserve(size); }
  [[nodiscard]] std::size_t size() const noexcept { return m_bytes.size(); }
  [[nodiscard]] const Bytes& bytes() const noexcept { return m_bytes; }
  [[nodiscard]] Bytes take() && noexcept { return std::move(m_bytes); }

private:
  Bytes m_bytes;
};

/// XXH64 of the bytes, as stored in our container.
[[nodiscard]] std::uint64_t hashBytes(ByteView bytes, std::uint64_t seed = 0) noexcept;

}  // namespace volpress
