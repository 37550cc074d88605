#include "app/studio/viewport.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QFontInfo>
#include <QMetaObject>
#include <QPlatformSurfaceEvent>
#include <QPointer>
#include <QVBoxLayout>
#include <QVariantAnimation>
#include <QWindow>

#include "app/studio/font_file.hpp"
#include "app/studio/losing_sink.hpp"
#include "app/studio/painter_canvas.hpp"
#include "app/studio/vulkan_host.hpp"
#include "app/studio/vulkan_sink.hpp"

namespace volpress::studio {
namespace {

constexpr int kGlideMs = 140;
constexpr int kBlinkMs = 500;
constexpr float kOverlayFontPixels = 14;

}  // namespace

Viewport::Viewport(QWidget* parent) : QWidget(parent) {
  setObjectName("viewport");
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  m_flyTimer.setInterval(16);
  connect(&m_flyTimer, &QTimer::timeout, this, &Viewport::flyStep);
  m_blink.setInterval(kBlinkMs);
  connect(&m_blink, &QTimer::timeout, this, &Viewport::flip);
  m_spinTimer.setInterval(16);
  connect(&m_spinTimer, &QTimer::timeout, this, &Viewport::spinStep);
  m_glide = new QVariantAnimation(this);
  m_glide->setDuration(kGlideMs);
  m_glide->setStartValue(0.0);
  m_glide->setEndValue(1.0);
  m_glide->setEasingCurve(QEasingCurve::OutCubic);
}

Viewport::~Viewport() {
  stopLoop();
  if (m_window != nullptr) {
    m_window->removeEventFilter(this);  // its own end must not reach half of this object
  }
  delete m_canvasWidget;  // the window's surface must go before the Vulkan instance
}

void Viewport::start(std::shared_ptr<VulkanHost> host) {
  m_host = std::move(host);
  if (m_host != nullptr) {
    m_window = new QWindow();
    m_window->setObjectName("viewportCanvas");
    m_window->setSurfaceType(QSurface::VulkanSurface);
    m_window->setVulkanInstance(&m_host->instance());
    QWidget* container = QWidget::createWindowContainer(m_window, this);
    container->setFocusPolicy(Qt::StrongFocus);
    container->setObjectName("viewportContainer");
    attach(m_window, container);
  } else {
    m_painter = new PainterCanvas(this);
    attach(m_painter, m_painter);
    startLoop();
    canvasResized();
  }
}

void Viewport::attach(QObject* canvas, QWidget* widget) {
  m_canvasWidget = widget;
  canvas->installEventFilter(this);
  layout()->addWidget(widget);
}

QObject* Viewport::canvas() const {
  return m_window != nullptr ? static_cast<QObject*>(m_window) : m_painter;
}

void Viewport::startLoop() {
  std::unique_ptr<FrameSink> sink;
  if (m_window != nullptr) {
    const VkSurfaceKHR surface = m_host->instance().surfaceForWindow(m_window);
    if (surface == VK_NULL_HANDLE) {
      emit noted(tr("The viewport has no Vulkan surface; restart with VOLPRESS_VIEWPORT=painter."));
      return;
    }
    sink = losingWhenAsked(std::make_unique<VulkanSink>(
        m_host->context(), surface, fontFileBytes(font()),
        kOverlayFontPixels * static_cast<float>(m_window->devicePixelRatio())));
  } else {
    sink = std::make_unique<PainterSink>(*m_painter);
  }
  // Called on the render thread: whatever touches this object goes through its event loop.
  RenderLoop::Listener listener;
  listener.shown = [this](const FrameFacts& facts) {
    QMetaObject::invokeMethod(
        this,
        [this, facts] {
          m_facts = facts;
          ++m_framesShown;
          emit factsChanged();
        },
        Qt::QueuedConnection);
  };
  listener.note = [this](const std::string& text) {
    QMetaObject::invokeMethod(
        this, [this, text] { emit noted(QString::fromStdString(text)); }, Qt::QueuedConnection);
  };
  listener.lost = [this](const std::string& reason) {
    QMetaObject::invokeMethod(
        this, [this, reason] { loseDevice(QString::fromStdString(reason)); }, Qt::QueuedConnection);
  };
  m_loop = std::make_unique<RenderLoop>(std::move(sink), std::move(listener));
}

void Viewport::stopLoop() { m_loop.reset(); }

void Viewport::push() {
  if (m_loop != nullptr && m_state.width > 0 && m_state.height > 0) {
    m_loop->setState(m_state);
  }
}

void Viewport::canvasResized() {
  const QSize size = m_window != nullptr ? m_window->size() : m_painter->size();
  const double ratio =
      m_window != nullptr ? m_window->devicePixelRatio() : m_painter->devicePixelRatioF();
  m_state.scale = static_cast<float>(ratio);
  m_state.width = static_cast<int>(std::lround(size.width() * ratio));
  m_state.height = static_cast<int>(std::lround(size.height() * ratio));
  push();
}

void Viewport::setSides(const std::array<SideState, kMaxSides>& sides) {
  m_state.sides = sides;
  m_state.view.sideCount = static_cast<std::size_t>(std::count_if(
      sides.begin(), sides.end(), [](const SideState& side) { return !side.isEmpty(); }));
  if (m_state.view.sideCount < 2) {
    setBlinking(false);
  }
  push();
}

void Viewport::setMotion(SceneMotion motion) {
  if (m_state.motion != motion) {
    m_state.motion = motion;
    push();
  }
}

void Viewport::setHome(const Camera& home, float pivotDistance) {
  m_glide->stop();
  m_state.camera.setHome(home, pivotDistance);
  m_flySpeed = 1;
  push();
}

void Viewport::setMode(CompareMode mode) {
  if (m_state.view.mode != mode) {
    m_state.view.mode = mode;
    push();
  }
  emit modeChanged(mode);
}

void Viewport::setWipe(float position) {
  m_state.view.wipe = std::clamp(position, 0.0F, 1.0F);
  push();
  emit wipeChanged(m_state.view.wipe);
}

void Viewport::setSingleSide(std::size_t side) {
  m_state.view.singleSide = std::min<std::size_t>(side, kMaxSides - 1);
  push();
}

void Viewport::flip() {
  if (m_state.view.sideCount < 2) {
    return;
  }
  // From a view of both, B comes first: A was on the left or is known.
  const bool showsA = m_state.view.mode != CompareMode::Single || m_state.view.singleSide == 0;
  setSingleSide(showsA ? 1 : 0);
  setMode(CompareMode::Single);
}

void Viewport::setBlinking(bool blinking) {
  if (blinking == m_blink.isActive() || (blinking && m_state.view.sideCount < 2)) {
    return;
  }
  if (blinking) {
    flip();
    m_blink.start();
  } else {
    m_blink.stop();
  }
  emit blinkingChanged(blinking);
}

void Viewport::setHeat(HeatKind kind) {
  m_state.heat.kind = kind;
  if (kind != HeatKind::None && m_state.view.mode == CompareMode::Single &&
      m_state.view.singleSide == 0) {
    m_state.view.singleSide = 1;  // A is what the others are compared with: it has no error
  }
  push();
  emit heatChanged();
}

void Viewport::setHeatRange(float range) {
  m_state.heat.setRange(range);
  push();
  emit heatChanged();
}

void Viewport::setLoupe(bool on) {
  m_state.loupe = on;
  push();
}

void Viewport::setRenderer(RendererChoice choice) {
  m_state.renderer = choice;
  push();
}

void Viewport::goHome() {
  m_glide->stop();
  m_state.camera.goHome();
  push();
}

void Viewport::flipUp() {
  m_glide->stop();
  m_state.camera.flipUp();
  push();
}

void Viewport::focusCenter() { pickAt(QPointF(width() / 2.0, height() / 2.0)); }

void Viewport::glideTo(Vec3 point) {
  const Vec3 from = m_state.camera.pivot();
  m_glide->stop();
  m_glide->disconnect(this);
  connect(m_glide, &QVariantAnimation::valueChanged, this, [this, from, point](const QVariant& at) {
    const float t = at.toFloat();
    m_state.camera.focus({from[0] + (point[0] - from[0]) * t, from[1] + (point[1] - from[1]) * t,
                          from[2] + (point[2] - from[2]) * t});
    push();
  });
  m_glide->start();
}

void Viewport::changeEvent(QEvent* event) {
  if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::FontChange) {
    push();
  }
  QWidget::changeEvent(event);
}

bool Viewport::eventFilter(QObject* watched, QEvent* event) {
  if (watched != canvas()) {
    return QWidget::eventFilter(watched, event);
  }
  switch (event->type()) {
    case QEvent::Expose:
      if (m_window->isExposed()) {
        if (m_loop == nullptr) {
          startLoop();
        }
        canvasResized();
        if (m_loop != nullptr) {
          m_loop->repaint();
        }
      }
      return false;
    case QEvent::PlatformSurface:
      if (static_cast<QPlatformSurfaceEvent*>(event)->surfaceEventType() ==
          QPlatformSurfaceEvent::SurfaceAboutToBeDestroyed) {
        stopLoop();  // the swapchain must go before its surface
      }
      return false;
    case QEvent::Resize: canvasResized(); return false;
    case QEvent::MouseButtonPress: pressed(*static_cast<QMouseEvent*>(event)); return true;
    case QEvent::MouseButtonRelease: released(*static_cast<QMouseEvent*>(event)); return true;
    case QEvent::MouseButtonDblClick: doubleClicked(*static_cast<QMouseEvent*>(event)); return true;
    case QEvent::MouseMove: moved(*static_cast<QMouseEvent*>(event)); return true;
    case QEvent::Wheel: wheeled(*static_cast<QWheelEvent*>(event)); return true;
    case QEvent::KeyPress: return keyPressed(*static_cast<QKeyEvent*>(event));
    case QEvent::KeyRelease:
      if (!static_cast<QKeyEvent*>(event)->isAutoRepeat()) {
        m_flyKeys.erase(static_cast<QKeyEvent*>(event)->key());
        return releaseFlip(static_cast<QKeyEvent*>(event)->key());
      }
      return false;
    case QEvent::ShortcutOverride:
      // A flip lasts as long as its key is held, which a shortcut cannot tell.
      if (isKeyOf("flip", *static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
      }
      return false;
    case QEvent::Leave:
      m_state.pointer.reset();
      push();
      return false;
    case QEvent::FocusOut:
      if (m_flipHold) {
        releaseFlip(m_flipHold->key);
      }
      return false;
    case QEvent::NativeGesture: {
      const auto* gesture = static_cast<QNativeGestureEvent*>(event);
      if (gesture->gestureType() == Qt::ZoomNativeGesture) {
        m_state.camera.dolly(static_cast<float>(1.0 - gesture->value()), 0, 0,
                             static_cast<float>(m_state.height));
        push();
        return true;
      }
      return false;
    }
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::Drop: return dropped(event);
    default: return false;
  }
}

}  // namespace volpress::studio
