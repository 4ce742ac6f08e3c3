# safepoint.signal: in each Python what it does, and in 3.11 and 3.13, in the place
# of CPython's own _signal, CPython's own suites.
safepoint_python_tests(
    ${CMAKE_CURRENT_LIST_DIR}/test_signal_in_place.py
    ${CMAKE_CURRENT_LIST_DIR}/test_signal_wrong_in_cpython.py)

foreach(version 3.11 3.13)
    safepoint_binding_test(python/signal/suites-${version}
        NEEDS python_wheel
        TIMEOUT 1800
        COMMAND ${SAFEPOINT_TOOLS}/venv/bin/python -B
            ${CMAKE_CURRENT_LIST_DIR}/suites.py ${SAFEPOINT_PYTHON_${version}})
endforeach()
