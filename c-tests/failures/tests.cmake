# Two copies of the library in one process, and what is unloaded: a plugin
# linked with the static library, built twice, and programs that open them.

set(parts ${CMAKE_CURRENT_SOURCE_DIR}/failures/parts)

foreach(plugin plugin_one plugin_two)
    add_library(failures-${plugin} MODULE ${parts}/plugin.c)
    set_target_properties(failures-${plugin} PROPERTIES
        PREFIX ""
        OUTPUT_NAME ${plugin}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/failures)
    target_link_libraries(failures-${plugin} PRIVATE safepoint::static)
endforeach()
# The two ways to hide the library's names. A plugin may be unloaded, and the
# handler has to stay: nodelete.
target_link_options(failures-plugin_one PRIVATE
    -Wl,--exclude-libs,ALL,-z,nodelete)
target_link_options(failures-plugin_two PRIVATE
    -Wl,--version-script,${parts}/plugin.map,-z,nodelete)

# plugin_test(name argument...): the program that opens them.
function(plugin_test name)
    add_executable(failures-${name} ${parts}/${name}.c)
    set_target_properties(failures-${name} PROPERTIES
        OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/failures)
    target_include_directories(failures-${name}
        PRIVATE ${SAFEPOINT_INCLUDE_DIR})
    target_compile_options(failures-${name} PRIVATE -Wall -Wextra)
    target_link_libraries(failures-${name} PRIVATE ${CMAKE_DL_LIBS})
    add_dependencies(failures-${name} failures-plugin_one failures-plugin_two)
    add_test(NAME failures/${name}
        COMMAND ${SAFEPOINT_TEST_LAUNCHER}
            $<TARGET_FILE:failures-${name}> ${ARGN})
    set_tests_properties(failures/${name} PROPERTIES
        LABELS "c;core"
        TIMEOUT 300
        SKIP_RETURN_CODE 77)
endfunction()

set(one $<TARGET_FILE:failures-plugin_one>)
set(two $<TARGET_FILE:failures-plugin_two>)
plugin_test(dlclose_then_a_signal_is_harmless
    $<TARGET_FILE:safepoint::shared> ${one})
plugin_test(two_copies_both_get_their_signals ${one} ${two})
plugin_test(fault_with_two_copies_kills_at_once ${one} ${two})
