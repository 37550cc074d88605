#include "app/studio/project_panel.hpp"

#include <QHeaderView>
#include <QMenu>
#include <QShortcut>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/studio/compare_layout.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kEntryRole = Qt::UserRole;

EntryId entryOf(const QTreeWidgetItem* item) {
  return item == nullptr ? 0 : item->data(0, kEntryRole).toULongLong();
}

QString describe(const Entry& entry) {
  QStringList lines;
  lines << QString::fromStdString(entry.name);
  lines << QString::fromStdString(countText(entry.splats()) + " splats, SH degree " +
                                  std::to_string(entry.cloud ? entry.cloud->shDegree : 0));
  lines << QString::fromStdString(sizeText(entry.fileBytes) + ", " +
                                  bytesPerSplatText(entry.fileBytes, entry.splats()));
  if (entry.evaluation) {
    lines << QObject::tr("%1 against float PLY")
                 .arg(QString::fromStdString(ratioText(entry.evaluation->ratio())));
    lines << QObject::tr("mean %1, worst view %2")
                 .arg(QString::fromStdString(decibelText(entry.evaluation->meanPsnr())),
                      QString::fromStdString(decibelText(entry.evaluation->worstPsnr())));
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
  auto* remove = new QShortcut(QKeySequence::Delete, m_tree);
  remove->setContext(Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, this,
          [this] { emit removeWanted(entryOf(m_tree->currentItem())); });
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
  item->setData(0, kEntryRole, QVariant::fromValue<qulonglong>(entry.id));
  item->setIcon(0, icon(entry.isSource() ? "scene" : "variant", palette()));
  QString numbers = QString::fromStdString(sizeText(entry.fileBytes));
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
  m_filling = false;
}

void ProjectPanel::showMenu(const QPoint& position) {
  const EntryId entry = entryOf(m_tree->itemAt(position));
  if (entry == 0) {
    return;
  }
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    menu->addAction(tr("Show on side %1").arg(QLatin1Char(sideLetter(side))), this,
                    [this, side, entry] { emit sideWanted(side, entry); });
  }
  menu->addSeparator();
  menu->addAction(tr("Export…"), this, [this, entry] { emit exportWanted(entry); });
  menu->addAction(tr("Remove from the project"), this, [this, entry] { emit removeWanted(entry); });
  menu->popup(m_tree->viewport()->mapToGlobal(position));
}

}  // namespace volpress::studio
