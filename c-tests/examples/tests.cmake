# The examples, run as their users run them, and what the README says.
#
# The examples themselves are built from examples/*.c.

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.c)
foreach(source ${sources})
    cmake_path(GET source STEM LAST_ONLY name)
    if(NOT TARGET examples-${name})
        safepoint_c_program(examples ${source})
    endif()
endforeach()

# safepoint_example_test(name example...): the driver name.c here, told where
# those examples are.
function(safepoint_example_test name)
    safepoint_c_program(examples examples/${name}.c)
    list(TRANSFORM ARGN REPLACE "(.+)" "$<TARGET_FILE:examples-\\1>")
    add_test(NAME examples/${name}
        COMMAND $<TARGET_FILE:examples-${name}> ${ARGN})
    set_tests_properties(examples/${name} PROPERTIES
        LABELS "examples;core" TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()

safepoint_example_test(worker_reports_what_arrived worker send)
safepoint_example_test(ctrl_c_ends_the_worker worker)
safepoint_example_test(second_ctrl_c_kills_the_worker worker)
safepoint_example_test(ctrl_c_is_a_keyboard_interrupt interpreter)
safepoint_example_test(event_loop_wakes_and_echoes event_loop)

# The demonstration, as on a machine without a terminal. It checks itself. It
# installs into build/demo/prefix, against which the README is then tried.
add_test(NAME examples/demo
    COMMAND sh -c [[exec "$0" </dev/null]] ${PROJECT_SOURCE_DIR}/scripts/demo)
add_test(NAME examples/readme_program_runs
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/examples/readme_program_runs.sh
        ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/build/demo/prefix
        $<TARGET_FILE:examples-send>)
set_tests_properties(examples/demo PROPERTIES
    LABELS "examples;core" TIMEOUT 600 FIXTURES_SETUP safepoint_demo)
set_tests_properties(examples/readme_program_runs PROPERTIES
    LABELS "examples;core" TIMEOUT 300 FIXTURES_REQUIRED safepoint_demo)
