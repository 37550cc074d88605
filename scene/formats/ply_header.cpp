#include "scene/formats/ply_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace volpress::formats {
namespace {

constexpr std::array<std::size_t, 8> kTypeBytes{1, 1, 2, 2, 4, 4, 4, 8};

std::optional<PlyType> typeOf(std::string_view name) {
  struct Name {
    std::string_view text;
    PlyType type;
  };
  static constexpr Name kNames[] = {
      {"char", PlyType::Int8},      {"int8", PlyType::Int8},       {"uchar", PlyType::UInt8},
      {"uint8", PlyType::UInt8},    {"short", PlyType::Int16},     {"int16", PlyType::Int16},
      {"ushort", PlyType::UInt16},  {"uint16", PlyType::UInt16},   {"int", PlyType::Int32},
      {"int32", PlyType::Int32},    {"uint", PlyType::UInt32},     {"uint32", PlyType::UInt32},
      {"float", PlyType::Float32},  {"float32", PlyType::Float32}, {"double", PlyType::Float64},
      {"float64", PlyType::Float64}};
  for (const Name& known : kNames) {
    if (known.text == name) {
      return known.type;
    }
  }
  return std::nullopt;
}

template <typename T>
double readAs(const std::byte* from, bool bigEndian) noexcept {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));
  if (bigEndian) {
    std::reverse(bytes.begin(), bytes.end());
  }
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return static_cast<double>(value);
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\0'; }
bool isSpace(char c) { return isBlank(c) || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isSpace(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && isSpace(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view takeWord(std::string_view& line) {
  line = trimmed(line);
  const auto end = std::find_if(line.begin(), line.end(), isBlank);
  const std::string_view word = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  line.remove_prefix(word.size());
  return word;
}

/// A file's word as it may be shown: bounded and printable.
std::string shown(std::string_view word) {
  std::string text(word.substr(0, 60));
  for (char& c : text) {
    c = c >= ' ' && c <= '~' ? c : '?';
  }
  return text;
}

class HeaderParser {
public:
  explicit HeaderParser(ByteView file) : m_text(viewText(file)) {}

  Result<void> parse();
  PlyHeader take() { return std::move(m_header); }

private:
  template <typename... Args>
  auto wrong(fmt::format_string<Args...> format, Args&&... args) const {
    return withContext(Error{ErrorCode::CorruptData,
                             fmt::format(format, std::forward<Args>(args)...), m_lineOffset},
                       fmt::format("PLY header, line {}", m_lineNumber));
  }
  Result<std::string_view> nextLine();
  Result<void> parseFormat(std::string_view line);
  Result<void> parseElement(std::string_view line);
  Result<void> parseProperty(std::string_view line);

  std::string_view m_text;
  PlyHeader m_header;
  std::size_t m_offset = 0;
  std::size_t m_lineOffset = 0;
  std::size_t m_lineNumber = 0;
  std::size_t m_properties = 0;
  bool m_bareReturns = false;  ///< lines end in CR alone
  bool m_sawFormat = false;
};

Result<std::string_view> HeaderParser::nextLine() {
  m_lineOffset = m_offset;
  ++m_lineNumber;
  const std::size_t limit =
      std::min({m_text.size(), m_offset + kMaxPlyLineBytes, kMaxPlyHeaderBytes});
  const std::string_view rest = m_text.substr(0, limit).substr(std::min(m_offset, limit));
  const std::size_t end = rest.find(m_bareReturns ? '\r' : '\n');
  if (end == std::string_view::npos) {
    if (limit == kMaxPlyHeaderBytes) {
      return wrong("no end_header in the first {} bytes", kMaxPlyHeaderBytes);
    }
    if (limit < m_text.size()) {
      return wrong("is longer than {} bytes", kMaxPlyLineBytes);
    }
    return wrong("the file ends before end_header");
  }
  m_offset += end + 1;
  return rest.substr(0, end);
}

Result<void> HeaderParser::parse() {
  if (!hasPlyMagic(viewBytes(m_text))) {
    return fail(ErrorCode::NotThisFormat, "the first line is not \"ply\"");
  }
  const std::size_t afterMagic = m_text.find_first_of("\r\n");
  m_bareReturns = m_text[afterMagic] == '\r' &&
                  (afterMagic + 1 >= m_text.size() || m_text[afterMagic + 1] != '\n');
  VOLPRESS_CHECK(nextLine());
  for (;;) {
    VOLPRESS_TRY(std::string_view line, nextLine());
    const std::string_view keyword = takeWord(line);
    if (keyword == "end_header") {
      break;
    }
    if (keyword == "format") {
      VOLPRESS_CHECK(parseFormat(line));
    } else if (keyword == "element") {
      VOLPRESS_CHECK(parseElement(line));
    } else if (keyword == "property") {
      VOLPRESS_CHECK(parseProperty(line));
    } else if (keyword == "comment" || keyword == "obj_info") {
      m_header.comments.emplace_back(trimmed(line));
    } else if (!keyword.empty()) {
      return wrong("keyword \"{}\" is unknown", shown(keyword));
    }
  }
  if (!m_sawFormat) {
    return fail(ErrorCode::CorruptData, "PLY header: there is no format line");
  }
  m_header.dataOffset = m_offset;
  return {};
}

Result<void> HeaderParser::parseFormat(std::string_view line) {
  const std::string_view name = takeWord(line);
  if (name == "ascii") {
    m_header.encoding = PlyEncoding::Ascii;
  } else if (name == "binary_little_endian") {
    m_header.encoding = PlyEncoding::LittleEndian;
  } else if (name == "binary_big_endian") {
    m_header.encoding = PlyEncoding::BigEndian;
  } else {
    return wrong(
        "format \"{}\" is unknown; allowed are ascii, binary_little_endian and binary_big_endian",
        shown(name));
  }
  m_sawFormat = true;
  return {};
}

Result<void> HeaderParser::parseElement(std::string_view line) {
  if (m_header.elements.size() == kMaxPlyElements) {
    return wrong("more than {} elements", kMaxPlyElements);
  }
  const std::string_view name = takeWord(line);
  const std::string_view count = takeWord(line);
  PlyElement element;
  element.name = shown(name);
  const auto [end, code] =
      std::from_chars(count.data(), count.data() + count.size(), element.count);
  if (name.empty() || count.empty() || code != std::errc() || end != count.data() + count.size() ||
      element.count > std::numeric_limits<std::uint32_t>::max()) {
    return wrong("element \"{}\" has count \"{}\"; allowed are 0 to {}", shown(name), shown(count),
                 std::numeric_limits<std::uint32_t>::max());
  }
  if (m_header.find(element.name) != nullptr) {
    return wrong("element \"{}\" appears twice", shown(name));
  }
  m_header.elements.push_back(std::move(element));
  return {};
}

Result<void> HeaderParser::parseProperty(std::string_view line) {
  if (m_header.elements.empty()) {
    return wrong("a property stands before the first element");
  }
  if (++m_properties > kMaxPlyProperties) {
    return wrong("more than {} properties", kMaxPlyProperties);
  }
  PlyProperty property;
  std::string_view type = takeWord(line);
  if (type == "list") {
    property.isList = true;
    const std::string_view countName = takeWord(line);
    const std::optional<PlyType> countType = typeOf(countName);
    if (!countType || *countType == PlyType::Float32 || *countType == PlyType::Float64) {
      return wrong("list count type \"{}\" is not a whole-number type", shown(countName));
    }
    property.countType = *countType;
    type = takeWord(line);
  }
  const std::optional<PlyType> valueType = typeOf(type);
  if (!valueType) {
    return wrong("type \"{}\" is not a PLY type", shown(type));
  }
  property.type = *valueType;
  property.name = shown(takeWord(line));
  if (property.name.empty()) {
    return wrong("the property has no name");
  }
  m_header.elements.back().properties.push_back(std::move(property));
  return {};
}

/// Bytes of ASCII text that the element's rows take.
Result<std::uint64_t> asciiElementBytes(const PlyElement& element, ByteView text) {
  PlyTokens tokens(text);
  for (std::uint64_t row = 0; !element.properties.empty() && row < element.count; ++row) {
    for (const PlyProperty& property : element.properties) {
      std::uint64_t values = 1;
      if (property.isList) {
        const std::string_view token = tokens.next();
        const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), values);
        if (token.empty() || code != std::errc() || end != token.data() + token.size()) {
          return fail(ErrorCode::CorruptData,
                      "PLY element {}, row {}: list {} has length \"{}\", not a number",
                      element.name, row, property.name, shown(token));
        }
      }
      for (std::uint64_t i = 0; i < values; ++i) {
        if (tokens.next().empty()) {
          return fail(ErrorCode::CorruptData,
                      "PLY element {} claims {} rows, but the text holds {} complete ones",
                      element.name, element.count, row);
        }
      }
    }
  }
  return tokens.offset();
}

}  // namespace

std::size_t plyTypeBytes(PlyType type) noexcept {
  return kTypeBytes[static_cast<std::size_t>(type)];
}

double readPlyValue(const std::byte* from, PlyType type, bool bigEndian) noexcept {
  switch (type) {
    case PlyType::Int8: return readAs<std::int8_t>(from, bigEndian);
    case PlyType::UInt8: return readAs<std::uint8_t>(from, bigEndian);
    case PlyType::Int16: return readAs<std::int16_t>(from, bigEndian);
    case PlyType::UInt16: return readAs<std::uint16_t>(from, bigEndian);
    case PlyType::Int32: return readAs<std::int32_t>(from, bigEndian);
    case PlyType::UInt32: return readAs<std::uint32_t>(from, bigEndian);
    case PlyType::Float32: return readAs<float>(from, bigEndian);
    case PlyType::Float64: return readAs<double>(from, bigEndian);
  }
  return 0;
}

bool PlyElement::hasLists() const noexcept {
  return std::any_of(properties.begin(), properties.end(),
                     [](const PlyProperty& property) { return property.isList; });
}

std::uint64_t PlyElement::rowBytes() const noexcept {
  std::uint64_t bytes = 0;
  for (const PlyProperty& property : properties) {
    bytes += plyTypeBytes(property.type);
  }
  return bytes;
}

std::optional<std::size_t> PlyElement::find(std::string_view property) const noexcept {
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (properties[i].name == property) {
      return i;
    }
  }
  return std::nullopt;
}

const PlyElement* PlyHeader::find(std::string_view element) const noexcept {
  for (const PlyElement& candidate : elements) {
    if (candidate.name == element) {
      return &candidate;
    }
  }
  return nullptr;
}

bool hasPlyMagic(ByteView head) noexcept {
  std::string_view text = viewText(head);
  if (text.substr(0, 3) != "ply") {
    return false;
  }
  text.remove_prefix(3);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  return !text.empty() && (text.front() == '\n' || text.front() == '\r');
}

Result<PlyHeader> parsePlyHeader(ByteView file) {
  HeaderParser parser(file);
  VOLPRESS_CHECK(parser.parse());
  return parser.take();
}

PlyHeader peekPlyHeader(ByteView head) {
  HeaderParser parser(head);
  const Result<void> ignored = parser.parse();
  static_cast<void>(ignored);
  return parser.take();
}

std::string_view PlyTokens::next() noexcept {
  while (m_offset < m_text.size() && isSpace(m_text[m_offset])) {
    ++m_offset;
  }
  const std::size_t begin = m_offset;
  while (m_offset < m_text.size() && !isSpace(m_text[m_offset])) {
    ++m_offset;
  }
  return m_text.substr(begin, m_offset - begin);
}

std::optional<float> parsePlyFloat(std::string_view token) noexcept {
  if (!token.empty() && token.front() == '+') {
    token.remove_prefix(1);
  }
  const char* const last = token.data() + token.size();
  float value = 0;
  const auto [end, code] = std::from_chars(token.data(), last, value);
  if (end != last || token.empty() || code == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (code == std::errc::result_out_of_range) {
    double wide = 0;
    const auto wideCode = std::from_chars(token.data(), last, wide).ec;
    if (wideCode == std::errc::result_out_of_range) {
      const bool small = token.find("e-") != token.npos || token.find("E-") != token.npos;
      wide = small ? 0 : std::numeric_limits<double>::infinity();
      wide = token.front() == '-' ? -wide : wide;
    }
    value = static_cast<float>(wide);
  }
  return value;
}

std::optional<std::uint64_t> plyListRowBytes(const PlyElement& element, ByteView rest,
                                             bool bigEndian) noexcept {
  std::uint64_t used = 0;
  for (const PlyProperty& property : element.properties) {
    std::uint64_t bytes = plyTypeBytes(property.type);
    if (property.isList) {
      const std::uint64_t countBytes = plyTypeBytes(property.countType);
      if (countBytes > rest.size() - used) {
        return std::nullopt;
      }
      const double count = readPlyValue(rest.data() + used, property.countType, bigEndian);
      if (count < 0) {
        return std::nullopt;
      }
      used += countBytes;
      bytes *= static_cast<std::uint64_t>(count);
    }
    if (bytes > rest.size() - used) {
      return std::nullopt;
    }
    used += bytes;
  }
  return used;
}

Result<std::uint64_t> plyElementBytes(const PlyHeader& header, const PlyElement& element,
                                      ByteView file, std::uint64_t offset) {
  const ByteView rest = file.subspan(static_cast<std::size_t>(offset));
  if (header.encoding == PlyEncoding::Ascii) {
    return asciiElementBytes(element, rest);
  }
  std::uint64_t complete = 0;
  if (!element.hasLists()) {
    // Both factors are bounded by the header's limits: no overflow in 64 bits.
    const std::uint64_t needed = element.count * element.rowBytes();
    if (needed <= rest.size()) {
      return needed;
    }
    complete = rest.size() / element.rowBytes();
  } else {
    std::uint64_t used = 0;
    for (; complete < element.count; ++complete) {
      const std::optional<std::uint64_t> row =
          plyListRowBytes(element, rest.subspan(static_cast<std::size_t>(used)),
                          header.encoding == PlyEncoding::BigEndian);
      if (!row) {
        break;
      }
      used += *row;
    }
    if (complete == element.count) {
      return used;
    }
  }
  return failAt(ErrorCode::CorruptData, offset,
                "PLY element {} claims {} rows, but the {} bytes left hold {} complete ones",
                element.name, element.count, rest.size(), complete);
}

Result<std::uint64_t> plyElementOffset(const PlyHeader& header, std::string_view element,
                                       ByteView file) {
  std::uint64_t offset = header.dataOffset;
  for (const PlyElement& candidate : header.elements) {
    if (candidate.name == element) {
      break;
    }
    VOLPRESS_TRY(const std::uint64_t bytes, plyElementBytes(header, candidate, file, offset));
    offset += bytes;
  }
  return offset;
}

}  // namespace volpress::formats
