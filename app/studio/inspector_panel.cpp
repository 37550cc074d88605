#include "app/studio/inspector_panel.hpp"

#include <algorithm>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/byte_bars.hpp"
#include "app/studio/document.hpp"
#include "app/studio/param_field.hpp"
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

  auto* form = new QFormLayout();
  form->setSpacing(8);
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
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
  form->addRow(tr("Codec"), m_codec);
  form->addRow(tr("Preset"), m_preset);
  column->addLayout(form);
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
  m_lost = quietLabel(content);
  m_lost->setObjectName("lostText");
  column->addWidget(m_lost);
  column->addWidget(hairlineFrame(content));
  m_bytesTitle = sectionLabel(tr("Bytes by part"), content);
  column->addWidget(m_bytesTitle);
  m_bytes = new ByteBars(content);
  column->addWidget(m_bytes);
  column->addStretch(1);

  auto* buttons = new QWidget(this);
  auto* buttonColumn = new QVBoxLayout(buttons);
  buttonColumn->setContentsMargins(12, 8, 12, 12);
  buttonColumn->setSpacing(8);
  m_add = new QPushButton(tr("Add to queue"), buttons);
  m_add->setObjectName("addJob");
  m_add->setToolTip(tr("Compress the open scene with these settings (Ctrl+Return)"));
  m_add->setProperty("primary", true);
  m_compare = new QPushButton(tr("Compare three codecs"), buttons);
  m_compare->setObjectName("compareThree");
  m_compare->setToolTip(tr("Runs three codecs of different kinds with their defaults"));
  m_compare->setProperty("primary", false);
  buttonColumn->addWidget(m_compare);
  buttonColumn->addWidget(m_add);
  outer->addWidget(hairlineFrame(this));
  outer->addWidget(buttons);

  connect(m_add, &QPushButton::clicked, this, &InspectorPanel::addWanted);
  connect(m_compare, &QPushButton::clicked, this, &InspectorPanel::compareWanted);
  for (const compressors::Codec* codec : compressors::allCodecs()) {
    const compressors::CodecInfo& info = codec->info();
    m_codec->addItem(QString::fromStdString(info.label), QString::fromStdString(info.id));
    m_codec->setItemData(m_codec->count() - 1, QString::fromStdString(info.summary),
                         Qt::ToolTipRole);
  }
  connect(m_codec, &QComboBox::currentIndexChanged, this, &InspectorPanel::codecChosen);
  connect(m_preset, &QComboBox::currentIndexChanged, this, &InspectorPanel::presetChosen);
  // Our own method first: the formats stand in the list to compare it with.
  m_codec->setCurrentIndex(std::max(0, m_codec->findData("lightgaussian")));
  codecChosen();
  fold(false);
  refreshState();
}

std::string InspectorPanel::codec() const {
  return m_codec->currentData().toString().toStdString();
}

std::string InspectorPanel::preset() const {
  return m_preset->currentData().toString().toStdString();
}

void InspectorPanel::codecChosen() {
  const compressors::Codec* codec = compressors::findCodec(this->codec());
  if (codec == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = codec->info();
  m_summary->setText(QString::fromStdString(info.summary));
  m_summary->setToolTip(QString::fromStdString(info.paper));
  m_lost->setText(info.lost.empty()
                      ? tr("Nothing is lost in this format.")
                      : tr("Lost in this format: %1").arg(QString::fromStdString(info.lost)));
  {
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
  }
  rebuildFields();
  presetChosen();
}

void InspectorPanel::rebuildFields() {
  for (ParamField* field : m_fields) {
    delete field;
  }
  m_fields.clear();
  qDeleteAll(m_fieldsArea->findChildren<QLabel*>("group", Qt::FindDirectChildrenOnly));
  qDeleteAll(m_advanced->findChildren<QLabel*>("group", Qt::FindDirectChildrenOnly));
  const compressors::Codec* codec = compressors::findCodec(this->codec());
  if (codec == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = codec->info();
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
    if (!wanted.isEmpty() && wanted != current && spec->id != info.qualityKnob) {
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
  const compressors::Codec* codec = compressors::findCodec(this->codec());
  if (codec == nullptr) {
    return;
  }
  const Result<ParamSet> values = compressors::resolveParams(codec->info(), preset(), {});
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
  ParamSet changed;
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
}

void InspectorPanel::showBytes(const Entry* entry) {
  const bool known = entry != nullptr && !entry->breakdown.empty();
  m_bytesTitle->setText(known ? tr("Bytes by part: %1").arg(QString::fromStdString(entry->name))
                              : tr("Bytes by part"));
  m_bytes->setShares(known ? entry->breakdown : std::vector<formats::ByteShare>());
}

}  // namespace volpress::studio
