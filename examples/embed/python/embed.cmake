# Built for, and run by, the system's own python3: another one may stand
# before it in PATH.
set(guest_python /usr/bin/python3)
set(guest_folder ${CMAKE_CURRENT_BINARY_DIR}/python)
execute_process(
    COMMAND ${guest_python} -c "import sysconfig as s; \
print(s.get_path('include'), s.get_config_var('EXT_SUFFIX'), sep=';', end='')"
    OUTPUT_VARIABLE guest_config RESULT_VARIABLE guest_status ERROR_QUIET)
if(guest_status EQUAL 0)
    list(GET guest_config 0 guest_include)
    list(GET guest_config 1 guest_suffix)
endif()
if(NOT guest_status EQUAL 0 OR NOT EXISTS ${guest_include}/Python.h)
    message(STATUS "embed/python: left out, python3-dev is not installed")
    return()
endif()

add_library(embed-python MODULE ${CMAKE_CURRENT_LIST_DIR}/guest.c)
set_target_properties(embed-python PROPERTIES
    OUTPUT_NAME guest PREFIX "" SUFFIX ${guest_suffix}
    LIBRARY_OUTPUT_DIRECTORY ${guest_folder})
target_compile_features(embed-python PRIVATE c_std_11)
target_compile_options(embed-python PRIVATE -Wall -Wextra)
target_include_directories(embed-python SYSTEM PRIVATE ${guest_include})
target_link_libraries(embed-python PRIVATE safepoint::safepoint)
foreach(file host.py test_guest.py)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}
        ${guest_folder}/${file} COPYONLY)
endforeach()

safepoint_embed_tests(python MODES deadline cancel
    COMMAND ${guest_python} ${guest_folder}/host.py)
safepoint_embed_tests(python MODES ctrl-c SKIP_STUBBORN
    COMMAND ${guest_python} ${guest_folder}/host.py)
safepoint_embed_test(python/guest ${guest_python} ${guest_folder}/test_guest.py)
