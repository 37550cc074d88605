#include "scene/sequence/sequence_tracks.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "scene/sequence/match_frames.hpp"

namespace volpress {
namespace {

constexpr double kMostGrowth = 1.25;
constexpr double kLeastMatched = 0.7;

void copySplat(const GaussianCloud& from, std::size_t i, GaussianCloud& to, std::size_t j) {
  const std::size_t rest = 3 * shRestCount(from.shDegree);
  std::copy_n(from.means.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
              to.means.begin() + static_cast<std::ptrdiff_t>(3 * j));
  std::copy_n(from.logScales.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
              to.logScales.begin() + static_cast<std::ptrdiff_t>(3 * j));
  std::copy_n(from.rotations.begin() + static_cast<std::ptrdiff_t>(4 * i), 4,
              to.rotations.begin() + static_cast<std::ptrdiff_t>(4 * j));
  to.opacityLogits[j] = from.opacityLogits[i];
  std::copy_n(from.shDc.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
              to.shDc.begin() + static_cast<std::ptrdiff_t>(3 * j));
  std::copy_n(from.shRest.begin() + static_cast<std::ptrdiff_t>(rest * i), rest,
              to.shRest.begin() + static_cast<std::ptrdiff_t>(rest * j));
}

void appendSplat(const GaussianCloud& from, std::size_t i, GaussianCloud& to) {
  const std::size_t rest = 3 * shRestCount(from.shDegree);
  const std::size_t j = to.count++;
  to.means.resize(3 * to.count);
  to.logScales.resize(3 * to.count);
  to.rotations.resize(4 * to.count);
  to.opacityLogits.resize(to.count);
  to.shDc.resize(3 * to.count);
  to.shRest.resize(rest * to.count);
  copySplat(from, i, to, j);
}

class Tracker {
public:
  Tracker(GaussianSequence& sequence, TaskRunner& runner, Progress& progress,
          const std::stop_token& stop)
      : m_sequence(sequence), m_runner(runner), m_progress(progress), m_stop(stop) {}

  Result<SequenceTracks> run() {
    VOLPRESS_TRY(GaussianCloud before, m_sequence.frame(0, m_runner, m_stop));
    std::vector<std::uint32_t> order(before.count);
    std::iota(order.begin(), order.end(), 0U);
    begin(0, before, order);
    for (std::size_t frame = 1; frame < m_sequence.frameCount(); ++frame) {
      VOLPRESS_TRY(GaussianCloud after, m_sequence.frame(frame, m_runner, m_stop));
      if (after.shDegree != before.shDegree) {
        return fail(ErrorCode::InvalidParameter, "frame {} has SH degree {}, the frame before {}",
                    frame, after.shDegree, before.shDegree);
      }
      VOLPRESS_TRY(const FrameMatch match, matchFrames(before, after, m_runner, m_stop));
      addFrame(frame, before, after, match);
      before = std::move(after);
      m_progress.report(static_cast<double>(frame) / static_cast<double>(m_sequence.frameCount()));
    }
    return std::move(m_tracks);
  }

private:
  void begin(std::size_t frame, const GaussianCloud& cloud,
             const std::vector<std::uint32_t>& order) {
    TrackSegment segment;
    segment.firstFrame = frame;
    segment.frameCount = 1;
    segment.rows = cloud.count;
    segment.ghosts.shDegree = cloud.shDegree;
    m_firstRows = cloud.count;
    std::vector<std::uint32_t> rows(cloud.count);
    for (std::size_t row = 0; row < order.size(); ++row) {
      rows[order[row]] = static_cast<std::uint32_t>(row);
    }
    m_tracks.rowOf.push_back(std::move(rows));
    m_tracks.segmentOf.push_back(static_cast<std::uint32_t>(m_tracks.segments.size()));
    m_tracks.segments.push_back(std::move(segment));
  }

  void addGhost(const GaussianCloud& cloud, std::size_t i, std::uint32_t row, std::size_t frame,
                bool birth) {
    TrackSegment& segment = m_tracks.segments.back();
    appendSplat(cloud, i, segment.ghosts);
    segment.ghostRows.push_back(row);
    segment.ghostFrames.push_back(static_cast<std::uint32_t>(frame));
    segment.ghostIsBirth.push_back(birth);
  }

  void addFrame(std::size_t frame, const GaussianCloud& before, const GaussianCloud& after,
                const FrameMatch& match) {
    const std::vector<std::uint32_t>& rowsBefore = m_tracks.rowOf.back();
    std::vector<std::uint32_t> rows(after.count, kNoPartner);
    for (std::size_t i = 0; i < before.count; ++i) {
      if (match.nextOf[i] != kNoPartner) {
        rows[match.nextOf[i]] = rowsBefore[i];
      }
    }
    const std::size_t fewer = std::max<std::size_t>(1, std::min(before.count, after.count));
    const double share = static_cast<double>(match.matched) / static_cast<double>(fewer);
    m_tracks.leastMatched = std::min(m_tracks.leastMatched, share);
    m_tracks.unmatched += share < kLeastMatched ? 1U : 0U;
    TrackSegment& segment = m_tracks.segments.back();
    const std::size_t born = after.count - match.matched;
    if (share < kLeastMatched ||
        static_cast<double>(segment.rows + born) > kMostGrowth * static_cast<double>(m_firstRows)) {
      std::vector<std::uint32_t> order(after.count);
      std::iota(order.begin(), order.end(), 0U);
      std::stable_sort(order.begin(), order.end(),
                       [&rows](std::uint32_t a, std::uint32_t b) { return rows[a] < rows[b]; });
      begin(frame, after, order);
      return;
    }
    for (std::size_t i = 0; i < before.count; ++i) {
      if (match.nextOf[i] == kNoPartner) {
        addGhost(before, i, rowsBefore[i], frame - 1, false);
        ++m_tracks.deaths;
      }
    }
    for (std::size_t j = 0; j < after.count; ++j) {
      if (rows[j] == kNoPartner) {
        rows[j] = static_cast<std::uint32_t>(segment.rows++);
        addGhost(after, j, rows[j], frame, true);
        ++m_tracks.births;
      }
    }
    ++segment.frameCount;
    m_tracks.rowOf.push_back(std::move(rows));
    m_tracks.segmentOf.push_back(m_tracks.segmentOf.back());
  }

  GaussianSequence& m_sequence;
  TaskRunner& m_runner;
  Progress& m_progress;
  const std::stop_token& m_stop;
  SequenceTracks m_tracks;
  std::size_t m_firstRows = 0;
};

class TrackedSource final : public FrameSource {
public:
  TrackedSource(std::shared_ptr<GaussianSequence> sequence, SequenceTracks tracks)
      : m_sequence(std::move(sequence)), m_tracks(std::move(tracks)) {}

  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_tracks.rowOf.size(); }

  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    VOLPRESS_TRY(const GaussianCloud read, m_sequence->frame(index, runner, stop));
    const std::vector<std::uint32_t>& rows = m_tracks.rowOf[index];
    const TrackSegment& segment = m_tracks.segments[m_tracks.segmentOf[index]];
    if (read.count != rows.size() || read.shDegree != segment.ghosts.shDegree) {
      return fail(ErrorCode::CorruptData, "frame {} has changed since it was matched", index);
    }
    GaussianCloud cloud;
    resizeCloud(cloud, segment.rows, read.shDegree);
    cloud.frame = read.frame;
    cloud.filter = read.filter;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      copySplat(read, i, cloud, rows[i]);
    }
    for (std::size_t g = 0; g < segment.ghosts.count; ++g) {
      const bool absent =
          segment.ghostIsBirth[g] ? index < segment.ghostFrames[g] : index > segment.ghostFrames[g];
      if (absent) {
        copySplat(segment.ghosts, g, cloud, segment.ghostRows[g]);
        cloud.opacityLogits[segment.ghostRows[g]] = kAbsentLogit;
      }
    }
    return cloud;
  }

private:
  std::shared_ptr<GaussianSequence> m_sequence;
  SequenceTracks m_tracks;
};

}  // namespace

Result<SequenceTracks> trackSequence(GaussianSequence& sequence, TaskRunner& runner,
                                     Progress& progress, const std::stop_token& stop) {
  if (sequence.frameCount() == 0) {
    return fail(ErrorCode::InvalidParameter, "a sequence without frames cannot be matched");
  }
  return Tracker(sequence, runner, progress, stop).run();
}

std::shared_ptr<const FrameSource> makeTrackedSource(std::shared_ptr<GaussianSequence> sequence,
                                                     SequenceTracks tracks) {
  return std::make_shared<TrackedSource>(std::move(sequence), std::move(tracks));
}

}  // namespace volpress
