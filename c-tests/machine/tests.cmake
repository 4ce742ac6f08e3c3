# One machine for all tests: it is booted before the first, and halted after
# the last. The host's CTest builds, starts, limits and counts them as ever.

set(machine ${CMAKE_CURRENT_SOURCE_DIR}/machine)
set(meeting ${PROJECT_BINARY_DIR}/machine)
set(SAFEPOINT_TEST_LAUNCHER ${machine}/run ${meeting})

function(run_in_machine)
    get_property(tests DIRECTORY PROPERTY TESTS)
    add_test(NAME machine/boot
        COMMAND ${machine}/boot ${SAFEPOINT_TEST_MACHINE} ${meeting})
    add_test(NAME machine/halt COMMAND ${machine}/halt ${meeting})
    set_tests_properties(machine/boot PROPERTIES FIXTURES_SETUP machine TIMEOUT 300)
    set_tests_properties(machine/halt PROPERTIES FIXTURES_CLEANUP machine TIMEOUT 60)
    foreach(test ${tests})
        get_test_property(${test} TIMEOUT seconds)
        math(EXPR seconds "4 * ${seconds}")
        set_tests_properties(${test} PROPERTIES
            TIMEOUT ${seconds}
            FIXTURES_REQUIRED machine)
    endforeach()
endfunction()
