// Between inspector, queue panel and session: adding, editing and repeating jobs, presets, and what
// happens when the queue ends.
#pragma once

#include <memory>

#include <QObject>
#include <QTimer>

#include "app/engine/estimate.hpp"
#include "app/engine/presets.hpp"
#include "app/studio/background.hpp"

class QMainWindow;

namespace volpress::studio {

class InspectorPanel;
class QueuePanel;
class Session;

class JobDesk : public QObject {
  Q_OBJECT
public:
  /// Presets are kept below `presetFolder`. All must outlive this object.
  JobDesk(Session& session, InspectorPanel& inspector, QueuePanel& queue, QMainWindow& window,
          std::filesystem::path presetFolder);

  /// What the inspector's button does: adds a job, or changes the one that is edited.
  void addFromInspector();
  /// Asks for the points of a codec's curve, beginning with what the inspector shows.
  void openSweep();

private:
  void connectQueue();
  void connectPresets();
  void showPresets();
  void startEdit(std::uint64_t job, bool asNew);
  void saveAsPreset();
  void importPreset();
  void exportPreset();
  void deletePreset();
  void useAsDefault();
  void projectOpened();
  void queueEnded(const QString& summary);
  void tell(const QString& text, bool warning = false);
  void choosePhotos();
  void takePhotos(std::uint64_t source, const engine::PhotoOptions& photos);
  void estimate();
  [[nodiscard]] std::vector<engine::KnownResult> knownResults() const;

  Session& m_session;
  InspectorPanel& m_inspector;
  QueuePanel& m_queue;
  QMainWindow& m_window;
  engine::PresetStore m_presets;
  QTimer m_estimateSoon;
  /// Of one scene; made and used on the thread of `m_estimating` only.
  struct Sampled {
    std::shared_ptr<const GaussianCloud> cloud;
    std::optional<engine::Estimator> estimator;
  };
  std::shared_ptr<Sampled> m_sampled = std::make_shared<Sampled>();
  std::uint64_t m_round = 0;  ///< of the newest question; older answers are dropped
  Background m_checking;      ///< of data sets
  Background m_estimating;    ///< last: their threads may still post to this
};

}  // namespace volpress::studio
