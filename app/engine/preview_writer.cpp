#include "app/engine/preview_writer.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "app/engine/field_files.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

// Looking on may take this part of the time that the work takes.
constexpr double kMostShare = 0.05;
// Splats are written as floats; more would fill disks.
constexpr std::size_t kMostSplats = 1'000'000;

}  // namespace

PreviewWriter::PreviewWriter(fs::path folder, double seconds, Tell tell)
    : m_folder(std::move(folder)),
      m_between(seconds),
      m_tell(std::move(tell)),
      m_next(Clock::now()) {}

PreviewWriter::~PreviewWriter() {
  std::error_code ignored;
  fs::remove_all(m_folder, ignored);
}

bool PreviewWriter::wantsLook() const { return Clock::now() >= m_next; }

void PreviewWriter::look(const HashGridField& field, const std::string& moment) {
  keep(".msgpack", moment,
       [&](const fs::path& file) { return saveFieldScene(file, field).has_value(); });
}

void PreviewWriter::look(const GaussianCloud& cloud, const std::string& moment) {
  if (cloud.count > kMostSplats) {
    return;
  }
  keep(".ply", moment, [&](const fs::path& file) {
    SerialRunner runner;
    Progress unseen;
    formats::IoContext context{runner, unseen, {}, {}};
    return formats::saveCloud(file, cloud, {}, context).has_value();
  });
}

void PreviewWriter::keep(const char* extension, const std::string& moment, const Write& write) {
  const auto start = Clock::now();
  std::error_code ignored;
  fs::create_directories(m_folder, ignored);
  const JobPreview preview{fileOf(m_number + 1, extension), moment};
  if (write(preview.file)) {
    ++m_number;
    if (m_number > 2) {
      fs::remove(fileOf(m_number - 2, extension), ignored);
    }
    m_tell(preview);
  }
  const std::chrono::duration<double> took = Clock::now() - start;
  m_next = Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::max(m_between, took / kMostShare));
}

fs::path PreviewWriter::fileOf(unsigned number, const char* extension) const {
  return m_folder / fmt::format("{}{}", number, extension);
}

std::unique_ptr<PreviewWriter> makePreviewWriter(const JobSpec& spec,
                                                 const PreviewWriter::Tell& tell) {
  const fs::path folder = previewFolderOf(spec);
  return tell && spec.previewSeconds > 0 && !folder.empty()
             ? std::make_unique<PreviewWriter>(folder, spec.previewSeconds, tell)
             : nullptr;
}

}  // namespace volpress::engine
