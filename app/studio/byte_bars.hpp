// Where a file's bytes go, as bars.
#pragma once

#include <vector>

#include <QWidget>

#include "scene/formats/format.hpp"

namespace volpress::studio {

/// One row a part: name, bar, size, percent; the largest first.
class ByteBars : public QWidget {
  Q_OBJECT
public:
  explicit ByteBars(QWidget* parent = nullptr);
  void setShares(std::vector<formats::ByteShare> shares);
  [[nodiscard]] const std::vector<formats::ByteShare>& shares() const { return m_shares; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  std::vector<formats::ByteShare> m_shares;
  std::uint64_t m_total = 0;
};

}  // namespace volpress::studio
