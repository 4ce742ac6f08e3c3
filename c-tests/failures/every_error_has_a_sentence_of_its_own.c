/* sig_strerror() has a sentence for each error that the header names with a
 * function, each a different one, whichever the sign, and one for all others;
 * none is NULL. */
#include "parts/failures.h"

static void assert_sentence(const char *text)
{
    ASSERT_NE(text, NULL);
    size_t length = strlen(text);
    ASSERT_GT(length, 5);
    ASSERT_TRUE(text[0] >= 'A' && text[0] <= 'Z');
    ASSERT_EQ(text[length - 1], '.');
    ASSERT_EQ(strchr(text, '\n'), NULL);
    ASSERT_EQ(strstr(text, "  "), NULL); /* a line that was not joined well */
}

int main(void)
{
    static const int errors[] = {
#define DOCUMENTED(function, error) error,
#include <documented.h>
    };
    static const int others[] = {EXDEV, 1000, 4095, INT32_MAX, INT32_MIN};
    enum { ERRORS = sizeof errors / sizeof *errors };
    for (int i = 0; i < ERRORS; i++) {
        const char *text = sig_strerror(-errors[i]);
        assert_sentence(text);
        ASSERT_STR(sig_strerror(errors[i]), text);
        for (int other = 0; other < i; other++)
            ASSERT_EQ(strcmp(text, sig_strerror(errors[other])) == 0,
                      errors[i] == errors[other]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *text = sig_strerror(others[i]);
        assert_sentence(text);
        ASSERT_STR(text, sig_strerror(others[0]));
        for (int known = 0; known < ERRORS; known++)
            ASSERT_NE(strcmp(text, sig_strerror(errors[known])), 0);
    }
    return 0;
}
