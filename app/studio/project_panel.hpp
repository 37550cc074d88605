// The project tree: scenes and their variants.
#pragma once

#include <QWidget>

#include "app/studio/document.hpp"

class QTreeWidget;
class QTreeWidgetItem;

namespace volpress::studio {

/// A click on a variant puts it on side B, on a source makes it the scene that is compared.
class ProjectPanel : public QWidget {
  Q_OBJECT
public:
  explicit ProjectPanel(QWidget* parent = nullptr);
  void showDocument(const Document& document);

signals:
  void entryChosen(volpress::studio::EntryId entry);
  void sideWanted(std::size_t side, volpress::studio::EntryId entry);
  void removeWanted(volpress::studio::EntryId entry);
  void exportWanted(volpress::studio::EntryId entry);
  void renameWanted(volpress::studio::EntryId entry, const QString& name);
  void starWanted(volpress::studio::EntryId entry, bool starred);
  void noteWanted(volpress::studio::EntryId entry, const QString& note);
  void locateWanted(volpress::studio::EntryId entry);
  void putBackWanted(volpress::studio::EntryId variant);
  void emptyTrashWanted();

private:
  void showMenu(const QPoint& position);
  void showTrashMenu(const QPoint& position, EntryId variant);
  QTreeWidgetItem* addRow(QTreeWidgetItem* parent, const Entry& entry, const Document& document);
  void addTrash(const Document& document);
  void askForNote(EntryId entry, const QString& name, const QString& note);
  void startRename(QTreeWidgetItem* item);

  QTreeWidget* m_tree;
  bool m_filling = false;
};

}  // namespace volpress::studio
