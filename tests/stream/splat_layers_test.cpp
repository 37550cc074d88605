// Layers of fewer splats: every prefix of layers decodes, and shows more than the one before.
#include "compressors/stream/splat_layers.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "compressors/dualgs/dualgs.hpp"
#include "compressors/hifi4g/hifi4g.hpp"
#include "compressors/v3/v3.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedClip;
using testing::decodeSegment;
using testing::encodeClip;

constexpr std::size_t kFrames = 4, kSegmentFrames = 2, kSplats = 3000;
constexpr unsigned kDegree = 3;
constexpr double kTolerance = 0.05;  // dB

struct Coder {
  const SequenceCodec* codec;
  bool refines;
};

class SplatLayersTest : public ::testing::TestWithParam<Coder> {
protected:
  SplatLayersTest() : m_runner(makeThreadRunner(2)) {
    ClipOptions options;
    options.frames = kFrames;
    options.splats = kSplats;
    options.shDegree = kDegree;
    m_sequence = std::make_shared<GaussianSequence>(makeSampleClip(options, {}, *m_runner));
  }

  Result<CodedClip> encode(ParamSet params = {}) {
    params["segment_frames"] = static_cast<std::int64_t>(kSegmentFrames);
    params.try_emplace("first_layer", 0.25);
    if (GetParam().refines) {
      params["refine"] = true;
    }
    return encodeClip(*GetParam().codec, *m_sequence, params, *m_runner);
  }

  /// Pictures from six sides: what one side gains by an order of SH, another may lose.
  [[nodiscard]] std::vector<Image> draw(const GaussianCloud& cloud) const {
    const auto rasterizer = renderer::makeSoftwareRasterizer(*m_runner);
    const auto prepared = rasterizer->prepare(std::make_shared<const GaussianCloud>(cloud)).value();
    const Bounds bounds = meanBounds(m_sequence->frame(0, *m_runner).value());
    std::array<float, 3> middle{};
    for (std::size_t k = 0; k < 3; ++k) {
      middle[k] = (bounds.min[k] + bounds.max[k]) / 2;
    }
    const float away = 2 * (bounds.max[1] - bounds.min[1]);
    std::vector<Image> pictures;
    for (const auto& [x, y, z] : std::array<std::array<float, 3>, 6>{
             {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}}) {
      const Camera camera =
          lookAt({middle[0] + x * away, middle[1] + y * away, middle[2] + z * away}, middle,
                 {0, 1 - std::abs(y), std::abs(y)}, 0.7F, 120, 120);
      pictures.push_back(rasterizer->render(*prepared, camera, {}).value().color);
    }
    return pictures;
  }

  static double psnr(const std::vector<Image>& a, const std::vector<Image>& b) {
    double error = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      error += metrics::meanSquaredError(a[k], b[k]).value() / static_cast<double>(a.size());
    }
    return metrics::psnrFromError(error);
  }

  std::unique_ptr<TaskRunner> m_runner;
  std::shared_ptr<GaussianSequence> m_sequence;
};

TEST_P(SplatLayersTest, everyPrefixDecodesAndShowsMore) {
  const CodedClip clip = encode().value();
  // A part of the splats, all of them, SH order 1, orders 2 and 3, refinement.
  ASSERT_EQ(clip.info.layerCount, GetParam().refines ? 5U : 4U);
  EXPECT_TRUE(hasSplatLayers(clip.info));
  EXPECT_EQ(splatsOfLayer(clip.info, 0), kSplats / 4);
  EXPECT_EQ(splatsOfLayer(clip.info, 1), kSplats);
  for (std::size_t segment = 0; segment < clip.segments.size(); ++segment) {
    ASSERT_EQ(clip.segments[segment].size(), clip.info.layerCount);
    const auto original = m_sequence->frame(kSegmentFrames * segment, *m_runner).value();
    const std::vector<Image> reference = draw(original);
    double before = 0;
    std::string said;
    for (std::size_t layers = 1; layers <= clip.info.layerCount; ++layers) {
      const auto frames =
          decodeSegment(*GetParam().codec, clip, segment, *m_runner, layers).value();
      ASSERT_EQ(frames.size(), kSegmentFrames);
      EXPECT_EQ(frames[0].count, layers == 1 ? kSplats / 4 : kSplats);
      ASSERT_TRUE(validate(frames[1]));
      const double quality = psnr(reference, draw(frames[0]));
      said += fmt::format(" {:.2f} dB", quality);
      EXPECT_GE(quality, before - kTolerance) << layers << " layers:" << said;
      before = quality;
    }
    EXPECT_GT(before, 38) << said;
    RecordProperty("psnr", said);
    fmt::print("  {} segment {}:{}\n", GetParam().codec->info().id, segment, said);
  }
}

TEST_P(SplatLayersTest, partsAreTheSamePlainClipApartFromTheirOrder) {
  const CodedClip layered = encode().value();
  const CodedClip plain = encode({{"first_layer", 0.0}}).value();
  EXPECT_FALSE(hasSplatLayers(plain.info));
  // Two tables and codebooks instead of one: not much more than the plain clip takes.
  EXPECT_LT(static_cast<double>(layered.bytes()), 1.6 * static_cast<double>(plain.bytes()));
  std::uint64_t first = 0, all = 0;
  for (const auto& layers : layered.segments) {
    first += layers[0].size();
    for (const Bytes& layer : layers) {
      all += layer.size();
    }
  }
  EXPECT_LT(first, all / 2);
}

TEST_P(SplatLayersTest, segmentsDecodeInAnyOrder) {
  const CodedClip clip = encode().value();
  const SequenceCodec& codec = *GetParam().codec;
  const auto late = decodeSegment(codec, clip, 1, *m_runner).value();
  ASSERT_TRUE(decodeSegment(codec, clip, 0, *m_runner));
  const auto again = decodeSegment(codec, clip, 1, *m_runner).value();
  EXPECT_EQ(late[1].means, again[1].means);
  EXPECT_EQ(late[1].shRest, again[1].shRest);
}

TEST_P(SplatLayersTest, sharesAddUpToTheLayers) {
  const CodedClip clip = encode().value();
  const std::vector<ByteView> views(clip.segments[0].begin(), clip.segments[0].end());
  const auto shares = GetParam().codec->breakdown(clip.info, kSegmentFrames, views);
  ASSERT_TRUE(shares) << shares.error().message;
  std::uint64_t sum = 0, all = 0;
  for (const ByteShare& share : *shares) {
    sum += share.bytes;
  }
  for (const ByteView view : views) {
    all += view.size();
  }
  EXPECT_EQ(sum, all);
  EXPECT_EQ(layerWords(clip.info, 0), "a part of the splats, enlarged");
  EXPECT_EQ(layerWords(clip.info, 3), "colours of SH order 2 to 3");
}

TEST_P(SplatLayersTest, hostileInitIsRefused) {
  const CodedClip good = encode().value();
  Progress progress;
  RunContext context{*m_runner, progress, {}};
  const auto opens = [&](std::size_t at, std::uint8_t value) {
    ClipInfo info = good.info;
    info.codecInit[at] = std::byte{value};
    return GetParam().codec->open(info, context).has_value();
  };
  EXPECT_FALSE(opens(1, 9));     // version
  EXPECT_FALSE(opens(5, 127));   // enlargement
  EXPECT_FALSE(opens(9, 255));   // splats of the first layer
  EXPECT_FALSE(opens(10, 200));  // layers of a part
  EXPECT_FALSE(opens(20, 255));  // bytes of the first part
  for (std::size_t size = 0; size < 22; ++size) {
    ClipInfo info = good.info;
    info.codecInit.resize(size);
    EXPECT_FALSE(GetParam().codec->open(info, context)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, SplatLayersTest,
                         ::testing::Values(Coder{&dualgsCodec(), true},
                                           Coder{&hifi4gCodec(), false}, Coder{&v3Codec(), false}),
                         [](const auto& given) { return given.param.codec->info().id; });

}  // namespace
}  // namespace volpress::compressors
