// What the commands do when they are given a mesh instead of splats.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/drawn_picture.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/job.hpp"
#include "scene/types/camera.hpp"

namespace volpress::cli {

/// volpress info MESH
[[nodiscard]] Result<void> meshInfo(const std::string& file, const CommonOptions& common,
                                    Console& console);

/// volpress doctor MESH; the exit code says whether something was found.
[[nodiscard]] Result<void> meshDoctor(const std::string& file, const CommonOptions& common,
                                      Console& console);

/// How a mesh is drawn.
struct MeshDrawOptions {
  std::string shading = "textured";
  std::optional<std::size_t> animation;  ///< number from 0
  std::optional<double> seconds{};
};
void addMeshDrawOptions(CLI::App& app, MeshDrawOptions& options);

struct MeshPicture {
  std::string input;
  std::string output;
  std::array<float, 3> background{};
  PictureCamera from;  ///< of a size
};
/// volpress render MESH
[[nodiscard]] Result<void> meshRender(const MeshPicture& picture, const MeshDrawOptions& drawing,
                                      const CommonOptions& common, Console& console);

/// How a mesh is written as glTF, tokens or splats.
struct MeshConvertOptions {
  bool draco = false;
  bool meshopt = false;
  std::optional<int> positionBits;
  unsigned tokenBits = 7;
  bool paperTokens = false;
  std::size_t splats = 200000;  ///< of a cloud
  bool baseColor = false;       ///< splats without light
};
void addMeshConvertOptions(CLI::App& app, MeshConvertOptions& options);

/// volpress convert MESH OUT.bpt
[[nodiscard]] Result<void> meshToTokens(const std::string& input, const std::string& output,
                                        const MeshConvertOptions& options,
                                        const CommonOptions& common, Console& console);

/// volpress convert MESH FOLDER, volpress decode MESH.vpc -o FOLDER: frame_00000.glb and so on, 30
/// a second of the first animation. InvalidParameter for a mesh that does not move.
[[nodiscard]] Result<void> meshToFrames(const std::string& input, const std::string& output,
                                        const MeshConvertOptions& options,
                                        const CommonOptions& common, Console& console);

/// volpress convert MESH OUT.glb, volpress decode MESH.vpc -o OUT.glb
[[nodiscard]] Result<void> meshConvert(const std::string& input, const std::string& output,
                                       const MeshConvertOptions& options,
                                       const CommonOptions& common, Console& console);

/// volpress convert MESH OUT.ply: splats on its surface, in any format of splats. `shDegree`: at
/// most; `settings`: of the format.
[[nodiscard]] Result<void> meshToSplats(const std::string& input, const std::string& output,
                                        const MeshConvertOptions& options, unsigned shDegree,
                                        const std::vector<std::string>& settings,
                                        const CommonOptions& common, Console& console);

/// volpress evaluate MESH CLOUD: the splats against the mesh's own pictures. `images`: a new folder
/// for the pictures, or empty.
[[nodiscard]] Result<void> meshEvaluateSplats(const std::string& reference, const std::string& test,
                                              const std::string& views, const std::string& images,
                                              const CommonOptions& common, Console& console);

/// volpress evaluate MESH TEST
[[nodiscard]] Result<void> meshEvaluate(const std::string& reference, const std::string& test,
                                        const std::string& views, const CommonOptions& common,
                                        Console& console);

/// Original, result and error map of a view as PNG files, named by number and name of the view.
[[nodiscard]] Result<void> writePictures(const std::filesystem::path& folder,
                                         const std::string& view,
                                         const engine::ViewPictures& pictures);

/// Lines on how a mesh has changed; those of surfaces and pictures when views were measured.
[[nodiscard]] std::string describeMeshQuality(const engine::Evaluation& evaluation);

}  // namespace volpress::cli
