// Fitting pictures, their files, and the formats that these are compared with.
#include <gtest/gtest.h>

#include <filesystem>

#include "compressors/container/container.hpp"
#include "compressors/gaussianimage/fitting.hpp"
#include "compressors/gaussianimage/picture_file.hpp"
#include "compressors/gaussianimage/place_coder.hpp"
#include "compressors/picture_codec.hpp"
#include "renderer/metrics/metrics.hpp"
#include "scene/base/files.hpp"
#include "tests/gaussianimage/test_pictures.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

using gaussianimage::PictureCodes;

/// Runs codecs as a job would.
struct Bench {
  explicit Bench(std::size_t threads = 2) : runner(makeThreadRunner(threads)) {}

  Result<Bytes> encode(const char* id, const Image& picture, const ParamSet& params) {
    const PictureCodec& codec = *findPictureCodec(id);
    VOLPRESS_TRY(const ParamSet completed, resolveParams(codec.info(), "", params));
    RunContext context{*runner, progress, {}};
    return codec.encode(picture, completed, context);
  }
  Result<Image> decode(ByteView file) {
    RunContext context{*runner, progress, {}};
    return pictureCodecForContent(file)->decode(file, context);
  }

  std::unique_ptr<TaskRunner> runner;
  Progress progress;
};

/// Asks to stop after so many loops.
class StopAfter final : public TaskRunner {
public:
  explicit StopAfter(std::size_t loops) : m_left(loops) {}
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 1; }
  void parallelFor(std::size_t count, std::size_t grain,
                   const std::function<void(std::size_t, std::size_t)>& body) override {
    SerialRunner().parallelFor(count, grain, body);
    if (m_left-- == 0) {
      source.request_stop();
    }
  }
  std::stop_source source;

private:
  std::size_t m_left;
};

ParamSet fewSteps(std::int64_t gaussians, std::int64_t steps, std::int64_t tuneSteps) {
  return {{"gaussians", gaussians}, {"steps", steps}, {"tune_steps", tuneSteps}};
}

TEST(GaussianImage, FindsGaussiansAgain) {
  Bench bench;
  renderer::GaussianPicture truth = testing::randomGaussians(72, 56, 40, 5, 9);
  for (float& color : truth.colors) {
    color = 0.4F * std::abs(color);  // within 0..1 together
  }
  const Image picture = renderer::drawGaussianPicture(truth, *bench.runner);
  gaussianimage::FitSettings settings;
  settings.gaussians = 40;
  settings.steps = 1500;
  RunContext context{*bench.runner, bench.progress, {}};
  const auto found = gaussianimage::fitGaussians(picture, settings, context);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->count(), 40U);
  EXPECT_GE(metrics::psnr(picture, renderer::drawGaussianPicture(*found, *bench.runner)).value(),
            38);
}

TEST(GaussianImage, RoundsWithLittleLoss) {
  Bench bench;
  const Image picture = testing::testPicture(96, 80);
  gaussianimage::FitSettings settings;
  settings.gaussians = 260;
  settings.steps = 300;
  settings.tuneSteps = 200;
  settings.entries = 32;
  RunContext context{*bench.runner, bench.progress, {}};
  const auto fitted = gaussianimage::fitGaussians(picture, settings, context);
  ASSERT_TRUE(fitted) << fitted.error().message;
  const double before =
      metrics::psnr(picture, renderer::drawGaussianPicture(*fitted, *bench.runner)).value();
  const auto file = bench.encode("gaussianimage", picture, fewSteps(260, 300, 200));
  ASSERT_TRUE(file) << file.error().message;
  const auto decoded = bench.decode(*file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  const double after = metrics::psnr(picture, *decoded).value();
  EXPECT_GE(before, 28);
  EXPECT_LT(before - after, 1.2);
  EXPECT_LE(file->size(), 260U * 48 / 8 + 256 + 512);  // 512: codebooks, which grow with no picture

  // What it reports adds up, and what it decodes to is written again to the same bytes.
  const auto shares = findPictureCodec("gaussianimage")->breakdown(*file);
  ASSERT_TRUE(shares) << shares.error().message;
  std::uint64_t sum = 0;
  for (const ByteShare& share : *shares) {
    sum += share.bytes;
  }
  EXPECT_EQ(sum, file->size());
  const auto container = readContainer(*file);
  ASSERT_TRUE(container) << container.error().message;
  const auto codes = gaussianimage::readCodes(*container, file->size(), *bench.runner, {});
  ASSERT_TRUE(codes) << codes.error().message;
  Container again = *container;
  again.chunks.clear();
  ASSERT_TRUE(gaussianimage::addCodes(*codes, again, *bench.runner, {}));
  EXPECT_EQ(writeContainer(again).value(), *file);
}

TEST(GaussianImage, WritesTheSameBytesOnAnyThreadsAndAfterAStop) {
  Bench one(1);
  Bench two(2);
  const Image picture = testing::testPicture(48, 40);
  const ParamSet params = fewSteps(60, 40, 20);
  const auto file = one.encode("gaussianimage", picture, params);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(two.encode("gaussianimage", picture, params).value(), *file);

  // Stopped twice on its way, by loops counted.
  const std::filesystem::path folder = testing::scratchFolder("gaussianimage");
  const PictureCodec& codec = *findPictureCodec("gaussianimage");
  const ParamSet completed = resolveParams(codec.info(), "", params).value();
  for (const std::size_t loops : {150U, 300U}) {
    StopAfter runner(loops);
    RunContext context{runner, one.progress, runner.source.get_token()};
    context.scratch = folder;
    context.checkpointSeconds = 1000;
    const auto stopped = codec.encode(picture, completed, context);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(std::filesystem::is_empty(folder));
  }
  RunContext context{*two.runner, two.progress, {}};
  context.scratch = folder;
  EXPECT_EQ(codec.encode(picture, completed, context).value(), *file);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(GaussianImage, PlacesCostLessThanTheirBits) {
  testing::Draws draw(4);
  for (const std::size_t count : {1U, 2U, 40U, 1500U, 9000U}) {
    std::vector<coding::GridPoint> places(count);
    for (coding::GridPoint& place : places) {
      place = {static_cast<std::uint32_t>(draw() * 4096), static_cast<std::uint32_t>(draw() * 4096),
               0};
    }
    places.back() = places.front();
    const gaussianimage::EncodedPlaces encoded = gaussianimage::encodePlaces(places, 12);
    const auto decoded = gaussianimage::decodePlaces(encoded.bytes, count, 12);
    ASSERT_TRUE(decoded) << decoded.error().message;
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ((*decoded)[i], places[encoded.order[i]]) << i;
    }
    if (count >= 1500) {
      const double bits =
          8 * static_cast<double>(encoded.bytes.size()) / static_cast<double>(count);
      EXPECT_LE(bits, 24 - 6) << count;
      RecordProperty("bits_of_" + std::to_string(count), std::to_string(bits));
    }
    EXPECT_FALSE(gaussianimage::decodePlaces(encoded.bytes, count + 1, 12));
  }
}

TEST(GaussianImage, RefusesWhatItCannotTake) {
  Bench bench;
  const auto small = bench.encode("gaussianimage", makeImage(10, 40), fewSteps(20, 1, 1));
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().code, ErrorCode::InvalidParameter);
  // A flat picture has no edges to place by, and no colours to choose from.
  const auto flat = bench.encode("gaussianimage", makeImage(32, 24, 3, 0.2F), fewSteps(16, 60, 10));
  ASSERT_TRUE(flat) << flat.error().message;
  const auto decoded = bench.decode(*flat);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_GE(metrics::psnr(makeImage(32, 24, 3, 0.2F), *decoded).value(), 25);
}

TEST(PictureFormats, ShowWhatTheyWereGiven) {
  Bench bench;
  const Image picture = testing::testPicture(120, 90);
  for (const char* id : {"jpeg", "webp", "avif", "jxl"}) {
    SCOPED_TRACE(id);
    const PictureCodec& codec = *findPictureCodec(id);
    const auto file = bench.encode(id, picture, {});
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(pictureCodecForContent(*file), &codec);
    const auto decoded = bench.decode(*file);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_GE(metrics::psnr(picture, *decoded).value(), 27);
    const auto shares = codec.breakdown(*file);
    ASSERT_TRUE(shares) << shares.error().message;
    EXPECT_EQ(shares->front().bytes, file->size());
    // The knob moves the size.
    const ParamSpec& knob = *findParam(codec.info().params, codec.info().qualityKnob);
    const bool isReal = std::holds_alternative<double>(knob.defaultValue);
    const ParamValue coarse = isReal ? ParamValue(10.0) : ParamValue(std::int64_t{8});
    EXPECT_LT(bench.encode(id, picture, {{knob.id, coarse}}).value().size(), file->size());
    EXPECT_FALSE(bench.decode(ByteView(*file).first(40)));
  }
}

TEST(PictureCodecs, HaveIdsOfTheirOwn) {
  for (const PictureCodec* codec : allPictureCodecs()) {
    EXPECT_EQ(findPictureCodec(codec->info().id), codec);
    EXPECT_EQ(findCodec(codec->info().id), nullptr);
    EXPECT_NE(findParam(codec->info().params, codec->info().qualityKnob), nullptr);
  }
}

}  // namespace
}  // namespace volpress::compressors
