#include "app/studio/sweep_dialog.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

#include "app/engine/sweep.hpp"
#include "app/studio/codec_cards.hpp"

namespace volpress::studio {
namespace {

constexpr int kMostPoints = 32;
constexpr int kUsualPoints = 5;

bool hasKnob(const compressors::CodecInfo& info) {
  const ParamSpec* knob = findParam(info.params, info.qualityKnob);
  return knob != nullptr && knob->range.has_value();
}

int decimalsOf(const ParamSpec& knob) {
  if (std::holds_alternative<std::int64_t>(knob.defaultValue)) {
    return 0;
  }
  const double finest = knob.range->step > 0 ? knob.range->step
                        : knob.range->logarithmic && knob.range->min > 0
                            ? knob.range->min
                            : (knob.range->max - knob.range->min) / 1000;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(finest) - 1e-9)), 0, 8);
}

/// Three figures say enough in a name; the job has the exact number.
QString shortText(const ParamValue& value) {
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? QString::number(*real, 'g', 3)
                         : QString::fromStdString(formatParamValue(value));
}

}  // namespace

SweepDialog::SweepDialog(engine::SceneKind kind, Session::JobSettings start, QWidget* parent)
    : QDialog(parent), m_start(std::move(start)) {
  setObjectName("sweepDialog");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Sweep"));
  setMinimumWidth(440);
  auto* column = new QVBoxLayout(this);
  auto* words = new QLabel(tr("Compresses the scene at several values of the codec's quality knob. "
                              "The results draw its curve in the chart."),
                           this);
  words->setProperty("quiet", true);
  words->setWordWrap(true);
  column->addWidget(words);
  auto* form = new QFormLayout();
  form->setSpacing(8);
  m_codec = new QComboBox(this);
  m_codec->setObjectName("sweepCodec");
  for (const compressors::CodecInfo* card : codecCards(kind)) {
    if (hasKnob(*card)) {
      m_codec->addItem(QString::fromStdString(card->label), QString::fromStdString(card->id));
    }
  }
  m_knob = new QLabel(this);
  m_knob->setObjectName("sweepKnob");
  auto* range = new QHBoxLayout();
  m_from = new QDoubleSpinBox(this);
  m_from->setObjectName("sweepFrom");
  m_to = new QDoubleSpinBox(this);
  m_to->setObjectName("sweepTo");
  range->addWidget(m_from, 1);
  range->addWidget(new QLabel(tr("to"), this));
  range->addWidget(m_to, 1);
  m_points = new QSpinBox(this);
  m_points->setObjectName("sweepPoints");
  m_points->setRange(2, kMostPoints);
  m_points->setValue(kUsualPoints);
  m_values = new QLabel(this);
  m_values->setObjectName("sweepValues");
  m_values->setWordWrap(true);
  m_base = new QLabel(this);
  m_base->setProperty("quiet", true);
  m_base->setWordWrap(true);
  form->addRow(tr("Codec"), m_codec);
  form->addRow(tr("Knob"), m_knob);
  form->addRow(tr("From"), range);
  form->addRow(tr("Points"), m_points);
  form->addRow(tr("Values"), m_values);
  column->addLayout(form);
  column->addWidget(m_base);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_add = buttons->addButton(tr("Add to queue"), QDialogButtonBox::AcceptRole);
  m_add->setObjectName("sweepAdd");
  m_add->setProperty("primary", true);
  m_add->setDefault(true);
  style()->unpolish(m_add);  // the box has measured it already
  style()->polish(m_add);
  column->addWidget(buttons);
  connect(m_codec, &QComboBox::currentIndexChanged, this, &SweepDialog::codecChosen);
  for (QDoubleSpinBox* box : {m_from, m_to}) {
    connect(box, &QDoubleSpinBox::valueChanged, this, &SweepDialog::refresh);
  }
  connect(m_points, &QSpinBox::valueChanged, this, &SweepDialog::refresh);
  connect(buttons, &QDialogButtonBox::accepted, this, &SweepDialog::finish);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  m_codec->setCurrentIndex(std::max(0, m_codec->findData(QString::fromStdString(m_start.codec))));
  codecChosen();
}

const compressors::CodecInfo& SweepDialog::info() const {
  return *codecCard(m_codec->currentData().toString().toStdString());
}

const ParamSpec& SweepDialog::knob() const { return *findParam(info().params, info().qualityKnob); }

void SweepDialog::codecChosen() {
  const ParamSpec& moved = knob();
  m_knob->setText(QString::fromStdString(moved.label));
  m_knob->setToolTip(QString::fromStdString(moved.help));
  const engine::SweepRange usual = engine::sweepRange(*moved.range);
  const QString unit = moved.unit.empty() ? QString() : " " + QString::fromStdString(moved.unit);
  for (const auto& [box, value] : {std::pair{m_from, usual.low}, {m_to, usual.high}}) {
    const QSignalBlocker quiet(box);
    box->setDecimals(decimalsOf(moved));
    box->setRange(moved.range->min, moved.range->max);
    box->setSingleStep(moved.range->step > 0 ? moved.range->step
                                             : (moved.range->max - moved.range->min) / 100);
    box->setSuffix(unit);
    box->setValue(value);
  }
  const bool same = info().id == m_start.codec;
  m_base->setText(same && (!m_start.preset.empty() || !m_start.overrides.empty())
                      ? tr("Everything else as in the inspector.")
                      : tr("Everything else as the codec's defaults say."));
  refresh();
}

std::vector<ParamValue> SweepDialog::values() const {
  return engine::spreadValues(knob(), m_from->value(), m_to->value(),
                              static_cast<std::size_t>(m_points->value()));
}

void SweepDialog::refresh() {
  QStringList texts;
  for (const ParamValue& value : values()) {
    texts << shortText(value);
  }
  m_values->setText(texts.join(QStringLiteral(",  ")));
  m_add->setText(texts.size() == 1 ? tr("Add 1 job") : tr("Add %1 jobs").arg(texts.size()));
}

void SweepDialog::finish() {
  std::vector<Session::JobSettings> jobs;
  for (const ParamValue& value : values()) {
    Session::JobSettings job;
    job.codec = info().id;
    if (job.codec == m_start.codec) {
      job.preset = m_start.preset;
      job.overrides = m_start.overrides;
    }
    job.overrides[info().qualityKnob] = value;
    // The value first: lists cut names at their end.
    job.name = QStringLiteral("%1 · %2 (%3)")
                   .arg(QString::fromStdString(info().label), shortText(value) + m_from->suffix(),
                        m_knob->text())
                   .toStdString();
    jobs.push_back(std::move(job));
  }
  emit jobsWanted(jobs);
  accept();
}

}  // namespace volpress::studio
