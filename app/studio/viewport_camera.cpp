// The viewport's camera as panels and menus steer it.
#include <algorithm>
#include <utility>

#include <QVariantAnimation>

#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr qint64 kSlowestSpinMs = 10000;
constexpr float kSpinRadiansPerSecond = 0.35F;  // once around in 18 seconds

}  // namespace

void Viewport::setDown(Vec3 down) {
  m_glide->stop();
  m_state.camera.setDown(down);
  push();
}

void Viewport::lookThrough(const Camera& camera, float pivotDistance) {
  m_glide->stop();
  m_state.camera.lookThrough(camera, pivotDistance);
  push();
}

void Viewport::setNavigation(NavigationMode mode) {
  m_navigation = mode;
  if (mode == NavigationMode::Turntable) {
    m_spinClock.start();
    m_spinTimer.start();
  } else {
    m_spinTimer.stop();
  }
}

void Viewport::spinStep() {
  // A step for each picture that was shown: more would only stop the one in work.
  if (m_framesShown == m_spinFrames && m_spinClock.elapsed() < kSlowestSpinMs) {
    return;
  }
  const float seconds = static_cast<float>(m_spinClock.restart()) / 1000.0F;
  if (m_drag == Drag::None && isVisible() && !m_state.sides[0].isEmpty()) {
    m_spinFrames = m_framesShown;
    m_state.camera.orbit(kSpinRadiansPerSecond * std::min(seconds, 0.25F), 0);
    push();
  }
}

void Viewport::setCameraLines(std::shared_ptr<const std::vector<WorldLine>> lines) {
  m_state.cameraLines = std::move(lines);
  push();
}

}  // namespace volpress::studio
