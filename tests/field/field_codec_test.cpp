// What every codec of fields must do, and the coders that they share.
#include "compressors/field_codec.hpp"

#include <gtest/gtest.h>

#include <random>

#include "compressors/fields/number_coder.hpp"
#include "compressors/fields/occupancy_coder.hpp"
#include "renderer/software/field_renderer.hpp"
#include "tests/codecs/container_repair.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress {
namespace {

using compressors::FieldCodec;

/// The defaults, with little effort where a codec would make some.
ParamSet quickParams(const FieldCodec& codec) {
  ParamSet params;
  for (const auto& [id, value] : std::vector<std::pair<std::string, std::int64_t>>{
           {"steps", 2}, {"prune_steps", 2}, {"views", 4}, {"view_side", 8}}) {
    if (findParam(codec.info().params, id) != nullptr) {
      params[id] = value;
    }
  }
  return compressors::resolveParams(codec.info(), "", params).value();
}

Bytes encode(const FieldCodec& codec, const HashGridField& field, TaskRunner& runner) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  auto file = codec.encode(field, quickParams(codec), context);
  EXPECT_TRUE(file) << file.error().message;
  return file ? std::move(*file) : Bytes();
}

Result<HashGridField> decode(const FieldCodec& codec, ByteView file) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return codec.decode(file, context);
}

TEST(OccupancyCoder, RoundTripsAndIsSmall) {
  const std::vector<std::uint8_t> ball = testing::occupancyWhere(3, [](const auto& p) {
    return std::abs(std::hypot(p[0] - 0.5F, p[1] - 0.4F, p[2] - 0.6F) - 0.7F) < 0.05F;
  });
  const Bytes stream = fields::encodeOccupancy(ball);
  EXPECT_LT(stream.size(), 24000U);
  EXPECT_EQ(fields::decodeOccupancy(stream, 3).value(), ball);
  EXPECT_FALSE(fields::decodeOccupancy(stream, 2));
  EXPECT_FALSE(fields::decodeOccupancy(ByteView(stream).first(stream.size() / 2), 3));
  const std::vector<std::uint8_t> none(kCascadeCells / 8, 0);
  EXPECT_LT(fields::encodeOccupancy(none).size(), 64U);
  EXPECT_EQ(fields::decodeOccupancy(fields::encodeOccupancy(none), 1).value(), none);
  const std::vector<std::uint8_t> all(2 * kCascadeCells / 8, 0xFF);
  EXPECT_EQ(fields::decodeOccupancy(fields::encodeOccupancy(all), 2).value(), all);
}

TEST(NumberCoder, IsExactForEveryPattern) {
  std::vector<std::uint32_t> halves(65536);
  for (std::uint32_t i = 0; i < halves.size(); ++i) {
    halves[i] = i;
  }
  const fields::NumberLayout half = fields::layoutOf(true, 3);
  EXPECT_EQ(fields::decodeNumbers(fields::encodeNumbers(halves, half), halves.size(), half).value(),
            halves);
  std::mt19937 random(2);
  std::vector<std::uint32_t> floats(20000);
  for (std::uint32_t& pattern : floats) {
    pattern = static_cast<std::uint32_t>(random());
  }
  const fields::NumberLayout single = fields::layoutOf(false, 1);
  const Bytes stream = fields::encodeNumbers(floats, single);
  EXPECT_LT(stream.size(), floats.size() * 4 * 102 / 100);
  EXPECT_EQ(fields::decodeNumbers(stream, floats.size(), single).value(), floats);
  EXPECT_FALSE(fields::decodeNumbers(stream, floats.size() + 1, single));
  EXPECT_FALSE(fields::decodeNumbers(ByteView(stream).first(100), floats.size(), single));
}

TEST(NumberCoder, PaysLessForWhatIsAlike) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 0.02F);
  std::vector<float> values(50000);
  for (float& value : values) {
    value = normal(random);
  }
  const Bytes stream =
      fields::encodeNumbers(fields::patternsOf(values, true), fields::layoutOf(true, 1));
  EXPECT_LT(stream.size(), values.size() * 2 * 88 / 100);
}

class EveryFieldCodec : public ::testing::TestWithParam<const FieldCodec*> {};

TEST_P(EveryFieldCodec, RoundTripsOnAnyNumberOfThreads) {
  const FieldCodec& codec = *GetParam();
  const HashGridField field = testing::randomField(2);
  SerialRunner one;
  const auto two = makeThreadRunner(2);
  const Bytes file = encode(codec, field, one);
  EXPECT_EQ(encode(codec, field, *two), file);
  EXPECT_TRUE(codec.recognises(file));
  EXPECT_EQ(compressors::fieldCodecForContent(file), &codec);
  const auto decoded = decode(codec, file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(validate(*decoded));
  EXPECT_EQ(decoded->parameters.size(), field.parameters.size());
  EXPECT_EQ(decoded->occupancy.size(), field.occupancy.size());
  std::uint64_t sum = 0;
  const std::vector<compressors::ByteShare> shares = codec.breakdown(file).value();
  for (const compressors::ByteShare& share : shares) {
    sum += share.bytes;
  }
  EXPECT_EQ(sum, file.size());
}

TEST_P(EveryFieldCodec, RefusesCutFiles) {
  const FieldCodec& codec = *GetParam();
  SerialRunner runner;
  const Bytes file = encode(codec, testing::randomField(1), runner);
  for (std::size_t size = 0; size < file.size(); size += 1 + file.size() / 60) {
    EXPECT_FALSE(decode(codec, ByteView(file).first(size))) << size;
  }
}

TEST_P(EveryFieldCodec, StopsWhenAsked) {
  const FieldCodec& codec = *GetParam();
  SerialRunner runner;
  Progress progress;
  std::stop_source source;
  source.request_stop();
  compressors::RunContext context{runner, progress, source.get_token()};
  const auto file = codec.encode(testing::randomField(1), quickParams(codec), context);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::Cancelled);
}

INSTANTIATE_TEST_SUITE_P(Fields, EveryFieldCodec,
                         ::testing::ValuesIn(compressors::allFieldCodecs().begin(),
                                             compressors::allFieldCodecs().end()),
                         [](const auto& one) { return one.param->info().id; });

/// The acceptance check of the repacking: not one bit of the picture changes.
TEST(Repack, DrawsTheSamePicture) {
  const FieldCodec& codec = *compressors::findFieldCodec("repack");
  const auto runner = makeThreadRunner(2);
  const renderer::FieldRenderer renderer(*runner);
  const Camera camera = lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, 64, 64);
  for (const unsigned aabbScale : {1U, 4U}) {
    for (const bool half : {true, false}) {
      HashGridField field = testing::randomField(aabbScale);
      field.storesHalf = half;
      field.parameters[field.gridFirst() + 5] = half ? 0.5F : 0.1F;
      const Bytes file = encode(codec, field, *runner);
      const HashGridField decoded = decode(codec, file).value();
      const auto draw = [&](const HashGridField& one) {
        const auto prepared = renderer.prepare(std::make_shared<HashGridField>(one)).value();
        return renderer.render(*prepared, camera, {}).value().picture.color.pixels;
      };
      EXPECT_EQ(draw(decoded), draw(field)) << aabbScale << half;
      EXPECT_LT(file.size(), 2 * field.parameters.size() * (half ? 1U : 2U) + 20000);
    }
  }
}

TEST(Repack, KeepsAFieldWithoutOccupancy) {
  const FieldCodec& codec = *compressors::findFieldCodec("repack");
  SerialRunner runner;
  const HashGridField field = testing::tinyField();
  const HashGridField decoded = decode(codec, encode(codec, field, runner)).value();
  EXPECT_EQ(decoded.parameters, field.parameters);
  EXPECT_TRUE(decoded.occupancy.empty());
}

}  // namespace
}  // namespace volpress
