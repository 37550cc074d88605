// A studio window under test, driven by real events.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <gtest/gtest.h>
#include <QApplication>
#include <QString>

#include "app/studio/main_window.hpp"
#include "tests/studio/stall_monitor.hpp"

class QComboBox;
class QWindow;

namespace volpress::studio {

class WindowTest : public ::testing::Test {
protected:
  static void SetUpTestSuite();
  void SetUp() override;
  void TearDown() override;

  /// Runs the event loop until `condition` holds; false after `seconds`.
  static bool waitUntil(const std::function<bool()>& condition, double seconds);
  /// The biker of the test data, or a small sample scene written to disk where there is none.
  static std::filesystem::path someScene();

  /// The child widget of that name; the test fails where there is none.
  template <typename Object>
  Object* child(const QString& name) const {
    auto* widget = window->findChild<Object*>(name);
    EXPECT_NE(widget, nullptr) << name.toStdString();
    return widget;
  }
  void drop(const std::filesystem::path& path) const;      ///< a file on the window, which takes it
  void press(const QString& buttonName) const;             ///< a click on a button
  void choose(QComboBox* combo, const QString& id) const;  ///< by keys
  /// A side's combo box, by keys and Enter.
  void chooseEntry(QComboBox* combo, EntryId entry) const;
  void openTab(const QString& title) const;  ///< a click on a dock's tab
  /// Types a path into an open file dialog and confirms it.
  void answerFileDialog(const QString& name, const std::filesystem::path& path) const;
  [[nodiscard]] QWindow* canvas() const;  ///< what receives the viewport's events
  /// Waits until the viewport has shown a full picture of the present state.
  [[nodiscard]] bool waitForFullPicture() const;
  [[nodiscard]] const Document& document() const { return window->session().document(); }

  std::unique_ptr<MainWindow> window;
  std::unique_ptr<StallMonitor> stalls;
};

}  // namespace volpress::studio
