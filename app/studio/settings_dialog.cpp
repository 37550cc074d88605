#include "app/studio/settings_dialog.hpp"

#include <thread>
#include <utility>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr std::uint64_t kGigabyte = 1'000'000'000;

QLabel* section(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("section", true);
  return label;
}

QLabel* remark(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

}  // namespace

SettingsDialog::SettingsDialog(SettingsFacts facts, QWidget* parent)
    : QDialog(parent), m_facts(std::move(facts)), m_settings(loadSettings()) {
  setObjectName("settingsDialog");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Settings"));
  setMinimumWidth(520);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(8);
  // One form for all, so that the fields stand in one line.
  auto* form = new QFormLayout();
  form->setContentsMargins(0, 0, 0, 8);
  form->setSpacing(8);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  column->addLayout(form);
  const auto addForm = [&](const QString& title) {
    auto* label = section(title, this);
    label->setContentsMargins(0, form->rowCount() > 0 ? 8 : 0, 0, 0);
    form->addRow(label);
    return form;
  };

  QFormLayout* look = addForm(tr("Look"));
  m_theme = new QComboBox(this);
  m_theme->setObjectName("settingsTheme");
  m_theme->addItems({tr("Dark"), tr("Light")});
  m_theme->setCurrentIndex(m_settings.lightTheme ? 1 : 0);
  look->addRow(tr("&Theme"), m_theme);

  QFormLayout* drawing = addForm(tr("Viewport"));
  m_renderer = new QComboBox(this);
  m_renderer->setObjectName("settingsRenderer");
  m_renderer->addItems({tr("Automatic: the faster one"), tr("Software"), tr("Vulkan")});
  m_renderer->setCurrentIndex(static_cast<int>(m_settings.renderer));
  m_renderer->setToolTip(
      tr("What draws the viewport. Both draw the same picture; quality is always measured with the "
         "software."));
  drawing->addRow(tr("Drawn &by"), m_renderer);
  m_device = new QComboBox(this);
  m_device->setObjectName("settingsDevice");
  m_device->addItem(tr("The best one"), QString());
  for (const QString& name : m_facts.devices) {
    m_device->addItem(name, name);
  }
  if (!m_settings.device.isEmpty() && m_device->findData(m_settings.device) < 0) {
    m_device->addItem(tr("%1 (not found)").arg(m_settings.device), m_settings.device);
  }
  m_device->setCurrentIndex(std::max(0, m_device->findData(m_settings.device)));
  m_device->setToolTip(tr("The graphics device that Vulkan uses; from the next start on"));
  drawing->addRow(tr("Vulkan &device"), m_device);
  if (!m_facts.unavailable.isEmpty()) {
    m_device->setEnabled(false);
    drawing->addRow(QString(), remark(m_facts.unavailable, this));
  }

  QFormLayout* jobs = addForm(tr("Jobs"));
  m_threads = new QSpinBox(this);
  m_threads->setObjectName("settingsThreads");
  m_threads->setRange(0, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  m_threads->setSpecialValueText(tr("All (%1)").arg(std::thread::hardware_concurrency()));
  m_threads->setValue(m_settings.threads);
  m_threads->setToolTip(tr(
      "Threads of one job. Fewer leave the machine free for other work; results stay the same."));
  jobs->addRow(tr("Threads of a &job"), m_threads);

  QFormLayout* cache = addForm(tr("Results that are not saved yet"));
  auto* place = new QHBoxLayout();
  m_folder = new QLineEdit(QString::fromStdString(cacheFolderOf(m_settings).string()), this);
  m_folder->setObjectName("settingsFolder");
  m_folder->setReadOnly(true);
  m_folder->setToolTip(
      tr("Results lie here until they are exported or saved with a project; from "
         "the next start on"));
  auto* choose = new QPushButton(tr("C&hoose…"), this);
  choose->setObjectName("settingsChoose");
  place->addWidget(m_folder, 1);
  place->addWidget(choose);
  cache->addRow(tr("Folder"), place);
  m_limit = new QSpinBox(this);
  m_limit->setObjectName("settingsLimit");
  m_limit->setRange(1, 100'000);
  m_limit->setSuffix(tr(" GB"));
  m_limit->setValue(
      static_cast<int>(std::max<std::uint64_t>(1, m_settings.cacheLimit / kGigabyte)));
  m_limit->setToolTip(tr("Above this the studio reminds you. Nothing is deleted by itself."));
  cache->addRow(tr("&Limit"), m_limit);
  auto* usage = new QHBoxLayout();
  m_used = remark({}, this);
  m_used->setObjectName("settingsUsed");
  m_clean = new QPushButton(tr("Clean &up…"), this);
  m_clean->setObjectName("settingsClean");
  usage->addWidget(m_used, 1);
  usage->addWidget(m_clean);
  cache->addRow(QString(), usage);

  m_restart = remark({}, this);
  m_restart->setObjectName("settingsRestart");
  column->addWidget(m_restart);
  column->addStretch(1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  column->addWidget(buttons);

  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(choose, &QPushButton::clicked, this, &SettingsDialog::chooseFolder);
  connect(m_clean, &QPushButton::clicked, this, &SettingsDialog::cleanUp);
  for (QComboBox* combo : {m_theme, m_renderer, m_device}) {
    connect(combo, &QComboBox::currentIndexChanged, this, &SettingsDialog::store);
  }
  for (QSpinBox* number : {m_threads, m_limit}) {
    connect(number, &QSpinBox::valueChanged, this, &SettingsDialog::store);
  }
  measureCache();
}

std::uint64_t SettingsDialog::limit() const {
  return static_cast<std::uint64_t>(m_limit->value()) * kGigabyte;
}

void SettingsDialog::store() {
  const StudioSettings before = m_settings;
  m_settings.lightTheme = m_theme->currentIndex() == 1;
  m_settings.renderer = static_cast<RendererSetting>(m_renderer->currentIndex());
  m_settings.device = m_device->currentData().toString();
  m_settings.threads = m_threads->value();
  m_settings.cacheLimit = limit();
  saveSettings(m_settings);
  if (before.device != m_settings.device || before.cacheFolder != m_settings.cacheFolder) {
    m_restart->setText(tr("Device and folder change with the next start of Volpress."));
  }
  showCache();
  emit changed();
}

void SettingsDialog::chooseFolder() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Folder for results"), m_folder->text());
  if (folder.isEmpty()) {
    return;
  }
  m_settings.cacheFolder = folder;
  m_folder->setText(folder);
  saveSettings(m_settings);
  m_restart->setText(tr("Device and folder change with the next start of Volpress."));
  emit changed();
}

void SettingsDialog::measureCache() {
  m_runs = engine::listCachedRuns(m_facts.cache);
  showCache();
}

void SettingsDialog::showCache() {
  const std::uint64_t used = engine::totalBytes(m_runs);
  m_used->setText(used == 0 ? tr("Nothing there.")
                            : tr("%1 used by %n run(s) of the studio.", nullptr,
                                 static_cast<int>(m_runs.size()))
                                  .arg(QString::fromStdString(sizeText(used))));
  m_clean->setEnabled(!engine::runsOverLimit(m_runs, 0, m_facts.kept).empty());
}

void SettingsDialog::cleanUp() {
  // Down to the limit when it is passed, else all that is old: what else would the button be for.
  std::vector<engine::CachedRun> chosen = engine::runsOverLimit(m_runs, limit(), m_facts.kept);
  if (chosen.empty()) {
    chosen = engine::runsOverLimit(m_runs, 0, m_facts.kept);
  }
  auto* question = new QMessageBox(
      QMessageBox::Question, tr("Delete old results?"),
      tr("This deletes the unsaved results of %n earlier run(s), %1, for good. What is open now "
         "stays, and so does everything that was exported or saved with a project.",
         nullptr, static_cast<int>(chosen.size()))
          .arg(QString::fromStdString(sizeText(engine::totalBytes(chosen)))),
      QMessageBox::Cancel, this);
  question->setObjectName("cleanQuestion");
  question->setAttribute(Qt::WA_DeleteOnClose);
  const QAbstractButton* agreed =
      question->addButton(tr("Delete results"), QMessageBox::DestructiveRole);
  connect(question, &QMessageBox::buttonClicked, this,
          [this, agreed, chosen](const QAbstractButton* button) {
            if (button != agreed) {
              return;
            }
            const Result<void> done = engine::deleteCachedRuns(chosen);
            measureCache();
            if (!done) {
              m_used->setText(QString::fromStdString(done.error().message));
            }
          });
  question->open();
}

}  // namespace volpress::studio
