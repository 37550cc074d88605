// Which column of a PLY's vertex element feeds which number of a splat.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scene/formats/ply_header.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// Where one number of a splat comes from.
struct PlySource {
  std::size_t property = 0;  ///< index in the vertex element; unused for a constant
  double colourRange = 0;    ///< above 0: a colour 0..range, turned into SH band 0
  bool isConstant = false;
  float constant = 0;

  /// The splat's number for the column's value.
  [[nodiscard]] float apply(double value) const noexcept;
};

/// Order of the sources of one splat; SH rest follows as [coefficient][RGB], then the extras.
enum PlyTarget : std::size_t {
  kTargetMean = 0,
  kTargetScale = 3,
  kTargetRotation = 6,
  kTargetOpacity = 10,
  kTargetDc = 11,
  kTargetRest = 14,
};

struct PlyColumns {
  unsigned shDegree = 0;
  std::vector<PlySource> sources;
  std::vector<std::string> extraNames;  ///< the last sources, in file order
  std::vector<std::string> warnings;
};

/// The columns f_rest_*, however they are numbered, as [coefficient][RGB].
struct PlyRest {
  unsigned degree = 0;                  ///< the largest that is complete
  std::vector<std::size_t> properties;  ///< 3 * shRestCount(degree) indices in the element
  std::string warning;                  ///< says which columns are left out; empty when none are
};
[[nodiscard]] PlyRest mapPlyRest(const PlyElement& element);

/// Maps the columns of a splat PLY. Says what the file is instead (a mesh, a point cloud, a
/// codebook or compressed PLY) and which columns are missing when it holds no splats.
[[nodiscard]] Result<PlyColumns> mapPlyColumns(const PlyHeader& header);

/// The attribute (as in ByteShare) that a vertex column belongs to.
[[nodiscard]] std::string_view plyColumnShare(std::string_view property) noexcept;

/// The filter that comments declare ("SplatRenderMode: mip", "antialiased 1"); the last one wins.
[[nodiscard]] FilterMode plyFilterMode(const std::vector<std::string>& comments);

}  // namespace volpress::formats
