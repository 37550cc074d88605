#include "app/studio/inspector_panel.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/byte_bars.hpp"
#include "app/studio/codec_cards.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/document.hpp"
#include "app/studio/param_field.hpp"
#include "app/studio/photo_row.hpp"
#include "app/studio/theme.hpp"
#include "compressors/codec.hpp"

namespace volpress::studio {
namespace {

QLabel* sectionLabel(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("section", true);
  return label;
}

QLabel* quietLabel(QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

QFrame* hairlineFrame(QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setProperty("line", true);
  return line;
}

}  // namespace

InspectorPanel::InspectorPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("inspector");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);

  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* content = new QWidget(scroll);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(12, 8, 12, 12);
  column->setSpacing(8);
  scroll->setWidget(content);
  outer->addWidget(scroll, 1);

  m_form = new QFormLayout();
  m_form->setSpacing(8);
  m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  m_codec = new QComboBox(content);
  m_codec->setObjectName("codec");
  m_codec->setToolTip(tr("The method of compression"));
  m_preset = new QComboBox(content);
  m_preset->setObjectName("preset");
  m_preset->setToolTip(tr("A named set of parameters; change single ones below"));
  for (QComboBox* combo : {m_codec, m_preset}) {
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  }
  m_form->addRow(tr("Codec"), m_codec);
  m_form->addRow(tr("Preset"), makePresetRow(content));
  m_targetRow = makeTargetRow(content);
  m_form->addRow(tr("Target"), m_targetRow);
  m_photos = new PhotoRow(content);
  m_form->addRow(tr("Photos"), m_photos);
  connect(m_photos, &PhotoRow::chooseWanted, this, &InspectorPanel::photosWanted);
  connect(m_photos, &PhotoRow::clearWanted, this, &InspectorPanel::noPhotosWanted);
  column->addLayout(m_form);
  m_summary = quietLabel(content);
  m_summary->setObjectName("codecSummary");
  column->addWidget(m_summary);
  column->addWidget(hairlineFrame(content));

  m_fieldsArea = new QWidget(content);
  auto* fields = new QVBoxLayout(m_fieldsArea);
  fields->setContentsMargins(0, 0, 0, 0);
  fields->setSpacing(8);
  column->addWidget(m_fieldsArea);

  m_more = new QToolButton(content);
  m_more->setObjectName("advancedToggle");
  m_more->setText(tr("Advanced"));
  m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(m_more, &QToolButton::clicked, this, [this] { fold(!m_advancedShown); });
  column->addWidget(m_more);
  m_advanced = new QWidget(content);
  auto* advanced = new QVBoxLayout(m_advanced);
  advanced->setContentsMargins(0, 0, 0, 0);
  advanced->setSpacing(8);
  column->addWidget(m_advanced);
  column->addWidget(hairlineFrame(content));
  m_native = new QCheckBox(tr("Draw each view natively"), content);
  m_native->setObjectName("nativeSwitch");
  m_native->setToolTip(
      tr("The networks in the file are asked for every view. Off: what they say is baked to "
         "spherical harmonics, as exports hold it and other programs show it."));
  connect(m_native, &QCheckBox::clicked, this,
          [this](bool native) { emit nativeWanted(m_nativeEntry, native); });
  column->addWidget(m_native);
  m_nativeLoss = quietLabel(content);
  m_nativeLoss->setObjectName("nativeLoss");
  m_nativeLoss->setWordWrap(true);
  column->addWidget(m_nativeLoss);
  m_bytesTitle = sectionLabel(tr("Bytes by part"), content);
  m_bytesTitle->setWordWrap(true);  // long names must not push the panel over the window's edge
  column->addWidget(m_bytesTitle);
  m_bytes = new ByteBars(content);
  column->addWidget(m_bytes);
  column->addStretch(1);

  auto* buttons = new QWidget(this);
  auto* buttonColumn = new QVBoxLayout(buttons);
  buttonColumn->setContentsMargins(12, 8, 12, 12);
  buttonColumn->setSpacing(8);
  m_editBar = new QWidget(buttons);
  auto* editRow = new QHBoxLayout(m_editBar);
  editRow->setContentsMargins(0, 0, 0, 0);
  m_editText = quietLabel(m_editBar);
  m_editText->setObjectName("editText");
  auto* leave = new QToolButton(m_editBar);
  leave->setObjectName("leaveEdit");
  leave->setIcon(icon("cancel", palette()));
  leave->setToolTip(tr("Leave the job as it is"));
  leave->setAccessibleName(leave->toolTip());
  connect(leave, &QToolButton::clicked, this, [this] { setEdited(0, {}); });
  editRow->addWidget(m_editText, 1);
  editRow->addWidget(leave);
  m_editBar->hide();
  m_estimate = new QLabel(buttons);
  m_estimate->setObjectName("estimate");
  m_estimate->setProperty("quiet", true);
  QFont slanted = m_estimate->font();
  slanted.setItalic(true);
  m_estimate->setFont(slanted);
  m_estimate->hide();
  m_lost = quietLabel(buttons);
  m_lost->setObjectName("lostText");
  m_add = new QPushButton(tr("Add to queue"), buttons);
  m_add->setObjectName("addJob");
  m_add->setToolTip(tr("Compress the open scene with these settings (Ctrl+Return)"));
  m_add->setProperty("primary", true);
  m_compare = new QPushButton(tr("Compare three codecs"), buttons);
  m_compare->setObjectName("compareThree");
  m_compare->setToolTip(tr("Runs three codecs of different kinds with their defaults"));
  m_compare->setProperty("primary", false);
  buttonColumn->addWidget(m_estimate);
  buttonColumn->addWidget(m_editBar);
  buttonColumn->addWidget(m_compare);
  buttonColumn->addWidget(m_add);
  buttonColumn->addWidget(m_lost);
  outer->addWidget(hairlineFrame(this));
  outer->addWidget(buttons);

  connect(m_add, &QPushButton::clicked, this, &InspectorPanel::addWanted);
  connect(m_compare, &QPushButton::clicked, this, &InspectorPanel::compareWanted);
  fillCodecs();
  connect(m_codec, &QComboBox::currentIndexChanged, this, &InspectorPanel::codecChosen);
  connect(m_preset, &QComboBox::currentIndexChanged, this, &InspectorPanel::presetChosen);
  // Our own method first: the formats stand in the list to compare it with.
  m_codec->setCurrentIndex(std::max(0, m_codec->findData("lightgaussian")));
  codecChosen();
  fold(false);
  refreshState();
}

void InspectorPanel::fillCodecs() {
  for (const compressors::CodecInfo* card : codecCards(m_kind)) {
    m_codec->addItem(QString::fromStdString(card->label), QString::fromStdString(card->id));
    m_codec->setItemData(m_codec->count() - 1, QString::fromStdString(card->summary),
                         Qt::ToolTipRole);
  }
}

void InspectorPanel::setKind(engine::SceneKind kind) {
  if (kind == m_kind) {
    return;
  }
  m_kind = kind;
  const std::size_t compared = comparedCodecs(kind).size();
  m_compare->setText(compared == codecCards(kind).size() ? tr("Compare all codecs")
                     : compared == 2                     ? tr("Compare two codecs")
                                                         : tr("Compare three codecs"));
  m_compare->setToolTip(tr("Runs codecs of different kinds with their defaults"));
  {
    const QSignalBlocker quiet(m_codec);
    m_codec->clear();
    fillCodecs();
    m_codec->setCurrentIndex(
        std::max(0, m_codec->findData(QString::fromStdString(firstCodec(kind)))));
  }
  codecChosen();
}

std::string InspectorPanel::codec() const {
  return m_codec->currentData().toString().toStdString();
}

QWidget* InspectorPanel::makePresetRow(QWidget* parent) {
  auto* line = new QWidget(parent);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  m_presetMenu = new QToolButton(line);
  m_presetMenu->setObjectName("presetMenu");
  m_presetMenu->setText(QStringLiteral("…"));
  m_presetMenu->setToolTip(tr("Save, share and choose presets"));
  m_presetMenu->setAccessibleName(m_presetMenu->toolTip());
  m_presetMenu->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(m_presetMenu);
  menu->addAction(tr("Save as preset…"), this, &InspectorPanel::savePresetWanted)
      ->setObjectName("savePreset");
  menu->addAction(tr("Use as this project's default"), this, &InspectorPanel::defaultWanted)
      ->setObjectName("presetDefault");
  menu->addSeparator();
  menu->addAction(tr("Import a preset file…"), this, &InspectorPanel::importPresetWanted);
  QAction* share =
      menu->addAction(tr("Export the preset…"), this, &InspectorPanel::exportPresetWanted);
  QAction* drop =
      menu->addAction(tr("Delete the preset"), this, &InspectorPanel::deletePresetWanted);
  connect(menu, &QMenu::aboutToShow, this, [this, share, drop] {
    share->setEnabled(chosenPreset() != nullptr);
    drop->setEnabled(chosenPreset() != nullptr);
  });
  m_presetMenu->setMenu(menu);
  row->addWidget(m_preset, 1);
  row->addWidget(m_presetMenu);
  return line;
}

QWidget* InspectorPanel::makeTargetRow(QWidget* parent) {
  auto* line = new QWidget(parent);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  m_targetKind = new QComboBox(line);
  m_targetKind->setObjectName("targetKind");
  m_targetKind->addItem(tr("none"), -1);
  m_targetKind->addItem(tr("file size"), static_cast<int>(engine::QualityTarget::Kind::SizeBytes));
  m_targetKind->addItem(tr("mean PSNR"), static_cast<int>(engine::QualityTarget::Kind::MeanPsnr));
  m_targetValue = new QDoubleSpinBox(line);
  m_targetValue->setObjectName("targetValue");
  m_targetValue->hide();
  row->addWidget(m_targetKind, 1);
  row->addWidget(m_targetValue, 1);
  connect(m_targetKind, &QComboBox::currentIndexChanged, this, &InspectorPanel::targetKindChosen);
  connect(m_targetValue, &QDoubleSpinBox::valueChanged, this, &InspectorPanel::settingsChanged);
  return line;
}

void InspectorPanel::targetKindChosen() {
  const auto kind = m_targetKind->currentData().toInt();
  const QSignalBlocker quiet(m_targetValue);
  if (kind == static_cast<int>(engine::QualityTarget::Kind::SizeBytes)) {
    m_targetValue->setSuffix(tr(" MB"));
    m_targetValue->setDecimals(2);
    m_targetValue->setRange(0.01, 1e6);
    m_targetValue->setValue(20);
  } else if (kind == static_cast<int>(engine::QualityTarget::Kind::MeanPsnr)) {
    m_targetValue->setSuffix(tr(" dB"));
    m_targetValue->setDecimals(1);
    m_targetValue->setRange(10, 90);
    m_targetValue->setValue(40);
  }
  m_targetValue->setVisible(kind >= 0);
  refreshState();
}

std::optional<engine::QualityTarget> InspectorPanel::target() const {
  const int kind = m_targetKind->currentData().toInt();
  if (kind < 0 || !m_targetKind->isEnabled()) {
    return std::nullopt;
  }
  const auto chosen = static_cast<engine::QualityTarget::Kind>(kind);
  const double unit = chosen == engine::QualityTarget::Kind::SizeBytes ? 1e6 : 1;
  return engine::QualityTarget{chosen, m_targetValue->value() * unit};
}

void InspectorPanel::setSettings(const std::string& codec, const std::string& preset,
                                 const ParamSet& overrides,
                                 const std::optional<engine::QualityTarget>& target) {
  const int at = m_codec->findData(QString::fromStdString(codec));
  if (at < 0) {
    return;
  }
  m_codec->setCurrentIndex(at);
  const int own = m_preset->findData(QString::fromStdString(preset));
  m_preset->setCurrentIndex(std::max(0, own));
  presetChosen();
  // Resolved first: settings from files may name what this codec does not take.
  const auto values = compressors::resolveParams(*codecCard(codec), m_chosen.preset, overrides);
  for (ParamField* field : m_fields) {
    if (values && overrides.contains(field->spec().id)) {
      field->setValue(values->at(field->spec().id));
    }
  }
  m_targetKind->setCurrentIndex(target ? m_targetKind->findData(static_cast<int>(target->kind))
                                       : 0);
  if (target) {
    const double unit = target->kind == engine::QualityTarget::Kind::SizeBytes ? 1e6 : 1;
    m_targetValue->setValue(target->value / unit);
  }
  refreshState();
}

void InspectorPanel::setEdited(std::uint64_t job, const QString& title) {
  m_edited = job;
  m_editBar->setVisible(job != 0);
  m_editText->setText(tr("Changing the waiting job: %1").arg(title));
  m_add->setText(job != 0 ? tr("Change the job") : tr("Add to queue"));
}

void InspectorPanel::setPresets(std::vector<engine::SharedPreset> mine) {
  m_mine = std::move(mine);
  const QVariant kept = m_preset->currentData();
  fillPresets();
  if (const int at = m_preset->findData(kept); at >= 0) {
    m_preset->setCurrentIndex(at);
  }
}

engine::SharedPreset InspectorPanel::asPreset(const std::string& name) const {
  engine::SharedPreset preset;
  preset.name = name;
  preset.codecs[codec()] = {this->preset(), overrides()};
  preset.target = target();
  return preset;
}

const engine::SharedPreset* InspectorPanel::chosenPreset() const {
  const QString key = m_preset->currentData().toString();
  const auto at = std::find_if(m_mine.begin(), m_mine.end(), [&](const auto& preset) {
    return key == QStringLiteral("mine:") + QString::fromStdString(preset.name);
  });
  return at == m_mine.end() ? nullptr : &*at;
}

void InspectorPanel::showPhotos(const engine::PhotoOptions& photos) { m_photos->show(photos); }

void InspectorPanel::showEstimate(const QString& text, const QString& tip) {
  m_estimate->setText(text);
  m_estimate->setToolTip(tip);
  m_estimate->setVisible(!text.isEmpty());
}

void InspectorPanel::addPreset(const QString& kind, const engine::SharedPreset& preset) {
  m_preset->addItem(QString::fromStdString(preset.name),
                    kind + QStringLiteral(":") + QString::fromStdString(preset.name));
  m_preset->setItemData(m_preset->count() - 1, QString::fromStdString(preset.help),
                        Qt::ToolTipRole);
}

void InspectorPanel::codecChosen() {
  const compressors::CodecInfo* card = codecCard(this->codec());
  if (card == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = *card;
  m_summary->setText(QString::fromStdString(info.summary));
  m_summary->setToolTip(QString::fromStdString(info.paper));
  m_lost->setText(info.lost.empty()
                      ? tr("Nothing is lost in this format.")
                      : tr("Lost in this format: %1").arg(QString::fromStdString(info.lost)));
  fillPresets();
  m_form->setRowVisible(m_photos, info.learnsFromPhotos);
  const bool steers = !info.qualityKnob.empty();
  m_targetKind->setEnabled(steers);
  m_targetKind->setToolTip(
      steers ? tr("Moves the quality knob until the file has this size, or this quality")
      : m_kind == engine::SceneKind::MovingSplats || m_kind == engine::SceneKind::MovingVoxels
          ? tr("A target is for still scenes; move the quality instead")
          : tr("%1 has no quality knob").arg(QString::fromStdString(info.label)));
  if (!steers) {
    m_targetKind->setCurrentIndex(0);
  }
  rebuildFields();
  presetChosen();
}

void InspectorPanel::fillPresets() {
  const compressors::CodecInfo* card = codecCard(this->codec());
  if (card == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = *card;
  // A preset that is not the codec's own stays chosen when the codec changes.
  const QString before = m_preset->currentData().toString();
  const QSignalBlocker quiet(m_preset);
  m_preset->clear();
  const bool hasDefault =
      std::any_of(info.presets.begin(), info.presets.end(),
                  [](const ParamPreset& preset) { return preset.id == "default"; });
  if (!hasDefault) {
    m_preset->addItem(tr("Default"), QString());
  }
  for (const ParamPreset& preset : info.presets) {
    m_preset->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
    m_preset->setItemData(m_preset->count() - 1, QString::fromStdString(preset.help),
                          Qt::ToolTipRole);
    if (preset.id == "default") {
      m_preset->setCurrentIndex(m_preset->count() - 1);
    }
  }
  m_preset->insertSeparator(m_preset->count());
  for (const engine::SharedPreset& preset : engine::generalPresets()) {
    addPreset("general", preset);
  }
  bool first = true;
  for (const engine::SharedPreset& preset : m_mine) {
    if (engine::appliesTo(preset, info)) {
      if (std::exchange(first, false)) {
        m_preset->insertSeparator(m_preset->count());
      }
      addPreset("mine", preset);
    }
  }
  if (const int at = before.contains(':') ? m_preset->findData(before) : -1; at >= 0) {
    m_preset->setCurrentIndex(at);
  }
}

void InspectorPanel::rebuildFields() {
  for (ParamField* field : m_fields) {
    delete field;
  }
  m_fields.clear();
  qDeleteAll(m_fieldsArea->findChildren<QLabel*>("group", Qt::FindDirectChildrenOnly));
  qDeleteAll(m_advanced->findChildren<QLabel*>("group", Qt::FindDirectChildrenOnly));
  const compressors::CodecInfo* card = codecCard(this->codec());
  if (card == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = *card;
  // The quality knob first, then the rest in the codec's order.
  std::vector<const ParamSpec*> order;
  for (const ParamSpec& spec : info.params) {
    order.push_back(&spec);
  }
  std::stable_partition(order.begin(), order.end(),
                        [&](const ParamSpec* spec) { return spec->id == info.qualityKnob; });
  QString group[2];
  bool anyAdvanced = false;
  for (const ParamSpec* spec : order) {
    QWidget* area = spec->advanced ? m_advanced : m_fieldsArea;
    QString& current = group[spec->advanced ? 1 : 0];
    const QString wanted = QString::fromStdString(spec->group);
    if (spec->id == info.qualityKnob) {
      current = wanted;  // it is a title for its group
    } else if (!wanted.isEmpty() && wanted != current) {
      current = wanted;
      QLabel* title = sectionLabel(wanted, area);
      title->setObjectName("group");
      area->layout()->addWidget(title);
    }
    auto* field = new ParamField(*spec, area);
    connect(field, &ParamField::changed, this, &InspectorPanel::refreshState);
    area->layout()->addWidget(field);
    field->show();
    m_fields.push_back(field);
    anyAdvanced = anyAdvanced || spec->advanced;
  }
  m_more->setVisible(anyAdvanced);
  fold(m_advancedShown && anyAdvanced);
}

void InspectorPanel::presetChosen() {
  const compressors::CodecInfo* card = codecCard(this->codec());
  if (card == nullptr) {
    return;
  }
  const QString key = m_preset->currentData().toString();
  m_chosen = {key.contains(':') ? std::string() : key.toStdString(), {}};
  const engine::SharedPreset* shared = chosenPreset();
  for (const engine::SharedPreset& general : engine::generalPresets()) {
    if (key == QStringLiteral("general:") + QString::fromStdString(general.name)) {
      shared = &general;
    }
  }
  if (shared != nullptr) {
    m_chosen = engine::settingsFor(*shared, *card).value_or(engine::CodecSettings{});
    if (m_chosen.preset == "default") {
      m_chosen.preset.clear();
    }
    if (shared->target) {
      m_targetKind->setCurrentIndex(m_targetKind->findData(static_cast<int>(shared->target->kind)));
      const double unit = shared->target->kind == engine::QualityTarget::Kind::SizeBytes ? 1e6 : 1;
      m_targetValue->setValue(shared->target->value / unit);
    }
  }
  const Result<ParamSet> values =
      compressors::resolveParams(*card, m_chosen.preset, m_chosen.values);
  if (!values) {
    return;
  }
  for (ParamField* field : m_fields) {
    if (const auto at = values->find(field->spec().id); at != values->end()) {
      field->setBase(at->second);
    }
  }
  refreshState();
}

ParamSet InspectorPanel::overrides() const {
  ParamSet changed = m_chosen.values;
  for (const ParamField* field : m_fields) {
    if (field->isChanged()) {
      changed[field->spec().id] = field->value();
    }
  }
  return changed;
}

void InspectorPanel::fold(bool advancedShown) {
  m_advancedShown = advancedShown;
  m_advanced->setVisible(advancedShown);
  m_more->setIcon(icon(advancedShown ? "chevron-down" : "chevron-right", palette()));
}

void InspectorPanel::setReady(bool ready) {
  m_ready = ready;
  fold(m_advancedShown);  // its icon follows the theme
  refreshState();
}

void InspectorPanel::setCompareHighlighted(bool highlighted) {
  m_compare->setProperty("primary", highlighted);
  m_add->setProperty("primary", !highlighted);
  for (QPushButton* button : {m_compare, m_add}) {
    style()->unpolish(button);
    style()->polish(button);
  }
}

void InspectorPanel::refreshState() {
  m_add->setEnabled(m_ready);
  m_compare->setEnabled(m_ready);
  const compressors::CodecInfo* card = codecCard(this->codec());
  const bool aims = target().has_value();
  for (ParamField* field : m_fields) {
    // The search moves the knob itself.
    field->setEnabled(!aims || card == nullptr || field->spec().id != card->qualityKnob);
  }
  emit settingsChanged();
}

void InspectorPanel::showBytes(const Entry* entry) {
  const bool known = entry != nullptr && !entry->breakdown.empty();
  m_bytesTitle->setText(known ? tr("Bytes by part: %1").arg(QString::fromStdString(entry->name))
                              : tr("Bytes by part"));
  m_bytes->setShares(known ? entry->breakdown : std::vector<formats::ByteShare>());
}

void InspectorPanel::showNative(const Entry* entry) {
  const bool both = entry != nullptr && entry->native != nullptr;
  m_native->setVisible(both);
  m_nativeLoss->setVisible(both && entry->evaluation && entry->evaluation->isNative());
  m_nativeEntry = both ? entry->id : 0;
  m_native->setChecked(both && entry->shownNative() != nullptr);
  if (m_nativeLoss->isVisibleTo(this)) {
    const engine::Evaluation& evaluation = *entry->evaluation;
    const double loss = evaluation.meanPsnr() - evaluation.bakedMeanPsnr();
    m_nativeLoss->setText(tr("native %1, baked to SH %2: baking costs %3 dB")
                              .arg(QString::fromStdString(decibelText(evaluation.meanPsnr())),
                                   QString::fromStdString(decibelText(evaluation.bakedMeanPsnr())))
                              .arg(std::abs(loss) < 0.005 ? 0.0 : loss, 0, 'f', 2));  // no "-0.00"
  }
}

}  // namespace volpress::studio
