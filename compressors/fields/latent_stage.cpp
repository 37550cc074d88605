#include "compressors/fields/latent_stage.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compressors/fields/distillation.hpp"
#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

constexpr std::size_t kMostRays = 1536;  // of a fine-tuning step

Result<void> readDecoder(ByteReader& reader, std::size_t features, LevelLatents& level) {
  VOLPRESS_TRY(const auto dims, reader.read<std::uint8_t>("latent dimensions"));
  if (dims > features) {
    return fail(ErrorCode::CorruptData, "a level has {} latent dimensions, allowed are 0 to {}",
                dims, features);
  }
  level.dims = dims;
  level.mean.resize(features);
  level.basis.resize(dims * features);
  for (auto* numbers : {&level.mean, &level.basis}) {
    for (float& value : *numbers) {
      VOLPRESS_TRY(const auto half, reader.read<std::uint16_t>("a level's decoder"));
      value = halfToFloat(half);
    }
  }
  return {};
}

}  // namespace

std::size_t raysAStep(const ViewingRays& rays) {
  return std::clamp<std::size_t>(rays.pixels.size() / 4, 64, kMostRays);
}

Result<LatentStage> findLatents(HashGridField& field, const ViewingRays& rays,
                                const LatentStageSettings& settings,
                                compressors::RunContext& context) {
  LatentStage stage;
  stage.sensitivity = parameterSensitivity(field, rays, context.seed, context.runner);
  FloatArray ofGrid;
  ofGrid.assign(stage.sensitivity.begin() + static_cast<std::ptrdiff_t>(field.gridFirst()),
                stage.sensitivity.end());
  auto entries = codedEntries(field, touchedEntries(field, context.runner));
  std::size_t coded = 0;
  for (const auto& level : entries) {
    coded += level.size() * field.grid.features;
  }
  // Were every number coded with the same error, that would be the pictures' error.
  stage.lambda = 2 * std::log(2.0) * std::pow(10, -settings.quality / 10) /
                 static_cast<double>(std::max<std::size_t>(1, coded));
  stage.levels =
      fitLatents(field, std::move(entries), ofGrid, {stage.lambda, settings.dims}, context.runner);
  context.progress.report(0.2);
  VOLPRESS_CHECK(distil(
      field, stage.levels, rays,
      {settings.steps, raysAStep(rays), stage.lambda, settings.anneals, context.seed}, context));
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  return stage;
}

Bytes encodeDecoders(const std::vector<LevelLatents>& levels) {
  ByteWriter decoders;
  for (const LevelLatents& level : levels) {
    decoders.write(static_cast<std::uint8_t>(level.dims));
    for (const auto* numbers : {&level.mean, &level.basis}) {
      for (const float value : *numbers) {
        decoders.write(floatToHalf(value));
      }
    }
  }
  return std::move(decoders).take();
}

Result<void> decodeLevels(ByteView decoders, std::span<const ByteView> streams,
                          const LevelReader& reader, HashGridField& field, TaskRunner& runner) {
  ByteReader bytes(decoders);
  const std::vector<GridLevel> shapes = gridLevels(field.grid);
  auto entries = codedEntries(field, touchedEntries(field, runner));
  std::vector<LevelLatents> levels(entries.size());
  for (std::size_t l = 0; l < levels.size(); ++l) {
    levels[l].entries = std::move(entries[l]);
    VOLPRESS_CHECK(readDecoder(bytes, field.grid.features, levels[l]));
  }
  if (bytes.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last level's decoder",
                bytes.remaining());
  }
  std::vector<std::optional<Error>> problems(levels.size());
  const std::span<float> table(field.parameters.data() + field.gridFirst(),
                               field.parameters.size() - field.gridFirst());
  runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t l = begin; l < end; ++l) {
      if (auto done = reader(streams[l], shapes[l], levels[l]); !done) {
        problems[l] = std::move(done).error();
        continue;
      }
      decodeLatents(levels[l], field.grid.features, field.storesHalf, table);
    }
  });
  for (std::size_t l = 0; l < levels.size(); ++l) {
    if (problems[l]) {
      return withContext(*problems[l], fmt::format("level {}", l));
    }
  }
  return {};
}

}  // namespace volpress::fields
