// The face of a compressor, and the ordered list of all of them.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compressors/encode_watcher.hpp"
#include "renderer/field_learner.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/params.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/posed_picture.hpp"
#include "scene/types/scene.hpp"

namespace volpress::compressors {

using formats::ByteShare;

struct CodecInfo {
  std::string id;     ///< stable: written into files and used as `--codec id`
  std::string label;  ///< shown to people
  std::string summary;
  std::string paper;      ///< reference, empty for formats
  std::string extension;  ///< of the files it writes: ".vpc", ".spz"
  std::uint32_t formatVersion = 1;
  bool lossless = false;
  bool needsViews = false;  ///< with its parameters' defaults: see Codec::usesViews
  std::vector<ParamSpec> params;
  std::vector<ParamPreset> presets;  ///< fastest to smallest; the first with id "default", if any,
                                     ///< or else the defaults of `params`, is what "default" means
  std::string qualityKnob;  ///< id of the one parameter that moves size and quality monotonely
  std::string lost;         ///< what is lost by design, in plain words
  bool learnsFromPhotos = false;  ///< encode uses RunContext::photos
  bool isExternal = false;        ///< another program does the work (a plug-in)
  bool movesSplats = false;  ///< decodes to splats that show the scene but are not the original's
};

/// What a job hands to a codec. Check `stop` at least every 50 ms of work.
struct RunContext {
  TaskRunner& runner;
  Progress& progress;
  std::stop_token stop;
  renderer::Rasterizer* rasterizer = nullptr;  ///< set when Codec::usesViews
  const ViewSet* views = nullptr;              ///< set when Codec::usesViews; held-out views are
                                               ///< for reporting: never score or optimise on them
  std::uint64_t seed = 1;
  std::filesystem::path
      scratch{};                   ///< folder where the state of a fine-tune outlives a kill: the
                                   ///< same call goes on from there to the same bytes; may be empty
  std::vector<std::string> log{};  ///< lines for the job's log
  /// Decoding: of a file that ends early its front may be taken for a coarser scene, by codecs that
  /// have layers of detail; others refuse it all the same.
  bool acceptsFront = false;
  /// Photographs of what the scene shows, to learn from instead of pictures of the original, when
  /// info().learnsFromPhotos; without any that are held out.
  std::span<const PosedPicture> photos{};
  bool learntFromPhotos = false;     ///< set by encode: it has looked at `photos`
  double checkpointSeconds = 30;     ///< between writes of the state in `scratch`
  EncodeWatcher* watcher = nullptr;  ///< looks on while the scene is fine-tuned; or nobody does
  /// What a radiance field is fine-tuned on, or the CPU. Another device, other bytes.
  renderer::FieldLearner* fieldLearner = nullptr;
};

/// A scene of which a file says more than splats can: how they look depends on where they are seen
/// from. Immutable; may be shared by threads.
class ViewDependentScene {
public:
  virtual ~ViewDependentScene() = default;
  /// Splats, in sight or not.
  [[nodiscard]] virtual std::size_t count() const noexcept = 0;
  /// What depends on the view, for people: "colour", "colour and opacity".
  [[nodiscard]] virtual std::string varies() const = 0;

  /// Makes `seen` the splats that `camera` sees, in the scene's order, with SH degree 0: its colour
  /// is what they show from there. At least one splat. The memory of `seen` is used again. The same
  /// bits on any number of threads. Cancelled when `stop` asked for it.
  [[nodiscard]] virtual Result<void> look(const Camera& camera, const std::stop_token& stop,
                                          TaskRunner& runner, GaussianCloud& seen) const = 0;
};

/// A compressor: stateless, every call const and safe to run side by side. The same scene,
/// parameters, views and seed give the same bytes on any number of threads.
class Codec {
public:
  virtual ~Codec() = default;
  [[nodiscard]] virtual const CodecInfo& info() const = 0;

  /// Whether these first bytes are this codec's.
  [[nodiscard]] virtual bool recognises(ByteView head) const = 0;

  /// Cheap: can it compress this scene with these parameters, and if not, why.
  [[nodiscard]] virtual Result<void> check(const Scene& scene, const ParamSet& params) const = 0;

  /// Whether encode with these parameters uses RunContext::views and ::rasterizer.
  [[nodiscard]] virtual bool usesViews(const ParamSet& /*params*/) const {
    return info().needsViews;
  }

  /// The bytes of a whole file. `params` is completed by the caller.
  [[nodiscard]] virtual Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                             RunContext& context) const = 0;

  /// Rebuilds the scene from untrusted bytes alone. The result passes `validate`.
  [[nodiscard]] virtual Result<Scene> decode(ByteView file, RunContext& context) const = 0;

  /// What the file says of each view, where that is more than `decode` can give: there it is baked
  /// to spherical harmonics. Null when `decode` gives all. Untrusted bytes.
  [[nodiscard]] virtual Result<std::unique_ptr<ViewDependentScene>> openViewDependent(
      ByteView /*file*/, RunContext& /*context*/) const {
    return std::unique_ptr<ViewDependentScene>();
  }

  /// Where the bytes of such a file go; the shares add up to the file's size.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(ByteView file) const = 0;
};

/// Every codec, in the order in which people see them.
[[nodiscard]] std::span<const Codec* const> allCodecs();
[[nodiscard]] const Codec* findCodec(std::string_view id);
/// Adds one at the end of the list, under an id that no codec has yet; it must outlive all calls.
/// For plug-ins, before a second thread asks for codecs. So for the other kinds of scenes.
void addCodec(const Codec& codec);
/// The codec whose decoder reads this file, or null.
[[nodiscard]] const Codec* codecForContent(ByteView head);

/// The completed parameters of "preset plus overrides". Preset "" or "default" means the defaults;
/// an unknown one is InvalidParameter with the known ones listed.
[[nodiscard]] Result<ParamSet> resolveParams(const CodecInfo& info, std::string_view preset,
                                             const ParamSet& overrides);

}  // namespace volpress::compressors
