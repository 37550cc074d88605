// Reading meshes with a library that damaged files can bring down, in a process of its own.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/engine/mesh_files.hpp"
#include "app/engine/run_job.hpp"

namespace volpress::engine {

/// What such a process is asked for on its standard input.
struct MeshImport {
  std::filesystem::path input;  ///< a mesh file
  std::filesystem::path
      output;  ///< where every number of it is kept, as the codec `mesh-zstd` does
};

/// One line without its line break.
[[nodiscard]] std::string importToJson(const MeshImport& request);
/// Nothing for another kind of request.
[[nodiscard]] Result<std::optional<MeshImport>> importFromJson(std::string_view text);

/// The process's side: reads and writes. Warnings go to the log; the evaluation has the bytes of
/// the mesh's own files, and nothing else.
[[nodiscard]] Result<Evaluation> runImport(const MeshImport& request, JobRun& run);

/// Whether the file is of a format that this is for: those that Assimp reads.
[[nodiscard]] bool isReadApart(const std::filesystem::path& path);

/// The other side: has `program worker` read the mesh, and takes it over. A process that crashes is
/// CorruptData; `stop` ends it.
[[nodiscard]] Result<LoadedMeshScene> loadMeshApart(const std::filesystem::path& program,
                                                    const std::filesystem::path& path,
                                                    TaskRunner& runner, Progress& progress,
                                                    const std::stop_token& stop);

/// From now on `loadMeshScene` reads formats of this kind through `program`; an empty path, as at
/// first, makes it read them in this process. For the start of a program, before there are threads
/// that read.
void readMeshesApart(std::filesystem::path program);
[[nodiscard]] const std::filesystem::path& meshReader() noexcept;

}  // namespace volpress::engine
