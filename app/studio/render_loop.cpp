#include "app/studio/render_loop.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/core.h>

namespace volpress::studio {
namespace {

constexpr double kSmoothMs = 33;      // full pictures at this pace need no coarse ones
constexpr double kSlowCoarseMs = 70;  // coarser still above this
constexpr int kMaxDivisor = 6;
constexpr int kMaxSlowDivisor = 32;
constexpr double kCoarseMs = 50;  // aimed at where the cost goes with the pixels
constexpr double kQuickMs = 200;  // full pictures at this pace need no steps between
constexpr std::size_t kHeatsKept = 2 * kMaxSides;
constexpr auto kRest = std::chrono::milliseconds(100);  // before what is seen is measured

bool sameView(const ViewCamera& a, const ViewCamera& b) {
  return sameCamera(a.camera(64, 64), b.camera(64, 64));
}

/// Whether the pictures in work for `a` also serve `b`; the wipe, the labels and the pointer may
/// differ.
bool samePictures(const ViewportState& a, const ViewportState& b) {
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    if (a.sides[side].scene() != b.sides[side].scene() ||
        (isPainted(a.heat.kind) && a.sides[side].errors != b.sides[side].errors)) {
      return false;
    }
  }
  return a.width == b.width && a.height == b.height && a.view.mode == b.view.mode &&
         a.view.singleSide == b.view.singleSide && a.heat.kind == b.heat.kind &&
         a.motion == b.motion && a.heat.range() == b.heat.range() && a.loupe == b.loupe &&
         a.renderer == b.renderer && sameView(a.camera, b.camera);
}

/// Sides without a gap from A on, whatever the caller counted.
std::size_t countSides(const ViewportState& state) {
  std::size_t count = 0;
  while (count < kMaxSides && !state.sides[count].isEmpty()) {
    ++count;
  }
  return count;
}

void count(const SideState& side, FrameFacts& facts) {
  if (side.model != nullptr) {
    facts.others[side.model->unit()] += side.model->count();
  } else {
    facts.splats += side.native != nullptr ? side.native->count() : side.cloud->count;
  }
}

bool hasModels(const ViewportState& state) {
  return std::any_of(state.sides.begin(), state.sides.end(),
                     [](const SideState& side) { return side.model != nullptr; });
}

bool drawsSlowly(const ViewportState& state) {
  return std::any_of(state.sides.begin(), state.sides.end(), [](const SideState& side) {
    return side.model != nullptr && side.model->drawsSlowly();
  });
}

bool needsSoftware(const ViewportState& state) {
  return state.loupe || hasModels(state) ||
         (state.heat.kind != HeatKind::None && countSides(state) > 1);
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
      m_measurer(std::make_unique<ViewMeasurer>([this] { repaint(); })),
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
    // While a scene plays each picture is finished: the next frame would stop every one of them.
    const bool goesOn = m_inWork && m_inWork->motion == SceneMotion::Playing &&
                        state.motion == SceneMotion::Playing;
    if (m_inWork && !goesOn && !samePictures(*m_inWork, state)) {
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
  bool measureDue = false;  // a full picture is on the screen whose quality is not known
  while (!stop.stop_requested()) {
    ViewportState state;
    std::stop_token pictureStop;
    {
      std::unique_lock lock(m_mutex);
      const auto wanted = [this] { return m_next.has_value(); };
      if (measureDue && m_inWork) {
        if (!m_wake.wait_for(lock, stop, kRest, wanted) && !stop.stop_requested()) {
          measureDue = false;
          state = *m_inWork;
          m_pictureStop = std::stop_source();
          pictureStop = m_pictureStop.get_token();
          lock.unlock();
          measureView(state, pictureStop);
          continue;
        }
      } else if (!refine && !m_wake.wait(lock, stop, wanted)) {
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
    measureDue = false;
    if (state.width <= 0 || state.height <= 0 || state.sides[0].isEmpty()) {
      refine = false;
      continue;
    }
    const Outcome outcome = drawState(state, refine, pictureStop);
    refine = outcome == Outcome::Refine;
    measureDue = outcome == Outcome::Measure;
  }
}

RenderLoop::Path RenderLoop::pathFor(const ViewportState& state) const {
  if (!m_sink->drawsClouds() || state.renderer == RendererChoice::Software ||
      needsSoftware(state)) {
    return Path::Software;
  }
  if (state.renderer == RendererChoice::Vulkan || !m_sink->isCpuDevice()) {
    return Path::Device;
  }
  if (state.motion != SceneMotion::Still) {
    return Path::Software;  // no frame is there for long enough to time the device with it
  }
  const std::lock_guard lock(m_choiceMutex);
  return m_deviceWins ? Path::Device : Path::Software;
}

bool RenderLoop::drawsFieldsOnDevice(const ViewportState& state) const {
  const bool isMagnified =
      state.loupe || (state.heat.kind != HeatKind::None && countSides(state) > 1);
  return m_sink->drawsClouds() && !m_refusesFields && !isMagnified &&
         (state.renderer == RendererChoice::Vulkan ||
          (state.renderer == RendererChoice::Automatic && !m_sink->isCpuDevice()));
}

Result<std::shared_ptr<const DrawnPicture>> RenderLoop::drawSide(const ViewportState& state,
                                                                 std::size_t side,
                                                                 const Camera& camera,
                                                                 const std::stop_token& stop) {
  const engine::DrawnScene scene = state.sides[side].scene();
  if (scene.model == nullptr || scene.model->field() == nullptr || !drawsFieldsOnDevice(state)) {
    return m_maker.draw(scene, camera, stop);
  }
  auto drawn = m_maker.drawField(
      [this](const ModelScene& field, const Camera& from, const std::stop_token& until) {
        return m_sink->drawField(field, from, until);
      },
      scene, camera, stop);
  if (drawn || drawn.error().code == ErrorCode::Cancelled) {
    return drawn;
  }
  m_refusesFields = true;
  m_listener.note("Radiance fields are drawn by software; " + drawn.error().message);
  return m_maker.draw(scene, camera, stop);
}

RenderLoop::Outcome RenderLoop::drawState(const ViewportState& state, bool refine,
                                          const std::stop_token& stop) {
  ViewportFrame frame;
  frame.state = state;
  frame.state.view.sideCount = countSides(state);
  frame.layout = layoutPanes(frame.state.view, state.width, state.height);
  if (pathFor(state) == Path::Device) {
    const bool known = recallQuality(frame);
    drawOnDevice(std::move(frame));
    return known || state.motion == SceneMotion::Playing ? Outcome::Done : Outcome::Measure;
  }
  return drawSoftware(std::move(frame), refine, stop);
}

RenderLoop::Outcome RenderLoop::drawSoftware(ViewportFrame frame, bool refine,
                                             const std::stop_token& stop) {
  const ViewportState& state = frame.state;
  const bool playing = state.motion == SceneMotion::Playing;
  const Step step = nextStep(frame, refine);
  const bool coarse = step.divisor > 1;
  frame.facts.path = "software";
  frame.facts.coarse = coarse;
  const auto start = std::chrono::steady_clock::now();
  // The coarse picture of a movement is always finished: stopping it would show nothing while
  // moving. Those that refine it give way.
  const Result<void> drawn =
      drawSides(frame, step.divisor, coarse && !refine ? std::stop_token() : stop);
  if (!drawn) {
    if (drawn.error().code != ErrorCode::Cancelled && m_lastFailure != drawn.error().message) {
      m_lastFailure = drawn.error().message;
      m_listener.note("The viewport could not be drawn: " + m_lastFailure);
    }
    return Outcome::Interrupted;
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  // What was remembered costs nothing now, but will when the camera moves.
  const double cost = std::max(frame.facts.milliseconds, spent.count());
  learnCost(step, cost, drawsSlowly(state));
  if (!coarse) {
    m_fullCost = step.moved || refine ? cost : std::max(cost, m_fullCost);
  }
  m_lastCamera = state.camera;
  m_hasLast = true;
  const bool known = coarse || recallQuality(frame);
  show(frame);
  if (playing) {
    return Outcome::Done;  // what would refine or measure it is the next frame's time
  }
  if (coarse) {
    return Outcome::Refine;
  }
  considerMeasuring(state, frame.facts);
  return known ? Outcome::Done : Outcome::Measure;
}

RenderLoop::Step RenderLoop::nextStep(const ViewportFrame& frame, bool refine) {
  const ViewportState& state = frame.state;
  const bool playing = state.motion == SceneMotion::Playing;
  const bool moved = m_hasLast && (playing || !sameView(m_lastCamera, state.camera));
  const Camera camera = paneCamera(state, frame.layout);
  const auto panes = std::count_if(frame.layout.panes.begin(), frame.layout.panes.end(),
                                   [](const PaneLayout& pane) { return pane.shown; });
  const double pixels =
      static_cast<double>(camera.width * camera.height) * static_cast<double>(panes);
  if (!drawsSlowly(state)) {
    return {moved && !refine && m_fullCost > kSmoothMs ? m_coarseDivisor : 1, moved, pixels};
  }
  if (refine) {
    const double fullCost = m_shownCost * m_shownDivisor * m_shownDivisor;
    return {fullCost < kQuickMs || m_shownDivisor <= 2 ? 1 : (m_shownDivisor + 1) / 2, moved,
            pixels};
  }
  bool remembered = true;
  for (std::size_t side = 0; side < state.view.sideCount; ++side) {
    const ModelScene& model = state.sides[side].model;
    const bool isField = model != nullptr && model->field() != nullptr;
    remembered = remembered && (!frame.layout.panes[side].shown ||
                                m_maker.recall(state.sides[side].scene(), camera, nullptr,
                                               isField && drawsFieldsOnDevice(state)) != nullptr);
  }
  const double ideal = std::ceil(std::sqrt(pixels * m_slowPixelMs / kCoarseMs));
  const int coarse = static_cast<int>(std::clamp(ideal, 1.0, double{kMaxSlowDivisor}));
  return {remembered ? 1 : coarse, moved, pixels};
}

/// The next coarse picture's size follows from what pictures cost.
void RenderLoop::learnCost(const Step& step, double cost, bool slow) {
  m_shownDivisor = step.divisor;
  m_shownCost = cost;
  if (slow) {
    m_slowPixelMs = cost * step.divisor * step.divisor / std::max(1.0, step.pixels);
  } else if (step.divisor > 1) {
    if (cost > kSlowCoarseMs) {
      m_coarseDivisor = std::min(kMaxDivisor, m_coarseDivisor + 1);
    } else if (cost < kSlowCoarseMs / 3) {
      m_coarseDivisor = std::max(2, m_coarseDivisor - 1);
    }
  }
}

Result<void> RenderLoop::drawSides(ViewportFrame& frame, int divisor, const std::stop_token& stop) {
  const ViewportState& state = frame.state;
  const bool heat = state.heat.kind != HeatKind::None && state.view.sideCount > 1;
  Camera camera = paneCamera(state, frame.layout);
  if (divisor > 1) {
    camera = coarser(camera, divisor);
  }
  for (std::size_t side = 0; side < state.view.sideCount; ++side) {
    const bool shown = frame.layout.panes[side].shown;
    const bool compared = heat && !isPainted(state.heat.kind) && side == 0;
    const bool magnified = state.loupe && !frame.facts.coarse;
    if (!shown && !compared && !magnified) {
      continue;
    }
    VOLPRESS_TRY(frame.drawn[side], drawSide(state, side, camera, stop));
    if (frame.drawn[side]->byDevice) {
      frame.facts.path = m_sink->deviceName();
    }
    if (shown) {
      frame.facts.milliseconds += frame.drawn[side]->milliseconds;
      count(state.sides[side], frame.facts);
    }
    const SceneColors colors = shown ? paintOf(state, side) : nullptr;
    if (colors != nullptr) {
      const engine::DrawnScene painted{state.sides[side].cloud, nullptr, state.sides[side].model};
      VOLPRESS_TRY(const auto colored, m_maker.draw(painted, camera, stop, colors));
      frame.heat[side] = colored->pixels;
      frame.facts.milliseconds += colored->milliseconds;
    }
  }
  return heat && !isPainted(state.heat.kind) ? paintHeat(frame) : Result<void>();
}

SceneColors RenderLoop::paintOf(const ViewportState& state, std::size_t side) {
  const SideState& shown = state.sides[side];
  const auto& errors = shown.errors;
  const HeatKind kind = state.heat.kind;
  const bool fits = kind == HeatKind::Splats    ? shown.cloud != nullptr
                    : kind == HeatKind::Surface ? shown.model != nullptr
                                                : false;
  if (!fits || errors == nullptr ||
      (kind == HeatKind::Splats && errors->size() != shown.cloud->count)) {
    return nullptr;
  }
  Colored& known = m_colored.at(side);
  if (known.errors != errors || known.kind != kind || known.range != state.heat.range()) {
    auto colors = std::make_shared<std::vector<float>>(3 * errors->size());
    for (std::size_t i = 0; i < errors->size(); ++i) {
      const HeatColor color = heatColor(kind, (*errors)[i] / state.heat.range());
      (*colors)[3 * i] = static_cast<float>(color.red) / 255.0F;
      (*colors)[3 * i + 1] = static_cast<float>(color.green) / 255.0F;
      (*colors)[3 * i + 2] = static_cast<float>(color.blue) / 255.0F;
    }
    known = {errors, kind, state.heat.range(), std::move(colors)};
  }
  return known.colors;
}

Result<void> RenderLoop::paintHeat(ViewportFrame& frame) {
  const HeatView& view = frame.state.heat;
  for (std::size_t side = 1; side < frame.state.view.sideCount; ++side) {
    if (!frame.layout.panes[side].shown) {
      continue;
    }
    const auto known = std::find_if(m_heats.begin(), m_heats.end(), [&](const Heat& heat) {
      return heat.kind == view.kind && heat.reference.lock() == frame.drawn[0] &&
             heat.test.lock() == frame.drawn[side];
    });
    if (known != m_heats.end()) {
      m_heats.splice(m_heats.begin(), m_heats, known);
    } else {
      VOLPRESS_TRY(Image field, errorField(view.kind, frame.drawn[0]->color,
                                           frame.drawn[side]->color, m_maker.runner()));
      m_heats.push_front(
          {frame.drawn[0], frame.drawn[side], view.kind, std::move(field), 0, nullptr});
      if (m_heats.size() > kHeatsKept) {
        m_heats.pop_back();
      }
    }
    Heat& heat = m_heats.front();
    if (heat.pixels == nullptr || heat.range != view.range()) {
      heat.range = view.range();
      heat.pixels = std::make_shared<const PanePixels>(
          PanePixels{heat.field.width, heat.field.height,
                     heatPixels(view.kind, heat.field, heat.range, m_maker.runner())});
    }
    frame.heat[side] = heat.pixels;
  }
  return {};
}

bool RenderLoop::recallQuality(ViewportFrame& frame) {
  const ViewportState& state = frame.state;
  const Camera camera = paneCamera(state, frame.layout);
  bool known = true;
  const auto recalled = [&](const SideState& side) { return m_maker.recall(side.scene(), camera); };
  const auto reference = recalled(state.sides[0]);
  for (std::size_t side = 1; side < state.view.sideCount; ++side) {
    const auto answer = m_measurer->recall(reference, recalled(state.sides[side]));
    frame.facts.quality.at(side) = answer.quality;
    known = known && answer.measured;
  }
  return known;
}

void RenderLoop::measureView(const ViewportState& state, const std::stop_token& stop) {
  CompareView view = state.view;
  view.sideCount = countSides(state);
  const Camera camera = paneCamera(state, layoutPanes(view, state.width, state.height));
  // The hidden side of a single view is drawn too: flipping to it is then instant.
  ViewMeasurer::Pictures pictures;
  for (std::size_t side = 0; side < view.sideCount; ++side) {
    auto picture = m_maker.draw(state.sides[side].scene(), camera, stop);
    if (!picture) {
      return;  // the view changed
    }
    pictures[side] = *picture;
  }
  m_measurer->request(std::move(pictures));
}

void RenderLoop::drawOnDevice(ViewportFrame frame) {
  frame.drawnByDevice = true;
  frame.facts.path = m_sink->deviceName();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t side = 0; side < frame.state.view.sideCount; ++side) {
    const SideState& shown = frame.state.sides[side];
    if (!frame.layout.panes[side].shown) {
      continue;
    }
    count(shown, frame.facts);
    if (shown.native != nullptr) {
      // Its networks run here, for every frame: what they say is a cloud like any other.
      auto seen = m_maker.look(shown.native, paneCamera(frame.state, frame.layout.panes[side]), {});
      if (seen) {
        frame.seen[side] = *std::move(seen);
      }
    }
  }
  frame.facts.milliseconds = m_fullCost;  // of the frame before: this one is not drawn yet
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
      shown.state.view.sideCount = countSides(shown.state);
      shown.layout = layoutPanes(shown.state.view, shown.state.width, shown.state.height);
    }
  }
  composeFrame(shown);
  const Result<bool> result = m_sink->show(shown);
  if (!result) {
    if (m_lastFailure != result.error().message) {
      m_lastFailure = result.error().message;
      if (result.error().code == ErrorCode::DeviceLost) {
        m_listener.lost(m_lastFailure);
        return;
      }
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
  if (!m_sink->drawsClouds() || !m_sink->isCpuDevice() || cloud == nullptr ||
      !state.sides[1].isEmpty() || state.renderer != RendererChoice::Automatic ||
      state.motion != SceneMotion::Still) {
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
  const Camera camera = paneCamera(state, PaneLayout{true, {0, 0, state.width, state.height}, {}});
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
