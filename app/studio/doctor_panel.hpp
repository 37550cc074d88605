// What the doctor says about the selected scene, and what one can do about it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QWidget>

#include "app/engine/diagnose.hpp"
#include "scene/edit/operations.hpp"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace volpress::studio {

/// What a finding's buttons can do.
struct FindingDeeds {
  bool shows = false;                         ///< its splats can be pointed out in the viewport
  std::optional<edit::EditOperation> remedy;  ///< an edit that takes it away
};

class DoctorPanel : public QWidget {
  Q_OBJECT
public:
  explicit DoctorPanel(QWidget* parent = nullptr);

  /// Where an examination stands.
  enum class State : std::uint8_t { NoScene, NotExamined, Working, Examined, Failed };
  void showState(State state, const QString& scene, const QString& problem = {});
  /// What was found, with what the buttons of each finding can do.
  void showDiagnosis(const engine::Diagnosis& diagnosis, const std::vector<FindingDeeds>& deeds);
  /// The finding whose splats are pointed out; empty: none.
  void setShown(const QString& finding);

signals:
  void examineWanted();
  void repairWanted();
  /// To point out the splats of a finding; empty: no longer.
  void showWanted(const QString& finding);
  void remedyWanted(const volpress::edit::EditOperation& operation);

private:
  void clearFindings();
  void addFinding(const engine::Finding& finding, const FindingDeeds& deeds);

  QLabel* m_scene = nullptr;
  QLabel* m_facts = nullptr;
  QLabel* m_verdict = nullptr;
  QVBoxLayout* m_list = nullptr;
  std::vector<QWidget*> m_cards;
  std::vector<QPushButton*> m_showButtons;
  QPushButton* m_examine = nullptr;
  QPushButton* m_repair = nullptr;
};

}  // namespace volpress::studio
