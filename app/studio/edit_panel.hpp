// The edits of the selected scene: a list of steps that change what is shown and compressed, and
// leave the file as it is.
#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "app/studio/edit_cache.hpp"

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace volpress::studio {

class EditStepCard;

class EditPanel : public QWidget {
  Q_OBJECT
public:
  explicit EditPanel(QWidget* parent = nullptr);

  /// The source, and what is known of it; null shows none. Without facts nothing can be added yet.
  void showSource(const Entry* source, const std::optional<EditFacts>& facts, bool working);
  /// Why there is no source, though a scene is open; empty where none is.
  void setReason(const QString& reason);
  /// The step whose parameters are shown; nothing: none.
  [[nodiscard]] std::optional<std::size_t> opened() const { return m_opened; }
  void open(std::optional<std::size_t> step);
  /// Adds an edit of a kind, as the menu does.
  void add(const edit::EditKind& kind);

protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

signals:
  /// The whole list as it should be; `gesture` as in Session::setEdits.
  void edited(const std::vector<volpress::edit::EditOperation>& edits, const QString& text,
              std::uint64_t gesture);
  void openedChanged();  ///< or whether the panel is seen

private:
  void fillMenu(QMenu& menu);
  void rebuild();
  void refresh();
  void change(std::size_t step, const std::string& param, const ParamValue& value,
              std::uint64_t gesture);
  void move(std::size_t step, int by);
  void remove(std::size_t step);
  [[nodiscard]] QString labelOf(std::size_t step) const;

  std::vector<edit::EditOperation> m_edits;
  std::shared_ptr<const EditOutcome> m_outcome;
  std::optional<EditFacts> m_facts;
  EntryId m_source = 0;
  std::size_t m_splats = 0;
  QString m_reason;
  bool m_working = false;
  std::optional<std::size_t> m_opened;
  std::vector<EditStepCard*> m_cards;
  QPushButton* m_add = nullptr;
  QToolButton* m_reset = nullptr;
  QLabel* m_hint = nullptr;
  QVBoxLayout* m_list = nullptr;
  QLabel* m_summary = nullptr;
  QLabel* m_share = nullptr;
  QLabel* m_problem = nullptr;
};

}  // namespace volpress::studio
