// Exporting clips as streamable video: the dialog, its pictures, the export and the server that
// shows it.
#pragma once

#include <filesystem>
#include <memory>
#include <thread>

#include <QObject>
#include <QPointer>
#include <QTimer>

#include "app/engine/staged_progress.hpp"
#include "app/studio/background.hpp"
#include "app/studio/document.hpp"

class QUrl;
class QWidget;

namespace volpress::studio {

class StreamDialog;

class StreamDesk : public QObject {
  Q_OBJECT
public:
  /// `window`: the parent of dialogs.
  explicit StreamDesk(QWidget& window);
  ~StreamDesk() override;

  /// Whether something of the active scene can be exported.
  [[nodiscard]] static bool canExport(const Document& document);
  /// Shows the dialog; notes why not where there is nothing to export.
  void open(const Document& document);

signals:
  void noted(const QString& text, bool warning);
  /// A page or folder is to be shown outside of this program.
  void openWanted(const QUrl& url);

private:
  void drawPreview();
  void start();
  void showProgress();
  void openInBrowser();
  void serve(const std::filesystem::path& folder);

  QWidget& m_window;
  QPointer<StreamDialog> m_dialog;
  QTimer m_timer;                                      ///< while an export runs
  std::shared_ptr<engine::StagedProgress> m_progress;  ///< of the export
  std::filesystem::path m_written;                     ///< the folder exported last
  std::filesystem::path m_served;                      ///< the folder that m_server serves
  QString m_url;
  std::jthread m_server;
  std::unique_ptr<Background> m_pictures, m_exports;  // last: they use all of the above
};

}  // namespace volpress::studio
