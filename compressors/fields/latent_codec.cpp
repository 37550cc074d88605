#include "compressors/fields/latent_codec.hpp"

#include <array>
#include <utility>

#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

constexpr std::string_view kDecoders = "decoders";
constexpr std::string_view kDependent = "dependent";
constexpr std::array<std::string_view, 2> kOwnChunks{kDecoders, kDependent};

CodecInfo withViews(CodecInfo info) {
  info.learnsFromPhotos = true;
  info.params.push_back(
      numberParam("views", "Views",
                  "Pictures of the original that decide what is seen and that the fine-tune learns "
                  "from, from its cameras or, where it knows few, around it; more take longer.",
                  "", "Views", std::int64_t{48}, ParamRange{2, 512, 1, false}, true));
  info.params.push_back(
      numberParam("view_side", "View size", "Pixels along a side of such a picture, about.",
                  "pixels", "Views", std::int64_t{128}, ParamRange{8, 512, 8, false}, true));
  info.params.push_back(keepTrainingParam());
  return info;
}

}  // namespace

LatentFieldCodec::LatentFieldCodec(CodecInfo info, fields::LevelReader reader,
                                   fields::LevelReader dependentReader)
    : FieldContainerCodec(withViews(std::move(info)),
                          std::span(kOwnChunks).first(dependentReader ? 2 : 1)),
      m_reader(std::move(reader)),
      m_dependentReader(std::move(dependentReader)) {}

void LatentFieldCodec::addDependence(Container& container) {
  container.chunks.push_back({std::string(kDependent), {}, Packing::Stored, true});
}

Result<HashGridField> LatentFieldCodec::decode(ByteView file, RunContext& context) const {
  VOLPRESS_TRY(Opened opened, open(file, context));
  VOLPRESS_CHECK(readNetworks(opened));
  VOLPRESS_TRY(const ByteView decoders, opened.container.require(kDecoders));
  std::vector<ByteView> streams(opened.field.grid.levels);
  for (std::size_t l = 0; l < streams.size(); ++l) {
    VOLPRESS_TRY(streams[l], opened.container.require(levelChunk(l)));
  }
  const bool isDependent = opened.container.find(kDependent) != nullptr;
  VOLPRESS_CHECK(fields::decodeLevels(decoders, streams, isDependent ? m_dependentReader : m_reader,
                                      opened.field, context.runner));
  VOLPRESS_CHECK(validate(opened.field));
  return std::move(opened.field);
}

Result<fields::ViewingRays> LatentFieldCodec::raysOf(
    const std::shared_ptr<const HashGridField>& original, const ParamSet& params,
    RunContext& context) {
  if (!context.photos.empty()) {
    context.learntFromPhotos = true;
    context.progress.report(0.1, "asking what is seen");
    return fields::photographRays(context.photos);
  }
  const auto views = static_cast<std::size_t>(paramInt(params, "views"));
  const auto side = static_cast<std::size_t>(paramInt(params, "view_side"));
  VOLPRESS_TRY(fields::ViewingRays rays,
               fields::viewingRays(original, views, side * side, context.seed, context.runner,
                                   context.stop));
  context.progress.report(0.1, "asking what is seen");
  return rays;
}

void LatentFieldCodec::addLatents(Container& container, const HashGridField& field,
                                  const fields::LatentStage& stage,
                                  const std::function<Bytes(std::size_t level)>& encode,
                                  TaskRunner& runner) {
  addWeights(container, field, stage.sensitivity, stage.lambda);
  container.chunks.push_back(
      {std::string(kDecoders), fields::encodeDecoders(stage.levels), Packing::Stored, true});
  std::vector<Bytes> streams(stage.levels.size());
  runner.parallelFor(streams.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t l = begin; l < end; ++l) {
      streams[l] = encode(l);
    }
  });
  for (std::size_t l = 0; l < streams.size(); ++l) {
    container.chunks.push_back({levelChunk(l), std::move(streams[l]), Packing::Stored, true});
  }
}

}  // namespace volpress::compressors
