// What the commands do when they are given a hash-grid field instead of splats.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/drawn_picture.hpp"
#include "app/engine/job.hpp"
#include "renderer/field_learner.hpp"
#include "scene/types/camera.hpp"

namespace volpress::cli {

/// volpress info FIELD
[[nodiscard]] Result<void> fieldInfo(const std::string& file, const CommonOptions& common,
                                     Console& console);

/// volpress doctor FIELD; the exit code says whether something was found.
[[nodiscard]] Result<void> fieldDoctor(const std::string& file, const CommonOptions& common,
                                       Console& console);

struct FieldPicture {
  std::string input;
  std::string output;
  std::optional<std::array<float, 3>> background;  ///< nothing: the field's
  PictureCamera from;
  std::string blending;  ///< "trained" or "original"
  std::string device;    ///< "software" or "vulkan"
};
/// volpress render FIELD
[[nodiscard]] Result<void> fieldRender(const FieldPicture& picture, const CommonOptions& common,
                                       Console& console);

/// What `--device` names: what fields are learnt on, in place of the CPU; null for "software".
/// Says which it is.
[[nodiscard]] Result<std::unique_ptr<renderer::FieldLearner>> makeFieldLearner(
    const std::string& device, Console& console);

/// volpress convert FIELD OUT.ingp, volpress decode FIELD.vpc -o OUT.ingp
[[nodiscard]] Result<void> fieldConvert(const std::string& input, const std::string& output,
                                        const CommonOptions& common, Console& console);

/// volpress evaluate FIELD TEST
[[nodiscard]] Result<void> fieldEvaluate(const std::string& reference, const std::string& test,
                                         const std::string& views, const CommonOptions& common,
                                         Console& console);

/// Lines on the quality of a field's views; empty when none was measured.
[[nodiscard]] std::string describeFieldQuality(const engine::Evaluation& evaluation);

}  // namespace volpress::cli
