#include "app/studio/losing_sink.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace volpress::studio {
namespace {

constexpr const char* kVariable = "VOLPRESS_LOSE_DEVICE_AFTER";

class LosingSink final : public FrameSink {
public:
  LosingSink(std::unique_ptr<FrameSink> sink, int frames)
      : m_sink(std::move(sink)), m_framesLeft(frames) {}

  [[nodiscard]] Result<bool> show(const ViewportFrame& frame) override {
    if (m_framesLeft <= 0) {
      return fail(ErrorCode::DeviceLost, "simulated by {}", kVariable);
    }
    Result<bool> shown = m_sink->show(frame);
    m_framesLeft -= shown.value_or(false) ? 1 : 0;
    return shown;
  }
  [[nodiscard]] bool drawsClouds() const override { return m_sink->drawsClouds(); }
  [[nodiscard]] bool isCpuDevice() const override { return m_sink->isCpuDevice(); }
  [[nodiscard]] std::string deviceName() const override { return m_sink->deviceName(); }
  [[nodiscard]] Result<renderer::RenderResult> drawField(const ModelScene& field,
                                                         const Camera& camera,
                                                         const std::stop_token& stop) override {
    return m_sink->drawField(field, camera, stop);
  }
  [[nodiscard]] Result<double> measure(const GaussianCloud& cloud, const Camera& camera) override {
    return m_sink->measure(cloud, camera);
  }

private:
  std::unique_ptr<FrameSink> m_sink;
  int m_framesLeft;
};

}  // namespace

std::unique_ptr<FrameSink> losingWhenAsked(std::unique_ptr<FrameSink> sink) {
  const char* wanted = std::getenv(kVariable);
  int frames = 0;
  if (wanted == nullptr) {
    return sink;
  }
  const std::string_view text(wanted);
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), frames);
  if (problem != std::errc() || end != text.data() + text.size()) {
    return sink;
  }
  return std::make_unique<LosingSink>(std::move(sink), frames);
}

}  // namespace volpress::studio
