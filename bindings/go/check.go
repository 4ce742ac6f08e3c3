// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"safepoint/internal/native"
)

// EventKind is what an event is.
type EventKind uint32

// Kinds of [Event]. The zero value is no event: nothing was pending.
const (
	SignalEvent    EventKind = native.EventSignal    // Signal and so on
	CallEvent      EventKind = native.EventCall      // Call
	TimerEvent     EventKind = native.EventTimer     // Call
	InterruptEvent EventKind = native.EventInterrupt // Status
)

// An Event is what has come. What does not apply is zero.
type Event struct {
	Kind   EventKind
	Signal syscall.Signal
	Code   int    // si_code: 0 for kill, -1 for sigqueue, -6 for tgkill
	PID    int    // the sender's process
	UID    uint32 // the sender's real user
	Status int    // SIGCHLD: exit status or signal; interrupt: the value
	Value  int    // what sigqueue sent along
	// Count is the deliveries that it stands for, at least 1. Where it is more,
	// Code to Time are those of the first.
	Count uint64
	Lost  uint64    // deliveries behind it that found no room
	Time  time.Time // when it arrived, with a monotonic clock reading
	// Call is what was queued, not run yet: here, or in C, where what is not 0 is
	// raised as Interrupted.
	Call func() error
}

func eventOf(e native.Event) Event {
	return Event{
		Kind:   EventKind(e.Kind),
		Signal: syscall.Signal(e.Signum),
		Code:   e.Code,
		PID:    e.PID,
		UID:    e.UID,
		Status: e.Status,
		Value:  e.Value,
		Count:  e.Count,
		Lost:   e.Lost,
		Time:   timeOf(e.Time),
	}
}

// The same moment by both clocks, which are the same one.
var began struct {
	sync.Once
	time      time.Time
	monotonic uint64
}

func timeOf(monotonic uint64) time.Time {
	if monotonic == 0 {
		return time.Time{}
	}
	began.Do(func() { began.time, began.monotonic = time.Now(), native.Monotonic() })
	return began.time.Add(time.Duration(int64(monotonic - began.monotonic)))
}

// Interrupted is raised by [Owner.Interrupt], whose value it is, and by a SIGINT
// under [InterpreterDefaults].
type Interrupted int

func (i Interrupted) Error() string { return fmt.Sprintf("interrupted: %d", int(i)) }

func interrupted(Event) error { return Interrupted(native.Interrupted) }

// Check is a safe point: it runs what was pending when it began, signals by
// rising number, each real-time one in the order sent, then calls and timers. It
// is nil, or what was raised; what had not run then stays pending. While nothing
// is pending it looks at two words, and calls nothing.
func (o *Owner) Check() error {
	if atomic.LoadUint32(o.breaker)|*o.recorded == 0 {
		return nil
	}
	return o.check()
}

func (o *Owner) check() error {
	if _, err := o.result("check", o.native.TakeAll); err != nil {
		return err
	}
	// What a handler makes pending is for the next check; one may check, or close.
	for n := *o.recorded; n > 0 && o.ready(); n-- {
		if err := o.handle(o.native.First()); err != nil {
			return err
		}
	}
	return nil
}

// ready reports whether C has taken events out that may be handled now.
func (o *Owner) ready() bool { return !o.closed.Load() && o.held == 0 && *o.recorded > 0 }

func (o *Owner) handle(e native.Event) error {
	if e.Kind != native.EventSignal {
		o.native.Pop()
		call := callOf(e)
		if call == nil {
			return nil
		}
		return call()
	}
	handler := o.handlers[e.Signum]
	if handler == nil {
		return &Error{at("for Next:", syscall.Signal(e.Signum)), syscall.EINTR}
	}
	o.native.Pop()
	return handler(eventOf(e))
}

// callOf is what an event that is no signal runs; nil if it was cancelled.
func callOf(e native.Event) func() error {
	switch {
	case e.Kind == native.EventInterrupt:
		return func() error { return Interrupted(e.Status) }
	case e.Fn != 0 && e.Call == 0:
		return func() error {
			if n := native.CallInC(e.Fn, e.Arg); n != 0 {
				return Interrupted(n)
			}
			return nil
		}
	}
	return calls.take(e.Call)
}

// Next takes the next event, in the order of Check, and runs nothing: neither its
// handler nor its Call. Kind 0 where nothing is pending, or while held. EPERM.
func (o *Owner) Next() (Event, error) {
	for {
		var e native.Event
		n, err := o.owned("next", func() (n int) {
			if o.held == 0 {
				e, n = o.native.TakeNext()
			}
			return n
		})
		if err != nil || n == 0 {
			return Event{}, err
		}
		event := eventOf(e)
		if e.Kind == native.EventSignal {
			return event, nil
		}
		event.Call = callOf(e)
		if event.Call != nil { // or it was cancelled
			return event, nil
		}
	}
}

// Hold has no handler run, and no wait end for what comes, until [Owner.Release].
// Nests. What comes is recorded. EPERM.
func (o *Owner) Hold() error {
	_, err := o.owned("hold", o.native.Hold)
	if err == nil {
		o.held++
	}
	return err
}

// Release undoes one Hold. At the last, the next check runs what came. EPERM,
// EINVAL where it is not held.
func (o *Owner) Release() error {
	_, err := o.owned("release", o.native.Release)
	if err == nil {
		o.held--
	}
	return err
}

// Breaker is the word that is not 0 while something is pending and not held, for
// an interpreter's own loop: atomic.LoadUint32. What comes while held sets it until
// the next check. What a check that raised has left behind does not: check again
// before you rely on it. Its address stays the same; once closed it says nothing.
// Any goroutine.
func (o *Owner) Breaker() *uint32 { return o.breaker }
