#include "compressors/bpt/bpt.hpp"
#include "compressors/container/container.hpp"
#include "compressors/mesh/mesh.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/mesh_format_codecs.hpp"

namespace volpress::compressors {

namespace {

std::vector<const MeshCodec*>& codecList() {
  static std::vector<const MeshCodec*> codecs = {&meshZstdCodec(), &dracoCodec(), &meshoptCodec(),
                                                 &ownMeshCodec(), &bptCodec()};
  return codecs;
}

}  // namespace

std::span<const MeshCodec* const> allMeshCodecs() { return codecList(); }

void addMeshCodec(const MeshCodec& codec) { codecList().push_back(&codec); }

const MeshCodec* findMeshCodec(std::string_view id) {
  for (const MeshCodec* codec : allMeshCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

const MeshCodec* meshCodecForContent(ByteView head) {
  return isContainer(head) ? findMeshCodec(containerCodec(head)) : nullptr;
}

}  // namespace volpress::compressors
