#include "app/studio/compare_controller.hpp"

#include <utility>

#include <QAction>
#include <QMenu>

#include "app/studio/theme.hpp"
#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr float kRangeStep = 1.25F;

}  // namespace

CompareController::CompareController(Session& session, Viewport& viewport,
                                     const ActionMaker& makeAction, QObject* parent)
    : QObject(parent), m_session(session), m_viewport(viewport) {
  Actions& a = m_actions;
  a.difference = makeAction("difference", tr("Difference to A"), "difference", {tr("D")},
                            tr("Where the other sides differ from A: absolute, FLIP, signed, off"));
  a.loupe = makeAction("loupe", tr("Loupe"), "loupe", {tr("L")},
                       tr("Eight times larger at the pointer, with exact values"));
  a.blink = makeAction("blink", tr("Blink A and B"), {}, {tr("Shift+F")},
                       tr("A and B by turns in the same place"));
  a.wider = makeAction("heatWider", tr("Widen the colour range"), {}, {tr("="), tr("+")},
                       tr("The end of the error scale stands for a larger error"));
  a.narrower = makeAction("heatNarrower", tr("Narrow the colour range"), {}, {tr("-")},
                          tr("The end of the error scale stands for a smaller error"));
  a.previousA = makeAction("previousA", tr("Previous variant on A"), {}, {tr("Ctrl+[")}, {});
  a.nextA = makeAction("nextA", tr("Next variant on A"), {}, {tr("Ctrl+]")}, {});
  for (QAction* action : {a.difference, a.loupe, a.blink}) {
    action->setCheckable(true);
  }

  connect(a.difference, &QAction::triggered, this, &CompareController::cycleDifference);
  connect(a.loupe, &QAction::triggered, this, [this](bool on) { m_viewport.setLoupe(on); });
  connect(a.blink, &QAction::triggered, this, [this](bool on) { m_viewport.setBlinking(on); });
  connect(a.wider, &QAction::triggered, this,
          [this] { m_viewport.setHeatRange(m_viewport.heat().range() * kRangeStep); });
  connect(a.narrower, &QAction::triggered, this,
          [this] { m_viewport.setHeatRange(m_viewport.heat().range() / kRangeStep); });
  connect(a.previousA, &QAction::triggered, this, [this] { m_session.stepVariant(-1, 0); });
  connect(a.nextA, &QAction::triggered, this, [this] { m_session.stepVariant(1, 0); });
  connect(&m_viewport, &Viewport::heatChanged, this, &CompareController::heatChanged);
  connect(&m_viewport, &Viewport::blinkingChanged, a.blink, &QAction::setChecked);
  heatChanged();
}

QList<QAction*> CompareController::barActions() const {
  return {m_actions.difference, m_actions.loupe};
}

void CompareController::fillMenu(QMenu& menu) const {
  menu.addActions({m_actions.blink, m_actions.previousA, m_actions.nextA});
  menu.addSeparator();
  menu.addActions({m_actions.difference, m_actions.narrower, m_actions.wider, m_actions.loupe});
}

void CompareController::refreshIcons(const QPalette& palette) const {
  m_actions.difference->setIcon(icon("difference", palette));
  m_actions.loupe->setIcon(icon("loupe", palette));
}

void CompareController::showSides(std::array<SideState, kMaxSides> sides) {
  const bool open = sides[0].cloud != nullptr;
  const bool compares = sides[1].cloud != nullptr;
  m_actions.loupe->setEnabled(open);
  for (QAction* action : {m_actions.difference, m_actions.blink}) {
    action->setEnabled(compares);
  }
  const Entry* source = m_session.document().activeSource();
  const bool hasVariants =
      source != nullptr && !m_session.document().variantsOf(source->id).empty();
  m_actions.previousA->setEnabled(hasVariants);
  m_actions.nextA->setEnabled(hasVariants);
  m_viewport.setSides(sides);
}

void CompareController::putOnSide(std::size_t side, EntryId entry) {
  m_session.setSide(side, entry);
  if (side > 1 && entry != 0) {
    m_viewport.setBlinking(false);
    m_viewport.setMode(CompareMode::SideBySide);
  }
}

void CompareController::cycleDifference() {
  m_viewport.setHeat(nextDifference(m_viewport.heat().kind));
}

void CompareController::heatChanged() {
  const HeatKind kind = m_viewport.heat().kind;
  m_actions.difference->setChecked(kind != HeatKind::None && kind != HeatKind::Splats);
  m_actions.wider->setEnabled(kind != HeatKind::None);
  m_actions.narrower->setEnabled(kind != HeatKind::None);
}

}  // namespace volpress::studio
