/* Signals storm into a thread that is inside malloc() and stdio all the time,
 * with their locks held. An arrival takes none of them; the handlers, which
 * allocate and print themselves, run at a safe point, where nothing is held. */
#include "parts/failures.h"

#include <malloc.h>

static pthread_t owner;
static long target;
static _Atomic long sent;
static long seen[65], calls;
static FILE *out;

static int allocate_and_print(const sig_event *event, void *user)
{
    char *text = malloc(100 + (size_t)event->signum);
    ASSERT_NE(text, NULL);
    sprintf(text, "%s from %d\n", sig_name(event->signum), event->pid);
    fputs(text, out);
    fflush(out);
    free(text);
    return count_signal(event, user);
}

static int allocate(void *count)
{
    free(malloc(5000));
    return count_call(count);
}

static void *storm(void *unused)
{
    /* Not until the owner says so: it may not come to say anything before. */
    while (sent < target) {
        int rt = sent % 3 == 0;
        pthread_kill(owner, rt ? SIGRTMIN : SIGUSR1);
        sig_add_pending_call(allocate, &calls);
        if (++sent % 64 == 0)
            sched_yield();
    }
    return unused;
}

int main(void)
{
    watchdog(240);
    enum { KEPT = 64 };
    char *kept[KEPT] = {0};
    pthread_t threads[2];
    /* Give back at once: then there are system calls, where signals strike,
     * inside malloc's lock. */
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 1);
    mallopt(M_TOP_PAD, 0);
#endif
    owner = pthread_self();
    out = fopen("/dev/null", "w");
    ASSERT_NE(out, NULL);
    target = scaled(50000);
    ASSERT_EQ(sig_install(SIGUSR1, allocate_and_print, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, allocate_and_print, seen, 0), 0);
    for (int i = 0; i < 2; i++)
        MUST(-pthread_create(&threads[i], NULL, storm, NULL));
    for (long i = 0; sent < target || seen[SIGUSR1] == 0; i++) {
        free(kept[i % KEPT]);
        kept[i % KEPT] = malloc((size_t)(i * 37 % 3000) + 1);
        char *volatile large = malloc(100000);
        free(large);
        fprintf(out, "%ld of %ld\n", (long)sent, target);
        if (i % 50 == 0)
            fflush(out);
        if (i % 20 == 0)
            ASSERT_EQ(sig_check(), 0);
    }
    for (int i = 0; i < 2; i++)
        MUST(-pthread_join(threads[i], NULL));
    ASSERT_EQ(sig_check(), 0);
    for (int i = 0; i < KEPT; i++)
        free(kept[i]);
    sig_counters now = counters();
    print_counters();
    ASSERT_EQ(now.arrivals, seen[SIGUSR1] + seen[SIGRTMIN] + (long)now.lost);
    ASSERT_EQ(now.calls_run, calls);
    ASSERT_EQ(now.calls_run + now.calls_refused, sent);
    return 0;
}
