// Which photographs are meant, and how large they are used.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "scene/base/result.hpp"

namespace volpress::engine {

struct PhotoOptions {
  std::filesystem::path dataset;  ///< see readPosedImages; empty: no photographs
  std::filesystem::path images;   ///< where the photographs are; empty: where the data set says
  double downscale = 1;           ///< photograph's size over the picture's, >= 1
  std::size_t longestSide = 0;    ///< pixels; larger pictures are made smaller; 0: any
  std::size_t holdout = 8;        ///< every so many photographs one is held out; 0: none; a data
                                  ///< set that names its own decides itself
};

/// As a JSON text, which keeps all of it.
[[nodiscard]] std::string photosToText(const PhotoOptions& photos);
/// CorruptData where the text is something else.
[[nodiscard]] Result<PhotoOptions> photosFromText(std::string_view text);

}  // namespace volpress::engine
