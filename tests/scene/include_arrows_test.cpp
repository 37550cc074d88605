// The dependencies that the folders may have, and the length of a source file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace volpress {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLines = 600;
const std::vector<std::string> kRoots{"scene", "renderer", "compressors", "app", "tests"};

/// For each module the modules it may include besides itself. A face that others program against
/// ("renderer/rasterizer.hpp") is a module of its own.
const std::map<std::string, std::set<std::string>>& allowed() {
  static const std::map<std::string, std::set<std::string>> kAllowed = [] {
    std::map<std::string, std::set<std::string>> table;
    const std::set<std::string> scene{"scene/base", "scene/types", "scene/edit", "scene/formats",
                                      "scene/sequence"};
    const auto with = [](std::set<std::string> base, const std::set<std::string>& more) {
      base.insert(more.begin(), more.end());
      return base;
    };
    table["scene/base"] = {};
    table["scene/types"] = {"scene/base"};
    table["scene/edit"] = {"scene/base", "scene/types"};
    table["scene/formats"] = {"scene/base", "scene/types", "scene/edit"};
    table["scene/sequence"] = {"scene/base", "scene/types", "scene/edit", "scene/formats"};
    table["renderer/rasterizer.hpp"] = scene;
    table["renderer/field_options.hpp"] = scene;
    table["renderer/field_ray.hpp"] = scene;
    table["renderer/field_learner.hpp"] = with(scene, {"renderer/field_ray.hpp"});
    table["renderer/gaussian_picture.hpp"] = scene;
    table["renderer/metrics"] = scene;
    table["renderer/software"] =
        with(scene, {"renderer/rasterizer.hpp", "renderer/field_options.hpp",
                     "renderer/field_ray.hpp", "renderer/gaussian_picture.hpp"});
    table["renderer/vulkan"] =
        with(scene, {"renderer/rasterizer.hpp", "renderer/field_learner.hpp",
                     "renderer/field_options.hpp", "renderer/gaussian_picture.hpp", "shaders"});
    table["compressors/encode_watcher.hpp"] = {};
    const std::set<std::string> base =
        with(scene, {"renderer/rasterizer.hpp", "renderer/field_learner.hpp", "renderer/metrics",
                     "compressors/encode_watcher.hpp"});
    table["compressors/coding"] = scene;
    table["compressors/container"] = scene;
    table["compressors/codec.hpp"] = base;
    table["compressors/mesh_codec.hpp"] = with(base, {"compressors/codec.hpp"});
    table["compressors/field_codec.hpp"] = with(base, {"compressors/codec.hpp"});
    table["compressors/picture_codec.hpp"] =
        with(base, {"compressors/codec.hpp", "renderer/gaussian_picture.hpp"});
    table["compressors/learning"] = base;
    table["compressors/training"] = with(base, {"compressors/learning"});
    table["compressors/stages"] =
        with(base, {"compressors/codec.hpp", "compressors/coding", "compressors/container",
                    "compressors/learning", "compressors/mesh_codec.hpp",
                    "compressors/picture_codec.hpp"});
    const std::set<std::string> codec =
        with(base, {"compressors/codec.hpp", "compressors/mesh_codec.hpp", "compressors/coding",
                    "compressors/container", "compressors/learning", "compressors/stages"});
    // Fields are learnt and measured through the software marcher's batches.
    table["compressors/fields"] = with(codec, {"compressors/field_codec.hpp", "renderer/software"});
    const std::set<std::string> fieldCodec =
        with(codec, {"compressors/field_codec.hpp", "compressors/fields", "renderer/software"});
    table["compressors/hollownerf"] = fieldCodec;
    table["compressors/repack"] = fieldCodec;
    table["compressors/shacira"] = fieldCodec;
    table["compressors/stream"] =
        with(base, {"compressors/codec.hpp", "compressors/coding", "renderer/software"});
    table["compressors/intra"] = with(codec, {"compressors/stream"});
    table["compressors/dualgs"] = with(codec, {"compressors/stream"});
    table["compressors/hifi4g"] = with(codec, {"compressors/stream"});
    table["compressors/v3"] = with(codec, {"compressors/stream"});
    table["compressors/compact3d"] = codec;
    table["compressors/compact3dgs"] = codec;
    table["compressors/compgs"] = codec;
    table["compressors/gaussianforest"] = codec;
    // Pictures of Gaussians are fitted and decoded by the software renderer.
    table["compressors/gaussianimage"] =
        with(codec, {"compressors/picture_codec.hpp", "renderer/software"});
    table["compressors/lightgaussian"] = codec;
    table["compressors/mesongs"] = codec;
    table["compressors/sags"] = codec;
    table["compressors/volpress"] = codec;
    // The registry and the adapters beside it are the one place that knows the codecs.
    table["compressors"] =
        with(codec, {"compressors/field_codec.hpp", "compressors/picture_codec.hpp",
                     "compressors/gaussianimage", "compressors/repack", "compressors/shacira",
                     "compressors/compact3d", "compressors/compact3dgs", "compressors/compgs",
                     "compressors/hollownerf", "compressors/dualgs", "compressors/gaussianforest",
                     "compressors/hifi4g", "compressors/intra", "compressors/lightgaussian",
                     "compressors/mesongs", "compressors/sags", "compressors/stream",
                     "compressors/v3", "compressors/volpress"});
    table["app/player"] =
        with(codec, {"compressors/dualgs", "compressors/hifi4g", "compressors/intra",
                     "compressors/stream", "compressors/v3"});
    const std::set<std::string> engine =
        with(codec, {"app/player", "compressors", "compressors/field_codec.hpp",
                     "compressors/fields", "compressors/picture_codec.hpp", "compressors/stream",
                     "compressors/training", "renderer/software"});
    table["app/engine"] = engine;
    const std::set<std::string> program = with(engine, {"app/engine", "renderer/vulkan"});
    table["app/cli"] = program;
    table["app/studio"] = program;
    // Tests may include anything they test.
    std::set<std::string> everything{"shaders", "tests"};
    for (const auto& entry : table) {
      everything.insert(entry.first);
    }
    table["tests"] = everything;
    return table;
  }();
  return kAllowed;
}

/// The module of a file: the longest entry of the table that its path starts with.
std::string moduleOf(const std::string& path) {
  std::string best;
  const auto consider = [&](const std::string& module) {
    const bool inside = path == module || path.compare(0, module.size() + 1, module + "/") == 0;
    if (inside && module.size() > best.size()) {
      best = module;
    }
  };
  for (const auto& entry : allowed()) {
    consider(entry.first);
  }
  consider("shaders");
  return best;
}

bool isSource(const fs::path& path) {
  static const std::set<std::string> kExtensions{".cpp", ".hpp", ".h", ".in"};
  return kExtensions.count(path.extension().string()) != 0;
}

/// Our own includes name a path from the source root in quotes.
std::vector<std::string> includesOf(const std::string& text) {
  std::vector<std::string> includes;
  const std::string kDirective = "#include \"";
  for (std::size_t at = text.find(kDirective); at != std::string::npos;
       at = text.find(kDirective, at + 1)) {
    const std::size_t begin = at + kDirective.size();
    includes.push_back(text.substr(begin, text.find('"', begin) - begin));
  }
  return includes;
}

struct Source {
  std::string path;  ///< from the root, with '/'
  std::string text;
};

std::vector<Source> sources(const fs::path& root) {
  std::vector<Source> found;
  for (const std::string& folder : kRoots) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && isSource(entry.path())) {
        std::ifstream file(entry.path());
        found.push_back({fs::relative(entry.path(), root).generic_string(),
                         {std::istreambuf_iterator<char>(file), {}}});
      }
    }
  }
  return found;
}

/// Empty when `from` may include `to`, else the reason.
std::string faultOf(const std::string& from, const std::string& to) {
  const std::string fromModule = moduleOf(from);
  const std::string toModule = moduleOf(to);
  if (toModule.empty()) {
    // Generated files carry no module; they lie beside the file that includes them.
    return to.find('/') == std::string::npos ? "" : "no module of that name";
  }
  if (fromModule == toModule || allowed().at(fromModule).count(toModule) != 0) {
    return "";
  }
  return fromModule + " may not include " + toModule;
}

TEST(IncludeArrows, KnowWhatIsForbidden) {
  EXPECT_EQ(faultOf("compressors/lightgaussian/a.cpp", "compressors/coding/b.hpp"), "");
  EXPECT_EQ(faultOf("app/cli/a.cpp", "renderer/vulkan/b.hpp"), "");
  EXPECT_NE(faultOf("scene/base/a.cpp", "scene/types/b.hpp"), "");
  EXPECT_NE(faultOf("compressors/lightgaussian/a.cpp", "renderer/vulkan/b.hpp"), "");
  EXPECT_NE(faultOf("compressors/lightgaussian/a.cpp", "renderer/software/b.hpp"), "");
  EXPECT_NE(faultOf("compressors/coding/a.cpp", "compressors/codec.hpp"), "");
  EXPECT_NE(faultOf("app/engine/a.cpp", "renderer/vulkan/b.hpp"), "");
  EXPECT_NE(faultOf("app/engine/a.cpp", "app/studio/b.hpp"), "");
  EXPECT_NE(faultOf("renderer/software/a.cpp", "renderer/vulkan/b.hpp"), "");
  EXPECT_EQ(moduleOf("compressors/registry.cpp"), "compressors");
  EXPECT_EQ(moduleOf("compressors/codec.hpp"), "compressors/codec.hpp");
}

class SourceTree : public ::testing::Test {
protected:
  void SetUp() override {
    const char* root = std::getenv("VOLPRESS_SOURCE");
    if (root == nullptr) {
      GTEST_SKIP() << "VOLPRESS_SOURCE does not name the source tree";
    }
    m_sources = sources(root);
    ASSERT_GT(m_sources.size(), 50U);
  }
  std::vector<Source> m_sources;
};

TEST_F(SourceTree, EveryIncludeFollowsAnArrow) {
  for (const Source& source : m_sources) {
    EXPECT_FALSE(moduleOf(source.path).empty()) << source.path << " belongs to no module";
    for (const std::string& include : includesOf(source.text)) {
      EXPECT_EQ(faultOf(source.path, include), "") << source.path << " includes " << include;
    }
  }
}

TEST_F(SourceTree, NoFileIsLongerThanItsBudget) {
  for (const Source& source : m_sources) {
    const auto lines = std::count(source.text.begin(), source.text.end(), '\n');
    EXPECT_LE(static_cast<std::size_t>(lines), kMaxLines) << source.path;
  }
}

}  // namespace
}  // namespace volpress
