// The empty state: how to begin.
#pragma once

#include <QStringList>
#include <QWidget>

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
  void sampleWanted();
  void recentWanted(const QString& path);

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QPushButton* m_open;
  QPushButton* m_sample;
  QLabel* m_busy;
  QLabel* m_recentTitle;
  QVBoxLayout* m_recent;
};

}  // namespace volpress::studio
