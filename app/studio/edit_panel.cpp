#include "app/studio/edit_panel.hpp"

#include <algorithm>
#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/edit_step.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr const char* kAddTip =
    QT_TRANSLATE_NOOP("volpress::studio::EditPanel",
                      "Crop, clean up, move, or cut colours; before the scene is compressed");

}  // namespace

EditPanel::EditPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("editPanel");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* top = new QHBoxLayout();
  top->setContentsMargins(12, 8, 12, 8);
  m_add = new QPushButton(tr("Add an edit"), this);
  m_add->setObjectName("editAdd");
  m_add->setToolTip(tr(kAddTip));
  auto* menu = new QMenu(m_add);
  menu->setObjectName("editMenu");
  fillMenu(*menu);
  m_add->setMenu(menu);
  m_reset = new QToolButton(this);
  m_reset->setObjectName("editReset");
  m_reset->setText(tr("Remove all"));
  m_reset->setToolTip(tr("Remove all edits; Ctrl+Z brings them back"));
  connect(m_reset, &QToolButton::clicked, this,
          [this] { emit edited({}, tr("Remove all edits"), 0); });
  top->addWidget(m_add);
  top->addStretch(1);
  top->addWidget(m_reset);
  outer->addLayout(top);

  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* content = new QWidget(scroll);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(12, 0, 12, 8);
  column->setSpacing(8);
  m_hint = new QLabel(content);
  m_hint->setObjectName("editHint");
  m_hint->setProperty("quiet", true);
  m_hint->setWordWrap(true);
  column->addWidget(m_hint);
  m_list = new QVBoxLayout();
  m_list->setSpacing(8);
  column->addLayout(m_list);
  column->addStretch(1);
  scroll->setWidget(content);
  outer->addWidget(scroll, 1);

  auto* line = new QFrame(this);
  line->setProperty("line", true);
  outer->addWidget(line);
  auto* foot = new QWidget(this);
  auto* feet = new QVBoxLayout(foot);
  feet->setContentsMargins(12, 8, 12, 12);
  feet->setSpacing(2);
  m_problem = new QLabel(foot);
  m_problem->setObjectName("editProblem");
  m_problem->setWordWrap(true);
  QPalette warning = m_problem->palette();
  warning.setColor(QPalette::WindowText, warningText(palette()));
  m_problem->setPalette(warning);
  m_summary = new QLabel(foot);
  m_summary->setObjectName("editSummary");
  m_summary->setFont(tabularFont(font()));
  m_share = new QLabel(foot);
  m_share->setObjectName("editShare");
  m_share->setProperty("quiet", true);
  m_share->setFont(tabularFont(font()));
  feet->addWidget(m_problem);
  feet->addWidget(m_summary);
  feet->addWidget(m_share);
  outer->addWidget(foot);
  refresh();
}

void EditPanel::fillMenu(QMenu& menu) {
  QString group;
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    // Crops, cleaning, moving and colour apart.
    const QString next = kind.id.starts_with("crop") ? QStringLiteral("crop")
                         : kind.id == "translate" || kind.id == "rotate" || kind.id == "scale"
                             ? QStringLiteral("move")
                         : kind.id == "sh-degree" ? QStringLiteral("colour")
                                                  : QStringLiteral("clean");
    if (!group.isEmpty() && next != group) {
      menu.addSeparator();
    }
    group = next;
    QAction* action =
        menu.addAction(QString::fromStdString(kind.label), this, [this, &kind] { add(kind); });
    action->setObjectName("addEdit." + QString::fromStdString(kind.id));
    action->setToolTip(QString::fromStdString(kind.help));
  }
  menu.setToolTipsVisible(true);
}

void EditPanel::add(const edit::EditKind& kind) {
  if (!m_facts) {
    return;
  }
  std::vector<edit::EditOperation> edits = m_edits;
  edits.push_back(suggestedEdit(kind, *m_facts));
  m_opened = m_edits.size();
  emit edited(edits, tr("Add edit: %1").arg(QString::fromStdString(kind.label)), 0);
}

void EditPanel::showSource(const Entry* source, const std::optional<EditFacts>& facts,
                           bool working) {
  const EntryId id = source == nullptr ? 0 : source->id;
  const bool other = id != m_source || facts.has_value() != m_facts.has_value();
  std::vector<edit::EditOperation> edits;
  if (source != nullptr) {
    edits = source->edits;
  }
  const bool sameKinds = std::equal(edits.begin(), edits.end(), m_edits.begin(), m_edits.end(),
                                    [](const auto& a, const auto& b) { return a.kind == b.kind; });
  if (id != m_source) {
    m_opened.reset();
  }
  m_source = id;
  m_facts = facts;
  m_edits = std::move(edits);
  m_outcome = source == nullptr ? nullptr : source->outcome;
  m_splats = source == nullptr ? 0 : source->splats();
  m_working = working;
  if (m_opened && *m_opened >= m_edits.size()) {
    m_opened.reset();
    emit openedChanged();
  }
  if (other || !sameKinds) {
    rebuild();
  }
  refresh();
}

void EditPanel::open(std::optional<std::size_t> step) {
  m_opened = step && *step < m_edits.size() ? step : std::nullopt;
  for (std::size_t i = 0; i < m_cards.size(); ++i) {
    m_cards[i]->setOpen(m_opened == i);
  }
  emit openedChanged();
}

void EditPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  emit openedChanged();
}

void EditPanel::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  emit openedChanged();
}

void EditPanel::rebuild() {
  for (EditStepCard* card : m_cards) {
    // Later: one of its buttons may be what asked for this.
    card->hide();
    card->setObjectName({});
    card->deleteLater();
  }
  m_cards.clear();
  if (!m_facts) {
    return;
  }
  for (std::size_t i = 0; i < m_edits.size(); ++i) {
    const edit::EditKind* kind = edit::findEditKind(m_edits[i].kind);
    auto* card = new EditStepCard(*kind, *m_facts, i, m_edits.size(), this);
    connect(card, &EditStepCard::openWanted, this,
            [this, i](bool opened) { open(opened ? std::optional(i) : std::nullopt); });
    connect(card, &EditStepCard::switched, this, [this, i](bool on) {
      std::vector<edit::EditOperation> edits = m_edits;
      edits[i].enabled = on;
      emit edited(edits, (on ? tr("Switch on: %1") : tr("Switch off: %1")).arg(labelOf(i)), 0);
    });
    connect(card, &EditStepCard::changed, this,
            [this, i](const std::string& param, const ParamValue& value, std::uint64_t gesture) {
              change(i, param, value, gesture);
            });
    connect(card, &EditStepCard::moveWanted, this, [this, i](int by) { move(i, by); });
    connect(card, &EditStepCard::removeWanted, this, [this, i] { remove(i); });
    m_list->addWidget(card);
    m_cards.push_back(card);
    card->setOpen(m_opened == i);
  }
  emit openedChanged();
}

void EditPanel::setReason(const QString& reason) {
  m_reason = reason;
  m_add->setToolTip(reason.isEmpty() ? tr(kAddTip) : reason);
}

void EditPanel::refresh() {
  const bool open = m_source != 0;
  m_add->setEnabled(open && m_facts.has_value());
  m_reset->setVisible(!m_edits.empty());
  m_hint->setVisible(m_edits.empty());
  m_hint->setText(open ? tr("Crop the scene, clean it up, move it or cut its colours before it is "
                            "compressed. The file stays as it is, and every step can be switched "
                            "off or undone.")
                  : m_reason.isEmpty() ? tr("Open a scene to edit it.")
                                       : m_reason);
  // Steps are of the list that was done last: they are right for as much of it as is the same.
  const bool current = m_outcome != nullptr && m_outcome->edits.size() == m_edits.size();
  for (std::size_t i = 0; i < m_cards.size(); ++i) {
    m_cards[i]->showOperation(m_edits[i]);
    const bool known =
        current && m_outcome->edits[i].kind == m_edits[i].kind && i < m_outcome->steps.size();
    m_cards[i]->showStep(known ? std::optional(m_outcome->steps[i]) : std::nullopt);
  }
  const std::string problem = m_outcome == nullptr ? std::string() : m_outcome->problem;
  m_problem->setText(
      problem.empty()
          ? QString()
          : tr("%1. What is shown is how it was before.").arg(QString::fromStdString(problem)));
  m_problem->setVisible(!problem.empty());
  const GaussianCloud* const edited =
      m_outcome != nullptr && !activeEdits(m_edits).empty() ? m_outcome->cloud.get() : nullptr;
  const bool counted = edited != nullptr;
  const std::size_t kept = counted ? edited->count : m_splats;
  m_summary->setVisible(open);
  m_share->setVisible(open && !m_edits.empty());
  m_summary->setText(counted ? tr("%1 of %2 splats kept")
                                   .arg(QString::fromStdString(countText(kept)),
                                        QString::fromStdString(countText(m_splats)))
                             : tr("%1 splats").arg(QString::fromStdString(countText(m_splats))));
  const double share =
      m_splats == 0 ? 0
                    : 100 * static_cast<double>(m_splats - kept) / static_cast<double>(m_splats);
  m_share->setText(m_working ? tr("working…")
                             : tr("%1 removed (%2 %)")
                                   .arg(QString::fromStdString(countText(m_splats - kept)))
                                   .arg(share, 0, 'f', 1));
}

void EditPanel::change(std::size_t step, const std::string& param, const ParamValue& value,
                       std::uint64_t gesture) {
  std::vector<edit::EditOperation> edits = m_edits;
  edits[step].params[param] = value;
  emit edited(edits, tr("Change: %1").arg(labelOf(step)), gesture);
}

void EditPanel::move(std::size_t step, int by) {
  const std::size_t to = by < 0 ? step - 1 : step + 1;
  if (to >= m_edits.size()) {
    return;
  }
  std::vector<edit::EditOperation> edits = m_edits;
  std::swap(edits[step], edits[to]);
  if (m_opened == step) {
    m_opened = to;
  }
  emit edited(edits, tr("Reorder edits"), 0);
}

void EditPanel::remove(std::size_t step) {
  std::vector<edit::EditOperation> edits = m_edits;
  edits.erase(edits.begin() + static_cast<std::ptrdiff_t>(step));
  const QString text = tr("Remove edit: %1").arg(labelOf(step));
  m_opened.reset();
  emit edited(edits, text, 0);
}

QString EditPanel::labelOf(std::size_t step) const {
  const edit::EditKind* kind = edit::findEditKind(m_edits[step].kind);
  return QString::fromStdString(kind == nullptr ? m_edits[step].kind : kind->label);
}

}  // namespace volpress::studio
