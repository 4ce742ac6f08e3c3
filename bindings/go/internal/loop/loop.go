// SPDX-License-Identifier: MIT OR Apache-2.0

// Package loop is C code that runs long, for the tests: _test.go files cannot
// have cgo.
package loop

// #cgo pkg-config: safepoint
// #include <safepoint.h>
// #include <errno.h>
// #include <time.h>
//
// /* Until a safe point says that it is to end, or `most` rounds. */
// static int spin(uintptr_t context, uint64_t most)
// {
//     int raised = 0;
//     for (uint64_t n = 0; n < most && raised == 0; n++)
//         raised = sig_context_check((sig_context *)context);
//     return raised;
// }
//
// /* The same of the main context. */
// static int spin_main(uint64_t most)
// {
//     int raised = 0;
//     for (uint64_t n = 0; n < most && raised == 0; n++)
//         raised = sig_check();
//     return raised;
// }
//
// /* A wait, as a library in C has it that knows nothing of Go. */
// static int sleep_main(void)
// {
//     return sig_sleep(SAFEPOINT_FOREVER);
// }
//
// static int ran, raises;
//
// static int call(void *arg)
// {
//     ran += *(int *)arg;
//     return raises;
// }
//
// static int has_run(void)
// {
//     return ran;
// }
//
// /* Queue a call that adds 1 to `ran`, and raises this. */
// static int queue(uintptr_t context, int value)
// {
//     static int one = 1;
//     raises = value;
//     return sig_context_add_pending_call((sig_context *)context, call, &one);
// }
//
// /* Sleep so many seconds, once: 0, or the errno. */
// static int nap(int seconds)
// {
//     struct timespec time = {seconds, 0};
//     return nanosleep(&time, NULL) == 0 ? 0 : errno;
// }
import "C"

// Spin asks sig_context_check, most times at most: what that raised.
func Spin(context uintptr, most uint64) int {
	return int(C.spin(C.uintptr_t(context), C.uint64_t(most)))
}

// SpinMain asks sig_check, most times at most: what that raised.
func SpinMain(most uint64) int { return int(C.spin_main(C.uint64_t(most))) }

// SleepMain is sig_sleep, for ever.
func SleepMain() int { return int(C.sleep_main()) }

// Queue queues a call of a C function, which then raises this value, or 0: 0.
func Queue(context uintptr, value int) int {
	return int(C.queue(C.uintptr_t(context), C.int(value)))
}

// Ran is how many of them have run.
func Ran() int { return int(C.has_run()) }

// Nap is one nanosleep: 0, or the errno.
func Nap(seconds int) int { return int(C.nap(C.int(seconds))) }
