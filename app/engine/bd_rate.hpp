// How many more bytes one codec takes than another at the same quality (Bjøntegaard, VCEG-M33,
// 2001), with curves that keep their points in order (piecewise cubic, as in JCTVC-L1100).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/engine/report.hpp"

namespace volpress::engine {

/// A file of a codec: its bytes, more than 0, and its mean PSNR in dB.
struct RatePoint {
  double bytes = 0;
  double psnr = 0;
};

/// The mean difference over a range of qualities.
struct BdRate {
  double percent = 0;               ///< of bytes, below 0: fewer than the other
  double fromPsnr = 0, toPsnr = 0;  ///< the range; equal where one of both is a single point
};

/// Of `points` against `others`, over the PSNR that both reach: the difference of the logarithms of
/// their bytes. Points that another one beats in both size and quality are left out. Nothing where
/// the ranges do not meet, or meet in one PSNR without either side being a single point there.
[[nodiscard]] std::optional<BdRate> bdRate(std::span<const RatePoint> points,
                                           std::span<const RatePoint> others);

/// One codec of a report, all its rows together, against one that it is measured by.
struct ReportBdRate {
  std::string codec;
  std::string codecLabel;
  std::string against;
  std::string againstLabel;
  BdRate rate;
};

/// Every codec of the report against SOG and SPZ, or JPEG and AVIF, as far as they are in it and
/// reach the same quality, in the order of the rows.
[[nodiscard]] std::vector<ReportBdRate> reportBdRates(const Report& report);

}  // namespace volpress::engine
