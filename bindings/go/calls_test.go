// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"safepoint"
	"safepoint/internal/loop"
)

func TestCallsOfManyGoroutinesRunInOrderOnTheOwner(t *testing.T) {
	const goroutines, each = 8, 5000
	o := open(t)
	ran := 0
	var queuing sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		queuing.Add(1)
		go func() {
			defer queuing.Done()
			next := 0
			for i := 0; i < each; i++ {
				i := i
				call := func() error {
					if i != next || !o.IsOwner() {
						t.Errorf("call %d for %d, on the owner: %v", i, next, o.IsOwner())
					}
					next++
					ran++
					return nil
				}
				for errors.Is(o.Call(call), syscall.EAGAIN) {
					runtime.Gosched()
				}
			}
		}()
	}
	for ran < goroutines*each {
		must(t, o.Pause())
	}
	queuing.Wait()
	n := balanced(t, o)
	same(t, "calls", n.CallsRun, goroutines*each)
}

func TestCallsThatFindNoRoomAreRefused(t *testing.T) {
	o := open(t)
	ran, queued := 0, 0
	var err error
	for ; err == nil && queued < 5000; queued++ {
		err = o.Call(func() error { ran++; return nil })
	}
	fails(t, err, syscall.EAGAIN)
	must(t, o.Check())
	same(t, "ran", ran, queued-1)
	fails(t, o.Call(nil), syscall.EINVAL)
	must(t, o.Call(func() error { return errStop }))
	same(t, "raised", o.Check(), errStop)
}

func TestWhatARaiseLeavesBehindKeepsItsOrder(t *testing.T) {
	const most = 2000
	o := open(t)
	queued, ran := 0, 0
	for ran < most {
		for i := 0; i < 50 && queued < most; i++ {
			number := queued
			queued++
			must(t, o.Call(func() error {
				same(t, "next", number, ran)
				ran++
				if ran%7 == 0 {
					return errStop
				}
				return nil
			}))
		}
		for queued-ran > 25 || queued == most && ran < most {
			if err := o.Check(); err != nil {
				same(t, "raised", err, errStop)
			}
		}
	}
}

func TestACallThatQueuesItselfRunsOnceACheck(t *testing.T) {
	o := open(t)
	ran := 0
	var again func() error
	again = func() error { ran++; return o.Call(again) }
	must(t, o.Call(again))
	for checks := 1; checks <= 3; checks++ {
		must(t, o.Check())
		same(t, "ran", ran, checks)
	}
}

func TestNextGivesOutCallsAndTimersAndInterrupts(t *testing.T) {
	o := open(t)
	must(t, o.Call(func() error { return errStop }))
	must(t, o.Interrupt(-5))
	event, err := o.Next()
	must(t, err)
	same(t, "first", event.Kind, safepoint.InterruptEvent)
	same(t, "value", event.Status, -5)
	event, err = o.Next()
	must(t, err)
	same(t, "second", event.Kind, safepoint.CallEvent)
	same(t, "its result", event.Call(), errStop)
	_, err = o.CallAfter(time.Millisecond, 0, func() error { return errStop })
	must(t, err)
	event, err = o.Wait()
	must(t, err)
	same(t, "third", event.Kind, safepoint.TimerEvent)
	same(t, "its result", event.Call(), errStop)
}

func TestInterruptRaisesBeforeAnythingRuns(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Call(func() error { ran++; return nil }))
	must(t, o.Interrupt(7))
	same(t, "raised", o.Check(), error(safepoint.Interrupted(7)))
	same(t, "ran", ran, 0)
	must(t, o.Check())
	same(t, "ran", ran, 1)
	go func() {
		time.Sleep(10 * time.Millisecond)
		o.Interrupt(8)
	}()
	same(t, "raised", o.Sleep(safepoint.Forever), error(safepoint.Interrupted(8)))
	fails(t, o.Interrupt(0), syscall.EINVAL)
	fails(t, o.Interrupt(1<<32), syscall.EINVAL)
}

func TestTimersAreNeverEarlyAndCanBeCancelled(t *testing.T) {
	o := open(t)
	began, ticks := time.Now(), 0
	_, err := o.CallAfter(20*time.Millisecond, 0, func() error { return errStop })
	must(t, err)
	same(t, "raised", o.Sleep(safepoint.Forever), errStop)
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("after %v", took)
	}
	var timer *safepoint.Timer
	timer, err = o.CallAfter(0, time.Millisecond, func() error {
		if ticks++; ticks == 3 {
			return timer.Cancel()
		}
		return nil
	})
	must(t, err)
	for ticks < 3 {
		must(t, o.Pause())
	}
	must(t, o.Sleep(20*time.Millisecond))
	same(t, "ticks", ticks, 3)
	fails(t, timer.Cancel(), syscall.ENOENT)
	_, err = o.CallAfter(-1, 0, o.Check)
	fails(t, err, syscall.EINVAL)
}

// Cancelled when C has taken it out, and a call before it has raised.
func TestACancelledTimerDoesNotRunAnyMore(t *testing.T) {
	o := open(t)
	must(t, o.Call(func() error { return errStop }))
	timer, err := o.CallAfter(0, time.Hour, func() error { t.Error("it ran"); return nil })
	must(t, err)
	last, err := o.CallAfter(time.Millisecond, time.Hour, func() error { return errStop })
	must(t, err)
	time.Sleep(20 * time.Millisecond) // or they fall due later, which is no harm
	same(t, "raised", o.Check(), errStop)
	must(t, timer.Cancel())
	same(t, "raised", o.Sleep(safepoint.Forever), errStop)
	must(t, last.Cancel())
}

func TestTripAndLatch(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGINT, func(safepoint.Event) error { ran++; return nil }, 0))
	must(t, o.Trip(syscall.SIGINT))
	must(t, o.Check())
	same(t, "ran", ran, 1)
	fails(t, o.Trip(0), syscall.EINVAL)

	var latch safepoint.Latch
	same(t, "set", latch.IsSet(), false)
	same(t, "in time", latch.Wait(time.Millisecond), false)
	set, err := o.WaitLatch(&latch, 0)
	must(t, err)
	same(t, "set", set, false)
	stopped := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() { stopped <- latch.Wait(safepoint.Forever) }()
	}
	must(t, o.Call(func() error { ran++; latch.Set(); return nil }))
	set, err = o.WaitLatch(&latch, safepoint.Forever)
	must(t, err)
	same(t, "set", set && latch.IsSet(), true)
	same(t, "ran", ran, 2)
	for i := 0; i < 4; i++ {
		same(t, "stopped", <-stopped, true)
	}
	same(t, "first", latch.Set(), false)
}

func TestALatchAloneLosesNothingOfTheMainContext(t *testing.T) {
	o, err := safepoint.Main(0)
	must(t, err)
	defer o.Close()
	must(t, o.Call(func() error { return errStop }))
	must(t, o.Interrupt(7))
	var latch safepoint.Latch
	same(t, "in time", latch.Wait(time.Millisecond), false)
	same(t, "raised", o.Check(), error(safepoint.Interrupted(7)))
	same(t, "raised", o.Check(), errStop)
}

// Cancelled when C has taken it out, and it has not run.
func TestATimerThatFellDueCanStillBeCancelled(t *testing.T) {
	o := open(t)
	var timer *safepoint.Timer
	due := func() (err error) {
		timer, err = o.CallAfter(0, 0, func() error { t.Error("it ran"); return nil })
		return err
	}
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { return timer.Cancel() }, 0))
	must(t, due())
	for i := 0; i < 1000 && *o.Breaker() == 0; i++ {
		time.Sleep(time.Millisecond)
	}
	send(t, syscall.SIGUSR1)
	must(t, o.Check())
	fails(t, timer.Cancel(), syscall.ENOENT)

	must(t, due())
	_, err := o.Run(context.Background(), func(native uintptr) int {
		return loop.Spin(native, forever)
	})
	fails(t, err, syscall.EINTR)
	must(t, timer.Cancel())
	must(t, o.Check())
}

// C code checks, which knows nothing of Go, nor of who else owns what here.
func TestCallsThatCTakesComeToTheirOwnOwner(t *testing.T) {
	main, err := safepoint.Main(0)
	must(t, err)
	defer main.Close()
	first, second := open(t), open(t)
	taken := func(o *safepoint.Owner) {
		t.Helper()
		ran := false
		must(t, o.Call(func() error { ran = true; return nil }))
		same(t, "ended by", syscall.Errno(loop.Spin(o.Native(), 1)), syscall.EINTR)
		for _, other := range []*safepoint.Owner{main, first, second} {
			if other != o && other.IsOwner() {
				must(t, other.Check())
			}
		}
		same(t, "ran for another", ran, false)
		must(t, o.Check())
		same(t, "ran", ran, true)
	}
	taken(main)
	taken(first)
	taken(second)
	must(t, second.Close())
	taken(first)
	closed := make(chan error)
	go func() { closed <- errors.Join(first.Adopt(), first.Close()) }()
	must(t, <-closed)
	taken(main)
}

func TestNextGivesOutWhatCodeInCHasQueued(t *testing.T) {
	o := open(t)
	for _, take := range []func() (safepoint.Event, error){o.Next, o.Wait} {
		for value, want := range map[int]error{0: nil, 7: safepoint.Interrupted(7)} {
			ran := loop.Ran()
			same(t, "queued", loop.Queue(o.Native(), value), 0)
			event, err := take()
			must(t, err)
			same(t, "kind", event.Kind, safepoint.CallEvent)
			same(t, "ran", loop.Ran(), ran)
			same(t, "raised", event.Call(), want)
			same(t, "ran", loop.Ran(), ran+1)
		}
	}
}

func TestWhatCodeInCRaisesIsNotLostBehindASignal(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return nil }, 0))
	for i := 0; i < 2; i++ {
		same(t, "queued", loop.Queue(o.Native(), 7), 0)
		same(t, "raised", o.Check(), error(safepoint.Interrupted(7)))
		same(t, "ran", ran, i)
		send(t, syscall.SIGUSR1)
		same(t, "queued", loop.Queue(o.Native(), 8), 0)
		same(t, "raised", o.Check(), error(safepoint.Interrupted(8)))
		same(t, "ran", ran, i+1)
		must(t, o.Check())
	}
}
