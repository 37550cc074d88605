#include "app/engine/sequence_files.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <system_error>

#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/sequence_file.hpp"

namespace volpress::engine {

namespace fs = std::filesystem;

namespace {

class EditedSource final : public FrameSource {
public:
  EditedSource(std::shared_ptr<GaussianSequence> sequence, std::vector<edit::EditOperation> edits)
      : m_sequence(std::move(sequence)), m_edits(std::move(edits)) {}

  [[nodiscard]] std::size_t frameCount() const noexcept override {
    return m_sequence->frameCount();
  }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    VOLPRESS_TRY(const GaussianCloud frame, m_sequence->frame(index, runner, stop));
    Progress unseen;
    edit::EditContext context{runner, unseen, stop};
    return edit::applyEdits(frame, m_edits, context);
  }

private:
  std::shared_ptr<GaussianSequence> m_sequence;
  std::vector<edit::EditOperation> m_edits;
};

}  // namespace

Result<std::shared_ptr<const FrameSource>> makeEditedSource(
    std::shared_ptr<GaussianSequence> sequence, std::vector<edit::EditOperation> edits) {
  for (const edit::EditOperation& operation : edits) {
    if (!edit::keepsSplats(operation.kind)) {
      return fail(ErrorCode::InvalidParameter,
                  "\"{}\" takes splats away, which differ from frame to frame", operation.kind);
    }
  }
  return std::make_shared<const EditedSource>(std::move(sequence), std::move(edits));
}

Result<LoadedSequence> openSequence(const fs::path& folder, double framesPerSecond) {
  LoadedSequence loaded;
  if (isSequenceFileName(folder)) {
    VOLPRESS_TRY(OpenedSequenceFile opened, openSequenceFile(folder));
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(folder, code);
    loaded.fileBytes = code ? 0 : bytes;
    loaded.files.layout = SequenceLayout::OneFile;
    loaded.files.formatId = std::move(opened.formatId);
    SequenceOptions options;
    options.framesPerSecond = opened.framesPerSecond;
    loaded.sequence = std::make_shared<GaussianSequence>(std::move(opened.frames), options);
    return loaded;
  }
  VOLPRESS_TRY(loaded.files, findSequence(folder));
  for (const fs::path& frame : loaded.files.frames) {
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(frame, code);
    loaded.fileBytes += code ? 0 : bytes;
  }
  SequenceOptions options;
  options.framesPerSecond = framesPerSecond;
  loaded.sequence =
      std::make_shared<GaussianSequence>(makeFileSource(loaded.files.frames), options);
  return loaded;
}

bool SequenceFacts::ordered() const {
  return std::all_of(steps.begin(), steps.end(),
                     [](const CheckedStep& step) { return step.step.ordered; });
}

Result<SequenceFacts> describeSequence(GaussianSequence& sequence, std::size_t most,
                                       TaskRunner& runner, Progress& progress,
                                       const std::stop_token& stop) {
  SequenceFacts facts;
  facts.frames = sequence.frameCount();
  const auto look = [&facts](const GaussianCloud& cloud) {
    facts.fewestSplats =
        facts.mostSplats == 0 ? cloud.count : std::min(facts.fewestSplats, cloud.count);
    facts.mostSplats = std::max(facts.mostSplats, cloud.count);
    facts.shDegree = std::max(facts.shDegree, cloud.shDegree);
  };
  const std::size_t all = facts.frames == 0 ? 0 : facts.frames - 1;
  const std::size_t picked = std::min(all, std::max<std::size_t>(most, 2));
  if (all == 0) {
    VOLPRESS_TRY(const GaussianCloud cloud, sequence.frame(0, runner, stop));
    look(cloud);
    return facts;
  }
  for (std::size_t i = 0; i < picked; ++i) {
    const std::size_t frame = picked == 1 ? 0 : i * (all - 1) / (picked - 1);
    VOLPRESS_TRY(const GaussianCloud before, sequence.frame(frame, runner, stop));
    VOLPRESS_TRY(const GaussianCloud after, sequence.frame(frame + 1, runner, stop));
    look(before);
    look(after);
    facts.steps.push_back({frame, measureStep(before, after)});
    progress.report(static_cast<double>(i + 1) / static_cast<double>(picked));
  }
  facts.varying = sequence.varying();
  return facts;
}

namespace {

/// Frames first, first + step, ... up to last of another sequence.
class PartOfSequence final : public FrameSource {
public:
  PartOfSequence(GaussianSequence& whole, std::size_t first, std::size_t last, std::size_t step)
      : m_whole(whole), m_first(first), m_step(step), m_count((last - first) / step + 1) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_count; }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                           const std::stop_token& stop) const override {
    return m_whole.frame(m_first + index * m_step, runner, stop);
  }

private:
  GaussianSequence& m_whole;
  std::size_t m_first, m_step, m_count;
};

/// Writes one file for all frames, or nothing when the extension is of single frames.
std::optional<Result<WrittenSequence>> writeOneFile(GaussianSequence& frames, const fs::path& place,
                                                    const std::string& extension,
                                                    TaskRunner& runner, Progress& progress,
                                                    const std::stop_token& stop) {
  const auto written = [&](Result<std::uint64_t> bytes) -> Result<WrittenSequence> {
    VOLPRESS_TRY(const std::uint64_t size, std::move(bytes));
    return WrittenSequence{frames.frameCount(), size};
  };
  if (extension == ".4dgs") {
    fourdgs::WriteOptions options;
    options.framesPerSecond = frames.framesPerSecond();
    return written(fourdgs::writeFourdgs(frames, place, options, runner, progress, stop));
  }
  if (extension != ".dgs") {
    return std::nullopt;
  }
  DgsOptions options;
  options.framesPerSecond = static_cast<unsigned>(std::lround(frames.framesPerSecond()));
  Result<std::uint64_t> bytes = std::uint64_t{0};
  auto done = writeFolderAtomically(place, [&](const fs::path& folder) -> Result<void> {
    bytes = writeDgs(frames, folder, options, runner, progress, stop);
    return bytes ? Result<void>() : tl::unexpected<Error>(bytes.error());
  });
  return done ? written(std::move(bytes)) : tl::unexpected<Error>(std::move(done).error());
}

}  // namespace

Result<WrittenSequence> writeSequence(GaussianSequence& sequence, const fs::path& folder,
                                      const std::string& extension, std::size_t first,
                                      std::size_t last, std::size_t step, TaskRunner& runner,
                                      Progress& progress, const std::stop_token& stop) {
  if (first > last || last >= sequence.frameCount() || step == 0) {
    return fail(ErrorCode::InvalidParameter,
                "frames {} to {} by {} of a sequence with frames 0 to {}", first, last, step,
                sequence.frameCount() - 1);
  }
  if (extension == ".4dgs" || extension == ".dgs") {
    VOLPRESS_CHECK(extension == ".dgs" ? checkOutputFolder(folder, "clip.dgs")
                                       : checkOutputPlace(folder));
  } else {
    VOLPRESS_CHECK(checkOutputFolder(folder, frameName(0, extension)));
  }
  SequenceOptions options;
  options.framesPerSecond = sequence.framesPerSecond();
  options.windowBytes = 0;  // the sequence itself keeps frames
  GaussianSequence part(std::make_shared<PartOfSequence>(sequence, first, last, step), options);
  if (auto one = writeOneFile(part, folder, extension, runner, progress, stop)) {
    return std::move(*one);
  }
  const formats::Format* format = formats::formatForName("frame" + extension);
  if (format == nullptr || !format->info().writes) {
    return fail(ErrorCode::InvalidParameter,
                "frames cannot be written as \"{}\"; take .ply, .compressed.ply, .spz, .sog or "
                ".splat, or .4dgs or .dgs for all in one",
                extension);
  }
  WrittenSequence written;
  VOLPRESS_CHECK(writeFolderAtomically(folder, [&](const fs::path& place) -> Result<void> {
    for (std::size_t frame = 0; frame < part.frameCount(); ++frame) {
      VOLPRESS_TRY(const GaussianCloud cloud, part.frame(frame, runner, stop));
      Progress unseen;
      formats::IoContext context{runner, unseen, stop, {}};
      VOLPRESS_TRY(const ParamSet params, completeParams(format->info().writeParams, {}));
      VOLPRESS_TRY(
          const std::uint64_t bytes,
          formats::saveCloud(place / frameName(written.frames, extension), cloud, params, context));
      written.bytes += bytes;
      ++written.frames;
      progress.report(static_cast<double>(frame + 1) / static_cast<double>(part.frameCount()));
    }
    return {};
  }));
  return written;
}

}  // namespace volpress::engine
