// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"safepoint"
	"safepoint/internal/loop"
)

// forever is rounds enough for minutes.
const forever = 1 << 40

func TestAContextCancelsANativeLoop(t *testing.T) {
	o := open(t)
	for name, with := range map[string]func() (context.Context, context.CancelFunc, error){
		"timeout": func() (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			return ctx, cancel, context.DeadlineExceeded
		},
		"cancel": func() (context.Context, context.CancelFunc, error) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(10*time.Millisecond, cancel)
			return ctx, cancel, context.Canceled
		},
	} {
		ctx, cancel, want := with()
		result, err := o.Run(ctx, func(native uintptr) int { return loop.Spin(native, forever) })
		cancel()
		same(t, name, err, want)
		same(t, name, result, safepoint.Cancelled)
		_, err = o.Run(ctx, func(uintptr) int { t.Error("it ran"); return 0 })
		same(t, name, err, want)
	}
	must(t, o.Check())
}

func TestALoopThatEndsByItselfIsNotCancelled(t *testing.T) {
	o := open(t)
	for i := 0; i < 2000; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		result, err := o.Run(ctx, func(native uintptr) int {
			result := loop.Spin(native, 100)
			switch i % 3 { // when it has ended, or nearly so
			case 0:
				cancel()
			case 1:
				go cancel()
				runtime.Gosched()
			}
			return result
		})
		must(t, err)
		same(t, "result", result, 0)
		cancel()
		must(t, o.Check()) // nothing is left behind
	}
}

func TestWhatComesBehindACancelIsKept(t *testing.T) {
	o := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancelled := 0
	_, err := o.Run(ctx, func(native uintptr) int {
		cancel()
		cancelled = loop.Spin(native, forever)
		must(t, o.Call(func() error { return errStop }))
		return 0
	})
	same(t, "ended by", err, context.Canceled)
	same(t, "told", cancelled, safepoint.Cancelled)
	same(t, "raised", o.Check(), errStop)
}

func TestASignalEndsANativeLoopAndIsHandledInGo(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return nil }, 0))
	time.AfterFunc(10*time.Millisecond, func() { safepoint.Kill(os.Getpid(), syscall.SIGUSR1) })
	result, err := o.Run(context.Background(), func(native uintptr) int {
		return loop.Spin(native, forever)
	})
	fails(t, err, syscall.EINTR)
	same(t, "result", syscall.Errno(result), syscall.EINTR)
	same(t, "ran", ran, 0)
	must(t, o.Check())
	same(t, "ran", ran, 1)
	must(t, o.Hold())
	_, err = o.Run(context.Background(), func(uintptr) int { return 0 })
	fails(t, err, syscall.EBUSY)
	must(t, o.Release())
}

func TestTheMainContextIsCancelledToo(t *testing.T) {
	o, err := safepoint.Main(0)
	must(t, err)
	defer o.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err = o.Run(ctx, func(uintptr) int { return loop.SpinMain(forever) })
	same(t, "ended by", err, context.DeadlineExceeded)
}

// C code that waits, and knows nothing of Go, takes events out as well.
func TestWhatAWaitInCTakesIsNotLost(t *testing.T) {
	o, err := safepoint.Main(0)
	must(t, err)
	defer o.Close()
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return nil }, 0))
	for i := 1; i <= 100; i++ {
		go safepoint.Kill(os.Getpid(), syscall.SIGUSR1)
		same(t, "result", syscall.Errno(-loop.SleepMain()), syscall.EINTR)
		must(t, o.Check())
		same(t, "ran", ran, i)
		must(t, o.Call(func() error { ran--; return nil }))
		same(t, "result", syscall.Errno(loop.SpinMain(1)), syscall.EINTR)
		must(t, o.Check())
		same(t, "ran", ran, i-1)
		ran++
	}
	balanced(t, o)
}

func TestAPanicInARunLeavesNothingBehind(t *testing.T) {
	o := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	func() {
		defer func() { same(t, "panic", recover(), any("in the loop")) }()
		o.Run(ctx, func(uintptr) int { cancel(); panic("in the loop") })
	}()
	must(t, o.Check())
}

func TestNotifyContextSaysWhoSentTheSignal(t *testing.T) {
	for i := 0; i < 20; i++ {
		ctx, stop, err := safepoint.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		must(t, err)
		must(t, ctx.Err())
		must(t, safepoint.Kill(os.Getpid(), syscall.SIGTERM))
		select {
		case <-ctx.Done():
		case <-time.After(patience):
			t.Fatal("it is not done")
		}
		must(t, safepoint.Kill(os.Getpid(), os.Interrupt.(syscall.Signal))) // is taken as well
		var cause *safepoint.SignalError
		if !errors.As(context.Cause(ctx), &cause) {
			t.Fatal(context.Cause(ctx))
		}
		same(t, "signal", cause.Event.Signal, syscall.SIGTERM)
		same(t, "sender", cause.Event.PID, os.Getpid())
		same(t, "text", cause.Error(), "SIGTERM received")
		stop()
		stop()
		o := open(t)
		d, err := o.Query(syscall.SIGTERM)
		must(t, err)
		same(t, "put back", d.Kind, safepoint.Foreign)
	}
	_, _, err := safepoint.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGKILL)
	fails(t, err, syscall.EINVAL)
}

func TestNotifyContextEndsWithItsParent(t *testing.T) {
	before := runtime.NumGoroutine()
	parent, cancel := context.WithCancel(context.Background())
	ctx, stop, err := safepoint.NotifyContext(parent, syscall.SIGUSR1)
	must(t, err)
	cancel()
	<-ctx.Done()
	same(t, "cause", context.Cause(ctx), context.Canceled)
	stop()
	for i := 0; runtime.NumGoroutine() > before && i < 1000; i++ {
		time.Sleep(time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before { // less: of other tests
		t.Errorf("%d goroutines, after %d", after, before)
	}
}

func TestARunIsToldOfWhatARaiseHasLeft(t *testing.T) {
	o := open(t)
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { return errStop }, 0))
	must(t, o.Install(syscall.SIGUSR2, func(safepoint.Event) error { return nil }, 0))
	send(t, syscall.SIGUSR1, syscall.SIGUSR2)
	same(t, "raised", o.Check(), errStop)
	for i := 0; i < 2; i++ {
		_, err := o.Run(context.Background(), func(uintptr) int { t.Error("it ran"); return 0 })
		fails(t, err, syscall.EINTR)
	}
	must(t, o.Check())
	_, err := o.Run(context.Background(), func(uintptr) int { return 0 })
	must(t, err)
}

func TestARunInARunIsCancelledWithIt(t *testing.T) {
	o := open(t)
	for i := 0; i < 500; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		inner := context.Background()
		if i%2 == 0 {
			inner = context.WithValue(ctx, t, i)
		}
		_, err := o.Run(ctx, func(native uintptr) int {
			go cancel()
			_, err := o.Run(inner, func(native uintptr) int { return loop.Spin(native, forever) })
			same(t, "inner", err, context.Canceled)
			return loop.Spin(native, forever) // is told as well
		})
		same(t, "outer", err, context.Canceled)
		must(t, o.Check())
	}
}

func TestARunThatHoldsLeavesNoInterruptBehind(t *testing.T) {
	o := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	result, err := o.Run(ctx, func(uintptr) int {
		must(t, o.Hold())
		must(t, o.Hold())
		cancel()
		return 5
	})
	must(t, err) // it has ended by itself
	same(t, "result", result, 5)
	must(t, o.Release())
	must(t, o.Release())
	fails(t, o.Release(), syscall.EINVAL)
	must(t, o.Check())
}

func TestNotifyContextWantsSignals(t *testing.T) {
	for _, signals := range [][]os.Signal{nil, {nil}, {syscall.SIGTERM, nil}, {syscall.Signal(1<<32 + 10)}} {
		_, _, err := safepoint.NotifyContext(context.Background(), signals...)
		fails(t, err, syscall.EINVAL)
	}
}
