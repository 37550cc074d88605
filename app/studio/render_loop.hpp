// The thread that makes the viewport's pictures, so that the window never waits for one. Qt-free.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/studio/compare_measure.hpp"
#include "app/studio/picture_maker.hpp"
#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// Draws the newest state: coarse while the camera moves, then full. States in between are dropped.
/// Heat maps, the loupe and the live quality read the software picture, which is the reference,
/// whatever draws the panes. Radiance fields are drawn by a device that is no CPU, or by any that
/// was chosen, in the same steps from coarse to full.
class RenderLoop {
public:
  /// Told about each shown frame and about choices and failures worth the log; render thread.
  struct Listener {
    std::function<void(const FrameFacts&)> shown;
    std::function<void(std::string)> note;
    std::function<void(std::string)> lost;  ///< the device, for good; why
  };

  RenderLoop(std::unique_ptr<FrameSink> sink, Listener listener);
  ~RenderLoop();  ///< waits for the picture in work, which is asked to stop
  RenderLoop(const RenderLoop&) = delete;
  RenderLoop& operator=(const RenderLoop&) = delete;

  /// Never waits. Stops a full picture in work when this state needs another one.
  void setState(ViewportState state);
  /// Shows the same state again (after an expose).
  void repaint();

private:
  enum class Path : std::uint8_t { Software, Device };
  enum class Outcome : std::uint8_t { Done, Measure, Refine, Interrupted };
  /// How one picture comes about: 1 is full, n every n-th pixel each way.
  struct Step {
    int divisor = 1;
    bool moved = false;  ///< since the picture before
    double pixels = 0;   ///< of all panes in full
  };

  void loop(const std::stop_token& stop);
  Outcome drawState(const ViewportState& state, bool refine, const std::stop_token& stop);
  Outcome drawSoftware(ViewportFrame frame, bool refine, const std::stop_token& stop);
  void drawOnDevice(ViewportFrame frame);
  void show(const ViewportFrame& frame);
  void measureView(const ViewportState& state, const std::stop_token& stop);
  [[nodiscard]] bool recallQuality(ViewportFrame& frame);
  [[nodiscard]] Result<void> drawSides(ViewportFrame& frame, int divisor,
                                       const std::stop_token& stop);
  [[nodiscard]] Result<void> paintHeat(ViewportFrame& frame);
  [[nodiscard]] Step nextStep(const ViewportFrame& frame, bool refine);
  void learnCost(const Step& step, double cost, bool slow);
  [[nodiscard]] SceneColors paintOf(const ViewportState& state, std::size_t side);
  [[nodiscard]] bool drawsFieldsOnDevice(const ViewportState& state) const;
  [[nodiscard]] Result<std::shared_ptr<const DrawnPicture>> drawSide(const ViewportState& state,
                                                                     std::size_t side,
                                                                     const Camera& camera,
                                                                     const std::stop_token& stop);
  [[nodiscard]] Path pathFor(const ViewportState& state) const;
  void considerMeasuring(const ViewportState& state, const FrameFacts& facts);

  std::unique_ptr<FrameSink> m_sink;
  Listener m_listener;
  PictureMaker m_maker;
  ViewCamera m_lastCamera;  // of the last shown frame
  bool m_hasLast = false;
  double m_fullCost = 0;  // ms of the newest full picture
  int m_coarseDivisor = 2;
  // Of scenes whose full picture takes seconds: the first one of a movement is small and refined in
  // steps.
  double m_slowPixelMs = 0.0125;
  int m_shownDivisor = 1;  // of the newest picture
  double m_shownCost = 0;  // ms
  std::string m_lastFailure;
  bool m_refusesFields = false;  // the device did, once: software draws them from then on
  // Error fields and heat maps of the pictures on the screen, so that a change of range or of the
  // wipe computes nothing again. Newest first.
  struct Heat {
    std::weak_ptr<const DrawnPicture> reference;
    std::weak_ptr<const DrawnPicture> test;
    HeatKind kind = HeatKind::None;
    Image field;
    float range = 0;
    std::shared_ptr<const PanePixels> pixels;
  };
  std::list<Heat> m_heats;
  struct Colored {
    std::shared_ptr<const std::vector<float>> errors;
    HeatKind kind = HeatKind::None;
    float range = 0;
    SceneColors colors;
  };
  std::array<Colored, kMaxSides> m_colored;

  // The choice between software and a CPU device, per scene.
  mutable std::mutex m_choiceMutex;
  std::weak_ptr<const GaussianCloud> m_measuredCloud;
  bool m_deviceWins = false;
  std::jthread m_measuring;

  std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::optional<ViewportState> m_next;
  std::optional<ViewportState> m_inWork;
  std::stop_source m_pictureStop;
  std::unique_ptr<ViewMeasurer> m_measurer;  // calls repaint
  std::jthread m_thread;                     // last: it uses all of the above
};

}  // namespace volpress::studio
