// The hierarchy: its invariants under growth and pruning, planting, and how parents are coded.
#include "compressors/gaussianforest/forest.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "compressors/gaussianforest/parent_coder.hpp"
#include "compressors/gaussianforest/planting.hpp"
#include "scene/base/morton.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

TEST(Forest, StaysWholeThroughAThousandEdits) {
  std::mt19937 random(4);
  Forest forest{{0, 0, 1, 2, 2, 2}, {0, 0, 1}, 2};
  std::size_t edits = 0;
  while (edits < 1000) {
    const Forest before = forest;
    ForestEditor editor(forest);
    std::size_t left = forest.leaves();
    std::set<std::uint32_t> removed;
    for (int i = 0; i < 4; ++i, ++edits) {
      const auto leaf = static_cast<std::uint32_t>(random() % before.leaves());
      const std::uint32_t node = forest.nodeOfLeaf[leaf];
      switch (random() % 5) {
        case 0:
          editor.cloneLeaf(leaf);
          ++left;
          break;
        case 1:
          if (left > 1 && removed.insert(leaf).second) {
            editor.removeLeaf(leaf);
            --left;
          }
          break;
        case 2: editor.branchNode(std::array{leaf}); break;
        case 3: editor.branchRoot(std::array{node}); break;
        default: editor.mergeNode(node, forest.nodeOfLeaf[random() % before.leaves()]); break;
      }
    }
    const ForestSources sources = editor.finish();
    const auto whole = checkForest(forest);
    ASSERT_TRUE(whole) << whole.error().message;
    ASSERT_EQ(forest.leaves(), left);
    ASSERT_EQ(sources.leaves.size(), forest.leaves());
    ASSERT_EQ(sources.nodes.size(), forest.nodes());
    ASSERT_EQ(sources.roots.size(), forest.roots);
    for (const std::uint32_t source : sources.leaves) {
      ASSERT_LT(source, before.leaves());
    }
    for (const std::uint32_t source : sources.nodes) {
      ASSERT_LT(source, before.nodes());
    }
    if (forest.leaves() > 200) {
      forest = {{0, 0, 1}, {0, 0}, 1};
    }
  }
}

TEST(Forest, ToldWhatIsWrong) {
  EXPECT_TRUE(checkForest({{0, 1, 0}, {0, 0}, 1}));
  EXPECT_FALSE(checkForest({{0, 2, 0}, {0, 0}, 1}));  // no node 2
  EXPECT_FALSE(checkForest({{0, 0, 0}, {0, 0}, 1}));  // node 1 is empty
  EXPECT_FALSE(checkForest({{0, 1, 0}, {0, 0}, 2}));  // root 1 is empty
  EXPECT_FALSE(checkForest({{0, 1, 0}, {0, 5}, 2}));
}

TEST(Forest, IsPlantedWholeAndAboutAsWideAsAsked) {
  GaussianCloud cloud = testing::randomCloud(4000, 1, 9);
  SerialRunner serial;
  cloud = gatherSplats(cloud, mortonOrder(cloud.means, serial));
  PlantingOptions options;
  options.leavesPerNode = 8;
  options.nodesPerRoot = 5;
  const Forest forest = plantForest(cloud, options, serial).value();
  ASSERT_TRUE(checkForest(forest));
  EXPECT_EQ(forest.leaves(), 4000U);
  EXPECT_NEAR(static_cast<double>(forest.nodes()), 500, 50);
  EXPECT_NEAR(static_cast<double>(forest.roots), 100, 15);
  const auto threads = makeThreadRunner(2);
  EXPECT_EQ(plantForest(cloud, options, *threads).value().nodeOfLeaf, forest.nodeOfLeaf);
}

TEST(ParentCoder, IsWrittenAsByHand) {
  // New, the same again (1), new, the older one (2 of the two used last).
  const std::vector<std::uint32_t> parents{0, 0, 1, 0, 2};
  const coding::SymbolArray symbols = parentSymbols(parents, {});
  EXPECT_EQ(std::vector<std::int32_t>(symbols.begin(), symbols.end()),
            (std::vector<std::int32_t>{0, 1, 0, 2, 0}));
  const Parents back = parentsFrom(symbols, {}).value();
  EXPECT_EQ(back.ofChild, parents);
  EXPECT_EQ(back.count, 3U);
}

TEST(ParentCoder, FindsParentsThatAreLongForgotten) {
  std::mt19937 random(5);
  std::vector<std::uint32_t> parents(3000);
  std::vector<std::uint32_t> neighbours(parents.size(), 0);
  std::uint32_t known = 0;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    parents[i] = static_cast<std::uint32_t>(random() % (std::min<std::size_t>(known, 999) + 1));
    known += parents[i] == known ? 1U : 0U;
    neighbours[i] = i == 0 ? 0 : static_cast<std::uint32_t>(random() % i);
  }
  for (const std::span<const std::uint32_t> near :
       {std::span<const std::uint32_t>(), std::span<const std::uint32_t>(neighbours)}) {
    const coding::SymbolArray symbols = parentSymbols(parents, near);
    EXPECT_GT(*std::max_element(symbols.begin(), symbols.end()), static_cast<int>(kRecent));
    const Parents back = parentsFrom(symbols, near).value();
    EXPECT_EQ(back.ofChild, parents);
    EXPECT_EQ(back.count, known);
  }
}

TEST(ParentCoder, RefusesSymbolsThatNameNoParent) {
  for (const std::vector<std::int32_t>& symbols : {std::vector<std::int32_t>{1},
                                                   {0, 2},
                                                   {0, -1},
                                                   {0, static_cast<int>(kRecent) + 2},
                                                   {0, std::numeric_limits<std::int32_t>::min()},
                                                   {0, std::numeric_limits<std::int32_t>::max()}}) {
    const auto parents = parentsFrom(symbols, {});
    ASSERT_FALSE(parents);
    EXPECT_EQ(parents.error().code, ErrorCode::CorruptData);
  }
}

}  // namespace
}  // namespace volpress::compressors::gaussianforest
