// The picture of the window: camera, comparison modes, pointer and keys.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include <QElapsedTimer>
#include <QPointF>
#include <QStringList>
#include <QTimer>
#include <QWidget>

#include "app/studio/compare_layout.hpp"
#include "app/studio/heat_scale.hpp"
#include "app/studio/render_loop.hpp"
#include "app/studio/viewport_frame.hpp"

class QKeyEvent;
class QMouseEvent;
class QVariantAnimation;
class QWheelEvent;
class QWindow;

namespace volpress::studio {

class VulkanHost;
class PainterCanvas;

/// What the left button does.
enum class NavigationMode : std::uint8_t {
  Orbit,      ///< turns about the pivot
  Fly,        ///< looks around, and the keys fly
  Turntable,  ///< turns about the pivot, which goes on turning by itself
};

/// Shows the sides of the document. The GUI thread only sets states; pictures come from RenderLoop.
class Viewport : public QWidget {
  Q_OBJECT
public:
  explicit Viewport(QWidget* parent = nullptr);
  ~Viewport() override;

  /// Chooses the way to the screen: a Vulkan surface, or with null a plain widget. Once.
  void start(std::shared_ptr<VulkanHost> host);

  void setSides(const std::array<SideState, kMaxSides>& sides);
  [[nodiscard]] const std::array<SideState, kMaxSides>& sides() const { return m_state.sides; }
  /// How the next sides follow upon those before.
  void setMotion(SceneMotion motion);
  [[nodiscard]] SceneMotion motion() const { return m_state.motion; }
  void setHome(const Camera& home, float pivotDistance);
  void setMode(CompareMode mode);
  [[nodiscard]] CompareMode mode() const { return m_state.view.mode; }
  void setWipe(float position);
  [[nodiscard]] float wipe() const { return m_state.view.wipe; }
  /// Which side the single view shows.
  void setSingleSide(std::size_t side);
  [[nodiscard]] std::size_t singleSide() const { return m_state.view.singleSide; }
  /// The other of A and B, alone in the same place. A blink goes on doing that by itself.
  void flip();
  void setBlinking(bool blinking);
  [[nodiscard]] bool blinking() const { return m_blink.isActive(); }
  void setHeat(HeatKind kind);
  void setHeatRange(float range);
  [[nodiscard]] const HeatView& heat() const { return m_state.heat; }
  void setLoupe(bool on);
  [[nodiscard]] bool loupe() const { return m_state.loupe; }
  void setRenderer(RendererChoice choice);
  void goHome();
  /// Turns the scene the other way up.
  void flipUp();
  void focusCenter();
  /// Takes a world direction for down; see ViewCamera.
  void setDown(Vec3 down);
  /// Shows exactly what a camera shows, until someone moves.
  void lookThrough(const Camera& camera, float pivotDistance);
  void setNavigation(NavigationMode mode);
  [[nodiscard]] NavigationMode navigation() const { return m_navigation; }
  /// Lines drawn over the pictures; null takes them away.
  void setCameraLines(std::shared_ptr<const std::vector<WorldLine>> lines);
  /// The outline and handles of a crop; null takes them away. A drag that is under way goes on.
  void setGizmo(std::shared_ptr<const Gizmo> gizmo);
  [[nodiscard]] const std::shared_ptr<const Gizmo>& gizmo() const { return m_state.gizmo; }
  /// Where a handle of it lies in the pane of side A, in logical pixels of the canvas.
  [[nodiscard]] std::optional<QPointF> handlePosition(std::size_t handle) const;
  /// Moves the pivot to a point found by a pick, with a short glide.
  void glideTo(Vec3 point);

  /// The object that receives the pointer: a QWindow, or a QWidget without Vulkan.
  [[nodiscard]] QObject* canvas() const;
  [[nodiscard]] const FrameFacts& facts() const { return m_facts; }
  [[nodiscard]] std::uint64_t framesShown() const { return m_framesShown; }
  [[nodiscard]] ViewCamera camera() const { return m_state.camera; }

signals:
  void filesDropped(const QStringList& paths);
  void modeChanged(volpress::studio::CompareMode mode);
  void wipeChanged(float position);
  void heatChanged();
  void blinkingChanged(bool blinking);
  void factsChanged();
  void noted(const QString& text);
  /// The graphics device went away; the software draws from now on.
  void deviceLost(const QString& reason);
  /// A handle of the gizmo was grabbed, is dragged from where it was grabbed to a pixel of the same
  /// camera's picture, and was let go.
  void handleGrabbed(std::size_t handle);
  void handleDragged(std::size_t handle, const volpress::Camera& camera,
                     const std::array<float, 2>& from, const std::array<float, 2>& to);
  void handleReleased();
  /// Someone wants to look closer at the surface under this pixel of that camera.
  void pickWanted(const volpress::Camera& camera, float x, float y);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  enum class Drag : std::uint8_t { None, Orbit, Pan, Fly, Wipe, HeatRange, Handle };

  void attach(QObject* canvas, QWidget* widget);
  void startLoop();
  void stopLoop();
  void loseDevice(const QString& reason);
  void canvasResized();
  void push();
  [[nodiscard]] CompareLayout layoutNow() const;
  [[nodiscard]] PaneLayout paneAt(QPointF position) const;
  [[nodiscard]] QPointF devicePoint(QPointF logical) const { return logical * m_state.scale; }
  [[nodiscard]] bool overWipe(QPointF logical) const;
  [[nodiscard]] std::optional<HeatScaleLayout> heatScaleUnder(QPointF logical) const;
  void dragHeatRange(QPointF logical);
  [[nodiscard]] std::optional<std::size_t> handleUnder(QPointF logical) const;
  void grabHandle(std::size_t handle, QPointF logical);
  void dragHandle(QPointF logical);
  void follow(QPointF logical);
  void hover(QPointF logical);
  /// Whether these keys are a shortcut of the window's action of that name.
  [[nodiscard]] bool isKeyOf(const char* action, const QKeyEvent& event) const;
  void holdFlip(int key);
  bool releaseFlip(int key);
  void setCanvasCursor(Qt::CursorShape shape);
  void pressed(const QMouseEvent& event);
  void moved(const QMouseEvent& event);
  void released(const QMouseEvent& event);
  void doubleClicked(const QMouseEvent& event);
  void wheeled(const QWheelEvent& event);
  bool keyPressed(const QKeyEvent& event);
  void flyStep();
  void spinStep();
  bool dropped(QEvent* event);
  void pickAt(QPointF logical);

  ViewportState m_state;
  FrameFacts m_facts;
  std::uint64_t m_framesShown = 0;
  Drag m_drag = Drag::None;
  QPointF m_lastPointer;
  PaneLayout m_handlePane;  ///< in which a handle was grabbed
  std::array<float, 2> m_handleFrom{};
  std::set<int> m_flyKeys;
  float m_flySpeed = 1;
  NavigationMode m_navigation = NavigationMode::Orbit;
  QTimer m_spinTimer;
  QElapsedTimer m_spinClock;
  std::uint64_t m_spinFrames = 0;  ///< shown when it turned last
  QTimer m_flyTimer;
  QElapsedTimer m_flyClock;
  QVariantAnimation* m_glide = nullptr;
  QTimer m_blink;
  /// While the key of a flip is down: what to go back to when it was held rather than tapped.
  struct FlipHold {
    int key = 0;
    CompareMode mode = CompareMode::Single;
    std::size_t side = 0;
    QElapsedTimer clock;
  };
  std::optional<FlipHold> m_flipHold;

  std::shared_ptr<VulkanHost> m_host;
  QWidget* m_canvasWidget = nullptr;   // holds the window, or is the painter
  QWindow* m_window = nullptr;         // with Vulkan; owned by its container widget
  PainterCanvas* m_painter = nullptr;  // without
  std::unique_ptr<RenderLoop> m_loop;
};

}  // namespace volpress::studio
