pkg_search_module(TCL86 IMPORTED_TARGET "tcl>=8.6 tcl<9" "tcl8.6")
if(NOT TCL86_FOUND)
    message(STATUS "embed/tcl: left out, Tcl 8.6 (tcl-dev) is not installed")
    return()
endif()

add_executable(embed-tcl ${CMAKE_CURRENT_LIST_DIR}/tcl.c)
set_target_properties(embed-tcl PROPERTIES
    OUTPUT_NAME tcl
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/tcl
    NO_SYSTEM_FROM_IMPORTED ON)
target_compile_features(embed-tcl PRIVATE c_std_11)
target_compile_options(embed-tcl PRIVATE -Wall -Wextra)
target_link_libraries(embed-tcl
    PRIVATE safepoint::safepoint PkgConfig::TCL86 Threads::Threads)

safepoint_embed_tests(tcl
    MODES ctrl-c deadline cancel COMMAND $<TARGET_FILE:embed-tcl>)

# What else a stop has to get through.
foreach(mode ctrl-c deadline cancel)
    foreach(script try child coroutine wait sleep)
        safepoint_embed_test(tcl/${mode}/${script}
            Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/../drive.py
            ${mode} ${script} $<TARGET_FILE:embed-tcl>)
    endforeach()
endforeach()

safepoint_embed_test(tcl/cost $<TARGET_FILE:embed-tcl> cost)
