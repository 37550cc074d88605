// Result<T>: every failure is a value with a code and a reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <tl/expected.hpp>

namespace volpress {

/// Why an operation failed. Zero is not a valid code.
enum class ErrorCode : std::uint8_t {
  Cancelled = 1,
  NotThisFormat,       ///< "try the next reader"; every other code stops the search
  UnsupportedVersion,  ///< recognised, but a version or feature that is not implemented
  CorruptData,
  InvalidParameter,
  IoFailure,
  OutOfMemory,
  DeviceLost,
  Internal,
};

/// Short stable word for a code, as printed by `--json` ("corrupt-data").
[[nodiscard]] constexpr const char* errorCodeName(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::NotThisFormat: return "not-this-format";
    case ErrorCode::UnsupportedVersion: return "unsupported-version";
    case ErrorCode::CorruptData: return "corrupt-data";
    case ErrorCode::InvalidParameter: return "invalid-parameter";
    case ErrorCode::IoFailure: return "io-failure";
    case ErrorCode::OutOfMemory: return "out-of-memory";
    case ErrorCode::DeviceLost: return "device-lost";
    case ErrorCode::Internal: return "internal";
  }
  return "unknown";
}

/// A failure. `message` names file, field, the value found and the value allowed, as far as the
/// layer that made it knows them; outer layers add context with `withContext`.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;
  std::optional<std::uint64_t> byteOffset;  ///< position in the file, where one is known
};

template <typename T>
using Result = tl::expected<T, Error>;

/// Makes the error side of any Result from a fmt format string.
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format,
                                         Args&&... args) {
  return tl::unexpected<Error>(
      Error{code, fmt::format(format, std::forward<Args>(args)...), std::nullopt});
}

/// As `fail`, naming the byte offset in the file where the fault was seen.
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> failAt(ErrorCode code, std::uint64_t byteOffset,
                                           fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(
      Error{code, fmt::format(format, std::forward<Args>(args)...), byteOffset});
}

/// Puts "context: " before the message, keeping code and offset.
[[nodiscard]] inline tl::unexpected<Error> withContext(Error error, const std::string& context) {
  error.message = context + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

#define VOLPRESS_CONCAT_INNER(a, b) a##b
#define VOLPRESS_CONCAT(a, b) VOLPRESS_CONCAT_INNER(a, b)

/// `VOLPRESS_TRY(auto value, call());` returns the error to the caller or binds the value.
#define VOLPRESS_TRY(declaration, ...)                            \
  auto VOLPRESS_CONCAT(tryResult, __LINE__) = (__VA_ARGS__);      \
  if (!VOLPRESS_CONCAT(tryResult, __LINE__)) {                    \
    return tl::unexpected<::volpress::Error>(                     \
        std::move(VOLPRESS_CONCAT(tryResult, __LINE__)).error()); \
  }                                                               \
  declaration = std::move(*VOLPRESS_CONCAT(tryResult, __LINE__))

/// `VOLPRESS_CHECK(call());` returns the error of a Result<void> to the caller.
#define VOLPRESS_CHECK(...)                                                   \
  if (auto checkResult = (__VA_ARGS__); !checkResult) {                       \
    return tl::unexpected<::volpress::Error>(std::move(checkResult).error()); \
  }

}  // namespace volpress
