// SPDX-License-Identifier: MIT OR Apache-2.0

package native

// #include "native.h"
// #include <stdlib.h>
import "C"

import (
	"math"
	"strings"
	"syscall"
	"unsafe"
)

// Install has safe points take this signal.
func (x *Context) Install(signum int, flags uint32) int {
	return int(C.take_handler(x.c, x.r, cint(signum), C.uint32_t(flags)))
}

// Ignore is sig_context_ignore().
func (x *Context) Ignore(signum int) int {
	return x.dropped(signum, C.sig_context_ignore(x.c, cint(signum)))
}

// Default is sig_context_default().
func (x *Context) Default(signum int) int {
	return x.dropped(signum, C.sig_context_default(x.c, cint(signum)))
}

// Restore is sig_context_restore().
func (x *Context) Restore(signum int) int {
	return x.dropped(signum, C.sig_context_restore(x.c, cint(signum)))
}

// What is pending of a signal is dropped with its handler, here as well.
func (x *Context) dropped(signum int, result C.int) int {
	if result >= 0 {
		C.record_drop(x.r, C.int(signum))
	}
	return int(result)
}

// Query is sig_context_query().
func (x *Context) Query(signum int) (kind, flags uint32, handled, overwritten bool, result int) {
	var d C.sig_disposition
	r := C.sig_context_query(x.c, cint(signum), &d, C.sizeof_sig_disposition)
	return uint32(d.kind), uint32(d.flags), d.handler != nil, d.overwritten != 0, int(r)
}

// Verify is sig_context_verify().
func (x *Context) Verify(signum int) int {
	return int(C.sig_context_verify(x.c, cint(signum)))
}

// SetEscalation is sig_context_set_escalation().
func (x *Context) SetEscalation(signum int, deliveries uint32, ns uint64) int {
	return int(C.sig_context_set_escalation(
		x.c, cint(signum), C.uint32_t(deliveries), C.uint64_t(ns)))
}

// SetRestart is sig_context_set_restart().
func (x *Context) SetRestart(signum int, on bool) int {
	var n C.int
	if on {
		n = 1
	}
	return int(C.sig_context_set_restart(x.c, cint(signum), n))
}

// SetKick is sig_set_kick(), also where nobody is the owner.
func SetKick(signum int) int { return int(C.choose_kick(cint(signum))) }

// Pending is sig_context_pending(), and what C has taken out.
func (x *Context) Pending() (set uint64, result int) {
	var s C.uint64_t
	r := C.sig_context_pending(x.c, &s)
	if r == 0 && x.IsOwner() {
		s |= C.record_set(x.r)
	}
	return uint64(s), int(r)
}

// Raise is sig_raise().
func Raise(signum int) int { return int(C.sig_raise(cint(signum))) }

// Kill is sig_kill().
func Kill(pid, signum int) int { return int(C.sig_kill(cint(pid), cint(signum))) }

// QueueValue is sig_queue().
func QueueValue(pid, signum, value int) int {
	return int(C.sig_queue(cint(pid), cint(signum), C.intptr_t(value)))
}

// PidfdSend is sig_pidfd_send().
func PidfdSend(fd, signum int) int { return int(C.sig_pidfd_send(cint(fd), cint(signum))) }

// Alarm is sig_alarm(), of 2^32 - 1 seconds at most.
func Alarm(seconds uint) uint {
	return uint(C.sig_alarm(C.uint(min(uint64(seconds), math.MaxUint32))))
}

// SetItimer is sig_setitimer(); what it was.
func SetItimer(which int, value, interval uint64) (oldValue, oldInterval uint64, result int) {
	to := C.sig_itimer{size: C.sizeof_sig_itimer,
		value: C.uint64_t(value), interval: C.uint64_t(interval)}
	was := C.sig_itimer{size: C.sizeof_sig_itimer}
	r := C.sig_setitimer(cint(which), &to, &was)
	return uint64(was.value), uint64(was.interval), int(r)
}

// Itimer is sig_getitimer().
func Itimer(which int) (value, interval uint64, result int) {
	is := C.sig_itimer{size: C.sizeof_sig_itimer}
	r := C.sig_getitimer(cint(which), &is)
	return uint64(is.value), uint64(is.interval), int(r)
}

// Name is sig_name(), or "".
func Name(signum int) string { return C.GoString(C.sig_name(cint(signum))) }

// Describe is sig_describe(), or "".
func Describe(signum int) string { return C.GoString(C.sig_describe(cint(signum))) }

// Number is sig_number().
func Number(name string) int {
	if strings.IndexByte(name, 0) >= 0 {
		return -int(syscall.EINVAL)
	}
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	return int(C.sig_number(s))
}

// Valid is sig_valid().
func Valid() uint64 { return uint64(C.sig_valid()) }

// Version is sig_version_string().
func Version() string { return C.GoString(C.sig_version_string()) }

// Strerror is sig_strerror().
func Strerror(errno int) string { return C.GoString(C.sig_strerror(C.int(errno))) }

// LatchSet is sig_latch_set().
func LatchSet(word *uint32) int {
	return int(C.sig_latch_set((*C.sig_latch)(unsafe.Pointer(word))))
}

// LatchIsSet is sig_latch_is_set().
func LatchIsSet(word *uint32) bool {
	return C.sig_latch_is_set((*C.sig_latch)(unsafe.Pointer(word))) == 1
}

// LatchWait is sig_latch_wait(), while nothing is handled.
func LatchWait(word *uint32, ns uint64) int {
	return int(C.wait_latch_held((*C.sig_latch)(unsafe.Pointer(word)), C.uint64_t(ns)))
}
