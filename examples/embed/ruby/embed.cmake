find_program(guest_ruby ruby)
set(guest_status 1)
if(guest_ruby)
    execute_process(COMMAND ${guest_ruby} -rrbconfig -e "print RbConfig::CONFIG.\
values_at('rubyhdrdir', 'rubyarchhdrdir', 'DLEXT').join(';')"
        OUTPUT_VARIABLE guest_config RESULT_VARIABLE guest_status)
endif()
if(guest_status EQUAL 0)
    list(GET guest_config 0 1 guest_include)
    list(GET guest_config 2 guest_suffix)
    list(GET guest_include 0 guest_headers)
endif()
if(NOT guest_status EQUAL 0 OR NOT EXISTS ${guest_headers}/ruby.h)
    message(STATUS "embed/ruby: left out, ruby-dev is not installed")
    return()
endif()

set(guest_folder ${CMAKE_CURRENT_BINARY_DIR}/ruby)
add_library(embed-ruby MODULE ${CMAKE_CURRENT_LIST_DIR}/guest.c)
set_target_properties(embed-ruby PROPERTIES
    OUTPUT_NAME guest PREFIX "" SUFFIX .${guest_suffix}
    LIBRARY_OUTPUT_DIRECTORY ${guest_folder})
target_compile_features(embed-ruby PRIVATE c_std_11)
target_compile_options(embed-ruby PRIVATE -Wall -Wextra)
target_include_directories(embed-ruby SYSTEM PRIVATE ${guest_include})
target_link_libraries(embed-ruby PRIVATE safepoint::safepoint Threads::Threads)
foreach(file host.rb test_guest.rb)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}
        ${guest_folder}/${file} COPYONLY)
endforeach()

safepoint_embed_tests(ruby MODES deadline cancel
    COMMAND ${guest_ruby} ${guest_folder}/host.rb)
safepoint_embed_tests(ruby MODES ctrl-c SKIP_STUBBORN
    COMMAND ${guest_ruby} ${guest_folder}/host.rb)
safepoint_embed_test(ruby/guest ${guest_ruby} ${guest_folder}/test_guest.rb)
