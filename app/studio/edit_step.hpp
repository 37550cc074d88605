// One edit of a scene as a card: on or off, its parameters, its place in the list.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <QFrame>

#include "app/studio/edit_cache.hpp"

class QCheckBox;
class QLabel;
class QToolButton;

namespace volpress::studio {

class ParamField;

/// Shows one operation. Object names: "editStep.<index>", within it "editOn", "editTitle",
/// "editUp", "editDown", "editRemove", "editCount", and the fields' own.
class EditStepCard : public QFrame {
  Q_OBJECT
public:
  /// `suggested`: the values that a double-click on a name goes back to.
  EditStepCard(const edit::EditKind& kind, const EditFacts& facts, std::size_t index,
               std::size_t count, QWidget* parent = nullptr);

  /// Shows values without telling anybody.
  void showOperation(const edit::EditOperation& operation);
  /// What the edit did; nothing while that is not known.
  void showStep(const std::optional<edit::EditStep>& step);
  void setOpen(bool open);
  [[nodiscard]] const edit::EditKind& kind() const { return m_kind; }

signals:
  void openWanted(bool open);
  void switched(bool on);
  /// A parameter has another value; `gesture` is the same while one slider is dragged, or one
  /// number typed.
  void changed(const std::string& param, const volpress::ParamValue& value, std::uint64_t gesture);
  void moveWanted(int by);
  void removeWanted();

private:
  QToolButton* addButton(const QString& name, const QString& iconName, const QString& tip);

  edit::EditKind m_kind;
  QCheckBox* m_on = nullptr;
  QToolButton* m_title = nullptr;
  QLabel* m_count = nullptr;
  QLabel* m_detail = nullptr;
  QWidget* m_body = nullptr;
  std::vector<QToolButton*> m_buttons;
  std::vector<ParamField*> m_fields;
  std::optional<edit::EditStep> m_step;
  bool m_showing = false;
  bool m_open = false;
};

}  // namespace volpress::studio
