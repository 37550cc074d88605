// Codec, preset, parameters and Add; under them where the bytes of the shown variant go.
#pragma once

#include <string>
#include <vector>

#include <QWidget>

#include "scene/base/params.hpp"

class QComboBox;
class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace volpress::studio {

class ByteBars;
class ParamField;
struct Entry;

/// Everything in it is generated from the codecs' parameter lists.
class InspectorPanel : public QWidget {
  Q_OBJECT
public:
  explicit InspectorPanel(QWidget* parent = nullptr);

  /// Whether there is a scene to compress.
  void setReady(bool ready);
  /// The entry whose bytes are broken down; null shows none.
  void showBytes(const Entry* entry);
  /// Highlights "Compare three codecs": the first thing a newcomer should press.
  void setCompareHighlighted(bool highlighted);

  [[nodiscard]] std::string codec() const;
  [[nodiscard]] std::string preset() const;
  /// What differs from the preset.
  [[nodiscard]] ParamSet overrides() const;

signals:
  void addWanted();
  void compareWanted();

private:
  void codecChosen();
  void presetChosen();
  void rebuildFields();
  void fold(bool advancedShown);
  void refreshState();

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
  std::vector<ParamField*> m_fields;
  bool m_ready = false;
  bool m_advancedShown = false;
};

}  // namespace volpress::studio
