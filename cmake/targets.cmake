# The targets. Read by the build, and installed: after find_package,
# safepointConfig.cmake has set the same variables.

add_library(safepoint::shared SHARED IMPORTED ${SAFEPOINT_IMPORTED})
set_target_properties(safepoint::shared PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${SAFEPOINT_INCLUDE_DIR})
if(WIN32)
    set_target_properties(safepoint::shared PROPERTIES
        IMPORTED_LOCATION ${SAFEPOINT_BIN_DIR}/${SAFEPOINT_SHARED}
        IMPORTED_IMPLIB ${SAFEPOINT_LIB_DIR}/${SAFEPOINT_IMPORT})
else()
    set_target_properties(safepoint::shared PROPERTIES
        IMPORTED_LOCATION ${SAFEPOINT_LIB_DIR}/${SAFEPOINT_SHARED}
        IMPORTED_SONAME ${SAFEPOINT_SONAME})
endif()

# nodelete: a plugin that has the library inside must stay mapped after
# dlclose, for a signal may still arrive in it.
add_library(safepoint::static STATIC IMPORTED ${SAFEPOINT_IMPORTED})
set_target_properties(safepoint::static PROPERTIES
    IMPORTED_LOCATION ${SAFEPOINT_LIB_DIR}/${SAFEPOINT_STATIC}
    INTERFACE_LINK_OPTIONS LINKER:-z,nodelete
    INTERFACE_INCLUDE_DIRECTORIES ${SAFEPOINT_INCLUDE_DIR})

if(WIN32)
    # There the library keeps the module loaded that it is in.
    set_target_properties(safepoint::static PROPERTIES
        INTERFACE_LINK_OPTIONS ""
        INTERFACE_LINK_LIBRARIES "ws2_32;ntdll")
endif()

if(DEFINED BUILD_SHARED_LIBS AND NOT BUILD_SHARED_LIBS)
    add_library(safepoint::safepoint ALIAS safepoint::static)
else()
    add_library(safepoint::safepoint ALIAS safepoint::shared)
endif()

# safepoint.hpp, which the installation has beside safepoint.h.
add_library(safepoint::cpp INTERFACE IMPORTED ${SAFEPOINT_IMPORTED})
set_target_properties(safepoint::cpp PROPERTIES
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_INCLUDE_DIRECTORIES "${SAFEPOINT_CPP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES safepoint::safepoint)
