// The SPZ reader against damaged files.
#include "scene/formats/spz.hpp"

#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  std::vector<Bytes> seeds;
  for (const char* version : {"4", "3"}) {
    for (const unsigned degree : {1U, 0U, 4U}) {
      const GaussianCloud cloud = testing::randomCloud(5 + degree, degree, 1);
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

void runInput(ByteView input) { checkReader(formats::spzFormat(), input); }

}  // namespace volpress::fuzz
