#include "app/studio/byte_bars.hpp"

#include <algorithm>
#include <utility>

#include <QPainter>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kRow = 30;  // name and numbers over a bar

}  // namespace

ByteBars::ByteBars(QWidget* parent) : QWidget(parent) {
  setObjectName("byteBars");
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ByteBars::setShares(std::vector<formats::ByteShare> shares) {
  std::stable_sort(shares.begin(), shares.end(),
                   [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  std::erase_if(shares, [](const auto& share) { return share.bytes == 0; });
  m_shares = std::move(shares);
  m_total = 0;
  QString words;
  for (const formats::ByteShare& share : m_shares) {
    m_total += share.bytes;
    words += QStringLiteral("%1: %2 bytes\n")
                 .arg(QString::fromStdString(share.name),
                      QString::fromStdString(countText(share.bytes)));
  }
  setToolTip(words.trimmed());
  updateGeometry();
  update();
}

QSize ByteBars::sizeHint() const {
  const int rows = std::max<int>(1, static_cast<int>(m_shares.size()));
  return {240, rows * kRow};
}

void ByteBars::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setFont(tabularFont(font()));
  if (m_shares.empty() || m_total == 0) {
    painter.setPen(quietText(palette()));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                     tr("Shown of scenes and variants whose files tell their parts."));
    return;
  }
  painter.setRenderHint(QPainter::Antialiasing);
  for (std::size_t i = 0; i < m_shares.size(); ++i) {
    const formats::ByteShare& share = m_shares[i];
    const double part = static_cast<double>(share.bytes) / static_cast<double>(m_total);
    const int top = static_cast<int>(i) * kRow;
    const QRect words(0, top, width(), kRow - 10);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, QString::fromStdString(share.name));
    painter.setPen(quietText(palette()));
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("%1   %2 %")
                         .arg(QString::fromStdString(sizeText(share.bytes)))
                         .arg(part * 100, 4, 'f', 1));
    painter.setPen(Qt::NoPen);
    const QRectF groove(0, top + kRow - 9, width(), 4);
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(groove, 2, 2);
    painter.setBrush(accent(palette()));
    painter.drawRoundedRect(
        QRectF(groove.left(), groove.top(), std::max(2.0, groove.width() * part), 4), 2, 2);
  }
}

}  // namespace volpress::studio
