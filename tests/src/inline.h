/** Where the breaker is: for the inline sig_check(), use sig_breaker(). */
extern const volatile uint32_t *const safepoint_breaker;

#if !defined(SAFEPOINT_NO_INLINE) && defined(__GNUC__)
/* gnu_inline: only ever inlined. Where it is not, at -O0 or as a pointer, the
 * library's own sig_check() is called. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) /* it takes the load for a race */
__attribute__((__no_sanitize__("thread")))
#endif
#elif defined(__SANITIZE_THREAD__)
__attribute__((__no_sanitize_thread__))
#endif
extern __inline__ __attribute__((__gnu_inline__))
int sig_check(void)
{
    if (__builtin_expect(*safepoint_breaker != 0, 0))
        return sig_check_frame(0);
    return 0;
}
#endif
