#include "app/studio/export_dialog.hpp"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "scene/formats/format.hpp"

namespace volpress::studio {
namespace {

/// ".compressed.ply" counts as one extension.
QString extensionOf(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (const formats::Format* format = formats::formatForName(name)) {
    for (const std::string& extension : format->info().extensions) {
      if (name.size() > extension.size() &&
          QString::fromStdString(name).endsWith(QString::fromStdString(extension),
                                                Qt::CaseInsensitive)) {
        return QString::fromStdString(extension);
      }
    }
  }
  return QString::fromStdString(path.extension().string());
}

QString plainStem(const std::string& name) {
  QString stem;
  for (const QChar c : QString::fromStdString(name)) {
    const bool keep = c.isLetterOrNumber() || c == '.' || c == '_' || c == '-';
    stem += keep ? c : QChar(stem.endsWith('-') ? QChar() : QChar('-'));
  }
  return stem.remove(QChar());
}

}  // namespace

ExportDialog::ExportDialog(const Document& document, EntryId chosen, const QString& folder,
                           QWidget* parent)
    : QDialog(parent), m_folder(folder) {
  setObjectName("exportDialog");
  setWindowTitle(tr("Export"));
  setMinimumWidth(520);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(16);
  auto* form = new QFormLayout();
  form->setSpacing(8);
  m_variant = new QComboBox(this);
  m_variant->setObjectName("exportVariant");
  m_format = new QComboBox(this);
  m_format->setObjectName("exportFormat");
  auto* place = new QHBoxLayout();
  m_path = new QLineEdit(this);
  m_path->setObjectName("exportPath");
  auto* choose = new QPushButton(tr("Choose…"), this);
  place->addWidget(m_path, 1);
  place->addWidget(choose);
  form->addRow(tr("Variant"), m_variant);
  form->addRow(tr("Format"), m_format);
  form->addRow(tr("Save as"), place);
  column->addLayout(form);
  m_note = new QLabel(this);
  m_note->setProperty("quiet", true);
  m_note->setWordWrap(true);
  column->addWidget(m_note);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_save = buttons->addButton(tr("Export"), QDialogButtonBox::AcceptRole);
  m_save->setObjectName("exportSave");
  m_save->setProperty("primary", true);
  m_save->setDefault(true);
  style()->unpolish(m_save);  // the box has measured it already
  style()->polish(m_save);
  buttons->button(QDialogButtonBox::Cancel)->setIcon({});
  column->addWidget(buttons);

  for (const Entry& entry : document.entries()) {
    if (entry.isPreview()) {
      continue;  // it has no file yet
    }
    Choice item;
    item.id = entry.id;
    item.name = QString::fromStdString(entry.name);
    // The file of an edited scene holds it without its edits.
    const QFileInfo file(QString::fromStdString(entry.path.string()));
    item.copies =
        !file.isDir() && !(entry.isSource() && !activeEdits(entry.edits).empty()) &&
        (entry.model == nullptr || static_cast<std::uint64_t>(file.size()) == entry.fileBytes);
    item.ownExtension =
        engine::modelFormats(entry.kind()).empty()
            ? extensionOf(entry.path)
            : QString::fromStdString(engine::modelExtension(entry.kind(), entry.path));
    item.moves = entry.moves();
    item.kind = entry.kind();
    const Entry* source = document.find(entry.sourceId);
    item.stem =
        source == nullptr
            ? plainStem(entry.path.stem().string())
            : plainStem(std::filesystem::path(source->name).stem().string() + "-" + entry.name);
    m_variant->addItem(item.name);
    m_choices.push_back(item);
    if (entry.id == chosen) {
      m_variant->setCurrentIndex(m_variant->count() - 1);
    }
  }
  connect(m_variant, &QComboBox::currentIndexChanged, this, &ExportDialog::variantChosen);
  connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChosen);
  connect(choose, &QPushButton::clicked, this, &ExportDialog::browse);
  connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::finish);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_path, &QLineEdit::textChanged, this,
          [this](const QString& text) { m_save->setEnabled(!text.trimmed().isEmpty()); });
  variantChosen();
}

const ExportDialog::Choice& ExportDialog::choice() const {
  return m_choices[static_cast<std::size_t>(m_variant->currentIndex())];
}

void ExportDialog::variantChosen() {
  if (m_choices.empty()) {
    m_save->setEnabled(false);
    return;
  }
  const QSignalBlocker quiet(m_format);
  m_format->clear();
  const Choice& item = choice();
  if (item.copies && !item.ownExtension.isEmpty()) {
    m_format->addItem(tr("As it is (%1)").arg(item.ownExtension), item.ownExtension);
  }
  const auto add = [this](const std::string& label, const QString& extension,
                          const std::string& lost) {
    m_format->addItem(QStringLiteral("%1 (%2)").arg(QString::fromStdString(label), extension),
                      extension);
    m_format->setItemData(m_format->count() - 1, QString::fromStdString(lost), Qt::ToolTipRole);
  };
  const auto models = engine::modelFormats(item.kind);
  for (const engine::ModelFormat& format : models) {
    const QString extension = QString::fromStdString(format.extension);
    if (extension != item.ownExtension || !item.copies) {
      add(format.label, extension, format.lost);
    }
  }
  for (const formats::Format* format : formats::allFormats()) {
    const formats::FormatInfo& info = format->info();
    if (!models.empty() || item.moves || !info.writes || info.extensions.empty()) {
      continue;
    }
    const QString extension = QString::fromStdString(info.extensions.front());
    if (extension != item.ownExtension || !item.copies) {
      add(info.label, extension, info.lost);
    }
  }
  m_save->setEnabled(m_format->count() > 0);
  if (m_format->count() == 0) {
    m_path->clear();
    m_note->setText(tr("A folder of frames is exported by encoding it: its variants are clips."));
    return;
  }
  m_format->setCurrentIndex(0);
  formatChosen();
}

void ExportDialog::formatChosen() {
  const Choice& item = choice();
  const QString extension = m_format->currentData().toString();
  m_path->setText(QDir(m_folder).filePath(item.stem + extension));
  const QString lost = m_format->currentData(Qt::ToolTipRole).toString();
  if (m_format->currentIndex() == 0 && item.copies) {
    m_note->setText(tr("The file is copied byte for byte and read back."));
  } else if (lost.isEmpty()) {
    m_note->setText(tr("It is written in this format and read back."));
  } else {
    m_note->setText(tr("Lost in this format: %1").arg(lost));
  }
}

void ExportDialog::browse() {
  auto* dialog = new QFileDialog(this, tr("Export as"), QFileInfo(m_path->text()).absolutePath());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->selectFile(QFileInfo(m_path->text()).fileName());
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& path) { m_path->setText(path); });
  dialog->open();
}

void ExportDialog::finish() {
  const QString path = m_path->text().trimmed();
  const auto save = [this, path] {
    emit exportWanted(choice().id, path);
    accept();
  };
  if (!QFileInfo::exists(path)) {
    save();
    return;
  }
  auto* question =
      new QMessageBox(QMessageBox::Question, tr("Replace the file?"),
                      tr("%1 exists already. Replace it?").arg(path), QMessageBox::Cancel, this);
  question->setAttribute(Qt::WA_DeleteOnClose);
  QPushButton* replace = question->addButton(tr("Replace"), QMessageBox::DestructiveRole);
  connect(replace, &QPushButton::clicked, this, save);
  question->open();
}

}  // namespace volpress::studio
