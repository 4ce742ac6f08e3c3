# The wheel, a venv with it for each Python of this machine, and the tests in
# each: $SAFEPOINT_BUILD/python/wheel/*.whl and $SAFEPOINT_BUILD/python/3.11/,
# /3.12/ and so on, which the fixture python_wheel makes.
set(SAFEPOINT_PYTHON_FOLDER ${CMAKE_CURRENT_BINARY_DIR}/python)
set(pythons)
set(SAFEPOINT_PYTHON_VERSIONS)
foreach(version 3.11 3.12 3.13 3.14)
    file(GLOB pyenv $ENV{HOME}/.pyenv/versions/${version}.*/bin)
    find_program(SAFEPOINT_PYTHON_${version} python${version}
        PATHS ${pyenv} /usr/bin NO_DEFAULT_PATH)
    find_program(SAFEPOINT_PYTHON_${version} python${version})
    if(SAFEPOINT_PYTHON_${version})
        list(APPEND pythons ${SAFEPOINT_PYTHON_${version}})
        list(APPEND SAFEPOINT_PYTHON_VERSIONS ${version})
    endif()
endforeach()

safepoint_binding_test(python/wheel BUILDS python_wheel
    COMMAND ${SAFEPOINT_TOOLS}/venv/bin/python -B
        ${CMAKE_CURRENT_LIST_DIR}/tests/build_wheel.py
        ${SAFEPOINT_PYTHON_FOLDER} ${pythons})

# safepoint_python_tests(file...): each file of pytest's, in every Python.
function(safepoint_python_tests)
    foreach(version ${SAFEPOINT_PYTHON_VERSIONS})
        foreach(file ${ARGN})
            get_filename_component(name ${file} NAME_WE)
            string(REGEX REPLACE "^test_" "" name ${name})
            safepoint_binding_test(python/${version}/${name}
                NEEDS python_wheel
                COMMAND ${SAFEPOINT_PYTHON_FOLDER}/${version}/bin/python -B
                    -m pytest -q ${file})
        endforeach()
    endforeach()
endfunction()

file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/tests/native/test_*.py)
safepoint_python_tests(${tests})

safepoint_binding_test(python/types
    COMMAND ${SAFEPOINT_TOOLS}/venv/bin/python -B
        ${CMAKE_CURRENT_LIST_DIR}/tests/check_types.py
        ${SAFEPOINT_PYTHON_FOLDER}/mypy)

list(GET SAFEPOINT_PYTHON_VERSIONS 0 version)
safepoint_binding_test(python/worker BUILDS worker_python NEEDS python_wheel
    COMMAND ${SAFEPOINT_PYTHON_FOLDER}/${version}/bin/python -B
        ${CMAKE_CURRENT_LIST_DIR}/worker.py errors)
safepoint_worker(python ${SAFEPOINT_PYTHON_FOLDER}/${version}/bin/python -B
    ${CMAKE_CURRENT_LIST_DIR}/worker.py)

include(${CMAKE_CURRENT_LIST_DIR}/tests/signal/tests.cmake OPTIONAL)
