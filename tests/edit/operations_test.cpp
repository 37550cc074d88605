// The list of edits: what each removes, their text forms, order, counts.
#include "scene/edit/operations.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/test_clouds.hpp"

namespace volpress::edit {
namespace {

EditOperation edit(std::string_view kind, std::string_view values) {
  auto operation = parseEdit(kind, values);
  EXPECT_TRUE(operation.has_value()) << operation.error().message;
  return operation ? *operation : EditOperation();
}

struct Outcome {
  GaussianCloud cloud;
  std::vector<EditStep> steps;
};

Outcome outcomeOf(const GaussianCloud& cloud, const std::vector<EditOperation>& operations) {
  const auto runner = makeThreadRunner(2);
  Progress progress;
  EditContext context{*runner, progress};
  auto edited = applyEdits(cloud, operations, context);
  EXPECT_TRUE(edited.has_value()) << edited.error().message;
  if (!edited) {
    return {};
  }
  EXPECT_TRUE(validate(*edited).has_value());
  return {std::move(*edited), context.steps};
}

std::string refusal(const GaussianCloud& cloud, const std::vector<EditOperation>& operations) {
  SerialRunner runner;
  Progress progress;
  EditContext context{runner, progress};
  const auto edited = applyEdits(cloud, operations, context);
  EXPECT_FALSE(edited.has_value());
  return edited ? std::string() : edited.error().message;
}

/// Five splats on the x axis at 0, 1, 2, 3, 4 with size 0.1 and opacity 0.5.
GaussianCloud row() {
  GaussianCloud cloud = testing::randomCloud(5, 1, 1);
  for (std::size_t i = 0; i < 5; ++i) {
    cloud.means[3 * i] = static_cast<float>(i);
    cloud.means[3 * i + 1] = cloud.means[3 * i + 2] = 0;
    cloud.logScales[3 * i] = cloud.logScales[3 * i + 1] = cloud.logScales[3 * i + 2] =
        std::log(0.1F);
    cloud.opacityLogits[i] = 0;
  }
  return cloud;
}

TEST(Edits, BoxesAndSpheresKeepInsideOrOutside) {
  const Outcome box = outcomeOf(row(), {edit("crop-box", "0.5,-1,-1,3,1,1")});
  ASSERT_EQ(box.cloud.count, 3U);  // 1, 2 and, on the border, 3
  EXPECT_EQ(box.cloud.means[0], 1);
  EXPECT_EQ(box.steps[0].before, 5U);
  EXPECT_EQ(box.steps[0].after, 3U);
  EXPECT_EQ(outcomeOf(row(), {edit("crop-box", "0.5,-1,-1,3,1,1,outside")}).cloud.count, 2U);
  EXPECT_EQ(outcomeOf(row(), {edit("crop-sphere", "1,0,0,1")}).cloud.count, 3U);
  EXPECT_EQ(outcomeOf(row(), {edit("crop-sphere", "1,0,0,1,outside")}).cloud.count, 2U);
}

TEST(Edits, LimitsOfOpacityAndSize) {
  GaussianCloud cloud = row();
  cloud.opacityLogits[2] = -6;                  // 0.0025
  cloud.logScales[3 * 3 + 1] = std::log(5.0F);  // one axis is enough
  cloud.logScales[3 * 4] = std::log(0.01F);     // the others are still 0.1
  EXPECT_EQ(outcomeOf(cloud, {edit("min-opacity", "0.01")}).cloud.count, 4U);
  EXPECT_EQ(outcomeOf(cloud, {edit("max-scale", "1")}).cloud.count, 4U);
  EXPECT_EQ(outcomeOf(cloud, {edit("min-scale", "0.05")}).cloud.count, 5U);
  cloud.logScales[3 * 4 + 1] = cloud.logScales[3 * 4 + 2] = std::log(0.01F);
  EXPECT_EQ(outcomeOf(cloud, {edit("min-scale", "0.05")}).cloud.count, 4U);
}

TEST(Edits, FloatersAreThoseThatHangAlone) {
  GaussianCloud cloud = testing::randomCloud(2000, 0, 3);
  for (float& scale : cloud.logScales) {
    scale = std::log(0.05F);
  }
  for (std::size_t i = 0; i < 5; ++i) {
    cloud.means[3 * i] = 20 + 3 * static_cast<float>(i);
  }
  const Outcome cleaned = outcomeOf(cloud, {edit("remove-floaters", "12")});
  EXPECT_EQ(cleaned.cloud.count, 1995U);
  // Size matters: a large one far away is background, not a floater.
  cloud.logScales[0] = std::log(30.0F);
  EXPECT_EQ(outcomeOf(cloud, {edit("remove-floaters", "12")}).cloud.count, 1996U);
}

TEST(Edits, OutliersAreFarFromTheMiddle) {
  GaussianCloud cloud = testing::randomCloud(1000, 0, 3);
  cloud.means[0] = 500;
  cloud.means[30] = -300;
  const RobustExtent extent = robustExtent(cloud);
  EXPECT_GT(extent.radius, 0.5F);
  EXPECT_LT(extent.radius, 3);
  EXPECT_EQ(outcomeOf(cloud, {edit("remove-outliers", "5")}).cloud.count, 998U);
}

TEST(Edits, OrderMattersAndWhatIsOffDoesNothing) {
  const EditOperation move = edit("translate", "10,0,0");
  const EditOperation crop = edit("crop-box", "9.5,-1,-1,12.5,1,1");
  const Outcome both = outcomeOf(row(), {move, crop});
  EXPECT_EQ(both.cloud.count, 3U);
  EXPECT_EQ(both.cloud.means[0], 10);
  EXPECT_NE(refusal(row(), {crop, move}).find("remove all of the 5"), std::string::npos);
  EditOperation off = crop;
  off.enabled = false;
  const Outcome skipped = outcomeOf(row(), {off, move});
  EXPECT_EQ(skipped.cloud.count, 5U);
  ASSERT_EQ(skipped.steps.size(), 2U);
  EXPECT_EQ(skipped.steps[0].after, 5U);
}

TEST(Edits, MovesAddUpToThePlacementThatCamerasFollow) {
  const std::vector<EditOperation> moves{edit("scale", "2"), edit("rotate", "0,0,90"),
                                         edit("translate", "0,1,0")};
  const Outcome moved = outcomeOf(row(), moves);
  // (1, 0, 0) -> (2, 0, 0) -> (0, 2, 0) -> (0, 3, 0)
  EXPECT_NEAR(moved.cloud.means[3], 0, 1e-6);
  EXPECT_NEAR(moved.cloud.means[4], 3, 1e-6);
  const auto placement = placementOf(moves);
  ASSERT_TRUE(placement.has_value());
  GaussianCloud once = row();
  SerialRunner runner;
  transformCloud(once, *placement, runner);
  for (std::size_t j = 0; j < once.means.size(); ++j) {
    EXPECT_NEAR(once.means[j], moved.cloud.means[j], 1e-6);
  }
  const auto none = placementOf(std::vector<EditOperation>{edit("min-opacity", "0.1")});
  EXPECT_TRUE(none->isIdentity());
}

TEST(Edits, ShIsCutButNeverInvented) {
  EXPECT_EQ(outcomeOf(row(), {edit("sh-degree", "0")}).cloud.shDegree, 0U);
  EXPECT_EQ(outcomeOf(row(), {edit("sh-degree", "3")}).cloud.shDegree, 1U);
}

TEST(Edits, TextFormsOfEveryKindComeBack) {
  for (const EditKind& kind : allEditKinds()) {
    const EditOperation plain{kind.id};
    const EditOperation back = edit(kind.id, formatEdit(plain));
    EXPECT_EQ(formatEdit(back), formatEdit(plain));
    EXPECT_EQ(back.params.size(), kind.params.size());
    EXPECT_FALSE(kind.help.empty());
  }
  EXPECT_EQ(describeEdit(edit("crop-box", "-1,-2,-3,1,2,3")),
            "Crop to a box: -1, -2, -3 to 1, 2, 3, inside");
}

TEST(Edits, MistakesAreNamed) {
  const auto message = [](std::string_view kind, std::string_view text) {
    const auto operation = parseEdit(kind, text);
    EXPECT_FALSE(operation.has_value());
    return operation ? std::string() : operation.error().message;
  };
  EXPECT_NE(message("crop-cone", "1").find("crop-box"), std::string::npos);
  EXPECT_NE(message("scale", "0").find("scale"), std::string::npos);
  EXPECT_NE(message("scale", "1,2").find("more than 1"), std::string::npos);
  EXPECT_NE(message("translate", "1,two").find("two"), std::string::npos);
  EXPECT_NE(message("crop-sphere", "0,0,0,1,left").find("inside"), std::string::npos);
  EXPECT_NE(refusal(row(), {EditOperation{"translate", {{"w", 1.0}}}}).find("translate"),
            std::string::npos);
  EXPECT_NE(refusal(row(), {edit("scale", "1e6"), edit("scale", "1e6"), edit("scale", "1e6"),
                            edit("scale", "1e6"), edit("scale", "1e6"), edit("scale", "1e6"),
                            edit("scale", "1e6")})
                .find("inf"),
            std::string::npos);
}

}  // namespace
}  // namespace volpress::edit
