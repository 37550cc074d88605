#include "app/studio/codec_cards.hpp"

#include <algorithm>

#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "compressors/stream/sequence_codec.hpp"
#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::studio {
namespace {

/// Cards of codecs of moving scenes.
template <typename Codecs>
std::vector<compressors::CodecInfo> makeCards(const Codecs& codecs) {
  std::vector<compressors::CodecInfo> cards;
  for (const auto* codec : codecs) {
    compressors::CodecInfo card = compressors::describeSequenceCodec(codec->info());
    // The knob first. It stays unnamed: nothing searches for a target with it yet.
    std::stable_partition(card.params.begin(), card.params.end(),
                          [&](const ParamSpec& spec) { return spec.id == card.qualityKnob; });
    card.qualityKnob.clear();
    cards.push_back(std::move(card));
  }
  return cards;
}

const std::vector<compressors::CodecInfo>& sequenceCards() {
  static const auto kCards = makeCards(compressors::allSequenceCodecs());
  return kCards;
}

const std::vector<compressors::CodecInfo>& voxelCards() {
  static const auto kCards = makeCards(compressors::allVoxelCodecs());
  return kCards;
}

}  // namespace

std::vector<const compressors::CodecInfo*> codecCards(engine::SceneKind kind) {
  std::vector<const compressors::CodecInfo*> cards;
  const auto addAll = [&cards](const auto& codecs) {
    for (const auto* codec : codecs) {
      cards.push_back(&codec->info());
    }
  };
  switch (kind) {
    case engine::SceneKind::Splats: addAll(compressors::allCodecs()); break;
    case engine::SceneKind::Mesh: addAll(compressors::allMeshCodecs()); break;
    case engine::SceneKind::Field: addAll(compressors::allFieldCodecs()); break;
    case engine::SceneKind::Picture: addAll(compressors::allPictureCodecs()); break;
    case engine::SceneKind::MovingSplats:
    case engine::SceneKind::MovingVoxels:
      for (const compressors::CodecInfo& card :
           kind == engine::SceneKind::MovingVoxels ? voxelCards() : sequenceCards()) {
        cards.push_back(&card);
      }
      break;
  }
  return cards;
}

std::string firstCodec(engine::SceneKind kind) {
  switch (kind) {
    case engine::SceneKind::Splats: return "lightgaussian";
    case engine::SceneKind::Mesh: return "mesh";
    case engine::SceneKind::Field: return "shacira";
    case engine::SceneKind::Picture: return "gaussianimage";
    case engine::SceneKind::MovingSplats:
    case engine::SceneKind::MovingVoxels: break;
  }
  return codecCards(kind).front()->id;
}

std::vector<std::string> comparedCodecs(engine::SceneKind kind) {
  switch (kind) {
    case engine::SceneKind::Splats:
      // A compact file of our own, a web format and a fast one: what artists weigh against each
      // other.
      return {"lightgaussian", "sog", "spz"};
    case engine::SceneKind::Mesh: return {"mesh", "draco", "meshopt"};
    case engine::SceneKind::Field: return {"repack", "shacira", "hollownerf"};
    case engine::SceneKind::Picture: return {"gaussianimage", "jpeg", "jxl"};
    case engine::SceneKind::MovingSplats:
    case engine::SceneKind::MovingVoxels: break;
  }
  std::vector<std::string> ids;
  for (const compressors::CodecInfo* card : codecCards(kind)) {
    ids.push_back(card->id);
  }
  return ids;
}

const compressors::CodecInfo* codecCard(const std::string& id) {
  for (const engine::SceneKind kind :
       {engine::SceneKind::Splats, engine::SceneKind::MovingSplats, engine::SceneKind::MovingVoxels,
        engine::SceneKind::Mesh, engine::SceneKind::Field, engine::SceneKind::Picture}) {
    for (const compressors::CodecInfo* card : codecCards(kind)) {
      if (card->id == id) {
        return card;
      }
    }
  }
  return nullptr;
}

}  // namespace volpress::studio
