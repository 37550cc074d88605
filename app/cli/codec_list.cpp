#include "app/cli/codec_list.hpp"

#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "compressors/stream/sequence_codec.hpp"
#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::cli {

std::vector<ListedCodec> listedCodecs() {
  std::vector<ListedCodec> list;
  for (const compressors::Codec* codec : compressors::allCodecs()) {
    list.push_back({codec->info(), "splats"});
  }
  for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
    list.push_back({codec->info(), "mesh"});
  }
  for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
    list.push_back({compressors::describeSequenceCodec(codec->info()), "sequence"});
  }
  for (const compressors::VoxelSequenceCodec* codec : compressors::allVoxelCodecs()) {
    list.push_back({compressors::describeSequenceCodec(codec->info()), "voxels"});
  }
  for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
    list.push_back({codec->info(), "field"});
  }
  for (const compressors::PictureCodec* codec : compressors::allPictureCodecs()) {
    list.push_back({codec->info(), "picture"});
  }
  return list;
}

}  // namespace volpress::cli
