# Rust: safepoint-sys and safepoint over the library that is installed, the one
# against its header, and both with the library inside.
#
# Packages: none but cargo's; contract/ has bindgen, which needs libclang.
set(rust sh ${CMAKE_CURRENT_LIST_DIR}/cargo)
set(rust_build ${CMAKE_CURRENT_BINARY_DIR}/rust)

safepoint_binding_test(rust/tests TIMEOUT 900
    COMMAND ${rust} test --workspace)
safepoint_binding_test(rust/sys-contract TIMEOUT 900
    COMMAND ${rust} test --target-dir ${rust_build}/contract
        --manifest-path ${CMAKE_CURRENT_LIST_DIR}/contract/Cargo.toml)
safepoint_binding_test(rust/vendored TIMEOUT 900
    COMMAND ${CMAKE_COMMAND} -E env --unset=LD_LIBRARY_PATH PKG_CONFIG=/nowhere
        ${rust} test --features vendored --target-dir ${rust_build}/vendored
        --test behaviour)
safepoint_binding_test(rust/static TIMEOUT 900
    COMMAND ${CMAKE_COMMAND} -E env --unset=LD_LIBRARY_PATH SAFEPOINT_STATIC=1
        ${rust} test --target-dir ${rust_build}/static --test behaviour)
safepoint_binding_test(rust/optimised TIMEOUT 900
    COMMAND ${rust} test --release --test behaviour)
safepoint_binding_test(rust/build_without_library
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/build_without_library)
safepoint_binding_test(rust/clippy TIMEOUT 600
    COMMAND ${rust} clippy --workspace --all-targets -- -D warnings)
safepoint_binding_test(rust/clippy_contract TIMEOUT 600
    COMMAND ${rust} clippy --target-dir ${rust_build}/contract --all-targets
        --manifest-path ${CMAKE_CURRENT_LIST_DIR}/contract/Cargo.toml -- -D warnings)
safepoint_binding_test(rust/fmt
    COMMAND sh -c "cd ${CMAKE_CURRENT_LIST_DIR} && sh cargo fmt --all --check && \
        sh cargo fmt --check --manifest-path contract/Cargo.toml")
safepoint_binding_test(rust/doc TIMEOUT 600
    COMMAND ${CMAKE_COMMAND} -E env "RUSTDOCFLAGS=-D warnings"
        ${rust} doc --workspace --no-deps)

safepoint_binding_test(rust/worker BUILDS worker_rust TIMEOUT 600
    COMMAND ${rust} build --release --example worker)
safepoint_worker(rust ${rust_build}/release/examples/worker)
