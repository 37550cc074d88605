// The ordered list of all sequence codecs.
#include <algorithm>
#include <array>

#include "compressors/dualgs/dualgs.hpp"
#include "compressors/hifi4g/hifi4g.hpp"
#include "compressors/intra/intra.hpp"
#include "compressors/stream/sequence_codec.hpp"
#include "compressors/v3/v3.hpp"

namespace volpress::compressors {

std::span<const SequenceCodec* const> allSequenceCodecs() {
  static const std::array<const SequenceCodec*, 4> kCodecs{&dualgsCodec(), &hifi4gCodec(),
                                                           &v3Codec(), &intraCodec()};
  return kCodecs;
}

CodecInfo describeSequenceCodec(const SequenceCodecInfo& info) {
  CodecInfo described;
  described.id = info.id;
  described.label = info.label;
  described.summary = info.summary;
  described.paper = info.paper;
  described.extension = ".dgsv";
  described.params = info.params;
  described.presets = info.presets;
  described.qualityKnob = info.qualityKnob;
  described.lost = info.lost;
  return described;
}

const SequenceCodec* findSequenceCodec(std::string_view id) {
  const auto codecs = allSequenceCodecs();
  const auto found = std::find_if(codecs.begin(), codecs.end(), [id](const SequenceCodec* codec) {
    return codec->info().id == id;
  });
  return found == codecs.end() ? nullptr : *found;
}

const SequenceCodec* sequenceCodecForClip(const ClipInfo& info) {
  const auto codecs = allSequenceCodecs();
  const auto found = std::find_if(
      codecs.begin(), codecs.end(),
      [&info](const SequenceCodec* codec) { return codec->info().fourcc == info.codec; });
  return found == codecs.end() ? nullptr : *found;
}

}  // namespace volpress::compressors
