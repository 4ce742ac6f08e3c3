/* Count the words of a stream, line by line, and answer signals meanwhile.
 *
 *     cc -o worker worker.c $(pkg-config --cflags --libs safepoint)
 *     ./worker CONFIGURATION [FILE]
 *
 * SIGUSR1                   print progress
 * SIGHUP                    read the configuration again
 * SIGRTMIN+1, SIGRTMIN+2    print the value that sigqueue() sent along
 * SIGINT, SIGTERM           finish the line, clean up, report what arrived,
 *                           and die by that signal; a second one kills
 *
 * Handlers are ordinary code here: they print, open files and allocate. They
 * may, because they run between two lines: at a check, or in a wait.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <safepoint.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct worker {
    const char *config;
    char name[64];    /* configured: what to call the work */
    unsigned cleanup; /* configured: seconds that cleaning up takes */
    int input;
    char data[65536];
    size_t at, end;
    unsigned long long lines, words;
    struct arrived {
        sig_event event;
        uint64_t waited;
    } *arrived;
    size_t arrivals;
};

static bool read_config(struct worker *w)
{
    FILE *file = fopen(w->config, "r");
    char line[128];
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "name %63[^\n]", w->name);
        sscanf(line, "cleanup %u", &w->cleanup);
    }
    return file && fclose(file) == 0;
}

/* Keep what arrived, and how long it waited for its safe point. */
static void keep(struct worker *w, const sig_event *event)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    size_t size = (w->arrivals + 1) * sizeof *w->arrived;
    struct arrived *arrived = realloc(w->arrived, size);
    if (!arrived)
        return;
    w->arrived = arrived;
    arrived[w->arrivals].event = *event;
    arrived[w->arrivals++].waited =
        (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - event->time;
}

static int progress(const sig_event *event, void *user)
{
    struct worker *w = user;
    keep(w, event);
    printf("%s: %llu lines, %llu words so far\n", w->name, w->lines, w->words);
    return 0;
}

static int reload(const sig_event *event, void *user)
{
    struct worker *w = user;
    keep(w, event);
    if (read_config(w))
        printf("configuration read: %s\n", w->name);
    else
        perror(w->config);
    return 0;
}

static int value(const sig_event *event, void *user)
{
    keep(user, event);
    printf("%s brought %ld\n", sig_name(event->signum), (long)event->value);
    return 0;
}

static int stop(const sig_event *event, void *user)
{
    keep(user, event);
    return event->signum; /* sig_check() returns it */
}

/* The safe point, which waits for input if there is none: what a handler
 * returned. A signal that comes in the instant before it waits ends it, too. */
static int check_and_wait(struct worker *w)
{
    struct pollfd input = {w->input, POLLIN, 0};
    if (w->at < w->end)
        return sig_check();
    return sig_poll(&input, 1, -1) == -EINTR ? sig_raised() : 0;
}

/* One line, to its end: false at the end of the input. A line that comes in
 * pieces is waited for in here, where no handler runs. */
static bool count_line(struct worker *w)
{
    for (bool in_word = false;;) {
        if (w->at == w->end) {
            ssize_t n = read(w->input, w->data, sizeof w->data);
            if (n <= 0)
                return false;
            w->at = 0;
            w->end = (size_t)n;
        }
        unsigned char c = (unsigned char)w->data[w->at++];
        w->words += !isspace(c) && !in_word;
        in_word = !isspace(c);
        if (c == '\n') {
            w->lines++;
            return true;
        }
    }
}

static void report(const struct worker *w)
{
    printf("arrived     deliveries  from pid    uid    waited, us\n");
    for (size_t i = 0; i < w->arrivals; i++) {
        const sig_event *event = &w->arrived[i].event;
        printf("%-12s %9llu %9d %6u %13.1f\n", sig_name(event->signum),
               (unsigned long long)event->count, event->pid, event->uid,
               (double)w->arrived[i].waited / 1000);
    }
    sig_counters n = {0};
    sig_stats(&n, sizeof n);
    printf("in all: %llu deliveries, %llu handled, %llu coalesced, %llu lost\n",
           (unsigned long long)n.arrivals, (unsigned long long)n.handled,
           (unsigned long long)n.coalesced, (unsigned long long)n.lost);
    for (int i = 0; i < SAFEPOINT_LATENCY_BUCKETS; i++)
        if (n.latency[i])
            printf("waited up to %.1f us: %llu\n", (double)(2ull << i) / 1000,
                   (unsigned long long)n.latency[i]);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *signal;
        sig_handler handler;
        uint32_t flags;
    } handlers[6] = {
        {"HUP", reload, 0},    {"USR1", progress, 0},
        {"RTMIN+1", value, 0}, {"RTMIN+2", value, 0},
        {"INT", stop, SAFEPOINT_ONESHOT | SAFEPOINT_KEEP_IGNORED},
        {"TERM", stop, SAFEPOINT_ONESHOT},
    };
    static struct worker w = {.name = "worker"};
    int stopped_by, error = 0;
    bool more = true;

    w.config = argc > 1 ? argv[1] : "";
    w.input = argc > 2 ? open(argv[2], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (w.input < 0 || !read_config(&w)) {
        fprintf(stderr, "usage: %s CONFIGURATION [FILE]\n", argv[0]);
        return 2;
    }
    /* RESTART: stdio does not repeat a write that a signal has cut short, and
     * sig_poll() ends all the same. */
    for (size_t i = 0; i < 6 && error >= 0; i++)
        error = sig_install(sig_number(handlers[i].signal), handlers[i].handler,
                            &w, handlers[i].flags | SAFEPOINT_RESTART);
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", argv[0], sig_strerror(error));
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("worker %d: %s\n", (int)getpid(), w.name);
    while ((stopped_by = more ? check_and_wait(&w) : sig_check()) == 0 && more)
        more = count_line(&w);

    printf("%s after line %llu, cleaning up\n",
           stopped_by ? sig_name(stopped_by) : "finished", w.lines);
    for (unsigned left = w.cleanup; left;) /* stands for what there is to do */
        left = sleep(left);
    for (int raised; (raised = sig_check()) != 0;) /* what is left, or new */
        stopped_by = stopped_by ? stopped_by : raised;
    printf("%s: %llu lines, %llu words\n", w.name, w.lines, w.words);
    report(&w);
    if (stopped_by) {
        sig_default(stopped_by); /* die by it, and our parent sees by what */
        raise(stopped_by);
    }
    return 0;
}
