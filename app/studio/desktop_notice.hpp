// A message of the desktop, for when nobody looks at the window.
#pragma once

#include <QString>

namespace volpress::studio {

/// Shows it through the desktop's notification service; where there is none, nothing happens.
void notifyDesktop(const QString& title, const QString& text);

}  // namespace volpress::studio
