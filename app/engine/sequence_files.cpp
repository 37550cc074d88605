#include "app/engine/sequence_files.hpp"

#include <algorithm>
#include <system_error>

#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"

namespace volpress::engine {

namespace fs = std::filesystem;

Result<LoadedSequence> openSequence(const fs::path& folder, double framesPerSecond) {
  LoadedSequence loaded;
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

Result<WrittenSequence> writeSequence(GaussianSequence& sequence, const fs::path& folder,
                                      const std::string& extension, std::size_t first,
                                      std::size_t last, std::size_t step, TaskRunner& runner,
                                      Progress& progress, const std::stop_token& stop) {
  const formats::Format* format = formats::formatForName("frame" + extension);
  if (format == nullptr || !format->info().writes) {
    return fail(ErrorCode::InvalidParameter,
                "frames cannot be written as \"{}\"; take .ply, .compressed.ply, .spz, .sog or "
                ".splat",
                extension);
  }
  if (first > last || last >= sequence.frameCount() || step == 0) {
    return fail(ErrorCode::InvalidParameter,
                "frames {} to {} by {} of a sequence with frames 0 to {}", first, last, step,
                sequence.frameCount() - 1);
  }
  VOLPRESS_CHECK(checkOutputFolder(folder, frameName(0, extension)));
  WrittenSequence written;
  VOLPRESS_CHECK(writeFolderAtomically(folder, [&](const fs::path& place) -> Result<void> {
    for (std::size_t frame = first; frame <= last; frame += step) {
      VOLPRESS_TRY(const GaussianCloud cloud, sequence.frame(frame, runner, stop));
      Progress unseen;
      formats::IoContext context{runner, unseen, stop, {}};
      VOLPRESS_TRY(const ParamSet params, completeParams(format->info().writeParams, {}));
      VOLPRESS_TRY(
          const std::uint64_t bytes,
          formats::saveCloud(place / frameName(written.frames, extension), cloud, params, context));
      written.bytes += bytes;
      ++written.frames;
      progress.report(static_cast<double>(frame + 1 - first) /
                      static_cast<double>(last + 1 - first));
    }
    return {};
  }));
  return written;
}

}  // namespace volpress::engine
