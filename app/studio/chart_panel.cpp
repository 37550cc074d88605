#include "app/studio/chart_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <QAction>
#include <QBuffer>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"

namespace volpress::studio {
namespace {

constexpr double kPictureScale = 2;  // of saved pictures, so that they stand enlarging

double qualityOf(const engine::Evaluation& evaluation, QualityMeasure measure) {
  switch (measure) {
    case QualityMeasure::Psnr: return std::min(evaluation.meanPsnr(), kIdenticalDb);
    case QualityMeasure::WorstPsnr: return std::min(evaluation.worstPsnr(), kIdenticalDb);
    case QualityMeasure::Ssim: return evaluation.meanSsim();
    case QualityMeasure::MsSsim: return evaluation.meanMsSsim();
    case QualityMeasure::Flip: return evaluation.meanFlip();
  }
  return 0;
}

/// The chart as it stands, in pixels.
QImage pictureOf(const ChartView& view) {
  QImage picture(view.size() * kPictureScale, QImage::Format_RGB32);
  QPainter painter(&picture);
  painter.scale(kPictureScale, kPictureScale);
  view.paintChart(painter);
  return picture;
}

}  // namespace

ChartPanel::ChartPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("chart");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new QHBoxLayout();
  bar->setContentsMargins(12, 4, 12, 4);
  bar->setSpacing(8);
  m_measure = new QComboBox(this);
  m_measure->setObjectName("measure");
  m_measure->addItem(tr("PSNR, mean of the views"), static_cast<int>(QualityMeasure::Psnr));
  m_measure->addItem(tr("PSNR, worst view"), static_cast<int>(QualityMeasure::WorstPsnr));
  m_measure->addItem(tr("SSIM"), static_cast<int>(QualityMeasure::Ssim));
  m_measure->addItem(tr("MS-SSIM"), static_cast<int>(QualityMeasure::MsSsim));
  m_measure->addItem(tr("FLIP error (lower is better)"), static_cast<int>(QualityMeasure::Flip));
  auto* against = new QLabel(tr("against size in bytes"), this);
  against->setProperty("quiet", true);
  bar->addWidget(m_measure);
  bar->addWidget(against);
  bar->addStretch(1);
  column->addLayout(bar);
  m_view = new ChartView(this);
  column->addWidget(m_view, 1);
  connect(m_measure, &QComboBox::currentIndexChanged, this, &ChartPanel::refresh);
  connect(m_view, &ChartView::clicked, this, &ChartPanel::entryClicked);
  makeMenu();
}

void ChartPanel::makeMenu() {
  auto* all = new QAction(tr("Show everything"), m_view);
  all->setEnabled(false);
  connect(all, &QAction::triggered, m_view, &ChartView::showAll);
  connect(m_view, &ChartView::zoomed, all, &QAction::setEnabled);
  auto* line = new QAction(m_view);
  line->setSeparator(true);
  auto* copy = new QAction(tr("Copy picture"), m_view);
  connect(copy, &QAction::triggered, this, &ChartPanel::copyPicture);
  auto* saving = new QAction(tr("Save as PNG, SVG or CSV…"), m_view);
  saving->setObjectName("saveChart");
  connect(saving, &QAction::triggered, this, &ChartPanel::saveWanted);
  m_view->addActions({all, line, copy, saving});
  m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
  m_view->setToolTip(
      tr("Click a dot to show it on side B. Draw a box to zoom in, double-click to zoom out. Each "
         "dot's quality is against the original that it was made of."));
}

void ChartPanel::copyPicture() const { QGuiApplication::clipboard()->setImage(pictureOf(*m_view)); }

QString ChartPanel::csv() const {
  constexpr std::array kMeasures{QualityMeasure::Psnr, QualityMeasure::WorstPsnr,
                                 QualityMeasure::Ssim, QualityMeasure::MsSsim,
                                 QualityMeasure::Flip};
  QString text = QStringLiteral("name,codec,bytes,psnr,worst_psnr,ssim,ms_ssim,flip\n");
  for (const Variant& variant : m_variants) {
    const engine::Evaluation& evaluation = *variant.entry.evaluation;
    const auto quoted = [](const std::string& words) {
      return '"' + QString::fromStdString(words).replace('"', QStringLiteral("\"\"")) + '"';
    };
    QStringList cells{quoted(variant.entry.name), quoted(variant.entry.codecId),
                      QString::number(evaluation.fileBytes)};
    for (const QualityMeasure measure : kMeasures) {
      cells << QString::number(qualityOf(evaluation, measure), 'g', 10);
    }
    text += cells.join(',') + '\n';
  }
  return text;
}

QString ChartPanel::save(const QString& path) const {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QString ending = QFileInfo(path).suffix().toLower();
  if (ending == QLatin1String("svg")) {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(m_view->size());
    generator.setViewBox(m_view->rect());
    generator.setTitle(tr("Quality against size"));
    QPainter painter(&generator);
    m_view->paintChart(painter);
  } else if (ending == QLatin1String("csv")) {
    buffer.write(csv().toUtf8());
  } else if (ending != QLatin1String("png")) {
    return tr("Charts are saved as .png, .svg or .csv.");
  } else if (!pictureOf(*m_view).save(&buffer, "PNG")) {
    return tr("The picture could not be made.");
  }
  buffer.close();
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
    return file.errorString();
  }
  return {};
}

void ChartPanel::showDocument(const Document& document) {
  m_variants.clear();
  m_originalBytes = 0;
  const Entry* active = document.activeSource();
  switch (active == nullptr ? engine::SceneKind::Splats : active->kind()) {
    case engine::SceneKind::MovingVoxels:
    case engine::SceneKind::Mesh: m_originalAs = tr("plain arrays"); break;
    case engine::SceneKind::Picture: m_originalAs = tr("8-bit RGB"); break;
    case engine::SceneKind::Field: m_originalAs = tr("16-bit parameters"); break;
    default: m_originalAs = tr("float PLY"); break;
  }
  for (const Entry* source : document.comparedSources()) {
    // Splats beside a mesh: each stands with the quality against its own original.
    const std::string of = source == active ? std::string() : source->name + ": ";
    const auto add = [&](const Entry& variant, bool thrownAway) {
      if (variant.evaluation) {
        m_variants.push_back({variant, thrownAway});
        Entry& kept = m_variants.back().entry;
        kept.name = of + kept.name;
        kept.cloud.reset();
        kept.model.reset();
      }
    };
    for (const Entry* variant : document.variantsOf(source->id)) {
      add(*variant, false);
    }
    for (const Entry& variant : document.trash()) {
      if (variant.sourceId == source->id) {
        add(variant, true);
      }
    }
    // A source that is not read yet is known from what was measured against it.
    if (source != active) {
      continue;
    }
    // A model may be one frame of what was measured.
    const auto measured =
        std::find_if(m_variants.begin(), m_variants.end(),
                     [source](const auto& one) { return one.entry.sourceId == source->id; });
    if (source->model == nullptr && source->isLoaded()) {
      m_originalBytes =
          static_cast<double>(floatPlyBytes(source->splats(), source->cloud->shDegree));
    } else if (measured != m_variants.end()) {
      m_originalBytes = static_cast<double>(measured->entry.evaluation->referenceBytes);
    } else if (source->model != nullptr) {
      m_originalBytes = static_cast<double>(source->model->plainBytes());
    }
  }
  const Entry* shown = document.side(1);
  m_view->setSelected(shown == nullptr ? 0 : shown->id);
  refresh();
}

void ChartPanel::refresh() {
  const auto measure = static_cast<QualityMeasure>(m_measure->currentData().toInt());
  std::vector<ChartPoint> points;
  for (const auto& [entry, thrownAway] : m_variants) {
    const double quality = qualityOf(*entry.evaluation, measure);
    if (!std::isnan(quality)) {  // clips have no MS-SSIM and FLIP
      points.push_back({entry.id, entry.name, entry.codecLabel,
                        static_cast<double>(entry.evaluation->fileBytes), quality, thrownAway});
    }
  }
  m_view->setPoints(std::move(points), measure, m_originalBytes, m_originalAs);
}

}  // namespace volpress::studio
