// Comparing several codecs on one scene: runs them in worker processes and writes the report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/report.hpp"
#include "app/engine/scene_files.hpp"
#include "compressors/codec.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

/// A codec and one of its presets ("default" for the defaults), with what differs from it.
struct CodecChoice {
  std::string codec;
  std::string preset;
  ParamSet overrides{};
};

/// "default", or what differs: "quality=40".
[[nodiscard]] std::string choiceName(const CodecChoice& choice);

/// Adds what one part of a text means; an error names what is unknown and what there is.
using AddChoices = std::function<Result<void>(std::string_view, std::vector<CodecChoice>&)>;
/// What the parts of a text, divided by commas, mean; the first error ends it.
[[nodiscard]] Result<std::vector<CodecChoice>> parseEachChoice(std::string_view text,
                                                               const AddChoices& add);

/// "id[:preset],..."; "id:*" stands for every preset of that codec, an empty text for every codec
/// of splats with its defaults, "meshes", "fields" or "pictures" for every codec of those.
/// InvalidParameter names what is unknown and what there is.
[[nodiscard]] Result<std::vector<CodecChoice>> parseCodecChoices(std::string_view text);

struct CompareSpec {
  std::filesystem::path input;
  std::filesystem::path folder;
  SceneState state{};  ///< of the input
  std::vector<CodecChoice> codecs;
  std::string views = "auto";
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  std::size_t shownViews = 4;  ///< views of which the report shows pictures
  /// Of moving splats: the mean PSNR at which every codec with a quality knob aims.
  std::optional<double> psnr{};
};

struct CompareRun {
  std::filesystem::path program;  ///< the `volpress` executable, for the workers
  std::stop_token stop;
  std::function<void(const Progress::Snapshot&)> progress;
  std::function<void(const std::string&)> note;  ///< lines for people
};

/// Of a picture, codecs after the first that are asked for by their id alone aim at the bytes that
/// the first one takes, in all of its presets; where that is one file, also at half and twice
/// those.
///
/// Encodes, measures, draws and writes `folder` whole: index.html, results.json, the encoded files
/// and the pictures. Until it is whole, what is finished lies in "FOLDER.unfinished", and the same
/// call goes on from there. Codecs that fail are rows of the report with their reason;
/// only when all fail is there no report.
[[nodiscard]] Result<Report> runCompare(const CompareSpec& spec, const CompareRun& run);

}  // namespace volpress::engine
