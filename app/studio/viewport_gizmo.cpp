// Handles of an edit in the viewport.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr double kGrab = 10;  // logical pixels around a handle

}  // namespace

void Viewport::setGizmo(std::shared_ptr<const Gizmo> gizmo) {
  m_state.gizmo = std::move(gizmo);
  if (m_drag != Drag::Handle) {
    m_state.gizmoHandle.reset();
  }
  push();
}

std::optional<QPointF> Viewport::handlePosition(std::size_t handle) const {
  if (m_state.gizmo == nullptr || handle >= m_state.gizmo->handles.size()) {
    return std::nullopt;
  }
  const auto at = handlePlace(m_state, layoutNow().panes[0], m_state.gizmo->handles[handle].at);
  return at ? std::optional(QPointF((*at)[0], (*at)[1]) / m_state.scale) : std::nullopt;
}

std::optional<std::size_t> Viewport::handleUnder(QPointF logical) const {
  if (m_state.gizmo == nullptr || m_state.width <= 0) {
    return std::nullopt;
  }
  const PaneLayout pane = paneAt(logical);
  const QPointF device = devicePoint(logical);
  std::optional<std::size_t> nearest;
  double least = kGrab * m_state.scale;
  for (std::size_t i = 0; i < m_state.gizmo->handles.size(); ++i) {
    const auto at = handlePlace(m_state, pane, m_state.gizmo->handles[i].at);
    const double distance =
        at ? std::hypot(device.x() - (*at)[0], device.y() - (*at)[1]) : least + 1;
    if (distance <= least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

void Viewport::grabHandle(std::size_t handle, QPointF logical) {
  m_drag = Drag::Handle;
  m_state.gizmoHandle = handle;
  m_handlePane = paneAt(logical);
  const QPointF device = devicePoint(logical);
  m_handleFrom = {static_cast<float>(device.x() - m_handlePane.picture.x),
                  static_cast<float>(device.y() - m_handlePane.picture.y)};
  emit handleGrabbed(handle);
  push();
}

void Viewport::dragHandle(QPointF logical) {
  const QPointF device = devicePoint(logical);
  emit handleDragged(m_state.gizmoHandle.value_or(0), paneCamera(m_state, m_handlePane),
                     m_handleFrom,
                     {static_cast<float>(device.x() - m_handlePane.picture.x),
                      static_cast<float>(device.y() - m_handlePane.picture.y)});
}

}  // namespace volpress::studio
