// What the world does to a command: full disks, read-only folders, files that go away.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using testing::namesIn;
using testing::Outcome;
using testing::runShell;

/// A file system of its own below `folder`, gone with this object. Mounting needs to be root.
class Mount {
public:
  Mount(fs::path folder, const char* options) : m_folder(std::move(folder)) {
    fs::create_directories(m_folder);
    m_mounted = ::mount("volpress-test", m_folder.c_str(), "tmpfs", 0, options) == 0;
  }
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;
  ~Mount() {
    if (m_mounted) {
      ::umount2(m_folder.c_str(), MNT_DETACH);
    }
  }
  [[nodiscard]] bool mounted() const { return m_mounted; }
  [[nodiscard]] bool makeReadOnly() const {
    return ::mount(nullptr, m_folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

private:
  fs::path m_folder;
  bool m_mounted = false;
};

class FailureTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(runShell("exec $V sample scene.ply --scale 0.05 -q", folder).exitCode, 0);
  }
  /// Exit code 1 and one line on standard error that names `file` and `reason`.
  static void expectFailure(const Outcome& outcome, const std::string& file,
                            const std::string& reason) {
    EXPECT_EQ(outcome.exitCode, 1) << outcome.errors;
    EXPECT_EQ(outcome.errors.rfind("volpress: ", 0), 0U) << outcome.errors;
    EXPECT_NE(outcome.errors.find(file), std::string::npos) << outcome.errors;
    EXPECT_NE(outcome.errors.find(reason), std::string::npos) << outcome.errors;
  }
  fs::path folder = testing::scratchFolder("failure");
};

/// Every command that writes a file, with the file's name.
const std::pair<const char*, const char*> kWriters[] = {
    {"encode scene.ply -o out/a.vpc --codec null", "out/a.vpc"},
    {"encode scene.ply -o out/b.sog --codec sog --preset fast", "out/b.sog"},
    {"convert scene.ply out/c.ply", "out/c.ply"},
    {"render scene.ply -o out/d.png --size 640x480", "out/d.png"},
    {"thumbnail scene.ply out/e.png --size 512", "out/e.png"},
    {"sample out/f.ply --scale 0.05", "out/f.ply"},
};

TEST_F(FailureTest, aFileOverTheAllowedSizeIsAMessageAndLeavesNothing) {
  fs::create_directory(folder / "out");
  for (const auto& [line, file] : kWriters) {
    // In blocks of 512 or 1024 bytes, as the shell likes: less than any of these files needs.
    const Outcome outcome = runShell(std::string("ulimit -f 4; exec $V ") + line + " -q", folder);
    expectFailure(outcome, file, "File too large");
    EXPECT_EQ(namesIn(folder / "out"), std::vector<std::string>{}) << line;
  }
}

TEST_F(FailureTest, aFullDiskKeepsTheEarlierFile) {
  const Mount disk(folder / "out", "size=16k");
  if (!disk.mounted()) {
    GTEST_SKIP() << "mounting a small disk needs to be root";
  }
  for (const auto& [line, file] : kWriters) {
    std::ofstream(folder / file) << "the earlier result";
    const Outcome outcome = runShell(std::string("exec $V ") + line + " -q", folder);
    expectFailure(outcome, file, "No space left");
    EXPECT_EQ(testing::readText(folder / file), "the earlier result") << line;
    EXPECT_EQ(namesIn(folder / "out").size(), 1U) << line;
    fs::remove(folder / file);
  }
}

TEST_F(FailureTest, aReadOnlyFolderIsToldBeforeTheWork) {
  const Mount disk(folder / "out", "size=64k");
  if (!disk.mounted() || !disk.makeReadOnly()) {
    GTEST_SKIP() << "mounting a read-only disk needs to be root";
  }
  for (const auto& [line, file] : kWriters) {
    expectFailure(runShell(std::string("exec $V ") + line + " -q", folder), file, "Read-only");
  }
}

TEST_F(FailureTest, aSceneThatIsCutOffOrGoneIsNamed) {
  fs::copy(folder / "scene.ply", folder / "cut.ply");
  fs::resize_file(folder / "cut.ply", 4000);
  expectFailure(runShell("exec $V encode cut.ply -o cut.vpc --codec null -q", folder), "cut.ply",
                "");
  fs::remove(folder / "cut.ply");
  expectFailure(runShell("exec $V encode cut.ply -o cut.vpc --codec null -q", folder), "cut.ply",
                "no such file");
  EXPECT_FALSE(fs::exists(folder / "cut.vpc"));
}

TEST_F(FailureTest, aWorkerTellsAFullDiskToWhoeverStartedIt) {
  const Outcome outcome = runShell(
      "ulimit -f 4; echo '{\"input\":\"scene.ply\",\"output\":\"a.vpc\",\"codec\":\"null\"}' | $V "
      "worker",
      folder);
  EXPECT_EQ(outcome.exitCode, 1);
  const std::string last = outcome.output.substr(outcome.output.rfind("{\""));
  EXPECT_NE(last.find("File too large"), std::string::npos) << outcome.output;
  EXPECT_EQ(namesIn(folder), std::vector<std::string>{"scene.ply"});
}

TEST_F(FailureTest, thumbnailsAreSquarePngsOfTheAskedSize) {
  ASSERT_EQ(runShell("exec $V thumbnail scene.ply t.png --size 96 -q", folder).exitCode, 0);
  const std::string png = testing::readText(folder / "t.png");
  ASSERT_GT(png.size(), 1000U);
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\0\x60\0\0\0\x60", 8));
  EXPECT_EQ(runShell("exec $V thumbnail scene.ply t.png --size 4 -q", folder).exitCode, 2);
}

}  // namespace
}  // namespace volpress
