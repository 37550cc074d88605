// The viewport without Vulkan: software pictures and the same overlay, drawn with QPainter.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include <QWidget>

#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// Paints the newest frame given to it. `deliver` may be called from any thread.
class PainterCanvas : public QWidget {
  Q_OBJECT
public:
  explicit PainterCanvas(QWidget* parent = nullptr);
  void deliver(const ViewportFrame& frame);

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  std::mutex m_mutex;
  std::optional<ViewportFrame> m_frame;
};

/// Gives frames to a PainterCanvas, which must outlive it.
class PainterSink final : public FrameSink {
public:
  explicit PainterSink(PainterCanvas& canvas) : m_canvas(canvas) {}
  [[nodiscard]] Result<bool> show(const ViewportFrame& frame) override;
  [[nodiscard]] bool drawsClouds() const override { return false; }
  [[nodiscard]] bool isCpuDevice() const override { return true; }
  [[nodiscard]] std::string deviceName() const override { return "software"; }
  [[nodiscard]] Result<double> measure(const GaussianCloud& cloud, const Camera& camera) override;

private:
  PainterCanvas& m_canvas;
};

}  // namespace volpress::studio
