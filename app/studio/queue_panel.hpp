// The queue: a row for each job, and what holds for all of them.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <QWidget>

#include "app/engine/job.hpp"
#include "app/engine/queue_journal.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;
class QVBoxLayout;

namespace volpress::studio {

class QueueRow;

/// What happens when the last pending job has ended.
enum class WhenDone { Nothing, Sound, Sleep, Command };

class QueuePanel : public QWidget {
  Q_OBJECT
public:
  explicit QueuePanel(QWidget* parent = nullptr);
  /// Rows follow `jobs` in order; rows that stay are updated in place.
  void showJobs(const std::vector<engine::JobStatus>& jobs);
  void showLimits(const engine::QueueLimits& limits);
  [[nodiscard]] WhenDone whenDone() const;
  [[nodiscard]] QString whenDoneCommand() const;

signals:
  void pauseWanted(std::uint64_t id);
  void resumeWanted(std::uint64_t id);
  void pauseAllWanted();
  void resumeAllWanted();
  void cancelWanted(std::uint64_t id);
  void retryWanted(std::uint64_t id);
  void removeWanted(std::uint64_t id);
  void upWanted(std::uint64_t id);
  void downWanted(std::uint64_t id);
  void moveWanted(std::uint64_t id, std::size_t place);
  void editWanted(std::uint64_t id);
  void duplicateWanted(std::uint64_t id);
  void limitsWanted(volpress::engine::QueueLimits limits);

protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* makeBar();
  QueueRow* makeRow(std::uint64_t id);
  void sendLimits();

  QLabel* m_empty = nullptr;
  QWidget* m_list = nullptr;
  QVBoxLayout* m_rows = nullptr;
  QToolButton* m_pauseAll = nullptr;
  QToolButton* m_clear = nullptr;
  QSpinBox* m_running = nullptr;
  QDoubleSpinBox* m_memory = nullptr;
  QComboBox* m_whenDone = nullptr;
  QLineEdit* m_command = nullptr;
  std::map<std::uint64_t, QueueRow*> m_byId;
  std::vector<std::uint64_t> m_order;
  std::vector<engine::JobStatus> m_jobs;
};

}  // namespace volpress::studio
