/* safepoint: signals that are recorded when they arrive, and handled later,
 * by the thread that owns them, at a point where it is safe.
 *
 * Generated from src/ by the test tests/header.rs: do not edit.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 *     #include <safepoint.h>
 *     #include <signal.h>
 *     #include <stdio.h>
 *
 *     static int stop(const sig_event *event, void *user)
 *     {
 *         (void)user;
 *         printf("%s, %d times\n", sig_name(event->signum), (int)event->count);
 *         return 1;                        // ends the check below with 1
 *     }
 *
 *     int main(void)
 *     {
 *         sig_install(SIGINT, stop, NULL, 0);
 *         for (unsigned long n = 0; sig_check() == 0; n++)
 *             if (n % 100000000 == 0)
 *                 puts("working: press Ctrl-C");
 *     }
 *
 *     cc program.c $(pkg-config --cflags --libs safepoint)
 *
 * Words
 *
 * arrival      The operating system runs our low-level handler. It records
 *              and returns; it never runs a user's handler.
 * safe point   A call of sig_check(), or sig_next(), by the owner; and each
 *              of its waits, where something has come (section 8).
 * context      An owner, its handlers, and what is pending for it. There is a
 *              main one, which most functions are about; an embedder can make
 *              more (section 12).
 * owner        The one thread that runs a context's handlers.
 * breaker      A 32-bit word that is non-zero while anything is pending.
 * raise        A handler returns non-zero. The check stops there and returns
 *              that number; what had not run yet stays pending.
 *
 * Rules
 *
 * - A result >= 0 is success, a negative one is a negative errno value, and
 *   sig_strerror() says in a sentence what it means. Exceptions: sig_check()
 *   and sig_raised(), and their twins of section 12, return 0 or the number
 *   that a handler raised, sig_alarm() seconds, and sig_context_new() a
 *   context. errno is left as it was.
 * - An out-parameter is written only on success. NULL where a pointer is
 *   required is -EINVAL, or for what the kernel reads, -EFAULT. A call that
 *   fails has changed nothing, but where it says so of EINTR.
 * - Structs carry their size: pass sizeof, or set the first field. One that
 *   is smaller than it ever was is -EINVAL; of one that is larger, what the
 *   library does not know is filled with zeros, or has to be zero: -E2BIG.
 * - A set of signals is a uint64_t: bit signum - 1. A time is a uint64_t:
 *   nanoseconds of CLOCK_MONOTONIC.
 * - Each function's comment ends with three facts: the thread that may call
 *   it, whether it may be called in a signal handler, its errors. "owner
 *   (any)" means something on the owner alone, and does no harm elsewhere.
 * - An error that is not named there is the system's own, of a call that the
 *   function had to make. EINTR, EAGAIN, EBUSY and EPERM come only where they
 *   are named, and where none is, there is none.
 * - On Windows what there is nothing like is -ENOTSUP: it is said at each
 *   function. Ctrl-C, Ctrl-Break and a closed console arrive on a thread of the
 *   system's, and so does what is said of signal handlers here. ESTALE is
 *   WSAESTALE, 10070, there. Fibers: an owner waits on one of them only.
 * - macOS and FreeBSD: what differs is said at each function. Nothing of it has
 *   run there.
 * - SAFEPOINT_NO_INLINE, defined before this header is included, leaves
 *   declarations only: for cffi, translators and other compilers.
 */

#ifndef SAFEPOINT_H
#define SAFEPOINT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the C library's headers, for those who include them. */
struct epoll_event;
struct flock;
struct iovec;
struct msghdr;
struct pollfd;
struct rusage;
struct sembuf;
struct sockaddr;
struct timespec;
struct timeval;

/** A time that never comes. */
#define SAFEPOINT_FOREVER UINT64_MAX
