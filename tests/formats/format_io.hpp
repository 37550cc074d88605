// Short calls of a format's face for tests.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "scene/formats/format.hpp"

namespace volpress::testing {

/// A context with its own runner and progress.
struct FormatIo {
  explicit FormatIo(std::size_t threads = 1) : runner(makeThreadRunner(threads)) {}

  std::unique_ptr<TaskRunner> runner;
  Progress progress;
  formats::IoContext context{*runner, progress, {}, {}};
};

/// Decodes what must be readable; an empty cloud and a failed test otherwise.
inline GaussianCloud decodeOk(const formats::Format& format, ByteView file, FormatIo& io) {
  auto cloud = format.decode(file, io.context);
  EXPECT_TRUE(cloud.has_value()) << cloud.error().message;
  if (!cloud) {
    return {};
  }
  const auto valid = validate(*cloud);
  EXPECT_TRUE(valid.has_value()) << valid.error().message;
  return std::move(*cloud);
}

/// Encodes with the given parameters over the defaults.
inline Bytes encodeOk(const formats::Format& format, const GaussianCloud& cloud, FormatIo& io,
                      const ParamSet& params = {}) {
  const auto completed = completeParams(format.info().writeParams, params);
  EXPECT_TRUE(completed.has_value()) << completed.error().message;
  auto bytes = format.encode(cloud, *completed, io.context);
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
  return bytes ? std::move(*bytes) : Bytes();
}

/// The message of a decode that must fail.
inline std::string decodeError(const formats::Format& format, ByteView file) {
  FormatIo io;
  const auto cloud = format.decode(file, io.context);
  EXPECT_FALSE(cloud.has_value());
  return cloud ? std::string() : cloud.error().message;
}

inline std::uint64_t totalBytes(const std::vector<formats::ByteShare>& shares) {
  std::uint64_t total = 0;
  for (const formats::ByteShare& share : shares) {
    total += share.bytes;
  }
  return total;
}

inline std::uint64_t shareOf(const std::vector<formats::ByteShare>& shares, std::string_view name) {
  for (const formats::ByteShare& share : shares) {
    if (share.name == name) {
      return share.bytes;
    }
  }
  return 0;
}

}  // namespace volpress::testing
