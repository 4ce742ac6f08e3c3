# The step tester: one program, and a test for each group of scenarios.

# Linux steps neither on armv7 nor on riscv64, whatever asks it to.
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|aarch64)$"
        OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
    message(STATUS "step: left out, since it knows x86-64 and aarch64 only")
    return()
endif()

set(groups handlers points calls wakeup waits contexts producers arrivals processes naive)
set(sources account.c main.c run.c slow.c symbols.c trace.c try.c)
foreach(group ${groups})
    list(APPEND sources ${group}.c)
endforeach()
list(TRANSFORM sources PREPEND step/)

# The static library and no lazy binding: each instruction is ours or the C
# library's, and none the loader's.
add_executable(step ${sources})
set_target_properties(step PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/step
    NO_SYSTEM_FROM_IMPORTED ON)
target_include_directories(step PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_features(step PRIVATE c_std_11)
target_compile_options(step PRIVATE -Wall -Wextra)
target_link_options(step PRIVATE LINKER:-z,now)
target_link_libraries(step PRIVATE safepoint::static ${CMAKE_DL_LIBS})

foreach(group ${groups})
    add_test(NAME step/${group} COMMAND ${SAFEPOINT_TEST_LAUNCHER} $<TARGET_FILE:step> ${group})
    safepoint_subject(subject ${group})
    set_tests_properties(step/${group} PROPERTIES
        LABELS "step;${subject}"
        TIMEOUT 1800
        SKIP_RETURN_CODE 77)
endforeach()
if(SAFEPOINT_TEST_MACHINE) # what is broken on purpose is not in the assembly
    set_tests_properties(step/naive PROPERTIES ENVIRONMENT SAFEPOINT_STEP_EVERY=97)
endif()
