#include "app/studio/playback_desk.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>
#include <QAbstractButton>
#include <QAction>
#include <QCoreApplication>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMenu>

#include "app/studio/display_text.hpp"
#include "app/studio/session.hpp"
#include "app/studio/theme.hpp"
#include "app/studio/timeline_panel.hpp"
#include "app/studio/timeline_strip.hpp"
#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr int kPlayingMs = 7;
constexpr int kRestingMs = 60;  // decoded frames still arrive
constexpr qint64 kPaceMs = 800;
constexpr double kScreenRate = 60;

/// PSNR by frame, where a job has measured each of them.
std::vector<float> psnrOf(const Entry& entry) {
  std::vector<float> values;
  if (entry.evaluation && entry.moves() && entry.model == nullptr &&
      entry.evaluation->views.size() == entry.clip->facts().frameCount) {
    for (const engine::ViewQuality& frame : entry.evaluation->views) {
      values.push_back(static_cast<float>(std::min(frame.psnr, 100.0)));
    }
  }
  return values;
}

}  // namespace

PlaybackDesk::PlaybackDesk(Session& session, Viewport& viewport, CompareController& compare,
                           const CompareController::ActionMaker& makeAction, QWidget* parent)
    : QObject(parent), m_session(session), m_viewport(viewport), m_compare(compare) {
  Actions& a = m_actions;
  a.start = makeAction("playStart", tr("To the in point"), "skip-start", {tr("Home")}, {});
  a.back = makeAction("playBack", tr("One frame back"), "step-back", {tr(",")}, {});
  a.play = makeAction("playClip", tr("Play"), "resume", {tr("Space")}, tr("Play and pause"));
  a.forward = makeAction("playForward", tr("One frame on"), "step-forward", {tr(".")}, {});
  a.end = makeAction("playEnd", tr("To the out point"), "skip-end", {tr("End")}, {});
  a.loop = makeAction("playLoop", tr("Loop"), "loop", {tr("Shift+L")},
                      tr("From the out point back to the in point"));
  a.loop->setCheckable(true);
  a.loop->setChecked(true);
  a.markIn = makeAction("markIn", tr("In point here"), "mark-in", {tr("I")},
                        tr("Play from the frame that is shown"));
  a.markOut = makeAction("markOut", tr("Out point here"), "mark-out", {tr("O")},
                         tr("Play up to the frame that is shown"));
  a.clear = makeAction("clearMarks", tr("Play the whole clip"), {}, {tr("Shift+O")},
                       tr("Take the in and out points away"));
  m_panel = new TimelinePanel({a.start, a.back, a.play, a.forward, a.end, a.loop},
                              {a.markIn, a.markOut}, parent);
  m_panel->hide();

  connect(a.play, &QAction::triggered, this, &PlaybackDesk::togglePlay);
  connect(a.back, &QAction::triggered, this, [this] { step(-1); });
  connect(a.forward, &QAction::triggered, this, [this] { step(1); });
  connect(a.start, &QAction::triggered, this, [this] { seek(m_playback.first()); });
  connect(a.end, &QAction::triggered, this, [this] { seek(m_playback.last()); });
  connect(a.loop, &QAction::toggled, this, [this](bool on) { m_playback.setLoop(on, now()); });
  const auto range = [this](std::size_t first, std::size_t last) {
    m_playback.setRange(first, last, now());
    showState();
  };
  connect(a.markIn, &QAction::triggered, this, [this, range] {
    range(m_playback.wanted(), std::max(m_playback.last(), m_playback.wanted()));
  });
  connect(a.markOut, &QAction::triggered, this, [this, range] {
    range(std::min(m_playback.first(), m_playback.wanted()), m_playback.wanted());
  });
  connect(a.clear, &QAction::triggered, this,
          [this, range] { range(0, m_playback.frameCount() - 1); });
  TimelineStrip* strip = &m_panel->strip();
  connect(strip, &TimelineStrip::grabbed, this, [this] { m_playback.pause(now()); });
  connect(strip, &TimelineStrip::seekWanted, this, &PlaybackDesk::seek);
  connect(strip, &TimelineStrip::stepWanted, this, &PlaybackDesk::step);
  connect(strip, &TimelineStrip::rangeWanted, this, range);
  connect(m_panel, &TimelinePanel::frameWanted, this, [this](std::size_t frame) {
    m_playback.pause(now());
    seek(frame);
  });
  connect(m_panel, &TimelinePanel::speedWanted, this,
          [this](double speed) { m_playback.setSpeed(speed, now()); });
  QCoreApplication::instance()->installEventFilter(this);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, &PlaybackDesk::tick);
  showState();
}

/// Space plays, but for a button that was reached by keys, which it presses.
bool PlaybackDesk::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn) {
    const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
    m_byKeys = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason;
  } else if (event->type() == QEvent::ShortcutOverride && m_byKeys &&
             static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space &&
             qobject_cast<QAbstractButton*>(watched) != nullptr) {
    event->accept();
    return true;
  }
  return QObject::eventFilter(watched, event);
}

QWidget* PlaybackDesk::panel() const { return m_panel; }

void PlaybackDesk::fillMenu(QMenu& menu) const {
  const Actions& a = m_actions;
  menu.addActions({a.play, a.back, a.forward, a.start, a.end});
  menu.addSeparator();
  menu.addActions({a.loop, a.markIn, a.markOut, a.clear});
}

void PlaybackDesk::refreshIcons(const QPalette& palette) {
  const Actions& a = m_actions;
  for (const auto& [action, name] : {std::pair{a.start, "skip-start"},
                                     {a.back, "step-back"},
                                     {a.forward, "step-forward"},
                                     {a.end, "skip-end"},
                                     {a.loop, "loop"},
                                     {a.markIn, "mark-in"},
                                     {a.markOut, "mark-out"}}) {
    action->setIcon(icon(name, palette));
  }
  showState();
}

void PlaybackDesk::setPanelWanted(bool wanted) {
  m_wanted = wanted;
  m_panel->setVisible(m_wanted && m_playback.isOpen());
}

void PlaybackDesk::showSides() {
  const Document& document = m_session.document();
  std::vector<std::shared_ptr<const engine::ClipSource>> clips;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const Entry* entry = document.side(side);
    clips.push_back(entry != nullptr ? entry->clip : nullptr);
    m_entries.at(side) = entry != nullptr ? entry->id : 0;
  }
  const bool wasOpen = m_playback.isOpen();
  m_playback.setClips(std::move(clips));
  if (!m_playback.isOpen()) {
    if (wasOpen) {
      m_timer.stop();
      m_compare.showFrames({}, SceneMotion::Still);
      setPanelWanted(m_wanted);
      showState();
    }
    return;
  }
  showClip();
  setPanelWanted(m_wanted);
  m_timer.start(kRestingMs);
  showFrame();
  showState();
  tick();
}

/// The bytes of what is compared with A, else of A itself.
void PlaybackDesk::showClip() {
  m_panel->showLength(m_playback.frameCount(), m_playback.framesPerSecond());
  const Document& document = m_session.document();
  const Entry* drawn = nullptr;
  std::size_t of = 0;
  for (const std::size_t side : {1U, 0U, 2U, 3U}) {
    const Entry* entry = document.side(side);
    if (drawn == nullptr && entry != nullptr && entry->moves()) {
      drawn = entry;
      of = side;
    }
  }
  if (drawn != nullptr) {
    m_panel->strip().showClip(drawn->clip, m_playback.frameCount(), m_playback.framesPerSecond(),
                              QString(QLatin1Char(sideLetter(of))), psnrOf(*drawn));
  }
}

void PlaybackDesk::togglePlay() {
  if (m_playback.isPlaying()) {
    m_playback.pause(now());
  } else {
    m_playback.play(now());
  }
  tick();
}

void PlaybackDesk::step(int frames) {
  m_playback.step(frames, now());
  tick();
}

void PlaybackDesk::seek(std::size_t frame) {
  m_playback.seek(frame, now());
  tick();
}

void PlaybackDesk::tick() {
  const bool changed = m_playback.advance(now());
  const bool playing = m_playback.isPlaying();
  if (changed || playing != m_wasPlaying) {
    showFrame();
  }
  if (playing != m_wasPlaying) {
    m_wasPlaying = playing;
    m_paceClock.restart();
    m_paceFrames = m_viewport.framesShown();
    m_panel->showPace(0, 0);
    showState();
  }
  const bool late = m_playback.shown().late;
  m_panel->showPosition(playing ? m_playback.shown().frame : m_playback.wanted(), late && !playing);
  const int interval = playing || late ? kPlayingMs : kRestingMs;
  if (m_timer.interval() != interval) {
    m_timer.setInterval(interval);
  }
  measurePace();
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    if (const engine::ClipPlayer* player = m_playback.player(side)) {
      m_panel->strip().showReady(player->readyRanges());
      break;
    }
  }
  tellProblems();
}

void PlaybackDesk::measurePace() {
  if (!m_wasPlaying || m_paceClock.elapsed() < kPaceMs) {
    return;
  }
  const double seconds = static_cast<double>(m_paceClock.restart()) / 1000;
  const std::uint64_t frames = m_viewport.framesShown();
  const double wanted =
      std::min(kScreenRate, m_playback.framesPerSecond() * std::abs(m_playback.speed()));
  m_panel->showPace(static_cast<double>(frames - m_paceFrames) / seconds, wanted);
  m_paceFrames = frames;
}

void PlaybackDesk::tellProblems() {
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const engine::ClipPlayer* player = m_playback.player(side);
    const QString problem =
        player == nullptr ? QString() : QString::fromStdString(player->problem());
    if (!problem.isEmpty() && problem != m_told) {
      m_told = problem;
      emit failed(tr("Some frames cannot be shown. %1").arg(problem));
    }
  }
}

std::string PlaybackDesk::numbersOf(const Entry& entry, std::size_t frame) const {
  std::string text = sizeText(entry.fileBytes);
  if (entry.evaluation) {
    text += "   " + ratioText(entry.evaluation->ratio());
  }
  const engine::ClipFacts& facts = entry.clip->facts();
  if (const engine::ClipChapter* chapter = facts.chapterOf(frame)) {
    const std::size_t into = std::min(frame, facts.frameCount - 1) - chapter->firstFrame;
    text += fmt::format("   {} {:.2f} s", chapter->name,
                        static_cast<double>(into) / facts.framesPerSecond);
  }
  if (const std::uint64_t bytes = facts.bytesOf(frame)) {
    text += "   " + tr("frame").toStdString() + " " + sizeText(bytes);
  }
  const std::vector<engine::ViewQuality>* measured =
      entry.evaluation ? &entry.evaluation->views : nullptr;
  // At rest the quality of what is on the screen stands in the label.
  if (m_playback.isPlaying() && measured != nullptr && entry.model == nullptr &&
      measured->size() == facts.frameCount) {
    text += "   " + decibelText((*measured)[std::min(frame, measured->size() - 1)].psnr);
  }
  return text;
}

void PlaybackDesk::showFrame() {
  const engine::Playback::Shown& shown = m_playback.shown();
  std::array<CompareController::FrameSide, kMaxSides> frames;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const Entry* entry = m_session.document().find(m_entries.at(side));
    if (entry != nullptr && entry->moves() && side < shown.frames.size()) {
      frames.at(side).entry = entry->id;
      frames.at(side).shown = shown.frames[side];
      if (shown.frames[side].isEmpty()) {  // its first, or the pose of its nodes, till then
        frames.at(side).shown.cloud = entry->cloud;
        frames.at(side).shown.model = entry->model;
      }
      frames.at(side).numbers = numbersOf(*entry, shown.frame);
    }
  }
  m_compare.showFrames(std::move(frames),
                       m_playback.isPlaying() ? SceneMotion::Playing : SceneMotion::Paused);
}

void PlaybackDesk::showState() {
  const Actions& a = m_actions;
  for (QAction* action :
       {a.start, a.back, a.play, a.forward, a.end, a.loop, a.markIn, a.markOut, a.clear}) {
    action->setEnabled(m_playback.isOpen());
  }
  const bool playing = m_playback.isPlaying();
  a.play->setIcon(icon(playing ? "pause" : "resume", m_panel->palette()));
  a.play->setText(playing ? tr("Pause") : tr("Play"));
  m_panel->showSpeed(m_playback.speed());
  if (m_playback.isOpen()) {
    m_panel->strip().showRange(m_playback.first(), m_playback.last());
  }
}

}  // namespace volpress::studio
