# QuickJS-ng: its C sources come inside a crate, and are compiled here.

execute_process(
    COMMAND ${SAFEPOINT_CARGO} metadata --quiet --locked --format-version 1
        --manifest-path ${CMAKE_CURRENT_LIST_DIR}/Cargo.toml
    TIMEOUT 120 RESULT_VARIABLE error OUTPUT_VARIABLE packages ERROR_QUIET)
string(REGEX MATCH "\"manifest_path\":\"([^\"]*/rquickjs-sys-[^\"]*)/Cargo.toml\""
    found "${packages}")
set(quickjs ${CMAKE_MATCH_1}/quickjs)
if(error OR NOT EXISTS ${quickjs}/quickjs.c)
    message(STATUS "embed/quickjs: left out, the crate rquickjs-sys cannot be had")
    return()
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_LIST_DIR}/Cargo.lock)

# -O2 in any build type: at -O0 it is another engine.
add_library(quickjs-ng STATIC
    ${quickjs}/quickjs.c ${quickjs}/libregexp.c ${quickjs}/libunicode.c ${quickjs}/dtoa.c)
target_include_directories(quickjs-ng SYSTEM PUBLIC ${quickjs})
target_compile_definitions(quickjs-ng PRIVATE _GNU_SOURCE)
target_compile_features(quickjs-ng PRIVATE c_std_11)
target_compile_options(quickjs-ng PRIVATE -w -O2)
target_link_libraries(quickjs-ng PUBLIC Threads::Threads m)

add_executable(embed-quickjs ${CMAKE_CURRENT_LIST_DIR}/quickjs.c)
set_target_properties(embed-quickjs PROPERTIES OUTPUT_NAME quickjs NO_SYSTEM_FROM_IMPORTED ON)
target_compile_features(embed-quickjs PRIVATE c_std_11)
target_compile_options(embed-quickjs PRIVATE -Wall -Wextra)
target_link_libraries(embed-quickjs PRIVATE quickjs-ng safepoint::safepoint)

safepoint_embed_tests(quickjs MODES ctrl-c deadline cancel COMMAND $<TARGET_FILE:embed-quickjs>)
