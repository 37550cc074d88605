#include "app/studio/project_panel.hpp"

#include <QHeaderView>
#include <QInputDialog>
#include <QMenu>
#include <QShortcut>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>

#include "app/studio/compare_layout.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kEntryRole = Qt::UserRole;
constexpr int kNoteRole = Qt::UserRole + 1;
constexpr int kStarRole = Qt::UserRole + 2;
constexpr int kMissingRole = Qt::UserRole + 3;
constexpr int kTrashRole = Qt::UserRole + 4;  // the trash itself, and what lies in it

EntryId entryOf(const QTreeWidgetItem* item) {
  return item == nullptr ? 0 : item->data(0, kEntryRole).toULongLong();
}

QString describe(const Entry& entry) {
  QStringList lines;
  lines << QString::fromStdString(entry.name);
  const bool isSplats =
      entry.kind() == engine::SceneKind::Splats || entry.kind() == engine::SceneKind::MovingSplats;
  lines << QString::fromStdString(isSplats
                                      ? countText(entry.splats()) + " splats, SH degree " +
                                            std::to_string(entry.cloud ? entry.cloud->shDegree : 0)
                                      : entry.contents());
  lines << QString::fromStdString(
      sizeText(entry.fileBytes) +
      (isSplats ? ", " + bytesPerSplatText(entry.fileBytes, entry.splats()) : ""));
  if (entry.evaluation) {
    const QString ratio = QString::fromStdString(ratioText(entry.evaluation->ratio()));
    lines << (isSplats                 ? QObject::tr("%1 against float PLY")
              : entry.evaluation->mesh ? QObject::tr("%1 against plain arrays and pictures")
              : entry.kind() == engine::SceneKind::Picture ? QObject::tr("%1 against 8-bit RGB")
              : entry.kind() == engine::SceneKind::MovingVoxels
                  ? QObject::tr("%1 against plain arrays")
                  : QObject::tr("%1 against 16-bit parameters"))
                 .arg(ratio);
    lines << QObject::tr("mean %1, worst view %2")
                 .arg(QString::fromStdString(decibelText(entry.evaluation->meanPsnr())),
                      QString::fromStdString(decibelText(entry.evaluation->worstPsnr())));
  }
  if (entry.evaluation && entry.evaluation->mesh) {
    const engine::MeshQuality& mesh = *entry.evaluation->mesh;
    lines << QObject::tr("surface: worst %1, RMS %2 of the diagonal; normals %3° mean")
                 .arg(QString::fromStdString(shareText(mesh.hausdorff)),
                      QString::fromStdString(shareText(mesh.rms)))
                 .arg(mesh.normalMean, 0, 'g', 2);
    if (mesh.uvMean && mesh.uvP99) {
      lines << QObject::tr("texture coordinates: %1 texels mean, %2 at 99 %")
                   .arg(*mesh.uvMean, 0, 'g', 2)
                   .arg(*mesh.uvP99, 0, 'g', 2);
    }
  }
  if (entry.evaluation && entry.evaluation->isNative()) {
    lines << QObject::tr("native %1, baked to SH %2")
                 .arg(QString::fromStdString(decibelText(entry.evaluation->meanPsnr())),
                      QString::fromStdString(decibelText(entry.evaluation->bakedMeanPsnr())));
  }
  for (const engine::ExportRecord& one : entry.exports) {
    const QString file = QString::fromStdString(one.file.filename().string());
    lines << QObject::tr("exported as %1: %2, mean %3")
                 .arg(file, QString::fromStdString(sizeText(one.fileBytes)),
                      QString::fromStdString(decibelText(one.meanPsnr)));
  }
  for (const edit::EditOperation& operation : activeEdits(entry.edits)) {
    const QString words = QString::fromStdString(edit::describeEdit(operation));
    lines << (entry.isSource() ? QObject::tr("edited: %1") : QObject::tr("made after: %1"))
                 .arg(words);
  }
  if (!entry.note.empty()) {
    lines << QString::fromStdString(entry.note);
  }
  if (entry.missing) {
    lines << QObject::tr("The file is not there any more: choose Locate… in the menu.");
  }
  for (const std::string& warning : entry.warnings) {
    lines << QObject::tr("Note: %1").arg(QString::fromStdString(warning));
  }
  lines << QString::fromStdString(entry.path.string());
  return lines.join('\n');
}

}  // namespace

ProjectPanel::ProjectPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("project");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  m_tree = new QTreeWidget(this);
  m_tree->setObjectName("projectTree");
  m_tree->setColumnCount(2);
  m_tree->setHeaderHidden(true);
  m_tree->header()->setStretchLastSection(false);
  m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_tree->setIndentation(12);
  m_tree->setRootIsDecorated(false);
  m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
  column->addWidget(m_tree);
  connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (!m_filling && entryOf(item) != 0) {
      // Later: the answer fills this tree anew.
      const EntryId id = entryOf(item);
      QMetaObject::invokeMethod(
          this, [this, id] { emit entryChosen(id); }, Qt::QueuedConnection);
    }
  });
  connect(m_tree, &QTreeWidget::customContextMenuRequested, this, &ProjectPanel::showMenu);
  connect(m_tree, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int changed) {
    if (!m_filling && changed == 0 && entryOf(item) != 0) {
      const EntryId id = entryOf(item);
      const QString name = item->text(0).trimmed();
      QMetaObject::invokeMethod(
          this, [this, id, name] { emit renameWanted(id, name); }, Qt::QueuedConnection);
    }
  });
  m_tree->setEditTriggers(QAbstractItemView::EditKeyPressed);
  auto* remove = new QShortcut(QKeySequence::Delete, m_tree);
  remove->setContext(Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, this,
          [this] { emit removeWanted(entryOf(m_tree->currentItem())); });
}

void ProjectPanel::startRename(QTreeWidgetItem* item) { m_tree->editItem(item, 0); }

void ProjectPanel::askForNote(EntryId entry, const QString& name, const QString& note) {
  auto* dialog = new QInputDialog(this);
  dialog->setObjectName("noteDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Note"));
  dialog->setLabelText(tr("Note on %1").arg(name));
  dialog->setOption(QInputDialog::UsePlainTextEditForTextInput);
  dialog->setTextValue(note);
  connect(dialog, &QInputDialog::textValueSelected, this,
          [this, entry](const QString& text) { emit noteWanted(entry, text.trimmed()); });
  dialog->open();
}

void ProjectPanel::addTrash(const Document& document) {
  if (document.trash().empty()) {
    return;
  }
  auto* trash = new QTreeWidgetItem(m_tree);
  trash->setText(0, tr("Trash"));
  trash->setText(1, QString::number(document.trash().size()));
  trash->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
  trash->setForeground(0, quietText(palette()));
  trash->setForeground(1, quietText(palette()));
  trash->setIcon(0, icon("trash", palette()));
  trash->setData(0, kTrashRole, QVariant::fromValue<qulonglong>(0));
  trash->setFlags(Qt::ItemIsEnabled);
  trash->setToolTip(0, tr("Results that were removed. A right click puts them back."));
  for (const Entry& entry : document.trash()) {
    auto* item = new QTreeWidgetItem(trash);
    item->setText(0, QString::fromStdString(entry.name));
    item->setText(1, QString::fromStdString(sizeText(entry.fileBytes)));
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setForeground(0, quietText(palette()));
    item->setForeground(1, quietText(palette()));
    item->setData(0, kTrashRole, QVariant::fromValue<qulonglong>(entry.id));
    item->setToolTip(0, describe(entry));
    item->setFlags(Qt::ItemIsEnabled);
  }
}

QTreeWidgetItem* ProjectPanel::addRow(QTreeWidgetItem* parent, const Entry& entry,
                                      const Document& document) {
  auto* item = parent == nullptr ? new QTreeWidgetItem(m_tree) : new QTreeWidgetItem(parent);
  QString name = QString::fromStdString(entry.name);
  QString sides;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const Entry* shown = document.side(side);
    if (shown != nullptr && shown->id == entry.id) {
      sides += QLatin1Char(sideLetter(side));
    }
  }
  item->setText(0, name);
  item->setFlags(item->flags() | Qt::ItemIsEditable);
  item->setData(0, kNoteRole, QString::fromStdString(entry.note));
  item->setData(0, kStarRole, entry.starred);
  item->setData(0, kMissingRole, entry.missing);
  item->setData(0, kEntryRole, QVariant::fromValue<qulonglong>(entry.id));
  item->setIcon(0, icon(entry.isSource() ? "scene"
                        : entry.starred  ? "star"
                                         : "variant",
                        palette()));
  if (entry.missing) {
    item->setForeground(0, quietText(palette()));
  }
  const QString numbers =
      entry.isPreview() ? tr("preview") : QString::fromStdString(sizeText(entry.fileBytes));
  item->setText(1, sides.isEmpty() ? numbers : numbers + "  " + sides);
  item->setForeground(1, sides.isEmpty() ? quietText(palette()) : accent(palette()));
  item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
  item->setFont(1, tabularFont(font()));
  item->setToolTip(0, describe(entry));
  item->setToolTip(1, describe(entry));
  return item;
}

void ProjectPanel::showDocument(const Document& document) {
  m_filling = true;
  m_tree->clear();
  const Entry* current = document.side(1) != nullptr ? document.side(1) : document.side(0);
  for (const Entry& entry : document.entries()) {
    if (!entry.isSource()) {
      continue;
    }
    QTreeWidgetItem* row = addRow(nullptr, entry, document);
    QFont bold = row->font(0);
    bold.setBold(true);
    row->setFont(0, bold);
    for (const Entry* variant : document.variantsOf(entry.id)) {
      QTreeWidgetItem* child = addRow(row, *variant, document);
      if (current == variant) {
        m_tree->setCurrentItem(child);
      }
    }
    row->setExpanded(true);
    if (current == &entry) {
      m_tree->setCurrentItem(row);
    }
  }
  addTrash(document);
  m_filling = false;
}

void ProjectPanel::showTrashMenu(const QPoint& position, EntryId variant) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  if (variant != 0) {
    menu->addAction(tr("Put back"), this, [this, variant] { emit putBackWanted(variant); });
  }
  menu->addAction(tr("Empty the trash…"), this, &ProjectPanel::emptyTrashWanted);
  menu->popup(m_tree->viewport()->mapToGlobal(position));
}

void ProjectPanel::showMenu(const QPoint& position) {
  QTreeWidgetItem* item = m_tree->itemAt(position);
  if (item != nullptr && item->data(0, kTrashRole).isValid()) {
    showTrashMenu(position, item->data(0, kTrashRole).toULongLong());
    return;
  }
  const EntryId entry = entryOf(item);
  if (entry == 0) {
    return;
  }
  const bool starred = item->data(0, kStarRole).toBool();
  const QString name = item->text(0);
  const QString note = item->data(0, kNoteRole).toString();
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    menu->addAction(tr("Show on side %1").arg(QLatin1Char(sideLetter(side))), this,
                    [this, side, entry] { emit sideWanted(side, entry); });
  }
  menu->addSeparator();
  if (item->data(0, kMissingRole).toBool()) {
    menu->addAction(tr("Locate…"), this, [this, entry] { emit locateWanted(entry); });
  }
  menu->addAction(tr("Export…"), this, [this, entry] { emit exportWanted(entry); });
  menu->addSeparator();
  // By id: the tree may have been filled anew while the menu was open.
  menu->addAction(tr("Rename"), this, [this, entry] {
    for (QTreeWidgetItemIterator at(m_tree); *at != nullptr; ++at) {
      if (entryOf(*at) == entry) {
        startRename(*at);
      }
    }
  });
  menu->addAction(starred ? tr("Remove the star") : tr("Star"), this,
                  [this, entry, starred] { emit starWanted(entry, !starred); });
  menu->addAction(tr("Note…"), this, [this, entry, name, note] { askForNote(entry, name, note); });
  menu->addSeparator();
  menu->addAction(tr("Remove from the project"), this, [this, entry] { emit removeWanted(entry); });
  menu->popup(m_tree->viewport()->mapToGlobal(position));
}

}  // namespace volpress::studio
