// Where a running studio keeps what must survive it: working copy, results, queue.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/engine/folder_lock.hpp"
#include "app/engine/project.hpp"

namespace volpress::engine {

/// A folder below the cache, held by one program at a time. Left with a working copy in it, it is
/// found and gone on with by the next program.
class SessionFolder {
public:
  /// Takes the newest session below `root` that nobody holds and that has a working copy, else
  /// makes a new one.
  [[nodiscard]] static Result<SessionFolder> open(const std::filesystem::path& root);

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return m_folder; }
  [[nodiscard]] std::filesystem::path results() const { return m_folder / "results"; }
  [[nodiscard]] std::filesystem::path queue() const { return m_folder / "queue"; }
  [[nodiscard]] std::filesystem::path workingCopy() const { return m_folder / "project.json"; }
  /// What an earlier program left; nothing for a new session. A working copy that cannot be read is
  /// set aside and is an error.
  [[nodiscard]] Result<std::optional<Project>> left() const;
  /// Removes the folder with all that is in it, now.
  void discard();

private:
  SessionFolder() = default;
  std::filesystem::path m_folder;
  std::optional<FolderLock> m_lock;
};

/// Writes the working copy on a thread of its own, so that nobody waits for the disk: of several
/// copies that come quickly only the last is written.
class WorkingCopyWriter {
public:
  explicit WorkingCopyWriter(std::filesystem::path file);
  ~WorkingCopyWriter();  ///< writes what still waits
  WorkingCopyWriter(const WorkingCopyWriter&) = delete;
  WorkingCopyWriter& operator=(const WorkingCopyWriter&) = delete;

  void write(std::string text);
  /// Waits until everything handed over so far is on disk or has failed.
  void flush();
  /// Why the last attempt failed; empty when it did not.
  [[nodiscard]] std::string problem() const;

private:
  void run(const std::stop_token& stop);

  std::filesystem::path m_file;
  mutable std::mutex m_mutex;
  std::condition_variable_any m_changed;
  std::optional<std::string> m_text;  ///< the newest that is not on disk
  bool m_writing = false;
  std::string m_problem;
  std::jthread m_thread;  ///< last: it uses all of the above
};

}  // namespace volpress::engine
