// What the binary and the text reader of COLMAP models share: raw records and their checks.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "scene/formats/colmap_model.hpp"

namespace volpress::formats {

struct ColmapCameraRecord {
  std::uint32_t id = 0;
  const LensModelInfo* model = nullptr;
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::vector<double> parameters;  ///< as many as the model has
};

struct ColmapImageRecord {
  std::uint32_t id = 0;
  std::array<double, 4> quaternion{};   ///< w x y z, world to camera
  std::array<double, 3> translation{};  ///< world to camera
  std::uint32_t camera = 0;
  std::string name;
};

/// Checks a record and puts it into `cameras`; a second camera of the same id is an error.
[[nodiscard]] Result<void> addColmapCamera(const ColmapCameraRecord& record,
                                           ColmapCameras& cameras);
[[nodiscard]] Result<PosedImage> poseColmapImage(const ColmapImageRecord& record,
                                                 const ColmapCameras& cameras);
/// Appends a point; a point that is not finite or too far away is an error naming `id`.
[[nodiscard]] Result<void> addColmapPoint(std::uint64_t id, const std::array<double, 3>& position,
                                          const std::array<std::uint8_t, 3>& color,
                                          PosedImages& into);

[[nodiscard]] Result<ColmapCameras> parseBinaryCameras(ByteView file);
[[nodiscard]] Result<std::vector<PosedImage>> parseBinaryImages(ByteView file,
                                                                const ColmapCameras& cameras);
[[nodiscard]] Result<void> parseBinaryPoints(ByteView file, PosedImages& into);
[[nodiscard]] Result<ColmapCameras> parseTextCameras(std::string_view text);
[[nodiscard]] Result<std::vector<PosedImage>> parseTextImages(std::string_view text,
                                                              const ColmapCameras& cameras);
[[nodiscard]] Result<void> parseTextPoints(std::string_view text, PosedImages& into);

}  // namespace volpress::formats
