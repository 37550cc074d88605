#include "compressors/container/container.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh/mesh.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/mesh_format_codecs.hpp"

namespace volpress::compressors {

std::span<const MeshCodec* const> allMeshCodecs() {
  static const MeshCodec* const kCodecs[] = {&meshZstdCodec(), &dracoCodec(), &meshoptCodec(),
                                             &ownMeshCodec()};
  return kCodecs;
}

const MeshCodec* findMeshCodec(std::string_view id) {
  for (const MeshCodec* codec : allMeshCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

std::vector<const CodecInfo*> allCodecInfos() {
  std::vector<const CodecInfo*> infos;
  for (const Codec* codec : allCodecs()) {
    infos.push_back(&codec->info());
  }
  for (const MeshCodec* codec : allMeshCodecs()) {
    infos.push_back(&codec->info());
  }
  for (const FieldCodec* codec : allFieldCodecs()) {
    infos.push_back(&codec->info());
  }
  return infos;
}

const MeshCodec* meshCodecForContent(ByteView head) {
  return isContainer(head) ? findMeshCodec(containerCodec(head)) : nullptr;
}

}  // namespace volpress::compressors
