pkg_search_module(LUA54 IMPORTED_TARGET lua5.4 lua54 lua-5.4)
if(NOT LUA54_FOUND)
    message(STATUS "embed/lua: left out, Lua 5.4 (liblua5.4-dev) is not installed")
    return()
endif()

foreach(program lua many)
    add_executable(embed-lua-${program}
        ${CMAKE_CURRENT_LIST_DIR}/${program}.c ${CMAKE_CURRENT_LIST_DIR}/script.c)
    set_target_properties(embed-lua-${program} PROPERTIES
        OUTPUT_NAME ${program}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/lua
        NO_SYSTEM_FROM_IMPORTED ON)
    target_compile_features(embed-lua-${program} PRIVATE c_std_11)
    target_compile_options(embed-lua-${program} PRIVATE -Wall -Wextra)
    target_link_libraries(embed-lua-${program}
        PRIVATE safepoint::safepoint PkgConfig::LUA54 Threads::Threads)
endforeach()

safepoint_embed_tests(lua
    MODES ctrl-c deadline cancel COMMAND $<TARGET_FILE:embed-lua-lua>)

# What else a stop has to get through.
foreach(mode ctrl-c deadline cancel)
    foreach(script coroutine switch handler close)
        safepoint_embed_test(lua/${mode}/${script}
            Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/../drive.py
            ${mode} ${script} $<TARGET_FILE:embed-lua-lua>)
    endforeach()
endforeach()

safepoint_embed_test(lua/cost $<TARGET_FILE:embed-lua-lua> cost)
safepoint_embed_test(lua/many $<TARGET_FILE:embed-lua-many>)

find_program(VALGRIND valgrind)
if(VALGRIND)
    safepoint_embed_test(lua/many/valgrind ${VALGRIND} -q --leak-check=full
        --error-exitcode=9 --fair-sched=try $<TARGET_FILE:embed-lua-many> 300 50)
endif()
