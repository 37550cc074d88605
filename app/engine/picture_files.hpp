// Opening whatever holds a single picture: PNG, JPEG, WebP, AVIF, JPEG XL, or one of our own files
// that a codec of pictures wrote; and measuring one against another.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engine/evaluate.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

struct LoadedPicture {
  std::shared_ptr<const Image> picture;  ///< 3 channels
  std::string formatId;                  ///< "png", "jpeg", "webp", "avif", "jxl" or "vpc"
  std::string codecId;                   ///< of our own files
  std::string parameters;                ///< of our own files, JSON
  std::uint64_t fileBytes = 0;
  std::vector<std::string> warnings;
};

/// Looks at the first bytes.
[[nodiscard]] bool isPictureFile(const std::filesystem::path& path);

/// Reads a picture, upright where a JPEG says which way up it is. Errors name the path.
[[nodiscard]] Result<LoadedPicture> loadPicture(const std::filesystem::path& path,
                                                TaskRunner& runner, Progress& progress,
                                                const std::stop_token& stop);

/// Writes a PNG, told by the name; the bytes written. InvalidParameter for other names.
[[nodiscard]] Result<std::uint64_t> savePicture(const std::filesystem::path& path,
                                                const Image& picture);

/// Where the bytes go; empty for files that are not our own.
[[nodiscard]] Result<std::vector<formats::ByteShare>> pictureFileBreakdown(
    const std::filesystem::path& path);

/// 8 bits a channel.
[[nodiscard]] std::uint64_t plainPictureBytes(const Image& picture) noexcept;

/// The one view of pictures: all of it, pixel for pixel.
[[nodiscard]] ViewSet pictureViews(const Image& picture);

/// The metrics of a picture against its original. InvalidParameter when their sizes differ.
[[nodiscard]] Result<std::vector<ViewQuality>> measurePicture(const Image& original,
                                                              const Image& result,
                                                              MeasureContext& context,
                                                              const ViewVisitor& visitor = {});

}  // namespace volpress::engine
