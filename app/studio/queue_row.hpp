// One job of the queue as a row that opens.
#pragma once

#include <cstdint>

#include <QFrame>
#include <QPoint>

#include "app/engine/job.hpp"

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QToolButton;

namespace volpress::studio {

/// One job: progress, time left, what one can do with it; a click opens its log, parameters,
/// resources and command. Object name "job.<id>". Dragged by its title, it moves in the queue.
class QueueRow : public QFrame {
  Q_OBJECT
public:
  QueueRow(std::uint64_t id, QWidget* parent);
  void show(const engine::JobStatus& job);
  [[nodiscard]] bool isOpen() const { return m_open; }

  /// What a dragged row carries.
  static constexpr const char* kMime = "application/x-volpress-job";

signals:
  void pauseWanted();
  void resumeWanted();
  void cancelWanted();
  void retryWanted();
  void removeWanted();
  void upWanted();
  void downWanted();
  void editWanted();
  void duplicateWanted();

protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  QToolButton* addButton(const QString& iconName, const QString& name, const QString& tip,
                         void (QueueRow::*signal)());
  void makeDetails();
  void setOpen(bool open);
  void showDetails(const engine::JobStatus& job);
  void copyCommand();

  std::uint64_t m_id;
  QHBoxLayout* m_line;
  QToolButton* m_fold;
  QLabel* m_title;
  QProgressBar* m_bar;
  QLabel* m_percent;
  QLabel* m_state;
  QLabel* m_time;
  QToolButton* m_pause = nullptr;
  QToolButton* m_resume = nullptr;
  QToolButton* m_edit = nullptr;
  QToolButton* m_up = nullptr;
  QToolButton* m_down = nullptr;
  QToolButton* m_retry = nullptr;
  QToolButton* m_copy = nullptr;
  QToolButton* m_cancel = nullptr;
  QToolButton* m_remove = nullptr;
  QWidget* m_details = nullptr;
  QLabel* m_settings = nullptr;
  QLabel* m_resources = nullptr;
  QLabel* m_commandText = nullptr;
  QPlainTextEdit* m_log = nullptr;
  engine::JobStatus m_job;
  QPoint m_pressed;
  bool m_open = false;
};

}  // namespace volpress::studio
