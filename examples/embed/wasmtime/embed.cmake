# Wasmtime: a Rust program, whose crates take cargo some minutes to build.

option(SAFEPOINT_EMBED_WASMTIME "Build Wasmtime's embedding, and Wasmtime" OFF)
if(NOT SAFEPOINT_EMBED_WASMTIME)
    message(STATUS "embed/wasmtime: left out, SAFEPOINT_EMBED_WASMTIME is off")
    return()
endif()

set(wasmtime ${CMAKE_CURRENT_BINARY_DIR}/wasmtime)
add_custom_target(embed-wasmtime ALL
    COMMAND ${CMAKE_COMMAND} -E env SAFEPOINT_LIBDIR=${SAFEPOINT_LIB}
        ${SAFEPOINT_CARGO} build --quiet --release --locked --jobs 2
        --manifest-path ${CMAKE_CURRENT_LIST_DIR}/Cargo.toml --target-dir ${wasmtime}
    COMMENT "Building Wasmtime with cargo"
    VERBATIM)
add_dependencies(embed-wasmtime safepoint_ship)

safepoint_embed_tests(wasmtime MODES ctrl-c deadline cancel COMMAND ${wasmtime}/release/wasmtime)
