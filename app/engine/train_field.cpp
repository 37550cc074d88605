#include "app/engine/train_field.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>
#include <utility>

#include "app/engine/evaluate.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/train_scene.hpp"
#include "renderer/software/field_renderer.hpp"

namespace volpress::engine {
namespace {

/// The middle of the cameras in the middle of the cube, the farthest at a quarter of its side.
FieldPlacement placementFor(const std::vector<training::TrainingView>& views) {
  FieldPlacement placement;
  placement.aabbScale = 16;
  std::array<float, 3> middle{};
  for (const training::TrainingView& view : views) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      middle[axis] += view.camera.position[axis] / static_cast<float>(views.size());
    }
  }
  float farthest = 1e-6F;
  for (const training::TrainingView& view : views) {
    const auto& at = view.camera.position;
    farthest =
        std::max(farthest, std::hypot(at[0] - middle[0], at[1] - middle[1], at[2] - middle[2]));
  }
  placement.scale = 0.25F / farthest;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    placement.offset[axis] = 0.5F - middle[axis] * placement.scale;
  }
  return placement;
}

HashGridField placedField(const PhotoSet& photos, unsigned aabbScale) {
  const FieldPlacement placement = photos.placement.aabbScale != 0 || aabbScale != 0
                                       ? photos.placement
                                       : placementFor(photos.learnt.views);
  HashGridField field;
  field.aabbScale = aabbScale != 0 ? aabbScale : placement.aabbScale;
  field.sceneScale = placement.scale;
  field.sceneOffset = placement.offset;
  return field;
}

Result<std::vector<ViewQuality>> measure(const std::shared_ptr<const HashGridField>& field,
                                         const PhotoSet& photos, TaskRunner& runner,
                                         Progress& progress, const std::stop_token& stop) {
  const renderer::FieldRenderer renderer(runner);
  VOLPRESS_TRY(const auto prepared, renderer.prepare(field, stop));
  const std::size_t total = photos.learnt.views.size() + photos.heldOut.size();
  renderer::FieldRenderOptions options;
  options.stop = stop;
  std::vector<ViewQuality> measured;
  for (const bool heldOut : {false, true}) {
    for (const training::TrainingView& view : heldOut ? photos.heldOut : photos.learnt.views) {
      VOLPRESS_TRY(const auto drawn,
                   renderer.render(*prepared, toFieldFrame(view.camera, *field), options));
      VOLPRESS_TRY(ViewQuality quality, measurePhoto(view, heldOut, drawn.picture.color, runner));
      measured.push_back(std::move(quality));
      progress.report(static_cast<double>(measured.size()) / static_cast<double>(total),
                      fmt::format("{}/{} photographs", measured.size(), total));
    }
  }
  return measured;
}

}  // namespace

Result<TrainFieldReport> trainFieldScene(const TrainFieldSpec& spec, JobRun& run) {
  using Clock = std::chrono::steady_clock;
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  const auto runner = makeThreadRunner(spec.threads);
  run.progress.setStages({{"reading photographs", 2},
                          {"training", 94},
                          {"writing", 0.5},
                          {"measuring", run.measure ? 3.5 : 0}});
  VOLPRESS_TRY(const PhotoSet photos,
               loadPhotos(spec.photos, *runner, run.progress.enter(kReading), run.stop));
  for (const std::string& warning : photos.warnings) {
    run.log(warning);
  }
  const Camera& first = photos.learnt.views.front().camera;
  const HashGridField placement = placedField(photos, spec.aabbScale);
  run.log(fmt::format("{}: {} photographs to learn from and {} held out, {} x {}, a box of {}",
                      photos.origin, photos.learnt.views.size(), photos.heldOut.size(), first.width,
                      first.height, placement.aabbScale));
  std::vector<fields::FieldPhoto> learnt;
  for (const training::TrainingView& view : photos.learnt.views) {
    learnt.push_back(
        {view.name, {toFieldFrame(view.camera, placement), view.photo}, view.isOpaque});
  }
  const auto start = Clock::now();
  VOLPRESS_TRY(HashGridField trained,
               fields::trainField(placement, std::move(learnt),
                                  {spec.settings, spec.checkpoint, spec.checkpointSeconds}, *runner,
                                  run.progress.enter(kTraining), run.stop));
  TrainFieldReport report;
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto field = std::make_shared<const HashGridField>(std::move(trained));
  report.parameters = field->parameters.size();
  run.progress.enter(kWriting);
  VOLPRESS_TRY(report.fileBytes, saveFieldScene(spec.output, *field));
  if (run.measure) {
    VOLPRESS_TRY(report.views,
                 measure(field, photos, *runner, run.progress.enter(kMeasuring), run.stop));
  }
  std::error_code ignored;
  std::filesystem::remove(spec.checkpoint, ignored);
  report.peakMemoryBytes = peakMemoryBytes();
  run.progress.finish();
  return report;
}

}  // namespace volpress::engine
