/* 1, 64 and 4,096 contexts on 1 to 64 threads, under a storm of several
 * signals from two processes and the threads themselves, while others are
 * made and freed (256 where it is slow): for each context arrivals = handled + coalesced + lost +
 * dropped, and what its handlers were told adds up to that; one that stays
 * sees every signal that a raw C handler beneath sees. */
#include "test.h"

static const int SIGNUMS[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH};
#define SIGNALS (int)(sizeof SIGNUMS / sizeof *SIGNUMS)
#define SENDERS 2

static atomic_bool over;
static atomic_ulong raw; /* deliveries of SIGHUP, by what stood there before */
static atomic_ullong arrivals, handled, coalesced, lost, dropped, made;

struct own {
    sig_context *context;
    uint64_t counted;
};

struct part {
    pthread_t thread;
    int contexts;
    unsigned random;
};

static int handler(const sig_event *event, void *user)
{
    struct own *own = user;
    ASSERT_EQ(event->context, own->context);
    ASSERT_GE(event->count, 1);
    own->counted += event->count + event->lost;
    return own->counted % 97 == 0; /* some raise */
}

static void begin(struct own *own, unsigned random)
{
    own->counted = 0;
    own->context = sig_context_new();
    ASSERT_NE(own->context, NULL);
    for (int i = 0; i < SIGNALS; i++) {
        uint32_t flags = random >> i & 1 ? SAFEPOINT_QUEUE : 0;
        if (i == 0 || random >> (8 + i) & 1)
            ASSERT_EQ(sig_context_install(own->context, SIGNUMS[i], handler,
                                          own, flags), 0);
    }
    atomic_fetch_add(&made, 1);
}

/* All is handled, when nothing more comes: nothing for this one, that is. */
static void end(struct own *own, bool drop)
{
    sig_counters now;
    memset(&now, 0, sizeof now);
    sig_context *context = own->context;
    for (int i = 0; i < SIGNALS && drop; i++)
        ASSERT_EQ(sig_context_restore(context, SIGNUMS[i]), 0);
    do {
        while (sig_context_check(context) != 0) {
        }
        ASSERT_EQ(sig_context_stats(context, &now, sizeof now), 0);
        /* An arrival that is on its way still may come. */
    } while (now.arrivals
             != now.handled + now.coalesced + now.lost + now.dropped);
    ASSERT_EQ(own->counted, now.handled + now.coalesced + now.lost);
    atomic_fetch_add(&arrivals, now.arrivals);
    atomic_fetch_add(&handled, now.handled);
    atomic_fetch_add(&coalesced, now.coalesced);
    atomic_fetch_add(&lost, now.lost);
    atomic_fetch_add(&dropped, now.dropped);
    ASSERT_EQ(sig_context_free(context), 0);
    ASSERT_EQ(sig_context_check(context), -ESTALE);
    ASSERT_EQ(sig_context_interrupt(context, 1), -ESTALE);
}

static void *work(void *arg)
{
    struct part *part = arg;
    struct own *own = calloc((size_t)part->contexts, sizeof *own);
    ASSERT_NE(own, NULL);
    for (int i = 0; i < part->contexts; i++)
        begin(&own[i], part->random + (unsigned)i);
    while (!atomic_load(&over)) {
        part->random = part->random * 1103515245 + 12345;
        struct own *one = &own[(part->random >> 8) % (unsigned)part->contexts];
        sig_context_check(one->context);
        if (part->random >> 8 & 1)
            pthread_kill(pthread_self(), SIGNUMS[part->random >> 9 & 3]);
        if ((part->random >> 16) % 8 == 0) {
            end(one, true);
            begin(one, part->random >> 4);
        }
    }
    for (int i = 0; i < part->contexts; i++)
        end(&own[i], false);
    free(own);
    return NULL;
}

/* The more contexts a signal is for, the longer it takes to arrive. */
static pid_t start_sender(int which, int contexts)
{
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        struct timespec pause = {0, 20000 + 1000 * contexts};
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) /* it takes that much longer to arrive */
#define SLOWER 20
#endif
#endif
#ifndef SLOWER
#define SLOWER slower()
#endif
        pause.tv_nsec *= SLOWER;
        for (int i = which; getppid() == parent; i++) {
            kill(parent, SIGNUMS[i % SIGNALS]);
            nanosleep(&pause, NULL);
        }
        _exit(0);
    }
    return pid;
}

static void count(int signum)
{
    (void)signum;
    raw++;
}

/* One that stays while others come and go, and sees every SIGHUP. */
static void begin_staying(struct own *own)
{
    own->counted = 0;
    own->context = sig_context_new();
    atomic_store(&raw, 0);
    ASSERT_EQ(sig_context_install(own->context, SIGHUP, handler, own,
                                  SAFEPOINT_CHAIN), 0);
}

static void end_staying(struct own *own)
{
    unsigned long delivered = atomic_load(&raw);
    sig_counters now;
    memset(&now, 0, sizeof now);
    while (sig_context_check(own->context) != 0) {
    }
    ASSERT_EQ(sig_context_stats(own->context, &now, sizeof now), 0);
    ASSERT_GT(delivered, 0);
    ASSERT_EQ(now.arrivals, delivered);
    ASSERT_EQ(own->counted, delivered);
    ASSERT_EQ(sig_context_free(own->context), 0);
}

static void storm(int contexts, int threads, uint64_t ms)
{
    struct part parts[64];
    struct own staying;
    pid_t senders[SENDERS];
    atomic_store(&over, false);
    atomic_store(&arrivals, 0);
    atomic_store(&handled, 0);
    atomic_store(&coalesced, 0);
    atomic_store(&lost, 0);
    atomic_store(&dropped, 0);
    atomic_store(&made, 0);
    begin_staying(&staying);
    for (int i = 0; i < SENDERS; i++)
        senders[i] = start_sender(i, contexts);
    for (int i = 0; i < threads; i++) {
        parts[i].contexts = (contexts + i) / threads; /* all of them */
        parts[i].random = (unsigned)i * 7919;
        ASSERT_EQ(pthread_create(&parts[i].thread, NULL, work, &parts[i]), 0);
    }
    uint64_t until = now_ns() + ms * 1000000;
    while (now_ns() < until || atomic_load(&made) < (unsigned)contexts + 1
           || atomic_load(&raw) == 0) /* a slow machine */
        usleep(1000);
    atomic_store(&over, true);
    /* Nothing more comes from outside: what is pending can be handled. */
    for (int i = 0; i < SENDERS; i++) {
        kill(senders[i], SIGKILL);
        wait_for(senders[i]);
    }
    for (int i = 0; i < threads; i++)
        ASSERT_EQ(pthread_join(parts[i].thread, NULL), 0);
    ASSERT_EQ(arrivals, handled + coalesced + lost + dropped);
    end_staying(&staying);
    printf("%4d contexts on %2d threads, %llu made: %llu arrivals = %llu "
           "handled + %llu coalesced + %llu lost + %llu dropped\n",
           contexts, threads, made, arrivals, handled, coalesced, lost,
           dropped);
    fflush(stdout);
}

int main(void)
{
    bool slow = on_valgrind() || scaled(50) < 2;
    int most = slow ? 256 : 4095; /* and the one that stays */
    watchdog(280);
    for (int i = 0; i < SIGNALS; i++)
        signal(SIGNUMS[i], SIG_IGN);
    signal(SIGHUP, count);
    storm(1, 1, (uint64_t)scaled(500));
    storm(64, 1, (uint64_t)scaled(500));
    storm(64, 64, (uint64_t)scaled(1000));
    storm(most, 1, (uint64_t)scaled(500));
    storm(most, 2, (uint64_t)scaled(2000));
    storm(most, 64, (uint64_t)scaled(2000));
    return 0;
}
