#include "app/studio/compare_measure.hpp"

#include <algorithm>
#include <utility>

#include "renderer/metrics/metrics.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kKnownKept = 32;

std::optional<SideQuality> measurePair(const Image& reference, const Image& test,
                                       TaskRunner& runner) {
  const Result<double> psnr = metrics::psnr(reference, test);
  if (!psnr) {
    return std::nullopt;  // of different sizes: a frame between two layouts
  }
  SideQuality quality;
  quality.psnr = *psnr;
  if (const Result<double> ssim = metrics::ssim(reference, test, runner)) {
    quality.ssim = *ssim;
  }
  return quality;
}

}  // namespace

ViewMeasurer::ViewMeasurer(std::function<void()> measured)
    : m_measured(std::move(measured)),
      m_runner(makeThreadRunner()),
      m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

ViewMeasurer::~ViewMeasurer() {
  m_thread.request_stop();
  m_thread.join();
}

void ViewMeasurer::request(Pictures pictures) {
  {
    const std::lock_guard lock(m_mutex);
    m_next = std::move(pictures);
  }
  m_wake.notify_one();
}

ViewMeasurer::Answer ViewMeasurer::recall(const std::shared_ptr<const DrawnPicture>& reference,
                                          const std::shared_ptr<const DrawnPicture>& test) {
  if (reference == nullptr || test == nullptr) {
    return {};
  }
  const std::lock_guard lock(m_mutex);
  const auto at = std::find_if(m_known.begin(), m_known.end(), [&](const Known& known) {
    return known.reference.lock() == reference && known.test.lock() == test;
  });
  return at == m_known.end() ? Answer{} : Answer{true, at->quality};
}

void ViewMeasurer::loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Pictures pictures;
    {
      std::unique_lock lock(m_mutex);
      if (!m_wake.wait(lock, stop, [this] { return m_next.has_value(); })) {
        return;
      }
      pictures = *std::exchange(m_next, std::nullopt);
    }
    for (std::size_t side = 1; side < kMaxSides; ++side) {
      {
        const std::lock_guard lock(m_mutex);
        if (m_next || stop.stop_requested()) {
          break;  // nobody looks at these any more
        }
      }
      if (pictures[0] == nullptr || pictures[side] == nullptr ||
          recall(pictures[0], pictures[side]).measured) {
        continue;
      }
      const auto quality = measurePair(pictures[0]->color, pictures[side]->color, *m_runner);
      const std::lock_guard lock(m_mutex);
      m_known.push_front({pictures[0], pictures[side], quality});
      if (m_known.size() > kKnownKept) {
        m_known.pop_back();
      }
    }
    m_measured();
  }
}

}  // namespace volpress::studio
