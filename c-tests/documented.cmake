# The errors that the header names, by function: documented.h has a line
# DOCUMENTED(sig_x, EINVAL) for each, and DOCUMENTED(sig_x, 0) where it says
# "its own": those of a system call's man page. A twin's are the other's.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/include/safepoint.h)
file(READ ${PROJECT_SOURCE_DIR}/include/safepoint.h text)
string(REGEX REPLACE "[][;]" " " text "${text}")
string(REGEX REPLACE "\n \\*" " " text "${text}")
# From "Errors:" to the end of the comment, and the declaration behind it.
string(REGEX MATCHALL "Errors: [^/]*/[^/(]*sig_[a-z0-9_]+\\(" comments "${text}")
set(documented "")
foreach(comment ${comments})
    string(REGEX MATCH "sig_[a-z0-9_]+\\($" function "${comment}")
    string(REPLACE "(" "" function "${function}")
    string(REGEX REPLACE "/.*" "" comment "${comment}")
    string(REGEX MATCHALL "[^A-Z_]E[A-Z0-9]+" errors "${comment}")
    if(comment MATCHES "^Errors: its own")
        list(APPEND errors " 0")
    endif()
    foreach(error ${errors})
        string(SUBSTRING "${error}" 1 -1 error)
        string(APPEND documented "DOCUMENTED(${function}, ${error})\n")
    endforeach()
endforeach()
file(CONFIGURE OUTPUT documented.h CONTENT "${documented}" @ONLY)
