#include <array>

#include "compressors/sags/sags.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 8> kNames{"scene", "positions", "mid-points", "features",
                                            "sizes", "hash-grid", "networks",   "padding"};

Bytes chunkList(std::size_t count, unsigned degree, const ParamSet& params) {
  ParamSet all = params;
  all["table_bits"] = std::int64_t{4};
  all["fit_steps"] = std::int64_t{4};
  return chunkListOf(compressors::sagsCodec(), kNames, count, degree, all);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  // Networks take kilobytes whatever the scene, and every truncation of the first seed is tried: it
  // ends before them.
  Bytes first = chunkList(8, 0, {{"keys", 50.0}, {"features", std::int64_t{2}}});
  first.resize(500);
  return {first, chunkList(60, 1, {{"features", std::int64_t{3}}}),
          chunkList(20, 2,
                    {{"layout", std::string("full")},
                     {"densify", true},
                     {"shapes_see_view", true},
                     {"features", std::int64_t{1}}}),
          chunkList(1, 0, {{"features", std::int64_t{1}}})};
}

void runInput(ByteView input) { runChunkList(compressors::sagsCodec(), kNames, input); }

}  // namespace volpress::fuzz
