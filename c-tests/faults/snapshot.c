/* What can be seen of the library and of the process, as text. */
#include "faults.h"

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/time.h>

/* As the kernel has it. */
struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

__attribute__((format(printf, 2, 3)))
static void put(struct snapshot *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(to->text + to->size, SNAPSHOT - to->size, format,
                         arguments);
    va_end(arguments);
    to->size += (size_t)size;
    ASSERT_LT(to->size, SNAPSHOT);
}

static void put_signals(struct snapshot *to)
{
    for (int signum = 1; signum <= SIGNALS; signum++) {
        struct kernel_action action = {0};
        sig_disposition ours = {0};
        if (signum > SIGSYS && signum < SIGRTMIN)
            continue; /* the C library's own */
        MUST(syscall(SYS_rt_sigaction, signum, NULL, &action, 8));
        int known = sig_query(signum, &ours, sizeof ours);
        put(to, "signal-%d: %p flags %lx mask %llx; %d kind %u %p(%p) flags %x"
            " overwritten %u, stands %d\n", signum, action.handler,
            action.flags, (unsigned long long)action.mask, known, ours.kind,
            (void *)ours.handler, ours.user, ours.flags, ours.overwritten,
            sig_verify(signum));
    }
}

static void put_library(struct snapshot *to)
{
    sig_counters now;
    uint64_t pending = 0;
    memset(&now, 0, sizeof now);
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    sig_pending(&pending);
    put(to, "breaker %u, owner %d\nmask: pending %llx\n", *sig_breaker(),
        sig_is_owner(), (unsigned long long)pending);
    put(to, "counters: %lu arrivals, %lu handled, %lu coalesced, %lu lost,"
        " %lu dropped\n", now.arrivals, now.handled, now.coalesced, now.lost,
        now.dropped);
    put(to, "calls: %lu run, %lu refused, %lu dropped\n", now.calls_run,
        now.calls_refused, now.calls_dropped);
    put(to, "wakeups: %lu failed\nforwards: %lu\n", now.wakeups_failed,
        now.forwards);
}

static int by_number(const void *left, const void *right)
{
    return *(const int *)left - *(const int *)right;
}

/* The numbers in a folder of /proc/self, but for that of the folder itself:
 * how many. */
static int list(const char *path, int *numbers, int room)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;
    ASSERT_TRUE(folder);
    while ((entry = readdir(folder)) && count < room) {
        int number = atoi(entry->d_name);
        if (isdigit((unsigned char)*entry->d_name) && number != dirfd(folder))
            numbers[count++] = number;
    }
    closedir(folder);
    qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    return count;
}

/* Pipes and sockets without their inodes, which differ between processes. */
static void put_descriptors(struct snapshot *to)
{
    int fds[256], count = list("/proc/self/fd", fds, 256);
    for (int i = 0; i < count; i++) {
        char path[64], what[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fds[i]);
        ssize_t size = readlink(path, what, sizeof what - 1);
        what[size < 0 ? 0 : size] = 0;
        if (strncmp(what, "/tmp/", 5) == 0)
            what[5] = 0;
        what[strncmp(what, "anon", 4) == 0 ? sizeof what - 1
                                           : strcspn(what, "[")] = 0;
        put(to, "fd %d: %s, flags %x\n", fds[i], what,
            (unsigned)fcntl(fds[i], F_GETFD));
    }
}

static void put_file(struct snapshot *to, const char *name, const char *path)
{
    char line[512];
    int lines = 0;
    FILE *file = fopen(path, "re");
    ASSERT_TRUE(file);
    while (fgets(line, sizeof line, file)) {
        lines++;
        if (strncmp(line, "signal: ", 8) == 0)
            put(to, "%s %s", name, line);
    }
    fclose(file);
    put(to, "%s: %d\n", name, lines);
}

/* Without those that are on their way out: one that was joined may be. */
int living_threads(void)
{
    int threads[64], living = 0, count = list("/proc/self/task", threads, 64);
    for (int i = 0; i < count; i++) {
        char path[64];
        unsigned flags = 0;
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", threads[i]);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %u", &flags) == 1)
            living += !(flags & 4); /* PF_EXITING */
        fclose(file);
    }
    return living;
}

static void put_process(struct snapshot *to)
{
    static const int timers[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    uint64_t mask = 0, pending = 0;
    MUST(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8));
    MUST(syscall(SYS_rt_sigpending, &pending, 8));
    put(to, "mask: %llx, sent: %llx\n", (unsigned long long)mask,
        (unsigned long long)pending);
    put(to, "threads: %d\n", living_threads());
    for (int i = 0; i < 3; i++) {
        struct itimerval timer;
        MUST(getitimer(timers[i], &timer));
        bool runs = timer.it_value.tv_sec || timer.it_value.tv_usec;
        put(to, "itimer %d: %d\n", i, runs);
    }
    put_file(to, "timers", "/proc/self/timers");
    put_file(to, "maps", "/proc/self/maps");
}

void take_snapshot(struct snapshot *snapshot)
{
    int error = errno;
    snapshot->size = 0;
    put_descriptors(snapshot); /* before anything is opened to look */
    put_signals(snapshot);
    put_library(snapshot);
    put_process(snapshot);
    errno = error;
}

/* Whether the line begins with one of the words. */
static bool may(const char *line, const char *words)
{
    while (words && *words) {
        size_t size = strcspn(words, " ");
        if (strncmp(line, words, size) == 0)
            return true;
        words += size + (words[size] == ' ');
    }
    return false;
}

/* The line at `from` is not in `other`. */
static bool is_missing(const char *from, const char *other)
{
    size_t size = strcspn(from, "\n");
    while (*other) {
        if (strcspn(other, "\n") == size && memcmp(from, other, size) == 0)
            return false;
        other += strcspn(other, "\n");
        other += *other == '\n';
    }
    return true;
}

static bool lines_in(const char *what, const char *left, const char *right,
                     const char *may_differ, const char *varies)
{
    bool all = true;
    for (; *left; left += strcspn(left, "\n") + 1) {
        if (!may(left, may_differ) && !may(left, varies) &&
            is_missing(left, right)) {
            fprintf(stderr, "    %s: %.*s\n", what, (int)strcspn(left, "\n"), left);
            all = false;
        }
    }
    return all;
}

bool same(const struct snapshot *before, const struct snapshot *after,
          const char *may_differ, const char *varies)
{
    if (before->size == after->size &&
        memcmp(before->text, after->text, before->size) == 0)
        return true;
    const char *was = before->text, *is = after->text;
    bool all = lines_in("expected", was, is, may_differ, varies);
    return lines_in("is now", is, was, may_differ, varies) && all;
}
