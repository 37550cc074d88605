// What the commands do when they are given a single picture instead of splats.
#pragma once

#include <string>

#include "app/cli/command.hpp"
#include "app/engine/job.hpp"

namespace volpress::cli {

/// volpress info PICTURE
[[nodiscard]] Result<void> pictureInfo(const std::string& file, const CommonOptions& common,
                                       Console& console);

/// volpress convert PICTURE OUT.png, volpress decode PICTURE.vpc -o OUT.png
[[nodiscard]] Result<void> pictureConvert(const std::string& input, const std::string& output,
                                          const CommonOptions& common, Console& console);

/// volpress render PICTURE.vpc -o OUT.png, of a picture that is a sum of Gaussians;
/// InvalidParameter for others.
[[nodiscard]] Result<void> pictureRender(const std::string& input, const std::string& output,
                                         const std::string& device, const CommonOptions& common,
                                         Console& console);

/// volpress evaluate PICTURE TEST
[[nodiscard]] Result<void> pictureEvaluate(const std::string& reference, const std::string& test,
                                           const CommonOptions& common, Console& console);

/// A line on the quality of a picture; empty when none was measured.
[[nodiscard]] std::string describePictureQuality(const engine::Evaluation& evaluation);

}  // namespace volpress::cli
