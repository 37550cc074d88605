#include "compressors/stream/sequence_codec.hpp"

#include <algorithm>

namespace volpress::compressors {

Result<std::vector<ByteShare>> SequenceCodec::breakdown(const ClipInfo& /*info*/,
                                                        std::size_t /*frameCount*/,
                                                        std::span<const ByteView> layers) const {
  std::vector<ByteShare> shares;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    addShare(shares, layer == 0 ? "plain colours" : "shN", layers[layer].size());
  }
  return shares;
}

void addShare(std::vector<ByteShare>& shares, std::string_view name, std::uint64_t bytes) {
  const auto found = std::find_if(shares.begin(), shares.end(),
                                  [name](const ByteShare& share) { return share.name == name; });
  if (found == shares.end()) {
    shares.push_back({std::string(name), bytes});
  } else {
    found->bytes += bytes;
  }
}

}  // namespace volpress::compressors
