# What there is on Windows alone, or is otherwise there.

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/windows/*.c)
list(FILTER sources EXCLUDE REGEX "/(worker|interpreter|plugins)_[a-z_]*\\.c$|/(consumer|pipes)\\.c$")
foreach(source ${sources})
    safepoint_c_test(windows ${source})
endforeach()

# The worker of bindings/, and who drives it: both for Linux, too.
set(native ${CMAKE_CURRENT_BINARY_DIR}/windows)
set(worker ${PROJECT_SOURCE_DIR}/bindings/c/worker.c)
set(scenarios ${CMAKE_CURRENT_SOURCE_DIR}/windows/worker_scenarios.c)
safepoint_c_program(windows ${worker})
safepoint_c_program(windows ${scenarios})
set(compile cc -Wall -Wextra -O1 -I${SAFEPOINT_INCLUDE_DIR} -I${CMAKE_CURRENT_SOURCE_DIR})
set(library ${native}/cargo/release/libsafepoint.a -pthread -ldl)
add_custom_command(OUTPUT ${native}/worker ${native}/worker_scenarios
    COMMAND ${CMAKE_COMMAND} -E env CARGO=${SAFEPOINT_CARGO}
        sh ${PROJECT_SOURCE_DIR}/scripts/ship ${native}/cargo
    COMMAND ${compile} -o ${native}/worker ${worker} ${library}
    COMMAND ${compile} -o ${native}/worker_scenarios ${scenarios} ${library}
    DEPENDS ${worker} ${scenarios} safepoint_ship ${CMAKE_CURRENT_SOURCE_DIR}/test.h
        ${CMAKE_CURRENT_SOURCE_DIR}/windows/running.h
        ${CMAKE_CURRENT_SOURCE_DIR}/windows/worker_on_linux.h
    COMMENT "Building the worker for Linux"
    VERBATIM)
add_custom_target(worker_on_linux ALL DEPENDS ${native}/worker)
add_test(NAME windows/worker_is_ended_from_the_console
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/windows/worker_is_ended_from_the_console
        ${SAFEPOINT_TEST_LAUNCHER}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/windows)
set_tests_properties(windows/worker_is_ended_from_the_console PROPERTIES
    LABELS c TIMEOUT 600)

# Two copies of the library in one process.
safepoint_c_program(windows windows/plugins_share_a_process.c)
foreach(plugin plugin_one plugin_two)
    add_library(windows-${plugin} MODULE failures/parts/plugin.c)
    set_target_properties(windows-${plugin} PROPERTIES
        PREFIX ""
        OUTPUT_NAME ${plugin}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/windows)
    target_link_libraries(windows-${plugin} PRIVATE safepoint::static)
endforeach()
add_test(NAME windows/plugins_share_a_process
    COMMAND ${SAFEPOINT_TEST_LAUNCHER} $<TARGET_FILE:windows-plugins_share_a_process>
        plugin_one.dll plugin_two.dll
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/windows)
set_tests_properties(windows/plugins_share_a_process PROPERTIES
    LABELS c TIMEOUT 300)

# The example that Windows can mean. The others: see left_out.txt.
safepoint_c_program(windows ${PROJECT_SOURCE_DIR}/examples/interpreter.c)
safepoint_c_program(windows windows/interpreter_is_interrupted.c)
add_test(NAME windows/interpreter_is_interrupted
    COMMAND ${SAFEPOINT_TEST_LAUNCHER}
        $<TARGET_FILE:windows-interpreter_is_interrupted> interpreter.exe
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/windows)
set_tests_properties(windows/interpreter_is_interrupted PROPERTIES
    LABELS c TIMEOUT 300)

# Installed, moved, and found by another project: with both libraries.
set(prefix ${CMAKE_CURRENT_BINARY_DIR}/windows/prefix)
add_test(NAME windows/installs_and_moves
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/windows/installs_and_moves
        ${PROJECT_BINARY_DIR} ${prefix} ${CMAKE_CURRENT_SOURCE_DIR}/build/consumers
        ${SAFEPOINT_TEST_LAUNCHER})
set_tests_properties(windows/installs_and_moves PROPERTIES LABELS build TIMEOUT 300)

# What all programs under wine share is there from the first test to the last.
function(run_in_wine)
    get_property(tests DIRECTORY PROPERTY TESTS)
    add_test(NAME wine/begin COMMAND ${SAFEPOINT_TEST_LAUNCHER} --begin)
    add_test(NAME wine/end COMMAND ${SAFEPOINT_TEST_LAUNCHER} --end)
    set_tests_properties(wine/begin PROPERTIES FIXTURES_SETUP wine TIMEOUT 300)
    set_tests_properties(wine/end PROPERTIES FIXTURES_CLEANUP wine TIMEOUT 60)
    set_tests_properties(${tests} PROPERTIES FIXTURES_REQUIRED wine)
endfunction()
