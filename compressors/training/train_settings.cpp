#include "compressors/training/train_settings.hpp"

#include <algorithm>

namespace volpress::training {

TrainSettings scheduledFor(unsigned iterations) {
  TrainSettings settings;
  settings.iterations = iterations;
  settings.shInterval = std::min(settings.shInterval, std::max(1U, iterations / 8));
  settings.densifyFrom = std::min(settings.densifyFrom, iterations / 10);
  settings.densifyUntil = std::min(settings.densifyUntil, iterations / 2);
  return settings;
}

}  // namespace volpress::training
