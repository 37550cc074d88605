#include <algorithm>
#include <cmath>
#include <utility>

#include "compressors/coding/quantise.hpp"
#include "compressors/coding/scale_unit.hpp"
#include "compressors/coding/temporal_plane.hpp"
#include "compressors/dualgs/segment.hpp"

namespace volpress::compressors::dualgs {
namespace {

constexpr std::size_t kGrain = 2048;
constexpr double kRotationBinStep = 1.0 / 2048;                             // of joint quaternions
constexpr double kSkinRotationStep = 0.017453292519943295;                  // one degree
constexpr std::array<double, kTables> kTableStep{0.006, 0.03, 0.03, 0.03};  // least, of tables
constexpr double kDeadZone = 0.6;                                           // steps
constexpr double kLeastColor = 0.002, kMostColor = 0.04;  // steps of what colours are refined by
constexpr double kViewStep = 0.03;                        // the same of the SH orders above 0
constexpr double kLeastResidual = 0.1;                    // median smallest scales
constexpr double kLeastTurn = 0.25;                       // rotation steps
constexpr double kPaperLevels = 2047;                     // 11 bits
constexpr std::int32_t kMostBins = 1 << 24;

double sigmoid(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

double tableValue(const GaussianCloud& cloud, std::size_t row, std::size_t table) {
  return table == 0 ? sigmoid(cloud.opacityLogits[row])
                    : static_cast<double>(cloud.logScales[3 * row + table - 1]);
}

std::int32_t binOf(double value) {
  return static_cast<std::int32_t>(std::lround(
      std::clamp(value, static_cast<double>(-kMostBins), static_cast<double>(kMostBins))));
}

/// With a dead zone, and staying at the bin before while that is nearly as good.
std::int32_t steadyBin(double value, std::int32_t before, double slack) {
  if (std::abs(value - static_cast<double>(before)) <= 0.5 + slack) {
    return before;
  }
  return std::abs(value) < kDeadZone ? 0 : binOf(value);
}

class Encoder {
public:
  Encoder(GaussianSequence& sequence, const ClipPlan::Segment& segment, unsigned shDegree,
          const RunParts& run, const SegmentSettings& settings, RunContext& context)
      : m_sequence(sequence),
        m_segment(segment),
        m_model(run.model),
        m_fitter(run.fitter),
        m_axes(run.axes),
        m_settings(settings),
        m_context(context),
        m_frames(segment.frameCount) {
    for (unsigned order = 0; order <= shDegree; ++order) {
      m_books.emplace_back(order, m_model.order, m_frames, settings.book);
    }
  }

  Result<std::vector<Bytes>> run() {
    VOLPRESS_CHECK(gather());
    VOLPRESS_CHECK(fitMotion());
    makeTables();
    VOLPRESS_CHECK(makeResiduals());
    for (coding::BookEncoder& book : m_books) {
      VOLPRESS_CHECK(book.train(m_context.runner, m_context.stop));
    }
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      for (coding::BookEncoder& book : m_books) {
        book.label(cloud, m_context.runner);
      }
      if (m_settings.refine) {
        keepColors(cloud, frame);
      }
    }
    return write();
  }

private:
  Result<GaussianCloud> load(std::size_t frame) {
    VOLPRESS_TRY(GaussianCloud cloud,
                 m_sequence.frame(m_segment.firstFrame + frame, m_context.runner, m_context.stop));
    if (m_context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while encoding frame {}",
                  m_segment.firstFrame + frame);
    }
    if (cloud.count != m_model.count()) {
      return fail(ErrorCode::CorruptData, "frame {} has changed while it was encoded",
                  m_segment.firstFrame + frame);
    }
    m_axes.apply(cloud, m_context.runner);
    return cloud;
  }

  /// First pass: positions, rotations and table values of all frames, and samples of the colours.
  Result<void> gather() {
    const std::size_t count = m_model.count();
    m_means.resize(m_frames);
    m_rotations.resize(m_frames);
    m_values.resize(m_frames * kTables * count);
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      if (frame == 0) {
        m_unit = static_cast<double>(coding::medianSmallestScale(cloud));
      }
      m_means[frame].resize(3 * count);
      m_rotations[frame].resize(4 * count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = m_model.order[i];
        std::copy_n(&cloud.means[3 * row], 3, &m_means[frame][3 * i]);
        std::copy_n(&cloud.rotations[4 * row], 4, &m_rotations[frame][4 * i]);
        for (std::size_t table = 0; table < kTables; ++table) {
          m_values[(table * m_frames + frame) * count + i] =
              static_cast<float>(tableValue(cloud, row, table));
        }
      }
      for (coding::BookEncoder& book : m_books) {
        book.sample(cloud);
      }
    }
    return {};
  }

  Result<void> fitMotion() {
    const std::size_t joints = m_model.joints.size();
    std::vector<std::vector<JointPose>> poses(m_frames);
    m_context.runner.parallelFor(m_frames, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t frame = begin; frame < end && !m_context.stop.stop_requested(); ++frame) {
        poses[frame] = m_fitter.fit(m_means[frame]);
      }
    });
    if (m_context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while fitting joints");
    }
    // Channels relative to the first frame of the run; quaternions without jumps of sign.
    std::vector<std::vector<double>> channels(kMotionChannels,
                                              std::vector<double>(m_frames * joints));
    for (std::size_t j = 0; j < joints; ++j) {
      const float* rest = &m_model.means[3 * std::size_t{m_model.joints[j]}];
      Quaternion before{1, 0, 0, 0};
      for (std::size_t frame = 0; frame < m_frames; ++frame) {
        Quaternion turn = poses[frame][j].rotation;
        const double dot =
            turn[0] * before[0] + turn[1] * before[1] + turn[2] * before[2] + turn[3] * before[3];
        for (double& part : turn) {
          part = dot < 0 ? -part : part;
        }
        before = turn;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          channels[axis][frame * joints + j] =
              poses[frame][j].centre[axis] - static_cast<double>(rest[axis]);
        }
        for (std::size_t part = 0; part < 4; ++part) {
          channels[3 + part][frame * joints + j] = turn[part];
        }
      }
    }
    m_motion.resize(kMotionChannels);
    m_context.runner.parallelFor(kMotionChannels, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        quantiseMotion(c, channels[c]);
      }
    });
    return {};
  }

  void quantiseMotion(std::size_t channel, const std::vector<double>& values) {
    const std::size_t joints = m_model.joints.size();
    double step = channel < 3 ? m_settings.motionStep * m_unit
                              : std::max(1.0, m_settings.coarseness) * kRotationBinStep;
    if (m_settings.paperMotion) {
      double most = 0;
      for (std::size_t k = joints; k < values.size(); ++k) {
        most = std::max(most, std::abs(values[k] - values[k - joints]));
      }
      step = most > 0 ? 2 * most / kPaperLevels : step;
    }
    const auto stored = static_cast<float>(step);
    m_header.motionStep[channel] = stored;
    std::vector<std::int32_t>& bins = m_motion[channel];
    bins.resize(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      bins[k] = binOf(values[k] / static_cast<double>(stored));
    }
  }

  [[nodiscard]] JointMatrices decodedMatrices(std::size_t frame) const {
    const std::size_t joints = m_model.joints.size();
    std::vector<JointPose> poses(joints);
    for (std::size_t j = 0; j < joints; ++j) {
      const float* rest = &m_model.means[3 * std::size_t{m_model.joints[j]}];
      for (std::size_t c = 0; c < kMotionChannels; ++c) {
        const double value = static_cast<double>(m_header.motionStep[c]) *
                             static_cast<double>(m_motion[c][frame * joints + j]);
        if (c < 3) {
          poses[j].centre[c] = value + static_cast<double>(rest[c]);
        } else {
          poses[j].rotation[c - 3] = value;
        }
      }
    }
    return matricesOf(m_model, poses);
  }

  /// Table values as bins that change only when they must.
  void makeTables() {
    const std::size_t count = m_model.count();
    m_tables.resize(kTables);
    m_refined.resize(m_settings.refine ? kRefined : 0);
    m_context.runner.parallelFor(kTables, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t table = begin; table < end; ++table) {
        const float* values = &m_values[table * m_frames * count];
        std::vector<float> sorted(values, values + m_frames * count);
        const auto at = [&sorted](double share) {
          const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(
                                                  share * static_cast<double>(sorted.size() - 1));
          std::nth_element(sorted.begin(), place, sorted.end());
          return *place;
        };
        const float low = at(0.0005);
        auto quantiser = coding::UniformQuantiser::fromRange(low, at(0.9995), 256);
        quantiser.step =
            std::max(quantiser.step, static_cast<float>(m_settings.coarseness * kTableStep[table]));
        m_header.tableLow[table] = low;
        m_header.tableStep[table] = quantiser.step;
        std::vector<std::int32_t>& bins = m_tables[table];
        bins.resize(m_frames * count);
        for (std::size_t k = 0; k < bins.size(); ++k) {
          const double place =
              std::clamp((static_cast<double>(values[k]) - static_cast<double>(low)) /
                             static_cast<double>(quantiser.step),
                         0.0, 255.0);
          const bool first = k < count;
          const std::int32_t before = first ? 0 : bins[k - count];
          const bool stays = !first && std::abs(place - static_cast<double>(before)) <=
                                           0.5 + m_settings.tableSlack;
          bins[k] = stays ? before : binOf(place);
        }
        if (m_settings.refine) {
          refineTable(table, values);
        }
      }
    });
    m_values = {};
  }

  /// What the bins of a table leave of its values, in parts of their step.
  void refineTable(std::size_t table, const float* values) {
    const double step = static_cast<double>(m_header.tableStep[table]);
    std::vector<float> left(m_frames * m_model.count());
    for (std::size_t k = 0; k < left.size(); ++k) {
      const double coded = static_cast<double>(m_header.tableLow[table]) +
                           step * static_cast<double>(m_tables[table][k]);
      left[k] = static_cast<float>(static_cast<double>(values[k]) - coded);
    }
    m_refined[table] = refined(left, step / static_cast<double>(kRefinedParts));
  }

  [[nodiscard]] std::vector<std::int32_t> refined(const std::vector<float>& left,
                                                  double step) const {
    const std::size_t count = m_model.count();
    std::vector<std::int32_t> parts(left.size());
    for (std::size_t k = 0; k < left.size(); ++k) {
      const double value = static_cast<double>(left[k]) / step;
      parts[k] = std::clamp(steadyBin(value, k < count ? 0 : parts[k - count], kDeadZone - 0.5),
                            -kMostRefined, kMostRefined);
    }
    return parts;
  }

  /// What the books leave of a frame's colours.
  void keepColors(const GaussianCloud& cloud, std::size_t frame) {
    const std::size_t count = m_model.count();
    m_colorsLeft.resize(3 * m_frames * count);
    std::size_t plane = 0;
    for (unsigned order = 1; order < m_books.size(); ++order) {
      const std::size_t numbers = coding::orderDimension(order);
      m_viewBins.resize(plane + numbers, std::vector<std::int8_t>(m_frames * count));
      m_context.runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const float* own = coding::orderNumbers(cloud, order, m_model.order[i]);
          const float* coded = m_books[order].labelled(i);
          for (std::size_t k = 0; k < numbers; ++k) {
            std::int8_t* bin = &m_viewBins[plane + k][frame * count + i];
            const std::int32_t before = frame == 0 ? 0 : *(bin - count);
            const double left = static_cast<double>(own[k]) - static_cast<double>(coded[k]);
            *bin = static_cast<std::int8_t>(
                std::clamp(steadyBin(left / viewStep(), before, kDeadZone - 0.5), -kMostRefined,
                           kMostRefined));
          }
        }
      });
      plane += numbers;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const float* coded = m_books[0].labelled(i);
      const float* own = &cloud.shDc[3 * std::size_t{m_model.order[i]}];
      for (std::size_t c = 0; c < 3; ++c) {
        m_colorsLeft[(c * m_frames + frame) * count + i] = own[c] - coded[c];
      }
    }
  }

  [[nodiscard]] double viewStep() const {
    return static_cast<double>(static_cast<float>(m_settings.coarseness * kViewStep));
  }

  /// The last layer: steps of the colours, then a plane for each of what is refined.
  [[nodiscard]] Bytes writeRefinement() {
    ByteWriter out;
    const std::size_t each = m_frames * m_model.count();
    for (std::size_t c = 0; c < 3; ++c) {
      const auto from = m_colorsLeft.begin() + static_cast<std::ptrdiff_t>(c * each);
      const std::vector<float> left(from, from + static_cast<std::ptrdiff_t>(each));
      double square = 0;
      for (const float value : left) {
        square += static_cast<double>(value) * static_cast<double>(value);
      }
      const double finest = std::min(std::sqrt(square / static_cast<double>(each)),
                                     m_settings.coarseness * kMostColor);
      const auto step = static_cast<float>(std::max(finest, kLeastColor));
      m_refined[kTables + c] = refined(left, static_cast<double>(step));
      out.write(step);
    }
    for (std::size_t order = 1; order < m_books.size(); ++order) {
      out.write(static_cast<float>(viewStep()));
    }
    std::vector<Bytes> planes(kRefined + m_viewBins.size());
    m_context.runner.parallelFor(planes.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        if (p < kRefined) {
          planes[p] = coding::encodePlane(m_refined[p], m_model.count(), m_frames);
        } else {
          const std::vector<std::int8_t>& bins = m_viewBins[p - kRefined];
          const std::vector<std::int32_t> wide(bins.begin(), bins.end());
          planes[p] = coding::encodePlane(wide, m_model.count(), m_frames);
        }
      }
    });
    for (const Bytes& plane : planes) {
      out.write(static_cast<std::uint32_t>(plane.size()));
      out.append(plane);
    }
    return std::move(out).take();
  }

  /// What joints do not explain of positions and rotations.
  Result<void> makeResiduals() {
    const std::size_t count = m_model.count();
    std::vector<float> offsets(m_frames * 3 * count), turns(m_frames * 3 * count);
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      const JointMatrices matrices = decodedMatrices(frame);
      m_context.runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const SkinPose pose = skinPose(m_model, matrices, i);
          const float* own = &m_rotations[frame][4 * i];
          Quaternion off =
              multiply(normalised({static_cast<double>(own[0]), static_cast<double>(own[1]),
                                   static_cast<double>(own[2]), static_cast<double>(own[3])}),
                       conjugate(pose.rotation));
          const double sine = std::sqrt(off[1] * off[1] + off[2] * off[2] + off[3] * off[3]);
          const double angle = 2 * std::atan2(sine, std::abs(off[0]));
          const double scale = sine > 1e-12 ? (off[0] < 0 ? -angle : angle) / sine : 0;
          for (std::size_t axis = 0; axis < 3; ++axis) {
            const std::size_t k = (axis * m_frames + frame) * count + i;
            offsets[k] = m_means[frame][3 * i + axis] - pose.mean[axis];
            turns[k] = static_cast<float>(scale * off[axis + 1]);
          }
        }
      });
      if (m_context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled while measuring what joints explain");
      }
    }
    const auto rms = [](const std::vector<float>& values) {
      double sum = 0;
      for (const float value : values) {
        sum += static_cast<double>(value) * static_cast<double>(value);
      }
      return std::sqrt(sum / static_cast<double>(values.size()));
    };
    const double left = rms(offsets);
    reportExplained(left);
    if (m_settings.residualStep > 0) {
      if (left > kLeastResidual * m_unit) {
        m_header.residualStep = static_cast<float>(m_settings.residualStep * m_unit);
        quantiseResidual(offsets, m_header.residualStep, m_offsets);
      }
      if (rms(turns) > kLeastTurn * turnStep()) {
        m_header.rotationStep = static_cast<float>(turnStep());
        quantiseResidual(turns, m_header.rotationStep, m_turns);
      }
    }
    m_rotations.clear();
    m_means.clear();
    return {};
  }

  [[nodiscard]] double turnStep() const { return m_settings.coarseness * kSkinRotationStep; }

  void reportExplained(double left) {
    double moved = 0;
    const std::size_t count = m_model.count();
    for (const FloatArray& means : m_means) {
      for (std::size_t k = 0; k < means.size(); ++k) {
        const double d = static_cast<double>(means[k]) - static_cast<double>(m_model.means[k]);
        moved += d * d;
      }
    }
    moved = std::sqrt(moved / static_cast<double>(3 * count * m_frames));
    if (moved > 0) {
      m_context.log.push_back(fmt::format(
          "frames {} to {}: {} joints explain {:.2f} % of the motion, {:.3f} smallest scales are "
          "left",
          m_segment.firstFrame, m_segment.firstFrame + m_frames - 1, m_model.joints.size(),
          100 * (1 - std::min(1.0, left / moved)), left / m_unit));
    }
  }

  void quantiseResidual(const std::vector<float>& values, float step,
                        std::vector<std::vector<std::int32_t>>& planes) {
    const std::size_t count = m_model.count();
    planes.resize(3);
    m_context.runner.parallelFor(3, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t axis = begin; axis < end; ++axis) {
        planes[axis].resize(m_frames * count);
        for (std::size_t k = 0; k < m_frames * count; ++k) {
          const double value =
              static_cast<double>(values[axis * m_frames * count + k]) / static_cast<double>(step);
          planes[axis][k] =
              steadyBin(value, k < count ? 0 : planes[axis][k - count], kDeadZone - 0.5);
        }
      }
    });
  }

  Result<std::vector<Bytes>> write() {
    struct Plane {
      const std::vector<std::int32_t>* values;
      std::size_t rows;
      Bytes bytes;
    };
    std::vector<Plane> planes;
    for (const auto& channel : m_motion) {
      planes.push_back({&channel, m_model.joints.size(), {}});
    }
    for (const auto* group : {&m_tables, &m_offsets, &m_turns}) {
      for (const auto& plane : *group) {
        planes.push_back({&plane, m_model.count(), {}});
      }
    }
    // Tables and what follows begin with neighbours as context.
    m_context.runner.parallelFor(planes.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        planes[p].bytes =
            p < kMotionChannels
                ? coding::encodePlane(*planes[p].values, planes[p].rows, m_frames)
                : coding::encodeLaterFrames(*planes[p].values, planes[p].rows, m_frames);
      }
    });
    VOLPRESS_TRY(const Bytes first, encodeFirst());
    if (m_context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while coding a segment");
    }
    ByteWriter base;
    base.write(m_header);
    base.write(static_cast<std::uint32_t>(first.size()));
    base.append(first);
    for (const Plane& plane : planes) {
      base.write(static_cast<std::uint32_t>(plane.bytes.size()));
      base.append(plane.bytes);
    }
    base.append(m_books[0].finish());
    std::vector<Bytes> layers{std::move(base).take()};
    for (std::size_t order = 1; order < m_books.size(); ++order) {
      layers.push_back(m_books[order].finish());
    }
    if (m_settings.refine) {
      layers.push_back(writeRefinement());
    }
    return layers;
  }

  /// The first frame of every plane of splats.
  Result<Bytes> encodeFirst() {
    std::vector<const std::vector<std::int32_t>*> planes;
    for (const auto* group : {&m_tables, &m_offsets, &m_turns}) {
      for (const auto& plane : *group) {
        planes.push_back(&plane);
      }
    }
    coding::SymbolArray symbols(planes.size() * m_model.count());
    for (std::size_t i = 0; i < m_model.count(); ++i) {
      for (std::size_t p = 0; p < planes.size(); ++p) {
        symbols[i * planes.size() + p] = (*planes[p])[i];
      }
    }
    return coding::encodeSymbols(symbols, firstLayout(m_model.count(), planes.size(), m_model.near),
                                 m_context.runner, m_context.stop);
  }

  GaussianSequence& m_sequence;
  const ClipPlan::Segment& m_segment;
  const SkinModel& m_model;
  const MotionFitter& m_fitter;
  const coding::AxisChoice& m_axes;
  const SegmentSettings& m_settings;
  RunContext& m_context;
  std::size_t m_frames;
  double m_unit = 1;  ///< the median smallest scale of the segment's first frame
  SegmentHeader m_header;
  std::vector<FloatArray> m_means, m_rotations;  ///< by frame, in the model's order
  std::vector<float> m_values;                   ///< [table][frame][splat]
  std::vector<std::vector<std::int32_t>> m_motion, m_tables, m_offsets, m_turns;
  std::vector<std::vector<std::int32_t>> m_refined;  ///< of tables, then of colours
  std::vector<float> m_colorsLeft;                   ///< [channel][frame][splat]
  std::vector<std::vector<std::int8_t>> m_viewBins;  ///< [SH number][frame * splats + splat]
  std::vector<coding::BookEncoder> m_books;
};

}  // namespace

Result<std::vector<Bytes>> encodeSegment(GaussianSequence& sequence,
                                         const ClipPlan::Segment& segment, unsigned shDegree,
                                         const RunParts& run, const SegmentSettings& settings,
                                         RunContext& context) {
  return Encoder(sequence, segment, shDegree, run, settings, context).run();
}

}  // namespace volpress::compressors::dualgs
