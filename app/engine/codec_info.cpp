#include "app/engine/codec_info.hpp"

#include "app/engine/plugin.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"

namespace volpress::engine {

Result<const compressors::CodecInfo*> codecInfoOf(std::string_view id) {
  if (const compressors::Codec* codec = compressors::findCodec(id)) {
    return &codec->info();
  }
  if (const compressors::MeshCodec* codec = compressors::findMeshCodec(id)) {
    return &codec->info();
  }
  if (const compressors::FieldCodec* codec = compressors::findFieldCodec(id)) {
    return &codec->info();
  }
  if (const compressors::PictureCodec* codec = compressors::findPictureCodec(id)) {
    return &codec->info();
  }
  if (isPluginName(id)) {
    return pluginMissing(id);
  }
  std::string known;
  for (const compressors::Codec* codec : compressors::allCodecs()) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", codec->info().id);
  }
  for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
    known += ", " + codec->info().id;
  }
  for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
    known += ", " + codec->info().id;
  }
  for (const compressors::PictureCodec* codec : compressors::allPictureCodecs()) {
    known += ", " + codec->info().id;
  }
  return fail(ErrorCode::InvalidParameter, "there is no codec \"{}\"; there are {}", id, known);
}

}  // namespace volpress::engine
