#include "app/engine/camera_path.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/engine/viewpoint_json.hpp"
#include "scene/base/rotations.hpp"

namespace volpress::engine {
namespace {

using Vec3 = std::array<double, 3>;

constexpr double kSmallestStep = 1e-3;  // seconds between key frames

Vec3 mixed(const Vec3& a, const Vec3& b, double t) {
  return {a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t};
}

double distance(const Vec3& a, const Vec3& b) {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/// The four key frames around a segment, with their times on one axis.
struct Segment {
  std::array<const Viewpoint*, 4> views{};
  std::array<double, 4> times{};
};

/// Segment `index` goes from key `index` to the next; ends are mirrored in time where the path is
/// open, so that the spline leaves and arrives straight.
Segment segmentOf(const CameraPath& path, std::size_t index) {
  const auto count = static_cast<std::ptrdiff_t>(path.keys.size());
  const double period = pathSeconds(path);
  Segment segment;
  for (std::ptrdiff_t k = 0; k < 4; ++k) {
    std::ptrdiff_t at = static_cast<std::ptrdiff_t>(index) + k - 1;
    double shift = 0;
    if (path.closed) {
      shift = at < 0 ? -period : at >= count ? period : 0;
      at = (at + count) % count;
    } else {
      at = std::clamp<std::ptrdiff_t>(at, 0, count - 1);
    }
    const KeyFrame& key = path.keys[static_cast<std::size_t>(at)];
    const auto place = static_cast<std::size_t>(k);
    segment.views[place] = &key.view;
    segment.times[place] = key.seconds - path.keys.front().seconds + shift;
  }
  if (segment.times[0] >= segment.times[1]) {
    segment.times[0] = 2 * segment.times[1] - segment.times[2];
  }
  if (segment.times[3] <= segment.times[2]) {
    segment.times[3] = 2 * segment.times[2] - segment.times[1];
  }
  return segment;
}

/// Barry and Goldman's pyramid: a Catmull-Rom spline whose knots are the key frames' times. `mix`
/// is linear interpolation for points and slerp for rotations (Schlag, 1991). A mirrored end has no
/// key frame of its own: its value is the reflection of the neighbour's.
template <typename Value, typename Mix>
Value catmullRom(const Segment& s, const Value Viewpoint::*field, double time, const Mix& mix) {
  const auto& t = s.times;
  const auto between = [&mix, time](const Value& a, const Value& b, double from, double to) {
    return mix(a, b, (time - from) / (to - from));
  };
  const Value p1 = s.views[1]->*field;
  const Value p2 = s.views[2]->*field;
  const Value p0 = s.views[0] == s.views[1] ? mix(p1, p2, -1) : s.views[0]->*field;
  const Value p3 = s.views[3] == s.views[2] ? mix(p1, p2, 2) : s.views[3]->*field;
  const Value a1 = between(p0, p1, t[0], t[1]);
  const Value a2 = between(p1, p2, t[1], t[2]);
  const Value a3 = between(p2, p3, t[2], t[3]);
  const Value b1 = between(a1, a2, t[0], t[2]);
  const Value b2 = between(a2, a3, t[1], t[3]);
  return between(b1, b2, t[1], t[2]);
}

/// Starts and ends at rest: half a second of constant acceleration at each end (less in short
/// paths), and in between faster by the time that those cost.
double easedTime(double seconds, double whole) {
  const double ramp = std::min(0.5, whole / 2);
  if (!(ramp > 0)) {
    return seconds;
  }
  const double speed = whole / (whole - ramp);
  if (seconds < ramp) {
    return 0.5 * speed * seconds * seconds / ramp;
  }
  if (seconds > whole - ramp) {
    const double left = whole - seconds;
    return whole - 0.5 * speed * left * left / ramp;
  }
  return speed * (seconds - 0.5 * ramp);
}

Json keyToJson(const KeyFrame& key) {
  Json entry = viewpointToJson(key.view);
  entry["seconds"] = key.seconds;
  return entry;
}

}  // namespace

Result<void> checkPath(const CameraPath& path) {
  if (path.keys.empty() || path.keys.size() > kMaxKeyFrames) {
    return fail(ErrorCode::InvalidParameter,
                "the camera path has {} key frames, but 1 .. {} are allowed", path.keys.size(),
                kMaxKeyFrames);
  }
  for (std::size_t i = 0; i < path.keys.size(); ++i) {
    const std::string what = fmt::format("key frame {}", i + 1);
    const KeyFrame& key = path.keys[i];
    VOLPRESS_CHECK(checkViewpoint(key.view, what));
    if (!(key.seconds >= 0 && key.seconds <= kMaxPathSeconds)) {
      return fail(ErrorCode::InvalidParameter, "{}: its time is {} s, but 0 .. {} is allowed", what,
                  key.seconds, kMaxPathSeconds);
    }
    if (i > 0 && !(key.seconds - path.keys[i - 1].seconds >= kSmallestStep)) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: its time is {} s, but it must come after the one before at {} s", what,
                  key.seconds, path.keys[i - 1].seconds);
    }
  }
  if (path.closed &&
      !(path.closingSeconds >= kSmallestStep && path.closingSeconds <= kMaxPathSeconds)) {
    return fail(ErrorCode::InvalidParameter,
                "the way back to the start takes {} s, but {} .. {} is allowed",
                path.closingSeconds, kSmallestStep, kMaxPathSeconds);
  }
  if (!(path.framesPerSecond >= 1 && path.framesPerSecond <= 240)) {
    return fail(ErrorCode::InvalidParameter,
                "the camera path has {} frames a second, but 1 .. 240 are allowed",
                path.framesPerSecond);
  }
  return {};
}

double pathSeconds(const CameraPath& path) {
  const double open = path.keys.back().seconds - path.keys.front().seconds;
  return path.closed && path.keys.size() > 1 ? open + path.closingSeconds : open;
}

std::size_t pathFrames(const CameraPath& path) {
  // A hair is added so that 2 s at 30 a second are 61 frames whatever the rounding.
  const auto steps =
      static_cast<std::size_t>(std::floor(pathSeconds(path) * path.framesPerSecond + 1e-6));
  if (!path.closed) {
    return steps + 1;
  }
  return std::max<std::size_t>(1, steps);
}

Viewpoint viewAt(const CameraPath& path, double seconds) {
  const std::size_t count = path.keys.size();
  if (count == 1) {
    return path.keys.front().view;
  }
  const double whole = pathSeconds(path);
  double time = std::clamp(seconds, 0.0, whole);
  if (path.pace == PathPace::Smooth && !path.closed) {
    time = easedTime(time, whole);
  }
  const double start = path.keys.front().seconds;
  std::size_t index = 0;
  while (index + 1 < count && path.keys[index + 1].seconds - start <= time) {
    ++index;
  }
  if (!path.closed) {
    index = std::min(index, count - 2);
  }
  const Segment segment = segmentOf(path, index);
  const double t =
      std::clamp((time - segment.times[1]) / (segment.times[2] - segment.times[1]), 0.0, 1.0);
  const Viewpoint& from = *segment.views[1];
  const Viewpoint& to = *segment.views[2];
  Viewpoint out;
  if (path.pace == PathPace::Linear) {
    out.position = mixed(from.position, to.position, t);
    out.rotation = slerp(from.rotation, to.rotation, t);
  } else {
    out.position = catmullRom(segment, &Viewpoint::position, time, mixed);
    out.rotation = catmullRom(segment, &Viewpoint::rotation, time, slerp);
  }
  out.verticalFov = from.verticalFov + (to.verticalFov - from.verticalFov) * t;
  out.pivotDistance = from.pivotDistance * std::pow(to.pivotDistance / from.pivotDistance, t);
  out.nearPlane = std::min(from.nearPlane, to.nearPlane);
  return out;
}

Viewpoint viewOfFrame(const CameraPath& path, std::size_t frame) {
  return viewAt(path, static_cast<double>(frame) / path.framesPerSecond);
}

CameraPath pathThrough(const std::vector<Viewpoint>& views, double seconds, bool closed) {
  CameraPath path;
  path.closed = closed && views.size() > 1;
  if (views.empty()) {
    return path;
  }
  // What a viewer takes for distance: the way of the eye, and turning as if at arm's length.
  const auto stretch = [](const Viewpoint& a, const Viewpoint& b) {
    const double angle = 2 * std::acos(std::min(1.0, std::abs(dot(a.rotation, b.rotation))));
    return distance(a.position, b.position) + angle * 0.5 * (a.pivotDistance + b.pivotDistance);
  };
  std::vector<double> ways{0};
  for (std::size_t i = 1; i < views.size(); ++i) {
    ways.push_back(ways.back() + stretch(views[i - 1], views[i]));
  }
  const double closing = path.closed ? stretch(views.back(), views.front()) : 0;
  const double all = ways.back() + closing;
  const std::size_t steps = views.size() - (path.closed ? 0 : 1);
  for (std::size_t i = 0; i < views.size(); ++i) {
    // Even shares keep equal views apart, and the other half follows the way.
    const double even = steps > 0 ? static_cast<double>(i) / static_cast<double>(steps) : 0;
    const double part = all > 0 ? 0.1 * even + 0.9 * ways[i] / all : even;
    path.keys.push_back({views[i], seconds * part});
  }
  path.closingSeconds = std::max(kSmallestStep, seconds - path.keys.back().seconds);
  return path;
}

CameraPath turntablePath(const Viewpoint& start, const std::array<double, 3>& down,
                         double seconds) {
  constexpr std::size_t kStops = 12;  // a spline through twelve stops leaves the circle by 0.1 %
  const Vec3 forward = forwardOf(start);
  Vec3 pivot{};
  for (std::size_t c = 0; c < 3; ++c) {
    pivot[c] = start.position[c] + forward[c] * start.pivotDistance;
  }
  std::vector<Viewpoint> views;
  for (std::size_t i = 0; i < kStops; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kStops;
    const double sine = std::sin(angle / 2);
    const Quaternion turn{std::cos(angle / 2), down[0] * sine, down[1] * sine, down[2] * sine};
    const Quaternion back{turn[0], -turn[1], -turn[2], -turn[3]};
    Viewpoint view = start;
    const Quaternion arm{0, start.position[0] - pivot[0], start.position[1] - pivot[1],
                         start.position[2] - pivot[2]};
    const Quaternion turned = multiply(multiply(turn, arm), back);
    for (std::size_t c = 0; c < 3; ++c) {
      view.position[c] = pivot[c] + turned[c + 1];
    }
    view.rotation = multiply(start.rotation, back);
    views.push_back(view);
  }
  return pathThrough(views, seconds, true);
}

std::string cameraPathToJson(const CameraPath& path) {
  Json keys = Json::array();
  for (const KeyFrame& key : path.keys) {
    keys.push_back(keyToJson(key));
  }
  return dumpJson({{"volpress", "camera-path"},
                   {"version", 1},
                   {"framesPerSecond", path.framesPerSecond},
                   {"pace", path.pace == PathPace::Smooth ? "smooth" : "linear"},
                   {"closed", path.closed},
                   {"closingSeconds", path.closingSeconds},
                   {"keys", std::move(keys)}},
                  1);
}

Result<CameraPath> cameraPathFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  if (!json.is_object() || json.value("volpress", Json()) != "camera-path") {
    return fail(ErrorCode::NotThisFormat, "this is no camera path");
  }
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "version"));
  if (version != 1) {
    return fail(ErrorCode::UnsupportedVersion, "a camera path of version {}, but 1 is known",
                version);
  }
  CameraPath path;
  VOLPRESS_TRY(path.framesPerSecond, jsonNumber(json, "framesPerSecond"));
  VOLPRESS_TRY(path.closed, jsonFlag(json, "closed"));
  VOLPRESS_TRY(path.closingSeconds, jsonNumber(json, "closingSeconds"));
  VOLPRESS_TRY(const std::string pace, jsonText(json, "pace"));
  if (pace != "smooth" && pace != "linear") {
    return fail(ErrorCode::CorruptData, "'pace' is \"{}\", but \"smooth\" or \"linear\" is allowed",
                pace.substr(0, 40));
  }
  path.pace = pace == "smooth" ? PathPace::Smooth : PathPace::Linear;
  VOLPRESS_TRY(const Json* keys, jsonMember(json, "keys"));
  if (!keys->is_array() || keys->size() > kMaxKeyFrames) {
    return fail(ErrorCode::CorruptData, "'keys' must be a list of at most {}", kMaxKeyFrames);
  }
  for (std::size_t i = 0; i < keys->size(); ++i) {
    KeyFrame key;
    VOLPRESS_TRY(key.view, viewpointFromJson((*keys)[i], fmt::format("key frame {}", i + 1)));
    VOLPRESS_TRY(key.seconds, jsonNumber((*keys)[i], "seconds"));
    path.keys.push_back(key);
  }
  VOLPRESS_CHECK(checkPath(path));
  return path;
}

}  // namespace volpress::engine
