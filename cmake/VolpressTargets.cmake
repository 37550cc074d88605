# Helpers that give every target the same warnings, include root and sanitizers.

add_library(volpress_options INTERFACE)
target_include_directories(volpress_options INTERFACE ${CMAKE_SOURCE_DIR})
if(MSVC)
  target_compile_options(volpress_options INTERFACE /W4 /permissive- /utf-8 /Zc:__cplusplus)
  target_compile_definitions(volpress_options INTERFACE NOMINMAX WIN32_LEAN_AND_MEAN)
else()
  target_compile_options(volpress_options INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<BOOL:${VOLPRESS_STRICT}>:-Werror>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of GCC 12 at -O3 in std::string's operator+ (GCC bug 105651).
  target_compile_options(volpress_options INTERFACE -Wno-restrict)
endif()
if(VOLPRESS_SANITIZE)
  target_compile_options(volpress_options INTERFACE
    -fsanitize=${VOLPRESS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(volpress_options INTERFACE -fsanitize=${VOLPRESS_SANITIZE})
endif()

# Whatever links Qt is position independent, and so are its precompiled headers.
function(volpress_precompile_for target kind)
  if("${ARGN}" MATCHES "Qt6::|volpress_studio_lib|volpress_window_fixture")
    set(kind qt)
  endif()
  volpress_precompile(${target} ${kind})
endfunction()

# volpress_add_library(NAME SOURCES a.cpp ... [PUBLIC libs...] [PRIVATE libs...])
function(volpress_add_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} volpress_options)
  volpress_precompile_for(${name} plain ${arg_PUBLIC})
endfunction()

# volpress_unfused(TARGET): products are rounded before they are added to, on every machine. GCC takes
# the options of precompiled headers where a function asks for an instruction set of its own.
function(volpress_unfused target)
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  set_target_properties(${target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
endfunction()

# volpress_add_test(NAME SOURCES a.cpp ... LIBS libs... [LABELS labels...] [TIMEOUT seconds] [XVFB])
# One GoogleTest executable and one ctest entry. XVFB: on a display of its own, early, and not while
# another test draws windows: what it waits for is drawn and encoded by both cores already.
function(volpress_add_test name)
  cmake_parse_arguments(arg "XVFB" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT VOLPRESS_TESTS)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} volpress_test_support volpress_options
                        GTest::gtest_main)
  volpress_precompile_for(${name} test ${arg_LIBS})
  if(arg_XVFB)
    add_test(NAME ${name}
             COMMAND xvfb-run -a -s "-screen 0 1280x800x24" $<TARGET_FILE:${name}>)
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK screen COST 100)
  else()
    add_test(NAME ${name} COMMAND ${name})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "VOLPRESS_PROGRAM=${CMAKE_BINARY_DIR}/bin/volpress;VOLPRESS_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# volpress_add_fuzz(NAME SOURCE target.cpp LIBS libs...)
# The source defines the two functions of tests/fuzz/fuzz_target.hpp. With VOLPRESS_TESTS it becomes
# a replay test (seeds, every truncation, 2,000 mutations); with VOLPRESS_FUZZ a libFuzzer program.
function(volpress_add_fuzz name)
  cmake_parse_arguments(arg "" "SOURCE;TIMEOUT" "LIBS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(VOLPRESS_TESTS)
    if(NOT TARGET volpress_replay)
      add_library(volpress_replay OBJECT ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
      target_link_libraries(volpress_replay PUBLIC volpress_scene PRIVATE volpress_options)
    endif()
    add_executable(replay_${name} ${arg_SOURCE})
    target_link_libraries(replay_${name} PRIVATE ${arg_LIBS} volpress_replay volpress_options)
    volpress_precompile(replay_${name} plain)
    add_test(NAME replay_${name} COMMAND replay_${name})
    set_tests_properties(replay_${name} PROPERTIES LABELS "fuzz" TIMEOUT ${arg_TIMEOUT})
  endif()
  if(VOLPRESS_FUZZ)
    add_executable(fuzz_${name} ${arg_SOURCE} ${CMAKE_SOURCE_DIR}/tests/fuzz/libfuzzer_main.cpp)
    target_link_libraries(fuzz_${name} PRIVATE ${arg_LIBS} volpress_options)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

# volpress_add_bench(NAME SOURCES a.cpp ... LIBS libs...)
function(volpress_add_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  if(VOLPRESS_BENCH)
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBS} volpress_test_support volpress_options
                          benchmark::benchmark_main)
  endif()
endfunction()
