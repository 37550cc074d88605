#include "app/studio/param_field.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QSpinBox>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kFineSteps = 1000;
constexpr int kNumberWidth = 96;

/// As many decimals as the parameter's step needs, or three figures of its range.
int decimalsFor(const ParamRange& range) {
  const double step = range.step > 0 ? range.step : (range.max - range.min) / 1000;
  if (!(step > 0)) {
    return 3;
  }
  return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 8);
}

/// Numbers in a scrolling panel must not change under a passing wheel.
class WheelGuard : public QObject {
public:
  using QObject::QObject;

protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    const auto* widget = qobject_cast<QWidget*>(watched);
    if (event->type() == QEvent::Wheel && widget != nullptr && !widget->hasFocus()) {
      event->ignore();
      return true;
    }
    return false;
  }
};

void guardWheel(QWidget* widget) {
  widget->setFocusPolicy(Qt::StrongFocus);
  widget->installEventFilter(new WheelGuard(widget));
}

}  // namespace

SliderScale::SliderScale(const ParamRange& range, bool integer)
    : m_min(range.min),
      m_max(range.max),
      m_logarithmic(range.logarithmic && range.min > 0),
      m_integer(integer),
      m_snap(range.step),
      m_steps(kFineSteps) {
  if (integer && !m_logarithmic) {
    m_steps = static_cast<int>(std::clamp(m_max - m_min, 1.0, double{kFineSteps}));
  }
}

int SliderScale::toStep(double value) const {
  if (!(m_max > m_min)) {
    return 0;
  }
  const double t = m_logarithmic ? std::log(value / m_min) / std::log(m_max / m_min)
                                 : (value - m_min) / (m_max - m_min);
  return static_cast<int>(std::lround(std::clamp(t, 0.0, 1.0) * m_steps));
}

double SliderScale::toValue(int step) const {
  const double t = static_cast<double>(step) / m_steps;
  double value = m_logarithmic ? m_min * std::pow(m_max / m_min, t) : m_min + t * (m_max - m_min);
  if (m_snap > 0 && !m_logarithmic) {
    value = m_min + std::round((value - m_min) / m_snap) * m_snap;
  }
  if (m_integer) {
    value = std::round(value);
  }
  return std::clamp(value, m_min, m_max);
}

MarkedSlider::MarkedSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setFocusPolicy(Qt::StrongFocus);
}

void MarkedSlider::setMark(int step) {
  m_mark = step;
  update();
}

void MarkedSlider::paintEvent(QPaintEvent* event) {
  if (m_mark >= 0) {
    QStyleOptionSlider option;
    initStyleOption(&option);
    constexpr int kHandle = 12;  // as in the style sheet
    const int span = width() - kHandle;
    const int x = kHandle / 2 + QStyle::sliderPositionFromValue(minimum(), maximum(), m_mark, span);
    QPainter painter(this);
    painter.setPen(QPen(quietText(palette()), 1));
    painter.drawLine(x, height() / 2 - 7, x, height() / 2 + 7);
  }
  QSlider::paintEvent(event);
}

void MarkedSlider::wheelEvent(QWheelEvent* event) { event->ignore(); }

ParamField::ParamField(const ParamSpec& spec, QWidget* parent)
    : QWidget(parent), m_spec(spec), m_sliderRange(spec.range), m_base(spec.defaultValue) {
  build();
  setBase(spec.defaultValue);
}

ParamField::ParamField(const ParamSpec& spec, const ParamRange& sliderRange, QWidget* parent)
    : QWidget(parent), m_spec(spec), m_sliderRange(sliderRange), m_base(spec.defaultValue) {
  build();
  setBase(spec.defaultValue);
}

void ParamField::build() {
  const QString id = QString::fromStdString(m_spec.id);
  const QString text = QString::fromStdString(m_spec.label);
  const QString help = QString::fromStdString(m_spec.help);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  auto* row = new QHBoxLayout();
  row->setSpacing(8);
  column->addLayout(row);

  if (std::holds_alternative<bool>(m_spec.defaultValue)) {
    m_check = new QCheckBox(text, this);
    m_check->setObjectName("param." + id);
    connect(m_check, &QCheckBox::toggled, this, &ParamField::touched);
    row->addWidget(m_check, 1);
  } else {
    m_label = new QLabel(text, this);
    m_label->setObjectName("label." + id);
    m_label->setWordWrap(true);
    m_label->installEventFilter(this);
    row->addWidget(m_label, 1);
    if (std::holds_alternative<std::string>(m_spec.defaultValue)) {
      m_choice = new QComboBox(this);
      m_choice->setObjectName("param." + id);
      for (const ParamChoice& choice : m_spec.choices) {
        m_choice->addItem(QString::fromStdString(choice.label), QString::fromStdString(choice.key));
      }
      m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
      m_choice->setMinimumContentsLength(9);
      guardWheel(m_choice);
      connect(m_choice, &QComboBox::currentIndexChanged, this, &ParamField::touched);
      row->addWidget(m_choice, 1);
    } else {
      buildNumber();
      row->addWidget(m_integer != nullptr ? static_cast<QWidget*>(m_integer) : m_real);
      if (m_slider != nullptr) {
        column->addWidget(m_slider);
      }
    }
  }
  const QString reset = tr("Double-click the name to reset it.");
  setToolTip(QStringLiteral("<p>%1</p><p>%2</p>").arg(help.toHtmlEscaped(), reset));
}

void ParamField::buildNumber() {
  const QString id = QString::fromStdString(m_spec.id);
  const QString unit = m_spec.unit.empty() ? QString() : " " + QString::fromStdString(m_spec.unit);
  const bool integer = std::holds_alternative<std::int64_t>(m_spec.defaultValue);
  if (integer) {
    m_integer = new QSpinBox(this);
    m_integer->setObjectName("param." + id);
    m_integer->setRange(std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
    if (m_spec.range) {
      m_integer->setRange(
          static_cast<int>(std::max(m_spec.range->min, double{std::numeric_limits<int>::min()})),
          static_cast<int>(std::min(m_spec.range->max, double{std::numeric_limits<int>::max()})));
      m_integer->setSingleStep(std::max(1, static_cast<int>(m_spec.range->step)));
    }
    m_integer->setSuffix(unit);
    m_integer->setFixedWidth(kNumberWidth);
    m_integer->setFont(tabularFont(font()));
    guardWheel(m_integer);
    connect(m_integer, &QSpinBox::valueChanged, this, &ParamField::touched);
  } else {
    m_real = new QDoubleSpinBox(this);
    m_real->setObjectName("param." + id);
    m_real->setDecimals(3);
    if (m_spec.range) {
      const ParamRange& usual = *m_sliderRange;
      m_real->setDecimals(decimalsFor(usual));
      m_real->setRange(m_spec.range->min, m_spec.range->max);
      m_real->setSingleStep(usual.step > 0 ? usual.step : (usual.max - usual.min) / 100);
    } else {
      m_real->setRange(-1e12, 1e12);
    }
    m_real->setSuffix(unit);
    m_real->setFixedWidth(kNumberWidth);
    m_real->setFont(tabularFont(font()));
    guardWheel(m_real);
    connect(m_real, &QDoubleSpinBox::valueChanged, this, &ParamField::touched);
  }
  if (!m_sliderRange || !(m_sliderRange->max > m_sliderRange->min)) {
    return;
  }
  const SliderScale scale(*m_sliderRange, integer);
  m_slider = new MarkedSlider(this);
  m_slider->setObjectName("slider." + id);
  m_slider->setRange(0, scale.steps());
  connect(m_slider, &QSlider::sliderReleased, this, &ParamField::sliderReleased);
  connect(m_slider, &QSlider::valueChanged, this, [this, scale](int step) {
    if (m_setting) {
      return;
    }
    const double value = scale.toValue(step);
    if (m_integer != nullptr) {
      m_integer->setValue(static_cast<int>(value));
    } else {
      m_real->setValue(value);
    }
  });
}

ParamValue ParamField::value() const {
  if (m_check != nullptr) {
    return m_check->isChecked();
  }
  if (m_choice != nullptr) {
    return m_choice->currentData().toString().toStdString();
  }
  if (m_integer != nullptr) {
    return static_cast<std::int64_t>(m_integer->value());
  }
  return m_real->value();
}

void ParamField::setValue(const ParamValue& value) {
  m_setting = true;
  if (m_check != nullptr) {
    m_check->setChecked(std::get<bool>(value));
  } else if (m_choice != nullptr) {
    m_choice->setCurrentIndex(
        m_choice->findData(QString::fromStdString(std::get<std::string>(value))));
  } else if (m_integer != nullptr) {
    m_integer->setValue(static_cast<int>(std::get<std::int64_t>(value)));
  } else {
    const auto* integer = std::get_if<std::int64_t>(&value);
    m_real->setValue(integer != nullptr ? static_cast<double>(*integer) : std::get<double>(value));
  }
  m_setting = false;
  touched();
}

void ParamField::setBase(const ParamValue& value) {
  setValue(value);
  m_base = this->value();  // as the widget rounds it, so that untouched never reads as changed
  if (m_slider != nullptr) {
    m_slider->setMark(m_slider->value());
  }
  touched();
}

bool ParamField::isChanged() const { return value() != m_base; }

void ParamField::reset() { setValue(m_base); }

void ParamField::touched() {
  if (m_setting) {
    return;
  }
  if (m_slider != nullptr && m_sliderRange) {
    const double number = m_integer != nullptr ? m_integer->value() : m_real->value();
    m_setting = true;
    m_slider->setValue(SliderScale(*m_sliderRange, m_integer != nullptr).toStep(number));
    m_setting = false;
  }
  QWidget* named = m_label != nullptr ? static_cast<QWidget*>(m_label) : m_check;
  QFont font = named->font();
  font.setBold(isChanged());
  named->setFont(font);
  emit changed();
}

bool ParamField::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_label && event->type() == QEvent::MouseButtonDblClick) {
    reset();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace volpress::studio
