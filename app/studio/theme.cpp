#include "app/studio/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <QApplication>
#include <QFile>
#include <QFont>
#include <QFontMetrics>
#include <QHash>
#include <QPainter>
#include <QPixmap>
#include <QStyleFactory>
#include <QSvgRenderer>

/// The icons lie in a static library: without this call the linker would drop them.
static void registerIcons() { Q_INIT_RESOURCE(studio); }

namespace volpress::studio {
namespace {

struct Shades {
  QColor window, base, alternate, button, text, quiet, line, accent, onAccent, warning;
};

Shades shadesOf(ThemeKind kind) {
  if (kind == ThemeKind::Dark) {
    return {QColor(0x2b, 0x2b, 0x2b), QColor(0x1f, 0x1f, 0x1f), QColor(0x25, 0x25, 0x25),
            QColor(0x3a, 0x3a, 0x3a), QColor(0xe0, 0xe0, 0xe0), QColor(0xa6, 0xa6, 0xa6),
            QColor(0x45, 0x45, 0x45), QColor(0x6e, 0xa8, 0xfe), QColor(0x10, 0x16, 0x20),
            QColor(0xff, 0x9c, 0x7a)};
  }
  return {QColor(0xec, 0xec, 0xec), QColor(0xff, 0xff, 0xff), QColor(0xf5, 0xf5, 0xf5),
          QColor(0xfb, 0xfb, 0xfb), QColor(0x1c, 0x1c, 0x1c), QColor(0x59, 0x59, 0x59),
          QColor(0xc4, 0xc4, 0xc4), QColor(0x1d, 0x5f, 0xc4), QColor(0xff, 0xff, 0xff),
          QColor(0xa8, 0x32, 0x0c)};
}

QPalette paletteOf(const Shades& shades) {
  QPalette palette;
  palette.setColor(QPalette::Window, shades.window);
  palette.setColor(QPalette::WindowText, shades.text);
  palette.setColor(QPalette::Base, shades.base);
  palette.setColor(QPalette::AlternateBase, shades.alternate);
  palette.setColor(QPalette::Text, shades.text);
  palette.setColor(QPalette::Button, shades.button);
  palette.setColor(QPalette::ButtonText, shades.text);
  palette.setColor(QPalette::BrightText, shades.warning);
  palette.setColor(QPalette::Mid, shades.line);
  palette.setColor(QPalette::PlaceholderText, shades.quiet);
  palette.setColor(QPalette::Highlight, shades.accent);
  palette.setColor(QPalette::HighlightedText, shades.onAccent);
  palette.setColor(QPalette::Link, shades.accent);
  palette.setColor(QPalette::ToolTipBase, shades.base);
  palette.setColor(QPalette::ToolTipText, shades.text);
  const QColor faint = isDark(palette) ? shades.quiet.darker(150) : shades.quiet.lighter(160);
  for (const QPalette::ColorRole role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, faint);
  }
  return palette;
}

QString sheetOf(const Shades& shades) {
  // %1 window, %2 base, %3 button, %4 text, %5 quiet, %6 line, %7 accent, %8 on accent
  return QStringLiteral(R"(
QMainWindow::separator { background: %6; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: %7; }
QDockWidget { color: %5; }
QDockWidget::title { background: %1; padding: 6px 8px; text-align: left; }
QTabBar { background: %1; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %5; padding: 6px 16px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: %4; border-bottom: 2px solid %7; }
QTabBar::tab:hover { color: %4; }
QTabBar::tab:focus { color: %7; }
QMenuBar { background: %1; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: %3; }
QMenu { background: %2; border: 1px solid %6; padding: 4px 0; }
QMenu::item { padding: 5px 28px 5px 28px; }
QMenu::item:selected { background: %7; color: %8; }
QMenu::item:disabled { color: %5; }
QMenu::separator { height: 1px; background: %6; margin: 4px 0; }
QToolTip { background: %2; color: %4; border: 1px solid %6; padding: 5px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QDialog#commandPalette { background: %1; border: 1px solid %5; border-radius: 6px; }
QPushButton { background: %3; border: 1px solid %6; border-radius: 4px; padding: 5px 14px; }
QPushButton:hover { border-color: %5; }
QPushButton:pressed { background: %6; }
QPushButton:focus { border: 1px solid %7; }
QPushButton:disabled { color: %5; background: transparent; }
QPushButton[primary="true"] { background: %7; color: %8; border-color: %7; font-weight: 600; }
QPushButton[primary="true"]:hover { border-color: %4; }
QPushButton[primary="true"]:focus { border: 2px solid %4; padding: 4px 13px; }
QPushButton[primary="true"]:disabled { background: %3; color: %5; border-color: %6; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px;
  padding: 4px; }
QToolButton:hover { background: %3; }
QToolButton:checked { background: %3; border-color: %7; }
QToolButton:focus { border-color: %7; }
QToolButton::menu-indicator { image: none; }
QProgressBar { background: %2; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: %7; border-radius: 3px; }
QSlider::groove:horizontal { height: 4px; background: %2; border-radius: 2px; }
QSlider::sub-page:horizontal { background: %5; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px;
  background: %4; }
QSlider::handle:horizontal:hover { background: %7; }
QSlider::handle:horizontal:focus { background: %7; }
QHeaderView::section { background: %1; color: %5; border: none; border-bottom: 1px solid %6;
  padding: 5px 8px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: padding;
  subcontrol-position: center left; width: 10px; height: 10px; }
QTableView, QTreeView, QPlainTextEdit { background: %2; border: none; outline: none; }
QTableView { gridline-color: transparent; selection-background-color: %7;
  selection-color: %8; }
QTreeView::item { padding: 3px 0; }
QTreeView::item:selected { background: %3; color: %4; }
QTableView:focus, QTreeView:focus, QPlainTextEdit:focus { border: 1px solid %7; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %6; border-radius: 4px; min-height: 24px; min-width: 24px;
  margin: 1px; }
QScrollBar::handle:hover { background: %5; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { background: %1; color: %5; }
QStatusBar::item { border: none; }
QLabel[quiet="true"] { color: %5; }
QLabel[section="true"] { color: %5; font-weight: 600; }
QLabel[title="true"] { font-size: 22px; font-weight: 600; }
QFrame[card="true"] { border: 1px solid %6; border-radius: 4px; }
QFrame[line="true"] { background: %6; max-height: 1px; min-height: 1px; border: none; }
QFrame[verticalLine="true"] { background: %6; max-width: 1px; min-width: 1px; border: none; }
)")
      .arg(shades.window.name(), shades.base.name(), shades.button.name(), shades.text.name(),
           shades.quiet.name(), shades.line.name(), shades.accent.name(), shades.onAccent.name());
}

ThemeKind kindOf(const QPalette& palette) {
  return isDark(palette) ? ThemeKind::Dark : ThemeKind::Light;
}

}  // namespace

void applyTheme(QApplication& application, ThemeKind kind) {
  registerIcons();
  const Shades shades = shadesOf(kind);
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setPalette(paletteOf(shades));
  application.setStyleSheet(sheetOf(shades));
}

bool isDark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

QColor quietText(const QPalette& palette) { return shadesOf(kindOf(palette)).quiet; }
QColor hairline(const QPalette& palette) { return shadesOf(kindOf(palette)).line; }
QColor accent(const QPalette& palette) { return shadesOf(kindOf(palette)).accent; }
QColor warningText(const QPalette& palette) { return shadesOf(kindOf(palette)).warning; }

QColor seriesColor(std::size_t index, const QPalette& palette) {
  static const std::array kColors{QColor(0xe6, 0x9f, 0x00), QColor(0x56, 0xb4, 0xe9),
                                  QColor(0x00, 0x9e, 0x73), QColor(0xf0, 0xe4, 0x42),
                                  QColor(0xcc, 0x79, 0xa7), QColor(0xd5, 0x5e, 0x00),
                                  QColor(0x5b, 0x8c, 0xff), QColor(0x9a, 0x9a, 0x9a)};
  constexpr double kVisible = 3;
  const QColor ground = palette.color(QPalette::Base);
  QColor color = kColors[index % kColors.size()];
  while (!isDark(palette) && contrastRatio(color, ground) < kVisible) {
    color = color.darker(105);
  }
  return color;
}

double contrastRatio(const QColor& a, const QColor& b) {
  const auto luminance = [](const QColor& color) {
    const auto linear = [](double value) {
      return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
  };
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QIcon icon(const QString& name, const QPalette& palette) {
  static QHash<QString, QIcon> known;  // drawing one takes milliseconds; GUI thread only
  const QString key = name + palette.color(QPalette::ButtonText).name();
  if (const auto at = known.constFind(key); at != known.constEnd()) {
    return *at;
  }
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) {
    return {};
  }
  const QByteArray drawing = file.readAll();
  QIcon result;
  const auto add = [&](QColor color, QIcon::Mode mode) {
    QByteArray coloured = drawing;
    coloured.replace("currentColor", color.name().toUtf8());
    QSvgRenderer renderer(coloured);
    for (const int size : {16, 24, 32, 48, 64}) {
      QPixmap pixmap(size, size);
      pixmap.fill(Qt::transparent);
      QPainter painter(&pixmap);
      renderer.render(&painter);
      painter.end();
      result.addPixmap(pixmap, mode);
    }
  };
  add(palette.color(QPalette::Active, QPalette::ButtonText), QIcon::Normal);
  add(palette.color(QPalette::Disabled, QPalette::ButtonText), QIcon::Disabled);
  known.insert(key, result);
  return result;
}

QFont tabularFont(const QFont& base) {
  // Most interface fonts have figures of one width; one that does not gives way to a fixed font.
  const QFontMetrics metrics(base);
  if (metrics.horizontalAdvance(QLatin1Char('1')) == metrics.horizontalAdvance(QLatin1Char('8'))) {
    return base;
  }
  QFont fixed = base;
  fixed.setStyleHint(QFont::Monospace);
  fixed.setFamily(QStringLiteral("monospace"));
  return fixed;
}

}  // namespace volpress::studio
