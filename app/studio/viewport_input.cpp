// Pointer, keys and drops of the viewport.
#include <algorithm>
#include <cmath>

#include <QAction>
#include <QDropEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QUrl>
#include <QWheelEvent>
#include <QWindow>

#include "app/studio/heat_scale.hpp"
#include "app/studio/painter_canvas.hpp"
#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr int kWipeGrab = 8;  // logical pixels to either side of the line
constexpr float kRadiansPerPixel = 0.006F;
constexpr float kLookPerPixel = 0.003F;
constexpr float kDollyPerNotch = 0.85F;
constexpr float kWipeStep = 0.01F;
constexpr qint64 kTapMs = 250;          // a key that is down for longer is held
constexpr float kRangePerNotch = 1.2F;  // of the heat map's scale

}  // namespace

CompareLayout Viewport::layoutNow() const {
  return layoutPanes(m_state.view, std::max(1, m_state.width), std::max(1, m_state.height));
}

PaneLayout Viewport::paneAt(QPointF position) const {
  const CompareLayout layout = layoutNow();
  const QPoint device = devicePoint(position).toPoint();
  return layout.panes.at(sideAt(layout, device.x(), device.y()));
}

std::optional<HeatScaleLayout> Viewport::heatScaleUnder(QPointF logical) const {
  if (m_state.heat.kind == HeatKind::None || m_state.view.sideCount < 2) {
    return std::nullopt;
  }
  const HeatScaleLayout layout = layoutHeatScale(static_cast<float>(m_state.width),
                                                 static_cast<float>(m_state.height), m_state.scale);
  const QPointF device = devicePoint(logical);
  if (!hitsHeatScale(layout, static_cast<float>(device.x()), static_cast<float>(device.y()))) {
    return std::nullopt;
  }
  return layout;
}

void Viewport::dragHeatRange(QPointF logical) {
  const HeatScaleLayout layout = layoutHeatScale(static_cast<float>(m_state.width),
                                                 static_cast<float>(m_state.height), m_state.scale);
  setHeatRange(draggedHeatRange(layout, static_cast<float>(devicePoint(logical).x())));
}

void Viewport::follow(QPointF logical) {
  const QPoint device = devicePoint(logical).toPoint();
  m_state.pointer = {device.x(), device.y()};
}

void Viewport::hover(QPointF logical) {
  const bool overScale = heatScaleUnder(logical).has_value();
  const auto handle = overScale ? std::nullopt : handleUnder(logical);
  const bool over = !overScale && !handle && overWipe(logical);
  const bool changed = over != m_state.wipeHovered || handle != m_state.gizmoHandle;
  m_state.wipeHovered = over;
  m_state.gizmoHandle = handle;
  setCanvasCursor(overScale ? Qt::PointingHandCursor
                  : handle  ? Qt::SizeAllCursor
                  : over    ? Qt::SplitHCursor
                            : Qt::ArrowCursor);
  if (changed || m_state.loupe) {
    push();
  }
}

bool Viewport::overWipe(QPointF logical) const {
  return hitsWipe(layoutNow(), static_cast<int>(std::lround(devicePoint(logical).x())),
                  static_cast<int>(std::lround(kWipeGrab * m_state.scale)));
}

void Viewport::setCanvasCursor(Qt::CursorShape shape) {
  if (m_window != nullptr) {
    m_window->setCursor(shape);
  } else {
    m_painter->setCursor(shape);
  }
}

void Viewport::pressed(const QMouseEvent& event) {
  m_lastPointer = event.position();
  if (m_window != nullptr) {
    m_window->requestActivate();  // an embedded window takes keys only when asked to
  }
  const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
  if (event.button() == Qt::LeftButton && heatScaleUnder(event.position())) {
    m_drag = Drag::HeatRange;
    dragHeatRange(event.position());
  } else if (const auto handle = handleUnder(event.position());
             event.button() == Qt::LeftButton && handle) {
    grabHandle(*handle, event.position());
  } else if (event.button() == Qt::LeftButton && overWipe(event.position())) {
    m_drag = Drag::Wipe;
  } else if (event.button() == Qt::MiddleButton || (event.button() == Qt::LeftButton && shift)) {
    m_drag = Drag::Pan;
  } else if (event.button() == Qt::LeftButton && m_navigation != NavigationMode::Fly) {
    m_drag = Drag::Orbit;
    m_state.pivotShown = true;
    push();
  } else if (event.button() == Qt::RightButton || event.button() == Qt::LeftButton) {
    m_drag = Drag::Fly;
    m_flyClock.restart();
    m_flyTimer.start();
    setCanvasCursor(Qt::CrossCursor);
  }
}

void Viewport::moved(const QMouseEvent& event) {
  const QPointF step = event.position() - m_lastPointer;
  m_lastPointer = event.position();
  follow(event.position());
  const auto dx = static_cast<float>(step.x());
  const auto dy = static_cast<float>(step.y());
  switch (m_drag) {
    case Drag::None: hover(event.position()); return;
    case Drag::HeatRange: dragHeatRange(event.position()); return;
    case Drag::Handle: dragHandle(event.position()); return;
    case Drag::Wipe:
      setWipe(
          wipeAt(static_cast<int>(std::lround(devicePoint(event.position()).x())), m_state.width));
      return;
    case Drag::Orbit: m_state.camera.orbit(dx * kRadiansPerPixel, dy * kRadiansPerPixel); break;
    case Drag::Pan:
      m_state.camera.pan(dx * m_state.scale, dy * m_state.scale,
                         static_cast<float>(fieldHeight(paneAt(event.position()))));
      break;
    case Drag::Fly: m_state.camera.look(dx * kLookPerPixel, dy * kLookPerPixel); break;
  }
  if (dx != 0 || dy != 0) {
    push();
  }
}

void Viewport::released(const QMouseEvent& event) {
  if (event.buttons() != Qt::NoButton) {
    return;
  }
  if (m_drag == Drag::Fly) {
    m_flyTimer.stop();
    m_flyKeys.clear();
    setCanvasCursor(Qt::ArrowCursor);
  }
  const bool handled = m_drag == Drag::Handle;
  m_drag = Drag::None;
  if (handled) {
    emit handleReleased();
  }
  if (m_state.pivotShown) {
    m_state.pivotShown = false;
    push();
  }
}

void Viewport::doubleClicked(const QMouseEvent& event) {
  if (event.button() != Qt::LeftButton) {
    return;
  }
  m_drag = Drag::None;
  if (heatScaleUnder(event.position())) {
    setHeatRange(defaultHeatRange(m_state.heat.kind));
  } else if (overWipe(event.position())) {
    setWipe(0.5F);
  } else {
    pickAt(event.position());
  }
}

void Viewport::pickAt(QPointF logical) {
  if (m_state.sides[0].isEmpty() || m_state.width <= 0) {
    return;
  }
  const PaneLayout pane = paneAt(logical);
  const QPointF device = devicePoint(logical);
  emit pickWanted(paneCamera(m_state, pane), static_cast<float>(device.x() - pane.picture.x),
                  static_cast<float>(device.y() - pane.picture.y));
}

void Viewport::wheeled(const QWheelEvent& event) {
  const float notches = static_cast<float>(event.angleDelta().y()) / 120.0F;
  if (m_drag == Drag::Fly) {
    m_flySpeed = std::clamp(m_flySpeed * std::pow(1.25F, notches), 0.05F, 20.0F);
    return;
  }
  if (heatScaleUnder(event.position())) {
    setHeatRange(m_state.heat.range() * std::pow(kRangePerNotch, notches));
    return;
  }
  const PaneLayout pane = paneAt(event.position());
  const QPointF device = devicePoint(event.position());
  const double x = device.x() - pane.picture.x - pane.picture.width / 2.0;
  const double y = device.y() - pane.picture.y - pane.picture.height / 2.0;
  m_state.camera.dolly(std::pow(kDollyPerNotch, notches), static_cast<float>(x),
                       static_cast<float>(y), static_cast<float>(fieldHeight(pane)));
  push();
}

bool Viewport::keyPressed(const QKeyEvent& event) {
  if (m_drag == Drag::Fly) {
    m_flyKeys.insert(event.key());
    return true;
  }
  if (m_state.view.mode == CompareMode::Wipe && m_state.view.sideCount > 1 &&
      (event.key() == Qt::Key_Left || event.key() == Qt::Key_Right)) {
    setWipe(m_state.view.wipe + (event.key() == Qt::Key_Left ? -kWipeStep : kWipeStep));
    return true;
  }
  if (isKeyOf("flip", event)) {
    if (!event.isAutoRepeat()) {
      holdFlip(event.key());
    }
    return true;
  }
  if (m_window == nullptr && event.key() != Qt::Key_Tab) {
    return false;  // a widget's keys reach the window's shortcuts by themselves, Tab excepted
  }
  // Keys of the embedded window do not pass the main window's shortcuts.
  Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
  if (event.key() == Qt::Key_Plus) {
    modifiers &= ~Qt::ShiftModifier;  // on many keyboards the sign itself needs it
  }
  const QKeySequence pressedKeys(QKeyCombination(modifiers, static_cast<Qt::Key>(event.key())));
  for (QAction* action : window()->actions()) {
    if (action->isEnabled() && action->shortcuts().contains(pressedKeys)) {
      action->trigger();
      return true;
    }
  }
  return false;
}

bool Viewport::isKeyOf(const char* action, const QKeyEvent& event) const {
  const auto* found = window()->findChild<QAction*>(action, Qt::FindDirectChildrenOnly);
  return found != nullptr && found->isEnabled() &&
         found->shortcuts().contains(QKeySequence(event.keyCombination()));
}

void Viewport::holdFlip(int key) {
  setBlinking(false);
  FlipHold hold{key, m_state.view.mode, m_state.view.singleSide, {}};
  hold.clock.start();
  m_flipHold = hold;
  flip();
}

bool Viewport::releaseFlip(int key) {
  if (!m_flipHold || m_flipHold->key != key) {
    return false;
  }
  const FlipHold hold = *m_flipHold;
  m_flipHold.reset();
  if (hold.clock.elapsed() > kTapMs) {
    setSingleSide(hold.side);
    setMode(hold.mode);
  }
  return true;
}

void Viewport::flyStep() {
  const float seconds = static_cast<float>(m_flyClock.restart()) / 1000.0F;
  const auto held = [this](int key) { return m_flyKeys.count(key) > 0 ? 1.0F : 0.0F; };
  const float right = held(Qt::Key_D) - held(Qt::Key_A);
  const float down = held(Qt::Key_Q) - held(Qt::Key_E);
  const float forward = held(Qt::Key_W) - held(Qt::Key_S);
  if (right == 0 && down == 0 && forward == 0) {
    return;
  }
  const float step = 0.6F * m_flySpeed * seconds * m_state.camera.homeDistance() *
                     (held(Qt::Key_Shift) > 0 ? 4.0F : 1.0F);
  m_state.camera.fly(right * step, down * step, forward * step);
  push();
}

bool Viewport::dropped(QEvent* event) {
  auto* drop = static_cast<QDropEvent*>(event);
  if (!drop->mimeData()->hasUrls()) {
    return false;
  }
  drop->acceptProposedAction();
  if (event->type() == QEvent::Drop) {
    QStringList paths;
    for (const QUrl& url : drop->mimeData()->urls()) {
      if (url.isLocalFile()) {
        paths.append(url.toLocalFile());
      }
    }
    emit filesDropped(paths);
  }
  return true;
}

}  // namespace volpress::studio
