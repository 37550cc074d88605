#include "compressors/dualgs/dualgs.hpp"

#include <utility>

#include "compressors/dualgs/segment.hpp"
#include "compressors/stream/splat_layers.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

using dualgs::SkinModel;

std::vector<ParamSpec> makeParams() {
  std::vector<ParamSpec> params;
  params.push_back(numberParam<std::int64_t>(
      "segment_frames", "Segment length",
      "Frames that are packed, loaded and sought together; longer ones are smaller.", "frames",
      "Stream", 50, {1, 200, 1, false}));
  params.push_back(
      numberParam<double>("coarseness", "Coarseness",
                          "Times the usual steps of everything; larger is smaller and rougher.", "",
                          "Quality", 1.0, {0.1, 16, 0, true}));
  params.push_back(numberParam<double>(
      "residual_step", "Motion detail",
      "How finely what the joints do not explain of positions is kept, in median smallest scales; "
      "larger is smaller and rougher, 0 leaves it out.",
      "", "Motion", 0.5, {0, 64, 0, false}));
  params.push_back(numberParam<double>(
      "motion_step", "Joint precision",
      "How finely the places of joints are kept, in median smallest scales; larger is smaller.", "",
      "Motion", 0.25, {0.01, 64, 0, true}, true));
  params.push_back(choiceParam(
      "motion", "Motion coding",
      "bounded: fixed steps, errors never add up. paper: 11 bits over the range of each segment.",
      "Motion", {{"bounded", "Bounded"}, {"paper", "As in the paper"}}));
  params.push_back(numberParam<std::int64_t>(
      "joints", "Joints",
      "How many joint Gaussians carry the others; 0 takes a sixtieth of them, or a twelfth where "
      "nothing but joints is kept of the motion.",
      "", "Motion", 0, {0, 100000, 1, false}, true));
  params.push_back(numberParam<std::int64_t>(
      "codebook", "Codebook entries",
      "Colours of each SH order; more are larger and truer. 0 takes one for every 16 splats.", "",
      "Colours", 0, {0, 16384, 1, false}, true));
  params.push_back(numberParam<double>(
      "change_rate", "Colour changes",
      "Share of colours that may change from frame to frame; more is larger and truer.", "",
      "Colours", 0.01, {0, 1, 0, false}, true));
  params.push_back(firstLayerParam());
  params.push_back(flagParam(
      "refine", "Refinement layer",
      "A last layer with two more bits of opacities and sizes, and what colours differ by from "
      "their codebooks.",
      "Stream"));
  return params;
}

SequenceCodecInfo makeInfo() {
  SequenceCodecInfo info;
  info.id = "dualgs";
  info.fourcc = "DUAL";
  info.label = "DualGS";
  info.summary =
      "Joints carry the splats; opacities and sizes are tables, colours codebooks whose indices "
      "seldom change";
  info.paper =
      "Jiang et al., Robust Dual Gaussian Splatting for Immersive Human-centric Volumetric Videos, "
      "ACM TOG 2024";
  info.lost = "numbers become coarser; splats come in another order";
  info.params = makeParams();
  info.presets = {
      {"finest",
       "Finest",
       "As fine as SOG, at a fifth of its size",
       {{"coarseness", 0.3}, {"refine", true}, {"change_rate", 0.0}}},
      {"fine", "Fine", "Twice as fine", {{"coarseness", 0.5}}},
      {"default", "Balanced", "Errors that hardly show", {}},
      {"small", "Small", "Coarse, for slow lines", {{"coarseness", 2.5}}},
      {"paper",
       "As in the paper",
       "11 bits over the range of joint motion, nothing but joints",
       {{"motion", std::string("paper")}, {"residual_step", 0.0}}},
  };
  info.qualityKnob = "coarseness";
  return info;
}

class DualEncoder final : public ClipEncoder {
public:
  DualEncoder(GaussianSequence& sequence, const ClipPlan& plan, const ParamSet& params)
      : m_sequence(sequence), m_plan(plan) {
    m_settings.paperMotion = paramChoice(params, "motion") == "paper";
    m_settings.coarseness = paramReal(params, "coarseness");
    m_settings.motionStep = m_settings.coarseness * paramReal(params, "motion_step");
    m_settings.residualStep = m_settings.coarseness * paramReal(params, "residual_step");
    m_settings.book.entries = static_cast<std::size_t>(paramInt(params, "codebook"));
    m_settings.book.changeRate = paramReal(params, "change_rate");
    m_settings.refine = paramBool(params, "refine");
    m_joints = static_cast<std::size_t>(paramInt(params, "joints"));
  }

  Result<void> begin(RunContext& context) {
    m_settings.book.seed = context.seed;
    ByteWriter out;
    out.write(m_settings.refine ? dualgs::kViewVersion : dualgs::kVersion);
    out.write(static_cast<std::uint32_t>(m_plan.runs.size()));
    for (const ClipRun& run : m_plan.runs) {
      VOLPRESS_TRY(GaussianCloud cloud,
                   m_sequence.frame(run.firstFrame, context.runner, context.stop));
      m_axes.emplace_back(cloud, context.runner);
      m_axes.back().apply(cloud, context.runner);
      dualgs::ModelOptions options;
      options.coarseness = m_settings.coarseness;
      options.hasResiduals = m_settings.residualStep > 0;
      options.joints = m_joints;
      VOLPRESS_TRY(SkinModel model,
                   dualgs::makeModel(cloud, options, context.runner, context.stop));
      VOLPRESS_TRY(const Bytes bytes, dualgs::writeModel(model, context.runner, context.stop));
      out.write(static_cast<std::uint32_t>(run.firstFrame));
      out.write(static_cast<std::uint64_t>(bytes.size()));
      out.append(bytes);
      m_models.push_back(std::make_unique<SkinModel>(std::move(model)));
      const SkinModel& rest = *m_models.back();
      m_fitters.emplace_back(rest.means, rest.joints, rest.binding);
    }
    m_init = std::move(out).take();
    return {};
  }

  [[nodiscard]] const Bytes& init() const override { return m_init; }
  [[nodiscard]] std::uint32_t layerCount() const override {
    return m_plan.shDegree + (m_settings.refine ? 2 : 1);
  }

  [[nodiscard]] Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                         RunContext& context) override {
    const ClipPlan::Segment& segment = m_plan.segments[index];
    return dualgs::encodeSegment(
        m_sequence, segment, m_plan.shDegree,
        {*m_models[segment.run], m_fitters[segment.run], m_axes[segment.run]}, m_settings, context);
  }

private:
  GaussianSequence& m_sequence;
  const ClipPlan& m_plan;
  dualgs::SegmentSettings m_settings;
  std::size_t m_joints = 0;
  std::vector<std::unique_ptr<SkinModel>> m_models;
  std::vector<dualgs::MotionFitter> m_fitters;
  std::vector<coding::AxisChoice> m_axes;
  Bytes m_init;
};

class DualGsCodec final : public SequenceCodec {
public:
  [[nodiscard]] const SequenceCodecInfo& info() const override { return m_info; }

  [[nodiscard]] Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                           const ClipPlan& plan,
                                                           const ParamSet& params,
                                                           RunContext& context) const override {
    const BeginPart own = [&params](GaussianSequence& part, const ClipPlan& planned,
                                    RunContext& at) -> Result<std::unique_ptr<ClipEncoder>> {
      auto encoder = std::make_unique<DualEncoder>(part, planned, params);
      VOLPRESS_CHECK(encoder->begin(at));
      return encoder;
    };
    return beginSplatLayers(sequence, plan, params, own, context);
  }

  [[nodiscard]] Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                          RunContext& context) const override {
    return openDualgsClip(info, context);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(
      const ClipInfo& info, std::size_t /*frameCount*/,
      std::span<const ByteView> layers) const override {
    const auto own = [](const ClipInfo& clip, std::span<const ByteView> views) {
      const auto version =
          clip.codecInit.empty() ? dualgs::kVersion : static_cast<std::uint8_t>(clip.codecInit[0]);
      return dualgs::segmentShares(version, clip.shDegree, views);
    };
    return splatLayerShares(info, layers, own);
  }

private:
  SequenceCodecInfo m_info = makeInfo();
};

}  // namespace

const SequenceCodec& dualgsCodec() {
  static const DualGsCodec kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
