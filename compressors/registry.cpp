#include "compressors/codec.hpp"
#include "compressors/compact3d/compact3d.hpp"
#include "compressors/compact3dgs/compact3dgs.hpp"
#include "compressors/compgs/compgs.hpp"
#include "compressors/container/container.hpp"
#include "compressors/format_codecs.hpp"
#include "compressors/gaussianforest/gaussianforest.hpp"
#include "compressors/lightgaussian/lightgaussian.hpp"
#include "compressors/mesongs/mesongs.hpp"
#include "compressors/null_codec.hpp"
#include "compressors/sags/sags.hpp"
#include "compressors/volpress/volpress.hpp"

namespace volpress::compressors {

namespace {

std::vector<const Codec*>& codecList() {
  // The order in which people see them: what nothing costs, then formats in wide use, then papers,
  // then ours.
  static std::vector<const Codec*> codecs = {
      &nullCodec(),           &spzCodec(),       &sogCodec(),
      &compressedPlyCodec(),  &splatCodec(),     &lightGaussianCodec(),
      &mesonGsCodec(),        &compact3dCodec(), &compact3dgsCodec(),
      &gaussianForestCodec(), &sagsCodec(),      &compGsCodec(),
      &volpressCodec(),
  };
  return codecs;
}

}  // namespace

std::span<const Codec* const> allCodecs() { return codecList(); }

void addCodec(const Codec& codec) { codecList().push_back(&codec); }

const Codec* findCodec(std::string_view id) {
  for (const Codec* codec : allCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

const Codec* codecForContent(ByteView head) {
  // A container names its codec. Of the formats, .splat has no magic and is asked last.
  if (isContainer(head)) {
    return findCodec(containerCodec(head));
  }
  for (const Codec* codec : allCodecs()) {
    if (codec != &splatCodec() && codec->recognises(head)) {
      return codec;
    }
  }
  return splatCodec().recognises(head) ? &splatCodec() : nullptr;
}

Result<ParamSet> resolveParams(const CodecInfo& info, std::string_view preset,
                               const ParamSet& overrides) {
  ParamSet given;
  const std::string_view wanted = preset.empty() ? "default" : preset;
  const ParamPreset* found = nullptr;
  std::string known = "default";
  for (const ParamPreset& candidate : info.presets) {
    if (candidate.id == wanted) {
      found = &candidate;
    }
    if (candidate.id != "default") {
      known += ", " + candidate.id;
    }
  }
  if (found != nullptr) {
    given = found->values;
  } else if (wanted != "default") {
    return fail(ErrorCode::InvalidParameter, "codec {} has no preset '{}'; it has {}", info.id,
                wanted, known);
  }
  for (const auto& [id, value] : overrides) {
    given[id] = value;
  }
  return completeParams(info.params, given);
}

}  // namespace volpress::compressors
