// Which variant, in which format, where to.
#pragma once

#include <filesystem>

#include <QDialog>

#include "app/studio/document.hpp"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace volpress::studio {

/// Chooses; the session does the writing. Shown without blocking (`open()`).
class ExportDialog : public QDialog {
  Q_OBJECT
public:
  ExportDialog(const Document& document, EntryId chosen, const QString& folder,
               QWidget* parent = nullptr);

signals:
  void exportWanted(volpress::studio::EntryId entry, const QString& path);

private:
  struct Choice {
    EntryId id = 0;
    QString name;
    QString ownExtension;  ///< of its file; copying keeps every byte
    QString stem;
    bool copies = false;
    bool moves = false;  ///< only copied
    engine::SceneKind kind = engine::SceneKind::Splats;
  };
  [[nodiscard]] const Choice& choice() const;
  void variantChosen();
  void formatChosen();
  void browse();
  void finish();

  std::vector<Choice> m_choices;
  QString m_folder;
  QComboBox* m_variant;
  QComboBox* m_format;
  QLineEdit* m_path;
  QLabel* m_note;
  QPushButton* m_save;
};

}  // namespace volpress::studio
