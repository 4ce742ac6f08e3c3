
#if defined(__GNUC__)
/** A call that returns -1 and sets errno, made again on EINTR once the
 * handlers have run (PEP 475): its result. -1 with EINTR is a handler that
 * raised, and sig_raised() what it returned. Unlike the functions above it
 * cannot end a call that is about to wait: put sig_blocking_begin() and
 * sig_blocking_end() around that. In C and C++. */
#define SAFEPOINT_RETRY(expression)                                          \
    (__extension__({                                                         \
        __typeof__(expression) safepoint_result_;                            \
        do                                                                   \
            safepoint_result_ = (expression);                                \
        while (safepoint_result_ == -1 && sig_retry());                      \
        safepoint_result_;                                                   \
    }))
#endif
