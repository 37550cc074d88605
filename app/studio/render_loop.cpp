#include "app/studio/render_loop.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "renderer/metrics/metrics.hpp"

namespace volpress::studio {
namespace {

constexpr double kSmoothMs = 33;      // full pictures at this pace need no coarse ones
constexpr double kSlowCoarseMs = 70;  // coarser still above this
constexpr int kMaxDivisor = 6;

bool sameView(const ViewCamera& a, const ViewCamera& b) {
  return sameCamera(a.camera(64, 64), b.camera(64, 64));
}

/// Whether the pictures in work for `a` also serve `b`; the wipe and the labels may differ.
bool samePictures(const ViewportState& a, const ViewportState& b) {
  return a.width == b.width && a.height == b.height && a.view.mode == b.view.mode &&
         a.view.singleSide == b.view.singleSide && a.sides[0].cloud == b.sides[0].cloud &&
         a.sides[1].cloud == b.sides[1].cloud && a.renderer == b.renderer &&
         sameView(a.camera, b.camera);
}

Camera coarser(const Camera& camera, int divisor) {
  const auto part = [divisor](std::size_t size) {
    return std::max<std::size_t>(1, size / static_cast<std::size_t>(divisor));
  };
  return resized(camera, part(camera.width), part(camera.height));
}

}  // namespace

RenderLoop::RenderLoop(std::unique_ptr<FrameSink> sink, Listener listener)
    : m_sink(std::move(sink)),
      m_listener(std::move(listener)),
      m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

RenderLoop::~RenderLoop() {
  m_thread.request_stop();
  {
    const std::lock_guard lock(m_mutex);
    m_pictureStop.request_stop();
  }
  m_thread.join();
  if (m_measuring.joinable()) {
    m_measuring.join();
  }
}

void RenderLoop::setState(ViewportState state) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_inWork && !samePictures(*m_inWork, state)) {
      m_pictureStop.request_stop();
    }
    m_next = std::move(state);
  }
  m_wake.notify_one();
}

void RenderLoop::repaint() {
  {
    const std::lock_guard lock(m_mutex);
    if (!m_next && m_inWork) {
      m_next = m_inWork;
    }
  }
  m_wake.notify_one();
}

void RenderLoop::loop(const std::stop_token& stop) {
  bool refine = false;
  while (!stop.stop_requested()) {
    ViewportState state;
    std::stop_token pictureStop;
    {
      std::unique_lock lock(m_mutex);
      if (!refine && !m_wake.wait(lock, stop, [this] { return m_next.has_value(); })) {
        return;
      }
      if (m_next) {
        refine = refine && m_inWork && samePictures(*m_inWork, *m_next);
        m_inWork = std::exchange(m_next, std::nullopt);
      }
      state = *m_inWork;
      m_pictureStop = std::stop_source();
      pictureStop = m_pictureStop.get_token();
    }
    if (stop.stop_requested()) {
      return;
    }
    if (state.width <= 0 || state.height <= 0 || state.sides[0].cloud == nullptr) {
      refine = false;
      continue;
    }
    switch (drawState(state, refine, pictureStop)) {
      case Outcome::Done: refine = false; break;
      case Outcome::Refine: refine = true; break;
      case Outcome::Interrupted: refine = false; break;
    }
  }
}

RenderLoop::Path RenderLoop::pathFor(const ViewportState& state) const {
  if (!m_sink->drawsClouds() || state.renderer == RendererChoice::Software) {
    return Path::Software;
  }
  if (state.renderer == RendererChoice::Vulkan || !m_sink->isCpuDevice()) {
    return Path::Device;
  }
  const std::lock_guard lock(m_choiceMutex);
  return m_deviceWins ? Path::Device : Path::Software;
}

RenderLoop::Outcome RenderLoop::drawState(const ViewportState& state, bool refine,
                                          const std::stop_token& stop) {
  ViewportFrame frame;
  frame.state = state;
  frame.state.view.hasB = state.sides[1].cloud != nullptr;
  frame.layout = layoutPanes(frame.state.view, state.width, state.height);
  if (pathFor(state) == Path::Device) {
    drawOnDevice(std::move(frame));
    return Outcome::Done;
  }
  return drawSoftware(std::move(frame), refine, stop);
}

RenderLoop::Outcome RenderLoop::drawSoftware(ViewportFrame frame, bool refine,
                                             const std::stop_token& stop) {
  const ViewportState& state = frame.state;
  const bool moved = m_hasLast && !sameView(m_lastCamera, state.camera);
  const bool coarse = moved && !refine && m_fullCost > kSmoothMs;
  frame.facts.path = "software";
  frame.facts.coarse = coarse;
  for (std::size_t side = 0; side < 2; ++side) {
    const PaneLayout& pane = frame.layout.panes[side];
    if (!pane.shown || state.sides[side].cloud == nullptr) {
      continue;
    }
    const Camera full = paneCamera(state, pane);
    // Coarse pictures are always finished: stopping them would show nothing while moving.
    auto picture = coarse ? m_maker.draw(state.sides[side].cloud, coarser(full, m_coarseDivisor),
                                         std::stop_token())
                          : m_maker.draw(state.sides[side].cloud, full, stop);
    if (!picture) {
      if (picture.error().code != ErrorCode::Cancelled &&
          m_lastFailure != picture.error().message) {
        m_lastFailure = picture.error().message;
        m_listener.note("The viewport could not be drawn: " + m_lastFailure);
      }
      return Outcome::Interrupted;
    }
    frame.pictures[side] = *picture;
    frame.facts.milliseconds += (*picture)->milliseconds;
    frame.facts.splats += state.sides[side].cloud->count;
  }
  if (coarse) {
    const double cost = frame.facts.milliseconds;
    if (cost > kSlowCoarseMs) {
      m_coarseDivisor = std::min(kMaxDivisor, m_coarseDivisor + 1);
    } else if (cost < kSlowCoarseMs / 3) {
      m_coarseDivisor = std::max(2, m_coarseDivisor - 1);
    }
  } else {
    m_fullCost = frame.facts.milliseconds;
  }
  m_lastCamera = state.camera;
  m_hasLast = true;
  if (!coarse && state.sides[1].cloud != nullptr) {
    const bool compared =
        m_maker.recall(state.sides[0].cloud, hiddenCamera(frame, 0)) == m_comparedPictures[0] &&
        m_maker.recall(state.sides[1].cloud, hiddenCamera(frame, 1)) == m_comparedPictures[1];
    if (compared && m_comparedPictures[0] != nullptr) {
      frame.facts.viewPsnr = m_viewPsnr;
    }
  }
  show(frame);
  if (coarse) {
    return Outcome::Refine;
  }
  considerMeasuring(state, frame.facts);
  measureView(frame, stop);
  return Outcome::Done;
}

Camera RenderLoop::hiddenCamera(const ViewportFrame& frame, std::size_t side) const {
  const PaneLayout& pane =
      frame.layout.panes[side].shown ? frame.layout.panes[side] : frame.layout.panes[1 - side];
  return paneCamera(frame.state, pane);
}

void RenderLoop::measureView(ViewportFrame frame, const std::stop_token& stop) {
  const ViewportState& state = frame.state;
  if (state.sides[1].cloud == nullptr || frame.facts.viewPsnr) {
    return;
  }
  // The hidden side of a single view is drawn too: flipping to it is then instant.
  std::array<std::shared_ptr<const DrawnPicture>, 2> both;
  for (std::size_t side = 0; side < 2; ++side) {
    auto picture = m_maker.draw(state.sides[side].cloud, hiddenCamera(frame, side), stop);
    if (!picture) {
      return;
    }
    both[side] = *picture;
  }
  const Result<double> quality = metrics::psnr(both[0]->color, both[1]->color);
  if (quality) {
    m_comparedPictures = both;
    m_viewPsnr = *quality;
    frame.facts.viewPsnr = *quality;
    show(frame);
  }
}

void RenderLoop::drawOnDevice(ViewportFrame frame) {
  frame.drawnByDevice = true;
  frame.facts.path = m_sink->deviceName();
  for (std::size_t side = 0; side < 2; ++side) {
    if (frame.layout.panes[side].shown && frame.state.sides[side].cloud != nullptr) {
      frame.facts.splats += frame.state.sides[side].cloud->count;
    }
  }
  frame.facts.milliseconds = m_fullCost;  // of the frame before: this one is not drawn yet
  const auto start = std::chrono::steady_clock::now();
  show(frame);
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  m_fullCost = spent.count();
  m_lastCamera = frame.state.camera;
  m_hasLast = true;
}

void RenderLoop::show(const ViewportFrame& frame) {
  ViewportFrame shown = frame;
  {
    // The wipe follows the pointer even when it moved while the pictures were drawn.
    const std::lock_guard lock(m_mutex);
    if (m_next && samePictures(*m_next, shown.state)) {
      shown.state = *m_next;
      shown.state.view.hasB = shown.state.sides[1].cloud != nullptr;
      shown.layout = layoutPanes(shown.state.view, shown.state.width, shown.state.height);
    }
  }
  shown.overlay = makeOverlay(shown.state, shown.layout, shown.facts);
  const Result<bool> result = m_sink->show(shown);
  if (!result) {
    if (m_lastFailure != result.error().message) {
      m_lastFailure = result.error().message;
      m_listener.note("The viewport could not be shown: " + m_lastFailure);
    }
    return;
  }
  if (*result) {
    m_listener.shown(shown.facts);
  }
}

void RenderLoop::considerMeasuring(const ViewportState& state, const FrameFacts& facts) {
  const std::shared_ptr<const GaussianCloud>& cloud = state.sides[0].cloud;
  if (!m_sink->drawsClouds() || !m_sink->isCpuDevice() || state.sides[1].cloud != nullptr ||
      state.renderer != RendererChoice::Automatic) {
    return;
  }
  {
    const std::lock_guard lock(m_choiceMutex);
    if (m_measuredCloud.lock() == cloud) {
      return;
    }
    m_measuredCloud = cloud;
    m_deviceWins = false;
  }
  // A CPU device can take seconds for a large scene, so it is timed beside the running viewport.
  const Camera camera = paneCamera(state, {true, {0, 0, state.width, state.height}, {}});
  m_measuring = std::jthread([this, cloud, camera, software = facts.milliseconds] {
    const Result<double> device = m_sink->measure(*cloud, camera);
    if (!device) {
      m_listener.note("The viewport uses the software picture; " + device.error().message);
      return;
    }
    const bool wins = *device < software;
    {
      const std::lock_guard lock(m_choiceMutex);
      m_deviceWins = wins;
    }
    m_listener.note(
        fmt::format("Viewport at {} × {}: software {:.0f} ms, {} {:.0f} ms; {} is used.",
                    camera.width, camera.height, software, m_sink->deviceName(), *device,
                    wins ? m_sink->deviceName() : std::string("software")));
    if (wins) {
      repaint();
    }
  });
}

}  // namespace volpress::studio
