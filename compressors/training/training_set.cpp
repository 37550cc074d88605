#include "compressors/training/training_set.hpp"

#include "compressors/learning/scene_extent.hpp"

namespace volpress::training {

float sceneExtent(const TrainingSet& set) {
  std::vector<Camera> cameras;
  cameras.reserve(set.views.size());
  for (const TrainingView& view : set.views) {
    cameras.push_back(view.camera);
  }
  return learning::sceneExtent(cameras);
}

}  // namespace volpress::training
