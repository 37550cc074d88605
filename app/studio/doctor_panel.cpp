#include "app/studio/doctor_panel.hpp"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

QString severityText(engine::Severity severity) {
  switch (severity) {
    case engine::Severity::Note: return QObject::tr("Note");
    case engine::Severity::Warning: return QObject::tr("Warning");
    case engine::Severity::Error: return QObject::tr("Error");
  }
  return {};
}

void colorText(QLabel& label, const QColor& color) {
  QPalette palette = label.palette();
  palette.setColor(QPalette::WindowText, color);
  label.setPalette(palette);
}

QString factsOf(const engine::Diagnosis& diagnosis) {
  const auto place = [](const std::array<float, 3>& point) {
    return QStringLiteral("(%1, %2, %3)")
        .arg(static_cast<double>(point[0]), 0, 'g', 4)
        .arg(static_cast<double>(point[1]), 0, 'g', 4)
        .arg(static_cast<double>(point[2]), 0, 'g', 4);
  };
  QStringList lines;
  lines << QObject::tr("%1 splats, SH degree %2, %3")
               .arg(QString::fromStdString(countText(diagnosis.splats)))
               .arg(diagnosis.shDegree)
               .arg(QString::fromStdString(sizeText(diagnosis.fileBytes)));
  lines
      << QObject::tr("from %1 to %2").arg(place(diagnosis.bounds.min), place(diagnosis.bounds.max));
  lines << QObject::tr("a typical splat is %1 large").arg(diagnosis.typicalSize, 0, 'g', 3);
  lines
      << QObject::tr("%1 splats over a pixel, seen as a whole").arg(diagnosis.overdraw, 0, 'f', 0);
  return lines.join('\n');
}

}  // namespace

DoctorPanel::DoctorPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("doctorPanel");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* content = new QWidget(scroll);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(12, 8, 12, 8);
  column->setSpacing(8);
  m_scene = new QLabel(content);
  m_scene->setObjectName("doctorScene");
  QFont bold = m_scene->font();
  bold.setBold(true);
  m_scene->setFont(bold);
  m_facts = new QLabel(content);
  m_facts->setObjectName("doctorFacts");
  m_facts->setProperty("quiet", true);
  m_verdict = new QLabel(content);
  m_verdict->setObjectName("doctorVerdict");
  for (QLabel* label : {m_scene, m_facts, m_verdict}) {
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(label);
  }
  m_list = new QVBoxLayout();
  m_list->setSpacing(8);
  column->addLayout(m_list);
  column->addStretch(1);
  scroll->setWidget(content);
  outer->addWidget(scroll, 1);

  auto* line = new QFrame(this);
  line->setProperty("line", true);
  outer->addWidget(line);
  auto* buttons = new QVBoxLayout();
  buttons->setContentsMargins(12, 8, 12, 12);
  buttons->setSpacing(8);
  m_examine = new QPushButton(tr("Examine again"), this);
  m_examine->setObjectName("doctorExamine");
  m_examine->setToolTip(tr("Read the file as it is, and say what is wrong with it"));
  m_repair = new QPushButton(tr("Repair into a new file…"), this);
  m_repair->setObjectName("doctorRepair");
  m_repair->setToolTip(
      tr("Write a copy without what can be repaired, and open it; the file stays as it is"));
  buttons->addWidget(m_examine);
  buttons->addWidget(m_repair);
  outer->addLayout(buttons);
  connect(m_examine, &QPushButton::clicked, this, &DoctorPanel::examineWanted);
  connect(m_repair, &QPushButton::clicked, this, &DoctorPanel::repairWanted);
  showState(State::NoScene, {});
}

void DoctorPanel::clearFindings() {
  m_showButtons.clear();
  for (QWidget* card : m_cards) {
    card->hide();  // later: one of its buttons may be what asked for this
    card->setObjectName({});
    card->deleteLater();
  }
  m_cards.clear();
}

void DoctorPanel::showState(State state, const QString& scene, const QString& problem) {
  if (state != State::Examined) {
    clearFindings();
    m_facts->hide();
    m_repair->setEnabled(false);
  }
  m_scene->setText(scene);
  m_scene->setVisible(!scene.isEmpty());
  m_examine->setEnabled(state != State::NoScene && state != State::Working);
  m_examine->setText(state == State::NotExamined ? tr("Examine") : tr("Examine again"));
  colorText(*m_verdict, state == State::Failed ? warningText(palette()) : quietText(palette()));
  switch (state) {
    case State::NoScene:
      m_verdict->setText(
          problem.isEmpty()
              ? tr("Open a scene: the doctor says what is in its file, and what is wrong "
                   "with it.")
              : problem);
      break;
    case State::NotExamined: m_verdict->setText(tr("This file was not examined yet.")); break;
    case State::Working: m_verdict->setText(tr("Examining the file…")); break;
    case State::Failed: m_verdict->setText(problem); break;
    case State::Examined: break;
  }
}

void DoctorPanel::showDiagnosis(const engine::Diagnosis& diagnosis,
                                const std::vector<FindingDeeds>& deeds) {
  clearFindings();
  m_facts->setText(factsOf(diagnosis));
  m_facts->show();
  const bool ill = diagnosis.hasProblems();
  colorText(*m_verdict,
            ill ? warningText(palette()) : palette().color(QPalette::Active, QPalette::WindowText));
  std::size_t serious = 0;
  for (const engine::Finding& finding : diagnosis.findings) {
    serious += finding.severity != engine::Severity::Note ? 1U : 0U;
  }
  m_verdict->setText(!ill           ? tr("Nothing is wrong with it.")
                     : serious == 1 ? tr("1 problem")
                                    : tr("%1 problems").arg(serious));
  for (std::size_t i = 0; i < diagnosis.findings.size(); ++i) {
    addFinding(diagnosis.findings[i], deeds[i]);
  }
  m_repair->setEnabled(diagnosis.isRepairable());
}

void DoctorPanel::addFinding(const engine::Finding& finding, const FindingDeeds& deeds) {
  auto* card = new QFrame(this);
  card->setProperty("card", true);
  const QString id = QString::fromStdString(finding.id);
  card->setObjectName("finding." + id);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(10, 8, 10, 8);
  column->setSpacing(4);
  auto* severity = new QLabel(severityText(finding.severity), card);
  severity->setObjectName("severity");
  QFont strong = severity->font();
  strong.setBold(true);
  severity->setFont(strong);
  colorText(*severity, finding.severity == engine::Severity::Note ? quietText(palette())
                                                                  : warningText(palette()));
  column->addWidget(severity);
  auto* what = new QLabel(QString::fromStdString(finding.what), card);
  what->setObjectName("what");
  what->setWordWrap(true);
  what->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(what);
  // The command line's advice names options; here a button does it.
  const QString advice = deeds.remedy ? QString() : QString::fromStdString(finding.advice);
  if (!advice.isEmpty()) {
    auto* words = new QLabel(advice, card);
    words->setProperty("quiet", true);
    words->setWordWrap(true);
    column->addWidget(words);
  }
  auto* row = new QHBoxLayout();
  row->setSpacing(8);
  if (deeds.shows) {
    auto* show = new QPushButton(tr("Show"), card);
    show->setObjectName("show." + id);
    show->setCheckable(true);
    show->setToolTip(tr("Point these splats out in the viewport; press again to stop"));
    connect(show, &QPushButton::clicked, this,
            [this, id](bool on) { emit showWanted(on ? id : QString()); });
    m_showButtons.push_back(show);
    row->addWidget(show);
  }
  if (deeds.remedy) {
    const edit::EditKind* kind = edit::findEditKind(deeds.remedy->kind);
    auto* remedy = new QPushButton(QString::fromStdString(kind->label), card);
    remedy->setObjectName("remedy." + id);
    remedy->setToolTip(tr("Add this edit to the scene; the file stays as it is"));
    connect(remedy, &QPushButton::clicked, this,
            [this, operation = *deeds.remedy] { emit remedyWanted(operation); });
    row->addWidget(remedy);
  }
  row->addStretch(1);
  if (deeds.shows || deeds.remedy) {
    column->addSpacing(2);
    column->addLayout(row);
  }
  m_list->addWidget(card);
  m_cards.push_back(card);
}

void DoctorPanel::setShown(const QString& finding) {
  for (QPushButton* button : m_showButtons) {
    button->setChecked(button->objectName() == "show." + finding);
  }
}

}  // namespace volpress::studio
