#include "app/studio/desktop_notice.hpp"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QStringList>
#include <QVariantMap>

namespace volpress::studio {

void notifyDesktop(const QString& title, const QString& text) {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) {
    return;
  }
  constexpr int kMilliseconds = 8000;
  const QString service = QStringLiteral("org.freedesktop.Notifications");
  QDBusMessage call = QDBusMessage::createMethodCall(
      service, QStringLiteral("/org/freedesktop/Notifications"), service, QStringLiteral("Notify"));
  call << QStringLiteral("Volpress") << 0U << QStringLiteral("volpress-studio") << title << text
       << QStringList() << QVariantMap() << kMilliseconds;
  bus.asyncCall(call);
}

}  // namespace volpress::studio
