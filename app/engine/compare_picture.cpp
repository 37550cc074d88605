#include "app/engine/compare_picture.hpp"

#include <algorithm>
#include <cmath>

#include "renderer/metrics/metrics.hpp"

namespace volpress::engine {
namespace {

constexpr std::array<std::string_view, 5> kNames{"single", "wipe", "side-by-side", "difference",
                                                 "flip"};
constexpr std::size_t kGap = 2;  // pixels between pictures, and the width of the wipe's line
constexpr float kGapValue = 0.9F;

/// Copies columns [from, to) of `source` to `target`, `shift` columns to the right.
void copyColumns(const Image& source, Image& target, std::size_t from, std::size_t to,
                 std::size_t shift) {
  for (std::size_t y = 0; y < source.height; ++y) {
    const auto row = source.pixels.begin() + static_cast<std::ptrdiff_t>(3 * source.width * y);
    std::copy(
        row + static_cast<std::ptrdiff_t>(3 * from), row + static_cast<std::ptrdiff_t>(3 * to),
        target.pixels.begin() + static_cast<std::ptrdiff_t>(3 * (target.width * y + from + shift)));
  }
}

void fillColumns(Image& target, std::size_t from, std::size_t to) {
  for (std::size_t y = 0; y < target.height; ++y) {
    const auto row = target.pixels.begin() + static_cast<std::ptrdiff_t>(3 * target.width * y);
    std::fill(row + static_cast<std::ptrdiff_t>(3 * from),
              row + static_cast<std::ptrdiff_t>(3 * to), kGapValue);
  }
}

Image wiped(const Image& a, const Image& b, double wipe) {
  Image out = b;
  const auto line = static_cast<std::size_t>(
      std::lround(std::clamp(wipe, 0.0, 1.0) * static_cast<double>(a.width)));
  copyColumns(a, out, 0, line, 0);
  if (line > 0 && line < a.width) {
    fillColumns(out, line - std::min(line, kGap / 2), std::min(a.width, line + kGap / 2));
  }
  return out;
}

Image besideEachOther(std::span<const Image> pictures, std::size_t width, std::size_t height) {
  Image out = makeImage(width, height, 3, kGapValue);
  std::size_t left = 0;
  for (const Image& picture : pictures) {
    copyColumns(picture, out, 0, picture.width, left);
    left += picture.width + kGap;
  }
  return out;
}

Image differenceOf(const Image& a, const Image& b, double range) {
  Image error = makeImage(a.width, a.height, 1);
  const auto shown = [](float value) { return std::clamp(value, 0.0F, 1.0F); };
  for (std::size_t i = 0; i < error.pixels.size(); ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += std::abs(shown(a.pixels[3 * i + c]) - shown(b.pixels[3 * i + c]));
    }
    error.pixels[i] = std::min(1.0F, sum / (3 * static_cast<float>(range)));
  }
  return metrics::colorizeError(error);
}

}  // namespace

std::span<const std::string_view> compareStyleNames() noexcept { return kNames; }

std::optional<CompareStyle> findCompareStyle(std::string_view name) noexcept {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    return std::nullopt;
  }
  return static_cast<CompareStyle>(found - kNames.begin());
}

std::array<std::size_t, 2> picturesOf(CompareStyle style) noexcept {
  switch (style) {
    case CompareStyle::Single: return {1, 1};
    case CompareStyle::SideBySide: return {2, 4};
    default: return {2, 2};
  }
}

PictureSides paneSize(CompareStyle style, std::size_t count, std::size_t width,
                      std::size_t height) {
  if (style != CompareStyle::SideBySide || count < 2) {
    return {width, height};
  }
  const std::size_t gaps = kGap * (count - 1);
  return {std::max<std::size_t>(1, (width - std::min(width, gaps)) / count), height};
}

Result<Image> composePicture(std::span<const Image> pictures, const CompareSettings& settings,
                             std::size_t width, std::size_t height, TaskRunner& runner) {
  const auto [fewest, most] = picturesOf(settings.style);
  const std::string_view name = kNames[static_cast<std::size_t>(settings.style)];
  if (pictures.size() < fewest || pictures.size() > most) {
    return fail(ErrorCode::InvalidParameter, "{} takes {} to {} pictures, not {}", name, fewest,
                most, pictures.size());
  }
  if (!(settings.differenceRange > 0 && settings.differenceRange <= 1)) {
    return fail(ErrorCode::InvalidParameter,
                "the range of differences is {}, but more than 0 and at most 1 is allowed",
                settings.differenceRange);
  }
  const PictureSides pane = paneSize(settings.style, pictures.size(), width, height);
  for (const Image& picture : pictures) {
    if (picture.width != pane.width || picture.height != pane.height || picture.channels != 3 ||
        width < pane.width * pictures.size() * (settings.style == CompareStyle::SideBySide)) {
      return fail(ErrorCode::InvalidParameter, "{}: a picture is {} x {}, but {} x {} is needed",
                  name, picture.width, picture.height, pane.width, pane.height);
    }
  }
  switch (settings.style) {
    case CompareStyle::Single: return pictures[0];
    case CompareStyle::Wipe: return wiped(pictures[0], pictures[1], settings.wipe);
    case CompareStyle::SideBySide: return besideEachOther(pictures, width, height);
    case CompareStyle::Difference:
      return differenceOf(pictures[0], pictures[1], settings.differenceRange);
    case CompareStyle::Flip: {
      VOLPRESS_TRY(const metrics::FlipResult flip, metrics::flip(pictures[0], pictures[1], runner));
      return metrics::colorizeError(flip.error);
    }
  }
  return fail(ErrorCode::Internal, "no such style of comparison");
}

}  // namespace volpress::engine
