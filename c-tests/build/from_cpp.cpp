// The same program as C++, in a namespace's company: with the check inside an
// inline function, a template and an initialiser of a constant.
#include "sees_the_breaker.c"

namespace {

inline int in_an_inline_function()
{
    return sig_check();
}

template <typename T> T in_a_template()
{
    return sig_check() + T();
}

int (*const a_constant)() = &sig_check;

inline long in_a_retry(long result)
{
    return SAFEPOINT_RETRY(result + 0);
}

struct initialised_early {
    int both;
    initialised_early() : both(in_an_inline_function() + in_a_template<int>()) {}
} const initialised_early;

int used = (expect(in_a_retry(3) == 3 && a_constant() == 0 && initialised_early.both == 0,
                   "checks before main do nothing"),
            0);

} // namespace
