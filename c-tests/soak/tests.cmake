# The soak: one program, for scripts/soak, and a few seconds of it as a test.

add_executable(soak soak/main.c soak/senders.c soak/owner.c soak/contexts.c
    soak/watch.c)
set_target_properties(soak PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/soak
    NO_SYSTEM_FROM_IMPORTED ON)
target_link_libraries(soak PRIVATE safepoint_test)

add_test(NAME soak/a_few_seconds COMMAND ${SAFEPOINT_TEST_LAUNCHER} $<TARGET_FILE:soak> 5)
set_tests_properties(soak/a_few_seconds PROPERTIES
    LABELS "soak;core"
    TIMEOUT 300)
