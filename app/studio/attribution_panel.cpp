#include "app/studio/attribution_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/core.h>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::studio {
namespace {

constexpr int kRowHeight = 24;

struct Column {
  const char* title;
  const char* tip;
};
constexpr std::array kColumns{
    Column{"Attribute", "What a splat is made of"},
    Column{"Share of the error",
           "The mean of what it costs alone and on top of all others; below zero: it makes up for "
           "errors of others"},
    Column{"Alone", "PSNR of the original with only this attribute of the result"},
    Column{"Given back", "PSNR that the result gains with this attribute of the original"},
    Column{"", ""},
};

/// A bar to the right for a share of the error, to the left for what it makes good.
class ShareBar : public QWidget {
public:
  ShareBar(double share, double largest, QWidget* parent)
      : QWidget(parent), m_share(share), m_largest(largest) {}

protected:
  void paintEvent(QPaintEvent* /*event*/) override {
    constexpr int kNumber = 64;
    QPainter painter(this);
    painter.setFont(tabularFont(font()));
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QRect(0, 0, kNumber, height()), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("%1 %").arg(100 * m_share, 0, 'f', 1));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double room = std::max(0, width() - kNumber - 24);
    const double length = room * std::min(1.0, std::abs(m_share) / std::max(m_largest, 1e-9));
    painter.setBrush(m_share < 0 ? quietText(palette()) : accent(palette()));
    painter.drawRoundedRect(QRectF(kNumber + 12, height() / 2.0 - 3, std::max(1.0, length), 6), 2,
                            2);
  }

private:
  double m_share;
  double m_largest;
};

QTableWidgetItem* textItem(const std::string& text, Qt::Alignment side, const QFont& font) {
  auto* item = new QTableWidgetItem(QString::fromStdString(text));
  item->setTextAlignment(side | Qt::AlignVCenter);
  item->setFont(font);
  item->setFlags(Qt::ItemIsEnabled);
  return item;
}

}  // namespace

AttributionPanel::AttributionPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("attribution");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 4, 12, 4);
  column->setSpacing(4);
  auto* row = new QHBoxLayout();
  m_title = new QLabel(this);
  m_title->setObjectName("attributionTitle");
  m_bar = new QProgressBar(this);
  m_bar->setObjectName("attributionProgress");
  m_bar->setRange(0, 1000);
  m_bar->setTextVisible(false);
  m_bar->setFixedWidth(160);
  m_run = new QPushButton(tr("Attribute the error"), this);
  m_run->setObjectName("attributionRun");
  m_run->setToolTip(tr("Swaps one attribute at a time and measures each over all views"));
  m_cancel = new QPushButton(tr("Cancel"), this);
  m_cancel->setObjectName("attributionCancel");
  row->addWidget(m_title, 1);
  row->addWidget(m_bar);
  row->addWidget(m_cancel);
  row->addWidget(m_run);
  m_summary = new QLabel(this);
  m_summary->setObjectName("attributionSummary");
  m_summary->setWordWrap(true);
  m_table = new QTableWidget(static_cast<int>(engine::kSplatAttributes.size()),
                             static_cast<int>(kColumns.size()), this);
  m_table->setObjectName("attributionTable");
  for (int i = 0; i < m_table->columnCount(); ++i) {
    const Column& title = kColumns.at(static_cast<std::size_t>(i));
    auto* item = new QTableWidgetItem(tr(title.title));
    item->setToolTip(tr(title.tip));
    item->setTextAlignment((i < 2 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    m_table->setHorizontalHeaderItem(i, item);
  }
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_table->setColumnWidth(0, 168);
  m_table->setColumnWidth(2, 80);
  m_table->setColumnWidth(3, 104);
  m_table->setColumnWidth(4, 88);
  m_table->setShowGrid(false);
  m_table->setSelectionMode(QAbstractItemView::NoSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  column->addLayout(row);
  column->addWidget(m_summary);
  column->addWidget(m_table, 1);
  connect(m_run, &QPushButton::clicked, this, &AttributionPanel::attributionWanted);
  connect(m_cancel, &QPushButton::clicked, this, &AttributionPanel::cancelWanted);
  showVariant({}, nullptr);
  showProgress({}, -1);
}

void AttributionPanel::showVariant(const QString& name, const engine::Attribution* attribution,
                                   const QString& reason) {
  m_hasVariant = !name.isEmpty();
  m_title->setText(m_hasVariant       ? tr("Side B: %1").arg(name)
                   : reason.isEmpty() ? tr("No result on side B")
                                      : reason);
  m_run->setEnabled(m_hasVariant);
  m_run->setToolTip(reason);
  m_run->setVisible(attribution == nullptr);
  m_table->setVisible(attribution != nullptr);
  if (attribution != nullptr) {
    if (attribution != m_shown) {
      fill(*attribution);
    }
  } else {
    m_summary->setText(
        name.isEmpty()
            ? tr("Compress a scene, or put a result on side B, to see which of its attributes "
                 "costs "
                 "how much quality.")
            : tr("Which attribute causes its error? Each one in turn is swapped with the "
                 "original's, and the pictures of all views are measured."));
  }
  m_shown = attribution;
}

void AttributionPanel::fill(const engine::Attribution& attribution) {
  const double psnr = metrics::psnrFromError(attribution.total);
  m_summary->setText(QString::fromStdString(fmt::format(
      "{} over {} views ({}).  {} of {} splats matched.  The shares add up within {:.2f} dB.",
      decibelText(psnr), attribution.viewCount, attribution.origin, countText(attribution.matched),
      countText(attribution.splatsIn), std::abs(attribution.explainedDecibels()))));
  double largest = 0;
  for (const engine::AttributeError& error : attribution.errors) {
    largest = std::max(largest, std::abs(error.share));
  }
  // What costs most stands at the top.
  std::vector<engine::AttributeError> errors = attribution.errors;
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  m_swaps.clear();
  for (std::size_t row = 0; row < errors.size(); ++row) {
    addRow(static_cast<int>(row), attribution, errors[row], largest);
  }
  showSwap(m_swap);
}

void AttributionPanel::addRow(int row, const engine::Attribution& attribution,
                              const engine::AttributeError& error, double largest) {
  const QFont numbers = tabularFont(font());
  const bool lossy = attribution.total > 0;
  const double gain =
      metrics::psnrFromError(error.without) - metrics::psnrFromError(attribution.total);
  std::string gained = fmt::format("{:+.2f} dB", gain);
  if (error.without <= 0) {
    gained = lossy ? "all" : "0 dB";
  } else if (std::abs(gain) < 5e-3) {
    gained = "0 dB";
  }
  const char* name = engine::splatAttributeName(error.attribute);
  m_table->setItem(row, 0, textItem(name, Qt::AlignLeft, font()));
  m_table->setCellWidget(row, 1,
                         new ShareBar(lossy ? error.share / attribution.total : 0,
                                      lossy ? largest / attribution.total : 1, m_table));
  m_table->setItem(
      row, 2, textItem(decibelText(metrics::psnrFromError(error.alone)), Qt::AlignRight, numbers));
  m_table->setItem(row, 3, textItem(gained, Qt::AlignRight, numbers));
  auto* show = new QPushButton(m_table);
  show->setObjectName(QStringLiteral("swap.") + engine::splatAttributeId(error.attribute));
  show->setCheckable(true);
  show->setFlat(true);
  show->setEnabled(error.without != attribution.total);
  show->setToolTip(tr("The result with the original's %1, as a pane beside the others").arg(name));
  connect(show, &QPushButton::clicked, this,
          [this, attribute = error.attribute] { emit swapWanted(attribute); });
  m_table->setCellWidget(row, 4, show);
  m_swaps[error.attribute] = show;
}

void AttributionPanel::showProgress(const QString& words, double fraction) {
  const bool runs = fraction >= 0;
  m_bar->setVisible(runs);
  m_cancel->setVisible(runs);
  if (runs) {
    m_bar->setValue(static_cast<int>(std::lround(fraction * 1000)));
    m_bar->setToolTip(words);
  }
  m_run->setText(runs ? words : tr("Attribute the error"));
  m_run->setEnabled(!runs && m_hasVariant);
}

void AttributionPanel::showSwap(std::optional<engine::SplatAttribute> shown) {
  m_swap = shown;
  for (const auto& [attribute, button] : m_swaps) {
    const bool on = shown == attribute;
    button->setChecked(on);
    button->setText(on ? tr("Hide") : tr("Show"));
  }
}

}  // namespace volpress::studio
