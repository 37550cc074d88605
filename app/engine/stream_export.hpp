// Clips as folders that any web server can offer: the clip, a page that plays it, a poster.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engine/staged_progress.hpp"
#include "app/engine/stream_ladder.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

struct StreamExportSpec {
  std::filesystem::path clip;    ///< a whole .dgsv
  std::filesystem::path folder;  ///< to be written; replaced when it holds an export already
  std::string title;             ///< of the page; empty: the clip's name
  bool split = false;            ///< a file for each segment instead of one for the clip
  LadderSpec ladder;             ///< renditions for slower lines; none without rates
  std::size_t posterFrame = 0;
  std::filesystem::path sound;  ///< any file with sound, which plays with the clip; empty: none
};

struct StreamExportReport {
  std::uint64_t clipBytes = 0;
  std::uint64_t playerBytes = 0;  ///< page, script and module
  std::uint64_t soundBytes = 0;
  std::uint64_t frontBytes = 0;  ///< before the first segment: what a player needs to begin
  std::size_t files = 0;
  double seconds = 0;                 ///< the clip's duration
  double soundSeconds = 0;            ///< as much of them as has sound
  std::vector<double> layerMegabits;  ///< a second, of layers 0 to k
  Ladder ladder;                      ///< without steps when none was asked for
};

/// Writes index.html, player.js, player.wasm, poster.png (1280 x 720), manifest.json, README.txt
/// and clip.dgsv with its index in front, or init.dgsi and seg_00001.dgss, ...; with a ladder also
/// clip_25.dgsv, or init_25.dgsi and seg_25_00001.dgss, ..., for 25 Mbit/s; with sound
/// also clip.opus. UnsupportedVersion
/// when this program has no player; InvalidParameter for a part of a clip.
[[nodiscard]] Result<StreamExportReport> exportStream(const StreamExportSpec& spec,
                                                      TaskRunner& runner, StagedProgress& progress,
                                                      const std::stop_token& stop);

/// A picture of a frame as the page shows it.
[[nodiscard]] Result<Image> drawOverBackground(GaussianCloud cloud, const Camera& camera,
                                               renderer::Rasterizer& rasterizer,
                                               const std::stop_token& stop);

}  // namespace volpress::engine
