// The queue: one row a job, with progress, time left, and what one can do with it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <QFrame>
#include <QWidget>

#include "app/engine/job.hpp"

class QLabel;
class QProgressBar;
class QToolButton;
class QVBoxLayout;

namespace volpress::studio {

/// One job. Object name "job.<id>".
class QueueRow : public QFrame {
  Q_OBJECT
public:
  QueueRow(std::uint64_t id, QWidget* parent);
  void show(const engine::JobStatus& job);

signals:
  void cancelWanted();
  void retryWanted();
  void removeWanted();
  void upWanted();
  void downWanted();

private:
  QToolButton* addButton(const QString& iconName, const QString& tip, void (QueueRow::*signal)());

  QLabel* m_title;
  QProgressBar* m_bar;
  QLabel* m_percent;
  QLabel* m_state;
  QLabel* m_time;
  QToolButton* m_up = nullptr;
  QToolButton* m_down = nullptr;
  QToolButton* m_retry = nullptr;
  QToolButton* m_copy = nullptr;
  QToolButton* m_cancel = nullptr;
  QToolButton* m_remove = nullptr;
  QString m_command;
};

class QueuePanel : public QWidget {
  Q_OBJECT
public:
  explicit QueuePanel(QWidget* parent = nullptr);
  /// Rows follow `jobs` in order; rows that stay are updated in place.
  void showJobs(const std::vector<engine::JobStatus>& jobs);

signals:
  void cancelWanted(std::uint64_t id);
  void retryWanted(std::uint64_t id);
  void removeWanted(std::uint64_t id);
  void upWanted(std::uint64_t id);
  void downWanted(std::uint64_t id);

private:
  QueueRow* makeRow(std::uint64_t id);

  QLabel* m_empty;
  QWidget* m_list;
  QVBoxLayout* m_rows;
  std::map<std::uint64_t, QueueRow*> m_byId;
  std::vector<std::uint64_t> m_order;
};

}  // namespace volpress::studio
