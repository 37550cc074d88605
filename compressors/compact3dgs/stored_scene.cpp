#include "compressors/compact3dgs/stored_scene.hpp"

#include <algorithm>

namespace volpress::compressors::compact3dgs {

learning::HashGridShape fieldShape(unsigned tableBits) {
  learning::HashGridShape shape;
  shape.tableBits = tableBits;
  return shape;
}

GaussianCloud splatsOf(const SceneHeader& header, const StoredScene& scene, unsigned shDegree,
                       TaskRunner& runner) {
  GaussianCloud cloud;
  resizeCloud(cloud, header.count, shDegree);
  cloud.frame = header.frame;
  cloud.filter = header.filter;
  cloud.means = scene.means;
  cloud.opacityLogits = scene.opacityLogits;
  sumEntries(scene.scales, cloud.logScales, runner);
  sumEntries(scene.rotations, cloud.rotations, runner);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto rotation = cloud.rotations.begin() + static_cast<std::ptrdiff_t>(4 * i);
    if (std::all_of(rotation, rotation + 4, [](float part) { return part == 0; })) {
      *rotation = 1;
    }
  }
  return cloud;
}

Result<GaussianCloud> rebuild(const SceneHeader& header, const StoredScene& scene,
                              const std::stop_token& stop, TaskRunner& runner) {
  GaussianCloud cloud = splatsOf(header, scene, header.shDegree, runner);
  if (scene.tableBits == 0) {
    cloud.shDc = scene.colors;
    std::fill(cloud.shRest.begin(), cloud.shRest.end(), 0.0F);
    return cloud;
  }
  const ColorField field(fieldShape(scene.tableBits), scene.place);
  VOLPRESS_CHECK(field.bake(scene.field, cloud, runner, stop));
  return cloud;
}

}  // namespace volpress::compressors::compact3dgs
