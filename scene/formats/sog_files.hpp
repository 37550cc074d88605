// A SOG scene as its set of files, before they are bundled or laid out in a folder.
#pragma once

#include "scene/formats/format.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {

/// The scene of a meta.json (version 1 or 2) and its images. Allocates no more than the images
/// justify: each holds at least `count` pixels and at most four times as many, and beyond a million
/// splats the images take at least a byte per 256 splats.
[[nodiscard]] Result<GaussianCloud> decodeSog(ByteView metaJson, const FileSource& source,
                                              IoContext& context);

struct SogOptions {
  std::size_t palette = 0;  ///< entries for view-dependent colour; 0: from the number of splats
  unsigned iterations = 10;
  int effort = 3;           ///< of the WebP packing, 0..9
  bool keepsOrder = false;  ///< splats stay as they are instead of going into Morton order
};

/// The palette size that other writers use: a power of two times 1024, about a splat count's
/// largest power of two, at most 65,536.
[[nodiscard]] std::size_t sogPaletteSize(std::size_t splats) noexcept;

/// The files of version 2, meta.json last. The splats are put into Morton order
/// unless the options keep theirs; SH is cut to
/// degree 3; positions, rotations and opacities are rounded to the nearest step.
[[nodiscard]] Result<std::vector<NamedBytes>> encodeSog(const GaussianCloud& cloud,
                                                        const SogOptions& options,
                                                        IoContext& context);

/// Signed logarithm that SOG stores positions in, and back.
[[nodiscard]] double sogCompress(double position) noexcept;
[[nodiscard]] double sogExpand(double stored) noexcept;

}  // namespace volpress::formats
