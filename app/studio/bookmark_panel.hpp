// The kept views: thumbnails, names, order.
#pragma once

#include <QImage>
#include <QWidget>

#include "app/engine/bookmarks.hpp"

class QLabel;
class QListWidget;
class QToolButton;

namespace volpress::studio {

/// Digit keys that lead to bookmarks.
inline constexpr int kJumpKeys = 10;

/// Shows bookmarks and asks for changes; whoever owns the list makes them.
class BookmarkPanel : public QWidget {
  Q_OBJECT
public:
  explicit BookmarkPanel(QWidget* parent = nullptr);
  void showBookmarks(const engine::Bookmarks& bookmarks);
  void setThumbnail(std::size_t index, const QImage& picture);
  void setReady(bool ready);  ///< whether there is a scene to look at
  /// The size of thumbnails in device-independent pixels.
  [[nodiscard]] static QSize thumbnailSize() { return {72, 45}; }

signals:
  void addWanted();
  void jumpWanted(std::size_t index);
  void renameWanted(std::size_t index, const QString& name);
  void moveWanted(std::size_t from, std::size_t to);
  void removeWanted(std::size_t index);
  void updateWanted(std::size_t index);  ///< take the present view for it

private:
  void showMenu(const QPoint& position);
  void rowsMoved(int from, int to);

  QListWidget* m_list;
  QLabel* m_hint;
  QToolButton* m_add;
  bool m_filling = false;
};

}  // namespace volpress::studio
