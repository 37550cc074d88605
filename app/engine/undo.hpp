// Undo and redo: every edit of a document is a command that can be taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// One reversible edit. A command refers to entries by id, never by pointer, and holds what it
/// needs to go both ways. A call that fails must leave everything as it was.
class EditCommand {
public:
  virtual ~EditCommand() = default;
  /// What it does, as it goes on in "Undo ...": "Rename to Small", "Remove SOG".
  [[nodiscard]] virtual std::string text() const = 0;
  virtual Result<void> apply() = 0;
  virtual Result<void> revert() = 0;
  /// Takes `next`, which was applied just after this one, into this one, so that both become one
  /// step (a slider that is dragged). False where they are two steps.
  [[nodiscard]] virtual bool absorb(const EditCommand& next) {
    static_cast<void>(next);
    return false;
  }
};

/// A command made of two functions.
[[nodiscard]] std::unique_ptr<EditCommand> makeEdit(std::string text,
                                                    std::function<Result<void>()> apply,
                                                    std::function<Result<void>()> revert);

/// Several edits as one step: applied in order, reverted backwards. Where one fails, those before
/// it are taken back and the group has done nothing.
[[nodiscard]] std::unique_ptr<EditCommand> groupEdits(
    std::string text, std::vector<std::unique_ptr<EditCommand>> parts);

/// The edits of one document. Not thread-safe: it belongs to the thread that edits.
class UndoStack {
public:
  explicit UndoStack(std::size_t limit = 200);  ///< steps kept; the oldest go first

  /// Applies a command and puts it on the stack; what was undone can no longer be redone. A command
  /// that fails is not kept.
  Result<void> perform(std::unique_ptr<EditCommand> command);
  Result<void> undo();  ///< nothing to undo: InvalidParameter
  Result<void> redo();  ///< nothing to redo: InvalidParameter
  /// Forgets every step (another project was opened); the state counts as saved.
  void clear();

  /// Text of the step that `undo` or `redo` would take; nothing where there is none.
  [[nodiscard]] std::optional<std::string> undoText() const;
  [[nodiscard]] std::optional<std::string> redoText() const;

  /// The present state is what lies on disk.
  void markSaved();
  /// Whether the present state differs from what was marked; undoing back to it makes it saved
  /// again.
  [[nodiscard]] bool isModified() const noexcept;
  /// Counts a change that is no command (a result arrived): modified until the next `markSaved`.
  void touch() noexcept;
  /// Rises with every change of the stack.
  [[nodiscard]] std::uint64_t revision() const noexcept { return m_revision; }

private:
  std::vector<std::unique_ptr<EditCommand>> m_commands;
  std::size_t m_limit;
  std::size_t m_applied = 0;  ///< commands that are in effect; the others can be redone
  std::optional<std::size_t> m_saved = 0;  ///< `m_applied` of the state on disk, if reachable
  bool m_touched = false;
  std::uint64_t m_revision = 0;
};

}  // namespace volpress::engine
