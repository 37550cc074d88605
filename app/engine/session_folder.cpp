#include "app/engine/session_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <unistd.h>

#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxSessions = 10'000;

/// Folders with a working copy, the newest copy first.
std::vector<fs::path> leftSessions(const fs::path& root) {
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  std::error_code code;
  fs::directory_iterator entry(root, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    std::error_code missing;
    const auto time = fs::last_write_time(entry->path() / "project.json", missing);
    if (!missing) {
      found.emplace_back(time, entry->path());
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<fs::path> folders;
  folders.reserve(found.size());
  for (auto& [time, path] : found) {
    folders.push_back(std::move(path));
  }
  return folders;
}

}  // namespace

Result<SessionFolder> SessionFolder::open(const fs::path& root) {
  SessionFolder session;
  std::error_code code;
  fs::create_directories(root, code);
  for (const fs::path& folder : leftSessions(root)) {
    session.m_lock = FolderLock::take(folder);
    if (session.m_lock) {
      session.m_folder = folder;
      return session;
    }
  }
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string stem = fmt::format("{:%Y%m%d-%H%M%S}-{}", fmt::localtime(now), ::getpid());
  for (int number = 1; number < kMaxSessions; ++number) {
    const fs::path folder = root / (number == 1 ? stem : fmt::format("{}-{}", stem, number));
    if (!fs::create_directory(folder, code)) {
      if (code) {
        break;
      }
      continue;  // taken
    }
    session.m_lock = FolderLock::take(folder);
    if (session.m_lock) {
      session.m_folder = folder;
      fs::create_directory(session.results(), code);
      return session;
    }
  }
  return fail(ErrorCode::IoFailure, "{}: no folder for this session can be made there: {}",
              root.string(), code ? code.message() : std::generic_category().message(errno));
}

Result<std::optional<Project>> SessionFolder::left() const {
  std::error_code code;
  if (!fs::exists(workingCopy(), code)) {
    return std::nullopt;
  }
  auto project = [&]() -> Result<Project> {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(workingCopy()));
    return projectFromJson(viewText(file.bytes()), {});
  }();
  if (!project) {
    const fs::path aside = m_folder / "project.unreadable.json";
    fs::rename(workingCopy(), aside, code);
    return withContext(std::move(project).error(), aside.string());
  }
  return std::optional<Project>(*std::move(project));
}

void SessionFolder::discard() {
  std::error_code ignored;
  fs::remove(workingCopy(), ignored);  // first: without it nobody goes on with the rest
  fs::remove_all(m_folder, ignored);
}

WorkingCopyWriter::WorkingCopyWriter(fs::path file)
    : m_file(std::move(file)), m_thread([this](const std::stop_token& stop) { run(stop); }) {}

WorkingCopyWriter::~WorkingCopyWriter() {
  m_thread.request_stop();
  m_thread.join();
}

void WorkingCopyWriter::write(std::string text) {
  const std::scoped_lock lock(m_mutex);
  m_text = std::move(text);
  m_changed.notify_all();
}

void WorkingCopyWriter::flush() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return !m_text && !m_writing; });
}

std::string WorkingCopyWriter::problem() const {
  const std::scoped_lock lock(m_mutex);
  return m_problem;
}

void WorkingCopyWriter::run(const std::stop_token& stop) {
  std::unique_lock lock(m_mutex);
  while (true) {
    m_changed.wait(lock, stop, [this] { return m_text.has_value(); });
    if (!m_text) {
      return;  // asked to stop, and nothing waits
    }
    const std::string text = *std::exchange(m_text, std::nullopt);
    m_writing = true;
    lock.unlock();
    const auto written = writeFileAtomically(m_file, viewBytes(std::string_view(text)));
    lock.lock();
    m_writing = false;
    m_problem = written ? std::string() : written.error().message;
    m_changed.notify_all();
  }
}

}  // namespace volpress::engine
