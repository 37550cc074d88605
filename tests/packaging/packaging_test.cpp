// The files that desktops read: valid, and in step with what the program opens.
#include <cstdlib>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "scene/formats/format.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using testing::runShell;

const std::string kId = "org.volpress.Volpress";

fs::path desktopFolder() { return fs::path(std::getenv("VOLPRESS_SOURCE")) / "packaging/desktop"; }

std::string desktopText(const std::string& ending) {
  return testing::readText(desktopFolder() / (kId + ending));
}

std::set<std::string> allMatches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

/// The types of a "MimeType=a;b;" line.
std::set<std::string> mimeLine(const std::string& text) {
  const std::size_t start = text.find("MimeType=") + 9;
  return allMatches(text.substr(start, text.find('\n', start) - start), "([^;]+);");
}

bool installed(const std::string& program) {
  return runShell("command -v " + program, fs::temp_directory_path()).exitCode == 0;
}

TEST(Packaging, everyFormatHasAType) {
  const std::string types = desktopText(".mime.xml");
  const std::set<std::string> globs = allMatches(types, "glob pattern=\"\\*(\\.[^\"]+)\"");
  // glTF is known to every desktop.
  const std::set<std::string> common{".gltf", ".glb"};
  for (const formats::Format* format : formats::allFormats()) {
    for (const std::string& extension : format->info().extensions) {
      const std::string last = extension.substr(extension.rfind('.'));
      EXPECT_TRUE(globs.count(last) + common.count(last) > 0 || last == ".json") << extension;
    }
  }
  EXPECT_TRUE(globs.count(".vpc") == 1 && globs.count(".volpress") == 1);
  for (const char* ending : {".fbx", ".dae", ".drc", ".ingp"}) {
    EXPECT_EQ(globs.count(ending), 1U) << ending;
  }
}

TEST(Packaging, whatIsDeclaredIsOpenedAndDrawn) {
  const std::set<std::string> declared =
      allMatches(desktopText(".mime.xml"), "mime-type type=\"([^\"]+)\"");
  const std::set<std::string> opened = mimeLine(desktopText(".desktop"));
  const std::set<std::string> drawn = mimeLine(desktopText(".thumbnailer"));
  const std::set<std::string> provided =
      allMatches(desktopText(".metainfo.xml.in"), "<mediatype>([^<]+)</mediatype>");
  EXPECT_GE(declared.size(), 7U);
  EXPECT_EQ(opened, provided);
  for (const std::string& type : declared) {
    EXPECT_TRUE(opened.count(type) > 0) << type;
    EXPECT_TRUE(drawn.count(type) > 0 || type == "application/x-volpress-project") << type;
  }
}

TEST(Packaging, filesAreValid) {
  if (!installed("desktop-file-validate") || !installed("appstreamcli")) {
    GTEST_SKIP() << "desktop-file-utils or appstream is not installed";
  }
  const fs::path folder = testing::scratchFolder("packaging");
  const auto desktop =
      runShell("desktop-file-validate " + (desktopFolder() / (kId + ".desktop")).string(), folder);
  EXPECT_EQ(desktop.exitCode, 0) << desktop.output << desktop.errors;
  EXPECT_EQ(desktop.output, "");
  // The version and the date that the build puts in.
  const auto metainfo =
      runShell("sed -e 's/@PROJECT_VERSION@/1.0/' -e 's/@VOLPRESS_RELEASE_DATE@/2026-01-01/' " +
                   (desktopFolder() / (kId + ".metainfo.xml.in")).string() + " > " + kId +
                   ".metainfo.xml && exec appstreamcli validate --no-net " + kId + ".metainfo.xml",
               folder);
  EXPECT_EQ(metainfo.exitCode, 0) << metainfo.output << metainfo.errors;
}

TEST(Packaging, typesAreRecognisedByNameAndContent) {
  if (!installed("update-mime-database") || !installed("gio")) {
    GTEST_SKIP() << "shared-mime-info or gio is not installed";
  }
  const fs::path folder = testing::scratchFolder("mime");
  fs::create_directories(folder / "share/mime/packages");
  fs::copy(desktopFolder() / (kId + ".mime.xml"), folder / "share/mime/packages/volpress.xml");
  ASSERT_EQ(runShell("update-mime-database share/mime", folder).exitCode, 0);
  const auto typeOf = [&](const std::string& name, const std::string& content) {
    const auto outcome = runShell("printf '" + content + "' > " + name +
                                      "; XDG_DATA_HOME=$PWD/share exec gio info -a "
                                      "standard::content-type " +
                                      name,
                                  folder);
    return allMatches(outcome.output, "content-type: (\\S+)");
  };
  EXPECT_EQ(typeOf("a.ply", "ply\\nformat ascii 1.0\\n"), std::set<std::string>{"model/x-ply"});
  EXPECT_EQ(typeOf("b.vpc", "VPC\\000"), std::set<std::string>{"model/x-vpc"});
  EXPECT_EQ(typeOf("c.spz", "NGSP"), std::set<std::string>{"model/x-spz"});
  EXPECT_EQ(typeOf("d.ingp", "x"), std::set<std::string>{"model/x-instant-ngp"});
  EXPECT_EQ(typeOf("nameless", "VPC\\000"), std::set<std::string>{"model/x-vpc"});
}

}  // namespace
}  // namespace volpress
