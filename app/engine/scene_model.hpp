// A scene that is drawn as it is rather than as splats: one face for meshes, radiance fields and
// pictures.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "renderer/rasterizer.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/hash_grid_field.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::renderer {
class PreparedField;
}

namespace volpress::engine {

struct Evaluation;
struct MeasureContext;
class ClipSource;

enum class SceneKind : std::uint8_t {
  Splats,
  MovingSplats,  ///< a clip, or a folder of frames
  MovingVoxels,  ///< voxel fields, one or many; shown as splats
  Mesh,          ///< moving ones too: animations, or a folder of numbered files
  Field,         ///< a hash-grid radiance field
  Picture,       ///< a single photograph, on a plane
};

/// Looks into the file, or the folder. Splats for what cannot be read.
[[nodiscard]] SceneKind kindOfFile(const std::filesystem::path& path);
/// "splats", "meshes", "radiance fields", "pictures".
[[nodiscard]] std::string_view kindName(SceneKind kind) noexcept;

/// A way to write a model, told by how the file's name ends.
struct ModelFormat {
  std::string extension;  ///< ".glb", ".draco.glb"
  std::string label;
  std::string lost;  ///< in plain words; empty for nothing
};

/// How models of that kind can be written; none for splats, which have `formats::allFormats`.
[[nodiscard]] std::vector<ModelFormat> modelFormats(SceneKind kind);
/// How the file's name ends: the longest of `modelFormats`, else its extension in lower case.
[[nodiscard]] std::string modelExtension(SceneKind kind, const std::filesystem::path& path);

/// One immutable scene, ready to be drawn; may be shared by threads.
///
/// Cameras are of the frame that splats of the same object have: x right, y down, z forward for
/// meshes, which stand upright along +y in their files; the data set's for fields. So one camera
/// shows all of them alike.
class SceneModel {
public:
  virtual ~SceneModel() = default;

  [[nodiscard]] virtual SceneKind kind() const noexcept = 0;
  /// How many it has of `unit`.
  [[nodiscard]] virtual std::uint64_t count() const noexcept = 0;
  [[nodiscard]] virtual std::string unit() const = 0;  ///< "triangles", "parameters"
  /// The same without any compression: what ratios are against.
  [[nodiscard]] virtual std::uint64_t plainBytes() const noexcept = 0;
  /// Whether a full picture takes seconds, so that coarse ones have to come first.
  [[nodiscard]] virtual bool drawsSlowly() const noexcept = 0;

  /// The first view of it, and how far ahead its middle lies.
  [[nodiscard]] virtual Camera home(std::size_t width, std::size_t height) const = 0;
  [[nodiscard]] virtual float homeDistance() const = 0;

  /// The reference picture. Cancelled when `stop` asked for it.
  [[nodiscard]] virtual Result<renderer::RenderResult> draw(const Camera& camera,
                                                            TaskRunner& runner,
                                                            const std::stop_token& stop) const = 0;

  // Of meshes:
  /// Null for other models.
  [[nodiscard]] virtual const Mesh* mesh() const noexcept { return nullptr; }
  /// The same mesh at a moment of its animations, for drawing. InvalidParameter for other models.
  [[nodiscard]] virtual Result<std::shared_ptr<const SceneModel>> posed(const MeshMoment& moment,
                                                                        TaskRunner& runner) const;
  /// Memory that no other moment of it shares.
  [[nodiscard]] virtual std::uint64_t frameBytes() const noexcept { return plainBytes(); }
  /// How far this surface lies from another, in percent of the diagonal of the other's bounds: at
  /// six points of every triangle as it is drawn, `renderer::kPaintPoints`. InvalidParameter where
  /// one of both is no mesh.
  [[nodiscard]] virtual Result<std::vector<float>> distancesTo(const SceneModel& original,
                                                               TaskRunner& runner,
                                                               const std::stop_token& stop) const;
  /// As `draw`, with display RGB at these points instead of materials. InvalidParameter where their
  /// number is not that of the triangles, or this is no mesh.
  [[nodiscard]] virtual Result<renderer::RenderResult> drawPainted(
      const Camera& camera, std::span<const float> colors, TaskRunner& runner,
      const std::stop_token& stop) const;

  /// Of radiance fields, for other devices that draw them: `draw` is the reference. Null for other
  /// models.
  [[nodiscard]] virtual const renderer::PreparedField* field() const noexcept { return nullptr; }

  /// The surface that a pixel shows; nothing where there is none.
  [[nodiscard]] virtual std::optional<std::array<float, 3>> surfaceUnder(const Camera& camera,
                                                                         float x,
                                                                         float y) const = 0;

  /// Fills `views` (and what else this kind measures) of an evaluation: this against its original.
  /// `views` as for jobs. InvalidParameter when the original is of another kind.
  [[nodiscard]] virtual Result<void> measureAgainst(const SceneModel& original,
                                                    std::string_view views, MeasureContext& context,
                                                    Evaluation& evaluation) const = 0;

  /// Writes a file in one of `modelFormats`, told by its name; the bytes written. InvalidParameter
  /// for names of other formats.
  [[nodiscard]] virtual Result<std::uint64_t> write(const std::filesystem::path& path,
                                                    TaskRunner& runner,
                                                    const std::stop_token& stop) const = 0;
};

/// The mesh must pass `validate`; it stands as its nodes do. Pictures that cannot be decoded are
/// told in `warnings`.
[[nodiscard]] Result<std::shared_ptr<const SceneModel>> makeMeshModel(
    std::shared_ptr<const Mesh> mesh, TaskRunner& runner, std::vector<std::string>& warnings);

/// The field must pass `validate`. Without occupancy it is sampled first, which takes seconds.
[[nodiscard]] Result<std::shared_ptr<const SceneModel>> makeFieldModel(
    std::shared_ptr<const HashGridField> field, TaskRunner& runner, const std::stop_token& stop);

/// The picture has 3 channels and at least one pixel.
[[nodiscard]] std::shared_ptr<const SceneModel> makePictureModel(
    std::shared_ptr<const Image> picture);

struct LoadedModel {
  std::shared_ptr<const SceneModel> model;
  std::shared_ptr<const ClipSource> clip;  ///< it moves: null where it does not
  std::string formatId;  ///< "gltf", "ingp", ..., "vpc", or "sequence" for a folder
  std::uint64_t fileBytes = 0;
  std::vector<formats::ByteShare> breakdown;  ///< of our own files
  std::vector<std::string> warnings;
};

/// Reads a file of a kind that has models (Mesh, Field, Picture), or a folder of numbered meshes,
/// of which the model is the first. Errors name the path.
[[nodiscard]] Result<LoadedModel> loadModel(const std::filesystem::path& path, TaskRunner& runner,
                                            Progress& progress, const std::stop_token& stop);

}  // namespace volpress::engine
