#include "compressors/stages/teachers.hpp"

#include <memory>

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

}  // namespace volpress::learning
