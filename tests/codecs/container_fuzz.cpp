#include <cstdlib>

#include "compressors/container/container.hpp"
#include "tests/codecs/container_repair.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

using namespace compressors;

std::vector<Bytes> seedInputs() {
  Bytes data(500);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<std::byte>(i / 16);
  }
  Container container{"test", 1, R"({"bits":12,"name":"x","fine":true,"step":0.5})", {}};
  container.chunks.push_back({"positions", data, Packing::Zstd, true});
  container.chunks.push_back({"note", Bytes(5), Packing::Stored, false});
  std::vector<Bytes> seeds{writeContainer(container).value()};
  container.chunks[1] = {"zeros", Bytes(100000), Packing::Zstd, false};
  seeds.push_back(writeContainer(container).value());
  return seeds;
}

void runInput(ByteView input) {
  for (const Bytes& bytes : {Bytes(input.begin(), input.end()),
                             testing::repairContainer(Bytes(input.begin(), input.end()))}) {
    const auto container = readContainer(bytes);
    const auto shares = containerBreakdown(bytes);
    if (!container) {
      continue;
    }
    std::uint64_t sum = 0;
    for (const auto& share : shares.value()) {
      sum += share.bytes;
    }
    if (sum != bytes.size() || containerCodec(bytes) != container->codecId) {
      std::abort();
    }
    (void)paramsFromJson(container->parameters);
    // What was read can be written and reads back the same.
    const auto again = readContainer(writeContainer(*container).value());
    if (!again || again->chunks.size() != container->chunks.size()) {
      std::abort();
    }
    for (std::size_t i = 0; i < again->chunks.size(); ++i) {
      if (again->chunks[i].data != container->chunks[i].data) {
        std::abort();
      }
    }
  }
}

}  // namespace volpress::fuzz
