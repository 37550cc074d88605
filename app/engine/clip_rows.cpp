#include "app/engine/clip_rows.hpp"

#include <algorithm>
#include <utility>

#include "app/engine/png_image.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::engine {

Result<void> ClipRows::fill(const std::filesystem::path& folder, const Begin& begin,
                            const Measure& measure) {
  VOLPRESS_CHECK(makeReportFolders(folder));
  bool any = false;
  for (const CodecChoice& choice : m_spec.codecs) {
    VOLPRESS_TRY(ReportRow row, begin(choice));
    auto done = measure(choice, row);
    if (!done && done.error().code == ErrorCode::Cancelled) {
      return done;
    }
    if (done) {
      any = true;
      m_report.referenceBytes = std::max(m_report.referenceBytes, row.evaluation->referenceBytes);
    } else {
      row.state = JobState::Failed;
      row.error = done.error().message;
      row.evaluation.reset();
      row.timeline.reset();
      row.file.clear();
      m_run.note(fmt::format("{}:{} failed: {}", row.codec, row.preset, row.error));
    }
    m_report.rows.push_back(std::move(row));
  }
  if (!any) {
    return fail(ErrorCode::Internal, "{}: no codec could encode it; the first said: {}",
                m_spec.input.string(), m_report.rows.empty() ? "" : m_report.rows[0].error);
  }
  return writeReport(folder, m_report);
}

std::vector<std::size_t> ClipRows::shownFrames() const {
  std::vector<std::size_t> frames;
  const std::size_t shown = std::min(m_spec.shownViews, m_report.frames);
  for (std::size_t i = 0; i < shown; ++i) {
    frames.push_back(shown == 1 ? 0 : i * (m_report.frames - 1) / (shown - 1));
  }
  return frames;
}

void ClipRows::say(const ReportRow& row, const std::string& stage, double fraction) const {
  const double whole = static_cast<double>(m_report.rows.size()) + fraction;
  m_run.progress({whole / static_cast<double>(m_spec.codecs.size()), row.codec + ": " + stage, {}});
}

void ClipRows::addFrame(const FrameQuality& frame, ReportRow& row) {
  ViewQuality as;
  as.view = fmt::format("frame {}", frame.frame);
  as.psnr = frame.psnr;
  as.ssim = frame.ssim;
  row.evaluation->views.push_back(std::move(as));
  row.timeline->flicker.push_back(frame.flicker);
}

Result<void> ClipRows::addPictures(const std::filesystem::path& folder, std::size_t shown,
                                   std::size_t frame, const Image& original, const Image& result,
                                   ReportRow& row) {
  if (shown == m_report.views.size()) {
    ReportView view{fmt::format("frame {}", frame), false,
                    fmt::format("images/frame{:05}-original.png", frame), original.width,
                    original.height};
    VOLPRESS_CHECK(writePng(folder / view.original, original));
    m_report.views.push_back(std::move(view));
  }
  const std::string stem =
      fmt::format("images/frame{:05}-{:02}-{}", frame, m_report.rows.size() + 1, row.codec);
  ReportPictures paths{stem + ".png", stem + "-flip.png"};
  VOLPRESS_CHECK(writePng(folder / paths.result, result));
  VOLPRESS_TRY(const metrics::FlipResult flip, metrics::flip(original, result, m_runner));
  VOLPRESS_CHECK(writePng(folder / paths.error, metrics::colorizeError(flip.error)));
  row.pictures.push_back(std::move(paths));
  return {};
}

}  // namespace volpress::engine
