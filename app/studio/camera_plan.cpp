#include "app/studio/camera_plan.hpp"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "app/engine/scene_shape.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kMostDots = 6000;
constexpr float kShZero = 0.2820948F;

Vec3 cross(Vec3 a, Vec3 b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

float dot(Vec3 a, Vec3 b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

}  // namespace

CameraPlan::CameraPlan(QWidget* parent) : QWidget(parent) {
  setObjectName("cameraPlan");
  setMinimumSize(240, 240);
  setToolTip(tr("The scene from above. Cameras open the way they look; hollow ones are held out."));
}

std::array<float, 2> CameraPlan::flat(Vec3 point) const {
  return {dot(point, m_east), dot(point, m_north)};
}

void CameraPlan::showScene(const GaussianCloud& cloud, Vec3 down) {
  const Vec3 other = std::abs(down[0]) < 0.9F ? Vec3{1, 0, 0} : Vec3{0, 0, 1};
  m_north = cross(other, down);
  const float length = std::sqrt(dot(m_north, m_north));
  for (float& value : m_north) {
    value /= length;
  }
  m_east = cross(down, m_north);
  const engine::SceneShape shape = engine::measureShape(cloud);
  m_centre = flat(shape.centre);
  m_radius = 1.3F * shape.outerRadius;
  m_dots.clear();
  const std::size_t step = std::max<std::size_t>(1, cloud.count / kMostDots);
  for (std::size_t i = 0; i < cloud.count; i += step) {
    const auto at = flat({cloud.means[3 * i], cloud.means[3 * i + 1], cloud.means[3 * i + 2]});
    const auto channel = [&cloud, i](std::size_t c) {
      const float value = 0.5F + kShZero * cloud.shDc[3 * i + c];
      return static_cast<int>(std::lround(255 * std::clamp(value, 0.0F, 1.0F)));
    };
    m_dots.push_back({at[0], at[1], qRgb(channel(0), channel(1), channel(2))});
  }
  update();
}

void CameraPlan::showViews(const std::vector<View>& views, std::size_t chosen) {
  m_views = views;
  m_chosen = chosen;
  update();
}

void CameraPlan::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), QColor(24, 24, 24));
  // The map grows until every camera is on it, so far as that keeps the scene visible.
  float radius = m_radius;
  for (const View& view : m_views) {
    const auto at = flat(view.camera.position);
    const float reach =
        1.1F * std::max(std::abs(at[0] - m_centre[0]), std::abs(at[1] - m_centre[1]));
    radius = std::max(radius, std::min(reach, 8 * m_radius));
  }
  const float scale = 0.5F * static_cast<float>(std::min(width(), height())) / radius;
  const auto place = [this, scale](std::array<float, 2> at) {
    return QPointF(0.5 * width() + static_cast<double>((at[0] - m_centre[0]) * scale),
                   0.5 * height() - static_cast<double>((at[1] - m_centre[1]) * scale));
  };
  for (const Dot& dotted : m_dots) {
    painter.fillRect(QRectF(place({dotted.x, dotted.y}), QSizeF(1.5, 1.5)), QColor(dotted.color));
  }
  const QColor bright = accent(palette());
  for (std::size_t i = 0; i < m_views.size(); ++i) {
    const Camera& camera = m_views[i].camera;
    const auto& r = camera.rotation;
    const QPointF eye = place(flat(camera.position));
    const auto ahead = flat({r[6], r[7], r[8]});
    const double length = std::hypot(static_cast<double>(ahead[0]), static_cast<double>(ahead[1]));
    const QColor color = i == m_chosen ? QColor(255, 214, 102) : bright;
    painter.setPen(QPen(color, i == m_chosen ? 2 : 1.2));
    painter.setBrush(m_views[i].heldOut ? QBrush(Qt::NoBrush) : QBrush(color));
    if (length < 0.2) {  // looks straight down or up
      painter.drawEllipse(eye, 3, 3);
      continue;
    }
    const QPointF along(static_cast<double>(ahead[0]) / length * 11,
                        -static_cast<double>(ahead[1]) / length * 11);
    const QPointF across(-along.y() * 0.4, along.x() * 0.4);
    painter.drawPolygon(QPolygonF({eye, eye + along + across, eye + along - across}));
  }
}

}  // namespace volpress::studio
