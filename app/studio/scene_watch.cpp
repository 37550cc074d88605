#include "app/studio/scene_watch.hpp"

#include <QFileInfo>

namespace volpress::studio {
namespace {

constexpr int kSettleMs = 400;

}  // namespace

SceneWatch::SceneWatch(QObject* parent) : QObject(parent) {
  m_settle.setInterval(kSettleMs);
  m_settle.setSingleShot(true);
  connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { m_settle.start(); });
  // A file that is replaced is a new one: only its folder tells.
  connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] { m_settle.start(); });
  connect(&m_settle, &QTimer::timeout, this, &SceneWatch::look);
}

SceneWatch::State SceneWatch::stateOf(const QString& path) {
  const QFileInfo info(path);
  return info.exists() ? State{true, info.size(), info.lastModified()} : State{};
}

void SceneWatch::watch(const Document& document) {
  std::map<EntryId, Watched> files;
  QStringList wanted;
  for (const Entry& entry : document.entries()) {
    if (!entry.isSource() || entry.path.empty()) {
      continue;
    }
    const QString path = QString::fromStdString(entry.path.string());
    const auto known = m_files.find(entry.id);
    if (known != m_files.end() && known->second.path == path) {
      files.insert(*known);
    } else {
      const State now = stateOf(path);
      files.emplace(entry.id, Watched{path, now, now, false});
    }
    wanted << path << QFileInfo(path).absolutePath();
  }
  m_files = std::move(files);
  wanted.removeDuplicates();
  for (const QString& path : m_watcher.files() + m_watcher.directories()) {
    if (!wanted.contains(path)) {
      m_watcher.removePath(path);
    }
  }
  for (const QString& path : wanted) {
    if (!m_watcher.files().contains(path) && !m_watcher.directories().contains(path)) {
      m_watcher.addPath(path);  // a path that is not there is looked for through its folder
    }
  }
}

void SceneWatch::accept(EntryId source) {
  if (const auto at = m_files.find(source); at != m_files.end()) {
    at->second.known = at->second.last = stateOf(at->second.path);
    at->second.told = false;
  }
}

void SceneWatch::look() {
  bool moving = false;
  for (auto& [id, file] : m_files) {
    const State now = stateOf(file.path);
    if (now != file.last) {
      file.last = now;
      file.told = false;
      moving = true;  // look again before telling
      continue;
    }
    if (now == file.known || file.told) {
      continue;
    }
    file.told = true;
    if (now.exists) {
      m_watcher.addPath(file.path);
      emit changedOnDisk(id);
    } else {
      emit goneFromDisk(id);
    }
  }
  if (moving) {
    m_settle.start();
  }
}

}  // namespace volpress::studio
