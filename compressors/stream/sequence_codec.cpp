#include "compressors/stream/sequence_codec.hpp"

#include <algorithm>
#include <utility>

namespace volpress::compressors {

Result<void> SegmentFrames::skip(RunContext& context) {
  VOLPRESS_CHECK(next(context));
  return {};
}

Result<void> ClipDecoder::decodeSegment(std::size_t firstFrame, std::size_t frameCount,
                                        std::span<const ByteView> layers, RunContext& context,
                                        const FrameSink& sink) const {
  VOLPRESS_TRY(const auto frames, openSegment(firstFrame, frameCount, layers, context));
  for (std::size_t k = 0; k < frameCount; ++k) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while decoding frame {}", firstFrame + k);
    }
    VOLPRESS_TRY(GaussianCloud cloud, frames->next(context));
    VOLPRESS_CHECK(sink(firstFrame + k, std::move(cloud)));
  }
  return frames->finish();
}

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
