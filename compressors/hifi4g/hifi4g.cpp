#include "compressors/hifi4g/hifi4g.hpp"

#include <utility>

#include "compressors/hifi4g/segment.hpp"
#include "compressors/stream/splat_layers.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Segment length",
      "Frames that share a key frame; longer ones are smaller while the graph follows the motion.",
      "frames", "Stream", 50, {1, 200, 1, false}));
  params.push_back(
      numberParam<double>("coarseness", "Coarseness",
                          "Times the usual steps of everything; larger is smaller and rougher.", "",
                          "Quality", 1.5, {0.1, 16, 0, true}));
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
  params.push_back(firstLayerParam());
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
      {"fine", "Fine", "Three times as fine", {{"coarseness", 0.5}}},
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
      : m_sequence(sequence), m_plan(plan), m_init{std::byte{hifi4g::kVersion}} {
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

class Hifi4gCodec final : public SequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override { return m_info; }

  [[nodiscard]] Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                           const ClipPlan& plan,
                                                           const ParamSet& params,
                                                           RunContext& context) const override {
    const BeginPart own = [&params](GaussianSequence& part, const ClipPlan& planned,
                                    RunContext& /*at*/) -> Result<std::unique_ptr<ClipEncoder>> {
      return std::make_unique<HifiEncoder>(part, planned, params);
    };
    return beginSplatLayers(sequence, plan, params, own, context);
  }

  [[nodiscard]] Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                          RunContext& context) const override {
    return openHifi4gClip(info, context);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(
      const ClipInfo& info, std::size_t frameCount,
      std::span<const ByteView> layers) const override {
    const auto own = [frameCount](const ClipInfo& /*clip*/, std::span<const ByteView> views) {
      return hifi4g::segmentShares(frameCount, views);
    };
    return splatLayerShares(info, layers, own);
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
