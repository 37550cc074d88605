// Opening whatever holds a hash-grid field: an Instant-NGP snapshot, or one of our own files that a
// codec of fields wrote.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::engine {

struct LoadedFieldScene {
  std::shared_ptr<const HashGridField> field;
  std::string formatId;    ///< "ingp" or "vpc"
  std::string codecId;     ///< of a .vpc
  std::string parameters;  ///< of a .vpc: the JSON that its header holds
  std::uint64_t fileBytes = 0;
  std::vector<std::string> warnings;
};

/// Whether the file's content is a field. False for what cannot be read.
[[nodiscard]] bool isFieldFile(const std::filesystem::path& path);

/// Reads a field. Errors name the path.
[[nodiscard]] Result<LoadedFieldScene> loadFieldScene(const std::filesystem::path& path,
                                                      TaskRunner& runner, Progress& progress,
                                                      const std::stop_token& stop);

/// Writes a snapshot: `.msgpack` plain, `.ingp` compressed; InvalidParameter for other extensions.
/// The bytes written.
[[nodiscard]] Result<std::uint64_t> saveFieldScene(const std::filesystem::path& path,
                                                   const HashGridField& field);

/// Where the bytes of one of our own field files go; empty for other files.
[[nodiscard]] Result<std::vector<formats::ByteShare>> fieldFileBreakdown(
    const std::filesystem::path& path);

/// Bytes of a field's parameters as binary16 and its occupancy as bits: what ratios are against.
[[nodiscard]] std::uint64_t plainFieldBytes(const HashGridField& field) noexcept;

}  // namespace volpress::engine
