// The decoders of all codecs of fields.
#include "compressors/field_codec.hpp"
#include "tests/codecs/decode_anyway.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  HashGridField seen = testing::tinyField();
  seen.occupancy = testing::occupancyWhere(
      1, [](const std::array<float, 3>& p) { return p[0] < 0.04F && p[1] < 0.04F; });
  for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
    const bool isQuick = findParam(codec->info().params, "steps") == nullptr;
    for (const HashGridField& field : {isQuick ? testing::tinyField() : seen, seen}) {
      SerialRunner runner;
      Progress progress;
      compressors::RunContext context{runner, progress, {}};
      ParamSet little;
      for (const auto& [id, value] : std::vector<std::pair<std::string, std::int64_t>>{
               {"steps", 0}, {"prune_steps", 0}, {"views", 2}, {"view_side", 8}}) {
        if (findParam(codec->info().params, id) != nullptr) {
          little[id] = value;
        }
      }
      const auto params = compressors::resolveParams(codec->info(), "", little);
      if (auto file = codec->encode(field, params.value(), context)) {
        seeds.push_back(std::move(*file));
      }
    }
  }
  return seeds;
}

void runInput(ByteView input) {
  testing::decodeAnyway(input, compressors::fieldCodecForContent,
                        [](const HashGridField& field) { return validate(field).has_value(); });
}

}  // namespace volpress::fuzz
