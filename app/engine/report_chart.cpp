// The quality/size chart of the report, as inline SVG.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "app/engine/report.hpp"

namespace volpress::engine {
namespace {

constexpr double kWidth = 760;
constexpr double kLeastHeight = 440;
constexpr double kMostHeight = 860;
/// More results than kFewPoints make the chart higher, so that their labels find room.
constexpr std::size_t kFewPoints = 14;
constexpr double kHeightPerPoint = 22;
constexpr double kLeft = 52;
constexpr double kRight = 18;
constexpr double kTop = 16;
constexpr double kBottom = 46;
constexpr double kMarkerRadius = 6.5;
constexpr double kCharacterWidth = 6.4;  // of the 12 px labels
// Above this nobody sees a difference; identical results are drawn on this line.
constexpr double kMostPsnr = 62;

struct Band {
  double from;
  const char* name;
};
constexpr std::array<Band, 4> kBands{
    {{0, "preview"}, {32, "medium"}, {38, "high"}, {45, "visually lossless"}}};

struct Box {
  double left, top, right, bottom;
  [[nodiscard]] bool overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

struct Point {
  const ReportRow* row;
  std::size_t index;  // of the row
  std::size_t series;
  double x, y;
};

class Chart {
public:
  explicit Chart(const Report& report)
      : m_report(report),
        m_height(
            std::clamp(kLeastHeight + kHeightPerPoint * (static_cast<double>(report.rows.size()) -
                                                         static_cast<double>(kFewPoints)),
                       kLeastHeight, kMostHeight)) {
    double least = 30;
    double most = 48;
    auto fewest = static_cast<double>(std::max<std::uint64_t>(report.referenceBytes, 2));
    double largest = fewest;
    for (const ReportRow& row : report.rows) {
      if (row.evaluation) {
        const double psnr = row.evaluation->meanPsnr();
        least = std::min(least, psnr);
        // What is (nearly) identical is drawn at the top edge, wherever that is.
        most = psnr < kMostPsnr ? std::max(most, psnr + 3) : most;
        const auto bytes =
            static_cast<double>(std::max<std::uint64_t>(1, row.evaluation->fileBytes));
        fewest = std::min(fewest, bytes);
        largest = std::max(largest, bytes);
      }
    }
    m_bottom = std::floor(std::max(0.0, least - 1) / 2) * 2;
    m_top = std::min(std::ceil(most / 2) * 2, kMostPsnr);
    m_fewest = std::log10(fewest) - 0.12;
    m_largest = std::log10(largest) + 0.1;
  }

  std::string draw() {
    std::string svg = fmt::format(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Quality in PSNR over "
        "file size\">\n",
        kWidth, m_height);
    svg += bands() + sizeAxis() + qualityAxis() + original();
    placePoints();
    svg += lines() + points();
    return svg + "</svg>\n";
  }

private:
  [[nodiscard]] double xOf(double bytes) const {
    const double part = (std::log10(bytes) - m_fewest) / (m_largest - m_fewest);
    return kLeft + part * (kWidth - kLeft - kRight);
  }
  [[nodiscard]] double yOf(double psnr) const {
    const double part = (std::clamp(psnr, m_bottom, m_top) - m_bottom) / (m_top - m_bottom);
    return m_height - kBottom - part * (m_height - kTop - kBottom);
  }

  [[nodiscard]] double originalX() const {
    return xOf(static_cast<double>(std::max<std::uint64_t>(m_report.referenceBytes, 1)));
  }

  [[nodiscard]] std::string bands() const {
    std::string svg;
    for (std::size_t i = 0; i < kBands.size(); ++i) {
      const double from = std::max(kBands[i].from, m_bottom);
      const double to = i + 1 < kBands.size() ? std::min(kBands[i + 1].from, m_top) : m_top;
      if (to <= from) {
        continue;
      }
      svg += fmt::format(
          "<rect class=\"band band{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
          "height=\"{:.1f}\"/>\n",
          i, kLeft, yOf(to), kWidth - kLeft - kRight, yOf(from) - yOf(to));
      if (yOf(from) - yOf(to) > 16) {
        const bool lowest = kBands[i].from <= 0;
        svg += fmt::format("<text class=\"bandname\" x=\"{:.1f}\" y=\"{:.1f}\">{}{}</text>\n",
                           kLeft + 8, lowest ? yOf(to) + 15 : yOf(from) - 5, kBands[i].name,
                           lowest ? std::string() : fmt::format(", from {:g} dB", kBands[i].from));
      }
    }
    return svg;
  }

  [[nodiscard]] std::string sizeAxis() const {
    std::string svg;
    const bool few = m_largest - m_fewest > 2.2;
    for (int decade = static_cast<int>(std::floor(m_fewest)); decade <= m_largest; ++decade) {
      for (const double step : {1.0, 2.0, 5.0}) {
        const double bytes = step * std::pow(10.0, decade);
        const double x = xOf(bytes);
        if (x < kLeft || x > kWidth - kRight) {
          continue;
        }
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>\n", x, kTop,
            m_height - kBottom);
        if (!few || step != 2.0) {
          svg += fmt::format(
              "<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x,
              m_height - kBottom + 17, sizeTick(bytes));
        }
      }
    }
    return svg + fmt::format(
                     "<text class=\"axis\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">file size, "
                     "logarithmic: smaller to the left</text>\n",
                     (kLeft + kWidth - kRight) / 2, m_height - 8);
  }

  static std::string sizeTick(double bytes) {
    if (bytes >= 1e9) {
      return fmt::format("{:g} GB", bytes / 1e9);
    }
    if (bytes >= 1e6) {
      return fmt::format("{:g} MB", bytes / 1e6);
    }
    return bytes >= 1e3 ? fmt::format("{:g} kB", bytes / 1e3) : fmt::format("{:g} B", bytes);
  }

  [[nodiscard]] std::string qualityAxis() const {
    std::string svg;
    const int step = m_top - m_bottom > 40 ? 10 : 5;
    for (int psnr = static_cast<int>(std::ceil(m_bottom / step)) * step; psnr <= m_top;
         psnr += step) {
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n"
          "<text class=\"tick\" text-anchor=\"end\" x=\"{3}\" y=\"{4:.1f}\">{5}</text>\n",
          kLeft, kWidth - kRight, yOf(psnr), kLeft - 8, yOf(psnr) + 4, psnr);
    }
    for (std::size_t i = 1; i < kBands.size(); ++i) {
      if (kBands[i].from > m_bottom && kBands[i].from < m_top) {
        svg += fmt::format(
            "<line class=\"limit\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n", kLeft,
            kWidth - kRight, yOf(kBands[i].from));
      }
    }
    return svg + fmt::format(
                     "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(14 {}) "
                     "rotate(-90)\">mean PSNR, dB</text>\n",
                     (kTop + m_height - kBottom) / 2);
  }

  /// The size of the original, where everything would lie that saves nothing.
  [[nodiscard]] std::string original() const {
    const double x = originalX();
    return fmt::format(
        "<line class=\"original\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>\n"
        "<text class=\"bandname\" text-anchor=\"end\" x=\"{3:.1f}\" y=\"{4}\">{5}</text>\n",
        x, kTop, m_height - kBottom, x - 5, m_height - kBottom - 7,
        m_report.triangles != 0 || m_report.pixels != 0 || m_report.fieldParameters != 0
            ? "plain"
            : "float PLY");
  }

  void placePoints() {
    for (std::size_t i = 0; i < m_report.rows.size(); ++i) {
      const ReportRow& row = m_report.rows[i];
      if (row.evaluation) {
        const double x =
            xOf(static_cast<double>(std::max<std::uint64_t>(1, row.evaluation->fileBytes)));
        const double y = yOf(row.evaluation->meanPsnr());
        m_points.push_back({&row, i, reportSeries(m_report, row), x, y});
        m_markers.push_back({x - 8, y - 8, x + 8, y + 8});
      }
    }
  }

  /// Presets of one codec are joined in order of size.
  [[nodiscard]] std::string lines() const {
    std::map<std::size_t, std::vector<std::pair<double, double>>> paths;
    for (const Point& point : m_points) {
      paths[point.series].emplace_back(point.x, point.y);
    }
    std::string svg;
    for (auto& [series, path] : paths) {
      std::sort(path.begin(), path.end());
      std::string text;
      for (const auto& [x, y] : path) {
        text += fmt::format("{}{:.1f} {:.1f}", text.empty() ? "M" : " L", x, y);
      }
      if (path.size() > 1) {
        svg += fmt::format("<path class=\"joined s{}\" d=\"{}\"/>\n", series % 8, text);
      }
    }
    return svg;
  }

  struct Label {
    double x, y;
    bool covers;  ///< another label or the edge, wherever it is put
  };

  /// The label's place that covers least, around the marker.
  Label labelPlace(const Point& point, const std::string& text) {
    const double width = kCharacterWidth * static_cast<double>(text.size());
    const std::array<std::pair<double, double>, 9> places{{{point.x + 11, point.y + 4},
                                                           {point.x - 11 - width, point.y + 4},
                                                           {point.x - width / 2, point.y - 12},
                                                           {point.x - width / 2, point.y + 21},
                                                           {point.x + 9, point.y - 10},
                                                           {point.x + 9, point.y + 18},
                                                           {point.x - 9 - width, point.y + 18},
                                                           {point.x - width / 2, point.y + 35},
                                                           {point.x - 9 - width, point.y + 35}}};
    const auto boxAt = [&](const std::pair<double, double>& place) {
      return Box{place.first, place.second - 11, place.first + width, place.second + 3};
    };
    const auto coveredOf = [](const std::vector<Box>& taken, const Box& box) {
      return static_cast<std::size_t>(std::count_if(
          taken.begin(), taken.end(), [&](const Box& other) { return box.overlaps(other); }));
    };
    // A label over another is worse than over any markers, and one outside the picture is worst.
    const std::size_t oneLabel = m_markers.size() + 1;
    const auto isOutside = [&](const Box& box) {
      return box.left < kLeft || box.right > kWidth - kRight || box.top < 2 ||
             box.bottom > m_height - kBottom;
    };
    const auto costOf = [&](const Box& box) {
      return coveredOf(m_markers, box) + oneLabel * coveredOf(m_labels, box) +
             (isOutside(box) ? oneLabel * (m_labels.size() + 1) : 0);
    };
    const auto best = std::min_element(
        places.begin(), places.end(),
        [&](const auto& a, const auto& b) { return costOf(boxAt(a)) < costOf(boxAt(b)); });
    const bool covers = coveredOf(m_labels, boxAt(*best)) != 0 || isOutside(boxAt(*best));
    if (!covers) {
      m_labels.push_back(boxAt(*best));
    }
    return {best->first, best->second, covers};
  }

  std::string points() {
    std::string svg;
    for (const Point& point : m_points) {
      const Evaluation& evaluation = *point.row->evaluation;
      const bool usual = point.row->preset == "default";
      const std::string label =
          point.row->codecLabel + (usual ? std::string() : " " + point.row->preset);
      const auto [x, y, covers] = labelPlace(point, label);
      svg += fmt::format(
          "<g class=\"point s{}\" data-row=\"{}\" tabindex=\"0\"><title>{} {}: {}, {:.2f} dB, "
          "{:.1f}x</title>{}<text{} x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
          point.series % 8, point.index, escapeHtml(point.row->codecLabel),
          escapeHtml(point.row->preset), reportBytes(evaluation.fileBytes), evaluation.meanPsnr(),
          evaluation.ratio(), reportMarker(point.series, point.x, point.y, kMarkerRadius),
          covers ? " class=\"onlook\"" : "", x, y, escapeHtml(label));
    }
    return svg;
  }

  const Report& m_report;
  double m_height;
  double m_bottom = 0;  ///< dB
  double m_top = 0;
  double m_fewest = 0;  ///< log10 of bytes
  double m_largest = 0;
  std::vector<Point> m_points;
  std::vector<Box> m_markers;
  std::vector<Box> m_labels;
};

/// A regular polygon or a star (with an inner radius), first corner at the top plus `turn`.
std::string polygon(double x, double y, double radius, std::size_t corners, double turn,
                    double inner = 0) {
  const std::size_t count = inner > 0 ? 2 * corners : corners;
  std::string points;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle =
        turn + 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count) -
        std::numbers::pi / 2;
    const double length = inner > 0 && i % 2 == 1 ? inner : radius;
    points +=
        fmt::format("{:.2f},{:.2f} ", x + length * std::cos(angle), y + length * std::sin(angle));
  }
  points.pop_back();
  return "<polygon points=\"" + points + "\"/>";
}

}  // namespace

std::string reportMarker(std::size_t series, double x, double y, double radius) {
  constexpr double kPi = std::numbers::pi;
  // Colours come round after eight; the shapes are then others, so that no two codecs look alike.
  switch ((series + 3 * (series / 8)) % 8) {
    case 0: return fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\"/>", x, y, radius);
    case 1: return polygon(x, y, radius * 1.25, 4, kPi / 4);
    case 2: return polygon(x, y + radius * 0.2, radius * 1.3, 3, 0);
    case 3: return polygon(x, y, radius * 1.3, 4, 0);
    case 4: return polygon(x, y - radius * 0.2, radius * 1.3, 3, kPi);
    case 5: return polygon(x, y, radius * 1.4, 5, 0, radius * 0.62);
    case 6: return polygon(x, y, radius * 1.15, 6, 0);
    default: return polygon(x, y, radius * 1.4, 4, 0, radius * 0.5);
  }
}

std::string reportChart(const Report& report) { return Chart(report).draw(); }

}  // namespace volpress::engine
