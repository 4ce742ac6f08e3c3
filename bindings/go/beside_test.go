// SPDX-License-Identifier: MIT OR Apache-2.0

// Beside os/signal and the Go runtime's own signals.
package safepoint_test

import (
	"bytes"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"safepoint"
	"safepoint/internal/loop"
)

// both fails unless the signal comes to the owner and to the channel.
func both(t *testing.T, o *safepoint.Owner, notified chan os.Signal, sig syscall.Signal) {
	t.Helper()
	must(t, safepoint.Kill(os.Getpid(), sig))
	event, err := o.Wait()
	must(t, err)
	same(t, "here", event.Signal, sig)
	select {
	case other := <-notified:
		same(t, "os/signal", other, os.Signal(sig))
	case <-time.After(patience):
		t.Fatal("nothing came to os/signal")
	}
}

func TestBesideOsSignalBothGetWhatIsChained(t *testing.T) {
	o := open(t)
	const first, second = syscall.SIGUSR1, syscall.SIGUSR2
	before, after := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(before, first)
	must(t, o.Install(first, nil, safepoint.Chain))
	must(t, o.Install(second, nil, safepoint.Chain))
	signal.Notify(after, second)
	defer signal.Reset(first, second)
	for i := 0; i < 100; i++ {
		both(t, o, before, first)
		both(t, o, after, second)
	}
	signal.Reset(first, second)
	for _, sig := range []syscall.Signal{first, second} {
		stands, err := o.Verify(sig)
		must(t, err)
		same(t, "after signal.Reset", stands, true)
	}
}

// Where no handler of Go's stands at the start, os/signal has to come first.
func TestBesideOsSignalNotifyFirstThenInstall(t *testing.T) {
	o := open(t)
	for _, sig := range []syscall.Signal{syscall.SIGCONT, syscall.SIGTSTP, syscall.SIGTTIN} {
		notified := make(chan os.Signal, 1)
		signal.Notify(notified, sig)
		must(t, o.Install(sig, nil, safepoint.Chain))
		both(t, o, notified, sig)
		signal.Stop(notified)
		stands, err := o.Verify(sig)
		must(t, err)
		same(t, "after signal.Stop", stands, true)
		signal.Notify(notified, sig)
		both(t, o, notified, sig)
		signal.Reset(sig)
		must(t, o.Restore(sig))
	}
}

func TestBesideOsSignalOneGetsWhatIsNotChained(t *testing.T) {
	o := open(t)
	notified := make(chan os.Signal, 10)
	signal.Notify(notified, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Reset(syscall.SIGUSR1, syscall.SIGUSR2)
	must(t, o.Install(syscall.SIGUSR1, nil, 0))
	must(t, safepoint.Kill(os.Getpid(), syscall.SIGUSR1))
	_, err := o.Wait()
	must(t, err)
	must(t, o.Restore(syscall.SIGUSR1))
	must(t, safepoint.Kill(os.Getpid(), syscall.SIGUSR2))
	same(t, "the first", <-notified, os.Signal(syscall.SIGUSR2))
	must(t, safepoint.Kill(os.Getpid(), syscall.SIGUSR1))
	same(t, "after Restore", <-notified, os.Signal(syscall.SIGUSR1))
}

// signal.Ignore is what takes a signal away; Install brings it back.
func TestBesideOsSignalIgnoreIsReported(t *testing.T) {
	o := open(t)
	const sig = syscall.SIGUSR1
	must(t, o.Install(sig, nil, safepoint.Chain))
	signal.Ignore(sig)
	stands, err := o.Verify(sig)
	must(t, err)
	same(t, "stands", stands, false)
	d, err := o.Query(sig)
	must(t, err)
	want := safepoint.Disposition{Kind: safepoint.Ignored, Installed: true,
		Flags: safepoint.Chain, Overwritten: true}
	same(t, "there", d, want)
	must(t, o.Install(sig, nil, safepoint.Chain))
	must(t, safepoint.Kill(os.Getpid(), sig))
	event, err := o.Wait()
	must(t, err)
	same(t, "here", event.Signal, sig)
	notified := make(chan os.Signal, 1)
	signal.Notify(notified, sig) // which puts Go's handler over ours, this time
	defer signal.Reset(sig)
	stands, err = o.Verify(sig)
	must(t, err)
	same(t, "stands", stands, false)
	must(t, o.Install(sig, nil, safepoint.Chain))
	both(t, o, notified, sig)
}

// SIGWINCH ends waits, for what comes from other threads, and still is what a
// terminal sends.
func TestBesideOsSignalWhatEndsWaitsIsPassedOn(t *testing.T) {
	o := open(t)
	before, err := safepoint.SetKick(syscall.SIGWINCH)
	must(t, err)
	same(t, "chosen", before, syscall.SIGWINCH)
	_, err = safepoint.SetKick(syscall.SIGCHLD)
	fails(t, err, syscall.EINVAL)
	notified := make(chan os.Signal, 1)
	for i := 0; i < 100; i++ {
		if i == 50 {
			signal.Notify(notified, syscall.SIGWINCH)
			defer signal.Reset(syscall.SIGWINCH)
		}
		go o.Call(func() error { return errStop })
		same(t, "ended", o.Sleep(safepoint.Forever), errStop)
	}
	select {
	case sig := <-notified:
		t.Errorf("a kick came to os/signal: %v", sig)
	default:
	}
	must(t, safepoint.Kill(os.Getpid(), syscall.SIGWINCH))
	same(t, "passed on", <-notified, os.Signal(syscall.SIGWINCH))
	if n := balanced(t, o); n.Forwards == 0 {
		t.Error("nothing was kicked")
	}
}

// all runs each in a goroutine of its own, and returns a function that waits for
// them.
func all(work ...func()) (wait func()) {
	var running sync.WaitGroup
	for _, work := range work {
		work := work
		running.Add(1)
		go func() { defer running.Done(); work() }()
	}
	return running.Wait
}

// busy keeps the runtime busy until end is set: what only SIGURG preempts, what
// allocates, an owner whose thread is in C, and the collector.
func busy(t *testing.T, end *atomic.Bool) (wait func()) {
	return all(func() {
		for sum := 0; !end.Load(); sum++ {
		}
	}, func() {
		for kept := [][]byte{}; !end.Load(); kept = append(kept[:len(kept)%100], make([]byte, 4096)) {
		}
	}, func() {
		elsewhere(t, end)
	}, func() {
		for !end.Load() {
			runtime.GC()
		}
	})
}

// A storm of our signals and of SIGURG, which is how the runtime preempts.
func TestBesidePreemptionNothingIsLostInAStorm(t *testing.T) {
	const times = 20_000
	o := open(t)
	rt := number(t, "RTMIN+4")
	var usr1, queued, lost uint64
	must(t, o.Install(syscall.SIGUSR1, func(event safepoint.Event) error {
		usr1 += event.Count
		return nil
	}, safepoint.Chain))
	must(t, o.Install(rt, func(event safepoint.Event) error {
		queued += event.Count
		lost += event.Lost
		return nil
	}, 0))
	must(t, o.Install(syscall.SIGURG, func(safepoint.Event) error { return nil }, safepoint.Chain))
	var end atomic.Bool
	ended := busy(t, &end)
	sent := all(
		func() { storm(syscall.SIGUSR1, times) },
		func() { storm(syscall.SIGURG, times) },
		func() {
			for i := 0; i < times; i++ {
				for safepoint.QueueSignal(os.Getpid(), rt, 0) != nil { // no room
					runtime.Gosched()
				}
			}
		})
	go func() { sent(); o.Interrupt(1) }()
	same(t, "raised", o.Sleep(safepoint.Forever), error(safepoint.Interrupted(1)))
	for queued+lost < times { // those under way
		must(t, o.Pause())
	}
	end.Store(true)
	ended()
	must(t, o.Check())
	n := balanced(t, o)
	same(t, "real-time signals", queued+lost, times)
	if usr1 == 0 || usr1 > times {
		t.Error(usr1, "SIGUSR1")
	}
	same(t, "dropped", n.Dropped, 0)
	t.Logf("%d arrivals = %d handled + %d coalesced + %d lost, of %d SIGUSR1 and %d real-time",
		n.Arrivals, n.Handled, n.Coalesced, n.Lost, usr1, queued)
}

// elsewhere is another owner, whose thread is in C.
func elsewhere(t *testing.T, end *atomic.Bool) {
	if err := openElsewhere(t, func(o *safepoint.Owner) error {
		if err := o.Install(syscall.SIGUSR1, nil, safepoint.Chain); err != nil {
			return err
		}
		for !end.Load() {
			loop.Spin(o.Native(), 1000)
			for event := (safepoint.Event{Kind: 1}); event.Kind != 0; {
				var err error
				if event, err = o.Next(); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestBesideTheRuntimeANilDereferenceStillPanics(t *testing.T) {
	o := open(t)
	must(t, o.Install(syscall.SIGSEGV, nil, 0))
	for i := 0; i < 100; i++ {
		func() {
			defer func() {
				err, ok := recover().(runtime.Error)
				if !ok || !strings.Contains(err.Error(), "nil pointer") {
					t.Errorf("recovered %v", err)
				}
			}()
			var nothing *safepoint.Event
			t.Log(nothing.Signal)
		}()
	}
	event, err := o.Next()
	must(t, err)
	same(t, "a fault is no event", event.Kind, 0)
	send(t, syscall.SIGSEGV)
	event, err = o.Next()
	must(t, err)
	same(t, "one that was sent is", event.Signal, syscall.SIGSEGV)
}

func TestBesideTheProfilerBothGetItsSignal(t *testing.T) {
	o := open(t)
	var ticks uint64
	must(t, o.Install(syscall.SIGPROF, func(event safepoint.Event) error {
		ticks += event.Count
		return nil
	}, safepoint.Chain))
	var profile bytes.Buffer
	must(t, pprof.StartCPUProfile(&profile))
	for until := time.Now().Add(patience); ticks < 20 && time.Now().Before(until); {
		must(t, o.Check())
	}
	pprof.StopCPUProfile()
	if ticks < 20 || profile.Len() == 0 {
		t.Errorf("%d ticks, a profile of %d bytes", ticks, profile.Len())
	}
	must(t, o.Restore(syscall.SIGPROF))
}
