// The chunks of a file. Byte layout in FORMAT.md beside this file.
#pragma once

#include <array>
#include <string_view>

#include "compressors/container/container.hpp"
#include "compressors/gaussianimage/quantiser.hpp"

namespace volpress::gaussianimage {

inline constexpr std::string_view kPictureChunk = "picture";
inline constexpr std::string_view kPlacesChunk = "positions";
inline constexpr std::string_view kShapesChunk = "shapes";
inline constexpr std::string_view kColorsChunk = "colors";
inline constexpr std::string_view kBooksChunk = "codebooks";
inline constexpr std::array kChunks{kPictureChunk, kPlacesChunk, kShapesChunk, kColorsChunk,
                                    kBooksChunk};

/// Adds the chunks of `codes`, whose Gaussians are put into Morton order. Cancelled when `stop`
/// asks for it.
[[nodiscard]] Result<void> addCodes(const PictureCodes& codes, compressors::Container& container,
                                    TaskRunner& runner, const std::stop_token& stop);

/// Reads untrusted chunks of a file of `fileBytes`. CorruptData for more pixels or Gaussians than
/// the bytes can hold, for numbers that are not finite, and for Gaussians so large that drawing
/// them would take for ever.
[[nodiscard]] Result<PictureCodes> readCodes(const compressors::Container& container,
                                             std::size_t fileBytes, TaskRunner& runner,
                                             const std::stop_token& stop);

}  // namespace volpress::gaussianimage
