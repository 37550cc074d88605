// The persistent codebook of one SH order in one segment: entries, an index of each Gaussian in the
// first frame, and events where an index changes.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/rans.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::coding {

/// Numbers of SH order `order` of a splat: 3, 9, 15, 21, 27.
[[nodiscard]] constexpr std::size_t orderDimension(unsigned order) noexcept {
  return 3 * (2 * std::size_t{order} + 1);
}

/// The numbers of order `order` of splat `i`.
[[nodiscard]] inline const float* orderNumbers(const GaussianCloud& cloud, unsigned order,
                                               std::size_t i) {
  return order == 0 ? &cloud.shDc[3 * i]
                    : &cloud.shRest[3 * (i * shRestCount(cloud.shDegree) + shRestCount(order - 1))];
}

struct BookOptions {
  std::size_t entries = 0;   ///< 0: one for every 16 splats, at most 8192
  double changeRate = 0.01;  ///< share of indices that may change a frame
  std::uint64_t seed = 1;
};

/// Makes a book in two passes over the frames of a segment.
class BookEncoder {
public:
  /// `rows` are the skin Gaussians' places in the clouds that are shown to it.
  BookEncoder(unsigned order, std::span<const std::uint32_t> rows, std::size_t frames,
              const BookOptions& options);
  /// First pass, frame by frame.
  void sample(const GaussianCloud& cloud);
  /// Between the passes: trains the entries and sets the threshold of change.
  [[nodiscard]] Result<void> train(TaskRunner& runner, const std::stop_token& stop);
  /// Second pass, frame by frame.
  void label(const GaussianCloud& cloud, TaskRunner& runner);
  /// What the decoder will have of row `i` in the frame labelled last.
  [[nodiscard]] const float* labelled(std::size_t i) const {
    return &m_entries[m_labels[i] * m_dimension];
  }
  [[nodiscard]] Bytes finish() const;

  [[nodiscard]] std::size_t events() const noexcept { return m_gaps.size(); }

private:
  [[nodiscard]] double distance(const float* numbers, std::uint32_t entry) const;
  unsigned m_order;
  std::size_t m_dimension;
  std::span<const std::uint32_t> m_rows;
  std::size_t m_frames;
  BookOptions m_options;
  std::size_t m_sampled = 0;
  std::vector<float> m_training;
  std::vector<double> m_importance;
  std::vector<float> m_watched;  ///< [frame][row] of some rows, for the threshold
  std::size_t m_watchedRows = 0;
  std::vector<std::uint8_t> m_levels;
  std::vector<float> m_low, m_step;  ///< of each number
  std::vector<float> m_entries;      ///< as the decoder has them
  double m_threshold = 0;
  std::vector<std::uint32_t> m_labels;
  std::vector<float> m_last;
  std::vector<std::int32_t> m_first, m_counts, m_gaps, m_changes;
};

/// Follows a book through the frames of a segment.
class BookDecoder {
public:
  /// From untrusted bytes that outlive it.
  [[nodiscard]] static Result<BookDecoder> open(ByteView bytes, unsigned order, std::size_t rows,
                                                std::size_t frames);
  /// The next frame's indices; CorruptData for one out of range.
  [[nodiscard]] Result<std::span<const std::uint32_t>> next();
  [[nodiscard]] Result<void> finish() const;
  [[nodiscard]] const float* entry(std::uint32_t index) const {
    return &m_entries[index * m_dimension];
  }

private:
  BookDecoder(RansDecoder gaps, RansDecoder changes)
      : m_gaps(std::move(gaps)), m_changes(std::move(changes)) {}
  RansDecoder m_gaps, m_changes;
  std::size_t m_dimension = 0;
  std::vector<float> m_entries;
  std::vector<std::uint32_t> m_labels;
  std::vector<std::uint32_t> m_counts;  ///< events of each later frame
  std::size_t m_frame = 0;
};

inline constexpr std::size_t kMaxEntries = 65535;

}  // namespace volpress::coding
