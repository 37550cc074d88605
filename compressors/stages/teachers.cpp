#include "compressors/stages/teachers.hpp"

#include <algorithm>
#include <memory>

#include "compressors/learning/teacher_cameras.hpp"

namespace volpress::learning {

Result<std::vector<TeacherView>> drawTeachers(const GaussianCloud& original,
                                              std::span<const Camera> cameras,
                                              compressors::RunContext& context) {
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &original);
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(alias));
  renderer::RenderOptions options;
  options.stop = context.stop;
  std::vector<TeacherView> teachers;
  for (const Camera& camera : cameras) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "drawing the original was cancelled");
    }
    VOLPRESS_TRY(auto drawn, context.rasterizer->render(*prepared, camera, options));
    teachers.push_back({camera, std::move(drawn.color)});
    context.progress.report(
        static_cast<double>(teachers.size()) / static_cast<double>(cameras.size()),
        fmt::format("{}/{} views", teachers.size(), cameras.size()));
  }
  return teachers;
}

Result<Lessons> drawLessons(const GaussianCloud& original, std::span<const Camera> cameras,
                            compressors::RunContext& context, std::optional<PseudoViews> between) {
  Lessons lessons;
  if (!context.photos.empty()) {
    constexpr std::size_t kPhotosPerTrial = 6;
    for (std::size_t i = 0; i < context.photos.size(); ++i) {
      const bool trial = i % kPhotosPerTrial == kPhotosPerTrial / 2;
      (trial ? lessons.trials : lessons.teachers).push_back(context.photos[i]);
    }
    context.learntFromPhotos = true;
    context.log.push_back(fmt::format("learns from {} photographs; {} are trials",
                                      lessons.teachers.size(), lessons.trials.size()));
    return lessons;
  }
  CameraSplit split = splitCameras(cameras);
  if (between) {
    split.learnt = teacherCameras(split.learnt, between->jitter, between->centre, context.seed);
  }
  VOLPRESS_TRY(lessons.teachers, drawTeachers(original, split.learnt, context));
  VOLPRESS_TRY(lessons.trials, drawTeachers(original, split.trials, context));
  return lessons;
}

std::vector<Camera> camerasOf(std::span<const TeacherView> views) {
  std::vector<Camera> cameras(views.size());
  std::transform(views.begin(), views.end(), cameras.begin(),
                 [](const TeacherView& view) { return view.camera; });
  return cameras;
}

}  // namespace volpress::learning
