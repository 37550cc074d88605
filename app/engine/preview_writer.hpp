// Looks at a scene that is being fine-tuned, as files for whoever shows them.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/engine/job.hpp"
#include "compressors/encode_watcher.hpp"

namespace volpress::engine {

/// Writes each look as a scene file of its own, whole or not at all, and tells of it. The newest
/// two stay, so that one may be read while the next is written; all of them go with the writer.
/// What cannot be written is left out: nobody depends on it.
class PreviewWriter final : public compressors::EncodeWatcher {
public:
  using Tell = std::function<void(const JobPreview&)>;

  /// `seconds` lie between two looks, more where writing takes long.
  PreviewWriter(std::filesystem::path folder, double seconds, Tell tell);
  ~PreviewWriter() override;

  [[nodiscard]] bool wantsLook() const override;
  void look(const HashGridField& field, const std::string& moment) override;
  void look(const GaussianCloud& cloud, const std::string& moment) override;

private:
  using Clock = std::chrono::steady_clock;
  using Write = std::function<bool(const std::filesystem::path&)>;

  void keep(const char* extension, const std::string& moment, const Write& write);
  [[nodiscard]] std::filesystem::path fileOf(unsigned number, const char* extension) const;

  std::filesystem::path m_folder;
  std::chrono::duration<double> m_between;
  Tell m_tell;
  Clock::time_point m_next;
  unsigned m_number = 0;
};

/// The watcher of a job that wants previews; null for others.
[[nodiscard]] std::unique_ptr<PreviewWriter> makePreviewWriter(const JobSpec& spec,
                                                               const PreviewWriter::Tell& tell);

}  // namespace volpress::engine
