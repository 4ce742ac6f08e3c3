/* sig_version() and sig_version_string() say the same, and sig_strerror() has
 * a sentence for every error, whatever its sign. */
#include "test.h"

int main(void)
{
    static const int errors[] = {EINVAL, EPERM, EAGAIN, EBUSY, EEXIST, EBADF,
                                 E2BIG, EMFILE, ENFILE, ENOMEM};
    unsigned major, minor, patch;
    char rest;
    watchdog(120);
    ASSERT_EQ(sscanf(sig_version_string(), "%u.%u.%u%c", &major, &minor, &patch,
                     &rest), 3);
    ASSERT_EQ(sig_version(), major << 16 | minor << 8 | patch);
    const char *other = sig_strerror(12345);
    ASSERT_GT(strlen(other), 10);
    ASSERT_STR(sig_strerror(INT32_MIN), other);
    ASSERT_NE(strcmp(sig_strerror(0), other), 0);
    for (unsigned i = 0; i < sizeof errors / sizeof *errors; i++) {
        const char *sentence = sig_strerror(errors[i]);
        ASSERT_STR(sig_strerror(-errors[i]), sentence);
        ASSERT_NE(strcmp(sentence, other), 0);
        ASSERT_EQ(sentence[strlen(sentence) - 1], '.');
        for (unsigned j = 0; j < i; j++)
            ASSERT_NE(strcmp(sentence, sig_strerror(errors[j])), 0);
    }
    return 0;
}
