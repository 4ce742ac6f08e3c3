/* A program that runs, line by line, on Windows or on Linux. */
#ifndef RUNNING_H
#define RUNNING_H

#ifdef _WIN32
#include "worker_on_windows.h"
#else
#include "worker_on_linux.h"
#endif

static struct running run;
static char line[256];

/* The next line that it prints: false at its end. */
static inline bool next_line(void)
{
    size_t size = 0;
    char byte;
    while (read_byte(&run, &byte) && byte != '\n') {
        ASSERT_LT(size, sizeof line - 1);
        if (byte != '\r')
            line[size++] = byte;
    }
    line[size] = 0;
    return size > 0;
}

static inline void expect_line(void)
{
    ASSERT_TRUE(next_line());
    puts(line);
}

static inline void begin(const char *arguments)
{
    printf("worker %s\n", arguments);
    start(&run, arguments);
    expect_line(); /* "ready", as a rule */
}

/* All that is left to print, and how it ends. */
static inline void end(void)
{
    while (next_line())
        puts(line);
    ended_how(&run, line, sizeof line);
    puts(line);
    fflush(stdout);
}

#endif /* RUNNING_H */
