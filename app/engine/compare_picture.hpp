// One picture of a comparison, as the viewport shows it, for movies and reports.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

enum class CompareStyle : std::uint8_t {
  Single,      ///< the first picture
  Wipe,        ///< the first to the left of a line, the second to its right
  SideBySide,  ///< two to four pictures of equal width
  Difference,  ///< mean absolute difference of the channels, coloured
  Flip,        ///< FLIP error, coloured
};

/// "single", "wipe", "side-by-side", "difference", "flip".
[[nodiscard]] std::span<const std::string_view> compareStyleNames() noexcept;
[[nodiscard]] std::optional<CompareStyle> findCompareStyle(std::string_view name) noexcept;

struct CompareSettings {
  CompareStyle style = CompareStyle::Single;
  double wipe = 0.5;             ///< 0..1 from the left
  double differenceRange = 0.1;  ///< the difference that gets the brightest colour, 0 < range <= 1
};

/// How many pictures a style takes: fewest and most.
[[nodiscard]] std::array<std::size_t, 2> picturesOf(CompareStyle style) noexcept;

struct PictureSides {
  std::size_t width = 0;
  std::size_t height = 0;
};

/// The size at which each of `count` pictures is drawn for a whole of `width` x `height`.
[[nodiscard]] PictureSides paneSize(CompareStyle style, std::size_t count, std::size_t width,
                                    std::size_t height);

/// Puts pictures of `paneSize` together. InvalidParameter where their number or size does not fit.
[[nodiscard]] Result<Image> composePicture(std::span<const Image> pictures,
                                           const CompareSettings& settings, std::size_t width,
                                           std::size_t height, TaskRunner& runner);

}  // namespace volpress::engine
