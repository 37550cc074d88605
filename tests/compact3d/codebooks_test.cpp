#include "compressors/compact3d/codebooks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::compact3d {
namespace {

Codebook smallBook() {
  // Two clumps on a line, named crosswise, and an entry that nobody names.
  Codebook book;
  book.dimension = 3;
  book.entries = {9, 9, 9, 5, 5, 5, 0, 0, 0};
  book.labels = {2, 2, 0, 0};
  return book;
}
FloatArray smallRows() {
  const std::vector<float> rows{0, 0, 0, 1, 1, 1, 8, 8, 8, 12, 12, 12};
  return {rows.begin(), rows.end()};
}

TEST(Codebooks, EntriesMoveToTheWeightedMeanOfTheirSplats) {
  Codebook book = smallBook();
  centreEntries(smallRows(), {}, book);
  EXPECT_EQ(book.entries, (std::vector<float>{10, 10, 10, 5, 5, 5, 0.5F, 0.5F, 0.5F}));
  centreEntries(smallRows(), std::vector<float>{1, 3, 1, 0}, book);
  EXPECT_EQ(book.entries, (std::vector<float>{8, 8, 8, 5, 5, 5, 0.75F, 0.75F, 0.75F}));
}

TEST(Codebooks, SplatsChooseTheNearestEntry) {
  SerialRunner runner;
  Codebook book = smallBook();
  ASSERT_TRUE(assign(smallRows(), book, runner, {}));
  EXPECT_EQ(book.labels, (std::vector<std::uint32_t>{2, 2, 0, 0}));
  book.entries = {9, 9, 9, 1, 1, 1, 0, 0, 0};
  ASSERT_TRUE(assign(smallRows(), book, runner, {}));
  EXPECT_EQ(book.labels, (std::vector<std::uint32_t>{2, 1, 0, 0}));
  std::stop_source stop;
  stop.request_stop();
  const auto cancelled = assign(smallRows(), book, runner, stop.get_token());
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
}

TEST(Codebooks, OrderingDropsUnusedEntriesAndKeepsWhatSplatsSee) {
  SerialRunner runner;
  const GaussianCloud cloud = testing::randomCloud(600, 2, 11);
  Codebooks books = makeCodebooks(cloud, {40, 20, 40, 40}, {}, 1, runner, {}).value();
  GaussianCloud before = cloud;
  applyCodebooks(books, before, runner);
  for (std::size_t group = 0; group < kGroups; ++group) {
    Codebook& book = books[group];
    const std::size_t size = book.size();
    book.entries.insert(book.entries.begin() + static_cast<std::ptrdiff_t>(book.dimension),
                        book.dimension, 1000.0F);  // an entry 1 that nobody names
    for (std::uint32_t& label : book.labels) {
      label += label > 0 ? 1 : 0;
    }
    orderEntries(book);
    EXPECT_EQ(book.size(), size) << group;
  }
  GaussianCloud after = cloud;
  applyCodebooks(books, after, runner);
  EXPECT_EQ(after.shDc, before.shDc);
  EXPECT_EQ(after.shRest, before.shRest);
  EXPECT_EQ(after.logScales, before.logScales);
  EXPECT_EQ(after.rotations, before.rotations);
}

TEST(Codebooks, OrderedEntriesRiseAlongTheirMainSpread) {
  Codebook book;
  book.dimension = 3;
  for (const float place : {3.0F, -1.0F, 7.0F, 0.0F, 5.0F}) {
    book.entries.insert(book.entries.end(), {place, 2 * place, 0.1F});
    book.labels.push_back(static_cast<std::uint32_t>(book.labels.size()));
  }
  orderEntries(book);
  std::vector<float> first;
  for (std::size_t entry = 0; entry < book.size(); ++entry) {
    first.push_back(book.entries[3 * entry]);
  }
  if (first.front() > first.back()) {
    std::reverse(first.begin(), first.end());
  }
  EXPECT_EQ(first, (std::vector<float>{-1, 0, 3, 5, 7}));
}

TEST(Codebooks, AQuaternionOfZerosBecomesTheIdentity) {
  SerialRunner runner;
  GaussianCloud cloud = testing::randomCloud(1, 0, 3);
  Codebooks books;
  books[kRotations] = {4, {0, 0, 0, 0}, {0}};
  applyCodebooks(books, cloud, runner);
  EXPECT_EQ(cloud.rotations, (FloatArray{1, 0, 0, 0}));
}

TEST(Codebooks, MoreEntriesAreCloserInEveryGroup) {
  SerialRunner runner;
  const GaussianCloud cloud = testing::randomCloud(2000, 1, 12);
  std::array<double, kGroups> last{};
  last.fill(1e300);
  for (const std::size_t entries : {4U, 16U, 64U, 256U}) {
    GaussianCloud seen = cloud;
    applyCodebooks(
        makeCodebooks(cloud, {entries, entries, entries, entries}, {}, 1, runner, {}).value(), seen,
        runner);
    for (std::size_t group = 0; group < kGroups; ++group) {
      double error = 0;
      for (std::size_t i = 0; i < valuesOf(cloud, group).size(); ++i) {
        const double off = static_cast<double>(valuesOf(seen, group)[i]) -
                           static_cast<double>(valuesOf(cloud, group)[i]);
        error += off * off;
      }
      EXPECT_LT(error, last[group]) << entries << " entries, group " << group;
      last[group] = error;
    }
  }
}

}  // namespace
}  // namespace volpress::compressors::compact3d
