# Every way to build, link and install. The tests compile for themselves, with
# gcc and clang, what each of them is about.

set(build_tests ${CMAKE_CURRENT_SOURCE_DIR}/build)

set(build_environment
    SAFEPOINT_LIB=${SAFEPOINT_LIB}
    SAFEPOINT_INCLUDE=${SAFEPOINT_INCLUDE_DIR}
    CMAKE=${CMAKE_COMMAND}
    CMAKE_GENERATOR=${CMAKE_GENERATOR})

# build_test(name command...)
function(build_test name)
    add_test(NAME build/${name} COMMAND sh ${ARGN})
    set_tests_properties(build/${name} PROPERTIES
        LABELS "build;core"
        TIMEOUT 300
        SKIP_RETURN_CODE 77
        ENVIRONMENT "${build_environment}")
endfunction()
function(variant_test name)
    build_test(sees_the_breaker/${name} ${build_tests}/variant ${ARGN})
endfunction()

foreach(cc gcc clang)
    foreach(way pie no-pie static static-pie archive plugin plugin-archive)
        foreach(level O0 O2 O3)
            variant_test(${cc}/${way}/${level} ${way} sees_the_breaker.c ${cc} -${level})
        endforeach()
        variant_test(${cc}/${way}/lto ${way} sees_the_breaker.c ${cc} -O2 -flto)
    endforeach()
    # At -O0 the inline check is not inlined: the program has no copy.
    foreach(way bsymbolic bsymbolic-pie)
        foreach(level O2 O3)
            variant_test(${cc}/${way}/${level} ${way} sees_the_breaker.c ${cc} -${level})
        endforeach()
        variant_test(${cc}/${way}/lto ${way} sees_the_breaker.c ${cc} -O2 -flto)
    endforeach()
    variant_test(${cc}/dlopen dlopen dlopen_library.c ${cc} -O2)

    foreach(standard c89 gnu89 c99 c11 gnu11 c17)
        variant_test(${cc}/${standard} pie sees_the_breaker.c ${cc} -O2 -std=${standard})
    endforeach()
    foreach(way pie static bsymbolic-pie)
        variant_test(${cc}/${way}/no-inline ${way} sees_the_breaker.c ${cc} -O2
            -DSAFEPOINT_NO_INLINE)
    endforeach()

    foreach(shape -pie -no-pie -flto)
        build_test(idle_check_costs/${cc}${shape}
            ${build_tests}/idle_check_costs ${cc} -O2 ${shape})
    endforeach()
    foreach(language c c++)
        build_test(only_declares/${cc}/${language}
            ${build_tests}/only_declares ${cc} -x${language})
    endforeach()
endforeach()

foreach(cxx g++ clang++)
    foreach(standard c++98 c++11 c++17 c++20)
        variant_test(${cxx}/${standard} pie from_cpp.cpp ${cxx} -O2 -std=${standard})
    endforeach()
    foreach(way no-pie static archive bsymbolic)
        variant_test(${cxx}/${way} ${way} from_cpp.cpp ${cxx} -O2)
    endforeach()
    variant_test(${cxx}/no-inline pie from_cpp.cpp ${cxx} -O2 -DSAFEPOINT_NO_INLINE)
endforeach()

# What an install gives, used where it was moved to.
set(prefix ${CMAKE_CURRENT_BINARY_DIR}/build/prefix)
build_test(installs_and_moves
    ${build_tests}/installs_and_moves ${PROJECT_BINARY_DIR} ${prefix} ${PROJECT_VERSION})
set_tests_properties(build/installs_and_moves PROPERTIES FIXTURES_SETUP prefix)
build_test(consumers/find_package
    ${build_tests}/consumers/with_cmake find_package -DCMAKE_PREFIX_PATH=${prefix})
build_test(consumers/pkg_config ${build_tests}/consumers/with_pkg_config ${prefix})
build_test(overview_runs ${build_tests}/overview_runs ${prefix})
set_tests_properties(build/consumers/find_package build/consumers/pkg_config
    build/overview_runs PROPERTIES FIXTURES_REQUIRED prefix)
build_test(consumers/add_subdirectory
    ${build_tests}/consumers/with_cmake add_subdirectory
    -DSAFEPOINT_SOURCE=${PROJECT_SOURCE_DIR})
