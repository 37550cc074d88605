#include <cstdlib>

#include "scene/formats/spz.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  std::vector<Bytes> seeds;
  for (const char* version : {"4", "3"}) {
    for (const unsigned degree : {1U, 0U, 4U}) {
      GaussianCloud cloud = testing::randomCloud(5 + degree, degree, 1);
      cloud.frame = degree == 0 ? AxisFrame::RightUpBack : AxisFrame::RightDownForward;
      const auto params = completeParams(formats::spzFormat().info().writeParams,
                                         {{"version", std::string(version)}});
      seeds.push_back(*formats::spzFormat().encode(cloud, *params, context));
    }
  }
  // A bare version 2 stream, so that mutations reach the arrays without a checksum in the way.
  Bytes bare(16 + 2 * 19, std::byte{100});
  const std::uint32_t header[] = {0x5053474E, 2, 2, 12U << 8};
  std::memcpy(bare.data(), header, sizeof(header));
  seeds.push_back(std::move(bare));
  return seeds;
}

void runInput(ByteView input) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  static_cast<void>(formats::spzFormat().recognises(input, "x"));
  const auto cloud = formats::spzFormat().decode(input, context);
  if (cloud && !validate(*cloud)) {
    std::abort();
  }
  const auto shares = formats::spzFormat().breakdown(input);
  if (shares) {
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
