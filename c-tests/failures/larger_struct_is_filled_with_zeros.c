/* A program that was built against a later header passes larger structs: what
 * the library does not know of them is filled with zeros, or has to be zero,
 * and nothing behind them is touched. 4,096 bytes are the most. */
#include "parts/failures.h"

enum { MOST = 4096, AROUND = 64, PATTERN = 0xA5 };
static _Alignas(64) unsigned char bytes[MOST + AROUND];
static long seen[65], jobs;

static int query(void *out, size_t size)
{
    return sig_query(SIGUSR1, out, size);
}
static int next(void *out, size_t size)
{
    MUST(raise(SIGUSR1));
    return sig_next(out, size) - 1;
}
static int stats(void *out, size_t size)
{
    return sig_stats(out, size);
}

static void assert_all(size_t from, size_t to, int byte)
{
    for (size_t i = from; i < to; i++)
        ASSERT_EQ(bytes[i], byte);
}

static void fill(int (*function)(void *, size_t), size_t known, bool has_size)
{
    const size_t sizes[] = {known, known + 1, known + 63, 2048, MOST - 1, MOST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t says;
        memset(bytes, PATTERN, sizeof bytes);
        ASSERT_EQ(function(bytes, sizes[i]), 0);
        memcpy(&says, bytes, sizeof says);
        if (has_size) /* what the library knows, not what it was passed */
            ASSERT_EQ(says, known);
        assert_all(known, sizes[i], 0);
        assert_all(sizes[i], sizeof bytes, PATTERN);
    }
}

int main(void)
{
    watchdog(240);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    fill(query, sizeof(sig_disposition), true);
    fill(next, sizeof(sig_event), true);
    fill(stats, sizeof(sig_counters), false);

    const size_t known = sizeof(sig_job);
    for (size_t size = known; size <= MOST; size += size < 256 ? 1 : 480) {
        sig_job job = SAFEPOINT_JOB(count_call, &jobs);
        job.size = (uint32_t)size;
        memset(bytes, PATTERN, sizeof bytes);
        memset(bytes, 0, size);
        memcpy(bytes, &job, sizeof job);
        long before = jobs;
        ASSERT_EQ(sig_post((sig_job *)bytes), 0);
        ASSERT_EQ(sig_post((sig_job *)bytes), 1);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(jobs, before + 1);
        assert_all(known, size, 0);
        assert_all(size, sizeof bytes, PATTERN);
        if (size > known) {
            bytes[size - 1] = 1;
            ASSERT_EQ(sig_post((sig_job *)bytes), -E2BIG);
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(jobs, before + 1);
        }
    }
    return 0;
}
