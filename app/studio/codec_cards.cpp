#include "app/studio/codec_cards.hpp"

#include <algorithm>

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::studio {
namespace {

compressors::CodecInfo cardOf(const compressors::SequenceCodecInfo& info) {
  compressors::CodecInfo card;
  card.id = info.id;
  card.label = info.label;
  card.summary = info.summary;
  card.paper = info.paper;
  card.extension = ".dgsv";
  card.params = info.params;
  card.lost = info.lost;
  // The knob first. It stays unnamed: nothing searches for a target with it yet.
  std::stable_partition(card.params.begin(), card.params.end(),
                        [&](const ParamSpec& spec) { return spec.id == info.qualityKnob; });
  return card;
}

const std::vector<compressors::CodecInfo>& sequenceCards() {
  static const std::vector<compressors::CodecInfo> kCards = [] {
    std::vector<compressors::CodecInfo> cards;
    for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
      cards.push_back(cardOf(codec->info()));
    }
    return cards;
  }();
  return kCards;
}

}  // namespace

std::vector<const compressors::CodecInfo*> codecCards(bool moving) {
  std::vector<const compressors::CodecInfo*> cards;
  if (moving) {
    for (const compressors::CodecInfo& card : sequenceCards()) {
      cards.push_back(&card);
    }
  } else {
    for (const compressors::Codec* codec : compressors::allCodecs()) {
      cards.push_back(&codec->info());
    }
  }
  return cards;
}

const compressors::CodecInfo* codecCard(const std::string& id) {
  for (const bool moving : {false, true}) {
    for (const compressors::CodecInfo* card : codecCards(moving)) {
      if (card->id == id) {
        return card;
      }
    }
  }
  return nullptr;
}

}  // namespace volpress::studio
