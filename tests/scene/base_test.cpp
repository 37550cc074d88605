#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "scene/base/bytes.hpp"
#include "scene/base/files.hpp"
#include "scene/base/morton.hpp"
#include "scene/base/params.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

TEST(ByteReader, refusesToReadPastTheEnd) {
  const Bytes bytes(6);
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.read<std::uint32_t>("count").has_value());
  const auto second = reader.read<std::uint32_t>("degree");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().byteOffset, 4U);
  EXPECT_EQ(second.error().message, "degree needs 4 bytes, but 2 are left");
  EXPECT_EQ(reader.offset(), 4U);
}

TEST(Hash, isXxh64) {
  // Published test vector: XXH64 of nothing with seed 0.
  EXPECT_EQ(hashBytes({}), 0xEF46DB3751D8E999U);
}

TEST(TaskRunner, coversTheRangeOnceOnAnyThreadCount) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    const auto runner = makeThreadRunner(threads);
    std::vector<int> hits(10007, 0);
    runner->parallelFor(hits.size(), 100, [&](std::size_t begin, std::size_t end) {
      EXPECT_EQ(begin % 100, 0U);
      for (std::size_t i = begin; i < end; ++i) {
        ++hits[i];
      }
    });
    EXPECT_EQ(std::accumulate(hits.begin(), hits.end(), 0), 10007);
    EXPECT_EQ(*std::max_element(hits.begin(), hits.end()), 1);
  }
}

TEST(Progress, onlyRises) {
  Progress progress;
  progress.setStages({{"read", 1}, {"score", 3}});
  progress.enter(0);
  progress.report(0.5);
  EXPECT_DOUBLE_EQ(progress.snapshot().fraction, 0.125);
  progress.enter(1);
  progress.report(0.5, "24/48 views");
  EXPECT_DOUBLE_EQ(progress.snapshot().fraction, 0.625);
  progress.report(0.1);
  EXPECT_DOUBLE_EQ(progress.snapshot().fraction, 0.625);
  EXPECT_EQ(progress.snapshot().stage, "score");
}

const std::vector<ParamSpec>& specs() {
  static const std::vector<ParamSpec> list = {{.id = "prune",
                                               .label = "Prune",
                                               .help = "",
                                               .unit = "%",
                                               .group = "",
                                               .defaultValue = 66.0,
                                               .range = ParamRange{0, 95},
                                               .choices = {},
                                               .advanced = false},
                                              {.id = "codebook",
                                               .label = "Codebook",
                                               .help = "",
                                               .unit = "",
                                               .group = "",
                                               .defaultValue = std::int64_t{8192},
                                               .range = ParamRange{16, 65536},
                                               .choices = {},
                                               .advanced = true},
                                              {.id = "volume_norm",
                                               .label = "Volume",
                                               .help = "",
                                               .unit = "",
                                               .group = "",
                                               .defaultValue = std::string("none"),
                                               .range = {},
                                               .choices = {{"none", ""}, {"clamp90", ""}},
                                               .advanced = false}};
  return list;
}

TEST(Params, completeFillsDefaultsAndTakesIntegersForReals) {
  const auto complete = completeParams(specs(), {{"prune", std::int64_t{40}}});
  ASSERT_TRUE(complete.has_value());
  EXPECT_EQ(paramReal(*complete, "prune"), 40.0);
  EXPECT_EQ(paramInt(*complete, "codebook"), 8192);
  EXPECT_EQ(paramChoice(*complete, "volume_norm"), "none");
}

TEST(Params, misspeltIdsNameTheNearest) {
  const auto complete = completeParams(specs(), {{"prun", 1.0}});
  ASSERT_FALSE(complete.has_value());
  EXPECT_EQ(complete.error().message, "there is no parameter 'prun'; did you mean 'prune'?");
}

TEST(Params, textIsParsedAndChecked) {
  EXPECT_TRUE(parseParamValue(specs()[0], "12.5").has_value());
  EXPECT_FALSE(parseParamValue(specs()[0], "96").has_value());
  EXPECT_FALSE(parseParamValue(specs()[0], "nan").has_value());
  EXPECT_FALSE(parseParamValue(specs()[1], "12.5").has_value());
  EXPECT_FALSE(parseParamValue(specs()[2], "other").has_value());
}

TEST(Files, atomicWriteLeavesTheOldFileWhenDropped) {
  const auto folder = testing::scratchFolder("files");
  const auto path = folder / "a.bin";
  ASSERT_TRUE(writeFileAtomically(path, viewBytes(std::string_view("old"))).has_value());
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(file->write(viewBytes(std::string_view("half of the n"))).has_value());
  }
  const auto mapped = MappedFile::open(path);
  ASSERT_TRUE(mapped.has_value());
  EXPECT_EQ(viewText(mapped->bytes()), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST(Files, failuresNameThePath) {
  const auto missing = MappedFile::open("/nonexistent/scene.ply");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::IoFailure);
  EXPECT_NE(missing.error().message.find("/nonexistent/scene.ply"), std::string::npos);
  EXPECT_FALSE(MappedFile::open("/").has_value());
}

TEST(Files, anUnwritableFolderIsAnErrorThatNamesThePath) {
  const auto file = AtomicFile::create("/proc/scene.vpc");
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::IoFailure);
  EXPECT_NE(file.error().message.find("/proc/scene.vpc"), std::string::npos);
}

TEST(Files, folderReplacesOnlyWhenFilled) {
  const auto folder = testing::scratchFolder("folders") / "scene";
  const auto fillWith = [](std::string_view name) {
    return [name](const std::filesystem::path& into) {
      return writeFileAtomically(into / name, viewBytes(std::string_view("x")));
    };
  };
  ASSERT_TRUE(writeFolderAtomically(folder, fillWith("one")).has_value());
  const auto broken =
      writeFolderAtomically(folder, [](const std::filesystem::path&) -> Result<void> {
        return fail(ErrorCode::Cancelled, "cancelled");
      });
  EXPECT_FALSE(broken.has_value());
  EXPECT_TRUE(std::filesystem::exists(folder / "one"));
  ASSERT_TRUE(writeFolderAtomically(folder, fillWith("two")).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder / "one"));
  EXPECT_TRUE(std::filesystem::exists(folder / "two"));
}

TEST(Morton, codeAndPointAreInverse) {
  EXPECT_EQ(mortonCode(1, 0, 0), 1U);
  EXPECT_EQ(mortonCode(0, 1, 0), 2U);
  EXPECT_EQ(mortonCode(0, 0, 1), 4U);
  const MortonPoint point = mortonPoint(mortonCode(0x1FFFFF, 0x12345, 0x0ABCDE));
  EXPECT_EQ(point.x, 0x1FFFFFU);
  EXPECT_EQ(point.y, 0x12345U);
  EXPECT_EQ(point.z, 0x0ABCDEU);
}

TEST(Morton, sortedOrderIsStableAndComplete) {
  const std::vector<std::uint64_t> keys = {5, 1ULL << 60, 5, 0, 1ULL << 60};
  EXPECT_EQ(sortedOrder(keys), (std::vector<std::uint32_t>{3, 0, 2, 1, 4}));
}

TEST(Morton, orderIsTheSameOnAnyThreadCount) {
  const GaussianCloud cloud = testing::extremeCloud(70000, 0, 9);
  SerialRunner serial;
  const auto two = makeThreadRunner(2);
  const auto order = mortonOrder(cloud.means, serial);
  EXPECT_EQ(order, mortonOrder(cloud.means, *two));
  std::vector<std::uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t i = 0; i < sorted.size(); ++i) {
    ASSERT_EQ(sorted[i], i);
  }
}

}  // namespace
}  // namespace volpress
