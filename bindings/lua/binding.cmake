# Lua 5.1 to 5.4 and LuaJIT, each that is installed with its header files: the
# module for it, in lua/LUA/ of the build directory, and all tests with it.
file(GLOB lua_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/tests/*_*.lua)
find_package(PkgConfig REQUIRED)
find_program(VALGRIND valgrind)
set(SAFEPOINT_LUA_FOLDER ${CMAKE_CURRENT_LIST_DIR})
# What a child or the thread of timers has when it ends is not lost for good.
set(SAFEPOINT_LUA_VALGRIND ${VALGRIND} -q --fair-sched=try --error-exitcode=9
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite)

# safepoint_lua_test(name command...): with the module in its path; with Lua
# 5.4 under valgrind, too.
function(safepoint_lua_test name)
    set(env ${CMAKE_COMMAND} -E env LUA_CPATH=${modules}/?.so
        LUA_PATH=${SAFEPOINT_LUA_FOLDER}/tests/?.lua)
    safepoint_binding_test(lua/${lua}/${name} NEEDS ${worker}
        COMMAND ${env} ${ARGN})
    if(VALGRIND AND lua STREQUAL lua5.4)
        safepoint_binding_test(lua/valgrind/${name} NEEDS ${worker}
            COMMAND ${env} ${SAFEPOINT_LUA_VALGRIND} ${ARGN})
    endif()
endfunction()

foreach(lua lua5.1 lua5.2 lua5.3 lua5.4 luajit)
    find_program(SAFEPOINT_${lua} ${lua})
    pkg_check_modules(${lua} ${lua})
    if(NOT SAFEPOINT_${lua} OR NOT ${lua}_FOUND)
        message(STATUS "bindings/lua: left out, ${lua} is not installed")
        continue()
    endif()
    set(modules ${CMAKE_CURRENT_BINARY_DIR}/lua/${lua})

    # The worker of Lua is the newest one's; the others are lua5.1 and so on.
    set(language ${lua})
    if(lua STREQUAL lua5.4)
        set(language lua)
    endif()
    set(worker worker_${language})
    safepoint_binding_test(lua/${lua}/build BUILDS ${worker}
        COMMAND ${CMAKE_CURRENT_LIST_DIR}/tests/build ${lua})
    safepoint_worker(${language} env LUA_CPATH=${modules}/?.so
        ${SAFEPOINT_${lua}} ${CMAKE_CURRENT_LIST_DIR}/worker.lua)

    foreach(file ${lua_tests})
        get_filename_component(name ${file} NAME_WE)
        safepoint_lua_test(${name} ${SAFEPOINT_${lua}} ${file})
    endforeach()
    set(modes on_one_thread on_two_threads closed_elsewhere without_memory)
    if(lua MATCHES "lua5.[234]")
        list(APPEND modes closed_before_a_finalizer)
    endif()
    foreach(mode ${modes})
        safepoint_lua_test(two_states/${mode} ${modules}/two_states ${mode})
    endforeach()
    safepoint_binding_test(lua/${lua}/readme NEEDS ${worker}
        COMMAND ${CMAKE_COMMAND} -E env LUA_CPATH=${modules}/?.so
            ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/tests/readme.py
            ${CMAKE_CURRENT_LIST_DIR}/README.md ${SAFEPOINT_${lua}})
endforeach()

safepoint_binding_test(lua/rockspec
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/tests/rockspec)
