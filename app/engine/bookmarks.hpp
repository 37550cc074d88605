// The views that an artist keeps of a scene.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/engine/viewpoint.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::engine {

struct Bookmark {
  std::string name;
  Viewpoint view;
  bool heldOut = false;  ///< measured on, never optimised on, when bookmarks are the view set
};

inline constexpr std::size_t kMaxBookmarks = 10000;
inline constexpr std::size_t kMaxBookmarkName = 200;  ///< bytes

/// An ordered list; names need not differ. Plain data, copied freely.
class Bookmarks {
public:
  [[nodiscard]] const std::vector<Bookmark>& list() const noexcept { return m_list; }
  [[nodiscard]] bool empty() const noexcept { return m_list.empty(); }

  /// Appends a view; an empty name becomes "View N" with the first number not in use. Returns its
  /// index. InvalidParameter where the list is full or the view is not finite.
  Result<std::size_t> add(const Viewpoint& view, std::string name = {});
  /// The following take an index that must be in the list; else InvalidParameter.
  Result<void> rename(std::size_t index, std::string name);
  Result<void> setHeldOut(std::size_t index, bool heldOut);
  /// Puts the bookmark at the place `to` of the list without it.
  Result<void> move(std::size_t index, std::size_t to);
  Result<void> remove(std::size_t index);
  /// Puts a removed bookmark back.
  Result<void> insert(std::size_t index, Bookmark bookmark);

private:
  [[nodiscard]] Result<void> has(std::size_t index) const;

  std::vector<Bookmark> m_list;
};

/// {"volpress": "bookmarks", "version": 1, "bookmarks": [...]}, indented.
[[nodiscard]] std::string bookmarksToJson(const Bookmarks& bookmarks);
/// Untrusted text. NotThisFormat where it is other JSON.
[[nodiscard]] Result<Bookmarks> bookmarksFromJson(std::string_view text);

}  // namespace volpress::engine
