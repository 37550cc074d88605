// Objects of a `.4dgs` file that move as a whole: poses over time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/base/rotations.hpp"

namespace volpress::fourdgs {

/// y = rotation x + translation.
struct Pose {
  Quaternion rotation{1, 0, 0, 0};
  Vector3 translation{};
};

/// Poses of one object at ascending times in seconds; before the first and behind the last time the
/// object stands still.
class ObjectTrack {
public:
  /// Reads the content of a record from untrusted bytes; CorruptData for times that do not ascend,
  /// numbers that are not finite and quaternions of no length.
  [[nodiscard]] static Result<ObjectTrack> read(ByteView content);

  [[nodiscard]] std::uint32_t object() const noexcept { return m_object; }
  [[nodiscard]] bool empty() const noexcept { return m_times.empty(); }
  /// At any time; of a track that is not empty.
  [[nodiscard]] Pose at(double time) const;

private:
  std::uint32_t m_object = 0;
  bool m_steps = false;  ///< a pose holds until the next
  std::vector<double> m_times;
  std::vector<Pose> m_poses;
};

using ObjectTracks = std::map<std::uint32_t, ObjectTrack>;

/// Adds the track of a record; CorruptData for a second one of an object.
[[nodiscard]] Result<void> addTrack(ByteView content, ObjectTracks& tracks);

/// The poses at `time` of objects that have any.
[[nodiscard]] std::map<std::uint32_t, Pose> posesAt(const ObjectTracks& tracks, double time);

}  // namespace volpress::fourdgs
