// One parameter as widgets: slider and number, check box or choice.
#pragma once

#include <optional>

#include <QSlider>
#include <QWidget>

#include "scene/base/params.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace volpress::studio {

/// Spreads a parameter's range over slider steps and back, linear or logarithmic.
class SliderScale {
public:
  SliderScale(const ParamRange& range, bool integer);
  [[nodiscard]] int steps() const { return m_steps; }
  [[nodiscard]] int toStep(double value) const;
  [[nodiscard]] double toValue(int step) const;

private:
  double m_min;
  double m_max;
  bool m_logarithmic;
  bool m_integer;
  double m_snap;
  int m_steps;
};

/// A slider with a mark at the default.
class MarkedSlider : public QSlider {
public:
  explicit MarkedSlider(QWidget* parent = nullptr);
  void setMark(int step);

protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;  ///< left to the panel, which scrolls

private:
  int m_mark = -1;
};

/// Label, control and reset of one parameter. Object names: "param.<id>" for the spin box, check
/// box or combo, "slider.<id>", "label.<id>".
class ParamField : public QWidget {
  Q_OBJECT
public:
  explicit ParamField(const ParamSpec& spec, QWidget* parent = nullptr);
  /// The slider moves over `sliderRange`; the number takes all that `spec` allows.
  ParamField(const ParamSpec& spec, const ParamRange& sliderRange, QWidget* parent = nullptr);

  [[nodiscard]] const ParamSpec& spec() const { return m_spec; }
  [[nodiscard]] ParamValue value() const;
  /// The value that "reset" returns to; also sets the field to it.
  void setBase(const ParamValue& value);
  [[nodiscard]] bool isChanged() const;
  void reset();
  void setValue(const ParamValue& value);

signals:
  void changed();
  void sliderReleased();

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void build();
  void buildNumber();
  void touched();

  ParamSpec m_spec;
  std::optional<ParamRange> m_sliderRange;
  ParamValue m_base;
  bool m_setting = false;
  QLabel* m_label = nullptr;
  QCheckBox* m_check = nullptr;
  QComboBox* m_choice = nullptr;
  QSpinBox* m_integer = nullptr;
  QDoubleSpinBox* m_real = nullptr;
  MarkedSlider* m_slider = nullptr;
};

}  // namespace volpress::studio
