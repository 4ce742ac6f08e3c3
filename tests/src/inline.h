/** Where the breaker is: for the inline sig_check(), use sig_breaker(). */
extern const volatile uint32_t *const safepoint_breaker;

#if !defined(SAFEPOINT_NO_INLINE) && defined(__GNUC__)
/* gnu_inline: only ever inlined. Where it is not, at -O0 or as a pointer, the
 * library's own sig_check() is called. */
extern __inline__ __attribute__((__gnu_inline__))
int sig_check(void)
{
    if (__builtin_expect(*safepoint_breaker != 0, 0))
        return sig_check_frame(0);
    return 0;
}
#endif
