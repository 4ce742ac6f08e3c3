/* sig_name(), sig_number() and sig_describe() over sig_valid(): every name
 * leads back to its number, in any case, with and without SIG, and as a
 * decimal; the C library has the same names; nothing else has one. */
#include "test.h"

#include <ctype.h>

static void expect_back(const char *name, int signum)
{
    char other[64];
    ASSERT_EQ(sig_number(name), signum);
    for (int i = 0; i <= (int)strlen(name); i++)
        other[i] = (char)tolower(name[i]);
    ASSERT_EQ(sig_number(other), signum);
    ASSERT_EQ(sig_number(other + 3), signum);
    ASSERT_EQ(sig_number(name + 3), signum);
}

int main(void)
{
    static const struct { const char *name; int signum; } known[] = {
        {"SIGINT", SIGINT}, {"int", SIGINT}, {"2", 2}, {"Term", SIGTERM},
        {"SIGABRT", SIGABRT}, {"IOT", SIGABRT}, {"SIGIOT", SIGABRT},
#ifdef _WIN32
        {"break", SIGBREAK}, {"021", SIGBREAK},
#else
        {"cld", SIGCHLD}, {"POLL", SIGIO}, {"09", SIGKILL},
#endif
    };
    static const char *const unknown[] = {
        "", "SIG", "SIGFOO", "INTX", "0", "-1", "65", "32", "33", "999", "2x",
        " 2", "+2", "SIGSIGINT", "RTMIN+", "RTMIN-1", "RTMIN+31", "RTMIN+99",
        "RTMAX+1", "RTMAX-31", "RTMIN++1", "RTMIN+-1", "SIG2", "RTMIN+1x",
#ifdef _WIN32
        "HUP", "SIGCHLD", "CLD", "KILL", "RTMIN", "SIGRTMAX", "1", "9", "64",
#endif
    };
    uint64_t valid = sig_valid();
    char name[64];
    for (int signum = -1; signum <= 66; signum++) {
#ifdef _WIN32
        static const int all[] = {SIGINT, SIGILL, SIGFPE, SIGSEGV, SIGTERM, SIGBREAK, SIGABRT};
        bool exists = false;
        for (int i = 0; i < 7; i++)
            exists |= signum == all[i];
#else
        bool exists = (signum >= 1 && signum <= 31) ||
                      (signum >= SIGRTMIN && signum <= SIGRTMAX);
#endif
        if (signum >= 1 && signum <= 64)
            ASSERT_EQ(valid >> (signum - 1) & 1, exists);
        snprintf(name, sizeof name, "%d", signum);
        ASSERT_EQ(sig_number(name), exists ? signum : -EINVAL);
        if (!exists) {
            ASSERT_EQ(sig_name(signum), NULL);
            ASSERT_EQ(sig_describe(signum), NULL);
            continue;
        }
        ASSERT_NE(sig_name(signum), NULL);
        ASSERT_NE(sig_describe(signum), NULL);
        ASSERT_GT(strlen(sig_describe(signum)), 3);
        expect_back(sig_name(signum), signum);
#ifndef _WIN32
        if (signum < SIGRTMIN) {
#ifdef __GLIBC__
            snprintf(name, sizeof name, "SIG%s", sigabbrev_np(signum));
            ASSERT_EQ(sig_number(name), signum);
#endif
        } else {
            int offset = signum - SIGRTMIN;
            snprintf(name, sizeof name, offset ? "SIGRTMIN+%d" : "SIGRTMIN",
                     offset);
            ASSERT_STR(sig_name(signum), name);
            snprintf(name, sizeof name, "Real-time signal %d", offset);
            ASSERT_STR(sig_describe(signum), name);
            snprintf(name, sizeof name, "SIGRTMAX-%d", SIGRTMAX - signum);
            expect_back(name, signum);
        }
#endif
    }
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        ASSERT_EQ(sig_number(known[i].name), known[i].signum);
    for (unsigned i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        if (sig_number(unknown[i]) != -EINVAL)
            fprintf(stderr, "\"%s\"\n", unknown[i]);
        ASSERT_EQ(sig_number(unknown[i]), -EINVAL);
    }
    ASSERT_EQ(sig_number(NULL), -EINVAL);
    ASSERT_STR(sig_name(SIGINT), "SIGINT");
    ASSERT_STR(sig_describe(SIGINT), "Interrupt");
    return 0;
}
