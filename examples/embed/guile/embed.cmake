pkg_check_modules(GUILE QUIET IMPORTED_TARGET guile-3.0)
if(NOT GUILE_FOUND)
    message(STATUS "embed/guile: left out, guile-3.0-dev is not installed")
    return()
endif()

add_executable(embed-guile ${CMAKE_CURRENT_LIST_DIR}/guile.c)
target_compile_features(embed-guile PRIVATE c_std_11)
target_compile_options(embed-guile PRIVATE -Wall -Wextra)
target_link_libraries(embed-guile
    PRIVATE safepoint::safepoint PkgConfig::GUILE Threads::Threads)

safepoint_embed_tests(guile MODES ctrl-c deadline cancel
    COMMAND $<TARGET_FILE:embed-guile>)
foreach(mode ctrl-c deadline cancel)
    safepoint_embed_test(guile/${mode}/sleep Python3::Interpreter
        ${PROJECT_SOURCE_DIR}/examples/embed/drive.py
        ${mode} sleep $<TARGET_FILE:embed-guile>)
endforeach()
