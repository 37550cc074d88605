// The rows of a comparison of moving scenes: one codec after the other, whatever the frames are.
#pragma once

#include <functional>
#include <vector>

#include "app/engine/clip_quality.hpp"
#include "app/engine/compare.hpp"

namespace volpress::engine {

/// Fills a report's rows. What is handed in must outlive it.
class ClipRows {
public:
  ClipRows(const CompareSpec& spec, const CompareRun& run, TaskRunner& runner, Report& report)
      : m_spec(spec), m_run(run), m_runner(runner), m_report(report) {}

  using Begin = std::function<Result<ReportRow>(const CodecChoice&)>;
  using Measure = std::function<Result<void>(const CodecChoice&, ReportRow&)>;
  /// A row for each choice. One that fails keeps its row with the reason; Cancelled ends it all,
  /// and so does that none could be measured. Then the report is written into `folder`.
  [[nodiscard]] Result<void> fill(const std::filesystem::path& folder, const Begin& begin,
                                  const Measure& measure);

  /// Evenly spread frames of which the report shows pictures, ascending.
  [[nodiscard]] std::vector<std::size_t> shownFrames() const;
  /// Says how far the row at hand is, 0 to 1.
  void say(const ReportRow& row, const std::string& stage, double fraction) const;
  /// A frame that was measured.
  static void addFrame(const FrameQuality& frame, ReportRow& row);
  /// Writes pictures of the `shown`-th of those frames: of the original unless a row before did, of
  /// the row's result, and of its error.
  [[nodiscard]] Result<void> addPictures(const std::filesystem::path& folder, std::size_t shown,
                                         std::size_t frame, const Image& original,
                                         const Image& result, ReportRow& row);

private:
  const CompareSpec& m_spec;
  const CompareRun& m_run;
  TaskRunner& m_runner;
  Report& m_report;
};

}  // namespace volpress::engine
