// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"sync"
	"syscall"
	"time"

	"safepoint/internal/native"
)

// The functions that are queued in C, by number: C never has a Go pointer.
type callTable struct {
	mu      sync.Mutex
	last    uint64
	waiting map[uint64]waitingCall
}

type waitingCall struct {
	owner *Owner
	fn    func() error
	stays bool // until it is cancelled
}

var calls = callTable{waiting: map[uint64]waitingCall{}}

func (t *callTable) add(call waitingCall) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	for used := true; used; { // where the numbers have come round
		t.last = t.last%native.CallNumbers() + 1
		_, used = t.waiting[t.last]
	}
	t.waiting[t.last] = call
	return t.last
}

// remove reports whether it was there.
func (t *callTable) remove(number uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, was := t.waiting[number]
	delete(t.waiting, number)
	return was
}

// take is the function that is to run now; nil where it was cancelled.
func (t *callTable) take(number uint64) func() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	call := t.waiting[number]
	if !call.stays {
		delete(t.waiting, number)
	}
	return call.fn
}

func (t *callTable) drop(o *Owner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for number, call := range t.waiting {
		if call.owner == o {
			delete(t.waiting, number)
		}
	}
}

// Call queues a pending call: the owner runs fn at its next safe point, and what
// one goroutine queues in that order. An error raises. 1,024 can wait, then it is
// EAGAIN. Any goroutine. EINVAL for nil.
func (o *Owner) Call(fn func() error) error {
	number := calls.add(waitingCall{owner: o, fn: fn})
	_, err := o.result("call", func() int {
		if fn == nil {
			return -int(syscall.EINVAL)
		}
		return o.native.Call(number)
	})
	if err != nil {
		calls.remove(number)
	}
	return err
}

// A Timer is a call that falls due: see [Owner.CallAfter].
type Timer struct{ id, number uint64 }

// CallAfter has the owner run fn at its first safe point that is delay away or
// more, never early, and, where every is not 0, again each time that has gone by,
// once for all that have gone by without a safe point. An error raises. It takes
// no signal, and no thread but one for all. Any goroutine. EINVAL for nil or a
// negative time, EAGAIN for too many, ENOMEM.
func (o *Owner) CallAfter(delay, every time.Duration, fn func() error) (*Timer, error) {
	number := calls.add(waitingCall{o, fn, every != 0})
	timer := &Timer{number: number}
	_, err := o.result("call after", func() (n int) {
		if fn == nil || delay < 0 || every < 0 {
			return -int(syscall.EINVAL)
		}
		timer.id, n = o.native.CallAfter(uint64(delay), uint64(every), number)
		return n
	})
	if err != nil {
		calls.remove(number)
		return nil, err
	}
	return timer, nil
}

// Cancel cancels it: it does not run any more; in another goroutine than the
// owner's it may be running just now. Any goroutine. ENOENT where it has run, or
// was cancelled before.
func (t *Timer) Cancel() error {
	n := native.Cancel(t.id)
	if calls.remove(t.number) { // also where C has taken it out, and it has not run
		return nil
	}
	return failed("cancel", n)
}

// Interrupt has the owner's next check or wait end with [Interrupted](value),
// before it runs anything. A later value replaces one that was not returned yet.
// Any goroutine. EINVAL for 0, and for what is no int32.
func (o *Owner) Interrupt(value int) error {
	_, err := o.result("interrupt", func() int {
		if int(int32(value)) != value {
			return -int(syscall.EINVAL)
		}
		return o.native.Interrupt(value)
	})
	return err
}

// Trip is as if the signal had arrived here, sent by this process. Nothing happens
// where it is not installed. Any goroutine. EINVAL.
func (o *Owner) Trip(sig syscall.Signal) error {
	_, err := o.result(at("trip", sig), func() int { return o.native.Trip(int(sig)) })
	return err
}
