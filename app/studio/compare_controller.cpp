#include "app/studio/compare_controller.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <QAction>
#include <QMenu>

#include "app/studio/attribution_panel.hpp"
#include "app/studio/doctor_desk.hpp"
#include "app/studio/theme.hpp"
#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

constexpr float kRangeStep = 1.25F;
constexpr int kComparePollMs = 200;

}  // namespace

CompareController::CompareController(Session& session, Viewport& viewport,
                                     const ActionMaker& makeAction, QWidget* parent)
    : QObject(parent),
      m_session(session),
      m_viewport(viewport),
      m_panel(new AttributionPanel(parent)),
      m_analysis(new CompareAnalysis(this)) {
  Actions& a = m_actions;
  a.difference = makeAction("difference", tr("Difference to A"), "difference", {tr("D")},
                            tr("Where the other sides differ from A: absolute, FLIP, signed, off"));
  a.loupe = makeAction("loupe", tr("Loupe"), "loupe", {tr("L")},
                       tr("Eight times larger at the pointer, with exact values"));
  a.splatErrors = makeAction("splatErrors", tr("Error in 3D"), "splat-error", {tr("E")},
                             tr("Each splat in the colour of the error seen through it"));
  a.blink = makeAction("blink", tr("Blink A and B"), {}, {tr("Shift+F")},
                       tr("A and B by turns in the same place"));
  a.wider = makeAction("heatWider", tr("Widen the colour range"), {}, {tr("="), tr("+")},
                       tr("The end of the error scale stands for a larger error"));
  a.narrower = makeAction("heatNarrower", tr("Narrow the colour range"), {}, {tr("-")},
                          tr("The end of the error scale stands for a smaller error"));
  a.previousA = makeAction("previousA", tr("Previous variant on A"), {}, {tr("Ctrl+[")}, {});
  a.nextA = makeAction("nextA", tr("Next variant on A"), {}, {tr("Ctrl+]")}, {});
  for (QAction* action : {a.difference, a.loupe, a.splatErrors, a.blink}) {
    action->setCheckable(true);
  }

  connect(a.difference, &QAction::triggered, this, &CompareController::cycleDifference);
  connect(a.loupe, &QAction::triggered, this, [this](bool on) { m_viewport.setLoupe(on); });
  connect(a.splatErrors, &QAction::triggered, this, &CompareController::toggleSplatErrors);
  connect(a.blink, &QAction::triggered, this, [this](bool on) { m_viewport.setBlinking(on); });
  connect(a.wider, &QAction::triggered, this,
          [this] { m_viewport.setHeatRange(m_viewport.heat().range() * kRangeStep); });
  connect(a.narrower, &QAction::triggered, this,
          [this] { m_viewport.setHeatRange(m_viewport.heat().range() / kRangeStep); });
  connect(a.previousA, &QAction::triggered, this, [this] { m_session.stepVariant(-1, 0); });
  connect(a.nextA, &QAction::triggered, this, [this] { m_session.stepVariant(1, 0); });
  connect(&m_viewport, &Viewport::heatChanged, this, &CompareController::heatChanged);
  connect(&m_viewport, &Viewport::blinkingChanged, a.blink, &QAction::setChecked);
  connect(&m_session, &Session::projectChanged, m_analysis,
          [this] { m_analysis->useViews(m_session.project().views); });
  connect(m_analysis, &CompareAnalysis::answered, this, &CompareController::refresh);
  connect(m_analysis, &CompareAnalysis::swapped, this, &CompareController::takeSwap);
  connect(m_analysis, &CompareAnalysis::failed, this, &CompareController::failed);
  connect(m_panel, &AttributionPanel::attributionWanted, this, [this] {
    const Entry* source = m_session.document().activeSource();
    const Entry* b = m_session.document().side(1);
    if (source != nullptr && b != nullptr && !b->isSource()) {
      m_analysis->wantAttribution(source->asShown(), *b);
      refresh();
    }
  });
  connect(m_panel, &AttributionPanel::cancelWanted, m_analysis, &CompareAnalysis::cancelAll);
  connect(m_panel, &AttributionPanel::swapWanted, this, &CompareController::toggleSwap);
  m_progress.setInterval(kComparePollMs);
  connect(&m_progress, &QTimer::timeout, this, &CompareController::refresh);
  heatChanged();
}

QList<QAction*> CompareController::barActions() const {
  return {m_actions.difference, m_actions.loupe, m_actions.splatErrors};
}

void CompareController::fillMenu(QMenu& menu) const {
  menu.addActions({m_actions.blink, m_actions.previousA, m_actions.nextA});
  menu.addSeparator();
  menu.addActions({m_actions.difference, m_actions.splatErrors, m_actions.narrower, m_actions.wider,
                   m_actions.loupe});
}

void CompareController::refreshIcons(const QPalette& palette) const {
  m_actions.difference->setIcon(icon("difference", palette));
  m_actions.loupe->setIcon(icon("loupe", palette));
  m_actions.splatErrors->setIcon(icon("splat-error", palette));
}

void CompareController::showSides(std::array<SideState, kMaxSides> sides) {
  const bool open = !sides[0].isEmpty();
  const bool compares = !sides[1].isEmpty();
  m_actions.loupe->setEnabled(open);
  for (QAction* action : {m_actions.difference, m_actions.blink}) {
    action->setEnabled(compares);
  }
  const Entry* source = m_session.document().activeSource();
  const bool hasVariants =
      source != nullptr && !m_session.document().variantsOf(source->id).empty();
  m_actions.previousA->setEnabled(hasVariants);
  m_actions.nextA->setEnabled(hasVariants);
  const bool edited = m_sides[0].entry == sides[0].entry && m_sides[0].scene() != sides[0].scene();
  m_sides = std::move(sides);
  const HeatKind painted = paintedKind();
  m_actions.splatErrors->setEnabled(compares && painted != HeatKind::None);
  m_actions.splatErrors->setToolTip(
      painted == HeatKind::Splats ? tr("Each splat in the colour of the error seen through it (E)")
      : painted == HeatKind::Surface
          ? tr("Each place of the surface in the colour of its distance to A (E)")
          : tr("Only splats and meshes, beside their like, show their errors in 3D; the difference "
               "to A shows those of others"));
  if (isPainted(m_viewport.heat().kind) && m_viewport.heat().kind != painted) {
    m_viewport.setHeat(HeatKind::None);
  }
  if (m_swap && (edited || m_swap->variant != m_sides[1].entry)) {
    m_swap.reset();  // it is a swap of what stood on B, with what stood on A
  }
  askForErrors();
  refresh();
}

/// How the sides can show their errors on themselves: all as splats, or all as meshes.
HeatKind CompareController::paintedKind() const {
  bool splats = true;
  bool meshes = true;
  for (const SideState& side : m_sides) {
    if (!side.isEmpty()) {
      splats = splats && side.model == nullptr;
      meshes = meshes && side.model != nullptr && side.model->mesh() != nullptr;
    }
  }
  return splats ? HeatKind::Splats : meshes ? HeatKind::Surface : HeatKind::None;
}

void CompareController::addDistances(SideState& side, const ModelScene& reference) {
  side.errors = m_analysis->distancesOf(side.model, reference);
  if (side.errors != nullptr || m_motion == SceneMotion::Playing) {
    return;  // while it plays every frame would be late
  }
  m_analysis->wantDistances(side.model, reference, side.name);
  if (m_analysis->isMeasuring(side.model)) {
    side.note = "measuring its surface…";
  }
}

void CompareController::askForErrors() {
  const Document& document = m_session.document();
  const Entry* source = document.activeSource();
  if (m_viewport.heat().kind != HeatKind::Splats || source == nullptr) {
    return;
  }
  for (std::size_t side = 0; side < document.sideCount(); ++side) {
    const Entry* entry = document.side(side);
    if (entry != nullptr && !entry->isSource()) {
      m_analysis->wantErrors(source->asShown(), *entry);
    }
  }
}

void CompareController::showFrames(std::array<FrameSide, kMaxSides> frames, SceneMotion motion) {
  m_frames = std::move(frames);
  m_motion = motion;
  m_viewport.setMotion(motion);
  pushSides();
}

void CompareController::pushSides() {
  const Document& document = m_session.document();
  std::array<SideState, kMaxSides> sides = m_sides;
  const auto activity = m_analysis->activity();
  std::size_t count = 0;
  for (; count < kMaxSides && !sides.at(count).isEmpty(); ++count) {
    SideState& side = sides.at(count);
    const Entry* entry = document.find(side.entry);
    const FrameSide& frame = m_frames.at(count);
    const bool isFrame = entry != nullptr && !frame.shown.isEmpty() && frame.entry == entry->id;
    const bool first = !isFrame || frame.shown.cloud == entry->cloud;
    if (isFrame) {
      side.cloud = frame.shown.cloud;
      side.model = frame.shown.model;
      side.numbers = frame.numbers;
    }
    if (m_viewport.heat().kind == HeatKind::Surface && count > 0 && side.model != nullptr) {
      addDistances(side, sides[0].model);
    }
    if (entry == nullptr || entry->isSource() || entry->model != nullptr || !first) {
      continue;  // the analysis knows the first frame alone
    }
    side.errors = m_analysis->errorsOf(*entry);
    if (m_viewport.heat().kind == HeatKind::Splats && side.errors == nullptr &&
        m_analysis->isAsked(*entry, CompareAnalysis::Question::Errors)) {
      side.note =
          fmt::format("finding its errors… {:.0f} %", activity ? 100 * activity->fraction : 0.0);
    }
  }
  if (m_swap) {
    SideState swap;
    swap.cloud = m_swap->cloud;
    swap.name = fmt::format("B + original's {}", engine::splatAttributeName(m_swap->attribute));
    sides.at(std::min(count, kMaxSides - 1)) = std::move(swap);
  }
  m_viewport.setSides(sides);
}

void CompareController::refresh() {
  const Document& document = m_session.document();
  if (const Entry* source = document.activeSource()) {
    m_analysis->keepOnly(source->asShown());
  }
  pushSides();
  const Entry* b = document.side(1);
  const bool isVariant = b != nullptr && !b->isSource() && b->model == nullptr;
  m_panel->showVariant(isVariant ? QString::fromStdString(b->name) : QString(),
                       isVariant ? m_analysis->attributionOf(*b) : nullptr,
                       b != nullptr && b->model != nullptr ? whySplatsOnly(b) : QString());
  m_panel->showSwap(m_swap ? std::optional(m_swap->attribute) : std::nullopt);
  showProgress();
}

void CompareController::showProgress() {
  const auto activity = m_analysis->activity();
  const Entry* b = m_session.document().side(1);
  const bool attributing =
      b != nullptr && m_analysis->isAsked(*b, CompareAnalysis::Question::Attribution);
  m_panel->showProgress(
      attributing ? tr("%1 %").arg(activity ? 100 * activity->fraction : 0, 0, 'f', 0) : QString(),
      attributing ? (activity ? activity->fraction : 0) : -1);
  bool waits = attributing;
  for (std::size_t side = 0; side < m_session.document().sideCount(); ++side) {
    const Entry* entry = m_session.document().side(side);
    waits = waits ||
            (entry != nullptr && m_analysis->isAsked(*entry, CompareAnalysis::Question::Errors));
  }
  if (!waits) {
    m_progress.stop();
  } else if (!m_progress.isActive()) {
    m_progress.start();
  }
}

void CompareController::toggleSwap(engine::SplatAttribute attribute) {
  const Entry* source = m_session.document().activeSource();
  const Entry* b = m_session.document().side(1);
  if (m_swap && m_swap->attribute == attribute) {
    m_swap.reset();
    refresh();
  } else if (source != nullptr && b != nullptr && !b->isSource()) {
    m_analysis->wantSwap(source->asShown(), *b, attribute);
  }
}

void CompareController::takeSwap(EntryId variant, engine::SplatAttribute attribute,
                                 std::shared_ptr<const GaussianCloud> cloud) {
  if (variant != m_sides[1].entry) {
    return;  // B changed meanwhile
  }
  m_swap = Swap{variant, attribute, std::move(cloud)};
  m_viewport.setBlinking(false);
  m_viewport.setMode(CompareMode::SideBySide);
  refresh();
}

void CompareController::putOnSide(std::size_t side, EntryId entry) {
  m_session.putBeside(side, entry);
  if (side > 1 && entry != 0) {
    m_viewport.setBlinking(false);
    m_viewport.setMode(CompareMode::SideBySide);
  }
}

void CompareController::cycleDifference() {
  m_viewport.setHeat(nextDifference(m_viewport.heat().kind));
}

void CompareController::toggleSplatErrors(bool on) {
  m_viewport.setHeat(on ? paintedKind() : HeatKind::None);
  askForErrors();
  refresh();
}

void CompareController::heatChanged() {
  const HeatKind kind = m_viewport.heat().kind;
  m_actions.difference->setChecked(kind != HeatKind::None && !isPainted(kind));
  m_actions.splatErrors->setChecked(isPainted(kind));
  m_actions.wider->setEnabled(kind != HeatKind::None);
  m_actions.narrower->setEnabled(kind != HeatKind::None);
}

}  // namespace volpress::studio
