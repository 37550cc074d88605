#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <libdeflate.h>

#include "scene/base/files.hpp"
#include "scene/base/morton.hpp"
#include "scene/formats/activations.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/fourdgs_layout.hpp"
#include "scene/sequence/fourdgs_stream.hpp"
#include "scene/sequence/point_distances.hpp"

namespace volpress::fourdgs {
namespace {

constexpr double kPositionStep = 0.04;  // median distances of neighbours
constexpr double kScaleStep = 0.06;     // of log scales
constexpr double kRotationStep = 0.01;
constexpr double kColorStep = 1.0 / 255;
constexpr double kOpacityStep = 1.0 / 255;
constexpr double kTimeStep = 0.001;
constexpr double kCutoff = 0.05;
constexpr std::size_t kUsualBytes = 512;  // of a record
constexpr double kMostBins = 1 << 30;
constexpr double kShLow = -4, kShStep = 8.0 / 255;

std::int32_t binOf(double value, double step) {
  return static_cast<std::int32_t>(std::lround(std::clamp(value / step, -kMostBins, kMostBins)));
}

/// The bins that change from state to state, [Gaussian][channel].
struct State {
  std::vector<std::int32_t> position, scale, rotationIndex, rotation, color, opacity;
};

struct IndexEntry {
  double from = 0, to = 0;
  std::uint64_t offset = 0, length = 0;
  std::uint32_t changes = 0;
  std::vector<std::array<std::uint64_t, 3>> bands;  ///< band, offset, length
  bool delta = false;
  std::uint64_t reference = 0, keyframe = 0;
  std::uint16_t depth = 0;
  std::uint64_t live = 0;
};

/// An optional text map without entries.
void writeNoMap(ByteWriter& out) { out.write(std::uint32_t{0}); }

class Writer {
public:
  Writer(GaussianSequence& sequence, const WriteOptions& options, TaskRunner& runner,
         Progress& progress, const std::stop_token& stop)
      : m_sequence(sequence),
        m_options(options),
        m_runner(runner),
        m_progress(progress),
        m_stop(stop) {}

  Result<std::uint64_t> run(const std::filesystem::path& path) {
    VOLPRESS_CHECK(survey());
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(path));
    ByteWriter front;
    front.reserve(kUsualBytes);
    front.append(viewBytes(std::span<const std::uint8_t>(kMagic)));
    writeRecord(front, kHeader, header());
    writeRecord(front, kQuantization, quantization());
    ByteWriter windows;
    windows.reserve(kUsualBytes);
    windows.write(std::uint32_t{1});
    windows.write(0.0);
    windows.write(timeOf(m_sequence.frameCount()));
    writeRecord(front, kWindows, windows.bytes());
    VOLPRESS_CHECK(put(file, front.bytes()));
    for (std::size_t frame = 0; frame < m_sequence.frameCount(); ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      VOLPRESS_CHECK(writeFrame(file, frame, cloud));
      m_progress.report(0.5 + 0.5 * share(frame));
    }
    VOLPRESS_CHECK(writeSummary(file));
    VOLPRESS_CHECK(file.commit());
    return m_offset;
  }

private:
  [[nodiscard]] double timeOf(std::size_t frame) const {
    return static_cast<double>(frame) / m_options.framesPerSecond;
  }
  [[nodiscard]] double share(std::size_t frame) const {
    return static_cast<double>(frame + 1) / static_cast<double>(m_sequence.frameCount());
  }
  Result<GaussianCloud> load(std::size_t frame) {
    VOLPRESS_TRY(GaussianCloud cloud, m_sequence.frame(frame, m_runner, m_stop));
    if (m_stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while writing frame {}", frame);
    }
    return cloud;
  }
  Result<void> put(AtomicFile& file, ByteView bytes) {
    m_offset += bytes.size();
    return file.write(bytes);
  }

  /// Bounds and counts, which stand before the frames.
  Result<void> survey() {
    std::size_t before = 0;
    for (std::size_t frame = 0; frame < m_sequence.frameCount(); ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, load(frame));
      if (cloud.shDegree > kMostDegree || cloud.count == 0 ||
          (frame > 0 && cloud.shDegree != m_degree)) {
        return fail(ErrorCode::InvalidParameter,
                    "frame {} has {} splats and SH degree {}; .4dgs holds one degree of at most {}",
                    frame, cloud.count, cloud.shDegree, kMostDegree);
      }
      const Bounds bounds = meanBounds(cloud);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        m_low[axis] = std::min(m_low[axis], static_cast<double>(bounds.min[axis]));
        m_high[axis] = std::max(m_high[axis], static_cast<double>(bounds.max[axis]));
      }
      if (frame == 0) {
        m_degree = cloud.shDegree;
        const double near = medianNeighbourDistance(cloud.means);
        m_positionStep = m_options.coarseness * kPositionStep * (near > 0 ? near : 1e-3);
      }
      m_identities += cloud.count != before ? cloud.count : 0;
      before = cloud.count;
      m_progress.report(0.5 * share(frame));
    }
    return {};
  }

  [[nodiscard]] Bytes header() const {
    ByteWriter out;
    out.reserve(kUsualBytes);
    writeText(out, "");
    writeText(out, "volpress");
    out.write(timeOf(m_sequence.frameCount()));
    out.write(static_cast<std::uint64_t>(m_identities));
    out.write(kCutoff);
    writeText(out, "keyframe-delta");
    writeBounds(out);
    out.write(static_cast<std::uint8_t>(m_degree));
    out.write(std::uint8_t{0});
    writeNoMap(out);
    return std::move(out).take();
  }

  void writeBounds(ByteWriter& out) const {
    out.write(m_low);
    out.write(m_high);
  }

  [[nodiscard]] Bytes quantization() const {
    ByteWriter out;
    out.reserve(kUsualBytes);
    writeText(out, "uniform-v1");
    out.write(m_low);
    const double coarse = m_options.coarseness;
    for (const double step : {m_positionStep, coarse * kScaleStep, coarse * kRotationStep,
                              coarse * kColorStep, coarse * kOpacityStep, 1.0, kTimeStep, 1.0}) {
      out.write(step);
    }
    out.write(std::uint8_t{1});
    ByteWriter bounds;
    bounds.reserve(kUsualBytes);
    for (const auto& [name, bound] : {std::pair{"pos", m_positionStep / 2},
                                      {"scale_rel", coarse * kScaleStep / 2},
                                      {"rgb", coarse * kColorStep / 2},
                                      {"alpha", coarse * kOpacityStep / 2}}) {
      writeText(bounds, name);
      writeText(bounds, fmt::format("{:.9g}", bound));
    }
    out.write(static_cast<std::uint32_t>(bounds.size()));
    out.append(bounds.bytes());
    return std::move(out).take();
  }

  [[nodiscard]] State stateOf(const GaussianCloud& cloud) const {
    const double coarse = m_options.coarseness;
    State state;
    for (const std::uint32_t row : m_order) {
      for (std::size_t k = 0; k < 3; ++k) {
        state.position.push_back(binOf(
            static_cast<double>(cloud.means[3 * std::size_t{row} + k]) - m_low[k], m_positionStep));
        state.scale.push_back(binOf(static_cast<double>(cloud.logScales[3 * std::size_t{row} + k]),
                                    coarse * kScaleStep));
      }
      std::array<std::int32_t, 3> rgb{};
      for (std::size_t k = 0; k < 3; ++k) {
        rgb[k] = binOf(static_cast<double>(formats::colourOf(cloud.shDc[3 * std::size_t{row} + k])),
                       coarse * kColorStep);
      }
      state.color.insert(state.color.end(), {rgb[1], rgb[0] - rgb[1], rgb[2] - rgb[1]});
      state.opacity.push_back(
          binOf(static_cast<double>(formats::opacityOf(cloud.opacityLogits[row])),
                coarse * kOpacityStep));
      addRotation(&cloud.rotations[4 * std::size_t{row}], coarse * kRotationStep, state);
    }
    return state;
  }

  static void addRotation(const float* wxyz, double step, State& state) {
    std::array<double, 4> xyzw{static_cast<double>(wxyz[1]), static_cast<double>(wxyz[2]),
                               static_cast<double>(wxyz[3]), static_cast<double>(wxyz[0])};
    double square = 0;
    std::size_t largest = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      square += xyzw[k] * xyzw[k];
      largest = std::abs(xyzw[k]) > std::abs(xyzw[largest]) ? k : largest;
    }
    const double scale = (xyzw[largest] < 0 ? -1 : 1) / std::sqrt(square);
    state.rotationIndex.push_back(static_cast<std::int32_t>(largest));
    for (std::size_t k = 0; k < 4; ++k) {
      if (k != largest) {
        state.rotation.push_back(binOf(xyzw[k] * scale, step));
      }
    }
  }

  Result<void> writeFrame(AtomicFile& file, std::size_t frame, const GaussianCloud& cloud) {
    IndexEntry entry;
    entry.from = timeOf(frame);
    entry.to = timeOf(frame + 1);
    entry.offset = m_offset;
    entry.live = cloud.count;
    const bool renewed = cloud.count != m_order.size();
    if (renewed) {
      m_firstIdentity += static_cast<std::uint32_t>(m_order.size());
    }
    ByteWriter out;
    out.reserve(kUsualBytes);
    if (renewed || m_sinceKeyframe + 1 >= m_options.keyframeEvery) {
      m_order = mortonOrder(cloud.means, m_runner);  // neighbours stand together
      m_before = stateOf(cloud);
      m_sinceKeyframe = 0;
      entry.keyframe = m_offset;
      entry.changes = static_cast<std::uint32_t>(cloud.count);
      writeRecord(out, kChunk, keyframe(entry));
      writeBands(out, cloud, entry);
    } else {
      ++m_sinceKeyframe;
      entry.delta = true;
      entry.reference = m_entries.back().offset;
      entry.keyframe = m_entries.back().keyframe;
      entry.depth = static_cast<std::uint16_t>(m_entries.back().depth + 1);
      State now = stateOf(cloud);
      writeRecord(out, kDeltaChunk, delta(entry, now));
      entry.length = out.size();
      m_before = std::move(now);
    }
    m_entries.push_back(std::move(entry));
    return put(file, out.bytes());
  }

  [[nodiscard]] Bytes keyframe(const IndexEntry& entry) const {
    const std::size_t count = m_order.size();
    ByteWriter streams;
    streams.reserve(kUsualBytes);
    const auto add = [&](Attribute attribute, const std::vector<std::int32_t>& values) {
      writeStream(streams, attribute, kChannels[attribute], values);
    };
    add(kPosition, m_before.position);
    add(kScale, m_before.scale);
    add(kRotationIndex, m_before.rotationIndex);
    add(kRotation, m_before.rotation);
    add(kColor, m_before.color);
    add(kOpacity, m_before.opacity);
    add(kMotion, std::vector<std::int32_t>(3 * count, 0));
    add(kTime, std::vector<std::int32_t>(count, binOf(entry.from, kTimeStep)));
    add(kSigma, std::vector<std::int32_t>(count, 0));
    add(kFlags, std::vector<std::int32_t>(count, kNeverFades));
    add(kWindow, std::vector<std::int32_t>(count, 0));
    writeStream(streams, kIdentity, 1, identities(m_order));
    ByteWriter out;
    out.reserve(kUsualBytes);
    out.write(entry.from);
    out.write(entry.to);
    out.write(std::uint32_t{0});
    out.write(static_cast<std::uint32_t>(count));
    writeText(out, "");
    out.write(static_cast<std::uint64_t>(streams.size()));
    out.write(static_cast<std::uint64_t>(streams.size()));
    out.append(streams.bytes());
    return std::move(out).take();
  }

  [[nodiscard]] std::vector<std::int32_t> identities(std::span<const std::uint32_t> rows) const {
    std::vector<std::int32_t> ids;
    ids.reserve(rows.size());
    for (const std::uint32_t row : rows) {
      ids.push_back(static_cast<std::int32_t>(m_firstIdentity + row));
    }
    return ids;
  }

  void writeBands(ByteWriter& out, const GaussianCloud& cloud, IndexEntry& entry) const {
    entry.length = out.size();
    const std::size_t rest = 3 * shRestCount(cloud.shDegree);
    for (unsigned order = 1; order <= cloud.shDegree; ++order) {
      const std::size_t coefficients = 2 * std::size_t{order} + 1;
      std::vector<std::int32_t> bytes;
      bytes.reserve(3 * coefficients * cloud.count);
      for (const std::uint32_t row : m_order) {
        const float* from = &cloud.shRest[rest * row + 3 * shRestCount(order - 1)];
        for (std::size_t c = 0; c < 3; ++c) {
          for (std::size_t k = 0; k < coefficients; ++k) {
            bytes.push_back(
                std::clamp(binOf(static_cast<double>(from[3 * k + c]) - kShLow, kShStep), 0, 255));
          }
        }
      }
      const std::size_t begin = out.size();
      ByteWriter band;
      band.reserve(kUsualBytes);
      band.write(static_cast<std::uint8_t>(order));
      writeStream(band, kShBand, static_cast<std::uint8_t>(3 * coefficients), bytes);
      writeRecord(out, kShBand, band.bytes());
      entry.bands.push_back({order, m_offset + begin, out.size() - begin});
    }
  }

  /// What changed since the state before, as differences of bins; rotations as they are.
  [[nodiscard]] Bytes delta(IndexEntry& entry, const State& now) const {
    std::vector<std::uint32_t> rows, changed;
    std::vector<std::int32_t> position, scale, index, rotation, color, opacity;
    bool turned = false;
    for (std::size_t i = 0; i < m_order.size(); ++i) {
      const auto differs = [i](const std::vector<std::int32_t>& a,
                               const std::vector<std::int32_t>& b, std::size_t channels) {
        const auto at = static_cast<std::ptrdiff_t>(i * channels);
        return !std::equal(a.begin() + at, a.begin() + at + static_cast<std::ptrdiff_t>(channels),
                           b.begin() + at);
      };
      const bool turns = now.rotationIndex[i] != m_before.rotationIndex[i] ||
                         differs(now.rotation, m_before.rotation, 3);
      if (turns || differs(now.position, m_before.position, 3) ||
          differs(now.scale, m_before.scale, 3) || differs(now.color, m_before.color, 3) ||
          now.opacity[i] != m_before.opacity[i]) {
        rows.push_back(static_cast<std::uint32_t>(i));
        changed.push_back(m_order[i]);
        turned = turned || turns;
      }
    }
    for (const std::uint32_t i : rows) {
      for (std::size_t k = 3 * std::size_t{i}; k < 3 * std::size_t{i} + 3; ++k) {
        position.push_back(now.position[k] - m_before.position[k]);
        scale.push_back(now.scale[k] - m_before.scale[k]);
        color.push_back(now.color[k] - m_before.color[k]);
        rotation.push_back(now.rotation[k]);
      }
      index.push_back(now.rotationIndex[i]);
      opacity.push_back(now.opacity[i] - m_before.opacity[i]);
    }
    ByteWriter updates;
    updates.reserve(kUsualBytes);
    writeStream(updates, kIdentity, 1, identities(changed));
    const auto add = [&](Attribute attribute, const std::vector<std::int32_t>& values) {
      if (std::any_of(values.begin(), values.end(), [](std::int32_t v) { return v != 0; })) {
        writeStream(updates, attribute, kChannels[attribute], values);
      }
    };
    add(kPosition, position);
    add(kScale, scale);
    add(kColor, color);
    add(kOpacity, opacity);
    if (turned) {
      writeStream(updates, kRotationIndex, 1, index);
      writeStream(updates, kRotation, 3, rotation);
    }
    ByteWriter none;
    none.reserve(kUsualBytes);
    writeStream(none, kIdentity, 1, {});
    ByteWriter block;
    block.reserve(kUsualBytes);
    for (const Bytes* part : {&updates.bytes(), &none.bytes(), &none.bytes()}) {
      block.write(static_cast<std::uint64_t>(part->size()));
      block.append(*part);
    }
    entry.changes = static_cast<std::uint32_t>(rows.size());
    ByteWriter out;
    out.reserve(kUsualBytes);
    out.write(entry.from);
    out.write(entry.to);
    out.write(std::uint32_t{0});
    out.write(std::uint8_t{1});
    out.write(entry.reference);
    out.write(entry.keyframe);
    out.write(entry.depth);
    out.write(entry.changes);
    out.write(std::uint32_t{0});
    out.write(std::uint32_t{0});
    writeText(out, "");
    out.write(static_cast<std::uint64_t>(block.size()));
    out.write(static_cast<std::uint64_t>(block.size()));
    out.append(block.bytes());
    return std::move(out).take();
  }

  Result<void> writeSummary(AtomicFile& file) {
    const std::uint64_t start = m_offset;
    ByteWriter summary;
    summary.reserve(kUsualBytes);
    for (const IndexEntry& entry : m_entries) {
      ByteWriter out;
      out.reserve(kUsualBytes);
      out.write(entry.from);
      out.write(entry.to);
      out.write(entry.offset);
      out.write(entry.length);
      out.write(entry.changes);
      out.write(static_cast<std::uint32_t>(entry.bands.size()));
      for (const auto& [band, offset, length] : entry.bands) {
        out.write(static_cast<std::uint8_t>(band));
        out.write(offset);
        out.write(length);
      }
      out.write(static_cast<std::uint8_t>(entry.delta ? 1 : 0));
      out.write(static_cast<std::uint8_t>(entry.delta ? 1 : 0));
      out.write(entry.reference);
      out.write(entry.keyframe);
      out.write(entry.depth);
      out.write(entry.live);
      writeRecord(summary, kChunkIndex, out.bytes());
    }
    ByteWriter statistics;
    statistics.reserve(kUsualBytes);
    statistics.write(static_cast<std::uint64_t>(m_identities));
    statistics.write(static_cast<std::uint32_t>(m_entries.size()));
    statistics.write(timeOf(m_sequence.frameCount()));
    writeBounds(statistics);
    writeRecord(summary, kStatistics, statistics.bytes());
    const ByteView covered = summary.bytes();
    ByteWriter footer;
    footer.reserve(kUsualBytes);
    footer.write(start);
    footer.write(std::uint64_t{0});
    footer.write(libdeflate_crc32(0, covered.data(), covered.size()));
    writeRecord(summary, kFooter, footer.bytes());
    summary.append(viewBytes(std::span<const std::uint8_t>(kMagic)));
    return put(file, summary.bytes());
  }

  GaussianSequence& m_sequence;
  const WriteOptions& m_options;
  TaskRunner& m_runner;
  Progress& m_progress;
  const std::stop_token& m_stop;
  std::array<double, 3> m_low{1e300, 1e300, 1e300}, m_high{-1e300, -1e300, -1e300};
  unsigned m_degree = 0;
  double m_positionStep = 1;
  std::size_t m_identities = 0;
  std::uint64_t m_offset = 0;
  std::vector<std::uint32_t> m_order;  ///< rows of the frames, in the order of the keyframe
  std::uint32_t m_firstIdentity = 0;
  std::size_t m_sinceKeyframe = 0;
  State m_before;
  std::vector<IndexEntry> m_entries;
};

}  // namespace

Result<std::uint64_t> writeFourdgs(GaussianSequence& sequence, const std::filesystem::path& path,
                                   const WriteOptions& options, TaskRunner& runner,
                                   Progress& progress, const std::stop_token& stop) {
  if (sequence.frameCount() == 0 || options.keyframeEvery == 0 ||
      options.keyframeEvery > std::numeric_limits<std::uint16_t>::max() ||
      !(options.framesPerSecond > 0) || !(options.coarseness > 0)) {
    return fail(ErrorCode::InvalidParameter,
                "{} frames, {} a second, a keyframe every {} cannot be written",
                sequence.frameCount(), options.framesPerSecond, options.keyframeEvery);
  }
  return Writer(sequence, options, runner, progress, stop).run(path);
}

}  // namespace volpress::fourdgs
