#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "compressors/coding/axis_choice.hpp"
#include "compressors/coding/scale_unit.hpp"
#include "compressors/coding/temporal_plane.hpp"
#include "compressors/hifi4g/segment.hpp"

namespace volpress::compressors::hifi4g {
namespace {

constexpr std::size_t kGrain = 2048;
constexpr double kNodeStep = 0.25;            // of node centres, in median smallest scales
constexpr double kNodeTurnStep = 1.0 / 2048;  // of node quaternions
constexpr double kOffsetStep = 0.5;           // least step of positions, in the same unit
constexpr double kTurnStep = 0.0087;          // of half-angle sines: about one degree
constexpr double kDeadZone = 0.6;             // steps; 0.5 in the paper's profile
constexpr double kKept = 0.999;               // share of residuals that the bits cover
constexpr std::size_t kSamples = 100'000;     // of a channel in a segment
constexpr double kMostLeft = 4;               // median smallest scales
constexpr double kMostBins = 1 << 24;

/// Least steps of residuals, which coarseness multiplies: opacity logit, log scales, colours.
std::vector<double> leastSteps(unsigned order, double coarseness) {
  constexpr double kLogit = 0.12, kLogScale = 0.06, kColor = 0.04, kView = 0.05;
  std::vector<double> steps =
      order == 0
          ? std::vector<double>{kLogit, kLogScale, kLogScale, kLogScale, kColor, kColor, kColor}
          : std::vector<double>(blockChannels(order), kView);
  for (double& step : steps) {
    step *= coarseness;
  }
  return steps;
}

std::int32_t binOf(double value, double deadZone) {
  return std::abs(value) < deadZone
             ? 0
             : static_cast<std::int32_t>(std::lround(std::clamp(value, -kMostBins, kMostBins)));
}

/// The value below which all but the largest thousandth of magnitudes lie.
double keptMagnitude(std::vector<float>& magnitudes) {
  if (magnitudes.empty()) {
    return 0;
  }
  const auto place =
      magnitudes.begin() +
      static_cast<std::ptrdiff_t>(std::ceil(kKept * static_cast<double>(magnitudes.size() - 1)));
  std::nth_element(magnitudes.begin(), place, magnitudes.end());
  return static_cast<double>(*place);
}

Quaternion quaternionAt(const FloatArray& rotations, std::size_t i) {
  return normalised(
      {static_cast<double>(rotations[4 * i]), static_cast<double>(rotations[4 * i + 1]),
       static_cast<double>(rotations[4 * i + 2]), static_cast<double>(rotations[4 * i + 3])});
}

class Encoder {
public:
  Encoder(GaussianSequence& sequence, const ClipPlan::Segment& segment, unsigned shDegree,
          const SegmentSettings& settings, RunContext& context)
      : m_sequence(sequence),
        m_segment(segment),
        m_degree(shDegree),
        m_settings(settings),
        m_context(context),
        m_frames(segment.frameCount),
        m_deadZone(settings.key.paper ? 0.5 : kDeadZone) {}

  Result<std::vector<Bytes>> run() {
    VOLPRESS_CHECK(codeKey());
    VOLPRESS_CHECK(gather());
    VOLPRESS_CHECK(fitNodes());
    VOLPRESS_CHECK(codeMotion());
    VOLPRESS_CHECK(codeAppearance());
    std::vector<Bytes> layers;
    layers.reserve(m_out.size());
    for (ByteWriter& layer : m_out) {
      layers.push_back(std::move(layer).take());
    }
    return layers;
  }

private:
  Result<GaussianCloud> load(std::size_t frame) {
    VOLPRESS_TRY(GaussianCloud cloud,
                 m_sequence.frame(m_segment.firstFrame + frame, m_context.runner, m_context.stop));
    if (m_context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while encoding frame {}",
                  m_segment.firstFrame + frame);
    }
    if (frame > 0 && cloud.count != m_key.count()) {
      return fail(ErrorCode::CorruptData, "frame {} has changed while it was encoded",
                  m_segment.firstFrame + frame);
    }
    if (frame == 0 && !paper()) {
      m_axes = coding::AxisChoice(cloud, m_context.runner);
    }
    m_axes.apply(cloud, m_context.runner);
    return cloud;
  }

  /// The first frame, as the decoder will have it.
  Result<void> codeKey() {
    VOLPRESS_TRY(const GaussianCloud cloud, load(0));
    m_unit = static_cast<double>(coding::medianSmallestScale(cloud));
    KeySettings settings = m_settings.key;
    const std::size_t most = kMostNodeFrames / m_frames;
    settings.nodes = std::min(settings.nodes, most);
    VOLPRESS_TRY(m_key, makeKey(cloud, m_unit, settings, m_context.runner, m_context.stop));
    m_out.resize(m_degree + 1);
    VOLPRESS_CHECK(writeKey(m_out[0], m_key, m_context.runner, m_context.stop));
    for (unsigned order = 0; order <= m_degree; ++order) {
      std::vector<double> least = leastSteps(order, paper() ? 0 : m_settings.key.coarseness);
      for (double& step : least) {
        step /= 2;
      }
      VOLPRESS_TRY(KeyBlock block,
                   writeKeyBlock(m_out[order], gatherBlock(cloud, m_key.order, order), m_key, order,
                                 least, m_context.runner, m_context.stop));
      m_blocks.push_back(std::move(block));
      m_magnitudes.emplace_back(blockChannels(order));
    }
    return {};
  }

  /// First pass: positions and rotations of all frames, and how far appearance goes from the key.
  Result<void> gather() {
    const std::size_t count = m_key.count();
    m_means.resize(m_frames);
    m_rotations.resize(m_frames);
    const std::size_t step = std::max<std::size_t>(1, count * m_frames / kSamples);
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      m_means[frame].resize(3 * count);
      m_rotations[frame].resize(4 * count);
      for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(&cloud.means[3 * std::size_t{m_key.order[i]}], 3, &m_means[frame][3 * i]);
        std::copy_n(&cloud.rotations[4 * std::size_t{m_key.order[i]}], 4,
                    &m_rotations[frame][4 * i]);
      }
      for (unsigned order = 0; frame > 0 && order <= m_degree; ++order) {
        const FloatArray values = gatherBlock(cloud, m_key.order, order);
        for (std::size_t c = 0; c < blockChannels(order); ++c) {
          for (std::size_t i = frame % step; i < count; i += step) {
            m_magnitudes[order][c].push_back(
                std::abs(values[c * count + i] - m_blocks[order].values[c * count + i]));
          }
        }
      }
    }
    return {};
  }

  Result<void> fitNodes() {
    const std::size_t nodes = m_key.nodes.size();
    const coding::MotionFitter fitter(m_key.means, m_key.nodes, m_key.binding);
    std::vector<std::vector<coding::JointPose>> poses(m_frames);
    m_context.runner.parallelFor(m_frames, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t frame = begin; frame < end && !m_context.stop.stop_requested(); ++frame) {
        if (frame > 0 && m_settings.compensate) {
          poses[frame] = fitter.fit(m_means[frame]);
        }
      }
    });
    if (m_context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while fitting the deformation graph");
    }
    m_nodeBins.assign(kNodeChannels, std::vector<std::int32_t>(m_frames * nodes));
    for (std::size_t c = 0; c < kNodeChannels; ++c) {
      m_nodeStep[c] = static_cast<float>(c < 3 ? kNodeStep * m_unit : kNodeTurnStep);
    }
    for (std::size_t j = 0; j < nodes; ++j) {
      const float* rest = &m_key.means[3 * std::size_t{m_key.nodes[j]}];
      Quaternion before{1, 0, 0, 0};
      for (std::size_t frame = 0; frame < m_frames; ++frame) {
        coding::JointPose still;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          still.centre[axis] = static_cast<double>(rest[axis]);
        }
        const coding::JointPose& pose = poses[frame].empty() ? still : poses[frame][j];
        const double dot = pose.rotation[0] * before[0] + pose.rotation[1] * before[1] +
                           pose.rotation[2] * before[2] + pose.rotation[3] * before[3];
        for (std::size_t c = 0; c < kNodeChannels; ++c) {
          double value = 0;
          if (c < 3) {
            value = pose.centre[c] - static_cast<double>(rest[c]);
          } else {
            before[c - 3] = dot < 0 ? -pose.rotation[c - 3] : pose.rotation[c - 3];
            value = before[c - 3];
          }
          m_nodeBins[c][frame * nodes + j] = binOf(value / static_cast<double>(m_nodeStep[c]), 0.5);
        }
      }
    }
    for (std::size_t c = 0; c < kNodeChannels; ++c) {
      m_out[0].write(m_nodeStep[c]);
    }
    std::array<Bytes, kNodeChannels> planes;
    m_context.runner.parallelFor(kNodeChannels, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        planes[c] = coding::encodePlane(m_nodeBins[c], nodes, m_frames);
      }
    });
    for (const Bytes& plane : planes) {
      writeChecked(m_out[0], plane);
    }
    return {};
  }

  /// What the graph does not explain of a frame: [channel][row].
  std::vector<float> motionResidual(std::size_t frame) const {
    const std::size_t count = m_key.count();
    std::vector<float> left(motionChannels(m_key) * count);
    const auto motions = decodedMotions(m_key, m_nodeStep, m_nodeBins, frame);
    m_context.runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const Warp warp = warpPoint(m_key.binding, motions, m_key.means, i);
        for (std::size_t axis = 0; axis < 3; ++axis) {
          left[axis * count + i] = static_cast<float>(
              static_cast<double>(m_means[frame][3 * i + axis]) - warp.mean[axis]);
        }
        const Quaternion expected = multiply(warp.turn, quaternionAt(m_key.rotations, i));
        const Quaternion own = quaternionAt(m_rotations[frame], i);
        Quaternion off = multiply(conjugate(expected), own);
        const double sign = off[0] < 0 ? -1 : 1;
        for (std::size_t k = 0; k < (paper() ? 4U : 3U); ++k) {
          const double value = paper() ? sign * own[k] - expected[k] : sign * off[k + 1];
          left[(3 + k) * count + i] = static_cast<float>(value);
        }
      }
    });
    return left;
  }

  Result<void> codeMotion() {
    const std::size_t count = m_key.count(), channels = motionChannels(m_key);
    std::vector<std::vector<float>> left(m_frames), magnitudes(channels);
    const std::size_t stride = std::max<std::size_t>(1, count * m_frames / kSamples);
    double square = 0;
    for (std::size_t frame = 1; frame < m_frames; ++frame) {
      left[frame] = motionResidual(frame);
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t i = frame % stride; i < count; i += stride) {
          magnitudes[c].push_back(std::abs(left[frame][c * count + i]));
        }
      }
      for (std::size_t k = 0; k < 3 * count; ++k) {
        square += static_cast<double>(left[frame][k]) * static_cast<double>(left[frame][k]);
      }
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while measuring what the graph explains");
      }
    }
    m_means.clear();
    m_rotations.clear();
    const double most = static_cast<double>((std::uint32_t{1} << m_settings.motionBits) - 1);
    std::vector<double> steps;
    for (std::size_t c = 0; c < channels; ++c) {
      const double least =
          paper() ? 1e-9 : m_settings.key.coarseness * (c < 3 ? kOffsetStep * m_unit : kTurnStep);
      const auto step =
          static_cast<float>(std::max(2 * keptMagnitude(magnitudes[c]) / most, least));
      m_out[0].write(step);
      steps.push_back(static_cast<double>(step));
    }
    std::vector<Bytes> blocks(m_frames);
    m_context.runner.parallelFor(m_frames, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t frame = std::max<std::size_t>(1, begin); frame < end; ++frame) {
        blocks[frame] = codeBlock(left[frame], steps, BlockKind::Motion);
      }
    });
    for (std::size_t frame = 1; frame < m_frames; ++frame) {
      writeChecked(m_out[0], blocks[frame]);
    }
    report(std::sqrt(square /
                     static_cast<double>(3 * count * std::max<std::size_t>(1, m_frames - 1))));
    return {};
  }

  void report(double left) {
    m_context.log.push_back(
        fmt::format("frames {} to {}: {} nodes, {:.3f} smallest scales are left of the motion{}",
                    m_segment.firstFrame, m_segment.firstFrame + m_frames - 1, m_key.nodes.size(),
                    left / m_unit,
                    left > kMostLeft * m_unit ? "; shorter segments would follow it better" : ""));
  }

  [[nodiscard]] Bytes codeBlock(std::span<const float> values, std::span<const double> steps,
                                BlockKind kind) const {
    const std::size_t count = m_key.count();
    std::vector<std::int32_t> bins(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      bins[k] = binOf(static_cast<double>(values[k]) / steps[k / count], m_deadZone);
    }
    return encodeBlock(bins, count, kind);
  }

  Result<void> codeAppearance() {
    const std::size_t count = m_key.count();
    const double most = static_cast<double>((std::uint32_t{1} << m_settings.appearanceBits) - 1);
    std::vector<std::vector<double>> steps(m_degree + 1);
    for (unsigned order = 0; order <= m_degree; ++order) {
      const std::vector<double> least = leastSteps(order, paper() ? 0 : m_settings.key.coarseness);
      for (std::size_t c = 0; c < blockChannels(order); ++c) {
        const auto step = static_cast<float>(
            std::max({2 * keptMagnitude(m_magnitudes[order][c]) / most, least[c], 1e-9}));
        m_out[order].write(step);
        steps[order].push_back(static_cast<double>(step));
      }
    }
    m_magnitudes.clear();
    for (std::size_t frame = 1; frame < m_frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      std::vector<Bytes> coded(m_degree + 1);
      m_context.runner.parallelFor(coded.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
          const auto order = static_cast<unsigned>(k);
          FloatArray values = gatherBlock(cloud, m_key.order, order);
          for (std::size_t v = 0; v < blockChannels(order) * count; ++v) {
            values[v] -= m_blocks[k].values[v];
          }
          coded[k] = codeBlock(values, steps[k], order == 0 ? BlockKind::Base : BlockKind::Order);
        }
      });
      for (std::size_t k = 0; k < coded.size(); ++k) {
        writeChecked(m_out[k], coded[k]);
      }
    }
    return {};
  }

  [[nodiscard]] bool paper() const { return m_settings.key.paper; }

  GaussianSequence& m_sequence;
  const ClipPlan::Segment& m_segment;
  unsigned m_degree;
  const SegmentSettings& m_settings;
  RunContext& m_context;
  std::size_t m_frames;
  double m_deadZone;
  double m_unit = 1;  ///< the median smallest scale of the key frame
  coding::AxisChoice m_axes;
  KeyFrame m_key;
  std::vector<KeyBlock> m_blocks;                             ///< by SH order
  std::vector<std::vector<std::vector<float>>> m_magnitudes;  ///< sampled: [order][channel]
  std::vector<FloatArray> m_means, m_rotations;               ///< by frame, in the key's order
  std::array<float, kNodeChannels> m_nodeStep{};
  std::vector<std::vector<std::int32_t>> m_nodeBins;
  std::vector<ByteWriter> m_out;  ///< by layer
};

}  // namespace

Result<std::vector<Bytes>> encodeSegment(GaussianSequence& sequence,
                                         const ClipPlan::Segment& segment, unsigned shDegree,
                                         const SegmentSettings& settings, RunContext& context) {
  return Encoder(sequence, segment, shDegree, settings, context).run();
}

}  // namespace volpress::compressors::hifi4g
