#include "compressors/intra/intra.hpp"

#include "compressors/intra/intra_frame.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

SequenceCodecInfo makeInfo() {
  SequenceCodecInfo info;
  info.id = "intra";
  info.fourcc = "INTR";
  info.label = "Intra";
  info.summary =
      "Every frame by itself: for frames whose splats have nothing to do with each other";
  info.lost = "numbers become coarser; splats come in another order";
  info.params.push_back(numberParam<std::int64_t>("segment_frames", "Segment length",
                                                  "Frames that are loaded and sought together.",
                                                  "frames", "Stream", 10, {1, 200, 1, false}));
  info.params.push_back(numberParam<double>(
      "coarseness", "Coarseness",
      "Times the usual steps of colours and sizes; larger is smaller and rougher.", "", "Quality",
      1.0, {0.1, 16, 0, true}));
  info.params.push_back(
      numberParam<std::int64_t>("position_bits", "Position bits",
                                "Bits an axis over most of the scene; more are larger and truer.",
                                "bits", "Quality", 15, {8, 21, 1, false}));
  info.qualityKnob = "coarseness";
  info.needsOrder = false;
  return info;
}

class IntraEncoder final : public ClipEncoder {
public:
  IntraEncoder(GaussianSequence& sequence, const ClipPlan& plan, const ParamSet& params)
      : m_sequence(sequence), m_plan(plan), m_init{std::byte{intra::kVersion}} {
    m_settings.positionBits = static_cast<unsigned>(paramInt(params, "position_bits"));
    m_settings.coarseness = paramReal(params, "coarseness");
  }
  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override { return m_plan.shDegree + 1; }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                         RunContext& context) override {
    const ClipPlan::Segment& segment = m_plan.segments[index];
    std::vector<ByteWriter> layers(layerCount());
    for (std::size_t k = 0; k < segment.frameCount; ++k) {
      VOLPRESS_TRY(const GaussianCloud cloud,
                   m_sequence.frame(segment.firstFrame + k, context.runner, context.stop));
      VOLPRESS_TRY(const std::vector<Bytes> packed, intra::packFrame(cloud, m_settings, context));
      for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        layers[layer].write(static_cast<std::uint32_t>(packed[layer].size()));
        layers[layer].append(packed[layer]);
      }
    }
    std::vector<Bytes> bytes;
    bytes.reserve(layers.size());
    for (ByteWriter& layer : layers) {
      bytes.push_back(std::move(layer).take());
    }
    return bytes;
  }

private:
  GaussianSequence& m_sequence;
  const ClipPlan& m_plan;
  intra::FrameSettings m_settings;
  Bytes m_init;
};

class IntraCodec final : public SequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override { return m_info; }

  [[nodiscard]] Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                           const ClipPlan& plan,
                                                           const ParamSet& params,
                                                           RunContext& /*context*/) const override {
    return std::make_unique<IntraEncoder>(sequence, plan, params);
  }

  [[nodiscard]] Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                          RunContext& context) const override {
    return openIntraClip(info, context);
  }

private:
  SequenceCodecInfo m_info = makeInfo();
};

}  // namespace

const SequenceCodec& intraCodec() {
  static const IntraCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
