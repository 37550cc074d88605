#include "app/engine/undo.hpp"

#include <gtest/gtest.h>

namespace volpress::engine {
namespace {

/// Adds to a number; steps of the same `key` become one.
class AddEdit : public EditCommand {
public:
  AddEdit(int& number, int amount, int key = 0) : m_number(number), m_amount(amount), m_key(key) {}
  std::string text() const override { return "Add " + std::to_string(m_amount); }
  Result<void> apply() override {
    m_number += m_amount;
    return {};
  }
  Result<void> revert() override {
    m_number -= m_amount;
    return {};
  }
  bool absorb(const EditCommand& next) override {
    const auto* other = dynamic_cast<const AddEdit*>(&next);
    if (m_key == 0 || other == nullptr || other->m_key != m_key) {
      return false;
    }
    m_amount += other->m_amount;
    return true;
  }

private:
  int& m_number;
  int m_amount;
  int m_key;
};

std::unique_ptr<EditCommand> failing() {
  return makeEdit(
      "Fail", [] { return Result<void>(fail(ErrorCode::IoFailure, "no")); },
      [] { return Result<void>(); });
}

TEST(UndoStack, goesBackAndForth) {
  int number = 0;
  UndoStack stack;
  EXPECT_FALSE(stack.undo());
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 1)));
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 10)));
  EXPECT_EQ(number, 11);
  EXPECT_EQ(stack.undoText(), "Add 10");
  EXPECT_FALSE(stack.redoText());
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(number, 1);
  EXPECT_EQ(stack.redoText(), "Add 10");
  ASSERT_TRUE(stack.redo());
  EXPECT_EQ(number, 11);
  ASSERT_TRUE(stack.undo());
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 100)));
  EXPECT_EQ(number, 101);
  EXPECT_FALSE(stack.redo()) << "a new edit ends what could be redone";
}

TEST(UndoStack, knowsWhatIsOnDisk) {
  int number = 0;
  UndoStack stack;
  EXPECT_FALSE(stack.isModified());
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 1)));
  EXPECT_TRUE(stack.isModified());
  stack.markSaved();
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 2)));
  ASSERT_TRUE(stack.undo());
  EXPECT_FALSE(stack.isModified()) << "undone to what was saved";
  ASSERT_TRUE(stack.undo());
  EXPECT_TRUE(stack.isModified());
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 3)));
  EXPECT_TRUE(stack.isModified()) << "the saved state was on the other branch";
  ASSERT_TRUE(stack.undo());
  EXPECT_TRUE(stack.isModified());
  stack.markSaved();
  stack.touch();
  EXPECT_TRUE(stack.isModified());
  stack.markSaved();
  EXPECT_FALSE(stack.isModified());
}

TEST(UndoStack, dragIsOneStepButNeverSwallowsASavedState) {
  int number = 0;
  UndoStack stack;
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 1, 7)));
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 2, 7)));
  stack.markSaved();
  ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 4, 7)));
  EXPECT_EQ(number, 7);
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(number, 3);
  EXPECT_FALSE(stack.isModified());
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(number, 0);
}

TEST(UndoStack, dropsTheOldestOverItsLimit) {
  int number = 0;
  UndoStack stack(3);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(stack.perform(std::make_unique<AddEdit>(number, 1)));
  }
  int undone = 0;
  while (stack.undo()) {
    ++undone;
  }
  EXPECT_EQ(undone, 3);
  EXPECT_EQ(number, 2);
  EXPECT_TRUE(stack.isModified()) << "the saved state cannot be reached any more";
}

TEST(UndoStack, aFailedCommandChangesNothing) {
  int number = 0;
  UndoStack stack;
  EXPECT_FALSE(stack.perform(failing()));
  EXPECT_FALSE(stack.undoText());
  std::vector<std::unique_ptr<EditCommand>> parts;
  parts.push_back(std::make_unique<AddEdit>(number, 5));
  parts.push_back(failing());
  EXPECT_FALSE(stack.perform(groupEdits("Both", std::move(parts))));
  EXPECT_EQ(number, 0) << "the part before the failure was taken back";
}

TEST(UndoStack, aGroupIsOneStepAndGoesBackwards) {
  std::string order;
  const auto note = [&order](const char* word) {
    return makeEdit(
        word,
        [&order, word] {
          order += word;
          return Result<void>();
        },
        [&order, word] {
          order += std::string("-") + word;
          return Result<void>();
        });
  };
  std::vector<std::unique_ptr<EditCommand>> parts;
  parts.push_back(note("a"));
  parts.push_back(note("b"));
  UndoStack stack;
  ASSERT_TRUE(stack.perform(groupEdits("Both", std::move(parts))));
  EXPECT_EQ(stack.undoText(), "Both");
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(order, "ab-b-a");
}

}  // namespace
}  // namespace volpress::engine
