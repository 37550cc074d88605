// Comparing ways to compress a moving scene: sequence codecs beside single-scene codecs that take
// every frame by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/engine/compare.hpp"

namespace volpress::engine {

/// "id[:preset][:key=value[+key=value...]],...": codecs of sequences, and codecs of splats that
/// need no views, which then compress each frame by itself; "id:*" stands for every preset. An
/// empty text is every codec of sequences, SOG and SPZ. InvalidParameter names what is unknown.
[[nodiscard]] Result<std::vector<CodecChoice>> parseClipChoices(std::string_view text);

/// Encodes a folder of frames each way, decodes, measures every frame, and writes `spec.folder`
/// whole, or leaves nothing: index.html, results.json, the clips and the pictures of
/// `spec.shownViews` frames from the first view. What fails is a row with its reason; only when all
/// fail is there no report. `spec.views` as for makeClipViews. With `spec.psnr` the quality knob of
/// each codec that has one is moved until frames of the first segment (of codecs of single scenes:
/// the first frame) have that mean PSNR; then the whole clip is encoded so.
[[nodiscard]] Result<Report> runClipCompare(const CompareSpec& spec, const CompareRun& run);

}  // namespace volpress::engine
