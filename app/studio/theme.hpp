// Colours, icons and type of the studio.
#pragma once

#include <cstddef>

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

class QApplication;
class QFont;

namespace volpress::studio {

enum class ThemeKind { Dark, Light };

/// Sets palette, style and style sheet of the whole program.
void applyTheme(QApplication& application, ThemeKind kind);
[[nodiscard]] bool isDark(const QPalette& palette);

/// Secondary text and hairlines that go with a palette.
[[nodiscard]] QColor quietText(const QPalette& palette);
[[nodiscard]] QColor hairline(const QPalette& palette);
[[nodiscard]] QColor accent(const QPalette& palette);
[[nodiscard]] QColor warningText(const QPalette& palette);

/// Contrast of two opaque colours as WCAG 2 defines it: 1 (the same) to 21 (black on white).
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// One of eight colours that colour-blind people can tell apart (after Okabe and Ito), by number;
/// darkened on a light ground until it stands out from it by 3 to 1.
[[nodiscard]] QColor seriesColor(std::size_t index, const QPalette& palette);

/// A line icon of assets/icons in the palette's text colour.
[[nodiscard]] QIcon icon(const QString& name, const QPalette& palette);

/// The widget font with figures of one width, for columns of numbers.
[[nodiscard]] QFont tabularFont(const QFont& base);

}  // namespace volpress::studio
