#include "app/engine/playback.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace volpress::engine {
namespace {

constexpr double kScreenRate = 60;  // more frames a second than this are not shown
constexpr double kMostLate = 0.25;  // seconds that the clock runs ahead of the decoders
constexpr std::size_t kPausedAhead = 16;
constexpr std::size_t kNearest = 16;  // frames that may stand in for the one that is scrubbed to

}  // namespace

void Playback::setClips(std::vector<std::shared_ptr<const ClipSource>> clips) {
  const auto sourceOf = [](const std::shared_ptr<ClipPlayer>& player) {
    return player != nullptr ? player->source() : nullptr;
  };
  const bool isSame =
      clips.size() == m_players.size() &&
      std::equal(clips.begin(), clips.end(), m_players.begin(),
                 [&](const auto& clip, const auto& player) { return clip == sourceOf(player); });
  if (isSame) {
    return;
  }
  const auto leader = [&](const auto& list, const auto& get) -> std::shared_ptr<const ClipSource> {
    for (const auto& one : list) {
      if (one != nullptr) {
        return get(one);
      }
    }
    return nullptr;
  };
  const auto before = leader(m_players, sourceOf);
  const auto now = leader(clips, [](const auto& clip) { return clip; });
  std::vector<std::shared_ptr<ClipPlayer>> players;
  std::vector<ClipFrame> frames;
  std::size_t count = 0;
  for (const auto& clip : clips) {
    std::shared_ptr<ClipPlayer> player;
    ClipFrame frame;
    if (clip != nullptr) {
      const auto in = [&](const auto& list) {
        return std::find_if(list.begin(), list.end(),
                            [&](const auto& one) { return sourceOf(one) == clip; });
      };
      if (const auto at = in(players); at != players.end()) {
        player = *at;
      } else if (const auto old = in(m_players); old != m_players.end()) {
        player = *old;
        frame = m_shown.frames.at(static_cast<std::size_t>(old - m_players.begin()));
        ++count;
      } else {
        player = std::make_shared<ClipPlayer>(clip, m_options);
        ++count;
      }
    }
    players.push_back(std::move(player));
    frames.push_back(std::move(frame));
  }
  for (const auto& old : m_players) {
    if (old != nullptr && std::find(players.begin(), players.end(), old) == players.end()) {
      old->retire();
      m_retired.push_back(old);
    }
  }
  m_players = std::move(players);
  m_shown.frames = std::move(frames);
  m_any = false;  // what is new has to be shown
  for (const auto& player : m_players) {
    if (player != nullptr) {
      player->setBudget(m_options.budgetBytes / std::max<std::size_t>(1, count));
    }
  }
  m_frames = now != nullptr ? now->facts().frameCount : 0;
  if (now != nullptr && now != before) {
    m_rate = now->facts().framesPerSecond;
    m_playing = false;
    m_first = 0;
    m_last = m_frames - 1;
    // A part of a clip may begin later.
    m_wanted = now->facts().pieces.front().firstFrame;
    m_from = static_cast<double>(m_wanted);
    m_shown.frame = m_wanted;
  }
}

const ClipPlayer* Playback::player(std::size_t clip) const {
  return clip < m_players.size() ? m_players[clip].get() : nullptr;
}

std::size_t Playback::stride() const {
  const double rate = m_rate * std::abs(m_speed);
  return m_playing ? std::max<std::size_t>(1, static_cast<std::size_t>(rate / kScreenRate)) : 1;
}

void Playback::anchor(double position, Time now) {
  m_from = position;
  m_since = now;
}

double Playback::positionAt(Time now) const {
  const double seconds = std::chrono::duration<double>(now - m_since).count();
  return m_playing ? m_from + seconds * m_rate * m_speed : m_from;
}

void Playback::play(Time now) {
  if (m_playing || m_frames == 0) {
    return;
  }
  double from = positionAt(now);
  const bool atEnd = m_speed > 0 ? m_wanted >= m_last : m_wanted <= m_first;
  if (m_wanted < m_first || m_wanted > m_last || (atEnd && !m_loop)) {
    from = static_cast<double>(m_speed > 0 ? m_first : m_last);
  }
  m_playing = true;
  anchor(from, now);
}

void Playback::pause(Time now) {
  if (m_playing) {
    moveClock(now);
    m_playing = false;
    // What one sees is where one stops.
    m_wanted = m_any ? m_shown.frame : m_wanted;
    anchor(static_cast<double>(m_wanted), now);
  }
}

void Playback::seek(std::size_t frame, Time now) {
  if (m_frames != 0) {
    m_wanted = std::min(frame, m_frames - 1);
    anchor(static_cast<double>(m_wanted), now);
  }
}

void Playback::step(int frames, Time now) {
  if (m_frames == 0) {
    return;
  }
  pause(now);
  const auto low = static_cast<std::ptrdiff_t>(m_first);
  const auto high = static_cast<std::ptrdiff_t>(m_last);
  std::ptrdiff_t to = static_cast<std::ptrdiff_t>(m_wanted) + frames;
  if (to > high) {
    to = m_loop ? low : high;
  } else if (to < low) {
    to = m_loop ? high : low;
  }
  seek(static_cast<std::size_t>(to), now);
}

void Playback::setSpeed(double speed, Time now) {
  anchor(positionAt(now), now);
  m_speed = std::copysign(std::clamp(std::abs(speed), kSlowest, kFastest), speed);
}

void Playback::setLoop(bool loop, Time now) {
  anchor(positionAt(now), now);
  m_loop = loop;
}

void Playback::setRange(std::size_t first, std::size_t last, Time now) {
  if (m_frames == 0) {
    return;
  }
  moveClock(now);
  m_first = std::min({first, last, m_frames - 1});
  m_last = std::min(std::max(first, last), m_frames - 1);
}

/// Places of play from one frame to another, in the order of play.
std::size_t Playback::placesFrom(std::size_t from, std::size_t to) const {
  const bool isAhead = m_speed > 0 ? to >= from : to <= from;
  const std::size_t distance = to > from ? to - from : from - to;
  const std::size_t span = m_last - m_first + 1;
  return isAhead || !m_loop ? distance : span - std::min(span, distance);
}

void Playback::moveClock(Time now) {
  if (!m_playing) {
    return;
  }
  const auto low = static_cast<double>(m_first);
  const double high = static_cast<double>(m_last) + 1;
  double at = positionAt(now);
  const bool isOver = m_speed > 0 ? at >= high : at < low;
  if (isOver && m_loop) {
    const double span = high - low;
    at = low + std::fmod(std::fmod(at - low, span) + span, span);
    anchor(at, now);
  } else if (isOver) {
    at = m_speed > 0 ? high - 1 : low;
    m_playing = false;
    anchor(at, now);
  }
  const std::size_t places = stride();
  const auto frame = static_cast<std::size_t>(std::clamp(at, low, high - 1));
  m_wanted = m_playing ? m_first + (frame - m_first) / places * places : frame;
  if (!m_playing || !m_any || m_shown.frame < m_first || m_shown.frame > m_last) {
    return;
  }
  // The decoders are too slow: the clock waits for them rather than run away.
  const double most =
      std::max(kMostLate * m_rate * std::abs(m_speed), 2.0 * static_cast<double>(places));
  if (static_cast<double>(placesFrom(m_shown.frame, m_wanted)) > most && !hasAll(m_wanted)) {
    const double held = static_cast<double>(m_shown.frame) + std::copysign(most, m_speed);
    const double span = high - low;
    at = low + std::fmod(std::fmod(held - low, span) + span, span);
    anchor(at, now);
    m_wanted = m_first + (static_cast<std::size_t>(at) - m_first) / places * places;
  }
}

std::size_t Playback::frameIn(const ClipPlayer& player, std::size_t frame) const {
  return std::min(frame, player.source()->facts().frameCount - 1);
}

void Playback::tellPlayers() {
  PlayHead head;
  head.forward = m_speed > 0;
  head.loop = m_loop;
  head.stride = stride();
  head.ahead = m_playing ? std::numeric_limits<std::size_t>::max() : kPausedAhead;
  for (const auto& player : m_players) {
    if (player != nullptr) {
      head.frame = frameIn(*player, m_wanted);
      // A frame before the in point, or behind the out point, was chosen by hand.
      head.first = std::min(m_first, m_wanted);
      head.last = std::max(m_last, m_wanted);
      player->follow(head);
    }
  }
}

/// Whether every clip has this frame, or will never have it.
bool Playback::hasAll(std::size_t frame) {
  m_found.assign(m_players.size(), {});
  for (std::size_t clip = 0; clip < m_players.size(); ++clip) {
    if (m_players[clip] == nullptr) {
      continue;
    }
    const ClipPlayer::Frame found = m_players[clip]->frame(frameIn(*m_players[clip], frame));
    if (found.state == ClipPlayer::State::Coming) {
      return false;
    }
    m_found[clip] = found.shown.isEmpty() ? m_shown.frames[clip] : found.shown;
  }
  return true;
}

void Playback::show(std::size_t frame) {
  if (m_playing && m_any) {
    const std::size_t places = placesFrom(m_shown.frame, frame) / stride();
    m_dropped += places > 1 ? places - 1 : 0;
  }
  m_shown.frame = frame;
  m_shown.frames = m_found;
  m_any = true;
}

bool Playback::advance(Time now) {
  std::erase_if(m_retired, [](const auto& player) { return player->isIdle(); });
  if (m_frames == 0) {
    return false;
  }
  moveClock(now);
  tellPlayers();
  if (m_any && m_shown.frame == m_wanted) {
    m_shown.late = false;
    return false;
  }
  // The wanted frame, or the last one before it that is newer than what is shown.
  const std::size_t places = stride();
  const std::size_t missing = m_any ? placesFrom(m_shown.frame, m_wanted) / places
                                    : std::numeric_limits<std::size_t>::max();
  const std::size_t distance =
      m_shown.frame > m_wanted ? m_shown.frame - m_wanted : m_wanted - m_shown.frame;
  const std::size_t tries =
      std::min({kNearest, m_playing || !m_any ? missing : distance, std::size_t{m_frames}});
  for (std::size_t back = 0; back < std::max<std::size_t>(1, tries); ++back) {
    const std::size_t away = back * places;
    const std::size_t behind = m_speed > 0 ? m_wanted - m_first : m_last - m_wanted;
    if (back > 0 && (m_wanted < m_first || m_wanted > m_last || away > behind)) {
      break;
    }
    const std::size_t frame = m_speed > 0 ? m_wanted - away : m_wanted + away;
    if (hasAll(frame)) {
      m_shown.late = back != 0;
      show(frame);
      return true;
    }
  }
  m_shown.late = true;
  return false;
}

}  // namespace volpress::engine
