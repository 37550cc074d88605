#include "app/studio/doctor_desk.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QMainWindow>

#include "app/studio/display_text.hpp"
#include "app/studio/doctor_panel.hpp"
#include "app/studio/repair_dialog.hpp"
#include "app/studio/session.hpp"

namespace volpress::studio {
namespace {

// Larger scenes are examined when asked for: it reads the file a second time.
constexpr std::size_t kMostByItself = 3'000'000;
constexpr float kShZero = 0.28209479F;      // the constant SH basis function
constexpr float kVisibleLogit = 1.4F;       // 80 %
constexpr float kVisibleHugeLogit = -0.8F;  // 30 %: a huge one must not hide the rest
constexpr std::array kShown{"far-outliers", "gigantic-splats", "huge-splats", "duplicates",
                            "near-invisible"};

}  // namespace

GaussianCloud highlightSplats(const GaussianCloud& cloud,
                              const std::vector<std::uint32_t>& splats) {
  GaussianCloud painted = withShDegree(cloud, 0);
  constexpr std::array kStrong{1.0F, 0.1F, 0.65F};
  const auto toDc = [](float value) { return (value - 0.5F) / kShZero; };
  for (std::size_t i = 0; i < painted.count; ++i) {
    float grey = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      grey += std::clamp(0.5F + kShZero * painted.shDc[3 * i + c], 0.0F, 1.0F) / 3;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      painted.shDc[3 * i + c] = toDc(0.45F * grey);
    }
  }
  const float radius = std::max(edit::robustExtent(cloud).radius, 1e-30F);
  for (const std::uint32_t i : splats) {
    const float* s = &painted.logScales[std::size_t{3} * i];
    const bool huge = std::max({s[0], s[1], s[2]}) > std::log(radius);
    for (std::size_t c = 0; c < 3; ++c) {
      painted.shDc[std::size_t{3} * i + c] = toDc(kStrong.at(c));
    }
    float& opacity = painted.opacityLogits[i];
    opacity = std::max(opacity, huge ? kVisibleHugeLogit : kVisibleLogit);
  }
  return painted;
}

QString whySplatsOnly(const Entry* source) {
  switch (source == nullptr ? engine::SceneKind::Splats : source->kind()) {
    case engine::SceneKind::Splats: break;
    case engine::SceneKind::MovingSplats:
      return QObject::tr("For still scenes of splats, not for moving ones");
    case engine::SceneKind::MovingVoxels:
      return QObject::tr("For scenes of splats, not for voxel fields");
    case engine::SceneKind::Mesh: return QObject::tr("For scenes of splats, not for meshes");
    case engine::SceneKind::Field:
      return QObject::tr("For scenes of splats, not for radiance fields");
    case engine::SceneKind::Picture: return QObject::tr("For scenes of splats, not for pictures");
  }
  return {};
}

DoctorDesk::DoctorDesk(Session& session, QMainWindow& window)
    : QObject(&window),
      m_session(session),
      m_window(window),
      m_panel(new DoctorPanel(&window)),
      m_background(this) {
  connect(&m_session, &Session::sourceOpened, this, [this](EntryId id) {
    const Entry* entry = m_session.document().find(id);
    if (entry != nullptr && entry->isStillSplats() && entry->splats() <= kMostByItself) {
      examineEntry(*entry, true);
    }
  });
  connect(m_panel, &DoctorPanel::examineWanted, this, &DoctorDesk::examine);
  connect(m_panel, &DoctorPanel::repairWanted, this, &DoctorDesk::askForRepair);
  connect(m_panel, &DoctorPanel::showWanted, this, &DoctorDesk::highlight);
  connect(m_panel, &DoctorPanel::remedyWanted, this, &DoctorDesk::remedyWanted);
}

DoctorDesk::~DoctorDesk() = default;

QWidget* DoctorDesk::panel() const { return m_panel; }

const Entry* DoctorDesk::source() const {
  const Entry* entry = m_session.document().activeSource();
  return entry != nullptr && entry->isLoaded() && entry->isStillSplats() ? entry : nullptr;
}

const DoctorDesk::Chart* DoctorDesk::chartOf(const Entry& entry) const {
  const auto at = m_charts.find(entry.id);
  return at != m_charts.end() && at->second.path == entry.path ? &at->second : nullptr;
}

std::size_t DoctorDesk::problems() const {
  const Entry* entry = source();
  const Chart* chart = entry == nullptr ? nullptr : chartOf(*entry);
  if (chart == nullptr || chart->diagnosis == nullptr) {
    return 0;
  }
  const auto& findings = chart->diagnosis->findings;
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(),
      [](const engine::Finding& one) { return one.severity != engine::Severity::Note; }));
}

void DoctorDesk::examine() {
  if (const Entry* entry = source()) {
    examineEntry(*entry, false);
  }
}

void DoctorDesk::examineEntry(const Entry& entry, bool opened) {
  if (entry.path.empty()) {
    return;
  }
  m_examining = entry.id;
  show();
  m_background.run(
      "Examining " + entry.name,
      [path = entry.path](TaskContext& context) {
        return engine::diagnoseFile(path, context.runner, context.progress, context.stop);
      },
      [this, id = entry.id, path = entry.path, name = entry.name,
       opened](Result<engine::Diagnosis> diagnosis) {
        if (m_examining == id) {
          m_examining = 0;
        }
        Chart chart{path, nullptr, {}};
        if (diagnosis) {
          diagnosis->cloud = nullptr;  // as large as the scene, and not needed any more
          chart.diagnosis = std::make_shared<const engine::Diagnosis>(*std::move(diagnosis));
        } else {
          chart.problem = diagnosis.error().message;
        }
        m_charts[id] = chart;
        show();
        const auto* worst = chart.diagnosis == nullptr || chart.diagnosis->findings.empty()
                                ? nullptr
                                : &chart.diagnosis->findings.front();
        if (opened && worst != nullptr && worst->severity == engine::Severity::Error) {
          emit alarmed(QString::fromStdString(name + ": " + worst->what));
        }
      });
}

void DoctorDesk::refresh(const std::optional<EditFacts>& facts) {
  m_facts = facts;
  const Entry* entry = source();
  if (m_highlight != nullptr && (entry == nullptr || entry->cloud != m_shownOf)) {
    m_highlight = nullptr;
    m_shownOf = nullptr;
    m_panel->setShown({});
  }
  show();
}

void DoctorDesk::show() {
  const Entry* entry = source();
  if (entry == nullptr) {
    m_panel->showState(DoctorPanel::State::NoScene, {},
                       whySplatsOnly(m_session.document().activeSource()));
    emit changed();
    return;
  }
  const QString name = QString::fromStdString(entry->name);
  const Chart* chart = chartOf(*entry);
  if (m_examining == entry->id) {
    m_panel->showState(DoctorPanel::State::Working, name);
  } else if (chart == nullptr) {
    m_panel->showState(DoctorPanel::State::NotExamined, name);
  } else if (chart->diagnosis == nullptr) {
    m_panel->showState(DoctorPanel::State::Failed, name, QString::fromStdString(chart->problem));
  } else {
    std::vector<FindingDeeds> deeds;
    for (const engine::Finding& finding : chart->diagnosis->findings) {
      const bool shows = std::find(kShown.begin(), kShown.end(), finding.id) != kShown.end();
      deeds.push_back({shows, remedyOf(finding)});
    }
    m_panel->showState(DoctorPanel::State::Examined, name);
    m_panel->showDiagnosis(*chart->diagnosis, deeds);
  }
  emit changed();
}

std::optional<edit::EditOperation> DoctorDesk::remedyOf(const engine::Finding& finding) const {
  const auto radius = m_facts ? static_cast<double>(m_facts->extent.radius) : 0;
  if (finding.id == "near-invisible") {
    return edit::EditOperation{"min-opacity", {{"opacity", 0.0039}}};
  }
  if (finding.id == "huge-splats" && radius > 0) {
    return edit::EditOperation{"max-scale", {{"size", 20 * radius}}};
  }
  if (finding.id == "far-outliers") {
    return edit::EditOperation{"remove-outliers", {{"distance", 200.0}}};
  }
  if (finding.id == "axes") {
    return edit::EditOperation{"rotate", {{"x", 90.0}, {"y", 0.0}, {"z", 0.0}}};
  }
  if (finding.id == "far-from-origin" && m_facts) {
    const auto& centre = m_facts->extent.centre;
    return edit::EditOperation{"translate",
                               {{"x", -static_cast<double>(centre[0])},
                                {"y", -static_cast<double>(centre[1])},
                                {"z", -static_cast<double>(centre[2])}}};
  }
  return std::nullopt;
}

std::shared_ptr<const GaussianCloud> DoctorDesk::highlighted(const Entry& entry) const {
  return entry.isSource() && m_highlight != nullptr && entry.cloud == m_shownOf ? m_highlight
                                                                                : nullptr;
}

void DoctorDesk::highlight(const QString& finding) {
  const Entry* entry = source();
  const std::uint64_t round = ++m_round;
  m_panel->setShown(finding);
  if (entry == nullptr || finding.isEmpty()) {
    m_highlight = nullptr;
    m_shownOf = nullptr;
    emit pictureChanged();
    return;
  }
  m_background.run(
      "Finding these splats",
      [cloud = entry->cloud, id = finding.toStdString()](TaskContext&) {
        return std::make_shared<const GaussianCloud>(
            highlightSplats(*cloud, engine::splatsOf(*cloud, id)));
      },
      [this, round, cloud = entry->cloud](std::shared_ptr<const GaussianCloud> painted) {
        if (round == m_round) {
          m_shownOf = cloud;
          m_highlight = std::move(painted);
          emit pictureChanged();
        }
      });
}

void DoctorDesk::askForRepair() {
  const Entry* entry = source();
  if (entry == nullptr) {
    return;
  }
  auto* dialog = new RepairDialog(entry->path, &m_window);
  connect(dialog, &RepairDialog::repairWanted, this,
          [this, input = entry->path](const QString& path) { repair(input, path.toStdString()); });
  dialog->open();
}

void DoctorDesk::repair(const std::filesystem::path& input, const std::filesystem::path& output) {
  m_background.run(
      "Repairing " + input.filename().string(),
      [input, output](TaskContext& context) -> Result<engine::RepairedFile> {
        // Anew: the diagnosis that is shown has let go of its splats.
        VOLPRESS_TRY(const engine::Diagnosis diagnosis,
                     engine::diagnoseFile(input, context.runner, context.progress, context.stop));
        return engine::writeRepaired(diagnosis, output, context.runner, context.progress,
                                     context.stop);
      },
      [this, input, output](const Result<engine::RepairedFile>& written) {
        if (!written) {
          emit m_session.noted(tr("Could not repair %1. %2")
                                   .arg(QString::fromStdString(input.filename().string()),
                                        QString::fromStdString(written.error().message)),
                               Session::Tone::Warning);
          return;
        }
        const auto number = [](std::size_t count) {
          return QString::fromStdString(countText(count));
        };
        emit m_session.noted(
            tr("Repaired into %1: %2 splats, %3 removed, %4 numbers adjusted.")
                .arg(QString::fromStdString(output.filename().string()), number(written->splats),
                     number(written->report.removed), number(written->report.adjusted)),
            Session::Tone::Plain);
        for (const std::string& warning : written->warnings) {
          emit m_session.noted(QString::fromStdString(warning), Session::Tone::Warning);
        }
        m_session.openFile(output);
      });
}

}  // namespace volpress::studio
