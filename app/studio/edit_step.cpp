#include "app/studio/edit_step.hpp"

#include <utility>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/gesture.hpp"
#include "app/studio/param_field.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
EditStepCard::EditStepCard(const edit::EditKind& kind, const EditFacts& facts, std::size_t index,
                           std::size_t count, QWidget* parent)
    : QFrame(parent), m_kind(kind) {
  setObjectName(QStringLiteral("editStep.%1").arg(index));
  setProperty("card", true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 6, 8);
  column->setSpacing(6);
  auto* head = new QHBoxLayout();
  head->setSpacing(2);
  m_on = new QCheckBox(this);
  m_on->setObjectName("editOn");
  m_on->setToolTip(tr("Whether this edit is done"));
  m_on->setAccessibleName(m_on->toolTip());
  m_title = new QToolButton(this);
  m_title->setObjectName("editTitle");
  m_title->setText(QString::fromStdString(kind.label));
  m_title->setToolTip(QString::fromStdString(kind.help));
  m_title->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_title->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  m_count = new QLabel(this);
  m_count->setObjectName("editCount");
  m_count->setProperty("quiet", true);
  m_count->setFont(tabularFont(font()));
  head->addWidget(m_on);
  head->addWidget(m_title, 1);
  head->addWidget(m_count);
  QToolButton* up = addButton("editUp", "up", tr("Do it earlier"));
  QToolButton* down = addButton("editDown", "down", tr("Do it later"));
  QToolButton* remove = addButton("editRemove", "remove", tr("Remove this edit"));
  up->setEnabled(index > 0);
  down->setEnabled(index + 1 < count);
  column->addLayout(head);

  m_body = new QWidget(this);
  auto* fields = new QVBoxLayout(m_body);
  fields->setContentsMargins(4, 0, 4, 0);
  fields->setSpacing(6);
  const edit::EditOperation suggested = suggestedEdit(kind, facts);
  for (const ParamSpec& spec : kind.params) {
    ParamSpec shown = spec;
    shown.defaultValue = suggested.params.at(spec.id);
    auto* field = spec.range ? new ParamField(shown, sliderRange(kind, spec, facts), m_body)
                             : new ParamField(shown, m_body);
    connect(field, &ParamField::changed, this, [this, field] {
      if (!m_showing) {
        emit changed(field->spec().id, field->value(), gestureOf(field));
      }
    });
    connect(field, &ParamField::sliderReleased, this, [field] { gestureOf(field, true); });
    fields->addWidget(field);
    m_fields.push_back(field);
  }
  m_detail = new QLabel(m_body);
  m_detail->setObjectName("editDetail");
  m_detail->setProperty("quiet", true);
  m_detail->setWordWrap(true);
  auto* foot = new QHBoxLayout();
  foot->setSpacing(2);
  foot->addWidget(m_detail, 1);
  for (QToolButton* button : m_buttons) {
    foot->addWidget(button, 0, Qt::AlignBottom);
  }
  fields->addLayout(foot);
  column->addWidget(m_body);

  connect(m_title, &QToolButton::clicked, this, [this] { emit openWanted(!m_open); });
  connect(m_on, &QCheckBox::toggled, this, [this](bool on) {
    if (!m_showing) {
      emit switched(on);
    }
  });
  connect(up, &QToolButton::clicked, this, [this] { emit moveWanted(-1); });
  connect(down, &QToolButton::clicked, this, [this] { emit moveWanted(1); });
  connect(remove, &QToolButton::clicked, this, &EditStepCard::removeWanted);
  setOpen(false);
}

QToolButton* EditStepCard::addButton(const QString& name, const QString& iconName,
                                     const QString& tip) {
  auto* button = new QToolButton(this);
  button->setObjectName(name);
  button->setIcon(icon(iconName, palette()));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  m_buttons.push_back(button);
  return button;
}

void EditStepCard::showOperation(const edit::EditOperation& operation) {
  m_showing = true;
  m_on->setChecked(operation.enabled);
  for (ParamField* field : m_fields) {
    const auto given = operation.params.find(field->spec().id);
    const ParamSpec* own = findParam(m_kind.params, field->spec().id);
    const ParamValue& value = given != operation.params.end() ? given->second : own->defaultValue;
    // A number that only shows rounded must not be written back rounded.
    if (field->value() != value) {
      field->setValue(value);
    }
  }
  m_showing = false;
}

void EditStepCard::showStep(const std::optional<edit::EditStep>& step) {
  m_step = step;
  const std::size_t removed = step ? step->before - step->after : 0;
  m_count->setText(removed > 0 ? QStringLiteral("−") + QString::fromStdString(countText(removed))
                               : QString());
  m_detail->setText(removed > 0 ? tr("Removes %1 of %2 splats.")
                                      .arg(QString::fromStdString(countText(removed)),
                                           QString::fromStdString(countText(step->before)))
                                : QString());

  m_count->setVisible(removed > 0 && !m_open);
}

void EditStepCard::setOpen(bool open) {
  m_open = open;
  m_body->setVisible(open);
  m_title->setIcon(icon(open ? "chevron-down" : "chevron-right", palette()));
  showStep(m_step);
}

}  // namespace volpress::studio
