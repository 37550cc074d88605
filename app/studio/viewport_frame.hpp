// What passes between the window, the render thread and whoever puts a frame on the screen.
// Qt-free.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/studio/camera_frusta.hpp"
#include "app/studio/compare_heat.hpp"
#include "app/studio/compare_layout.hpp"
#include "app/studio/document.hpp"
#include "app/studio/edit_gizmo.hpp"
#include "app/studio/overlay_painter.hpp"
#include "app/studio/picture_maker.hpp"
#include "app/studio/view_camera.hpp"
#include "scene/base/result.hpp"

namespace volpress::studio {

/// Which renderer draws the viewport.
enum class RendererChoice : std::uint8_t { Automatic, Software, Vulkan };

/// Whether time goes by in what is shown.
enum class SceneMotion : std::uint8_t {
  Still,
  Paused,   ///< one frame of a scene that moves
  Playing,  ///< the next frame comes before a full picture may be done
};

/// One side as the window wants it.
struct SideState {
  EntryId entry = 0;
  std::shared_ptr<const GaussianCloud> cloud;  ///< null: a model, or the side is empty
  std::string name;
  std::string numbers;  ///< "3.90 MB   14.5×   31.8 dB"
  /// What HeatKind::Splats and Surface paint: the error seen through each splat of `cloud` (n,
  /// display units), or the distances of `model` (SceneModel::distancesTo); null while not known.
  std::shared_ptr<const std::vector<float>> errors{};
  std::string note{};    ///< what is being done about it, shown in its label
  std::string lost{};    ///< of the original, for the line below: "its animation"
  NativeScene native{};  ///< drawn in place of `cloud`; null: that is drawn
  ModelScene model{};    ///< not splats at all; null: they are

  [[nodiscard]] engine::DrawnScene scene() const { return {cloud, native, model}; }
  [[nodiscard]] bool isEmpty() const noexcept { return cloud == nullptr && model == nullptr; }
};

/// Everything that decides the picture; a value, handed to the render thread as a whole.
struct ViewportState {
  int width = 0;  ///< device pixels
  int height = 0;
  float scale = 1;  ///< device pixels per logical pixel
  ViewCamera camera;
  CompareView view;
  HeatView heat;
  bool loupe = false;
  std::optional<std::array<int, 2>> pointer;  ///< device pixels, while it is over the viewport
  std::array<SideState, kMaxSides> sides;
  RendererChoice renderer = RendererChoice::Automatic;
  SceneMotion motion = SceneMotion::Still;
  bool pivotShown = false;                                      ///< while the camera turns about it
  bool wipeHovered = false;                                     ///< the handle is drawn stronger
  std::shared_ptr<const std::vector<WorldLine>> cameraLines{};  ///< null: none
  std::shared_ptr<const Gizmo> gizmo{};                         ///< of an edit; null: none
  std::optional<std::size_t> gizmoHandle;                       ///< under the pointer, or dragged
};

/// A line over one pane, device pixels, already cut to the pane.
struct OverlayLine {
  std::array<float, 4> ends{};  ///< x, y, x, y
  FrustumKind kind = FrustumKind::Plain;
};

/// How close one side comes to side A in what is on the screen.
struct SideQuality {
  double psnr = 0;
  std::optional<double> ssim;  ///< pictures smaller than its window have none
};

/// What the render thread knows about the frame it made.
struct FrameFacts {
  std::string path;  ///< "software" or the device's name
  double milliseconds = 0;
  std::uint64_t splats = 0;
  std::map<std::string, std::uint64_t> others{};  ///< of models, by what they are made of
  bool coarse = false;
  std::array<std::optional<SideQuality>, kMaxSides> quality;  ///< of full pictures only
};

struct OverlayLabel {
  float x = 0;  ///< left edge, device pixels
  float y = 0;
  float maxWidth = 0;  ///< to the pane's right edge
  std::string letter;
  std::string name;
  std::string live;  ///< quality of what is on the screen
  std::string numbers;
};

/// A magnified piece of one side, and what its middle pixel holds.
struct LoupeTile {
  std::size_t side = 0;
  OverlayRect square;  ///< where the magnified pixels lie; the words follow below
  float cell = 8;      ///< device pixels that one picture pixel is wide
  std::string letter;
  std::vector<std::string> lines;
};

/// What one drags a crop by.
struct OverlayHandle {
  float x = 0;  ///< device pixels
  float y = 0;
  bool hovered = false;
  std::optional<std::size_t> axis;  ///< that it moves along: x, y, z; the middle has none
};

/// Where a handle lies in a pane; nothing when it is behind the camera or outside of the pane.
[[nodiscard]] std::optional<std::array<float, 2>> handlePlace(const ViewportState& state,
                                                              const PaneLayout& pane,
                                                              const Vec3& handle);

/// Words and lines over the pictures, the same for every way of drawing them.
struct OverlayModel {
  float scale = 1;
  bool dimmed = false;  ///< labels step back while the camera moves
  std::vector<OverlayLine> lines;
  std::vector<OverlayLabel> labels;
  std::string hud;
  int wipeX = -1;
  bool wipeHovered = false;
  std::vector<std::array<float, 2>> pivots;  ///< one a pane
  std::vector<OverlayHandle> handles;
  HeatView heat;  ///< its scale is drawn unless the kind is None
  std::vector<LoupeTile> loupe;
};

[[nodiscard]] OverlayModel makeOverlay(const ViewportState& state, const CompareLayout& layout,
                                       const FrameFacts& facts);

/// Pixels across which a pane shows the camera's vertical field of view: its shorter edge, so that
/// narrow panes cut nothing off.
[[nodiscard]] int fieldHeight(const PaneLayout& pane);
/// The camera of a side's picture.
[[nodiscard]] Camera paneCamera(const ViewportState& state, const PaneLayout& pane);
/// The camera of every shown pane: they are of one size.
[[nodiscard]] Camera paneCamera(const ViewportState& state, const CompareLayout& layout);

/// One picture somewhere in the window.
struct FramePane {
  std::size_t side = 0;
  std::shared_ptr<const PanePixels> pixels;  ///< null: the sink draws that side's cloud itself
  PixelRect picture;                         ///< where the whole picture lies
  PixelRect visible;                         ///< the part of the window that it may touch
  bool smooth = true;
};

struct ViewportFrame {
  ViewportState state;
  CompareLayout layout;
  std::array<std::shared_ptr<const DrawnPicture>, kMaxSides> drawn;  ///< null where not known
  std::array<std::shared_ptr<const PanePixels>, kMaxSides> heat;     ///< shown in place of those
  bool drawnByDevice = false;  ///< the sink draws the clouds itself
  /// Drawn by the device in place of a side's cloud; null: that itself.
  std::array<std::shared_ptr<const GaussianCloud>, kMaxSides> seen;
  std::vector<FramePane> panes;
  OverlayModel overlay;
  FrameFacts facts;
};

/// Fills panes and overlay from the rest of the frame.
void composeFrame(ViewportFrame& frame);

/// Puts frames on the screen. All calls come from the render thread.
class FrameSink {
public:
  virtual ~FrameSink() = default;
  /// Shows a frame; `false` when the window cannot take one now (ask again at the next change).
  [[nodiscard]] virtual Result<bool> show(const ViewportFrame& frame) = 0;
  /// Whether it can draw clouds itself (`drawnByDevice`), and whether that device is a CPU.
  [[nodiscard]] virtual bool drawsClouds() const = 0;
  [[nodiscard]] virtual bool isCpuDevice() const = 0;
  [[nodiscard]] virtual std::string deviceName() const = 0;
  /// The picture of a radiance field (`SceneModel::field`) by the device; `camera` as for its
  /// `draw`. Blocks. UnsupportedVersion where it draws none.
  [[nodiscard]] virtual Result<renderer::RenderResult> drawField(const ModelScene& /*field*/,
                                                                 const Camera& /*camera*/,
                                                                 const std::stop_token& /*stop*/) {
    return fail(ErrorCode::UnsupportedVersion, "radiance fields are drawn by software here");
  }
  /// Milliseconds that the device takes for one picture of this cloud; blocks, any thread.
  [[nodiscard]] virtual Result<double> measure(const GaussianCloud& cloud,
                                               const Camera& camera) = 0;
};

}  // namespace volpress::studio
