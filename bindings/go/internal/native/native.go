// SPDX-License-Identifier: MIT OR Apache-2.0

// Package native is the C library, in Go's types. A result below 0 is a negative
// errno value.
package native

// #cgo pkg-config: safepoint
// #cgo CFLAGS: -std=gnu11 -Wall -Wextra
// #include "native.h"
// #include <stdlib.h>
// #include <time.h>
import "C"

import (
	"math"
	"unsafe"
)

// What the header calls SAFEPOINT_...
const (
	Forever             = C.SAFEPOINT_FOREVER
	InterpreterDefaults = C.SAFEPOINT_INTERPRETER_DEFAULTS
	Interrupted         = C.SAFEPOINT_INTERRUPTED

	EventSignal    = C.SAFEPOINT_EVENT_SIGNAL
	EventCall      = C.SAFEPOINT_EVENT_CALL
	EventTimer     = C.SAFEPOINT_EVENT_TIMER
	EventInterrupt = C.SAFEPOINT_EVENT_INTERRUPT

	Restart     = C.SAFEPOINT_RESTART
	Chain       = C.SAFEPOINT_CHAIN
	Oneshot     = C.SAFEPOINT_ONESHOT
	Queue       = C.SAFEPOINT_QUEUE
	IfDefault   = C.SAFEPOINT_IF_DEFAULT
	KeepIgnored = C.SAFEPOINT_KEEP_IGNORED

	KindDefault = C.SAFEPOINT_KIND_DEFAULT
	KindIgnored = C.SAFEPOINT_KIND_IGNORED
	KindHandler = C.SAFEPOINT_KIND_HANDLER
	KindForeign = C.SAFEPOINT_KIND_FOREIGN

	WakeCalls      = C.SAFEPOINT_WAKE_CALLS
	LatencyBuckets = C.SAFEPOINT_LATENCY_BUCKETS
)

// Event is a sig_event. Call is the number that a call or a timer was added with;
// 0 where it is the C function Fn, with Arg: see [CallInC].
type Event struct {
	Kind         uint32
	Signum, Code int
	PID          int
	UID          uint32
	Status       int
	Value        int
	Call         uint64
	Fn, Arg      uintptr
	Count, Lost  uint64
	Time         uint64
}

// What e points to is C's memory: arg may look like a Go pointer.
func eventOf(e *C.sig_event) Event {
	event := Event{
		Kind:   uint32(e.kind),
		Signum: int(e.signum),
		Code:   int(e.code),
		PID:    int(e.pid),
		UID:    uint32(e.uid),
		Status: int(e.status),
		Value:  int(e.value),
		Count:  uint64(e.count),
		Lost:   uint64(e.lost),
		Time:   uint64(e.time),
	}
	if e.fn != nil {
		event.Call = uint64(C.call_number(e))
		event.Fn, event.Arg = uintptr(unsafe.Pointer(e.fn)), uintptr(e.arg)
	}
	return event
}

// CallInC calls a C function of an event's, and is what that returns.
func CallInC(fn, arg uintptr) int { return int(C.call_in_c(C.uintptr_t(fn), C.uintptr_t(arg))) }

// cint is a number for C, which has 32 bits for it: where those are too few, one
// that no signal, process or descriptor has.
func cint(n int) C.int {
	if int(C.int(n)) != n {
		return math.MinInt32
	}
	return C.int(n)
}

// Context is a context, and what its safe points in C have taken out of it.
type Context struct {
	c    *C.sig_context
	r    *C.struct_record
	slot C.uint32_t // r's, for goroutines that call while it is closed
}

func open(c *C.sig_context, isMain C.int) *Context {
	r := C.record_new(isMain)
	if r == nil {
		return nil
	}
	return &Context{c, r, r.slot}
}

// New is a new context of the calling thread's, or nil.
func New() *Context {
	c := C.sig_context_new()
	if c == nil {
		return nil
	}
	context := open(c, 0)
	if context == nil {
		C.sig_context_free(c)
	}
	return context
}

// Init makes the caller, who is not, the owner of the main context; nil where the result is
// below 0.
func Init(flags uint32) (*Context, int) {
	if error := C.sig_init(C.uint32_t(flags)); error < 0 {
		return nil, int(error)
	}
	context := open(C.sig_main(), 1)
	if context == nil {
		C.sig_fini()
	}
	return context, 0
}

// Close gives the context back, and what it had recorded.
func (x *Context) Close() int {
	var result C.int
	if x.c == C.sig_main() {
		result = C.sig_fini()
	} else {
		result = C.sig_context_free(x.c)
	}
	if result == 0 {
		C.record_free(x.r)
		x.r = nil
	}
	return int(result)
}

// Breaker is the word that is not 0 while something is pending.
func (x *Context) Breaker() *uint32 {
	return (*uint32)(unsafe.Pointer(C.sig_context_breaker(x.c)))
}

// Recorded is where it says how many events C has taken out, for Go.
func (x *Context) Recorded() *uint32 { return (*uint32)(unsafe.Pointer(&x.r.count)) }

// First is the next of them, where there is one.
func (x *Context) First() Event {
	events := unsafe.Slice(x.r.events, x.r.room)
	return eventOf(&events[x.r.head])
}

// Pop takes it away.
func (x *Context) Pop() {
	x.r.head++
	x.r.count--
	if x.r.count == 0 {
		x.r.head = 0
	}
}

// TakeAll has a check take all that is pending.
func (x *Context) TakeAll() int { return int(C.take_all(x.c, x.r)) }

// TakeNext takes one event: 1, or 0 where nothing is pending.
func (x *Context) TakeNext() (Event, int) {
	return x.given(C.take_next(x.c, x.r))
}

// given is the event that was given out, where the result is above 0.
func (x *Context) given(result C.int) (Event, int) {
	if result <= 0 {
		return Event{}, int(result)
	}
	return eventOf(&x.r.given), int(result)
}

// TakeInterrupt takes an interrupt back: 1, or 0 where it was taken before.
func (x *Context) TakeInterrupt(value int) int {
	return int(C.take_interrupt(x.c, x.r, C.int(value)))
}

// Handle is the context's, for C.
func (x *Context) Handle() uintptr { return uintptr(unsafe.Pointer(x.c)) }

// IsOwner is sig_context_is_owner().
func (x *Context) IsOwner() bool { return C.sig_context_is_owner(x.c) == 1 }

// Adopt is sig_context_adopt().
func (x *Context) Adopt() int { return int(C.sig_context_adopt(x.c)) }

// Hold is sig_context_hold().
func (x *Context) Hold() int { return int(C.sig_context_hold(x.c)) }

// Release is sig_context_release().
func (x *Context) Release() int { return int(C.sig_context_release(x.c)) }

// Interrupt is sig_context_interrupt().
func (x *Context) Interrupt(value int) int {
	return int(C.sig_context_interrupt(x.c, cint(value)))
}

// Trip is sig_context_trip().
func (x *Context) Trip(signum int) int { return int(C.sig_context_trip(x.c, cint(signum))) }

// CallNumbers is the highest number that a call or a timer can have, from 1 on.
func CallNumbers() uint64 { return uint64(C.call_numbers()) }

// Call adds a pending call of that number.
func (x *Context) Call(number uint64) int {
	return int(C.add_call(x.c, x.slot, C.uint64_t(number)))
}

// CallAfter is sig_context_call_after(), of that number.
func (x *Context) CallAfter(ns, every, number uint64) (id uint64, result int) {
	var n C.uint64_t
	r := C.add_timer(x.c, x.slot, C.uint64_t(ns), C.uint64_t(every), C.uint64_t(number), &n)
	return uint64(n), int(r)
}

// Cancel is sig_cancel().
func Cancel(id uint64) int { return int(C.sig_cancel(C.uint64_t(id))) }

// BlockingBegin is sig_context_blocking_begin().
func (x *Context) BlockingBegin() int { return int(C.sig_context_blocking_begin(x.c)) }

// BlockingEnd is sig_context_blocking_end().
func (x *Context) BlockingEnd() int { return int(C.sig_context_blocking_end(x.c)) }

// EventFD is sig_context_event_fd().
func (x *Context) EventFD() int { return int(C.sig_context_event_fd(x.c)) }

// SetWakeupFD is sig_context_set_wakeup_fd().
func (x *Context) SetWakeupFD(fd int, flags uint32) (old, result int) {
	var o C.int
	r := C.sig_context_set_wakeup_fd(x.c, cint(fd), C.uint32_t(flags), &o)
	return int(o), int(r)
}

// WakeupFailures is sig_context_wakeup_failures().
func (x *Context) WakeupFailures() (failures, lastError int) {
	var e C.int
	n := C.sig_context_wakeup_failures(x.c, &e)
	return int(n), int(e)
}

// Stats is sig_context_stats(), in the order of its fields.
func (x *Context) Stats() (fields [10]uint64, latency [LatencyBuckets]uint64, result int) {
	var n C.sig_counters
	r := C.sig_context_stats(x.c, &n, C.sizeof_sig_counters)
	fields = [10]uint64{
		uint64(n.arrivals), uint64(n.handled), uint64(n.coalesced), uint64(n.lost),
		uint64(n.dropped), uint64(n.calls_run), uint64(n.calls_refused),
		uint64(n.calls_dropped), uint64(n.wakeups_failed), uint64(n.forwards),
	}
	for i := range latency {
		latency[i] = uint64(n.latency[i])
	}
	return fields, latency, int(r)
}

// Monotonic is CLOCK_MONOTONIC, in nanoseconds.
func Monotonic() uint64 {
	var now C.struct_timespec
	C.clock_gettime(C.CLOCK_MONOTONIC, &now)
	return uint64(now.tv_sec)*1e9 + uint64(now.tv_nsec)
}

// IsMainOwner is sig_is_owner().
func IsMainOwner() bool { return C.sig_is_owner() == 1 }
