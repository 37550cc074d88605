#include "app/cli/voxel_commands.hpp"

#include <chrono>

#include "app/cli/measured_json.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/voxel_clip.hpp"
#include "renderer/software/voxel_renderer.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

Result<engine::LoadedVoxels> loadFrame(const std::string& path, std::size_t frame,
                                       TaskRunner& runner, Console& console) {
  return noting(path, engine::loadVoxels(path, frame, runner, console.stopToken()), console);
}

/// Frames of the sample, made as they are asked for.
class SampleSource final : public compressors::VoxelSource {
public:
  explicit SampleSource(const VoxelSampleOptions& options) : m_options(options) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_options.frames; }
  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& runner,
                                        const std::stop_token& /*stop*/) const override {
    return sampleVoxels(m_options, index, runner);
  }

private:
  VoxelSampleOptions m_options;
};

Result<void> write(const compressors::VoxelSource& source, const std::string& folder,
                   TaskRunner& runner, Console& console) {
  Progress progress;
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  VOLPRESS_TRY(const engine::WrittenVoxels written,
               engine::writeVoxels(source, folder, runner, progress, console.stopToken()));
  reportFrames(folder, written.frames, written.bytes, console);
  return {};
}

}  // namespace

Result<void> voxelInfo(const std::string& path, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedVoxels loaded, loadFrame(path, 0, *runner, console));
  const VoxelField& field = *loaded.field;
  const OccupiedBall ball = occupiedBall(field);
  const std::string unit(engine::voxelUnit(field));
  engine::Json json{{"file", path},
                    {"kind", "voxels"},
                    {"format", loaded.formatId},
                    {"fileBytes", loaded.fileBytes},
                    {"frames", loaded.frameCount},
                    {"occupied", occupiedCount(field)},
                    {"unit", unit},
                    {"plainBytes", plainVoxelBytes(field)},
                    {"center", ball.centre},
                    {"radius", ball.radius},
                    {"warnings", loaded.warnings}};
  std::string text = fmt::format("{}\n  format     {}\n", path, engine::voxelWords(field));
  text += fmt::format(
      "  occupied   {} {}{}, {} as plain arrays\n", describeCount(occupiedCount(field)), unit,
      loaded.frameCount > 1 ? " in the first frame" : "", describeBytes(plainVoxelBytes(field)));
  text += fmt::format("  extent     a ball of radius {:.4g} around ({:.4g}, {:.4g}, {:.4g})\n",
                      ball.radius, ball.centre[0], ball.centre[1], ball.centre[2]);
  text += fmt::format("  size       {} ({} bytes){}\n", describeBytes(loaded.fileBytes),
                      describeCount(loaded.fileBytes),
                      loaded.frameCount > 1 ? fmt::format(", {} frames", loaded.frameCount) : "");
  std::vector<formats::ByteShare> shares;
  if (loaded.formatId == "dgsv") {
    VOLPRESS_TRY(const engine::VoxelClipFacts facts, engine::describeVoxelClip(path));
    shares = facts.breakdown;
    text +=
        fmt::format("  codec      {}, {:g} frames a second, {} of {} segments\n  parameters {}\n",
                    facts.codec->info().label, facts.info.framesPerSecond(), facts.pieces.size(),
                    facts.info.segmentCount, facts.info.parameters);
    text += "  where the bytes go\n" + describeBreakdown(shares);
    json["codec"] = facts.codec->info().id;
    json["segments"] = facts.pieces.size();
  }
  json["breakdown"] = breakdownJson(shares);
  console.print(text);
  console.printJson(engine::dumpJson(json, 2));
  return {};
}

Result<void> voxelRender(const VoxelPicture& picture, const CommonOptions& common,
                         Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedVoxels loaded,
               loadFrame(picture.input, picture.frame, *runner, console));
  VOLPRESS_TRY(
      const Camera camera,
      chooseCamera(
          picture.from, {640, 480},
          [&](PictureSize size) {
            return engine::voxelHomeCamera(*loaded.field, size.width, size.height);
          },
          [&](const std::string& spec) { return engine::makeVoxelViews(spec, *loaded.field, 0); }));
  const renderer::VoxelPainter painter(loaded.field);
  renderer::VoxelRenderOptions options;
  options.background = picture.background;
  options.stop = console.stopToken();
  const auto start = std::chrono::steady_clock::now();
  VOLPRESS_TRY(const renderer::RenderResult drawn, painter.render(camera, options, *runner));
  const double seconds = secondsSince(start);
  VOLPRESS_CHECK(engine::writePng(picture.output, drawn.color));
  reportDrawn({picture.output, camera, {}, {}, seconds}, {{"frame", picture.frame}}, console);
  return {};
}

Result<void> voxelDecode(const std::string& input, const std::string& folder,
                         const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const auto source, engine::openVoxelSource(input));
  return write(*source, folder, *runner, console);
}

Result<void> voxelSample(const VoxelSampleOptions& options, const std::string& folder,
                         const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  return write(SampleSource(options), folder, *runner, console);
}

}  // namespace volpress::cli
