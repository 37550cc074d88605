// Several values of a codec's quality knob at once: the points of its curve.
#pragma once

#include <string>
#include <vector>

#include <QDialog>

#include "app/studio/session.hpp"
#include "compressors/codec.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace volpress::studio {

/// Chooses codec, range and points; starts from settings of the inspector. Shown without blocking
/// (`open()`), deletes itself.
class SweepDialog : public QDialog {
  Q_OBJECT
public:
  /// Offers the codecs of that kind of scene.
  SweepDialog(engine::SceneKind kind, Session::JobSettings start, QWidget* parent = nullptr);

signals:
  /// The jobs to add, in order.
  void jobsWanted(const std::vector<volpress::studio::Session::JobSettings>& jobs);

private:
  [[nodiscard]] const compressors::CodecInfo& info() const;
  [[nodiscard]] const ParamSpec& knob() const;
  [[nodiscard]] std::vector<ParamValue> values() const;
  void codecChosen();
  void refresh();
  void finish();

  Session::JobSettings m_start;
  QComboBox* m_codec;
  QLabel* m_knob;
  QDoubleSpinBox* m_from;
  QDoubleSpinBox* m_to;
  QSpinBox* m_points;
  QLabel* m_values;
  QLabel* m_base;
  QPushButton* m_add;
};

}  // namespace volpress::studio
