// What every codec of the registry promises, checked for each in one table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <set>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

/// A small orbit around the origin; every fourth view is held out.
ViewSet orbit() {
  ViewSet set{"orbit:8", {}};
  for (std::size_t i = 0; i < 8; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / 8;
    const std::array<float, 3> eye{static_cast<float>(6 * std::sin(angle)), -1.5F,
                                   static_cast<float>(6 * std::cos(angle))};
    set.views.push_back(
        {"view " + std::to_string(i), lookAt(eye, {0, 0, 0}, {0, 1, 0}, 0.9F, 80, 60), i % 4 == 3});
  }
  return set;
}

/// Settings by which a codec that trains does so for a fraction of a second: nothing that is
/// promised here depends on how long it does.
ParamSet fewSteps(const CodecInfo& info) {
  constexpr std::int64_t kFew = 20;
  ParamSet params;
  for (const ParamSpec& spec : info.params) {
    if (spec.id.ends_with("steps")) {
      params[spec.id] = std::min(std::get<std::int64_t>(spec.defaultValue), kFew);
    }
  }
  return params;
}

/// Settings by which a codec that can be fine-tuned is, in a few steps; empty for others.
ParamSet tuned(const CodecInfo& info) {
  constexpr std::int64_t kSteps = 6;
  ParamSet params;
  for (const ParamSpec& spec : info.params) {
    if (spec.id.ends_with("steps")) {
      params[spec.id] = kSteps;
    }
    if (spec.id == "recovery") {
      params[spec.id] = std::string("full");
    }
    if (spec.id == "as_seen") {
      params[spec.id] = true;
    }
  }
  return params;
}

/// Looks at every step.
class EagerWatcher final : public EncodeWatcher {
public:
  [[nodiscard]] bool wantsLook() const override { return true; }
  void look(const HashGridField& /*field*/, const std::string& /*moment*/) override {}
  void look(const GaussianCloud& cloud, const std::string& moment) override {
    EXPECT_GT(cloud.count, 0U) << moment;
    EXPECT_TRUE(validate(cloud)) << moment;
    moments.push_back(moment);
  }
  std::vector<std::string> moments;
};

/// Runs codecs as a job would.
class Bench {
public:
  explicit Bench(std::size_t threads = 1)
      : m_runner(makeThreadRunner(threads)),
        m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

  Result<Bytes> encode(const Codec& codec, const GaussianCloud& cloud, std::stop_token stop = {}) {
    return encodeWith(codec, cloud, fewSteps(codec.info()), std::move(stop));
  }

  Result<Bytes> encodeWith(const Codec& codec, const GaussianCloud& cloud, const ParamSet& params,
                           std::stop_token stop = {}) {
    VOLPRESS_TRY(const ParamSet completed, resolveParams(codec.info(), {}, params));
    Progress progress;
    RunContext context = makeContext(progress, std::move(stop));
    return codec.encode(Scene(cloud), completed, context);
  }

  Result<Bytes> encodeTuned(const Codec& codec, const GaussianCloud& cloud,
                            EncodeWatcher* watcher) {
    VOLPRESS_TRY(const ParamSet completed, resolveParams(codec.info(), {}, tuned(codec.info())));
    Progress progress;
    RunContext context = makeContext(progress, {});
    context.watcher = watcher;
    return codec.encode(Scene(cloud), completed, context);
  }

  Result<GaussianCloud> decode(const Codec& codec, ByteView file, std::stop_token stop = {}) {
    Progress progress;
    RunContext context{*m_runner, progress, std::move(stop)};
    VOLPRESS_TRY(Scene scene, codec.decode(file, context));
    return std::get<GaussianCloud>(std::move(scene));
  }

private:
  RunContext makeContext(Progress& progress, std::stop_token stop) {
    RunContext context{*m_runner, progress, std::move(stop)};
    context.rasterizer = m_rasterizer.get();
    context.views = &m_views;
    return context;
  }

  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  ViewSet m_views = orbit();
};

bool sameCloud(const GaussianCloud& a, const GaussianCloud& b) {
  return a.count == b.count && a.shDegree == b.shDegree && a.means == b.means &&
         a.logScales == b.logScales && a.rotations == b.rotations &&
         a.opacityLogits == b.opacityLogits && a.shDc == b.shDc && a.shRest == b.shRest &&
         a.filter == b.filter;
}

/// The splat of `cloud` nearest to a position.
std::size_t nearestSplat(const GaussianCloud& cloud, const float* xyz) {
  std::size_t best = 0;
  double bestDistance = 1e300;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    double distance = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double d = static_cast<double>(cloud.means[3 * i + c]) - static_cast<double>(xyz[c]);
      distance += d * d;
    }
    if (distance < bestDistance) {
      bestDistance = distance;
      best = i;
    }
  }
  return best;
}

double sigmoid(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

class EveryCodec : public ::testing::TestWithParam<const Codec*> {
protected:
  const Codec& codec() const { return *GetParam(); }
  const CodecInfo& info() const { return GetParam()->info(); }
  bool isContainerCodec() const { return info().extension == ".vpc"; }
};

TEST_P(EveryCodec, DescribesItself) {
  EXPECT_FALSE(info().id.empty());
  EXPECT_FALSE(info().label.empty());
  EXPECT_FALSE(info().summary.empty());
  EXPECT_EQ(info().extension.substr(0, 1), ".");
  EXPECT_NE(info().lossless, !info().lost.empty()) << "lossless, or else what is lost";
  EXPECT_EQ(findCodec(info().id), &codec());
  std::set<std::string> ids;
  for (const ParamSpec& spec : info().params) {
    EXPECT_TRUE(ids.insert(spec.id).second) << spec.id;
    EXPECT_FALSE(spec.label.empty()) << spec.id;
    EXPECT_FALSE(spec.help.empty()) << spec.id;
    EXPECT_EQ(std::holds_alternative<std::string>(spec.defaultValue), !spec.choices.empty())
        << spec.id;
    EXPECT_TRUE(completeParams(info().params, {{spec.id, spec.defaultValue}})) << spec.id;
  }
  for (const ParamPreset& preset : info().presets) {
    EXPECT_FALSE(preset.label.empty()) << preset.id;
    const auto resolved = resolveParams(info(), preset.id, {});
    ASSERT_TRUE(resolved) << preset.id << ": " << resolved.error().message;
    EXPECT_EQ(resolved->size(), info().params.size());
  }
  if (!info().qualityKnob.empty()) {
    const ParamSpec* knob = findParam(info().params, info().qualityKnob);
    ASSERT_NE(knob, nullptr);
    EXPECT_TRUE(knob->range);
  }
}

TEST_P(EveryCodec, RoundTripsWithinBounds) {
  Bench bench;
  for (unsigned degree = 0; degree <= 3; ++degree) {
    const GaussianCloud cloud = ::volpress::testing::randomCloud(400, degree, 40 + degree);
    ASSERT_TRUE(codec().check(Scene(cloud), resolveParams(info(), {}, {}).value()));
    const auto file = bench.encode(codec(), cloud);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(codec().recognises(*file));
    EXPECT_EQ(codecForContent(*file), &codec());
    const auto decoded = bench.decode(codec(), *file);
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_TRUE(validate(*decoded));
    ASSERT_GT(decoded->count, 0U);
    if (info().movesSplats) {
      continue;
    }
    EXPECT_LE(decoded->count, cloud.count);
    if (info().lossless) {
      EXPECT_TRUE(sameCloud(*decoded, cloud));
      continue;
    }
    // The scene is 3 units wide. All codecs keep splats where they are to a thousandth of that, and
    // those that do not optimise against pictures keep what the splats look like.
    const bool optimises = info().needsViews;
    if (!optimises) {
      EXPECT_EQ(decoded->count, cloud.count);
    }
    if (info().id == "sags") {
      // It draws points between those that it keeps, and says where by what a head learns: they
      // stay within the scene.
      for (const float coordinate : decoded->means) {
        ASSERT_LE(std::abs(coordinate), 3);
      }
      continue;
    }
    for (std::size_t i = 0; i < decoded->count; ++i) {
      const std::size_t j = nearestSplat(cloud, &decoded->means[3 * i]);
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(decoded->means[3 * i + c], cloud.means[3 * j + c], 3e-3) << i;
      }
      if (optimises) {
        continue;
      }
      EXPECT_NEAR(sigmoid(decoded->opacityLogits[i]), sigmoid(cloud.opacityLogits[j]), 0.003);
      double volume = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        // Axes may be reordered together with the rotation; their sum is not.
        volume += static_cast<double>(decoded->logScales[3 * i + c]) -
                  static_cast<double>(cloud.logScales[3 * j + c]);
      }
      EXPECT_NEAR(volume, 0, 3 * 0.05) << i;
    }
  }
}

TEST_P(EveryCodec, SurvivesExtremeScenes) {
  Bench bench;
  for (const std::size_t count : {1U, 7U, 300U}) {
    const GaussianCloud cloud = ::volpress::testing::extremeCloud(count, 2, 60 + count);
    const auto file = bench.encode(codec(), cloud);
    ASSERT_TRUE(file) << count << ": " << file.error().message;
    const auto decoded = bench.decode(codec(), *file);
    ASSERT_TRUE(decoded) << count << ": " << decoded.error().message;
    EXPECT_TRUE(validate(*decoded)) << count;
    if (info().lossless) {
      EXPECT_TRUE(sameCloud(*decoded, cloud));
    }
  }
}

TEST_P(EveryCodec, AnEmptySceneIsPackedOrRefusedWithAReason) {
  Bench bench;
  GaussianCloud empty;
  resizeCloud(empty, 0, 0);
  const auto allowed = codec().check(Scene(empty), resolveParams(info(), {}, {}).value());
  if (!allowed) {
    EXPECT_EQ(allowed.error().code, ErrorCode::InvalidParameter);
    EXPECT_FALSE(allowed.error().message.empty());
    return;
  }
  const auto file = bench.encode(codec(), empty);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(bench.decode(codec(), *file)->count, 0U);
}

TEST_P(EveryCodec, SameBytesOnOneAndTwoThreads) {
  Bench one(1);
  Bench two(2);
  const GaussianCloud cloud = ::volpress::testing::randomCloud(3000, 2, 70);
  const auto first = one.encode(codec(), cloud);
  const auto second = two.encode(codec(), cloud);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_TRUE(sameCloud(one.decode(codec(), *first).value(), two.decode(codec(), *first).value()));
}

TEST_P(EveryCodec, FineTuningCanBeWatchedWhichChangesNothing) {
  if (tuned(info()).empty()) {
    GTEST_SKIP() << "is not fine-tuned";
  }
  Bench bench(2);
  const GaussianCloud cloud = ::volpress::testing::randomCloud(400, 1, 90);
  EagerWatcher watcher;
  const auto watched = bench.encodeTuned(codec(), cloud, &watcher);
  const auto alone = bench.encodeTuned(codec(), cloud, nullptr);
  ASSERT_TRUE(watched && alone) << (watched ? alone : watched).error().message;
  EXPECT_EQ(*watched, *alone);
  ASSERT_GE(watcher.moments.size(), 3U);
  EXPECT_EQ(watcher.moments.front().substr(0, 5), "step ");
}

TEST_P(EveryCodec, EveryTruncationFailsOrValidates) {
  Bench bench;
  const Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(20, 1, 80)).value();
  // All of a small file; of a large one every byte of head and tail and a sample between.
  for (std::size_t size = 0; size < file.size();
       size += size < 400 || size + 400 > file.size() ? 1 : 1 + file.size() / 500) {
    const auto part = bench.decode(codec(), ByteView(file).first(size));
    if (part) {
      EXPECT_TRUE(validate(*part)) << size;
    }
    EXPECT_FALSE(part && isContainerCodec()) << size;
  }
}

TEST_P(EveryCodec, TrailingBytesAreRefusedOrHarmless) {
  Bench bench;
  Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(20, 1, 81)).value();
  file.push_back(std::byte{0x5A});
  const auto decoded = bench.decode(codec(), file);
  EXPECT_FALSE(decoded && isContainerCodec());
  if (decoded) {
    EXPECT_TRUE(validate(*decoded));
  }
}

TEST_P(EveryCodec, MutatedFilesFailOrValidate) {
  Bench bench;
  const Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(20, 1, 82)).value();
  std::mt19937 random(83);
  for (int i = 0; i < 300; ++i) {
    Bytes damaged = file;
    for (int edits = 0; edits < 3; ++edits) {
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    }
    const auto decoded = bench.decode(codec(), damaged);
    if (decoded) {
      EXPECT_TRUE(validate(*decoded)) << i;
    }
  }
}

TEST_P(EveryCodec, NewerVersionsAndUnknownCriticalChunksAreRefused) {
  if (!isContainerCodec()) {
    GTEST_SKIP() << "the format's own tests cover its versions";
  }
  Bench bench;
  const Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(20, 1, 84)).value();
  Container container = readContainer(file).value();
  EXPECT_EQ(container.codecId, info().id);
  EXPECT_EQ(container.codecVersion, info().formatVersion);
  container.codecVersion += 1;
  EXPECT_EQ(bench.decode(codec(), writeContainer(container).value()).error().code,
            ErrorCode::UnsupportedVersion);
  container.codecVersion -= 1;
  container.chunks.push_back({"from-the-future", Bytes(3), Packing::Stored, true});
  EXPECT_EQ(bench.decode(codec(), writeContainer(container).value()).error().code,
            ErrorCode::UnsupportedVersion);
  container.chunks.back().critical = false;
  EXPECT_TRUE(bench.decode(codec(), writeContainer(container).value()));
  container.chunks.pop_back();
  container.codecId = "another";
  EXPECT_FALSE(bench.decode(codec(), writeContainer(container).value()));
  // The parameter record repeats the job: it is what was asked for, completed.
  EXPECT_EQ(paramsFromJson(readContainer(file)->parameters).value(),
            resolveParams(info(), {}, fewSteps(info())).value());
}

TEST_P(EveryCodec, CancelIsCancelled) {
  Bench bench;
  const GaussianCloud cloud = ::volpress::testing::randomCloud(2000, 1, 85);
  std::stop_source source;
  source.request_stop();
  const auto file = bench.encode(codec(), cloud, source.get_token());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::Cancelled);
  const Bytes whole = bench.encode(codec(), cloud).value();
  const auto decoded = bench.decode(codec(), whole, source.get_token());
  if (!decoded) {
    EXPECT_EQ(decoded.error().code, ErrorCode::Cancelled);
  }
}

TEST_P(EveryCodec, BreakdownAddsUpToTheSize) {
  Bench bench;
  const Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(500, 2, 86)).value();
  const auto shares = codec().breakdown(file);
  ASSERT_TRUE(shares) << shares.error().message;
  std::uint64_t sum = 0;
  std::set<std::string> names;
  for (const ByteShare& share : *shares) {
    EXPECT_TRUE(names.insert(share.name).second) << share.name;
    sum += share.bytes;
  }
  EXPECT_EQ(sum, file.size());
  EXPECT_FALSE(codec().breakdown(ByteView(file).first(3)));
}

TEST_P(EveryCodec, AFreshProcessDecodesTheSame) {
  const std::filesystem::path program = ::volpress::testing::programPath();
  if (!std::filesystem::exists(program)) {
    GTEST_SKIP() << "the volpress program is not built";
  }
  Bench bench;
  const Bytes file = bench.encode(codec(), ::volpress::testing::randomCloud(1500, 3, 87)).value();
  const auto folder = ::volpress::testing::scratchFolder("fresh-" + info().id);
  const auto packed = folder / ("packed" + info().extension);
  const auto plain = folder / "plain.ply";
  ASSERT_TRUE(writeFileAtomically(packed, file));
  const std::string command = "'" + program.string() + "' decode '" + packed.string() + "' -o '" +
                              plain.string() + "' >/dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  SerialRunner serial;
  Progress progress;
  formats::IoContext io{serial, progress, {}, {}};
  const auto loaded = formats::loadCloud(plain, io);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const GaussianCloud here = bench.decode(codec(), file).value();
  const GaussianCloud& there = loaded->cloud;
  EXPECT_EQ(there.count, here.count);
  EXPECT_EQ(there.shDegree, here.shDegree);
  EXPECT_EQ(there.filter, here.filter);
  EXPECT_TRUE(there.means == here.means);
  EXPECT_TRUE(there.logScales == here.logScales);
  EXPECT_TRUE(there.rotations == here.rotations);
  EXPECT_TRUE(there.opacityLogits == here.opacityLogits);
  EXPECT_TRUE(there.shDc == here.shDc);
  EXPECT_TRUE(there.shRest == here.shRest);
}

std::string testName(const ::testing::TestParamInfo<const Codec*>& tested) {
  std::string name = tested.param->info().id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Codecs, EveryCodec,
                         ::testing::ValuesIn(allCodecs().begin(), allCodecs().end()), testName);

TEST(Registry, IdsAreUniqueAndUnknownOnesAreNull) {
  std::set<std::string> ids;
  for (const Codec* codec : allCodecs()) {
    EXPECT_TRUE(ids.insert(codec->info().id).second);
  }
  EXPECT_EQ(findCodec("nothing"), nullptr);
  EXPECT_EQ(findCodec(""), nullptr);
  EXPECT_EQ(codecForContent({}), nullptr);
}

TEST(FormatCodecs, KeepWhatShowsMost) {
  // Every second splat is next to nothing.
  GaussianCloud cloud = ::volpress::testing::randomCloud(400, 1, 95);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    cloud.opacityLogits[i] = i % 2 == 0 ? 3.0F : -5.0F;
  }
  Bench bench;
  for (const char* id : {"spz", "sog", "compressed-ply", "splat"}) {
    const Codec& codec = *findCodec(id);
    EXPECT_EQ(codec.info().qualityKnob, "keep") << id;
    const Bytes all = bench.encode(codec, cloud).value();
    const auto half = bench.encodeWith(codec, cloud, {{"keep", 50.0}});
    ASSERT_TRUE(half) << half.error().message;
    EXPECT_LT(half->size(), all.size()) << id;
    const GaussianCloud kept = bench.decode(codec, *half).value();
    EXPECT_EQ(kept.count, cloud.count / 2) << id;
    const auto faint = std::count_if(kept.opacityLogits.begin(), kept.opacityLogits.end(),
                                     [](float logit) { return logit < 0; });
    EXPECT_LE(faint, 4) << id;  // in the place of solid ones that stand behind others
    // Where nobody looks nothing can be told.
    SerialRunner runner;
    Progress progress;
    RunContext blind{runner, progress, {}};
    const ParamSet params = resolveParams(codec.info(), "", {{"keep", 50.0}}).value();
    EXPECT_TRUE(codec.usesViews(params)) << id;
    EXPECT_FALSE(codec.usesViews(resolveParams(codec.info(), "", {}).value())) << id;
    EXPECT_EQ(codec.encode(Scene(cloud), params, blind).error().code, ErrorCode::InvalidParameter)
        << id;
  }
}

TEST(Registry, ParametersResolveFromPresetAndOverrides) {
  const CodecInfo& spz = findCodec("spz")->info();
  const ParamSet plain = resolveParams(spz, "", {}).value();
  EXPECT_EQ(plain, resolveParams(spz, "default", {}).value());
  const ParamSet small = resolveParams(spz, "compatible", {{"sh_bits", std::int64_t{2}}}).value();
  EXPECT_EQ(paramChoice(small, "version"), "3");
  EXPECT_EQ(paramInt(small, "sh_bits"), 2);
  const auto unknown = resolveParams(spz, "tiny", {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(unknown.error().message.find("compatible"), std::string::npos);
  EXPECT_EQ(resolveParams(spz, "", {{"sh_bits", std::int64_t{99}}}).error().code,
            ErrorCode::InvalidParameter);
  EXPECT_EQ(resolveParams(spz, "", {{"shbits", std::int64_t{4}}}).error().code,
            ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress::compressors
