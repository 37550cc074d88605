// The comparison beyond modes: heat maps, loupe, blinking, and which entry stands on which side.
#pragma once

#include <array>
#include <functional>

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>

#include "app/studio/compare_heat.hpp"
#include "app/studio/session.hpp"
#include "app/studio/viewport_frame.hpp"

class QAction;
class QMenu;
class QPalette;

namespace volpress::studio {

class Viewport;

class CompareController : public QObject {
  Q_OBJECT
public:
  /// Makes an action of the window: object name, text, icon, keys, tooltip.
  using ActionMaker = std::function<QAction*(const QString&, const QString&, const QString&,
                                             const QList<QKeySequence>&, const QString&)>;
  /// Session and viewport must outlive the controller.
  CompareController(Session& session, Viewport& viewport, const ActionMaker& makeAction,
                    QObject* parent);

  /// The buttons of the compare bar.
  [[nodiscard]] QList<QAction*> barActions() const;
  void fillMenu(QMenu& menu) const;
  void refreshIcons(const QPalette& palette) const;

  /// Hands the sides of the document to the viewport.
  void showSides(std::array<SideState, kMaxSides> sides);

public slots:
  /// Puts an entry on a side; one beyond B shows itself side by side.
  void putOnSide(std::size_t side, volpress::studio::EntryId entry);

private:
  void cycleDifference();
  void heatChanged();

  Session& m_session;
  Viewport& m_viewport;
  struct Actions {
    QAction *difference, *loupe, *blink, *wider, *narrower, *previousA, *nextA;
  };
  Actions m_actions{};
};

}  // namespace volpress::studio
