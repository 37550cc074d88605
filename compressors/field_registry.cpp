#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/hollownerf/hollownerf.hpp"
#include "compressors/repack/repack.hpp"
#include "compressors/shacira/shacira.hpp"

namespace volpress::compressors {

std::span<const FieldCodec* const> allFieldCodecs() {
  static const FieldCodec* const kCodecs[] = {&repackCodec(), &shaciraCodec(), &hollowNerfCodec()};
  return kCodecs;
}

const FieldCodec* findFieldCodec(std::string_view id) {
  for (const FieldCodec* codec : allFieldCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

const FieldCodec* fieldCodecForContent(ByteView head) {
  return isContainer(head) ? findFieldCodec(containerCodec(head)) : nullptr;
}

}  // namespace volpress::compressors
