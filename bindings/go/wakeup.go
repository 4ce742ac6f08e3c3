// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"syscall"

	"safepoint/internal/native"
)

// EventFD is a descriptor that is readable while something is pending: poll it,
// then Check. Always the same; never read or close it. What a check that raised
// has left does not make it readable: check again before you poll. EPERM, EMFILE,
// ENFILE, ENOMEM.
func (o *Owner) EventFD() (int, error) { return o.owned("event fd", o.native.EventFD) }

// SetWakeupFD has a byte written to fd when something arrives: the signal's
// number, and with calls 0 for what is no signal; 1 to an eventfd. It has to be
// non-blocking. The library keeps a duplicate. -1 is none. The number that was set
// before, or -1. EINVAL, EBADF, EPERM, EMFILE, ENFILE, ENOMEM.
func (o *Owner) SetWakeupFD(fd int, calls bool) (old int, err error) {
	flags := uint32(0)
	if calls {
		flags = native.WakeCalls
	}
	_, err = o.owned("wake-up fd", func() (n int) {
		old, n = o.native.SetWakeupFD(fd, flags)
		return n
	})
	return old, err
}

// WakeupFailures is how many wake-ups could not be written since this was last
// asked, and the last one's error. Any goroutine.
func (o *Owner) WakeupFailures() (failures int, last error) {
	errno := 0
	failures, _ = o.result("wake-up failures", func() (n int) {
		n, errno = o.native.WakeupFailures()
		return n
	})
	if failures <= 0 {
		return 0, nil
	}
	return failures, syscall.Errno(errno)
}

// Stats is what happened in a context. Once nothing is pending, Arrivals =
// Handled + Coalesced + Lost + Dropped.
type Stats struct {
	Arrivals      uint64 // deliveries of signals that have a handler
	Handled       uint64 // events that were taken, by Check, Next or a wait
	Coalesced     uint64 // deliveries that joined an event that was pending
	Lost          uint64 // deliveries kept apart that found no room
	Dropped       uint64 // deliveries that were pending when their handler went
	CallsRun      uint64 // calls and timers that were taken
	CallsRefused  uint64 // calls that found no room: EAGAIN
	CallsDropped  uint64
	WakeupsFailed uint64
	Forwards      uint64 // kicks sent to an owner that waited
	// Latency counts the events that waited from 2^n nanoseconds up to 2^(n+1).
	Latency [native.LatencyBuckets]uint64
}

// Stats copies the counters. Any goroutine: elsewhere than in the owner's they may
// be a moment apart from each other.
func (o *Owner) Stats() (Stats, error) {
	var s Stats
	_, err := o.result("stats", func() int {
		n, latency, result := o.native.Stats()
		s = Stats{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], latency}
		return result
	})
	return s, err
}
