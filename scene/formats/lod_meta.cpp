#include "scene/formats/lod_meta.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/ranges.h>

#include "scene/formats/json_input.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{512} << 20;
constexpr int kMostDepth = 160;  // two for each level of the tree
constexpr std::size_t kMostNodeDepth = 64;
constexpr std::size_t kMostNodes = std::size_t{4} << 20;
constexpr std::uint64_t kMostLevels = 64;

Result<std::string> safeName(const json& value, const char* where) {
  std::string name = value.is_string() ? value.get<std::string>() : std::string();
  if (!isSafeRelativeName(name)) {
    return fail(ErrorCode::CorruptData,
                "lod-meta.json {} holds \"{}\", allowed are relative names without \"..\"", where,
                name.substr(0, 80));
  }
  return name;
}

Result<std::array<float, 3>> corner(const json& bound, const char* key) {
  const json* list = findMember(bound, key);
  std::array<float, 3> values{};
  bool good = list != nullptr && list->is_array() && list->size() == 3;
  for (std::size_t c = 0; good && c < 3; ++c) {
    good = (*list)[c].is_number();
    values[c] = good ? (*list)[c].get<float>() : 0;
  }
  if (!good) {
    return fail(ErrorCode::CorruptData, "lod-meta.json has a bound whose {} is not 3 numbers", key);
  }
  return values;
}

class Parser {
public:
  explicit Parser(LodMeta& meta) : m_meta(meta) {}

  Result<void> run(const json& tree) {
    m_meta.nodes.emplace_back();
    m_open.push_back({&tree, 0, 1});
    while (!m_open.empty()) {
      const Open open = m_open.back();
      m_open.pop_back();
      VOLPRESS_CHECK(parseNode(open));
    }
    return {};
  }

private:
  struct Open {
    const json* value;
    std::size_t node;
    std::size_t depth;
  };

  Result<void> parseNode(const Open& open) {
    if (open.depth > kMostNodeDepth) {
      return fail(ErrorCode::CorruptData, "lod-meta.json has a tree deeper than {}",
                  kMostNodeDepth);
    }
    if (const json* bound = findMember(*open.value, "bound")) {
      VOLPRESS_TRY(m_meta.nodes[open.node].box.min, corner(*bound, "min"));
      VOLPRESS_TRY(m_meta.nodes[open.node].box.max, corner(*bound, "max"));
    }
    if (const json* lods = findMember(*open.value, "lods"); lods != nullptr && lods->is_object()) {
      for (const auto& [key, value] : lods->items()) {
        VOLPRESS_TRY(const LodRange range, parseRange(key, value));
        m_meta.nodes[open.node].ranges.push_back(range);
      }
      std::vector<LodRange>& ranges = m_meta.nodes[open.node].ranges;
      std::sort(ranges.begin(), ranges.end(),
                [](const LodRange& a, const LodRange& b) { return a.level < b.level; });
    }
    const json* children = findMember(*open.value, "children");
    if (children == nullptr || !children->is_array()) {
      return {};
    }
    if (m_meta.nodes.size() + children->size() > kMostNodes) {
      return fail(ErrorCode::CorruptData, "lod-meta.json has over {} nodes", kMostNodes);
    }
    for (const json& child : *children) {
      m_meta.nodes[open.node].children.push_back(static_cast<std::uint32_t>(m_meta.nodes.size()));
      m_open.push_back({&child, m_meta.nodes.size(), open.depth + 1});
      m_meta.nodes.emplace_back();
    }
    return {};
  }

  Result<LodRange> parseRange(const std::string& key, const json& value) const {
    LodRange range;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), range.level);
    if (code != std::errc{} || end != key.data() + key.size() || range.level >= m_meta.levels) {
      return fail(ErrorCode::CorruptData, "lod-meta.json has a leaf of level \"{}\", there are {}",
                  key.substr(0, 40), m_meta.levels);
    }
    const auto number = [&](const char* name, std::uint64_t most) -> Result<std::uint64_t> {
      const json* found = findMember(value, name);
      return found == nullptr
                 ? Result<std::uint64_t>(
                       fail(ErrorCode::CorruptData, "lod-meta.json has a leaf without {}", name))
                 : wholeNumber(*found, std::string("lod-meta.json ") + name, 0, most);
    };
    if (m_meta.files.empty()) {
      return fail(ErrorCode::CorruptData, "lod-meta.json has leaves, but names no files");
    }
    VOLPRESS_TRY(const std::uint64_t file, number("file", m_meta.files.size() - 1));
    range.file = static_cast<std::uint32_t>(file);
    VOLPRESS_TRY(range.offset, number("offset", UINT32_MAX));
    VOLPRESS_TRY(range.count, number("count", UINT32_MAX));
    return range;
  }

  LodMeta& m_meta;
  std::vector<Open> m_open;
};

/// 7 digits, as single precision holds.
std::string numberText(float value) { return fmt::format("{:.7g}", value); }

std::string boxText(const LodBox& box) {
  const auto list = [](const std::array<float, 3>& v) {
    return "[" + numberText(v[0]) + "," + numberText(v[1]) + "," + numberText(v[2]) + "]";
  };
  return "\"bound\":{\"min\":" + list(box.min) + ",\"max\":" + list(box.max) + "}";
}

void writeNode(const LodMeta& meta, std::size_t index, std::string& text) {
  const LodNode& node = meta.nodes[index];
  text += "{" + boxText(node.box);
  if (!node.children.empty()) {
    text += ",\"children\":[";
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      text += i == 0 ? "" : ",";
      writeNode(meta, node.children[i], text);  // a few dozen deep: halves of a scene
    }
    text += "]";
  } else {
    text += ",\"lods\":{";
    for (std::size_t i = 0; i < node.ranges.size(); ++i) {
      const LodRange& range = node.ranges[i];
      text += fmt::format("{}\"{}\":{{\"file\":{},\"offset\":{},\"count\":{}}}", i == 0 ? "" : ",",
                          range.level, range.file, range.offset, range.count);
    }
    text += "}";
  }
  text += "}";
}

}  // namespace

Result<LodMeta> parseLodMeta(ByteView bytes) {
  VOLPRESS_TRY(const json root, parseJsonObject(bytes, "lod-meta.json", kMostBytes, kMostDepth));
  if (const json* version = findMember(root, "version"); version != nullptr && *version != 1) {
    return fail(ErrorCode::UnsupportedVersion, "lod-meta.json is of version {}, readable is 1",
                version->dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 40));
  }
  LodMeta meta;
  const json* levels = findMember(root, "lodLevels");
  const json* files = findMember(root, "filenames");
  const json* tree = findMember(root, "tree");
  if (levels == nullptr || files == nullptr || !files->is_array() || tree == nullptr) {
    return fail(ErrorCode::CorruptData, "lod-meta.json has no lodLevels, filenames or tree");
  }
  VOLPRESS_TRY(const std::uint64_t count,
               wholeNumber(*levels, "lod-meta.json lodLevels", 1, kMostLevels));
  meta.levels = static_cast<unsigned>(count);
  for (const json& name : *files) {
    VOLPRESS_TRY(std::string safe, safeName(name, "filenames"));
    meta.files.push_back(std::move(safe));
  }
  if (const json* environment = findMember(root, "environment");
      environment != nullptr && !environment->is_null()) {
    VOLPRESS_TRY(meta.environment, safeName(*environment, "environment"));
  }
  VOLPRESS_CHECK(Parser(meta).run(*tree));
  return meta;
}

std::string formatLodMeta(const LodMeta& meta) {
  std::vector<std::uint64_t> counts(meta.levels);
  std::uint64_t total = 0;
  for (const LodNode& node : meta.nodes) {
    for (const LodRange& range : node.ranges) {
      counts[range.level] += range.count;
      total += range.count;
    }
  }
  std::string text = fmt::format(
      R"({{"version":1,"asset":{{"generator":"Volpress"}},"count":{},"counts":[{}],"lodLevels":{},)",
      total, fmt::join(counts, ","), meta.levels);
  if (!meta.environment.empty()) {
    text += "\"environment\":" + json(meta.environment).dump() + ",";
  }
  text += "\"filenames\":" + json(meta.files).dump() + ",\"tree\":";
  writeNode(meta, 0, text);
  return text + "}";
}

const LodRange* rangeAt(const LodNode& leaf, unsigned level) {
  const LodRange* best = nullptr;
  for (const LodRange& range : leaf.ranges) {
    // By level: the last one not above it is the nearest finer, else the first one above.
    if (range.level <= level || best == nullptr) {
      best = &range;
    }
  }
  return best;
}

}  // namespace volpress::formats
