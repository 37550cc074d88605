// Several moving scenes played in step: a clock with in and out points, speed and loop, and the
// frames that all of them have.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "app/engine/clip_player.hpp"

namespace volpress::engine {

inline constexpr double kSlowest = 0.05;
inline constexpr double kFastest = 32;

/// Not thread-safe; no call ever waits for a frame. Time is handed in. The first clip gives length
/// and frame rate; the others show the frame of the same number, or their last one.
class Playback {
public:
  using Time = std::chrono::steady_clock::time_point;

  /// The budget is divided among the clips.
  explicit Playback(PlayerOptions options = {}) : m_options(options) {}

  /// Plays these from now on; null places stay empty. Clips that were there before keep their
  /// frames. Another first clip starts at its beginning, paused.
  void setClips(std::vector<std::shared_ptr<const ClipSource>> clips);
  [[nodiscard]] bool isOpen() const noexcept { return m_frames != 0; }
  [[nodiscard]] std::size_t frameCount() const noexcept { return m_frames; }
  [[nodiscard]] double framesPerSecond() const noexcept { return m_rate; }

  void play(Time now);
  void pause(Time now);
  [[nodiscard]] bool isPlaying() const noexcept { return m_playing; }
  void seek(std::size_t frame, Time now);
  void step(int frames, Time now);        ///< pauses; wraps where it loops
  void setSpeed(double speed, Time now);  ///< negative: backwards; kSlowest to kFastest
  [[nodiscard]] double speed() const noexcept { return m_speed; }
  void setLoop(bool loop, Time now);
  [[nodiscard]] bool loops() const noexcept { return m_loop; }
  /// In and out points, both included, in either order.
  void setRange(std::size_t first, std::size_t last, Time now);
  [[nodiscard]] std::size_t first() const noexcept { return m_first; }
  [[nodiscard]] std::size_t last() const noexcept { return m_last; }

  /// What is on the screen: the newest frame that all clips have.
  struct Shown {
    std::size_t frame = 0;
    bool late = true;               ///< it is not the wanted one
    std::vector<ClipFrame> frames;  ///< by clip; empty while there is none
  };
  /// Goes on to `now`. True when what is shown has changed.
  bool advance(Time now);
  [[nodiscard]] const Shown& shown() const noexcept { return m_shown; }
  [[nodiscard]] std::size_t wanted() const noexcept { return m_wanted; }
  /// Frames of the play that were passed over because they came too late.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return m_dropped; }
  /// The player of a clip; null for an empty place.
  [[nodiscard]] const ClipPlayer* player(std::size_t clip) const;

private:
  [[nodiscard]] double positionAt(Time now) const;
  void anchor(double position, Time now);
  void moveClock(Time now);
  void tellPlayers();
  [[nodiscard]] bool hasAll(std::size_t frame);
  [[nodiscard]] std::size_t stride() const;
  [[nodiscard]] std::size_t frameIn(const ClipPlayer& player, std::size_t frame) const;
  [[nodiscard]] std::size_t placesFrom(std::size_t from, std::size_t to) const;
  void show(std::size_t frame);

  PlayerOptions m_options;
  std::vector<std::shared_ptr<ClipPlayer>> m_players;  ///< by clip; one may be there twice
  std::vector<std::shared_ptr<ClipPlayer>> m_retired;  ///< until their threads have ended
  std::size_t m_frames = 0;
  double m_rate = 30;
  double m_speed = 1;
  bool m_loop = true;
  bool m_playing = false;
  std::size_t m_first = 0;
  std::size_t m_last = 0;
  double m_from = 0;  ///< position, in frames, at m_since
  Time m_since{};
  std::size_t m_wanted = 0;
  bool m_any = false;  ///< something is shown
  Shown m_shown;
  std::vector<ClipFrame> m_found;  ///< of the last `hasAll`
  std::uint64_t m_dropped = 0;
};

}  // namespace volpress::engine
