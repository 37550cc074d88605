// What commands that take one scene do when they are given a clip or a sequence codec.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/engine/clip_quality.hpp"

namespace volpress::cli {

struct ClipEncodeOptions {
  std::string input, output, codec, preset, segments;
  std::vector<std::string> settings;
  std::uint64_t seed = 1;
  std::uint32_t framesPerSecond = 30;
};

/// What the options ask of a codec.
[[nodiscard]] Result<engine::ClipEncodeSpec> clipSpecOf(
    const ClipEncodeOptions& options, const compressors::SequenceCodecInfo& codec);
/// Says what was encoded. `plain` is what the size is compared with, whose bytes JSON has as
/// `plainKey`.
void reportClip(const std::string& output, const engine::ClipEncodeReport& report,
                const std::string& plain, const char* plainKey, Console& console);
/// Says what was written, one file a frame.
void reportFrames(const std::string& output, std::size_t frames, std::uint64_t bytes,
                  Console& console);

/// `volpress encode FOLDER -o CLIP.dgsv --codec ...`
[[nodiscard]] Result<void> encodeClipCommand(const ClipEncodeOptions& options,
                                             const CommonOptions& common, Console& console);
/// `volpress decode CLIP.dgsv -o FOLDER`
[[nodiscard]] Result<void> decodeClipCommand(const std::string& input, const std::string& folder,
                                             std::size_t layers, const CommonOptions& common,
                                             Console& console);
/// `volpress evaluate FOLDER CLIP.dgsv`
[[nodiscard]] Result<void> evaluateClipCommand(const std::string& reference,
                                               const std::string& clip, const std::string& views,
                                               const CommonOptions& common, Console& console);
/// What was measured of a clip; `plain` is what its ratio is against.
void printClipQuality(const std::string& reference, const std::string& clip,
                      const engine::ClipQuality& quality, std::string_view plain, Console& console);
/// `volpress info CLIP.dgsv`
[[nodiscard]] Result<void> describeClipCommand(const std::string& clip, const CommonOptions& common,
                                               Console& console);

}  // namespace volpress::cli
