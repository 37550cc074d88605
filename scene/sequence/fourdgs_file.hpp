// `.4dgs`, the open interchange format of moving Gaussians (version 1, draft): a header,
// quantisation steps, windows, chunks of Gaussians with an index behind them; every number an
// integer times a step. Two ways in time: keyframe-delta (states that follow each other, each
// against one before it) and gaussian-birth (every Gaussian has its own time, width and velocity).
// Objects that move as a whole (tracks of poses) are carried along; colours do not turn with them.
// Read: both; written: keyframe-delta.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "scene/base/bytes.hpp"
#include "scene/base/progress.hpp"
#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress::fourdgs {

[[nodiscard]] bool isFourdgs(ByteView head);

/// A sequence with the rate of its states.
struct OpenedFile {
  std::shared_ptr<const FrameSource> frames;
  double framesPerSecond = 30;
};

/// Reads header and index. Frames are the states of a keyframe-delta file, Gaussians by their
/// identity; of a gaussian-birth file moments 1/30 s apart. NotThisFormat, CorruptData,
/// UnsupportedVersion (other models in time, chunks packed as a whole).
[[nodiscard]] Result<OpenedFile> openFourdgs(const std::filesystem::path& path);

struct WriteOptions {
  double framesPerSecond = 30;
  std::size_t keyframeEvery = 20;  ///< frames, at least 1
  double coarseness = 1;           ///< times the usual steps
};

/// Writes a sequence; Gaussians keep their identity while their count stays the same. SH above
/// degree 3 is InvalidParameter. Frames are loaded twice. Returns the bytes of the file.
[[nodiscard]] Result<std::uint64_t> writeFourdgs(GaussianSequence& sequence,
                                                 const std::filesystem::path& path,
                                                 const WriteOptions& options, TaskRunner& runner,
                                                 Progress& progress, const std::stop_token& stop);

}  // namespace volpress::fourdgs
