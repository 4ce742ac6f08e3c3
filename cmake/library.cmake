# The two libraries, built by scripts/ship, and a target for each.

find_program(SAFEPOINT_CARGO cargo HINTS "$ENV{HOME}/.cargo/bin"
    DOC "Rust's cargo, 1.85 or later")
if(NOT SAFEPOINT_CARGO)
    message(FATAL_ERROR "safepoint: cargo was not found. Install Rust 1.85 or "
        "later (Debian 12: rustc-web cargo-web; Debian 13: rustc cargo), or "
        "set SAFEPOINT_CARGO.")
endif()
# For another machine than this: Rust's name of it. SAFEPOINT_CARGO has to be
# one that has the standard library's source, as scripts/cargo-anywhere has.
set(SAFEPOINT_RUST_TARGET "" CACHE STRING "The target triple, or empty for this machine")
if(CMAKE_CROSSCOMPILING AND NOT SAFEPOINT_RUST_TARGET)
    message(FATAL_ERROR "safepoint: set SAFEPOINT_RUST_TARGET to Rust's name of "
        "the machine to build for, such as aarch64-unknown-linux-gnu.")
endif()
set(shipped ${CMAKE_CURRENT_BINARY_DIR}/cargo/${SAFEPOINT_RUST_TARGET}/release)
if(SAFEPOINT_RUST_TARGET)
    set(environment SAFEPOINT_RUST_TARGET=${SAFEPOINT_RUST_TARGET})
    list(APPEND rustc_arguments -Clinker=${CMAKE_C_COMPILER})
    # Of all crates, the standard library's among them.
    if(SAFEPOINT_RUST_TARGET MATCHES musl)
        list(APPEND environment RUSTFLAGS=-Ctarget-feature=-crt-static) # a shared one, too
        list(APPEND rustc_arguments -Clink-arg=-lc)
    elseif(SAFEPOINT_RUST_TARGET MATCHES "^arm")
        list(APPEND environment RUSTFLAGS=-Cforce-unwind-tables=no) # they need libgcc_s
    endif()
endif()

set(SAFEPOINT_LIB ${CMAKE_CURRENT_BINARY_DIR}/lib)
set(SAFEPOINT_SONAME libsafepoint.so.${PROJECT_VERSION_MAJOR})
set(SAFEPOINT_SHARED libsafepoint.so.${PROJECT_VERSION})
set(SAFEPOINT_STATIC libsafepoint.a)
if(WIN32)
    # A DLL has no name that programs record instead of the file's.
    set(SAFEPOINT_SONAME "")
    set(SAFEPOINT_SHARED safepoint.dll)
    set(SAFEPOINT_IMPORT libsafepoint.dll.a)
    set(put_shared
        COMMAND ${CMAKE_COMMAND} -E chdir ${shipped}
            ${CMAKE_COMMAND} -E copy safepoint.dll libsafepoint.dll.a ${SAFEPOINT_LIB})
    set(import_library ${SAFEPOINT_LIB}/${SAFEPOINT_IMPORT})
else()
    set(put_shared
        COMMAND ${CMAKE_COMMAND} -E chdir ${shipped}
            ${CMAKE_COMMAND} -E copy libsafepoint.so ${SAFEPOINT_LIB}/${SAFEPOINT_SHARED}
        COMMAND ${CMAKE_COMMAND} -E chdir ${SAFEPOINT_LIB}
            ${CMAKE_COMMAND} -E create_symlink ${SAFEPOINT_SHARED} ${SAFEPOINT_SONAME}
        COMMAND ${CMAKE_COMMAND} -E chdir ${SAFEPOINT_LIB}
            ${CMAKE_COMMAND} -E create_symlink ${SAFEPOINT_SONAME} libsafepoint.so)
endif()

# What waits do on processors for which we have no assembly.
option(SAFEPOINT_PORTABLE "Wait by the C library's system call alone" OFF)
if(SAFEPOINT_PORTABLE)
    list(APPEND rustc_arguments --cfg safepoint_portable)
endif()

# ThreadSanitizer in what is Rust, for programs that clang-19 links with it.
option(SAFEPOINT_RACE "Instrument the library for ThreadSanitizer, by nightly" OFF)
if(SAFEPOINT_RACE)
    list(APPEND rustc_arguments -Zsanitizer=thread
        -Cunsafe-allow-abi-mismatch=sanitizer -Clink-arg=-Wl,-z,undefs)
    set(environment RUSTUP_TOOLCHAIN=nightly)
endif()

file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/src/*.rs ${CMAKE_CURRENT_SOURCE_DIR}/src/*.s)
add_custom_command(
    OUTPUT ${SAFEPOINT_LIB}/${SAFEPOINT_SHARED} ${SAFEPOINT_LIB}/${SAFEPOINT_STATIC}
        ${import_library}
    COMMAND ${CMAKE_COMMAND} -E env CARGO=${SAFEPOINT_CARGO} AR=${CMAKE_AR}
        ${environment}
        sh scripts/ship ${CMAKE_CURRENT_BINARY_DIR}/cargo ${rustc_arguments}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${SAFEPOINT_LIB}
    COMMAND ${CMAKE_COMMAND} -E chdir ${shipped}
        ${CMAKE_COMMAND} -E copy libsafepoint.a ${SAFEPOINT_LIB}/${SAFEPOINT_STATIC}
    ${put_shared}
    DEPENDS ${sources} Cargo.toml Cargo.lock scripts/ship
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Building safepoint ${PROJECT_VERSION} with cargo"
    VERBATIM)

# Built where it is used, and always where it is installed or tested.
if(SAFEPOINT_INSTALL OR SAFEPOINT_TESTS)
    set(all ALL)
endif()
add_custom_target(safepoint_ship ${all}
    DEPENDS ${SAFEPOINT_LIB}/${SAFEPOINT_SHARED} ${SAFEPOINT_LIB}/${SAFEPOINT_STATIC})

set(SAFEPOINT_IMPORTED GLOBAL) # else known to this folder only
set(SAFEPOINT_INCLUDE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/include)
set(SAFEPOINT_CPP_INCLUDE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/bindings/cpp/include)
set(SAFEPOINT_LIB_DIR ${SAFEPOINT_LIB})
set(SAFEPOINT_BIN_DIR ${SAFEPOINT_LIB})
include(cmake/targets.cmake)
add_dependencies(safepoint::shared safepoint_ship)
add_dependencies(safepoint::static safepoint_ship)
