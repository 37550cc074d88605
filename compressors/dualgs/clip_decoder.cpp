#include <utility>

#include "compressors/dualgs/dualgs.hpp"
#include "compressors/dualgs/segment.hpp"
#include "compressors/stream/splat_layers.hpp"

namespace volpress::compressors {
namespace {

using dualgs::SkinModel;

struct RunModel {
  std::size_t firstFrame = 0;
  SkinModel model;
};

class DualDecoder final : public ClipDecoder {
public:
  explicit DualDecoder(const ClipInfo& info) : m_info(info) { m_info.codecInit = {}; }

  Result<void> open(ByteView init, RunContext& context) {
    ByteReader reader(init);
    VOLPRESS_TRY(const auto version, reader.read<std::uint8_t>("DualGS version"));
    if (version < dualgs::kOldVersion || version > dualgs::kViewVersion) {
      return fail(ErrorCode::UnsupportedVersion, "version {} of DualGS; {} to {} can be read",
                  version, dualgs::kOldVersion, dualgs::kViewVersion);
    }
    VOLPRESS_TRY(const auto runs, reader.read<std::uint32_t>("run count"));
    if (runs == 0 || runs > reader.remaining() / 12) {
      return fail(ErrorCode::CorruptData, "{} runs in {} bytes", runs, reader.remaining());
    }
    for (std::uint32_t r = 0; r < runs; ++r) {
      VOLPRESS_TRY(const auto first, reader.read<std::uint32_t>("first frame of a run"));
      VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("skin"));
      VOLPRESS_TRY(const ByteView bytes, reader.take(size, "skin"));
      if (r == 0 ? first != 0 : first <= m_runs.back().firstFrame) {
        return fail(ErrorCode::CorruptData, "run {} begins at frame {}", r, first);
      }
      VOLPRESS_TRY(SkinModel model, dualgs::readModel(bytes, version, m_info.maxSplats,
                                                      context.runner, context.stop));
      m_runs.push_back({first, std::move(model)});
    }
    return {};
  }

  [[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t firstFrame, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& context) const override {
    std::size_t run = 0;
    while (run + 1 < m_runs.size() && m_runs[run + 1].firstFrame <= firstFrame) {
      ++run;
    }
    return dualgs::openSegment(m_info, m_runs[run].model, frameCount, layers, context);
  }

private:
  ClipInfo m_info;
  std::vector<RunModel> m_runs;
};

Result<std::unique_ptr<ClipDecoder>> openWhole(const ClipInfo& info, RunContext& context) {
  auto decoder = std::make_unique<DualDecoder>(info);
  VOLPRESS_CHECK(decoder->open(info.codecInit, context));
  return decoder;
}

}  // namespace

Result<std::unique_ptr<ClipDecoder>> openDualgsClip(const ClipInfo& info, RunContext& context) {
  return openSplatLayers(info, openWhole, context);
}

}  // namespace volpress::compressors
