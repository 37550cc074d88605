#include "app/studio/sample_card.hpp"

#include <QPainter>
#include <QPainterPath>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kWidth = 168;
constexpr int kCardPictureHeight = 112;
constexpr int kGap = 8;
constexpr double kRadius = 6;

}  // namespace

SampleCard::SampleCard(const QString& title, const QString& detail, const QString& picture,
                       QWidget* parent)
    : QAbstractButton(parent), m_detail(detail), m_picture(picture) {
  setText(title);
  setAccessibleName(title);
  setAccessibleDescription(detail);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_Hover);
  setCursor(Qt::PointingHandCursor);
  setFixedSize(SampleCard::sizeHint());
}

QSize SampleCard::sizeHint() const {
  return {kWidth, kCardPictureHeight + kGap + 2 * fontMetrics().lineSpacing() + kGap};
}

void SampleCard::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QRectF card = QRectF(rect()).adjusted(1, 1, -1, -1);
  const bool lit = underMouse() || hasFocus();
  painter.setPen(QPen(lit ? accent(palette()) : hairline(palette()), hasFocus() ? 2 : 1));
  painter.setBrush(palette().color(isDown() ? QPalette::Button : QPalette::Base));
  painter.drawRoundedRect(card, kRadius, kRadius);

  QPainterPath shape;
  const QRectF picture(card.left() + 1, card.top() + 1, card.width() - 2, kCardPictureHeight);
  shape.addRoundedRect(picture.adjusted(0, 0, 0, kRadius), kRadius, kRadius);
  painter.save();
  painter.setClipPath(shape);
  painter.setClipRect(picture, Qt::IntersectClip);
  painter.drawPixmap(picture, m_picture, m_picture.rect());
  painter.restore();

  const QRectF words(card.left() + 10, picture.bottom() + kGap - 2, card.width() - 20,
                     fontMetrics().lineSpacing());
  QFont bold = font();
  bold.setWeight(QFont::DemiBold);
  painter.setFont(bold);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, text());
  painter.setFont(font());
  painter.setPen(quietText(palette()));
  painter.drawText(words.translated(0, words.height()), Qt::AlignLeft | Qt::AlignVCenter, m_detail);
}

}  // namespace volpress::studio
