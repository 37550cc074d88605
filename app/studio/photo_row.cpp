#include "app/studio/photo_row.hpp"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

#include "app/studio/theme.hpp"

namespace volpress::studio {

PhotoRow::PhotoRow(QWidget* parent)
    : QWidget(parent), m_choose(new QPushButton(this)), m_clear(new QToolButton(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  m_choose->setObjectName("photosChoose");
  m_choose->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // names can be long
  m_clear->setObjectName("photosClear");
  m_clear->setIcon(icon("cancel", palette()));
  m_clear->setToolTip(tr("Learn from pictures of the scene instead"));
  m_clear->setAccessibleName(m_clear->toolTip());
  row->addWidget(m_choose, 1);
  row->addWidget(m_clear);
  connect(m_choose, &QPushButton::clicked, this, &PhotoRow::chooseWanted);
  connect(m_clear, &QToolButton::clicked, this, &PhotoRow::clearWanted);
  show({});
}

void PhotoRow::show(const engine::PhotoOptions& photos) {
  const bool any = !photos.dataset.empty();
  m_choose->setText(any ? QString::fromStdString(photos.dataset.filename().string())
                        : tr("none; choose…"));
  const QString what =
      tr("What the codecs that fine-tune learn from: the photographs of a folder with a COLMAP "
         "model or a transforms.json, in place of pictures of the scene.");
  m_choose->setToolTip(
      any ? QString::fromStdString(photos.dataset.string()) + QStringLiteral("\n") + what : what);
  m_clear->setVisible(any);
}

}  // namespace volpress::studio
