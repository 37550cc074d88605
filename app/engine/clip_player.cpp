#include "app/engine/clip_player.hpp"

#include <algorithm>
#include <limits>

namespace volpress::engine {
namespace {

// A frame this many places behind the head counts as one this many times as far ahead: a fifth of
// the window lies behind, for steps back.
constexpr std::size_t kBehind = 4;
constexpr std::size_t kJump = 8;  // places that the head moves at once by playing, at most
constexpr std::size_t kMostWorkers = 4;

std::size_t threadsOf(const PlayerOptions& options) {
  return options.threads != 0 ? options.threads
                              : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

ClipPlayer::ClipPlayer(std::shared_ptr<const ClipSource> source, PlayerOptions options)
    : m_source(std::move(source)), m_budget(options.budgetBytes) {
  m_head.last = m_source->facts().frameCount - 1;
  // Single frames are decoded side by side; a segment is one stream that uses all threads.
  const std::size_t threads = threadsOf(options);
  const bool singles = m_source->facts().codec.empty();
  m_workers = singles ? std::min(threads, kMostWorkers) : 1;
  m_threadsEach = singles ? 1 : threads;
  m_working = m_workers;
  for (std::size_t i = 0; i < m_workers; ++i) {
    m_threads.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

ClipPlayer::~ClipPlayer() { retire(); }

void ClipPlayer::retire() {
  for (std::jthread& thread : m_threads) {
    thread.request_stop();
  }
  {
    const std::lock_guard lock(m_mutex);
    for (Job& job : m_jobs) {
      job.stop.request_stop();
    }
  }
  m_wake.notify_all();
}

void ClipPlayer::follow(PlayHead head) {
  {
    const std::lock_guard lock(m_mutex);
    const std::size_t end = m_source->facts().frameCount - 1;
    head.last = std::min(head.last, end);
    head.first = std::min(head.first, head.last);
    head.frame = std::min(head.frame, end);
    head.stride = std::max<std::size_t>(1, head.stride);
    const auto step = rankOf(head.frame);
    const bool jumped = !step || *step > kJump || head.forward != m_head.forward;
    m_head = head;
    replan(jumped);
  }
  m_wake.notify_all();
}

void ClipPlayer::setBudget(std::uint64_t bytes) {
  {
    const std::lock_guard lock(m_mutex);
    m_budget = bytes;
    evict();
  }
  m_wake.notify_all();
}

/// 0 for the frame at the head, then in the order in which frames will be wanted; nothing for
/// those that will not be.
std::optional<std::size_t> ClipPlayer::rankOf(std::size_t frame) const {
  const PlayHead& h = m_head;
  if (frame == h.frame) {
    return 0;
  }
  if (frame < h.first || frame > h.last || (frame - h.first) % h.stride != 0) {
    return std::nullopt;
  }
  const bool isAhead = h.forward ? frame > h.frame : frame < h.frame;
  const std::size_t distance =
      ((frame > h.frame ? frame - h.frame : h.frame - frame) + h.stride - 1) / h.stride;
  if (isAhead) {
    return distance;
  }
  const std::size_t behind = kBehind * distance;
  if (!h.loop) {
    return behind;
  }
  const std::size_t around = (h.last - h.first) / h.stride + 1;
  return distance >= around ? behind : std::min(behind, around - distance);
}

/// Frames that the budget has room for; nothing until the first frame tells its size.
std::size_t ClipPlayer::room() const {
  return m_largest == 0 ? 0 : static_cast<std::size_t>(m_budget / m_largest);
}

/// Large frames are decoded one at a time: those in work take memory too.
std::size_t ClipPlayer::jobsAllowed() const {
  return std::clamp<std::size_t>(room() / 2, 1, m_workers);
}

/// Frames that may be held beside those in work.
std::size_t ClipPlayer::capacity() const {
  const std::size_t jobs = jobsAllowed();
  return room() > jobs ? room() - jobs : 1;
}

/// Ranks below this are decoded: so many that they and those behind the head find room.
std::size_t ClipPlayer::window() const {
  const std::size_t ranks = capacity() * kBehind / (kBehind + 1);
  return std::max<std::size_t>(1, std::min(ranks, m_head.ahead));
}

bool ClipPlayer::isMissing(std::size_t frame) const { return m_frames.count(frame) == 0; }

/// The rank of the frame in [from, end) that is missing in the window and wanted first.
std::optional<std::size_t> ClipPlayer::bestRank(std::size_t from, std::size_t end) const {
  std::optional<std::size_t> best;
  const std::size_t wide = window();
  for (std::size_t frame = from; frame < end; ++frame) {
    const auto rank = rankOf(frame);
    if (rank && *rank < wide && (!best || *rank < *best) && isMissing(frame)) {
      best = rank;
    }
  }
  return best;
}

/// The piece with the missing frame that is wanted first and that no decoder will bring.
std::optional<ClipPlayer::Need> ClipPlayer::mostNeeded() const {
  const PlayHead& h = m_head;
  const ClipFacts& facts = m_source->facts();
  const std::size_t wide = window();
  std::optional<Need> best;
  const auto look = [&](std::size_t frame) {
    const auto rank = rankOf(frame);
    const auto piece = facts.pieceOf(frame);
    if (!rank || *rank >= wide || !piece || (best && best->rank <= *rank) || !isMissing(frame) ||
        m_lost.count(*piece) != 0) {
      return;
    }
    // A segment is begun for half a window at least: each begin costs all frames before.
    if (facts.pieces[*piece].frameCount > 1 && *rank > wide / 2) {
      return;
    }
    const bool coming = std::any_of(m_jobs.begin(), m_jobs.end(), [&](const Job& job) {
      return job.piece == *piece && job.next <= frame && !job.stop.stop_requested();
    });
    if (!coming) {
      best = Need{*piece, *rank};
    }
  };
  // Outward from the head, on the grid of wanted frames.
  const std::size_t places = (h.last - h.first) / h.stride + 1;
  const std::size_t at =
      h.frame < h.first ? 0 : std::min(places - 1, (h.frame - h.first) / h.stride);
  look(h.frame);
  for (std::size_t k = 0; k <= std::min(wide, places); ++k) {
    if (at + k < places || h.loop) {
      look(h.first + (at + k) % places * h.stride);
    }
    if (k <= at || h.loop) {
      look(h.first + (at + places - k) % places * h.stride);
    }
  }
  return best;
}

/// Stops a decoder that works on what nobody wants, or after a jump on what is wanted later than
/// something that no one works on. Without a jump it goes on: what comes a little late is better
/// than nothing.
void ClipPlayer::replan(bool jumped) {
  const std::optional<Need> need = mostNeeded();
  if (!need || m_jobs.size() < jobsAllowed()) {
    return;
  }
  Job* least = nullptr;
  std::size_t leastRank = need->rank;
  for (Job& job : m_jobs) {
    if (job.stop.stop_requested()) {
      return;  // one is on its way out already
    }
    const auto serves = bestRank(job.next, job.end);
    const std::size_t rank = serves.value_or(std::numeric_limits<std::size_t>::max());
    if (rank > leastRank && (jumped || !serves)) {
      leastRank = rank;
      least = &job;
    }
  }
  if (least != nullptr) {
    least->stop.request_stop();
  }
}

void ClipPlayer::work(const std::stop_token& stop) {
  const std::unique_ptr<TaskRunner> runner =
      m_threadsEach == 1 ? std::make_unique<SerialRunner>() : makeThreadRunner(m_threadsEach);
  std::unique_lock lock(m_mutex);
  std::optional<Need> need;
  const auto isNeeded = [&] {
    need = m_jobs.size() < jobsAllowed() ? mostNeeded() : std::nullopt;
    return need.has_value();
  };
  while (m_wake.wait(lock, stop, isNeeded) && !stop.stop_requested()) {
    const std::size_t index = need->piece;
    const ClipPiece& piece = m_source->facts().pieces[index];
    const auto job = m_jobs.insert(
        m_jobs.end(), Job{index, piece.firstFrame, piece.firstFrame + piece.frameCount, {}});
    lock.unlock();
    const Result<void> done = m_source->decode(index, *runner, job->stop.get_token(),
                                               [this, &job](std::size_t frame, ClipFrame&& shown) {
                                                 return take(*job, frame, std::move(shown));
                                               });
    lock.lock();
    const bool tooShort = done && job->next < job->end;
    if (tooShort || (!done && done.error().code != ErrorCode::Cancelled)) {
      m_lost.insert(index);
      if (m_problem.empty()) {
        m_problem = tooShort ? fmt::format("frames {} to {} are missing in their segment",
                                           job->next, job->end - 1)
                             : done.error().message;
      }
    }
    m_jobs.erase(job);
    m_wake.notify_all();
  }
  --m_working;
}

Result<void> ClipPlayer::take(Job& job, std::size_t frame, ClipFrame&& shown) {
  std::unique_lock lock(m_mutex);
  const std::stop_token stop = job.stop.get_token();
  ++m_decoded;
  job.next = frame;
  m_largest = std::max({m_largest, shown.bytes(), std::uint64_t{1}});
  const auto isWanted = [&] {
    const auto rank = rankOf(frame);
    return rank && *rank < window();
  };
  while (!stop.stop_requested()) {
    if (!isMissing(frame)) {
      job.next = frame + 1;
      break;
    }
    if (isWanted()) {
      job.next = frame + 1;
      store(frame, std::move(shown));
      break;
    }
    if (!rankOf(frame) || bestRank(frame + 1, job.end)) {
      job.next = frame + 1;  // one that comes later is wanted
      break;
    }
    // The window is full: the next frame is wanted when the head has moved on.
    replan(false);
    m_wake.wait(lock, stop, [&] {
      return isWanted() || !isMissing(frame) || bestRank(frame + 1, job.end).has_value();
    });
  }
  const bool goesOn = !stop.stop_requested();
  lock.unlock();
  m_wake.notify_all();
  return goesOn ? Result<void>() : fail(ErrorCode::Cancelled, "other frames are wanted");
}

void ClipPlayer::store(std::size_t frame, ClipFrame&& shown) {
  const std::uint64_t bytes = shown.bytes();
  m_frames[frame] = {std::move(shown), bytes};
  m_held += bytes;
  evict();
}

/// Drops what is wanted last until the rest fits; the newest place of the head stays.
void ClipPlayer::evict() {
  const auto rank = [this](std::size_t frame) {
    return rankOf(frame).value_or(std::numeric_limits<std::size_t>::max());
  };
  while (m_frames.size() > 1 && m_frames.size() > capacity()) {
    auto worst = m_frames.begin();
    for (auto at = m_frames.begin(); at != m_frames.end(); ++at) {
      if (rank(at->first) > rank(worst->first)) {
        worst = at;
      }
    }
    m_held -= worst->second.bytes;
    m_frames.erase(worst);
  }
}

ClipPlayer::Frame ClipPlayer::frame(std::size_t index) const {
  const std::lock_guard lock(m_mutex);
  if (const auto at = m_frames.find(index); at != m_frames.end()) {
    return {State::Ready, at->second.shown};
  }
  const auto piece = m_source->facts().pieceOf(index);
  return {!piece || m_lost.count(*piece) != 0 ? State::Lost : State::Coming, {}};
}

std::vector<std::pair<std::size_t, std::size_t>> ClipPlayer::readyRanges() const {
  const std::lock_guard lock(m_mutex);
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const auto& [frame, held] : m_frames) {
    if (!ranges.empty() && frame - ranges.back().second <= m_head.stride) {
      ranges.back().second = frame;
    } else {
      ranges.emplace_back(frame, frame);
    }
  }
  return ranges;
}

std::uint64_t ClipPlayer::heldBytes() const {
  const std::lock_guard lock(m_mutex);
  return m_held;
}

std::uint64_t ClipPlayer::decodedFrames() const {
  const std::lock_guard lock(m_mutex);
  return m_decoded;
}

std::string ClipPlayer::problem() const {
  const std::lock_guard lock(m_mutex);
  return m_problem;
}

}  // namespace volpress::engine
