# Fault injection: one program, and a test for each group of scenarios.

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$"
        OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
    message(STATUS "faults: left out, since it knows x86-64 only")
    return()
endif()

set(groups life handlers wakeup waiting timing sending contexts arrivals processes)
set(sources absorbed.c calls.c documented.c main.c process.c snapshot.c trace.c)
foreach(group ${groups})
    list(APPEND sources ${group}.c)
endforeach()
list(TRANSFORM sources PREPEND faults/)

add_executable(faults ${sources})
set_target_properties(faults PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/faults
    NO_SYSTEM_FROM_IMPORTED ON)
target_include_directories(faults PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR})
target_compile_features(faults PRIVATE c_std_11)
target_compile_options(faults PRIVATE -Wall -Wextra -Wno-missing-field-initializers)
if(SAFEPOINT_PORTABLE)
    target_compile_definitions(faults PRIVATE SAFEPOINT_PORTABLE)
endif()
target_link_libraries(faults PRIVATE safepoint::static ${CMAKE_DL_LIBS})

foreach(group ${groups})
    add_test(NAME faults/${group} COMMAND faults ${group})
    set_tests_properties(faults/${group} PROPERTIES
        LABELS "faults;core"
        TIMEOUT 600
        SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME faults/the_errors_are_those_of_the_man_pages
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/faults/man-errors
        ${CMAKE_CURRENT_SOURCE_DIR}/faults/errors.h)
set_tests_properties(faults/the_errors_are_those_of_the_man_pages PROPERTIES
    LABELS "faults;core"
    SKIP_RETURN_CODE 77)
