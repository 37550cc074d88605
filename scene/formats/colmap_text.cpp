#include <algorithm>
#include <charconv>

#include "scene/formats/colmap_records.hpp"

namespace volpress::formats {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

/// Lines with their numbers.
class Lines {
public:
  explicit Lines(std::string_view text) : m_rest(text) {}

  [[nodiscard]] bool atEnd() const { return m_rest.empty(); }
  [[nodiscard]] std::size_t number() const { return m_number; }

  /// The next line as it stands, trimmed; empty at the end.
  std::string_view next() {
    const std::size_t end = std::min(m_rest.find('\n'), m_rest.size());
    const std::string_view line = m_rest.substr(0, end);
    m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
    ++m_number;
    return trimmed(line);
  }

  /// The next line that holds a record; empty at the end.
  std::string_view nextRecord() {
    while (!atEnd()) {
      const std::string_view line = next();
      if (!line.empty() && line.front() != '#') {
        return line;
      }
    }
    return {};
  }

private:
  std::string_view m_rest;
  std::size_t m_number = 0;
};

/// The fields of one line.
class Fields {
public:
  Fields(std::string_view line, std::size_t number) : m_rest(line), m_line(number) {}

  [[nodiscard]] bool atEnd() const { return m_rest.empty(); }
  /// Everything that is left: names may hold blanks.
  [[nodiscard]] std::string_view rest() const { return m_rest; }

  Result<std::string_view> word(std::string_view field) {
    if (m_rest.empty()) {
      return fail(ErrorCode::CorruptData, "line {}: {} is missing", m_line, field);
    }
    const std::size_t end = std::min(m_rest.find_first_of(kBlanks), m_rest.size());
    const std::string_view found = m_rest.substr(0, end);
    m_rest = trimmed(m_rest.substr(end));
    return found;
  }

  template <typename T>
  Result<T> number(std::string_view field) {
    VOLPRESS_TRY(const std::string_view text, word(field));
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size()) {
      return fail(ErrorCode::CorruptData, "line {}: {} is '{}', but a number is expected", m_line,
                  field, text.substr(0, 40));
    }
    return value;
  }

private:
  std::string_view m_rest;
  std::size_t m_line;
};

Result<ColmapCameraRecord> cameraRecord(Fields fields, std::size_t line) {
  ColmapCameraRecord record;
  VOLPRESS_TRY(record.id, fields.number<std::uint32_t>("the camera's id"));
  VOLPRESS_TRY(const std::string_view model, fields.word("the camera's model"));
  record.model = findLensModel(model);
  if (record.model == nullptr) {
    return fail(ErrorCode::UnsupportedVersion, "line {}: camera model '{}' is not known", line,
                model.substr(0, 40));
  }
  VOLPRESS_TRY(record.width, fields.number<std::uint64_t>("the camera's width"));
  VOLPRESS_TRY(record.height, fields.number<std::uint64_t>("the camera's height"));
  for (std::size_t p = 0; p < record.model->parameterCount(); ++p) {
    VOLPRESS_TRY(const double value, fields.number<double>("a camera parameter"));
    record.parameters.push_back(value);
  }
  if (!fields.atEnd()) {
    return fail(ErrorCode::CorruptData, "line {}: {} has {} parameters, but more follow", line,
                record.model->name, record.model->parameterCount());
  }
  return record;
}

Result<ColmapImageRecord> imageRecord(Fields fields, std::size_t line) {
  ColmapImageRecord record;
  VOLPRESS_TRY(record.id, fields.number<std::uint32_t>("the image's id"));
  for (double& value : record.quaternion) {
    VOLPRESS_TRY(value, fields.number<double>("the image's rotation"));
  }
  for (double& value : record.translation) {
    VOLPRESS_TRY(value, fields.number<double>("the image's translation"));
  }
  VOLPRESS_TRY(record.camera, fields.number<std::uint32_t>("the image's camera id"));
  if (fields.atEnd()) {
    return fail(ErrorCode::CorruptData, "line {}: the image's name is missing", line);
  }
  record.name = std::string(fields.rest());
  return record;
}

}  // namespace

Result<ColmapCameras> parseTextCameras(std::string_view text) {
  ColmapCameras cameras;
  Lines lines(text);
  for (std::string_view line = lines.nextRecord(); !line.empty(); line = lines.nextRecord()) {
    VOLPRESS_TRY(const auto record, cameraRecord(Fields(line, lines.number()), lines.number()));
    VOLPRESS_CHECK(addColmapCamera(record, cameras));
  }
  return cameras;
}

Result<std::vector<PosedImage>> parseTextImages(std::string_view text,
                                                const ColmapCameras& cameras) {
  std::vector<PosedImage> images;
  Lines lines(text);
  for (std::string_view line = lines.nextRecord(); !line.empty(); line = lines.nextRecord()) {
    VOLPRESS_TRY(const auto record, imageRecord(Fields(line, lines.number()), lines.number()));
    VOLPRESS_TRY(PosedImage image, poseColmapImage(record, cameras));
    images.push_back(std::move(image));
    lines.next();  // its 2-D points, on a line that may be empty
  }
  return images;
}

Result<void> parseTextPoints(std::string_view text, PosedImages& into) {
  Lines lines(text);
  for (std::string_view line = lines.nextRecord(); !line.empty(); line = lines.nextRecord()) {
    Fields fields(line, lines.number());
    VOLPRESS_TRY(const auto id, fields.number<std::uint64_t>("the point's id"));
    std::array<double, 3> position{};
    for (double& value : position) {
      VOLPRESS_TRY(value, fields.number<double>("the point's position"));
    }
    std::array<std::uint8_t, 3> color{};
    for (std::uint8_t& value : color) {
      VOLPRESS_TRY(value, fields.number<std::uint8_t>("the point's colour (0 .. 255)"));
    }
    VOLPRESS_CHECK(addColmapPoint(id, position, color, into));
  }
  return {};
}

}  // namespace volpress::formats
