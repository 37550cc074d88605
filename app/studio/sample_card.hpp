// A picture with a name to press: one generated sample on the welcome page.
#pragma once

#include <QAbstractButton>
#include <QPixmap>

namespace volpress::studio {

class SampleCard : public QAbstractButton {
  Q_OBJECT
public:
  /// `picture`: a resource of twice the shown size, in the proportions 3 to 2.
  SampleCard(const QString& title, const QString& detail, const QString& picture,
             QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QString m_detail;
  QPixmap m_picture;
};

}  // namespace volpress::studio
