#include "compressors/coding/vector_codebook.hpp"

#include <gtest/gtest.h>

namespace volpress::coding {
namespace {

TEST(CodebookSize, FollowsTheVectorsUnlessAsked) {
  EXPECT_EQ(codebookSize(300, 10), 300U);
  EXPECT_EQ(codebookSize(0, 0), 16U);
  EXPECT_EQ(codebookSize(0, 16 * 100), 64U);
  EXPECT_EQ(codebookSize(0, 10000000), 8192U);
}

TEST(TrainCodebook, WeighsRowsAndKeepsAFloor) {
  // One entry for 0 and 1: the mean by weight. The heavy row has 19 times the light one's.
  SerialRunner runner;
  const std::vector<float> rows{0, 1};
  CodebookOptions options;
  options.entries = 1;
  EXPECT_NEAR((*trainCodebook(rows, 1, std::vector<double>{1, 19}, options, runner))[0], 0.95,
              1e-6);
  // What nobody sees counts a twentieth of the mean.
  EXPECT_NEAR((*trainCodebook(rows, 1, std::vector<double>{0, 4}, options, runner))[0], 2 / 2.05,
              1e-6);
  EXPECT_NEAR((*trainCodebook(rows, 1, std::vector<double>{0, 0}, options, runner))[0], 0.5, 1e-6);
}

TEST(TrainCodebook, GivesNoMoreEntriesThanDistinctRows) {
  SerialRunner runner;
  const std::vector<float> rows{1, 2, 3, 4, 1, 2};
  CodebookOptions options;
  options.entries = 16;
  const auto book = trainCodebook(rows, 2, std::vector<double>{1, 1, 1}, options, runner);
  EXPECT_EQ(book->size(), 4U);
}

TEST(OrderByUse, PutsTheMostUsedFirstAndDropsTheUnused) {
  const std::vector<std::uint32_t> labels{2, 0, 2, 4, 0, 2};
  const UseOrder order = orderByUse(labels, 5);
  EXPECT_EQ(order.used, (std::vector<std::uint32_t>{2, 0, 4}));
  EXPECT_EQ(order.place[2], 0);
  EXPECT_EQ(order.place[0], 1);
  EXPECT_EQ(order.place[4], 2);
}

}  // namespace
}  // namespace volpress::coding
