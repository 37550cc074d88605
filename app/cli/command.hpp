// What every command of the program shares: its shape, common options, and words for people.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/console.hpp"
#include "app/engine/count_words.hpp"
#include "app/engine/photo_options.hpp"
#include "scene/base/params.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"

namespace CLI {
class App;
}
namespace volpress::engine {
struct Evaluation;
}

namespace volpress::cli {

/// Options that every command has.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  std::size_t threads = 0;           ///< 0: all of the machine's
  std::vector<std::string> plugins;  ///< descriptions of plug-ins besides those installed
};

/// Options of commands that look at scenes from views.
struct ViewSetOptions {
  std::string views = "auto";
  std::uint64_t seed = 1;
};

/// A command that has been added to the program: run it when `app` was parsed.
struct Command {
  CLI::App* app = nullptr;
  std::shared_ptr<const CommonOptions> common;
  std::function<Result<void>(Console&)> run;
};

/// Adds --json, --quiet, --threads and --plugin.
void addCommonOptions(CLI::App& app, CommonOptions& options);
void addViewsOption(CLI::App& app, ViewSetOptions& options);
void addSeedOption(CLI::App& app, ViewSetOptions& options);

/// Adds --photo-folder, --downscale, --resolution and --holdout, for data sets of photographs.
void addPhotoOptions(CLI::App& app, engine::PhotoOptions& options);

/// "key=value" texts as values of `specs`, checked; unknown keys name the nearest known one.
[[nodiscard]] Result<ParamSet> parseSettings(std::span<const ParamSpec> specs,
                                             const std::vector<std::string>& settings);

struct PictureSize {
  std::size_t width = 1280;  ///< pixels
  std::size_t height = 720;
};

/// "1280x720"; sides of 1 to 16,384 pixels. The error speaks of --size.
[[nodiscard]] Result<PictureSize> parseSize(std::string_view text);

/// "2.1 MB" (decimal units) with the exact number where it helps: "2,142,956 bytes".
[[nodiscard]] std::string describeBytes(std::uint64_t bytes);
using engine::describeCount;
/// "34.12 dB", or "identical".
[[nodiscard]] std::string describePsnr(double psnr);
/// "native 32.10 dB, baked to SH 31.80 dB" of an evaluation that is native.
[[nodiscard]] std::string describeNative(const engine::Evaluation& evaluation);

/// Lines with columns aligned: the first to the left, the others to the right.
[[nodiscard]] std::string textTable(const std::vector<std::vector<std::string>>& rows);

/// "positions 600 bytes 60.0 %" lines, largest first.
[[nodiscard]] std::string describeBreakdown(std::vector<formats::ByteShare> shares);

/// The path of this program, for starting workers.
[[nodiscard]] std::filesystem::path ownProgram();

Command addInfoCommand(CLI::App& root);
Command addConvertCommand(CLI::App& root);
Command addEncodeCommand(CLI::App& root);
Command addDecodeCommand(CLI::App& root);
Command addEvaluateCommand(CLI::App& root);
Command addAttributeCommand(CLI::App& root);
Command addCompareCommand(CLI::App& root);
Command addSweepCommand(CLI::App& root);
Command addRenderCommand(CLI::App& root);
Command addRenderPathCommand(CLI::App& root);
Command addCodecsCommand(CLI::App& root);
Command addSampleCommand(CLI::App& root);
Command addSequenceCommand(CLI::App& root);
Command addStreamCommand(CLI::App& root);
Command addSubmitCommand(CLI::App& root);
Command addThumbnailCommand(CLI::App& root);
Command addTrainCommand(CLI::App& root);
Command addDoctorCommand(CLI::App& root);
Command addWorkerCommand(CLI::App& root);
Command addDocumentationCommand(CLI::App& root);

}  // namespace volpress::cli
