// A map of the scene from above, with the cameras on it.
#pragma once

#include <memory>
#include <vector>

#include <QWidget>

#include "app/studio/view_camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::studio {

/// Splats as dots, cameras as little triangles that open the way they look.
class CameraPlan : public QWidget {
  Q_OBJECT
public:
  explicit CameraPlan(QWidget* parent = nullptr);
  /// `down`: the world direction that is looked along.
  void showScene(const GaussianCloud& cloud, Vec3 down);
  void showViews(const std::vector<View>& views, std::size_t chosen);
  [[nodiscard]] QSize sizeHint() const override { return {280, 280}; }

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  struct Dot {
    float x, y;
    QRgb color;
  };
  [[nodiscard]] std::array<float, 2> flat(Vec3 point) const;

  Vec3 m_east{1, 0, 0};
  Vec3 m_north{0, 0, 1};
  std::vector<Dot> m_dots;
  std::array<float, 2> m_centre{};
  float m_radius = 1;
  std::vector<View> m_views;
  std::size_t m_chosen = 0;
};

}  // namespace volpress::studio
