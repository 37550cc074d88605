// `.dgs`, version 1.1: the block format that the public Unity player of dynamic Gaussians reads. A
// JSON file beside a folder of blocks; each block is a ZIP with a small PLY a frame, four codebooks
// of colours, the splats' entries in its first frame, and what changes in the later ones.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "scene/base/progress.hpp"
#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

struct OpenedDgs {
  std::shared_ptr<const FrameSource> frames;
  double framesPerSecond = 30;
};

/// Reads the JSON file and finds the blocks; frames are SH 3. CorruptData names the file and the
/// field; blocks beyond 256 frames, or names that lead out of the folder, are refused.
[[nodiscard]] Result<OpenedDgs> openDgs(const std::filesystem::path& path);

struct DgsOptions {
  unsigned framesPerSecond = 30;
  std::size_t blockFrames = 20;  ///< 1 to 64
  std::size_t entries = 4096;    ///< of a codebook at most
  std::uint64_t seed = 1;
};

/// Writes clip.dgs and Data/ into `folder`, which exists. Counts may change from block to block
/// only: InvalidParameter. Splats must keep their order within a block. Returns the bytes written.
[[nodiscard]] Result<std::uint64_t> writeDgs(GaussianSequence& sequence,
                                             const std::filesystem::path& folder,
                                             const DgsOptions& options, TaskRunner& runner,
                                             Progress& progress, const std::stop_token& stop);

}  // namespace volpress
