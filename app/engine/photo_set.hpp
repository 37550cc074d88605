// The photographs of a data set, ready to train from and to be measured against.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engine/photo_options.hpp"
#include "compressors/training/training_set.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/posed_images.hpp"
#include "scene/types/posed_picture.hpp"

namespace volpress::engine {

struct PhotoSet {
  std::string origin;                           ///< for people: "COLMAP model"
  training::TrainingSet learnt;                 ///< with the sparse points
  FieldPlacement placement;                     ///< of radiance fields
  std::vector<training::TrainingView> heldOut;  ///< reported on, never learnt from
  std::vector<std::string> warnings;
};

/// Reads cameras, points and photographs, removes lens distortion and makes the pictures smaller.
/// Photographs that are not there are left out, with a warning; InvalidParameter when none is left.
/// Errors name the file.
[[nodiscard]] Result<PhotoSet> loadPhotos(const PhotoOptions& options, TaskRunner& runner,
                                          Progress& progress, const std::stop_token& stop);

/// The photographs of a data set as a codec learns from them, without those that are held out.
/// `log` is told what was found, a line each. Errors as of loadPhotos.
[[nodiscard]] Result<std::vector<PosedPicture>> loadLearntPhotos(
    const PhotoOptions& options, TaskRunner& runner, const std::stop_token& stop,
    const std::function<void(const std::string&)>& log);

}  // namespace volpress::engine
