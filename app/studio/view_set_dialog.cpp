#include "app/studio/view_set_dialog.hpp"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

#include "app/studio/camera_plan.hpp"

namespace volpress::studio {

ViewSetDialog::ViewSetDialog(const QString& spec, const QString& bookmarkFile, QWidget* parent)
    : QDialog(parent), m_bookmarkFile(bookmarkFile) {
  setObjectName("viewSetDialog");
  setWindowTitle(tr("Measured views"));
  resize(720, 520);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(12);
  auto* form = new QFormLayout();
  form->setSpacing(8);
  m_kind = new QComboBox(this);
  m_kind->setObjectName("viewKind");
  m_kind->addItem(tr("Automatic: cameras beside the scene, else generated"), Automatic);
  m_kind->addItem(tr("Generated around the scene"), Orbit);
  m_kind->addItem(tr("Generated inside the scene"), Inside);
  if (!bookmarkFile.isEmpty()) {
    m_kind->addItem(tr("Bookmarks"), Bookmarks);
  }
  m_kind->addItem(tr("From a file: cameras.json, transforms.json, COLMAP"), File);
  form->addRow(tr("Cameras"), m_kind);
  m_count = new QSpinBox(this);
  m_count->setObjectName("viewCount");
  m_count->setRange(1, 256);
  m_count->setValue(24);
  form->addRow(tr("How many"), m_count);
  auto* place = new QHBoxLayout();
  m_path = new QLineEdit(this);
  m_path->setObjectName("viewPath");
  m_file = new QPushButton(tr("File…"), this);
  m_folder = new QPushButton(tr("Folder…"), this);
  m_folder->setToolTip(tr("A COLMAP model, or a data set with one"));
  place->addWidget(m_path, 1);
  place->addWidget(m_file);
  place->addWidget(m_folder);
  form->addRow(tr("From"), place);
  column->addLayout(form);
  auto* middle = new QHBoxLayout();
  middle->setSpacing(12);
  m_list = new QListWidget(this);
  m_list->setObjectName("viewList");
  m_list->setToolTip(
      tr("A tick holds a view out: results are measured on it, but never optimised "
         "for it. A double click looks through it."));
  m_plan = new CameraPlan(this);
  middle->addWidget(m_list, 1);
  middle->addWidget(m_plan, 1);
  column->addLayout(middle, 1);
  m_note = new QLabel(this);
  m_note->setObjectName("viewNote");
  m_note->setWordWrap(true);
  m_note->setProperty("quiet", true);
  column->addWidget(m_note);
  auto* buttons = new QHBoxLayout();
  m_draw = new QCheckBox(tr("Draw the cameras in the viewport"), this);
  m_draw->setObjectName("viewDraw");
  m_draw->setChecked(true);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  m_use = new QPushButton(tr("Use these views"), this);
  m_use->setObjectName("viewUse");
  m_use->setProperty("primary", true);
  m_use->setDefault(true);
  buttons->addWidget(m_draw);
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(m_use);
  column->addLayout(buttons);

  Kind kind = Automatic;
  if (spec.startsWith("orbit") || spec.startsWith("inside")) {
    kind = spec.startsWith("orbit") ? Orbit : Inside;
    m_count->setValue(spec.contains(':') ? spec.section(':', 1).toInt() : 24);
  } else if (!spec.isEmpty() && spec == bookmarkFile) {
    kind = Bookmarks;
  } else if (spec != "auto" && !spec.isEmpty()) {
    kind = File;
    m_path->setText(spec);
  }
  m_kind->setCurrentIndex(std::max(0, m_kind->findData(kind)));

  connect(m_kind, &QComboBox::currentIndexChanged, this, &ViewSetDialog::kindChanged);
  connect(m_count, &QSpinBox::valueChanged, this, &ViewSetDialog::ask);
  connect(m_path, &QLineEdit::editingFinished, this, &ViewSetDialog::ask);
  connect(m_file, &QPushButton::clicked, this, [this] { browse(false); });
  connect(m_folder, &QPushButton::clicked, this, [this] { browse(true); });
  connect(m_list, &QListWidget::itemChanged, this,
          [this](QListWidgetItem* item) { markChanged(m_list->row(item)); });
  connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
    m_plan->showViews(m_views.views, static_cast<std::size_t>(std::max(0, row)));
  });
  connect(m_list, &QListWidget::itemDoubleClicked, this, [this](QListWidgetItem* item) {
    emit viewWanted(static_cast<std::size_t>(m_list->row(item)));
  });
  connect(m_draw, &QCheckBox::toggled, this, &ViewSetDialog::viewsShown);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(m_use, &QPushButton::clicked, this, &QDialog::accept);
  // Asked for once the owner has connected itself.
  QMetaObject::invokeMethod(this, &ViewSetDialog::kindChanged, Qt::QueuedConnection);
}

bool ViewSetDialog::drawsCameras() const { return m_draw->isChecked(); }

void ViewSetDialog::showScene(const GaussianCloud& cloud, Vec3 down) {
  m_plan->showScene(cloud, down);
}

QString ViewSetDialog::spec() const {
  switch (m_kind->currentData().toInt()) {
    case Orbit: return QStringLiteral("orbit:%1").arg(m_count->value());
    case Inside: return QStringLiteral("inside:%1").arg(m_count->value());
    case Bookmarks: return m_bookmarkFile;
    case File: return m_path->text().trimmed();
    default: return QStringLiteral("auto");
  }
}

void ViewSetDialog::kindChanged() {
  const int kind = m_kind->currentData().toInt();
  m_count->setEnabled(kind == Orbit || kind == Inside);
  for (QWidget* part : std::initializer_list<QWidget*>{m_path, m_file, m_folder}) {
    part->setEnabled(kind == File);
  }
  ask();
}

void ViewSetDialog::ask() {
  m_use->setEnabled(false);
  if (spec().isEmpty()) {
    m_note->setText(tr("Choose a file or folder with cameras."));
    return;
  }
  m_note->setText(tr("Making the views…"));
  emit viewsWanted(spec());
}

void ViewSetDialog::showViews(const Result<ViewSet>& views) {
  m_filling = true;
  m_list->clear();
  m_marksChanged = false;
  m_views = views ? *views : ViewSet{};
  for (const View& view : m_views.views) {
    auto* item = new QListWidgetItem(QString::fromStdString(view.name), m_list);
    item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
    item->setCheckState(view.heldOut ? Qt::Checked : Qt::Unchecked);
  }
  m_filling = false;
  m_use->setEnabled(views.has_value());
  m_plan->showViews(m_views.views, m_views.views.size());
  if (views) {
    markChanged(-1);
  } else {
    m_note->setText(QString::fromStdString(views.error().message));
    emit viewsShown();
  }
}

void ViewSetDialog::markChanged(int row) {
  if (m_filling) {
    return;
  }
  if (row >= 0) {
    m_views.views[static_cast<std::size_t>(row)].heldOut =
        m_list->item(row)->checkState() == Qt::Checked;
    m_marksChanged = true;
    m_plan->showViews(m_views.views, static_cast<std::size_t>(row));
  }
  const auto heldOut = std::count_if(m_views.views.begin(), m_views.views.end(),
                                     [](const View& view) { return view.heldOut; });
  m_note->setText(
      tr("%1 views of %2; %3 with a tick are held out: measured on, never optimised for.")
          .arg(m_views.views.size())
          .arg(QString::fromStdString(m_views.origin))
          .arg(heldOut));
  m_use->setEnabled(static_cast<std::size_t>(heldOut) < m_views.views.size());
  emit viewsShown();
}

void ViewSetDialog::browse(bool folder) {
  auto* dialog =
      new QFileDialog(this, folder ? tr("A folder with cameras") : tr("A file of cameras"),
                      QFileInfo(m_path->text()).absolutePath());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    m_path->setText(path);
    ask();
  });
  dialog->open();
}

}  // namespace volpress::studio
