// A viewport that nobody sees, and the loop that draws for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/studio/render_loop.hpp"

namespace volpress::studio {

/// Keeps what it is shown.
class KeepingSink final : public FrameSink {
public:
  explicit KeepingSink(bool isDevice) : m_isDevice(isDevice) {}
  Result<bool> show(const ViewportFrame& frame) override {
    const std::lock_guard lock(mutex);
    frames.push_back(frame);
    arrived.notify_all();
    return true;
  }
  [[nodiscard]] bool drawsClouds() const override { return m_isDevice; }
  [[nodiscard]] bool isCpuDevice() const override { return false; }
  [[nodiscard]] std::string deviceName() const override { return "test"; }
  Result<double> measure(const GaussianCloud&, const Camera&) override { return 1.0; }

  Result<renderer::RenderResult> drawField(const ModelScene& field, const Camera& camera,
                                           const std::stop_token& stop) override {
    if (!drawsFields) {
      return FrameSink::drawField(field, camera, stop);
    }
    return renderer::RenderResult{makeImage(camera.width, camera.height, 3, 0.25F),
                                  makeImage(camera.width, camera.height, 1, 1)};
  }

  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<ViewportFrame> frames;
  bool drawsFields = false;  ///< all of them grey; to be set before the first state

private:
  bool m_isDevice;
};

/// A loop for a sink, whose listener hears nothing.
inline std::unique_ptr<RenderLoop> loopWith(std::unique_ptr<FrameSink> sink) {
  return std::make_unique<RenderLoop>(
      std::move(sink), RenderLoop::Listener{[](const FrameFacts&) {}, [](const std::string&) {},
                                            [](const std::string&) {}});
}

}  // namespace volpress::studio
