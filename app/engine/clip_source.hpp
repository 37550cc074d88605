// Moving scenes as something that can be played: frames in pieces that are decoded in one go.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::engine {

class SceneModel;

/// One frame as it is drawn: splats or a model, whichever is there.
struct ClipFrame {
  std::shared_ptr<const GaussianCloud> cloud;
  std::shared_ptr<const SceneModel> model;

  ClipFrame() = default;
  explicit(false) ClipFrame(GaussianCloud&& splats)
      : cloud(std::make_shared<const GaussianCloud>(std::move(splats))) {}
  explicit(false) ClipFrame(std::shared_ptr<const SceneModel> shown) : model(std::move(shown)) {}
  [[nodiscard]] bool isEmpty() const noexcept { return cloud == nullptr && model == nullptr; }
  [[nodiscard]] bool operator==(const ClipFrame&) const = default;
  /// Of memory that no other frame shares.
  [[nodiscard]] std::uint64_t bytes() const;
};
/// Takes frame after frame; an error ends the decoding and is handed on.
using ClipSink = std::function<Result<void>(std::size_t frame, ClipFrame&& shown)>;

/// Frames that can only be decoded one after another, beginning with the first: a segment of a
/// clip, or one file of a folder.
struct ClipPiece {
  std::size_t firstFrame = 0;
  std::size_t frameCount = 0;
  std::uint64_t bytes = 0;  ///< in the file
};

/// A part of a clip that has a name: one of several animations.
struct ClipChapter {
  std::size_t firstFrame = 0;
  std::string name;
};

struct ClipFacts {
  std::size_t frameCount = 0;
  double framesPerSecond = 30;
  std::uint64_t fileBytes = 0;
  std::string codec;              ///< id of a sequence codec; empty for a folder of frames
  std::vector<ClipPiece> pieces;  ///< ascending; a part of a clip leaves gaps
  std::vector<std::string> warnings;
  std::vector<formats::ByteShare> breakdown;  ///< of a clip
  std::vector<ClipChapter> chapters;          ///< ascending; empty where none has a name

  /// The piece that holds a frame; nothing in a gap.
  [[nodiscard]] std::optional<std::size_t> pieceOf(std::size_t frame) const;
  /// Bytes of a frame: its file's, or its share of its segment; 0 in a gap.
  [[nodiscard]] std::uint64_t bytesOf(std::size_t frame) const;
  /// The chapter that a frame belongs to; null before the first one.
  [[nodiscard]] const ClipChapter* chapterOf(std::size_t frame) const;
};

/// Immutable; calls may be made from any thread.
class ClipSource {
public:
  virtual ~ClipSource() = default;
  [[nodiscard]] const ClipFacts& facts() const noexcept { return m_facts; }
  /// Hands the frames of a piece to `sink`, in order; clouds pass `validate`. Errors name the file.
  [[nodiscard]] virtual Result<void> decode(std::size_t piece, TaskRunner& runner,
                                            const std::stop_token& stop,
                                            const ClipSink& sink) const = 0;

protected:
  explicit ClipSource(ClipFacts facts) : m_facts(std::move(facts)) {}

private:
  ClipFacts m_facts;
};

/// Whether `openClipSource` is the one to open this: a clip, or a folder of numbered frames.
[[nodiscard]] bool isMovingScene(const std::filesystem::path& path);

/// Opens a .dgsv or a folder of frames; decodes none. CorruptData when it holds no frame.
[[nodiscard]] Result<std::shared_ptr<const ClipSource>> openClipSource(
    const std::filesystem::path& path, TaskRunner& runner, const std::stop_token& stop);

/// One frame, decoded here and now: for the first picture, before a player runs.
[[nodiscard]] Result<ClipFrame> decodeFrame(const ClipSource& source, std::size_t frame,
                                            TaskRunner& runner, const std::stop_token& stop);

}  // namespace volpress::engine
