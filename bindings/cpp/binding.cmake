# The header alone is what ships: these are its tests, and the worker.
set(cpp ${CMAKE_CURRENT_LIST_DIR})

# cpp_test(NAME COMMAND...): a script of tests/.
function(cpp_test name script)
    safepoint_binding_test(cpp/${name} TIMEOUT 600 COMMAND sh ${cpp}/tests/${script} ${ARGN})
endfunction()

safepoint_binding_test(cpp/worker BUILDS worker_cpp
    COMMAND sh -c "c++ -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror \
        -o worker_cpp ${cpp}/worker.cpp $(pkg-config --cflags --libs safepoint) -pthread")
safepoint_worker(cpp ${CMAKE_CURRENT_BINARY_DIR}/worker_cpp)

cpp_test(the_readme_program_runs readme_program_runs)
foreach(cxx g++ clang++ clang++-19)
    cpp_test(it_compiles_clean/${cxx} compiles_clean ${cxx})
    cpp_test(it_leaves_no_macro/${cxx} leaves_no_macro ${cxx})
    cpp_test(an_idle_check_costs_no_more_than_c_s/${cxx} idle_check_costs ${cxx} -O2)
endforeach()
foreach(cxx g++ clang++)
    cpp_test(a_plugin_and_its_host_share_exceptions/${cxx} plugins ${cxx})
    cpp_test(mistakes_do_not_compile/${cxx} refuses ${cxx})
endforeach()
foreach(part handlers exceptions calls contexts waits stop)
    cpp_test(${part}/g++ behaves ${part} g++ -std=c++17 -O2)
    cpp_test(${part}/clang++ behaves ${part} clang++ -std=c++20 -O0 -fno-rtti)
    # And what leaks, is used after its end, or is undefined.
    cpp_test(${part}/sanitized behaves ${part} clang++-19 -std=c++2b -O1
        -fsanitize=address,undefined -fno-sanitize-recover=all)
endforeach()
cpp_test(cmake/find_package consumers/with_cmake find_package
    -DCMAKE_PREFIX_PATH=${prefix})
cpp_test(cmake/add_subdirectory consumers/with_cmake add_subdirectory
    -DSAFEPOINT_SOURCE=${PROJECT_SOURCE_DIR})
