#include "app/engine/bd_rate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace volpress::engine {
namespace {

constexpr std::array<std::string_view, 4> kAnchors{"sog", "spz", "jpeg", "avif"};

/// Logarithm of bytes over PSNR.
class Curve {
public:
  explicit Curve(std::span<const RatePoint> points) {
    std::vector<RatePoint> sorted(points.begin(), points.end());
    std::sort(sorted.begin(), sorted.end(), [](const RatePoint& a, const RatePoint& b) {
      return a.bytes != b.bytes ? a.bytes < b.bytes : a.psnr > b.psnr;
    });
    for (const RatePoint& point : sorted) {
      if (m_psnr.empty() || point.psnr > m_psnr.back()) {
        m_psnr.push_back(point.psnr);
        m_log.push_back(std::log(point.bytes));
      }
    }
    setSlopes();
  }

  [[nodiscard]] std::size_t size() const { return m_psnr.size(); }
  [[nodiscard]] double low() const { return m_psnr.front(); }
  [[nodiscard]] double high() const { return m_psnr.back(); }

  /// `psnr` lies within the curve.
  [[nodiscard]] double at(double psnr) const {
    if (size() == 1) {
      return m_log.front();
    }
    const std::size_t i = pieceAt(psnr);
    const double width = m_psnr[i + 1] - m_psnr[i];
    const double t = (psnr - m_psnr[i]) / width;
    const double back = 1 - t;
    return m_log[i] * back * back * (1 + 2 * t) + m_log[i + 1] * t * t * (3 - 2 * t) +
           width * t * back * (m_slope[i] * back - m_slope[i + 1] * t);
  }

  /// Over [from, to] within the curve.
  [[nodiscard]] double integral(double from, double to) const {
    double sum = 0;
    double left = from;
    for (std::size_t i = pieceAt(from); left < to; ++i) {
      const double right = i + 2 < size() ? std::min(to, m_psnr[i + 1]) : to;
      // Simpson's rule is exact for cubics.
      sum += (right - left) / 6 * (at(left) + 4 * at((left + right) / 2) + at(right));
      left = right;
    }
    return sum;
  }

private:
  [[nodiscard]] std::size_t pieceAt(double psnr) const {
    std::size_t i = 0;
    while (i + 2 < size() && m_psnr[i + 1] <= psnr) {
      ++i;
    }
    return i;
  }

  /// Fritsch and Butland's: the curve rises wherever its points do.
  void setSlopes() {
    m_slope.assign(size(), 0.0);
    if (size() < 2) {
      return;
    }
    std::vector<double> width;
    std::vector<double> secant;
    for (std::size_t i = 0; i + 1 < size(); ++i) {
      width.push_back(m_psnr[i + 1] - m_psnr[i]);
      secant.push_back((m_log[i + 1] - m_log[i]) / width[i]);
    }
    for (std::size_t i = 1; i + 1 < size(); ++i) {
      const double before = secant[i - 1];
      const double after = secant[i];
      const double a = 2 * width[i] + width[i - 1];
      const double b = width[i] + 2 * width[i - 1];
      m_slope[i] = before * after > 0 ? (a + b) / (a / before + b / after) : 0;
    }
    m_slope.front() = endSlope(width, secant, 0, 1);
    m_slope.back() = endSlope(width, secant, width.size() - 1, width.size() - 2);
  }

  static double endSlope(std::span<const double> width, std::span<const double> secant,
                         std::size_t end, std::size_t next) {
    if (width.size() == 1) {
      return secant[end];
    }
    const double slope =
        ((2 * width[end] + width[next]) * secant[end] - width[end] * secant[next]) /
        (width[end] + width[next]);
    return slope * secant[end] <= 0 ? 0 : std::min(slope, 3 * secant[end]);
  }

  std::vector<double> m_psnr, m_log, m_slope;
};

std::vector<RatePoint> pointsOf(const Report& report, std::string_view codec) {
  std::vector<RatePoint> points;
  for (const ReportRow& row : report.rows) {
    if (row.codec == codec && row.evaluation && row.evaluation->fileBytes > 0 &&
        row.evaluation->meanPsnr() < kIdenticalPsnr) {
      points.push_back(
          {static_cast<double>(row.evaluation->fileBytes), row.evaluation->meanPsnr()});
    }
  }
  return points;
}

std::string labelOf(const Report& report, std::string_view codec) {
  const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                [&](const ReportRow& one) { return one.codec == codec; });
  return row == report.rows.end() ? std::string(codec) : row->codecLabel;
}

}  // namespace

std::optional<BdRate> bdRate(std::span<const RatePoint> points, std::span<const RatePoint> others) {
  if (points.empty() || others.empty()) {
    return std::nullopt;
  }
  const Curve curve(points);
  const Curve other(others);
  const double from = std::max(curve.low(), other.low());
  const double to = std::min(curve.high(), other.high());
  double difference = 0;
  if (from < to) {
    difference = (curve.integral(from, to) - other.integral(from, to)) / (to - from);
  } else if (from == to && (curve.size() == 1 || other.size() == 1)) {
    difference = curve.at(from) - other.at(from);
  } else {
    return std::nullopt;
  }
  return BdRate{100 * std::expm1(difference), from, to};
}

std::vector<ReportBdRate> reportBdRates(const Report& report) {
  std::vector<ReportBdRate> rates;
  std::vector<std::string> seen;
  for (const ReportRow& row : report.rows) {
    if (std::find(seen.begin(), seen.end(), row.codec) != seen.end()) {
      continue;
    }
    seen.push_back(row.codec);
    for (const std::string_view anchor : kAnchors) {
      const auto rate = row.codec == anchor
                            ? std::nullopt
                            : bdRate(pointsOf(report, row.codec), pointsOf(report, anchor));
      if (rate) {
        rates.push_back(
            {row.codec, row.codecLabel, std::string(anchor), labelOf(report, anchor), *rate});
      }
    }
  }
  return rates;
}

}  // namespace volpress::engine
