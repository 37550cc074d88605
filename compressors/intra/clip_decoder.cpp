#include <utility>

#include "compressors/intra/intra.hpp"
#include "compressors/intra/intra_frame.hpp"

namespace volpress::compressors {
namespace {

class IntraFrames final : public SegmentFrames {
public:
  IntraFrames(const ClipInfo& info, std::size_t frameCount, std::span<const ByteView> layers)
      : m_info(info), m_left(frameCount) {
    m_readers.reserve(layers.size());
    for (const ByteView layer : layers) {
      m_readers.emplace_back(layer);
    }
  }

  Result<GaussianCloud> next(RunContext& context) override {
    VOLPRESS_TRY(const std::vector<ByteView> parts, nextParts());
    return intra::unpackFrame(parts, m_info, context);
  }

  Result<void> skip(RunContext& /*context*/) override {
    VOLPRESS_CHECK(nextParts());
    return {};
  }

  Result<void> finish() override {
    for (const ByteReader& reader : m_readers) {
      if (reader.remaining() != 0) {
        return fail(ErrorCode::CorruptData, "{} bytes are left behind a segment",
                    reader.remaining());
      }
    }
    return {};
  }

private:
  /// The bytes of the next frame in each layer.
  Result<std::vector<ByteView>> nextParts() {
    if (m_left == 0) {
      return fail(ErrorCode::CorruptData, "a segment has no frames left");
    }
    --m_left;
    std::vector<ByteView> parts;
    for (ByteReader& reader : m_readers) {
      VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>("frame"));
      VOLPRESS_TRY(const ByteView part, reader.take(size, "frame"));
      parts.push_back(part);
    }
    return parts;
  }

  const ClipInfo& m_info;
  std::size_t m_left;  ///< frames
  std::vector<ByteReader> m_readers;
};

class IntraDecoder final : public ClipDecoder {
public:
  explicit IntraDecoder(const ClipInfo& info) : m_info(info) {}

  [[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t /*firstFrame*/, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& /*context*/) const override {
    return std::make_unique<IntraFrames>(m_info, frameCount, layers);
  }

private:
  ClipInfo m_info;
};

}  // namespace

Result<std::unique_ptr<ClipDecoder>> openIntraClip(const ClipInfo& info, RunContext& /*context*/) {
  if (info.codecInit.size() != 1 || info.codecInit[0] != std::byte{intra::kVersion}) {
    return fail(ErrorCode::UnsupportedVersion, "this version of the intra codec is not known");
  }
  return std::make_unique<IntraDecoder>(info);
}

}  // namespace volpress::compressors
