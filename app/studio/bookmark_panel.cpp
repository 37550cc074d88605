#include "app/studio/bookmark_panel.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kBookmarkHeight = 53;

/// "Ctrl+1" .. "Ctrl+9", "Ctrl+0" for the tenth; nothing after that.
QString jumpKey(int row) {
  return row < kJumpKeys ? QKeySequence(Qt::CTRL | Qt::Key((row + 1) % 10 + Qt::Key_0))
                               .toString(QKeySequence::NativeText)
                         : QString();
}

}  // namespace

BookmarkPanel::BookmarkPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("bookmarks");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  m_list = new QListWidget(this);
  m_list->setObjectName("bookmarkList");
  m_list->setIconSize(thumbnailSize());
  m_list->setDragDropMode(QAbstractItemView::InternalMove);
  m_list->setEditTriggers(QAbstractItemView::EditKeyPressed);
  m_list->setContextMenuPolicy(Qt::CustomContextMenu);
  m_list->setTextElideMode(Qt::ElideRight);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  column->addWidget(m_list, 1);
  m_hint = new QLabel(tr("B keeps the present view. Ctrl and a digit go back to it."), this);
  m_hint->setProperty("quiet", true);
  m_hint->setWordWrap(true);
  m_hint->setMargin(8);
  column->addWidget(m_hint);
  auto* row = new QHBoxLayout();
  row->setContentsMargins(8, 0, 8, 8);
  m_add = new QToolButton(this);
  m_add->setObjectName("bookmarkAdd");
  m_add->setText(tr("Keep this view"));
  m_add->setToolTip(tr("Keep the present view as a bookmark (B)"));
  m_add->setIcon(icon("add", palette()));
  m_add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  row->addWidget(m_add);
  row->addStretch(1);
  column->addLayout(row);

  connect(m_add, &QToolButton::clicked, this, &BookmarkPanel::addWanted);
  const auto jump = [this](const QListWidgetItem* item) {
    emit jumpWanted(static_cast<std::size_t>(m_list->row(item)));
  };
  connect(m_list, &QListWidget::itemClicked, this, jump);
  connect(m_list, &QListWidget::itemActivated, this, jump);
  connect(m_list, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
    if (!m_filling) {
      const auto index = static_cast<std::size_t>(m_list->row(item));
      QMetaObject::invokeMethod(
          this, [this, index, name = item->text()] { emit renameWanted(index, name); },
          Qt::QueuedConnection);  // the editor closes before the list is filled anew
    }
  });
  connect(m_list->model(), &QAbstractItemModel::rowsMoved, this,
          [this](const QModelIndex&, int first, int, const QModelIndex&, int to) {
            rowsMoved(first, to);
          });
  connect(m_list, &QListWidget::customContextMenuRequested, this, &BookmarkPanel::showMenu);
  auto* remove = new QShortcut(QKeySequence::Delete, m_list);
  remove->setContext(Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, this, [this] {
    if (m_list->currentRow() >= 0) {
      emit removeWanted(static_cast<std::size_t>(m_list->currentRow()));
    }
  });
}

void BookmarkPanel::rowsMoved(int from, int to) {
  if (m_filling || from < 0) {
    return;
  }
  // Qt counts the place before the row is taken out.
  const int place = to > from ? to - 1 : to;
  QMetaObject::invokeMethod(
      this,
      [this, from, place] {
        emit moveWanted(static_cast<std::size_t>(from), static_cast<std::size_t>(place));
      },
      Qt::QueuedConnection);  // the answer fills this list anew
}

void BookmarkPanel::showBookmarks(const engine::Bookmarks& bookmarks) {
  m_filling = true;
  const int current = m_list->currentRow();
  m_list->clear();
  QPixmap blank(thumbnailSize() * devicePixelRatioF());
  blank.setDevicePixelRatio(devicePixelRatioF());
  blank.fill(palette().color(QPalette::AlternateBase));
  for (const engine::Bookmark& bookmark : bookmarks.list()) {
    auto* item = new QListWidgetItem(QIcon(blank), QString::fromStdString(bookmark.name), m_list);
    item->setFlags(item->flags() | Qt::ItemIsEditable);
    item->setSizeHint({0, kBookmarkHeight});
    const QString key = jumpKey(m_list->count() - 1);
    item->setToolTip(key.isEmpty() ? item->text() : tr("%1 (%2)").arg(item->text(), key));
  }
  m_list->setCurrentRow(std::min(current, m_list->count() - 1));
  m_hint->setVisible(bookmarks.empty());
  m_filling = false;
}

void BookmarkPanel::setThumbnail(std::size_t index, const QImage& picture) {
  QListWidgetItem* item = m_list->item(static_cast<int>(index));
  if (item == nullptr || picture.isNull()) {
    return;
  }
  m_filling = true;
  QPixmap pixmap = QPixmap::fromImage(picture);
  pixmap.setDevicePixelRatio(devicePixelRatioF());
  QIcon shown(pixmap);
  shown.addPixmap(pixmap, QIcon::Selected);  // as it is: a tint would hide the scene
  item->setIcon(shown);
  m_filling = false;
}

void BookmarkPanel::setReady(bool ready) {
  m_add->setEnabled(ready);
  m_list->setEnabled(ready);
}

void BookmarkPanel::showMenu(const QPoint& position) {
  QListWidgetItem* item = m_list->itemAt(position);
  if (item == nullptr) {
    return;
  }
  const auto index = static_cast<std::size_t>(m_list->row(item));
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Go there"), this, [this, index] { emit jumpWanted(index); });
  menu->addAction(tr("Rename"), this,
                  [this, index] { m_list->editItem(m_list->item(static_cast<int>(index))); });
  menu->addAction(tr("Replace by the present view"), this,
                  [this, index] { emit updateWanted(index); });
  menu->addSeparator();
  menu->addAction(tr("Move up"), this, [this, index] { emit moveWanted(index, index - 1); })
      ->setEnabled(index > 0);
  menu->addAction(tr("Move down"), this, [this, index] { emit moveWanted(index, index + 1); })
      ->setEnabled(static_cast<int>(index) + 1 < m_list->count());
  menu->addSeparator();
  menu->addAction(tr("Remove"), this, [this, index] { emit removeWanted(index); });
  menu->popup(m_list->viewport()->mapToGlobal(position));
}

}  // namespace volpress::studio
