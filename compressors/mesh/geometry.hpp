// The triangles of all parts as streams, one for each kind of attribute, and back.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::compressors::meshes {

struct GeometrySettings {
  double cell = 1;  ///< edge of a cell of positions, in the parts' units
  int normalBits = 8;
  int uvBits = 10;
  int colorBits = 8;
  int weightBits = 8;
  bool keepsEmpty = false;  ///< triangles two of whose corners lie at one place
  /// Up to so many triangles with attributes take version 1 where it is smaller.
  std::size_t fewTriangles = 4096;
};

struct GeometryStream {
  std::string name;  ///< of the chunk
  Bytes bytes;
};

/// InvalidParameter for a cell too small for the coordinates; Cancelled. The same bytes on any
/// number of threads.
[[nodiscard]] Result<std::vector<GeometryStream>> packGeometry(const Mesh& mesh,
                                                               const GeometrySettings& settings,
                                                               TaskRunner& runner,
                                                               const std::stop_token& stop);

/// The bytes of a chunk by its name; empty for one that is not there.
using StreamSource = std::function<ByteView(std::string_view name)>;

/// Every part, with its arrays but without name and material. CorruptData for streams that are
/// damaged or too short for what they state.
[[nodiscard]] Result<std::vector<MeshPart>> unpackGeometry(const StreamSource& streams,
                                                           TaskRunner& runner,
                                                           const std::stop_token& stop);

}  // namespace volpress::compressors::meshes
