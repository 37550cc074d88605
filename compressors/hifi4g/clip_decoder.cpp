#include <algorithm>
#include <optional>
#include <utility>

#include "compressors/hifi4g/hifi4g.hpp"
#include "compressors/hifi4g/segment.hpp"
#include "compressors/stream/splat_layers.hpp"

namespace volpress::compressors {
namespace {

constexpr std::size_t kMostAhead = 8;  // frames that are decoded side by side

/// Frames one by one: what is passed over costs nothing.
class HifiFrames final : public SegmentFrames {
public:
  explicit HifiFrames(std::unique_ptr<hifi4g::SegmentDecoder> segment)
      : m_segment(std::move(segment)) {}

  Result<GaussianCloud> next(RunContext& context) override {
    VOLPRESS_CHECK(skip(context));
    return m_segment->frame(m_next - 1, context.runner);
  }

  Result<void> skip(RunContext& /*context*/) override {
    if (m_next == m_segment->frameCount()) {
      return fail(ErrorCode::CorruptData, "a segment has {} frames, no more", m_next);
    }
    ++m_next;
    return {};
  }

  [[nodiscard]] std::uint32_t digest() const override {
    return m_next == 0 ? 0 : m_segment->digest(m_next - 1);
  }

private:
  std::unique_ptr<hifi4g::SegmentDecoder> m_segment;
  std::size_t m_next = 0;
};

class HifiDecoder final : public ClipDecoder {
public:
  explicit HifiDecoder(const ClipInfo& info) : m_info(info) {}

  [[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t /*firstFrame*/, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& context) const override {
    VOLPRESS_TRY(auto segment, hifi4g::SegmentDecoder::open(m_info, frameCount, layers, context));
    return std::make_unique<HifiFrames>(std::move(segment));
  }

  /// Frames need no other, so that as many as there are threads are decoded at a time.
  [[nodiscard]] Result<void> decodeSegment(std::size_t firstFrame, std::size_t frameCount,
                                           std::span<const ByteView> layers, RunContext& context,
                                           const FrameSink& sink) const override {
    VOLPRESS_TRY(const auto segment,
                 hifi4g::SegmentDecoder::open(m_info, frameCount, layers, context));
    const std::size_t ahead = std::clamp<std::size_t>(context.runner.concurrency(), 1, kMostAhead);
    for (std::size_t first = 0; first < frameCount; first += ahead) {
      if (context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while decoding frame {}", firstFrame + first);
      }
      const std::size_t count = std::min(ahead, frameCount - first);
      std::vector<std::optional<Result<GaussianCloud>>> clouds(count);
      context.runner.parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
          clouds[k] = segment->frame(first + k, context.runner);
        }
      });
      for (std::size_t k = 0; k < count; ++k) {
        VOLPRESS_TRY(GaussianCloud cloud, std::move(*clouds[k]));
        VOLPRESS_CHECK(sink(firstFrame + first + k, std::move(cloud)));
      }
    }
    return {};
  }

private:
  ClipInfo m_info;
};

Result<std::unique_ptr<ClipDecoder>> openWhole(const ClipInfo& info, RunContext& /*context*/) {
  if (info.codecInit.size() != 1 || info.codecInit[0] != std::byte{hifi4g::kVersion}) {
    return fail(ErrorCode::UnsupportedVersion, "this version of the HiFi4G codec is not known");
  }
  return std::make_unique<HifiDecoder>(info);
}

}  // namespace

Result<std::unique_ptr<ClipDecoder>> openHifi4gClip(const ClipInfo& info, RunContext& context) {
  return openSplatLayers(info, openWhole, context);
}

}  // namespace volpress::compressors
