#include "app/engine/web_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace volpress::engine {
namespace {

constexpr std::size_t kMaxTarget = 1024;

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kTypes{{
    {".css", "text/css; charset=utf-8"},
    {".dgsi", "application/x-dgsv"},
    {".dgss", "application/x-dgsv"},
    {".dgsv", "application/x-dgsv"},
    {".htm", "text/html; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".mp4", "video/mp4"},
    {".opus", "audio/ogg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webp", "image/webp"},
}};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A whole number and nothing else; none when empty or over 64 bits.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<char> escaped(std::string_view digits) {
  unsigned value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || code != std::errc() || end != digits.data() + 2) {
    return std::nullopt;
  }
  return static_cast<char>(value);
}

}  // namespace

RangeAnswer answerRange(std::string_view header, std::uint64_t fileBytes) {
  constexpr std::string_view kUnit = "bytes=";
  header = trimmed(header);
  if (header.substr(0, kUnit.size()) != kUnit) {
    return {};
  }
  const std::string_view spec = trimmed(header.substr(kUnit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) {
    return {};
  }
  const auto first = number(trimmed(spec.substr(0, dash)));
  const auto last = number(trimmed(spec.substr(dash + 1)));
  using Kind = RangeAnswer::Kind;
  if (dash == 0) {
    if (!last) {
      return {};
    }
    const std::uint64_t count = std::min(*last, fileBytes);
    return count == 0 ? RangeAnswer{Kind::Unsatisfiable, {}}
                      : RangeAnswer{Kind::Part, {fileBytes - count, count}};
  }
  const bool open = dash + 1 == spec.size();
  if (!first || (!open && (!last || *last < *first))) {
    return {};
  }
  if (*first >= fileBytes) {
    return {Kind::Unsatisfiable, {}};
  }
  const std::uint64_t end = open ? fileBytes : std::min(*last, fileBytes - 1) + 1;
  return {Kind::Part, {*first, end - *first}};
}

Result<std::string> pathOfTarget(std::string_view target) {
  const auto refuse = [](const char* why) {
    return fail(ErrorCode::InvalidParameter, "the path {}", why);
  };
  target = target.substr(0, target.find_first_of("?#"));
  if (target.empty() || target.front() != '/' || target.size() > kMaxTarget) {
    return refuse("is too long or does not begin with a slash");
  }
  std::string path;
  for (std::size_t i = 1; i < target.size(); ++i) {
    char letter = target[i];
    if (letter == '%') {
      const auto value = escaped(target.substr(i + 1, 2));
      if (!value) {
        return refuse("has a bad escape");
      }
      letter = *value;
      i += 2;
    }
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F || letter == '\\') {
      return refuse("has a character that file names do not have here");
    }
    path.push_back(letter);
  }
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (end == start || path[start] == '.') {
      return refuse("leaves the folder, or names what is hidden");
    }
    start = end + 1;
  }
  return path;
}

std::string_view mediaType(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  const auto* const found =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [&extension](const auto& type) { return type.first == extension; });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

bool namesTag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view one = trimmed(header.substr(0, comma));
    if (one == tag || one == "*") {
      return true;
    }
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
  }
  return false;
}

}  // namespace volpress::engine
