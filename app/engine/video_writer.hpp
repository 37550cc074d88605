// Pictures as a movie file, through libavcodec.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

struct VideoSettings {
  std::size_t width = 1280;  ///< even, as 4:2:0 video needs
  std::size_t height = 720;
  double framesPerSecond = 30;
  std::string encoder;  ///< a name that libavcodec knows; empty: the best that is there
  int quality = 18;     ///< 0 (lossless-like) .. 51, as H.264's constant rate factor
};

/// The encoders for MP4 that this machine's libavcodec has, best first. May be empty.
[[nodiscard]] std::vector<std::string> videoEncoders();

/// Writes an MP4 in 8-bit 4:2:0, BT.709. The file appears under its name when `finish` succeeds;
/// dropped before, nothing stays. The same pictures give the same bytes, whatever the machine's
/// number of threads.
class VideoWriter {
public:
  /// Whether `create` can work: sizes, rate, and an encoder. UnsupportedVersion where there is
  /// none, saying which would do.
  [[nodiscard]] static Result<void> check(const VideoSettings& settings);
  /// Checks, and opens a temporary file beside `target`.
  [[nodiscard]] static Result<VideoWriter> create(const std::filesystem::path& target,
                                                  const VideoSettings& settings);
  VideoWriter(VideoWriter&&) noexcept;
  VideoWriter& operator=(VideoWriter&&) noexcept;
  ~VideoWriter();

  [[nodiscard]] std::string_view encoder() const;
  /// The next frame: 3 channels, display values, of the settings' size.
  [[nodiscard]] Result<void> add(const Image& picture);
  [[nodiscard]] Result<void> finish();

private:
  struct Parts;
  explicit VideoWriter(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> m_parts;
};

}  // namespace volpress::engine
