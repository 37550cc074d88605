#include "app/engine/undo.hpp"

#include <algorithm>
#include <utility>

namespace volpress::engine {
namespace {

class FunctionEdit final : public EditCommand {
public:
  FunctionEdit(std::string text, std::function<Result<void>()> apply,
               std::function<Result<void>()> revert)
      : m_text(std::move(text)), m_apply(std::move(apply)), m_revert(std::move(revert)) {}
  [[nodiscard]] std::string text() const override { return m_text; }
  Result<void> apply() override { return m_apply(); }
  Result<void> revert() override { return m_revert(); }

private:
  std::string m_text;
  std::function<Result<void>()> m_apply;
  std::function<Result<void>()> m_revert;
};

class GroupEdit final : public EditCommand {
public:
  GroupEdit(std::string text, std::vector<std::unique_ptr<EditCommand>> parts)
      : m_text(std::move(text)), m_parts(std::move(parts)) {}
  [[nodiscard]] std::string text() const override { return m_text; }

  Result<void> apply() override {
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
      if (auto done = m_parts[i]->apply(); !done) {
        while (i-- > 0) {
          static_cast<void>(m_parts[i]->revert());  // the first failure is the one to tell
        }
        return done;
      }
    }
    return {};
  }

  Result<void> revert() override {
    for (std::size_t i = m_parts.size(); i-- > 0;) {
      if (auto done = m_parts[i]->revert(); !done) {
        while (++i < m_parts.size()) {
          static_cast<void>(m_parts[i]->apply());
        }
        return done;
      }
    }
    return {};
  }

private:
  std::string m_text;
  std::vector<std::unique_ptr<EditCommand>> m_parts;
};

}  // namespace

std::unique_ptr<EditCommand> makeEdit(std::string text, std::function<Result<void>()> apply,
                                      std::function<Result<void>()> revert) {
  return std::make_unique<FunctionEdit>(std::move(text), std::move(apply), std::move(revert));
}

std::unique_ptr<EditCommand> groupEdits(std::string text,
                                        std::vector<std::unique_ptr<EditCommand>> parts) {
  return std::make_unique<GroupEdit>(std::move(text), std::move(parts));
}

UndoStack::UndoStack(std::size_t limit) : m_limit(std::max<std::size_t>(limit, 1)) {}

Result<void> UndoStack::perform(std::unique_ptr<EditCommand> command) {
  VOLPRESS_CHECK(command->apply());
  ++m_revision;
  if (m_saved && *m_saved > m_applied) {
    m_saved.reset();  // what was saved lies on the branch that ends here
  }
  m_commands.resize(m_applied);
  // Never into the step that is on disk: undo must be able to come back to it.
  if (m_applied > 0 && m_saved != m_applied && m_commands.back()->absorb(*command)) {
    return {};
  }
  m_commands.push_back(std::move(command));
  ++m_applied;
  if (m_commands.size() > m_limit) {
    m_commands.erase(m_commands.begin());
    --m_applied;
    if (m_saved) {
      m_saved = *m_saved == 0 ? std::nullopt : std::optional(*m_saved - 1);
    }
  }
  return {};
}

Result<void> UndoStack::undo() {
  if (m_applied == 0) {
    return fail(ErrorCode::InvalidParameter, "there is nothing to undo");
  }
  VOLPRESS_CHECK(m_commands[m_applied - 1]->revert());
  --m_applied;
  ++m_revision;
  return {};
}

Result<void> UndoStack::redo() {
  if (m_applied == m_commands.size()) {
    return fail(ErrorCode::InvalidParameter, "there is nothing to redo");
  }
  VOLPRESS_CHECK(m_commands[m_applied]->apply());
  ++m_applied;
  ++m_revision;
  return {};
}

void UndoStack::clear() {
  m_commands.clear();
  m_applied = 0;
  markSaved();
}

std::optional<std::string> UndoStack::undoText() const {
  return m_applied == 0 ? std::nullopt : std::optional(m_commands[m_applied - 1]->text());
}

std::optional<std::string> UndoStack::redoText() const {
  return m_applied == m_commands.size() ? std::nullopt
                                        : std::optional(m_commands[m_applied]->text());
}

void UndoStack::markSaved() {
  m_saved = m_applied;
  m_touched = false;
  ++m_revision;
}

bool UndoStack::isModified() const noexcept { return m_touched || m_saved != m_applied; }

void UndoStack::touch() noexcept {
  m_touched = true;
  ++m_revision;
}

}  // namespace volpress::engine
