
#if defined(__GNUC__)
/** A call that returns a signed integer, or -1 with errno set, made again on
 * EINTR once the handlers have run (PEP 475): its result. -1 with EINTR is a
 * handler that raised, and sig_raised() what it returned. Unlike the functions
 * of this section it cannot end a call that is about to wait: put
 * sig_blocking_begin() and sig_blocking_end() around that. In C and C++, with
 * gcc, clang and what understands their extensions.
 *
 * Thread: any · In a signal handler: no · Errors: the call's own */
#define SAFEPOINT_RETRY(expression)                                          \
    (__extension__({                                                         \
        __typeof__((expression) + 0) safepoint_result_;                      \
        do                                                                   \
            safepoint_result_ = (expression);                                \
        while (safepoint_result_ == -1 && sig_retry());                      \
        safepoint_result_;                                                   \
    }))
#endif

