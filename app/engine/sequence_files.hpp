// Opening, describing and writing sequences of frames.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/edit/operations.hpp"
#include "scene/sequence/frame_order.hpp"
#include "scene/sequence/gaussian_sequence.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::engine {

/// A sequence with what its files say.
struct LoadedSequence {
  std::shared_ptr<GaussianSequence> sequence;
  SequenceFiles files;
  std::uint64_t fileBytes = 0;  ///< of the frames
};

/// Finds the frames of a folder, or of a file (.4dgs, .dgs), which has a rate of its own; loads
/// none.
[[nodiscard]] Result<LoadedSequence> openSequence(const std::filesystem::path& folder,
                                                  double framesPerSecond);

/// A step between two frames that follow each other.
struct CheckedStep {
  std::size_t frame;  ///< the earlier one
  FrameStep step;
};

/// What a look at some of the frames tells.
struct SequenceFacts {
  std::size_t frames = 0;
  std::size_t fewestSplats = 0;  ///< over the frames looked at
  std::size_t mostSplats = 0;
  unsigned shDegree = 0;
  unsigned varying = 0;  ///< SequencePart bits
  std::vector<CheckedStep> steps;
  [[nodiscard]] bool ordered() const;
};

/// Looks at up to `most` steps, evenly picked, the first and the last among them.
[[nodiscard]] Result<SequenceFacts> describeSequence(GaussianSequence& sequence, std::size_t most,
                                                     TaskRunner& runner, Progress& progress,
                                                     const std::stop_token& stop);

/// The frames of `sequence` with `edits` done to each, as they are asked for. InvalidParameter for
/// an edit that takes splats away: frames would no longer have the same ones.
[[nodiscard]] Result<std::shared_ptr<const FrameSource>> makeEditedSource(
    std::shared_ptr<GaussianSequence> sequence, std::vector<edit::EditOperation> edits);

struct WrittenSequence {
  std::size_t frames = 0;
  std::uint64_t bytes = 0;
};

/// Writes frames first, first + step, ... up to last as frame_00000.ply, ... (or another extension)
/// into a folder that appears whole; one that exists must be empty or an earlier sequence of that
/// kind. ".4dgs" makes `folder` one file of all of them, ".dgs" a folder with clip.dgs and its
/// data.
[[nodiscard]] Result<WrittenSequence> writeSequence(GaussianSequence& sequence,
                                                    const std::filesystem::path& folder,
                                                    const std::string& extension, std::size_t first,
                                                    std::size_t last, std::size_t step,
                                                    TaskRunner& runner, Progress& progress,
                                                    const std::stop_token& stop);

}  // namespace volpress::engine
