// The ordered list of all sequence codecs.
#include <algorithm>
#include <array>

#include "compressors/dualgs/dualgs.hpp"
#include "compressors/intra/intra.hpp"
#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

std::span<const SequenceCodec* const> allSequenceCodecs() {
  static const std::array<const SequenceCodec*, 2> kCodecs{&dualgsCodec(), &intraCodec()};
  return kCodecs;
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
