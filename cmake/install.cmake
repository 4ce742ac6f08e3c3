# cmake --install [--strip]

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/safepoint)
set(generated ${CMAKE_CURRENT_BINARY_DIR}/package)

configure_package_config_file(cmake/safepointConfig.cmake.in
    ${generated}/safepointConfig.cmake
    INSTALL_DESTINATION ${package}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR)
# A higher minor version only adds.
write_basic_package_version_file(${generated}/safepointConfigVersion.cmake
    COMPATIBILITY SameMajorVersion)
file(RELATIVE_PATH to_prefix
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH to_include
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
set(private_libraries -Wl,-z,nodelete)
if(WIN32)
    set(private_libraries "-lws2_32 -lntdll")
endif()
configure_file(cmake/safepoint.pc.in ${generated}/safepoint.pc @ONLY)

install(FILES include/safepoint.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY bindings/cpp/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
if(WIN32)
    set(shared_folder ${CMAKE_INSTALL_BINDIR})
    install(PROGRAMS ${SAFEPOINT_LIB}/${SAFEPOINT_SHARED} DESTINATION ${shared_folder})
    install(FILES
        ${SAFEPOINT_LIB}/${SAFEPOINT_IMPORT}
        ${SAFEPOINT_LIB}/${SAFEPOINT_STATIC}
        DESTINATION ${CMAKE_INSTALL_LIBDIR})
else()
    set(shared_folder ${CMAKE_INSTALL_LIBDIR})
    install(FILES
        ${SAFEPOINT_LIB}/${SAFEPOINT_SHARED}
        ${SAFEPOINT_LIB}/${SAFEPOINT_SONAME}
        ${SAFEPOINT_LIB}/libsafepoint.so
        ${SAFEPOINT_LIB}/${SAFEPOINT_STATIC}
        DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(FILES ${generated}/safepoint.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES
    ${generated}/safepointConfig.cmake
    ${generated}/safepointConfigVersion.cmake
    cmake/targets.cmake
    DESTINATION ${package})
# install(FILES) knows nothing of --strip.
install(CODE "
    if(CMAKE_INSTALL_DO_STRIP)
        cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX NORMALIZE OUTPUT_VARIABLE prefix)
        cmake_path(APPEND shared \"\${prefix}\" \"${shared_folder}\" ${SAFEPOINT_SHARED})
        execute_process(COMMAND \"${CMAKE_STRIP}\" \"\$ENV{DESTDIR}\${shared}\"
            COMMAND_ERROR_IS_FATAL ANY)
    endif()")
