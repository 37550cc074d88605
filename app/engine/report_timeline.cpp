// The curves of a moving scene over time, as inline SVG that a script lets the pointer read.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "app/engine/json_text.hpp"
#include "app/engine/report.hpp"

namespace volpress::engine {
namespace {

constexpr double kWidth = 620;
constexpr double kHeight = 190;
constexpr double kLeft = 62;
constexpr double kRight = 12;
constexpr double kTop = 10;
constexpr double kBottom = 24;
constexpr double kMostPsnr = 70;  // what is nearly identical would flatten every other curve
constexpr std::size_t kMostTicks = 8;

struct Curve {
  std::size_t row;
  std::vector<double> values;  ///< NaN: none
};

struct Measure {
  const char* id;
  const char* title;
  const char* unit;
  std::vector<Curve> curves;
};

std::vector<double> bytesOf(const ClipTimeline& timeline) {
  std::vector<double> sums(timeline.frames, 0);
  for (const ClipPart& part : timeline.parts) {
    for (std::size_t frame = 0; frame < sums.size(); ++frame) {
      sums[frame] += part.bytes[frame];
    }
  }
  return sums;
}

std::vector<Measure> measuresOf(const Report& report) {
  std::vector<Measure> measures{{"psnr", "PSNR", "dB", {}},
                                {"ssim", "SSIM", "", {}},
                                {"flicker", "Flicker", "", {}},
                                {"bytes", "Bytes of a frame", "kB", {}}};
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    if (!row.evaluation || !row.timeline) {
      continue;
    }
    std::vector<double> psnr, ssim;
    for (const ViewQuality& frame : row.evaluation->views) {
      psnr.push_back(std::min(frame.psnr, kMostPsnr));
      ssim.push_back(frame.ssim);
    }
    std::vector<double> flicker = row.timeline->flicker;
    if (!flicker.empty()) {
      flicker.front() = std::numeric_limits<double>::quiet_NaN();  // has none before it
    }
    std::vector<double> bytes = bytesOf(*row.timeline);
    for (double& one : bytes) {
      one /= 1000;
    }
    measures[0].curves.push_back({i, std::move(psnr)});
    measures[1].curves.push_back({i, std::move(ssim)});
    measures[2].curves.push_back({i, std::move(flicker)});
    measures[3].curves.push_back({i, std::move(bytes)});
  }
  return measures;
}

/// 1, 2 or 5 times a power of ten, so that about four of it make `extent`.
double tickStep(double extent) {
  const double raw = std::max(extent, 1e-12) / 4;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double part = raw / power;
  return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

/// A frame's and a value's place in a chart.
class Scale {
public:
  Scale(std::size_t frames, double low, double high)
      : m_frames(static_cast<double>(std::max<std::size_t>(frames, 2) - 1)),
        m_low(low),
        m_high(high > low ? high : low + 1) {}
  [[nodiscard]] double x(std::size_t frame) const {
    return kLeft + static_cast<double>(frame) / m_frames * (kWidth - kLeft - kRight);
  }
  [[nodiscard]] double y(double value) const {
    return kHeight - kBottom - (value - m_low) / (m_high - m_low) * (kHeight - kTop - kBottom);
  }
  [[nodiscard]] std::string axes(std::size_t frames) const {
    std::string svg;
    const double step = tickStep(m_high - m_low);
    for (double tick = std::ceil(m_low / step) * step; tick <= m_high + step * 1e-6; tick += step) {
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
          "<text class=\"tick\" text-anchor=\"end\" x=\"{3}\" y=\"{4:.1f}\">{5:g}</text>\n",
          kLeft, kWidth - kRight, y(tick), kLeft - 7, y(tick) + 4,
          std::abs(tick) < step / 2 ? 0 : tick);
    }
    const auto between = static_cast<std::size_t>(
        std::max(1.0, tickStep(static_cast<double>(frames) * 4 / static_cast<double>(kMostTicks))));
    for (std::size_t frame = 0; frame < frames; frame += between) {
      svg += fmt::format(
          "<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x(frame),
          kHeight - 7, frame);
    }
    return svg;
  }

private:
  double m_frames, m_low, m_high;
};

/// An SVG element that the script finds frames in.
std::string openChart(std::size_t frames, std::string_view label) {
  return fmt::format(
      "<svg class=\"chart time\" viewBox=\"0 0 {} {}\" data-frames=\"{}\" data-left=\"{}\" "
      "data-right=\"{}\" role=\"img\" aria-label=\"{} over time\">\n",
      kWidth, kHeight, frames, kLeft, kWidth - kRight, label);
}

std::string closeChart() {
  return fmt::format("<line class=\"cursor\" x1=\"-9\" x2=\"-9\" y1=\"{}\" y2=\"{}\"/></svg>\n",
                     kTop, kHeight - kBottom);
}

std::string chartOf(const Report& report, const Measure& measure) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Curve& curve : measure.curves) {
    for (const double value : curve.values) {
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (!(low <= high)) {
    return {};
  }
  const std::string_view id = measure.id;
  const double margin = 0.06 * std::max(high - low, 1e-9);
  const Scale scale(report.frames, id == "bytes" || id == "flicker" ? 0 : low - margin,
                    high + margin);
  std::string svg = openChart(report.frames, measure.title) + scale.axes(report.frames);
  for (const Curve& curve : measure.curves) {
    std::string path;
    bool pen = false;
    for (std::size_t frame = 0; frame < curve.values.size(); ++frame) {
      const double value = curve.values[frame];
      if (std::isfinite(value)) {
        path += fmt::format("{}{:.1f} {:.1f}", pen ? " L" : "M", scale.x(frame), scale.y(value));
      }
      pen = std::isfinite(value);
    }
    svg += fmt::format("<path class=\"curve s{}\" data-row=\"{}\" d=\"{}\"/>\n",
                       reportSeries(report, report.rows[curve.row]) % 8, curve.row, path);
  }
  return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>\n", measure.title,
                     *measure.unit == '\0' ? "" : fmt::format(", {}", measure.unit),
                     svg + closeChart());
}

/// The parts of a row's bytes, one upon the other.
std::string partsChart(const Report& report, std::size_t index) {
  const ReportRow& row = report.rows[index];
  const std::vector<double> sums = bytesOf(*row.timeline);
  const double most = sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
  const Scale scale(report.frames, 0, most / 1000 * 1.05);
  std::string svg = openChart(report.frames, "Parts") + scale.axes(report.frames);
  std::vector<double> below(row.timeline->frames, 0);
  std::string legend;
  for (std::size_t p = 0; p < row.timeline->parts.size(); ++p) {
    const ClipPart& part = row.timeline->parts[p];
    std::string there, back;
    for (std::size_t frame = 0; frame < below.size(); ++frame) {
      back = fmt::format(" L{:.1f} {:.1f}", scale.x(frame), scale.y(below[frame] / 1000)) + back;
      below[frame] += part.bytes[frame];
      there += fmt::format("{}{:.1f} {:.1f}", frame == 0 ? "M" : " L", scale.x(frame),
                           scale.y(below[frame] / 1000));
    }
    svg += fmt::format("<path class=\"fill{}\" d=\"{}{} Z\"><title>{}</title></path>\n",
                       p % kPartColours, there, back, escapeHtml(part.name));
    legend += fmt::format("<span><i class=\"part{}\"></i>{}</span>", p % kPartColours,
                          escapeHtml(part.name));
  }
  return fmt::format(
      "<figure class=\"parts\" data-parts=\"{}\"{}><figcaption>Bytes of a frame by part, kB: "
      "<b>{}</b></figcaption>{}<div class=\"legend\">{}</div></figure>\n",
      index, index == 0 ? "" : " hidden", escapeHtml(reportRowName(row)), svg + closeChart(),
      legend);
}

Json valuesToJson(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) {
    list.push_back(std::isfinite(value) ? Json(value) : Json());
  }
  return list;
}

}  // namespace

std::string reportTimeline(const Report& report) {
  if (report.frames == 0) {
    return {};
  }
  std::string html =
      "<section aria-label=\"Over time\"><div class=\"head\"><h2>Over time</h2><span "
      "class=\"hint\">"
      "move over a curve to read a frame, click to hold it; a row of the table chooses whose parts "
      "are shown</span></div><div class=\"times\">\n";
  const std::vector<Measure> measures = measuresOf(report);
  Json data = {{"rows", Json::array()}};
  for (const Measure& measure : measures) {
    html += chartOf(report, measure);
  }
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    if (!row.evaluation || !row.timeline) {
      continue;
    }
    html += partsChart(report, i);
    Json one = {{"row", i},
                {"series", reportSeries(report, row) % 8},
                {"html", escapeHtml(reportRowName(row))}};
    for (const Measure& measure : measures) {
      for (const Curve& curve : measure.curves) {
        if (curve.row == i) {
          one[measure.id] = valuesToJson(curve.values);
        }
      }
    }
    data["rows"].push_back(std::move(one));
  }
  return html +
         "<div class=\"readout\"><table><caption id=\"frame-name\">frame 0</caption><thead><tr>"
         "<th scope=\"col\">codec</th><th scope=\"col\">PSNR</th><th scope=\"col\">SSIM</th>"
         "<th scope=\"col\">flicker</th><th scope=\"col\">bytes</th></tr></thead>"
         "<tbody id=\"frame-values\"></tbody></table></div></div></section>\n" +
         reportData("timeline", dumpJson(data));
}

}  // namespace volpress::engine
