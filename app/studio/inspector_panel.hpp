// Codec, preset, parameters and Add; under them where the bytes of the shown variant go.
#pragma once

#include <string>
#include <vector>

#include <QWidget>

#include "app/engine/photo_options.hpp"
#include "app/engine/presets.hpp"
#include "app/engine/scene_model.hpp"
#include "scene/base/params.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace volpress::studio {

class ByteBars;
class ParamField;
class PhotoRow;
struct Entry;

/// Everything in it is generated from the codecs' parameter lists.
class InspectorPanel : public QWidget {
  Q_OBJECT
public:
  explicit InspectorPanel(QWidget* parent = nullptr);

  /// Whether there is a scene to compress.
  void setReady(bool ready);
  /// What it is: each kind has codecs of its own.
  void setKind(engine::SceneKind kind);
  /// The entry whose bytes are broken down; null shows none.
  void showBytes(const Entry* entry);
  /// The entry that may be drawn natively or baked; the choice is hidden for others, and for null.
  void showNative(const Entry* entry);
  /// The photographs of the scene that codecs may learn from.
  void showPhotos(const engine::PhotoOptions& photos);
  /// Highlights "Compare three codecs": the first thing a newcomer should press.
  void setCompareHighlighted(bool highlighted);

  [[nodiscard]] std::string codec() const;
  /// Id of the codec's own preset that the settings start from; empty for its defaults.
  [[nodiscard]] std::string preset() const { return m_chosen.preset; }
  /// What differs from that preset.
  [[nodiscard]] ParamSet overrides() const;
  [[nodiscard]] std::optional<engine::QualityTarget> target() const;
  /// Shows settings: of a job that is to be changed or repeated, or of a default.
  void setSettings(const std::string& codec, const std::string& preset, const ParamSet& overrides,
                   const std::optional<engine::QualityTarget>& target);
  /// While a waiting job is edited, Add changes that job; 0 ends that.
  void setEdited(std::uint64_t job, const QString& title);
  [[nodiscard]] std::uint64_t edited() const { return m_edited; }

  /// Presets of people's own, under the codec's and the general ones.
  void setPresets(std::vector<engine::SharedPreset> mine);
  /// The present settings as a preset of that name, for this codec.
  [[nodiscard]] engine::SharedPreset asPreset(const std::string& name) const;
  /// The preset of people's own that is chosen; null where it is another.
  [[nodiscard]] const engine::SharedPreset* chosenPreset() const;
  /// An estimate under the parameters; empty text shows none.
  void showEstimate(const QString& text, const QString& tip);

signals:
  void addWanted();
  /// The entry of `showNative` shall be drawn as its file answers each view, or else baked.
  void nativeWanted(std::uint64_t entry, bool native);
  void compareWanted();
  void photosWanted();  ///< a choice of photographs
  void noPhotosWanted();
  void settingsChanged();
  void savePresetWanted();
  void exportPresetWanted();
  void importPresetWanted();
  void deletePresetWanted();
  void defaultWanted();

private:
  void fillCodecs();
  void codecChosen();
  void presetChosen();
  void rebuildFields();
  void fold(bool advancedShown);
  void refreshState();
  void addPreset(const QString& kind, const engine::SharedPreset& preset);
  void fillPresets();
  QWidget* makeTargetRow(QWidget* parent);
  QWidget* makePresetRow(QWidget* parent);
  void targetKindChosen();

  QComboBox* m_codec = nullptr;
  QLabel* m_summary = nullptr;
  QComboBox* m_preset = nullptr;
  QWidget* m_fieldsArea = nullptr;
  QToolButton* m_more = nullptr;
  QWidget* m_advanced = nullptr;
  QLabel* m_lost = nullptr;
  QPushButton* m_add = nullptr;
  QPushButton* m_compare = nullptr;
  QLabel* m_bytesTitle = nullptr;
  ByteBars* m_bytes = nullptr;
  QCheckBox* m_native = nullptr;
  QLabel* m_nativeLoss = nullptr;
  std::uint64_t m_nativeEntry = 0;
  std::vector<ParamField*> m_fields;
  QToolButton* m_presetMenu = nullptr;
  QWidget* m_targetRow = nullptr;
  QFormLayout* m_form = nullptr;
  PhotoRow* m_photos = nullptr;
  QComboBox* m_targetKind = nullptr;
  QDoubleSpinBox* m_targetValue = nullptr;
  QLabel* m_estimate = nullptr;
  QWidget* m_editBar = nullptr;
  QLabel* m_editText = nullptr;
  std::vector<engine::SharedPreset> m_mine;
  engine::CodecSettings m_chosen;
  std::uint64_t m_edited = 0;
  bool m_ready = false;
  engine::SceneKind m_kind = engine::SceneKind::Splats;
  bool m_advancedShown = false;
};

}  // namespace volpress::studio
