// SPDX-License-Identifier: MIT OR Apache-2.0

// Package realtime is the C of safepoint/realtime.
package realtime

// #include <signal.h>
//
// /* Before the Go runtime starts, which gives each thread the mask that it finds. */
// __attribute__((constructor)) static void block(void)
// {
//     sigset_t set;
//     sigemptyset(&set);
//     for (int signum = SIGRTMIN + 1; signum <= SIGRTMAX; signum++)
//         sigaddset(&set, signum);
//     sigprocmask(SIG_BLOCK, &set, NULL);
// }
import "C"
