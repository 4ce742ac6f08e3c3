# The package for Zig, by three versions of it; the worker is the newest's, and
# those of the older ones pass the same suite.
# The first build with an empty cache compiles Zig's own build program: minutes.
set(zig_versions 0.15 0.16 0.17)

foreach(version ${zig_versions})
    set(zig ${CMAKE_COMMAND} -E env
        ZIG_GLOBAL_CACHE_DIR=${CMAKE_CURRENT_BINARY_DIR}/zig/${version}/global
        ${SAFEPOINT_TOOLS}/zig-${version}/ziglang/zig)
    set(zig_build ${zig} build --build-file ${CMAKE_CURRENT_LIST_DIR}/build.zig
        --cache-dir ${CMAKE_CURRENT_BINARY_DIR}/zig/${version}/local
        --prefix ${CMAKE_CURRENT_BINARY_DIR}/zig/${version})

    safepoint_binding_test(zig/its_tests_pass_in_debug_with_${version}
        TIMEOUT 1800 COMMAND ${zig_build} test)
    safepoint_binding_test(zig/its_tests_pass_in_release_with_${version}
        TIMEOUT 1800
        COMMAND ${zig_build} test --release=safe)

    string(REPLACE "zig-0.17" zig worker zig-${version})
    safepoint_binding_test(zig/the_worker_builds_with_${version} BUILDS worker_${worker}
        TIMEOUT 1800
        COMMAND ${zig_build} worker --release=fast)
    safepoint_worker(${worker} ${CMAKE_CURRENT_BINARY_DIR}/zig/${version}/bin/worker)
endforeach()

foreach(test
        a_check_costs_what_a_load_and_a_branch_cost
        another_error_than_the_context_has_does_not_compile
        a_search_prefix_finds_the_library_without_pkg_config
        the_readme_works_as_it_stands)
    safepoint_binding_test(zig/${test} TIMEOUT 1800 COMMAND
        ${SAFEPOINT_TOOLS}/venv/bin/python -B -m pytest -q -p no:cacheprovider
        ${CMAKE_CURRENT_LIST_DIR}/tests/test_package.py -k ${test})
endforeach()

# What 0.17 would change, its new names of builtins, the others do not know.
safepoint_binding_test(zig/the_source_is_formatted
    COMMAND ${SAFEPOINT_TOOLS}/zig-0.16/ziglang/zig fmt --check ${CMAKE_CURRENT_LIST_DIR})
