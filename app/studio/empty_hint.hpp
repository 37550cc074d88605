// What an empty list says.
#pragma once

#include <QString>

class QAbstractItemView;

namespace volpress::studio {

/// Shows `text` quietly in the middle of the view as long as it has no rows.
void showWhenEmpty(QAbstractItemView& view, const QString& text);

}  // namespace volpress::studio
