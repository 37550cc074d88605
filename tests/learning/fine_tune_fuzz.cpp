// Checkpoints of a fine-tune, with a checksum that fits: whatever they say, the run goes through,
// from there or from the start.
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "compressors/learning/fine_tune.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::size_t kHashBytes = sizeof(std::uint64_t);

/// A run of two steps on two splats and one picture of 4 x 4.
class TinyRun {
public:
  TinyRun() : m_folder(testing::scratchFolder("fine-tune-fuzz")) {
    m_teacher.camera = lookAt({0, 0, -6}, {}, {0, 1, 0}, 0.8F, 4, 4);
    m_teacher.picture = makeImage(4, 4, 3, 0.5F);
    m_task.settings.iterations = 2;
    m_task.settings.rates[learning::kShDc] = {1e-3};
    m_task.teachers = std::span(&m_teacher, 1);
    m_task.checkpoint = m_folder / "checkpoint";
  }
  void go() const {
    GaussianCloud cloud = testing::randomCloud(2, 0, 1);
    SerialRunner runner;
    const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
    Progress progress;
    if (!learning::fineTune(cloud, m_task, *rasterizer, runner, progress, {})) {
      std::abort();
    }
  }
  [[nodiscard]] const std::filesystem::path& checkpoint() const { return m_task.checkpoint; }

private:
  std::filesystem::path m_folder;
  learning::TeacherView m_teacher;
  learning::FineTuneTask m_task;
};

const TinyRun& tinyRun() {
  static const TinyRun run;
  return run;
}

}  // namespace

std::vector<Bytes> seedInputs() {
  tinyRun().go();
  const auto file = MappedFile::open(tinyRun().checkpoint());
  return {Bytes(file->bytes().begin(), file->bytes().end())};
}

void runInput(ByteView input) {
  Bytes bytes(input.begin(), input.end());
  if (bytes.size() >= kHashBytes) {
    const std::uint64_t sum = hashBytes(ByteView(bytes).first(bytes.size() - kHashBytes));
    std::memcpy(bytes.data() + bytes.size() - kHashBytes, &sum, kHashBytes);
  }
  if (!writeFileAtomically(tinyRun().checkpoint(), bytes)) {
    std::abort();
  }
  tinyRun().go();
}

}  // namespace volpress::fuzz
