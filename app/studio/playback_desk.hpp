// Playing scenes that move: the clock, its actions and timeline, and the frames of all sides in
// step.
#pragma once

#include <array>
#include <functional>
#include <memory>

#include <QElapsedTimer>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/engine/playback.hpp"
#include "app/studio/compare_controller.hpp"
#include "app/studio/document.hpp"

class QAction;
class QMenu;
class QPalette;
class QWidget;

namespace volpress::studio {

class Session;
class TimelinePanel;
class Viewport;

class PlaybackDesk : public QObject {
  Q_OBJECT
public:
  /// All must outlive the desk; the panel belongs to `parent`.
  PlaybackDesk(Session& session, Viewport& viewport, CompareController& compare,
               const CompareController::ActionMaker& makeAction, QWidget* parent);

  /// Hidden while nothing moves.
  [[nodiscard]] QWidget* panel() const;
  void fillMenu(QMenu& menu) const;
  void refreshIcons(const QPalette& palette);
  /// Panels are hidden, or shown again.
  void setPanelWanted(bool wanted);
  /// Takes what the document shows now.
  void showSides();
  [[nodiscard]] const engine::Playback& playback() const { return m_playback; }

signals:
  void failed(const QString& text);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  using Time = engine::Playback::Time;
  void tick();
  void showFrame();
  void showState();
  void showClip();
  void measurePace();
  void tellProblems();
  void togglePlay();
  void step(int frames);
  void seek(std::size_t frame);
  [[nodiscard]] std::string numbersOf(const Entry& entry, std::size_t frame) const;
  [[nodiscard]] static Time now() { return std::chrono::steady_clock::now(); }

  Session& m_session;
  Viewport& m_viewport;
  CompareController& m_compare;
  struct Actions {
    QAction *start, *back, *play, *forward, *end, *loop, *markIn, *markOut, *clear;
  };
  Actions m_actions{};
  TimelinePanel* m_panel = nullptr;
  engine::Playback m_playback;
  std::array<EntryId, kMaxSides> m_entries{};  ///< whose clips are played, by side
  bool m_wanted = true;
  bool m_wasPlaying = false;
  bool m_byKeys = false;  ///< the focus came by Tab
  QTimer m_timer;
  QElapsedTimer m_paceClock;
  std::uint64_t m_paceFrames = 0;
  QString m_told;  ///< the problem that was told already
};

}  // namespace volpress::studio
