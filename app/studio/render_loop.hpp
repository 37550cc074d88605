// The thread that makes the viewport's pictures, so that the window never waits for one. Qt-free.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "app/studio/picture_maker.hpp"
#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// Draws the newest state: coarse while the camera moves, then full. States in between are dropped.
class RenderLoop {
public:
  /// Told about each shown frame and about choices and failures worth the log; render thread.
  struct Listener {
    std::function<void(const FrameFacts&)> shown;
    std::function<void(std::string)> note;
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
  enum class Outcome : std::uint8_t { Done, Refine, Interrupted };

  void loop(const std::stop_token& stop);
  Outcome drawState(const ViewportState& state, bool refine, const std::stop_token& stop);
  Outcome drawSoftware(ViewportFrame frame, bool refine, const std::stop_token& stop);
  void drawOnDevice(ViewportFrame frame);
  void show(const ViewportFrame& frame);
  void measureView(ViewportFrame frame, const std::stop_token& stop);
  [[nodiscard]] Camera hiddenCamera(const ViewportFrame& frame, std::size_t side) const;
  [[nodiscard]] Path pathFor(const ViewportState& state) const;
  void considerMeasuring(const ViewportState& state, const FrameFacts& facts);

  std::unique_ptr<FrameSink> m_sink;
  Listener m_listener;
  PictureMaker m_maker;
  ViewCamera m_lastCamera;  // of the last shown frame
  bool m_hasLast = false;
  double m_fullCost = 0;  // ms of the newest full picture
  int m_coarseDivisor = 2;
  std::string m_lastFailure;
  // The newest comparison of two pictures, so that moving the wipe does not measure again.
  std::array<std::shared_ptr<const DrawnPicture>, 2> m_comparedPictures;
  double m_viewPsnr = 0;

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
  std::jthread m_thread;  // last: it uses all of the above
};

}  // namespace volpress::studio
