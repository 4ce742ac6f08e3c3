# The tests of behaviour/ and failures/ once more, each of a context other than
# the main one: what is not so for those is left out here, and says why.

set(not_of_contexts
    # sig_init() takes flags for the main context alone.
    a_signal_in_the_middle_of_init_is_counted
    interpreter_defaults_are_cpythons
    # sig_context_free() is refused inside a handler of its own.
    a_handler_may_end_and_begin_again
    the_end_puts_back_what_is_ours
    # Counters begin with sig_context_new(), and what is freed has none.
    counters_begin_with_sig_init
    # The thread that forks owns the main context in the child, and no other.
    the_thread_that_forks_owns_the_child
    child_never_writes_to_its_parents_wakeup_fd
    # The main context chooses the signal that kicks.
    the_kick_signal_is_put_in_place_by_a_wait
    # Whoever asks first has one, so that there always is an owner.
    foreign_code_is_interrupted_until_it_has_left
    late_kick_does_not_kill
    # A context whose owner has ended can be freed by anybody.
    owner_that_has_ended_can_be_replaced
    # They are of contexts already, or of both.
    change_at_any_instruction_of_an_arrival
    a_context_outlives_its_owner
    contexts_share_a_disposition
    contexts_under_a_storm_keep_their_books
    a_guest_leaves_its_host_alone
    each_context_has_its_own
    stale_handle_is_refused
    the_end_waits_for_nobody_for_ever
    ten_thousand_deadlines_on_four_threads
    # They call through pointers, or with what is wrong: stale_handle_is_refused
    # does that.
    what_stood_over_ours_may_put_us_back
    every_wrong_argument_is_refused_and_changes_nothing)

file(GLOB sources CONFIGURE_DEPENDS behaviour/*.c failures/*.c)
list(FILTER sources EXCLUDE REGEX "\\.helper\\.c$")
foreach(source ${sources})
    cmake_path(GET source STEM LAST_ONLY name)
    if(NOT name IN_LIST not_of_contexts)
        safepoint_c_test(twins ${source})
        target_compile_options(twins-${name} PRIVATE
            -include ${CMAKE_CURRENT_BINARY_DIR}/twins.h)
    endif()
endforeach()
