// The doctor in the window: examines scenes as they are opened, and does what its panel asks for.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include <QObject>

#include "app/engine/diagnose.hpp"
#include "app/studio/background.hpp"
#include "app/studio/document.hpp"
#include "app/studio/edit_cache.hpp"

class QMainWindow;
class QWidget;

namespace volpress::studio {

class DoctorPanel;
class Session;

/// Why the doctor and edits have nothing to do with an open scene; empty where they have, and for
/// null.
[[nodiscard]] QString whySplatsOnly(const Entry* source);

class DoctorDesk : public QObject {
  Q_OBJECT
public:
  DoctorDesk(Session& session, QMainWindow& window);
  ~DoctorDesk() override;

  [[nodiscard]] QWidget* panel() const;
  /// What is wrong with the active source's file; 0 while it is not known.
  [[nodiscard]] std::size_t problems() const;
  /// The scene with the splats of a finding in a strong colour and the others grey; null unless the
  /// panel was asked to show some of this source's.
  [[nodiscard]] std::shared_ptr<const GaussianCloud> highlighted(const Entry& source) const;
  void examine();
  void askForRepair();
  /// The active source may be another, or edited otherwise.
  void refresh(const std::optional<EditFacts>& facts);

signals:
  void changed();         ///< the number of problems, perhaps
  void pictureChanged();  ///< what is highlighted
  void remedyWanted(const volpress::edit::EditOperation& operation);
  /// Something serious is wrong with a scene that was just opened.
  void alarmed(const QString& text);

private:
  struct Chart {
    std::filesystem::path path;
    std::shared_ptr<const engine::Diagnosis> diagnosis;  ///< without its cloud; null: failed
    std::string problem;
  };
  [[nodiscard]] const Entry* source() const;
  [[nodiscard]] const Chart* chartOf(const Entry& source) const;
  void examineEntry(const Entry& entry, bool opened);
  void show();
  void highlight(const QString& finding);
  void repair(const std::filesystem::path& input, const std::filesystem::path& output);
  [[nodiscard]] std::optional<edit::EditOperation> remedyOf(const engine::Finding& finding) const;

  Session& m_session;
  QMainWindow& m_window;
  DoctorPanel* m_panel;
  std::map<EntryId, Chart> m_charts;
  std::optional<EditFacts> m_facts;
  EntryId m_examining = 0;
  std::shared_ptr<const GaussianCloud> m_shownOf;  ///< the source's own cloud
  std::shared_ptr<const GaussianCloud> m_highlight;
  std::uint64_t m_round = 0;
  Background m_background;  // last: its thread may still post to the above
};

/// The scene with some splats in a strong colour, seen even where they are faint, and the others
/// grey.
[[nodiscard]] GaussianCloud highlightSplats(const GaussianCloud& cloud,
                                            const std::vector<std::uint32_t>& splats);

}  // namespace volpress::studio
