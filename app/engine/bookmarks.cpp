#include "app/engine/bookmarks.hpp"

#include <algorithm>

#include "app/engine/viewpoint_json.hpp"

namespace volpress::engine {

Result<void> Bookmarks::has(std::size_t index) const {
  if (index >= m_list.size()) {
    return fail(ErrorCode::InvalidParameter, "there is no bookmark {}: the list has {}", index + 1,
                m_list.size());
  }
  return {};
}

Result<std::size_t> Bookmarks::add(const Viewpoint& view, std::string name) {
  if (name.empty()) {
    for (std::size_t number = 1; name.empty(); ++number) {
      const std::string candidate = fmt::format("View {}", number);
      const bool used = std::any_of(m_list.begin(), m_list.end(), [&](const Bookmark& bookmark) {
        return bookmark.name == candidate;
      });
      name = used ? std::string() : candidate;
    }
  }
  VOLPRESS_CHECK(insert(m_list.size(), {std::move(name), view, false}));
  return m_list.size() - 1;
}

Result<void> Bookmarks::insert(std::size_t index, Bookmark bookmark) {
  if (m_list.size() >= kMaxBookmarks) {
    return fail(ErrorCode::InvalidParameter, "there are {} bookmarks already, the most allowed",
                m_list.size());
  }
  VOLPRESS_CHECK(checkViewpoint(bookmark.view, "bookmark"));
  index = std::min(index, m_list.size());
  m_list.insert(m_list.begin() + static_cast<std::ptrdiff_t>(index), std::move(bookmark));
  return {};
}

Result<void> Bookmarks::rename(std::size_t index, std::string name) {
  VOLPRESS_CHECK(has(index));
  if (name.empty() || name.size() > kMaxBookmarkName) {
    return fail(ErrorCode::InvalidParameter, "a name has 1 to {} bytes, not {}", kMaxBookmarkName,
                name.size());
  }
  m_list[index].name = std::move(name);
  return {};
}

Result<void> Bookmarks::setHeldOut(std::size_t index, bool heldOut) {
  VOLPRESS_CHECK(has(index));
  m_list[index].heldOut = heldOut;
  return {};
}

Result<void> Bookmarks::move(std::size_t index, std::size_t to) {
  VOLPRESS_CHECK(has(index));
  Bookmark moved = std::move(m_list[index]);
  m_list.erase(m_list.begin() + static_cast<std::ptrdiff_t>(index));
  to = std::min(to, m_list.size());
  m_list.insert(m_list.begin() + static_cast<std::ptrdiff_t>(to), std::move(moved));
  return {};
}

Result<void> Bookmarks::remove(std::size_t index) {
  VOLPRESS_CHECK(has(index));
  m_list.erase(m_list.begin() + static_cast<std::ptrdiff_t>(index));
  return {};
}

std::string bookmarksToJson(const Bookmarks& bookmarks) {
  Json list = Json::array();
  for (const Bookmark& bookmark : bookmarks.list()) {
    Json entry = viewpointToJson(bookmark.view);
    entry["name"] = bookmark.name;
    entry["heldOut"] = bookmark.heldOut;
    list.push_back(std::move(entry));
  }
  return dumpJson({{"volpress", "bookmarks"}, {"version", 1}, {"bookmarks", std::move(list)}}, 1);
}

Result<Bookmarks> bookmarksFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  if (!json.is_object() || json.value("volpress", Json()) != "bookmarks") {
    return fail(ErrorCode::NotThisFormat, "this is no list of bookmarks");
  }
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "version"));
  if (version != 1) {
    return fail(ErrorCode::UnsupportedVersion, "bookmarks of version {}, but 1 is known", version);
  }
  VOLPRESS_TRY(const Json* list, jsonMember(json, "bookmarks"));
  if (!list->is_array() || list->size() > kMaxBookmarks) {
    return fail(ErrorCode::CorruptData, "'bookmarks' must be a list of at most {}", kMaxBookmarks);
  }
  Bookmarks out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& entry = (*list)[i];
    VOLPRESS_TRY(const Viewpoint view, viewpointFromJson(entry, fmt::format("bookmark {}", i + 1)));
    VOLPRESS_TRY(const std::string name, jsonText(entry, "name"));
    VOLPRESS_TRY(const bool heldOut, jsonFlag(entry, "heldOut"));
    VOLPRESS_CHECK(out.add(view, name));
    if (!name.empty()) {
      VOLPRESS_CHECK(out.rename(i, name));  // refuses names that are too long
    }
    VOLPRESS_CHECK(out.setHeldOut(i, heldOut));
  }
  return out;
}

}  // namespace volpress::engine
