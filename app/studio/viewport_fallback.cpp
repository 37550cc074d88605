// What the viewport does when its graphics device is gone.
#include <utility>

#include <QLayout>
#include <QWindow>

#include "app/studio/viewport.hpp"

namespace volpress::studio {

void Viewport::loseDevice(const QString& reason) {
  if (m_window == nullptr) {
    return;  // told twice: the first time was enough
  }
  stopLoop();
  m_window->removeEventFilter(this);
  layout()->removeWidget(m_canvasWidget);
  delete std::exchange(m_canvasWidget, nullptr);  // with its window, and before the instance
  m_window = nullptr;
  start(nullptr);
  m_canvasWidget->show();
  emit deviceLost(reason);
}

}  // namespace volpress::studio
