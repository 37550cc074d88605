// Where a repaired copy goes.
#pragma once

#include <filesystem>

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace volpress::studio {

/// Chooses a new file's name; shown without blocking (`open()`), deletes itself.
class RepairDialog : public QDialog {
  Q_OBJECT
public:
  RepairDialog(const std::filesystem::path& input, QWidget* parent = nullptr);

signals:
  void repairWanted(const QString& path);

private:
  void check();
  void browse();

  QLineEdit* m_path;
  QLabel* m_note;
  QPushButton* m_repair;
};

/// "scan-repaired.ply" beside the input, of its own format where that can be written; the first
/// number that is free.
[[nodiscard]] std::filesystem::path repairedName(const std::filesystem::path& input);

}  // namespace volpress::studio
