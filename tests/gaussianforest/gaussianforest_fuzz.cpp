#include <array>

#include "compressors/gaussianforest/gaussianforest.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 10> kNames{
    "scene",      "positions",     "leaf-parents",  "node-parents", "opacities",
    "node-sizes", "node-features", "root-features", "networks",     "padding"};

Bytes chunkList(std::size_t count, unsigned degree, const ParamSet& params) {
  return chunkListOf(compressors::gaussianForestCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  // Networks take kilobytes whatever the scene, and every truncation of the first seed is tried: it
  // ends before them.
  Bytes first = chunkList(3, 0, {});
  first.resize(600);
  return {
      first, chunkList(60, 1, {{"leaves_per_node", 2.0}}),
      chunkList(40, 0, {{"node_features", std::int64_t{1}}, {"root_features", std::int64_t{1}}}),
      chunkList(1, 2, {})};
}

void runInput(ByteView input) { runChunkList(compressors::gaussianForestCodec(), kNames, input); }

}  // namespace volpress::fuzz
