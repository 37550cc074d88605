// What every reader promises about any bytes.
#pragma once

#include <cstdlib>

#include "scene/formats/format.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {

/// A cloud as this format writes it with default parameters.
inline Bytes encodedSeed(const formats::Format& format, const GaussianCloud& cloud) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const auto params = completeParams(format.info().writeParams, {});
  auto bytes = format.encode(cloud, *params, context);
  return bytes ? std::move(*bytes) : Bytes();
}

/// Reads and takes stock of any bytes: no crash, nothing invalid accepted, shares that add up.
inline void checkReader(const formats::Format& format, ByteView input) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  static_cast<void>(format.recognises(input.first(std::min<std::size_t>(input.size(), 65536)), ""));
  const auto cloud = format.decode(input, context);
  if (cloud && !validate(*cloud)) {
    std::abort();
  }
  if (const auto shares = format.breakdown(input)) {
    std::uint64_t total = 0;
    for (const formats::ByteShare& share : *shares) {
      total += share.bytes;
    }
    if (total != input.size()) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
