// Notices when an opened file changes or goes away on disk.
#pragma once

#include <filesystem>
#include <map>

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include "app/studio/document.hpp"

namespace volpress::studio {

/// Watches the files of a document's sources. Programs write in steps or replace the file by
/// another, so a change is told once it has rested for a moment.
class SceneWatch : public QObject {
  Q_OBJECT
public:
  explicit SceneWatch(QObject* parent = nullptr);
  /// Watches exactly the sources of this document from now on.
  void watch(const Document& document);
  /// Takes what lies on disk now as known: after reloading, or when nobody wants to.
  void accept(EntryId source);

signals:
  void changedOnDisk(volpress::studio::EntryId source);
  void goneFromDisk(volpress::studio::EntryId source);

private:
  struct State {
    bool exists = false;
    qint64 bytes = 0;
    QDateTime modified;
    friend bool operator==(const State&, const State&) = default;
  };
  struct Watched {
    QString path;
    State known;
    State last;  ///< at the last look: it must hold still before it is told
    bool told = false;
  };
  static State stateOf(const QString& path);
  void look();

  QFileSystemWatcher m_watcher;
  QTimer m_settle;
  std::map<EntryId, Watched> m_files;
};

}  // namespace volpress::studio
