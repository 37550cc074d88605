// The empty state: how to begin.
#pragma once

#include <QStringList>
#include <QWidget>

#include "app/engine/sample_files.hpp"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace volpress::studio {

class WelcomePage : public QWidget {
  Q_OBJECT
public:
  explicit WelcomePage(QWidget* parent = nullptr);
  void setRecent(const QStringList& paths);
  /// What is being opened, or an empty text.
  void setBusy(const QString& text);

signals:
  void openWanted();
  void sampleWanted(volpress::engine::SampleKind kind);
  void recentWanted(const QString& path);

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QPushButton* m_open;
  QLabel* m_busy;
  QLabel* m_noRecent;
  QVBoxLayout* m_recent;
};

}  // namespace volpress::studio
