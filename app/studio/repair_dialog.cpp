#include "app/studio/repair_dialog.hpp"

#include <system_error>

#include <fmt/core.h>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "scene/formats/format.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

bool canBeWritten(const fs::path& path) {
  const formats::Format* format = formats::formatForName(path.filename().string());
  return format != nullptr && format->info().writes;
}

}  // namespace

fs::path repairedName(const fs::path& input) {
  std::error_code ignored;
  // A scene of several files is named by its folder.
  const fs::path own = fs::is_directory(input, ignored) || !canBeWritten(input) ||
                               input.filename().string().ends_with("meta.json")
                           ? fs::path(".ply")
                           : input.extension();
  const fs::path base =
      input.filename().string().ends_with("meta.json") ? input.parent_path() : input;
  for (unsigned number = 1;; ++number) {
    fs::path name =
        base.parent_path() / fmt::format("{}-repaired{}{}", base.stem().string(),
                                         number == 1 ? std::string() : fmt::format("-{}", number),
                                         own.string());
    if (!fs::exists(name, ignored)) {
      return name;
    }
  }
}

RepairDialog::RepairDialog(const fs::path& input, QWidget* parent) : QDialog(parent) {
  setObjectName("repairDialog");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Repair into a new file"));
  setMinimumWidth(480);
  auto* column = new QVBoxLayout(this);
  auto* words =
      new QLabel(tr("A copy is written without what can be repaired, and opened. %1 stays "
                    "as it is.")
                     .arg(QString::fromStdString(input.filename().string())),
                 this);
  words->setWordWrap(true);
  column->addWidget(words);
  auto* row = new QHBoxLayout();
  m_path = new QLineEdit(QString::fromStdString(repairedName(input).string()), this);
  m_path->setObjectName("repairPath");
  auto* choose = new QPushButton(tr("Choose…"), this);
  choose->setAutoDefault(false);
  row->addWidget(m_path, 1);
  row->addWidget(choose);
  column->addLayout(row);
  m_note = new QLabel(this);
  m_note->setObjectName("repairNote");
  m_note->setProperty("quiet", true);
  m_note->setWordWrap(true);
  column->addWidget(m_note);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_repair = buttons->addButton(tr("Repair"), QDialogButtonBox::AcceptRole);
  m_repair->setObjectName("repairStart");
  m_repair->setProperty("primary", true);
  m_repair->setDefault(true);
  style()->unpolish(m_repair);  // the box has measured it already
  style()->polish(m_repair);
  column->addWidget(buttons);
  connect(choose, &QPushButton::clicked, this, &RepairDialog::browse);
  connect(m_path, &QLineEdit::textChanged, this, &RepairDialog::check);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    emit repairWanted(m_path->text().trimmed());
    accept();
  });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  check();
}

/// A repair never replaces anything.
void RepairDialog::check() {
  const QString path = m_path->text().trimmed();
  const QFileInfo file(path);
  QString why;
  if (path.isEmpty()) {
    why = tr("Name the file to write.");
  } else if (file.exists()) {
    why = tr("This file exists already; choose another name.");
  } else if (!file.dir().exists()) {
    why = tr("There is no folder %1.").arg(file.absolutePath());
  } else if (!canBeWritten(path.toStdString())) {
    why = tr("This extension is no format that can be written; .ply keeps everything.");
  }
  m_note->setText(why);
  m_repair->setEnabled(why.isEmpty());
}

void RepairDialog::browse() {
  auto* dialog = new QFileDialog(this, tr("Repair into"), QFileInfo(m_path->text()).absolutePath());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->selectFile(QFileInfo(m_path->text()).fileName());
  connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
  dialog->open();
}

}  // namespace volpress::studio
