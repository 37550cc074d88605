#include "app/studio/table_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/core.h>
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kNumberRole = Qt::UserRole;
constexpr int kEntryRole = Qt::UserRole + 1;

struct Column {
  const char* title;
  const char* tip;
};
constexpr std::array kColumns{
    Column{"Name", "Codec and preset"},
    Column{"Size", "Of the file on disk"},
    Column{
        "Ratio",
        "Against float PLY of the same SH degree, plain arrays and pictures, 8-bit RGB, or 16-bit "
        "parameters"},
    Column{"B/splat", "File bytes for each splat, or each triangle, of the original"},
    Column{"PSNR", "Mean of the views, against the original"},
    Column{"Worst", "PSNR of the worst view"},
    Column{"SSIM", "Mean of the views; 1 is identical"},
    Column{"MS-SSIM", "Mean of the views; 1 is identical"},
    Column{"FLIP", "Mean visible error of the views; 0 is identical"},
    Column{"Surface", "Largest distance between the surfaces, of the diagonal; 0 is identical"},
    Column{"Splats", "Splats, or triangles, in the compressed scene"},
    Column{"Encode", "Seconds to compress"},
    Column{"Decode", "Seconds to decompress"},
};

// Columns that some kinds of scenes have not, or under another name.
constexpr int kBytesEach = 3;
constexpr int kSurface = 9;
constexpr int kCount = 10;

/// Sorts by the number behind the text where there is one.
class NumberItem : public QTableWidgetItem {
public:
  using QTableWidgetItem::QTableWidgetItem;
  bool operator<(const QTableWidgetItem& other) const override {
    const QVariant mine = data(kNumberRole);
    const QVariant theirs = other.data(kNumberRole);
    if (mine.isValid() && theirs.isValid()) {
      return mine.toDouble() < theirs.toDouble();
    }
    return QTableWidgetItem::operator<(other);
  }
};

QTableWidgetItem* numberItem(double value, const std::string& text, const QFont& font) {
  // What was not measured.
  auto* item =
      new NumberItem(std::isnan(value) ? QStringLiteral("–") : QString::fromStdString(text));
  item->setData(kNumberRole, value);
  item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  item->setFont(font);
  return item;
}

QString quoted(const QString& text) {
  if (!text.contains(',') && !text.contains('"')) {
    return text;
  }
  QString inner = text;
  return '"' + inner.replace('"', "\"\"") + '"';
}

}  // namespace

TablePanel::TablePanel(QWidget* parent) : QWidget(parent) {
  setObjectName("tablePanel");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  m_table = new QTableWidget(0, static_cast<int>(kColumns.size()), this);
  m_table->setObjectName("resultsTable");
  for (int i = 0; i < m_table->columnCount(); ++i) {
    const Column& title = kColumns[static_cast<std::size_t>(i)];
    auto* item = new QTableWidgetItem(tr(title.title));
    item->setToolTip(tr(title.tip));
    item->setTextAlignment((i == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    m_table->setHorizontalHeaderItem(i, item);
  }
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(26);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setDefaultSectionSize(76);
  // The names first: the figures scroll where the window is narrow.
  m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setMinimumSectionSize(56);
  m_table->setShowGrid(false);
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(1, Qt::AscendingOrder);
  m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* copy = new QAction(tr("Copy rows"), m_table);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, &TablePanel::copySelection);
  auto* save = new QAction(tr("Save as CSV…"), m_table);
  connect(save, &QAction::triggered, this, &TablePanel::csvWanted);
  m_table->addActions({copy, save});
  column->addWidget(m_table);
  connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
    const QList<QTableWidgetItem*> items = m_table->selectedItems();
    if (!m_filling && !items.isEmpty()) {
      const QTableWidgetItem* name = m_table->item(items.first()->row(), 0);
      // Later: the answer fills this table anew.
      const EntryId id = name->data(kEntryRole).toULongLong();
      QMetaObject::invokeMethod(
          this, [this, id] { emit entryChosen(id); }, Qt::QueuedConnection);
    }
  });
}

void TablePanel::showDocument(const Document& document) {
  m_filling = true;
  m_table->setSortingEnabled(false);
  m_table->setRowCount(0);
  const Entry* shown = document.side(1);
  const QFont font = tabularFont(m_table->font());
  const auto sources = document.comparedSources();
  const auto any = [&](engine::SceneKind kind) {
    return std::any_of(sources.begin(), sources.end(),
                       [kind](const Entry* one) { return one->kind() == kind; });
  };
  const bool hasMeshes = any(engine::SceneKind::Mesh);
  const bool hasSplats = any(engine::SceneKind::Splats) || any(engine::SceneKind::MovingSplats);
  m_table->setColumnHidden(kSurface, !hasMeshes);
  m_table->setColumnHidden(kBytesEach, !hasMeshes && !hasSplats);
  m_table->setColumnHidden(kCount, !hasMeshes && !hasSplats);
  const bool mixed = hasMeshes && hasSplats;
  m_table->horizontalHeaderItem(kBytesEach)
      ->setText(mixed       ? tr("B each")
                : hasMeshes ? tr("B/tri.")
                            : tr("B/splat"));
  m_table->horizontalHeaderItem(kCount)->setText(mixed       ? tr("Count")
                                                 : hasMeshes ? tr("Triangles")
                                                             : tr("Splats"));
  for (const Entry* source : sources) {
    for (const Entry* variant : document.variantsOf(source->id)) {
      if (variant->isPreview()) {
        continue;  // nothing of it is measured
      }
      const int row = m_table->rowCount();
      m_table->insertRow(row);
      const std::string of = source == sources.front() ? std::string() : source->name + ": ";
      auto* name = new NumberItem(QString::fromStdString(of + variant->name));
      name->setData(kEntryRole, QVariant::fromValue<qulonglong>(variant->id));
      m_table->setItem(row, 0, name);
      int at = 1;
      const auto put = [&](double value, const std::string& text) {
        m_table->setItem(row, at++, numberItem(value, text, font));
      };
      put(static_cast<double>(variant->fileBytes), sizeText(variant->fileBytes));
      if (const auto& measured = variant->evaluation) {
        const auto& mesh = measured->mesh;
        const std::size_t before = mesh ? mesh->trianglesIn : measured->splatsIn;
        const std::size_t after = mesh ? mesh->trianglesOut : measured->splatsOut;
        const double perSplat = static_cast<double>(measured->fileBytes) /
                                static_cast<double>(std::max<std::size_t>(1, before));
        put(measured->ratio(), ratioText(measured->ratio()));
        put(perSplat, fmt::format("{:.2f}", perSplat));
        put(measured->meanPsnr(), decibelText(measured->meanPsnr()));
        put(measured->worstPsnr(), decibelText(measured->worstPsnr()));
        put(measured->meanSsim(), fmt::format("{:.4f}", measured->meanSsim()));
        put(measured->meanMsSsim(), fmt::format("{:.4f}", measured->meanMsSsim()));
        put(measured->meanFlip(), fmt::format("{:.4f}", measured->meanFlip()));
        put(mesh ? mesh->hausdorff : std::numeric_limits<double>::quiet_NaN(),
            mesh ? shareText(mesh->hausdorff) : "");
        put(static_cast<double>(after), countText(after));
        put(measured->encodeSeconds, secondsText(measured->encodeSeconds));
        put(measured->decodeSeconds, secondsText(measured->decodeSeconds));
      }
    }
  }
  m_table->setSortingEnabled(true);
  for (int row = 0; row < m_table->rowCount(); ++row) {
    if (shown != nullptr && m_table->item(row, 0)->data(kEntryRole).toULongLong() == shown->id) {
      m_table->selectRow(row);
    }
  }
  m_filling = false;
}

QString TablePanel::csv() const {
  QStringList lines;
  QStringList header;
  for (const Column& title : kColumns) {
    header.append(quoted(tr(title.title)));
  }
  lines.append(header.join(','));
  for (int row = 0; row < m_table->rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < m_table->columnCount(); ++column) {
      const QTableWidgetItem* item = m_table->item(row, column);
      if (item == nullptr) {
        cells.append(QString());
      } else if (item->data(kNumberRole).isValid()) {
        cells.append(QString::number(item->data(kNumberRole).toDouble(), 'g', 10));
      } else {
        cells.append(quoted(item->text()));
      }
    }
    lines.append(cells.join(','));
  }
  return lines.join('\n') + '\n';
}

void TablePanel::copySelection() {
  QStringList lines;
  for (const QModelIndex& index : m_table->selectionModel()->selectedRows()) {
    QStringList cells;
    for (int column = 0; column < m_table->columnCount(); ++column) {
      const QTableWidgetItem* item = m_table->item(index.row(), column);
      cells.append(item == nullptr ? QString() : item->text());
    }
    lines.append(cells.join('\t'));
  }
  QGuiApplication::clipboard()->setText(lines.join('\n'));
}

}  // namespace volpress::studio
