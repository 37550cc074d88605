// The comparison beyond modes: heat maps, loupe, blinking, attribution, and what stands on which
// side.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/studio/compare_analysis.hpp"
#include "app/studio/session.hpp"
#include "app/studio/viewport_frame.hpp"

class QAction;
class QMenu;
class QPalette;
class QWidget;

namespace volpress::studio {

class AttributionPanel;
class Viewport;

class CompareController : public QObject {
  Q_OBJECT
public:
  /// Makes an action of the window: object name, text, icon, keys, tooltip.
  using ActionMaker = std::function<QAction*(const QString&, const QString&, const QString&,
                                             const QList<QKeySequence>&, const QString&)>;
  /// Session and viewport must outlive the controller.
  CompareController(Session& session, Viewport& viewport, const ActionMaker& makeAction,
                    QWidget* parent);

  /// The buttons of the compare bar.
  [[nodiscard]] QList<QAction*> barActions() const;
  void fillMenu(QMenu& menu) const;
  void refreshIcons(const QPalette& palette) const;

  /// The panel that tells what causes the error of side B; the window puts it somewhere.
  [[nodiscard]] AttributionPanel* attributionPanel() const { return m_panel; }

  /// Hands the sides of the document to the viewport.
  void showSides(std::array<SideState, kMaxSides> sides);

  /// One frame of the sides that move; empty ones show what the document has.
  struct FrameSide {
    EntryId entry = 0;  ///< whose
    engine::ClipFrame shown;
    std::string numbers;
  };
  void showFrames(std::array<FrameSide, kMaxSides> frames, SceneMotion motion);

public slots:
  /// Puts an entry on a side; one beyond B shows itself side by side.
  void putOnSide(std::size_t side, volpress::studio::EntryId entry);

signals:
  void failed(const QString& text);

private:
  void cycleDifference();
  void toggleSplatErrors(bool on);
  void heatChanged();
  void askForErrors();
  [[nodiscard]] HeatKind paintedKind() const;
  void addDistances(SideState& side, const ModelScene& reference);
  void refresh();
  void pushSides();
  void showProgress();
  void toggleSwap(engine::SplatAttribute attribute);
  void takeSwap(EntryId variant, engine::SplatAttribute attribute,
                std::shared_ptr<const GaussianCloud> cloud);

  Session& m_session;
  Viewport& m_viewport;
  struct Actions {
    QAction *difference, *loupe, *splatErrors, *blink, *wider, *narrower, *previousA, *nextA;
  };
  Actions m_actions{};
  std::array<SideState, kMaxSides> m_sides;  // of the document
  std::array<FrameSide, kMaxSides> m_frames;
  SceneMotion m_motion = SceneMotion::Still;
  /// The variant on B with one attribute of the original: a pane after the others, of no entry.
  struct Swap {
    EntryId variant = 0;
    engine::SplatAttribute attribute = engine::SplatAttribute::Positions;
    std::shared_ptr<const GaussianCloud> cloud;
  };
  std::optional<Swap> m_swap;
  AttributionPanel* m_panel = nullptr;  // owned by the window that shows it
  QTimer m_progress;                    // while the analysis works
  CompareAnalysis* m_analysis = nullptr;
};

}  // namespace volpress::studio
