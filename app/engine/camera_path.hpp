// A camera's way through a scene: key frames and what lies between them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/engine/viewpoint.hpp"

namespace volpress::engine {

struct KeyFrame {
  Viewpoint view;
  double seconds = 0;  ///< when the camera is there
};

enum class PathPace : std::uint8_t {
  Smooth,  ///< keeps speed through key frames; starts and ends at rest
  Linear,  ///< straight lines at constant speed between key frames
};

/// Key frames by rising time. Between them, positions follow a Catmull-Rom spline with the key
/// frames' times as knots (Barry and Goldman, 1988), rotations are interpolated on the sphere
/// (Shoemake, 1985) with the same easing, fields of view and logarithms of pivot distances
/// linearly.
struct CameraPath {
  std::vector<KeyFrame> keys;
  PathPace pace = PathPace::Smooth;
  bool closed = false;        ///< after the last key frame on to the first
  double closingSeconds = 2;  ///< how long that takes
  double framesPerSecond = 30;
};

inline constexpr std::size_t kMaxKeyFrames = 10000;
inline constexpr double kMaxPathSeconds = 36000;

/// Whether there are key frames, times rise by at least a millisecond, and all is in range.
[[nodiscard]] Result<void> checkPath(const CameraPath& path);

/// Seconds from the first key frame to the end; 0 for a single one.
[[nodiscard]] double pathSeconds(const CameraPath& path);
/// Frames at the path's rate: floor(seconds * rate) + 1, one less for a closed path, whose end is
/// its beginning; at least 1.
[[nodiscard]] std::size_t pathFrames(const CameraPath& path);
/// The view `seconds` after the first key frame, held inside the path. The path must be valid.
[[nodiscard]] Viewpoint viewAt(const CameraPath& path, double seconds);
/// The view of frame `frame` of `pathFrames`.
[[nodiscard]] Viewpoint viewOfFrame(const CameraPath& path, std::size_t frame);

/// A key frame for each view, timed so that the camera moves at an even pace, `seconds` in all.
[[nodiscard]] CameraPath pathThrough(const std::vector<Viewpoint>& views, double seconds,
                                     bool closed);
/// Once around the pivot of `start` about the axis `down` (unit), in `seconds`, closed.
[[nodiscard]] CameraPath turntablePath(const Viewpoint& start, const std::array<double, 3>& down,
                                       double seconds);

/// {"volpress": "camera-path", "version": 1, ...}, indented.
[[nodiscard]] std::string cameraPathToJson(const CameraPath& path);
/// Untrusted text; the path is checked.
[[nodiscard]] Result<CameraPath> cameraPathFromJson(std::string_view text);

}  // namespace volpress::engine
