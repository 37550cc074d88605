#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/field_format_codecs.hpp"
#include "compressors/hollownerf/hollownerf.hpp"
#include "compressors/repack/repack.hpp"
#include "compressors/shacira/shacira.hpp"

namespace volpress::compressors {

namespace {

std::vector<const FieldCodec*>& codecList() {
  static std::vector<const FieldCodec*> codecs = {
      &repackCodec(), &shaciraCodec(), &hollowNerfCodec(), &snapshotCodec(), &zstdSnapshotCodec()};
  return codecs;
}

}  // namespace

std::span<const FieldCodec* const> allFieldCodecs() { return codecList(); }

void addFieldCodec(const FieldCodec& codec) { codecList().push_back(&codec); }

const FieldCodec* findFieldCodec(std::string_view id) {
  for (const FieldCodec* codec : allFieldCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

const FieldCodec* fieldCodecForContent(ByteView head) {
  if (isContainer(head)) {
    return findFieldCodec(containerCodec(head));
  }
  return snapshotCodec().recognises(head) ? &snapshotCodec() : nullptr;
}

}  // namespace volpress::compressors
