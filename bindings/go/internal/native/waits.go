// SPDX-License-Identifier: MIT OR Apache-2.0

package native

// #include "native.h"
import "C"

import "unsafe"

// Each wait ends with -EINTR when something has come: one event then is
// recorded, or more.

// Sleep is sig_context_sleep().
func (x *Context) Sleep(ns uint64) int { return int(C.wait_sleep(x.c, x.r, C.uint64_t(ns))) }

// Pause is sig_context_pause().
func (x *Context) Pause() int { return int(C.wait_pause(x.c, x.r)) }

// WaitSignal is sig_context_wait().
func (x *Context) WaitSignal(set, ns uint64) (Event, int) {
	return x.given(C.int(C.wait_signal(x.c, x.r, C.uint64_t(set), C.uint64_t(ns))))
}

// TakeRecorded takes one of these signals, if C has taken it out: 1.
func (x *Context) TakeRecorded(set uint64) (Event, int) {
	return x.given(C.record_take(x.r, C.uint64_t(set)))
}

// Mask is sig_context_mask().
func (x *Context) Mask(how int, set uint64) (old uint64, result int) {
	var o C.uint64_t
	r := C.wait_mask(x.c, x.r, cint(how), C.uint64_t(set), &o)
	return uint64(o), int(r)
}

// Ppoll is sig_context_ppoll(), of count struct pollfd.
func (x *Context) Ppoll(fds unsafe.Pointer, count int, ns uint64) int {
	return int(C.wait_ppoll(x.c, x.r, fds, C.size_t(count), C.uint64_t(ns)))
}

// LatchWait is sig_context_latch_wait().
func (x *Context) LatchWait(word *uint32, ns uint64) int {
	return int(C.wait_latch(x.c, x.r, unsafe.Pointer(word), C.uint64_t(ns)))
}

// SyscallAt is sig_context_syscall() of a call of a descriptor or a process
// whose second argument is memory.
func (x *Context) SyscallAt(number, a int, p unsafe.Pointer, b int) int {
	return int(C.wait_syscall_at(x.c, x.r, C.long(number), C.long(cint(a)), p, C.long(b)))
}

// Syscall is sig_context_syscall().
func (x *Context) Syscall(number int, a [6]uintptr) int {
	var c [6]C.uintptr_t
	for i := range a {
		c[i] = C.uintptr_t(a[i])
	}
	return int(C.wait_syscall(x.c, x.r, C.long(number), &c[0]))
}
