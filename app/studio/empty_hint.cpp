#include "app/studio/empty_hint.hpp"

#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QLabel>
#include <QVBoxLayout>

namespace volpress::studio {

void showWhenEmpty(QAbstractItemView& view, const QString& text) {
  QWidget* area = view.viewport();
  auto* column = new QVBoxLayout(area);
  column->setContentsMargins(12, 12, 12, 12);
  auto* label = new QLabel(text, area);
  label->setObjectName("emptyHint");
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  label->setAttribute(Qt::WA_TransparentForMouseEvents);  // drops and clicks are the view's
  column->addWidget(label);
  const QAbstractItemModel* model = view.model();
  const auto refresh = [label, model] { label->setVisible(model->rowCount() == 0); };
  QObject::connect(model, &QAbstractItemModel::rowsInserted, label, refresh);
  QObject::connect(model, &QAbstractItemModel::rowsRemoved, label, refresh);
  QObject::connect(model, &QAbstractItemModel::modelReset, label, refresh);
  refresh();
}

}  // namespace volpress::studio
