#include "compressors/hifi4g/hifi4g.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "compressors/hifi4g/segment.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMostAhead = 8;  // frames that are decoded side by side

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Segment length",
      "Frames that share a key frame; longer ones are smaller while the graph follows the motion.",
      "frames", "Stream", 50, {1, 200, 1, false}));
  params.push_back(
      numberParam<double>("coarseness", "Coarseness",
                          "Times the usual steps of everything; larger is smaller and rougher.", "",
                          "Quality", 1.0, {0.1, 16, 0, true}));
  params.push_back(choiceParam(
      "profile", "Profile",
      "default: steps that show as little. paper: the bits of the paper over every range, key "
      "positions and rotations as floats.",
      "Quality", {{"default", "By eye"}, {"paper", "As in the paper"}}));
  params.push_back(numberParam<std::int64_t>(
      "nodes", "Graph nodes",
      "Nodes of the deformation graph; 0 takes a hundredth of the splats, 200 to 4,000.", "",
      "Motion", 0, {0, static_cast<double>(hifi4g::kMostNodes), 1, false}, true));
  params.push_back(numberParam<std::int64_t>(
      "motion_bits", "Motion bits", "Bits over the range of what the graph leaves of the motion.",
      "bits", "Motion", 11, {4, 20, 1, false}, true));
  params.push_back(numberParam<std::int64_t>(
      "appearance_bits", "Appearance bits",
      "Bits over the range of what colours, opacities and sizes differ by from the key frame.",
      "bits", "Quality", 7, {2, 16, 1, false}, true));
  params.push_back(flagParam("compensate", "Motion compensation",
                             "Off: what frames differ by is taken from the key frame as it stood.",
                             "Motion", true));
  return params;
}

SequenceCodecInfo makeInfo() {
  SequenceCodecInfo info;
  info.id = "hifi4g";
  info.fourcc = "HIFI";
  info.label = "HiFi4G";
  info.summary =
      "Key frames that a deformation graph carries, and what each frame differs by; any frame "
      "decodes without the others";
  info.paper =
      "Jiang et al., HiFi4G: High-Fidelity Human Performance Rendering via Compact Gaussian "
      "Splatting, CVPR 2024";
  info.lost = "numbers become coarser; splats come in another order in each segment";
  info.params = makeParams();
  info.presets = {
      {"fine", "Fine", "Twice as fine", {{"coarseness", 0.5}}},
      {"default", "Balanced", "Errors that hardly show", {}},
      {"small", "Small", "Coarse, for slow lines", {{"coarseness", 2.5}}},
      {"paper",
       "As in the paper",
       "9, 11 and 7 bits over each range; large",
       {{"profile", std::string("paper")}}},
  };
  info.qualityKnob = "coarseness";
  return info;
}

class HifiEncoder final : public ClipEncoder {
public:
  HifiEncoder(GaussianSequence& sequence, const ClipPlan& plan, const ParamSet& params)
      : m_sequence(sequence), m_plan(plan), m_init{std::byte{kVersion}} {
    m_settings.key.paper = paramChoice(params, "profile") == "paper";
    m_settings.key.coarseness = paramReal(params, "coarseness");
    m_settings.key.nodes = static_cast<std::size_t>(paramInt(params, "nodes"));
    m_settings.motionBits = static_cast<unsigned>(paramInt(params, "motion_bits"));
    m_settings.appearanceBits = static_cast<unsigned>(paramInt(params, "appearance_bits"));
    m_settings.compensate = paramBool(params, "compensate");
  }
  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_plan.shDegree + 1; }
  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                         RunContext& context) override {
    return hifi4g::encodeSegment(m_sequence, m_plan.segments[index], m_plan.shDegree, m_settings,
                                 context);
  }

private:
  GaussianSequence& m_sequence;
  const ClipPlan& m_plan;
  hifi4g::SegmentSettings m_settings;
  Bytes m_init;
};

class HifiDecoder final : public ClipDecoder {
public:
  explicit HifiDecoder(const ClipInfo& info) : m_info(info) {}

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

class Hifi4gCodec final : public SequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override { return m_info; }

  [[nodiscard]] Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                           const ClipPlan& plan,
                                                           const ParamSet& params,
                                                           RunContext& /*context*/) const override {
    return std::make_unique<HifiEncoder>(sequence, plan, params);
  }

  [[nodiscard]] Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                          RunContext& /*context*/) const override {
    if (info.codecInit.size() != 1 || info.codecInit[0] != std::byte{kVersion}) {
      return fail(ErrorCode::UnsupportedVersion, "this version of the HiFi4G codec is not known");
    }
    return std::make_unique<HifiDecoder>(info);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(
      const ClipInfo& /*info*/, std::size_t frameCount,
      std::span<const ByteView> layers) const override {
    return hifi4g::segmentShares(frameCount, layers);
  }

private:
  SequenceCodecInfo m_info = makeInfo();
};

}  // namespace

const SequenceCodec& hifi4gCodec() {
  static const Hifi4gCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
