# What makes builds for tests ready sooner. Most of a build's time is spent on reading the same headers
# again: they are precompiled. What ships is built without, so every file still has to include what it uses.

option(VOLPRESS_QUICK_BUILD
  "Precompiled headers, files compiled together, lld, and -O1 where speed does not count (GCC, Clang)" OFF)

set(VOLPRESS_QUICK_OPTIONS "")
if(VOLPRESS_QUICK_BUILD)
  set(VOLPRESS_QUICK_OPTIONS -O1)  # for folders of tests and of the command line
  find_program(LLD ld.lld)
  if(LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()
if(VOLPRESS_QUICK_BUILD AND CCACHE)
  # As ccache's manual has it, or nothing is ever found in the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

set(VOLPRESS_HEADERS_plain
  <algorithm> <array> <bit> <chrono> <cmath> <cstddef> <cstdint> <cstring> <filesystem> <functional>
  <limits> <map> <memory> <numbers> <numeric> <optional> <span> <stop_token> <string> <string_view>
  <system_error> <utility> <vector> <fmt/core.h> <tl/expected.hpp>)
set(VOLPRESS_HEADERS_cli ${VOLPRESS_HEADERS_plain} <CLI/CLI.hpp> <nlohmann/json.hpp>)
set(VOLPRESS_HEADERS_test ${VOLPRESS_HEADERS_plain}
  <cstdlib> <fstream> <random> <set> <thread> <gtest/gtest.h>)
set(VOLPRESS_HEADERS_qt ${VOLPRESS_HEADERS_plain}
  <QAction> <QApplication> <QCheckBox> <QComboBox> <QDialog> <QDialogButtonBox> <QDoubleSpinBox>
  <QFileDialog> <QFileInfo> <QFormLayout> <QHBoxLayout> <QKeyEvent> <QLabel> <QLineEdit> <QMainWindow>
  <QMenu> <QMouseEvent> <QPainter> <QPushButton> <QSettings> <QSpinBox> <QStyle> <QTimer> <QToolButton>
  <QVBoxLayout>)
set(VOLPRESS_LIBRARIES_plain fmt::fmt tl::expected)
set(VOLPRESS_LIBRARIES_cli ${VOLPRESS_LIBRARIES_plain} CLI11::CLI11 nlohmann_json::nlohmann_json)
set(VOLPRESS_LIBRARIES_test ${VOLPRESS_LIBRARIES_plain} GTest::gtest)
set(VOLPRESS_LIBRARIES_qt ${VOLPRESS_LIBRARIES_plain} Qt6::Widgets)

# volpress_precompile(TARGET plain|cli|test|qt): one set of headers, compiled once for all its targets.
function(volpress_precompile target kind)
  if(NOT VOLPRESS_QUICK_BUILD)
    return()
  endif()
  set(headers volpress_headers_${kind})
  if(NOT TARGET ${headers})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${headers}.cpp CONTENT "")
    add_library(${headers} OBJECT ${CMAKE_BINARY_DIR}/${headers}.cpp)
    set_target_properties(${headers} PROPERTIES AUTOMOC OFF AUTORCC OFF)
    target_link_libraries(${headers} PRIVATE ${VOLPRESS_LIBRARIES_${kind}} volpress_options)
    target_include_directories(${headers} PRIVATE ${CMAKE_SOURCE_DIR})
    target_precompile_headers(${headers} PRIVATE ${VOLPRESS_HEADERS_${kind}})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()

# volpress_compile_together(TARGET [APART files...]): sources whose names begin with the same letter are
# compiled as one, because most of what they cost is templates that all of them fill in. What is in their
# anonymous namespaces then shares one scope; files that cannot share it are compiled apart.
function(volpress_compile_together target)
  cmake_parse_arguments(arg "" "" "APART" ${ARGN})
  if(NOT VOLPRESS_QUICK_BUILD)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(source MATCHES "^([a-z])[a-z0-9_]*[.]cpp$" AND NOT source IN_LIST arg_APART)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
    endif()
  endforeach()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The first takes a source that is included for a header, the second is wrong about std::string.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-stringop-overflow)
  endif()
endfunction()
