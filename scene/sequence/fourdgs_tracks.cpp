#include "scene/sequence/fourdgs_tracks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace volpress::fourdgs {
namespace {

constexpr std::size_t kSampleBytes = 8 * sizeof(double);
constexpr std::uint8_t kLinear = 0, kStep = 1;

}  // namespace

Result<ObjectTrack> ObjectTrack::read(ByteView content) {
  ByteReader reader(content);
  ObjectTrack track;
  VOLPRESS_TRY(track.m_object, reader.read<std::uint32_t>("object"));
  VOLPRESS_TRY(const auto interpolation, reader.read<std::uint8_t>("interpolation"));
  VOLPRESS_TRY(const auto count, reader.read<std::uint32_t>("poses of an object"));
  if (track.m_object == 0 || interpolation > kStep || count > reader.remaining() / kSampleBytes) {
    return fail(ErrorCode::CorruptData,
                "the track of object {} (1 or more) has interpolation {} ({} or {}) and {} poses "
                "in {} bytes",
                track.m_object, interpolation, kLinear, kStep, count, reader.remaining());
  }
  track.m_steps = interpolation == kStep;
  track.m_times.reserve(count);
  track.m_poses.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    VOLPRESS_TRY(const auto time, reader.read<double>("time of a pose"));
    VOLPRESS_TRY(const auto xyzw, (reader.read<std::array<double, 4>>("rotation of a pose")));
    VOLPRESS_TRY(const auto shift, (reader.read<Vector3>("translation of a pose")));
    const double square =
        xyzw[0] * xyzw[0] + xyzw[1] * xyzw[1] + xyzw[2] * xyzw[2] + xyzw[3] * xyzw[3];
    const bool ascends = i == 0 || time > track.m_times.back();
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!std::isfinite(time) || !ascends || !(square > 0) || !std::isfinite(square) ||
        !std::all_of(shift.begin(), shift.end(), finite)) {
      return fail(ErrorCode::CorruptData,
                  "pose {} of object {} at {} s: times must ascend, numbers be finite, and the "
                  "rotation have a length",
                  i, track.m_object, time);
    }
    track.m_times.push_back(time);
    track.m_poses.push_back({normalised({xyzw[3], xyzw[0], xyzw[1], xyzw[2]}), shift});
  }
  return track;
}

Pose ObjectTrack::at(double time) const {
  const auto next = std::upper_bound(m_times.begin(), m_times.end(), time);
  if (next == m_times.begin()) {
    return m_poses.front();
  }
  const auto before = static_cast<std::size_t>(next - m_times.begin()) - 1;
  const Pose& from = m_poses[before];
  if (m_steps || next == m_times.end()) {
    return from;
  }
  const Pose& to = m_poses[before + 1];
  const double share = (time - m_times[before]) / (*next - m_times[before]);
  Pose pose;
  pose.rotation = slerp(from.rotation, to.rotation, share);
  for (std::size_t c = 0; c < 3; ++c) {
    pose.translation[c] = from.translation[c] + share * (to.translation[c] - from.translation[c]);
  }
  return pose;
}

Result<void> addTrack(ByteView content, ObjectTracks& tracks) {
  VOLPRESS_TRY(ObjectTrack track, ObjectTrack::read(content));
  const std::uint32_t object = track.object();
  if (!tracks.emplace(object, std::move(track)).second) {
    return fail(ErrorCode::CorruptData, "object {} has two tracks", object);
  }
  return {};
}

std::map<std::uint32_t, Pose> posesAt(const ObjectTracks& tracks, double time) {
  std::map<std::uint32_t, Pose> poses;
  for (const auto& [object, track] : tracks) {
    if (!track.empty()) {
      poses.emplace(object, track.at(time));
    }
  }
  return poses;
}

}  // namespace volpress::fourdgs
