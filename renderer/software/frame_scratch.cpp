#include "renderer/software/frame_scratch.hpp"

namespace volpress::renderer {

void planFrame(const SoftwareCloud& cloud, const Camera& camera, const ProjectionColors& colors,
               std::uint64_t budget, const std::stop_token& stop, TaskRunner& runner,
               FrameScratch& frame) {
  ProjectedView& view = frame.view;
  frame.areas.clear();
  projectCloud(cloud, camera, colors, stop, runner, view);
  if (stop.stop_requested()) {
    return;
  }
  frame.areas = planTileAreas(view.splats, view.slots, view.tileBound,
                              static_cast<std::uint32_t>(tileColumns(camera)),
                              static_cast<std::uint32_t>(tileRows(camera)), budget, stop);
  sortByDepth(view.depths, view.slots, stop, runner, frame.sort);
}

}  // namespace volpress::renderer
