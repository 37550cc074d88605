// The text header that every PLY flavour shares, and walking over the elements that it declares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::formats {

enum class PlyType : std::uint8_t { Int8, UInt8, Int16, UInt16, Int32, UInt32, Float32, Float64 };

/// Bytes of one binary value.
[[nodiscard]] std::size_t plyTypeBytes(PlyType type) noexcept;

/// One binary value in the file's byte order, as the nearest double.
[[nodiscard]] double readPlyValue(const std::byte* from, PlyType type, bool bigEndian) noexcept;

struct PlyProperty {
  std::string name;
  PlyType type = PlyType::Float32;  ///< of the values; of the entries for a list
  bool isList = false;
  PlyType countType = PlyType::UInt8;  ///< lists only
};

struct PlyElement {
  std::string name;
  std::uint64_t count = 0;
  std::vector<PlyProperty> properties;

  [[nodiscard]] bool hasLists() const noexcept;
  /// Bytes of one binary row without lists.
  [[nodiscard]] std::uint64_t rowBytes() const noexcept;
  [[nodiscard]] std::optional<std::size_t> find(std::string_view property) const noexcept;
};

enum class PlyEncoding : std::uint8_t { Ascii, LittleEndian, BigEndian };

struct PlyHeader {
  PlyEncoding encoding = PlyEncoding::LittleEndian;
  std::vector<std::string> comments;  ///< the text after "comment" and "obj_info"
  std::vector<PlyElement> elements;
  std::size_t dataOffset = 0;  ///< of the first byte after the end_header line

  [[nodiscard]] const PlyElement* find(std::string_view element) const noexcept;
};

/// Limits on untrusted headers.
inline constexpr std::size_t kMaxPlyHeaderBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPlyLineBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxPlyElements = 64;
inline constexpr std::size_t kMaxPlyProperties = 4096;

/// Whether the bytes begin with "ply" and a line end.
[[nodiscard]] bool hasPlyMagic(ByteView head) noexcept;

/// Parses an untrusted header; tokens are split at blanks and tabs, lines end in LF, CRLF or CR.
/// NotThisFormat without the magic, else CorruptData naming the line.
[[nodiscard]] Result<PlyHeader> parsePlyHeader(ByteView file);

/// What can be parsed of a header whose end may lie beyond `head`; faults end the parsing silently.
[[nodiscard]] PlyHeader peekPlyHeader(ByteView head);

/// Walks ASCII values: tokens of printable characters between white space.
class PlyTokens {
public:
  explicit PlyTokens(ByteView text) noexcept : m_text(viewText(text)) {}

  /// The next token, empty at the end.
  [[nodiscard]] std::string_view next() noexcept;
  [[nodiscard]] std::size_t offset() const noexcept { return m_offset; }

private:
  std::string_view m_text;
  std::size_t m_offset = 0;
};

/// The number that an ASCII token spells, rounded to float32; numbers too large or small become
/// infinite or zero.
[[nodiscard]] std::optional<float> parsePlyFloat(std::string_view token) noexcept;

/// Bytes from `offset` that the element takes, whatever the encoding; CorruptData when the file
/// ends before it does, naming the element and the rows that are complete.
[[nodiscard]] Result<std::uint64_t> plyElementBytes(const PlyHeader& header,
                                                    const PlyElement& element, ByteView file,
                                                    std::uint64_t offset);

/// The offset at which the named element's rows begin. The element must exist.
[[nodiscard]] Result<std::uint64_t> plyElementOffset(const PlyHeader& header,
                                                     std::string_view element, ByteView file);

/// Bytes of one binary row with lists, or nothing when it runs past the end of `rest`.
[[nodiscard]] std::optional<std::uint64_t> plyListRowBytes(const PlyElement& element, ByteView rest,
                                                           bool bigEndian) noexcept;

}  // namespace volpress::formats
