#include <algorithm>
#include <cstring>

#include "scene/formats/colmap_records.hpp"

namespace volpress::formats {
namespace {

// The smallest record of each kind bounds what a count may claim.
constexpr std::uint64_t kSmallestCamera = 4 + 4 + 8 + 8 + 3 * 8;
constexpr std::uint64_t kSmallestImage = 4 + 7 * 8 + 4 + 1 + 8;
constexpr std::uint64_t kSmallestPoint = 8 + 3 * 8 + 3 + 8 + 8;

Result<std::uint64_t> readCount(ByteReader& reader, std::string_view what, std::uint64_t smallest) {
  VOLPRESS_TRY(const auto count, reader.read<std::uint64_t>("the count"));
  if (count > reader.remaining() / smallest) {
    return failAt(ErrorCode::CorruptData, 0, "it says {} {}, but the {} bytes left hold at most {}",
                  count, what, reader.remaining(), reader.remaining() / smallest);
  }
  return count;
}

Result<void> expectEnd(const ByteReader& reader) {
  if (reader.remaining() != 0) {
    return failAt(ErrorCode::CorruptData, reader.offset(), "{} bytes follow the last record",
                  reader.remaining());
  }
  return {};
}

Result<std::string> readName(ByteReader& reader) {
  const std::string_view rest = viewText(reader.rest());
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) {
    return failAt(ErrorCode::CorruptData, reader.offset(), "an image's name does not end");
  }
  VOLPRESS_TRY(const ByteView bytes, reader.take(end + 1, "an image's name"));
  return std::string(viewText(bytes).substr(0, end));
}

}  // namespace

Result<ColmapCameras> parseBinaryCameras(ByteView file) {
  ByteReader reader(file);
  VOLPRESS_TRY(const std::uint64_t count, readCount(reader, "cameras", kSmallestCamera));
  ColmapCameras cameras;
  for (std::uint64_t i = 0; i < count; ++i) {
    ColmapCameraRecord record;
    VOLPRESS_TRY(record.id, reader.read<std::uint32_t>("a camera's id"));
    VOLPRESS_TRY(const auto model, reader.read<std::int32_t>("a camera's model"));
    record.model = findLensModel(std::int64_t{model});
    if (record.model == nullptr) {
      return failAt(ErrorCode::UnsupportedVersion, reader.offset() - 4,
                    "camera {}: model {} is not known (0 .. {} are)", record.id, model,
                    lensModels().size() - 1);
    }
    VOLPRESS_TRY(record.width, reader.read<std::uint64_t>("a camera's width"));
    VOLPRESS_TRY(record.height, reader.read<std::uint64_t>("a camera's height"));
    for (std::size_t p = 0; p < record.model->parameterCount(); ++p) {
      VOLPRESS_TRY(const double value, reader.read<double>("a camera's parameter"));
      record.parameters.push_back(value);
    }
    VOLPRESS_CHECK(addColmapCamera(record, cameras));
  }
  VOLPRESS_CHECK(expectEnd(reader));
  return cameras;
}

Result<std::vector<PosedImage>> parseBinaryImages(ByteView file, const ColmapCameras& cameras) {
  ByteReader reader(file);
  VOLPRESS_TRY(const std::uint64_t count, readCount(reader, "images", kSmallestImage));
  std::vector<PosedImage> images;
  images.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    ColmapImageRecord record;
    VOLPRESS_TRY(record.id, reader.read<std::uint32_t>("an image's id"));
    VOLPRESS_TRY(record.quaternion, reader.read<std::array<double, 4>>("an image's rotation"));
    VOLPRESS_TRY(record.translation, reader.read<std::array<double, 3>>("an image's translation"));
    VOLPRESS_TRY(record.camera, reader.read<std::uint32_t>("an image's camera id"));
    VOLPRESS_TRY(record.name, readName(reader));
    VOLPRESS_TRY(const auto points, reader.read<std::uint64_t>("an image's count of points"));
    if (points > reader.remaining() / 24) {
      return failAt(ErrorCode::CorruptData, reader.offset() - 8,
                    "image {}: it says {} points, but {} bytes are left", record.id, points,
                    reader.remaining());
    }
    VOLPRESS_CHECK(reader.take(24 * points, "an image's points"));
    VOLPRESS_TRY(PosedImage image, poseColmapImage(record, cameras));
    images.push_back(std::move(image));
  }
  VOLPRESS_CHECK(expectEnd(reader));
  return images;
}

Result<void> parseBinaryPoints(ByteView file, PosedImages& into) {
  ByteReader reader(file);
  VOLPRESS_TRY(const std::uint64_t count, readCount(reader, "points", kSmallestPoint));
  into.points.reserve(static_cast<std::size_t>(3 * count));
  into.pointColors.reserve(static_cast<std::size_t>(3 * count));
  for (std::uint64_t i = 0; i < count; ++i) {
    VOLPRESS_TRY(const auto id, reader.read<std::uint64_t>("a point's id"));
    VOLPRESS_TRY(const auto position, reader.read<std::array<double, 3>>("a point's position"));
    VOLPRESS_TRY(const auto color, reader.read<std::array<std::uint8_t, 3>>("a point's colour"));
    VOLPRESS_CHECK(reader.take(8, "a point's error"));
    VOLPRESS_TRY(const auto track, reader.read<std::uint64_t>("a point's track length"));
    if (track > reader.remaining() / 8) {
      return failAt(ErrorCode::CorruptData, reader.offset() - 8,
                    "point {}: it says {} sightings, but {} bytes are left", id, track,
                    reader.remaining());
    }
    VOLPRESS_CHECK(reader.take(8 * track, "a point's track"));
    VOLPRESS_CHECK(addColmapPoint(id, position, color, into));
  }
  return expectEnd(reader);
}

}  // namespace volpress::formats
