// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"safepoint"
)

var errStop = errors.New("stop")

func TestAHandlerRunsAtASafePointAndIsToldWhoSent(t *testing.T) {
	o := open(t)
	var came []safepoint.Event
	must(t, o.Install(syscall.SIGUSR1, func(event safepoint.Event) error {
		came = append(came, event)
		return nil
	}, 0))
	before := time.Now()
	for i := 0; i < 3; i++ {
		send(t, syscall.SIGUSR1)
	}
	after := time.Now()
	same(t, "before the check", len(came), 0)
	must(t, o.Check())
	same(t, "events", len(came), 1)
	event := came[0]
	same(t, "kind", event.Kind, safepoint.SignalEvent)
	same(t, "signal", event.Signal, syscall.SIGUSR1)
	same(t, "sender", event.PID, os.Getpid())
	same(t, "user", int(event.UID), os.Getuid())
	same(t, "count", event.Count, 3)
	if event.Time.Before(before.Add(-time.Millisecond)) || event.Time.After(after.Add(time.Millisecond)) {
		t.Errorf("it came at %v, not from %v to %v", event.Time, before, after)
	}
	n := balanced(t, o)
	same(t, "arrivals", n.Arrivals, 3)
	same(t, "handled", n.Handled, 1)
}

func TestValuesComeInOrder(t *testing.T) {
	o := open(t)
	sig := number(t, "RTMIN+3")
	var values []int
	must(t, o.Install(sig, func(event safepoint.Event) error {
		values = append(values, event.Value)
		return nil
	}, 0))
	for _, value := range []int{0, -1, 1 << 40, -1 << 62} {
		must(t, safepoint.QueueSignal(os.Getpid(), sig, value))
		for len(values) == 0 || values[len(values)-1] != value {
			must(t, o.Pause())
		}
	}
	same(t, "values", len(values), 4)
}

func TestWhatAHandlerRaisesStopsTheCheck(t *testing.T) {
	o := open(t)
	var ran []syscall.Signal
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
		must(t, o.Install(sig, func(event safepoint.Event) error {
			ran = append(ran, event.Signal)
			if event.Signal == syscall.SIGUSR1 {
				return errStop
			}
			return nil
		}, 0))
	}
	send(t, syscall.SIGUSR2, syscall.SIGUSR1, syscall.SIGHUP)
	same(t, "raised", o.Check(), errStop)
	same(t, "ran", len(ran), 2)
	pending, err := o.Pending()
	must(t, err)
	same(t, "pending", pending, safepoint.SetOf(syscall.SIGUSR2))
	must(t, o.Sleep(0))
	same(t, "ran", len(ran), 3)
	same(t, "last", ran[2], syscall.SIGUSR2)
	balanced(t, o)
}

// Even one that makes its own signal pending again lets others run.
func TestWhatAHandlerSendsWaitsForTheNextCheck(t *testing.T) {
	o := open(t)
	again, others := 0, 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error {
		again++
		return safepoint.Raise(syscall.SIGUSR1)
	}, 0))
	must(t, o.Install(syscall.SIGUSR2, func(safepoint.Event) error { others++; return nil }, 0))
	send(t, syscall.SIGUSR1, syscall.SIGUSR2)
	for checks := 1; checks <= 3; checks++ {
		must(t, o.Check())
		same(t, "again", again, checks)
		same(t, "others", others, 1)
	}
}

func TestAHandlerMayCheck(t *testing.T) {
	o := open(t)
	var ran []syscall.Signal
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error {
		err := o.Check()
		ran = append(ran, syscall.SIGUSR1)
		return err
	}, 0))
	must(t, o.Install(syscall.SIGUSR2, func(safepoint.Event) error {
		ran = append(ran, syscall.SIGUSR2)
		return nil
	}, 0))
	send(t, syscall.SIGUSR1, syscall.SIGUSR2)
	must(t, o.Check())
	same(t, "ran", len(ran), 2)
	same(t, "the inner first", ran[0], syscall.SIGUSR2)
}

func TestAHandlerThatPanicsLeavesTheRestPending(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { panic("in a handler") }, 0))
	must(t, o.Install(syscall.SIGUSR2, func(safepoint.Event) error { ran++; return nil }, 0))
	send(t, syscall.SIGUSR1, syscall.SIGUSR2)
	func() {
		defer func() { same(t, "panic", recover(), any("in a handler")) }()
		o.Check()
	}()
	must(t, o.Check())
	same(t, "ran", ran, 1)
}

func TestWithoutAHandlerTheEventIsForNext(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGHUP, func(safepoint.Event) error { ran++; return nil }, 0))
	must(t, o.Install(syscall.SIGUSR1, nil, 0))
	send(t, syscall.SIGUSR1, syscall.SIGHUP)
	for i := 0; i < 2; i++ {
		fails(t, o.Check(), syscall.EINTR)
		fails(t, o.Sleep(safepoint.Forever), syscall.EINTR)
	}
	same(t, "ran", ran, 1)
	event, err := o.Next()
	must(t, err)
	same(t, "signal", event.Signal, syscall.SIGUSR1)
	event, err = o.Next()
	must(t, err)
	same(t, "then", event.Kind, 0)
	must(t, o.Check())
	balanced(t, o)
}

func TestFlags(t *testing.T) {
	o := open(t)
	ran := 0
	count := func(safepoint.Event) error { ran++; return nil }
	must(t, o.Install(syscall.SIGUSR1, count, safepoint.Queue))
	send(t, syscall.SIGUSR1, syscall.SIGUSR1, syscall.SIGUSR1)
	must(t, o.Check())
	same(t, "apart", ran, 3)
	must(t, o.Install(syscall.SIGUSR2, count, safepoint.OneShot))
	send(t, syscall.SIGUSR2)
	must(t, o.Check())
	same(t, "once", ran, 4)
	d, err := o.Query(syscall.SIGUSR2)
	must(t, err)
	same(t, "then", d, safepoint.Disposition{Kind: safepoint.Foreign})
	fails(t, o.Install(syscall.SIGUSR2, count, safepoint.IfDefault), syscall.EEXIST)
	fails(t, o.Install(syscall.SIGUSR2, count, 1<<20), syscall.EINVAL)
	must(t, o.Ignore(syscall.SIGUSR2))
	other := openElsewhere(t, func(other *safepoint.Owner) error {
		return other.Install(syscall.SIGUSR2, count, safepoint.KeepIgnored)
	})
	must(t, other)
	d, err = o.Query(syscall.SIGUSR2)
	must(t, err)
	same(t, "ignored", d.Kind, safepoint.Ignored)
}

// openElsewhere has another goroutine own a context, and do this.
func openElsewhere(t *testing.T, do func(*safepoint.Owner) error) error {
	t.Helper()
	result := make(chan error)
	go func() {
		o, err := safepoint.Open()
		if err == nil {
			err = do(o)
			o.Close()
		}
		result <- err
	}()
	return <-result
}

// In a Go program what stood there before is the Go runtime's.
func TestRestorePutsBackAndDrops(t *testing.T) {
	o := open(t)
	for _, remove := range []func(syscall.Signal) error{o.Restore, o.Ignore, o.Default} {
		must(t, o.Install(syscall.SIGHUP, func(safepoint.Event) error { return errStop }, 0))
		must(t, o.Install(syscall.SIGUSR1, nil, 0))
		d, err := o.Query(syscall.SIGUSR1)
		must(t, err)
		same(t, "installed", d, safepoint.Disposition{Kind: safepoint.Handled, Installed: true})
		send(t, syscall.SIGHUP, syscall.SIGUSR1)
		same(t, "raised", o.Check(), errStop) // SIGUSR1 is left behind
		must(t, remove(syscall.SIGUSR1))
		event, err := o.Next()
		must(t, err)
		same(t, "pending", event.Kind, 0)
	}
	d, err := o.Query(syscall.SIGUSR1)
	must(t, err)
	same(t, "kind", d.Kind, safepoint.Default)
	must(t, o.Restore(syscall.SIGUSR1))
	d, err = o.Query(syscall.SIGUSR1)
	must(t, err)
	same(t, "put back", d.Kind, safepoint.Foreign)
}

func TestAHandlerThatIsRemovedIsKeptNoMore(t *testing.T) {
	o := open(t)
	var collected atomic.Int64
	install := func() {
		held := new([16]byte)
		runtime.SetFinalizer(held, func(*[16]byte) { collected.Add(1) })
		must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error {
			return fmt.Errorf("%v", held)
		}, 0))
	}
	for _, remove := range []func(syscall.Signal) error{o.Restore, o.Ignore, o.Default} {
		install()
		must(t, remove(syscall.SIGUSR1))
		want := collected.Load() + 1
		for i := 0; i < 1000 && collected.Load() < want; i++ {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
		same(t, "collected", collected.Load(), want)
	}
}

func TestTwoOwnersBothGetASignal(t *testing.T) {
	o := open(t)
	must(t, o.Install(syscall.SIGUSR1, nil, 0))
	must(t, openElsewhere(t, func(other *safepoint.Owner) error {
		if err := other.Install(syscall.SIGUSR1, nil, 0); err != nil {
			return err
		}
		if err := safepoint.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
			return err
		}
		_, err := other.Wait()
		return err
	}))
	event, err := o.Wait()
	must(t, err)
	same(t, "here", event.Signal, syscall.SIGUSR1)
}

func TestHoldAndRelease(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return nil }, 0))
	must(t, o.Hold())
	must(t, o.Hold())
	send(t, syscall.SIGUSR1)
	must(t, o.Release())
	must(t, o.Check())
	must(t, o.Sleep(time.Millisecond))
	event, err := o.Next()
	must(t, err)
	same(t, "while held", event.Kind, 0)
	same(t, "ran", ran, 0)
	must(t, o.Release())
	must(t, o.Check())
	same(t, "ran", ran, 1)
	fails(t, o.Release(), syscall.EINVAL)

	must(t, o.Install(syscall.SIGHUP, func(safepoint.Event) error { return errStop }, 0))
	send(t, syscall.SIGHUP, syscall.SIGUSR1)
	same(t, "raised", o.Check(), errStop) // SIGUSR1 is left behind
	must(t, o.Hold())
	must(t, o.Check())
	must(t, o.Sleep(time.Millisecond))
	event, err = o.Next()
	must(t, err)
	same(t, "while held", event.Kind, 0)
	same(t, "ran", ran, 1)
	must(t, o.Release())
	must(t, o.Pause())
	same(t, "ran", ran, 2)
}

func TestAHandlerMayCloseItsOwner(t *testing.T) {
	for name, wait := range map[string]func(*safepoint.Owner) error{
		"check": (*safepoint.Owner).Check,
		"pause": (*safepoint.Owner).Pause,
	} {
		o := open(t)
		must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { return o.Close() }, 0))
		must(t, o.Install(syscall.SIGUSR2, func(safepoint.Event) error {
			t.Error("it ran, closed")
			return nil
		}, 0))
		send(t, syscall.SIGUSR1, syscall.SIGUSR2)
		same(t, name, wait(o), nil)
		fails(t, o.Check(), syscall.ESTALE)
	}
}
