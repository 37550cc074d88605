#include "app/engine/clip_source.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "app/engine/clip_files.hpp"
#include "app/engine/scene_model.hpp"
#include "app/engine/voxel_clip.hpp"
#include "scene/sequence/gaussian_sequence.hpp"
#include "scene/sequence/sequence_folder.hpp"
#include "scene/types/voxel_splats.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

class FolderSource final : public ClipSource {
public:
  FolderSource(ClipFacts facts, std::shared_ptr<const FrameSource> frames)
      : ClipSource(std::move(facts)), m_frames(std::move(frames)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    VOLPRESS_TRY(GaussianCloud cloud, m_frames->load(piece, runner, stop));
    return sink(piece, std::move(cloud));
  }

private:
  std::shared_ptr<const FrameSource> m_frames;
};

class ClipFileSource final : public ClipSource {
public:
  ClipFileSource(ClipFacts facts, OpenClip clip, std::string name)
      : ClipSource(std::move(facts)), m_clip(std::move(clip)), m_name(std::move(name)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    const auto take = [&sink](std::size_t frame, GaussianCloud&& cloud) {
      return sink(frame, std::move(cloud));
    };
    auto done = m_clip.decode(piece, compressors::kMaxLayers, runner, stop, take);
    return done || done.error().code == ErrorCode::Cancelled
               ? std::move(done)
               : Result<void>(withContext(std::move(done).error(), m_name));
  }

private:
  OpenClip m_clip;
  std::string m_name;
};

/// Voxel fields, shown as splats.
class VoxelClipSource final : public ClipSource {
public:
  VoxelClipSource(ClipFacts facts, std::unique_ptr<compressors::VoxelSource> frames)
      : ClipSource(std::move(facts)), m_frames(std::move(frames)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& runner,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    const ClipPiece& range = facts().pieces.at(piece);
    for (std::size_t k = 0; k < range.frameCount; ++k) {
      auto field = m_frames->load(range.firstFrame + k, runner, stop);
      if (!field) {
        return tl::unexpected<Error>(std::move(field).error());
      }
      VOLPRESS_CHECK(sink(range.firstFrame + k, splatsOf(*field, runner)));
    }
    return {};
  }

private:
  std::unique_ptr<compressors::VoxelSource> m_frames;
};

Result<std::shared_ptr<const ClipSource>> openVoxels(const fs::path& path) {
  VOLPRESS_TRY(auto frames, openVoxelSource(path));
  ClipFacts facts;
  facts.frameCount = frames->frameCount();
  facts.warnings.emplace_back(
      "a voxel field, shown as splats, one for each voxel in sight; \"volpress render\" draws the "
      "field itself");
  if (isVoxelClip(path)) {
    VOLPRESS_TRY(VoxelClipFacts clip, describeVoxelClip(path));
    facts.framesPerSecond = clip.info.framesPerSecond();
    facts.fileBytes = clip.bytes;
    facts.codec = clip.codec->info().id;
    facts.breakdown = std::move(clip.breakdown);
    facts.pieces = std::move(clip.pieces);
  } else {
    VOLPRESS_TRY(facts.fileBytes, voxelFileBytes(path));
    for (std::size_t frame = 0; frame < facts.frameCount; ++frame) {
      facts.pieces.push_back({frame, 1, facts.fileBytes / facts.frameCount});
    }
  }
  return std::make_shared<const VoxelClipSource>(std::move(facts), std::move(frames));
}

Result<std::shared_ptr<const ClipSource>> openFolder(const fs::path& path) {
  VOLPRESS_TRY(SequenceFiles files, findSequence(path));
  ClipFacts facts;
  facts.frameCount = files.frames.size();
  facts.warnings = std::move(files.warnings);
  facts.pieces.reserve(files.frames.size());
  for (const fs::path& frame : files.frames) {
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(frame, code);
    facts.pieces.push_back({facts.pieces.size(), 1, code ? 0 : bytes});
    facts.fileBytes += facts.pieces.back().bytes;
  }
  return std::make_shared<const FolderSource>(std::move(facts),
                                              makeFileSource(std::move(files.frames)));
}

Result<std::shared_ptr<const ClipSource>> openFile(const fs::path& path, TaskRunner& runner,
                                                   const std::stop_token& stop) {
  VOLPRESS_TRY(OpenClip clip, OpenClip::open(path, runner, stop));
  const compressors::ClipInfo& info = clip.info();
  ClipFacts facts;
  facts.frameCount = info.frameCount;
  facts.framesPerSecond = info.framesPerSecond();
  facts.fileBytes = clip.bytes();
  facts.codec = clip.codec().info().id;
  for (const compressors::ClipFile::Entry& entry : clip.file().entries()) {
    ClipPiece piece{entry.firstFrame, entry.frameCount, 0};
    for (const std::uint64_t length : entry.lengths) {
      piece.bytes += length;
    }
    facts.pieces.push_back(piece);
  }
  facts.breakdown = clipBreakdown(clip);
  if (facts.pieces.empty()) {
    return fail(ErrorCode::CorruptData, "{}: none of its {} segments is there", path.string(),
                info.segmentCount);
  }
  if (!clip.file().isWhole()) {
    facts.warnings.push_back(
        fmt::format("it holds {} of {} segments", facts.pieces.size(), info.segmentCount));
  }
  return std::make_shared<const ClipFileSource>(std::move(facts), std::move(clip), path.string());
}

}  // namespace

std::optional<std::size_t> ClipFacts::pieceOf(std::size_t frame) const {
  const auto next = std::upper_bound(
      pieces.begin(), pieces.end(), frame,
      [](std::size_t wanted, const ClipPiece& piece) { return wanted < piece.firstFrame; });
  if (next == pieces.begin()) {
    return std::nullopt;
  }
  const auto at = std::prev(next);
  return frame < at->firstFrame + at->frameCount
             ? std::optional(static_cast<std::size_t>(at - pieces.begin()))
             : std::nullopt;
}

std::uint64_t ClipFacts::bytesOf(std::size_t frame) const {
  const auto piece = pieceOf(frame);
  return piece ? pieces[*piece].bytes / pieces[*piece].frameCount : 0;
}

const ClipChapter* ClipFacts::chapterOf(std::size_t frame) const {
  const auto next = std::upper_bound(
      chapters.begin(), chapters.end(), frame,
      [](std::size_t wanted, const ClipChapter& chapter) { return wanted < chapter.firstFrame; });
  return next == chapters.begin() ? nullptr : &*std::prev(next);
}

std::uint64_t ClipFrame::bytes() const {
  return cloud != nullptr ? cloudBytes(*cloud) : model != nullptr ? model->frameBytes() : 0;
}

bool isMovingScene(const fs::path& path) {
  std::error_code code;
  return (fs::is_directory(path, code) ? looksLikeSequence(path) : isClipFile(path)) ||
         isVoxelScene(path);
}

Result<std::shared_ptr<const ClipSource>> openClipSource(const fs::path& path, TaskRunner& runner,
                                                         const std::stop_token& stop) {
  if (isVoxelScene(path)) {
    return openVoxels(path);
  }
  std::error_code code;
  return fs::is_directory(path, code) ? openFolder(path) : openFile(path, runner, stop);
}

Result<ClipFrame> decodeFrame(const ClipSource& source, std::size_t frame, TaskRunner& runner,
                              const std::stop_token& stop) {
  const auto piece = source.facts().pieceOf(frame);
  if (!piece) {
    return fail(ErrorCode::InvalidParameter, "frame {} is not in this clip", frame);
  }
  std::optional<ClipFrame> found;
  const auto take = [&](std::size_t index, ClipFrame&& shown) -> Result<void> {
    if (index == frame) {
      found = std::move(shown);
      return fail(ErrorCode::Cancelled, "the frame is there");
    }
    return {};
  };
  auto done = source.decode(*piece, runner, stop, take);
  if (found) {
    return *std::move(found);
  }
  return done ? fail(ErrorCode::CorruptData, "frame {} is missing in its segment", frame)
              : Result<ClipFrame>(tl::unexpected<Error>(std::move(done).error()));
}

}  // namespace volpress::engine
