#include "compressors/stream/sequence_codec.hpp"

#include <algorithm>
#include <utility>

namespace volpress::compressors {
namespace {

/// Frames that were decoded all at once.
class HeldFrames final : public SegmentFrames {
public:
  explicit HeldFrames(std::vector<GaussianCloud> frames) : m_frames(std::move(frames)) {}

  Result<GaussianCloud> next(RunContext& /*context*/) override {
    if (m_next == m_frames.size()) {
      return fail(ErrorCode::CorruptData, "a segment has {} frames, no more", m_frames.size());
    }
    return std::move(m_frames[m_next++]);
  }

private:
  std::vector<GaussianCloud> m_frames;
  std::size_t m_next = 0;
};

}  // namespace

Result<void> SegmentFrames::skip(RunContext& context) {
  VOLPRESS_CHECK(next(context));
  return {};
}

Result<std::unique_ptr<SegmentFrames>> ClipDecoder::openSegment(std::size_t firstFrame,
                                                                std::size_t frameCount,
                                                                std::span<const ByteView> layers,
                                                                RunContext& context) const {
  std::vector<GaussianCloud> frames;
  VOLPRESS_CHECK(decodeSegment(firstFrame, frameCount, layers, context,
                               [&frames](std::size_t, GaussianCloud&& cloud) -> Result<void> {
                                 frames.push_back(std::move(cloud));
                                 return {};
                               }));
  return std::make_unique<HeldFrames>(std::move(frames));
}

Result<void> handOutFrames(const ClipDecoder& decoder, std::size_t firstFrame,
                           std::size_t frameCount, std::span<const ByteView> layers,
                           RunContext& context, const FrameSink& sink) {
  VOLPRESS_TRY(const auto frames, decoder.openSegment(firstFrame, frameCount, layers, context));
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
