// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"safepoint"
)

// patience is when a test that hangs is given up: no measure of speed.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	watchdog := time.AfterFunc(4*patience, func() { panic("the tests hang") })
	status := m.Run()
	watchdog.Stop()
	os.Exit(status)
}

// open makes the test the owner of a context, until it ends.
func open(t *testing.T) *safepoint.Owner {
	t.Helper()
	o, err := safepoint.Open()
	must(t, err)
	t.Cleanup(func() {
		if err := o.Close(); err != nil && !errors.Is(err, syscall.ESTALE) {
			t.Error(err)
		}
	})
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fails(t *testing.T, err error, errno syscall.Errno) {
	t.Helper()
	var e *safepoint.Error
	if !errors.As(err, &e) || !errors.Is(err, errno) {
		t.Fatalf("%v expected: %v", errno, err)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: %v, not %v", what, got, want)
	}
}

// number is the signal of a name.
func number(t *testing.T, name string) syscall.Signal {
	t.Helper()
	sig, err := safepoint.Number(name)
	must(t, err)
	return sig
}

func send(t *testing.T, signals ...syscall.Signal) {
	t.Helper()
	for _, sig := range signals {
		must(t, safepoint.Raise(sig))
	}
}

// balanced fails where the books do not balance, with nothing pending.
func balanced(t *testing.T, o *safepoint.Owner) safepoint.Stats {
	t.Helper()
	n, err := o.Stats()
	must(t, err)
	if n.Arrivals != n.Handled+n.Coalesced+n.Lost+n.Dropped {
		t.Fatalf("%d arrivals, but %d handled, %d coalesced, %d lost, %d dropped",
			n.Arrivals, n.Handled, n.Coalesced, n.Lost, n.Dropped)
	}
	return n
}

func TestAnotherGoroutineIsRefused(t *testing.T) {
	o := open(t)
	must(t, o.Install(syscall.SIGUSR1, nil, 0))
	send(t, syscall.SIGUSR1)
	methods := map[string]func() error{
		"install": func() error { return o.Install(syscall.SIGUSR2, nil, 0) },
		"ignore":  func() error { return o.Ignore(syscall.SIGUSR1) },
		"default": func() error { return o.Default(syscall.SIGUSR1) },
		"restore": func() error { return o.Restore(syscall.SIGUSR1) },
		"query":   func() error { _, err := o.Query(syscall.SIGUSR1); return err },
		"verify":  func() error { _, err := o.Verify(syscall.SIGUSR1); return err },
		"check":   o.Check,
		"next":    func() error { _, err := o.Next(); return err },
		"wait":    func() error { _, err := o.Wait(); return err },
		"pause":   o.Pause,
		"sleep":   func() error { return o.Sleep(0) },
		"hold":    o.Hold,
		"release": o.Release,
		"read":    func() error { _, err := o.Read(0, nil); return err },
		"poll":    func() error { _, err := o.Poll(nil, 0); return err },
		"fd":      func() error { _, err := o.EventFD(); return err },
		"close":   o.Close,
	}
	failures := make(chan string)
	go func() {
		for name, method := range methods {
			if err := method(); !errors.Is(err, syscall.EPERM) {
				failures <- fmt.Sprintf("%s: %v", name, err)
			}
		}
		close(failures)
	}()
	for failure := range failures {
		t.Error(failure)
	}
	event, err := o.Next()
	must(t, err)
	same(t, "what came", event.Signal, syscall.SIGUSR1)
	must(t, o.Hold())
	held := make(chan error)
	go func() { _, err := o.Next(); held <- err }()
	fails(t, <-held, syscall.EPERM)
}

func TestWhatIsClosedIsRefused(t *testing.T) {
	o := open(t)
	must(t, o.Close())
	ran := func() error { t.Error("it ran"); return nil }
	_, timer := o.CallAfter(0, 0, ran)
	_, read := o.Read(0, make([]byte, 1))
	for _, err := range []error{o.Close(), o.Check(), o.Sleep(0), o.Pause(), o.Hold(),
		o.Install(syscall.SIGUSR1, nil, 0), o.Call(ran), o.Interrupt(1), timer, read, o.Adopt()} {
		fails(t, err, syscall.ESTALE)
	}
}

func TestThereIsOneMain(t *testing.T) {
	o, err := safepoint.Main(0)
	must(t, err)
	_, err = safepoint.Main(0)
	fails(t, err, syscall.EBUSY)
	elsewhere := make(chan error)
	go func() { _, err := safepoint.Main(0); elsewhere <- err }()
	fails(t, <-elsewhere, syscall.EPERM)
	must(t, o.Close())
	fails(t, o.Install(syscall.SIGUSR1, nil, 0), syscall.ESTALE)
	o, err = safepoint.Main(0)
	must(t, err)
	must(t, o.Close())
}

func TestOwnersComeAndGoWithoutALeak(t *testing.T) {
	const owners = 20_000 // 4,096 can exist
	var collected atomic.Int64
	for i := 0; i < owners; i++ {
		o, err := safepoint.Open()
		must(t, err)
		must(t, o.Install(syscall.SIGUSR1, nil, 0))
		held := new([16]byte)
		runtime.SetFinalizer(held, func(*[16]byte) { collected.Add(1) })
		must(t, o.Call(func() error { return fmt.Errorf("%v", held) }))
		must(t, o.Close())
	}
	for i := 0; i < 200 && collected.Load() < owners/2; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if n := collected.Load(); n < owners/2 {
		t.Errorf("what %d of %d dropped calls held is gone", n, owners)
	}
}

func TestAdoptTakesOverFromOneThatLives(t *testing.T) {
	owners, adopted := make(chan *safepoint.Owner), make(chan struct{})
	go func() {
		o, err := safepoint.Open()
		if err == nil {
			err = errors.Join(o.Hold(), o.Call(func() error { return errStop }))
		}
		if err != nil {
			t.Error(err)
		}
		owners <- o
		<-adopted
		if err := o.Check(); err != nil { // nothing is pending
			t.Error(err)
		}
		if err := o.Hold(); !errors.Is(err, syscall.EPERM) {
			t.Error(err)
		}
		adopted <- struct{}{}
	}()
	o := <-owners
	must(t, o.Adopt())
	same(t, "raised", o.Check(), errStop)
	adopted <- struct{}{}
	<-adopted
	must(t, o.Close())
}

func TestAGoroutineThatEndedLeavesItsOwnerToOthers(t *testing.T) {
	for name, begin := range map[string]func() (*safepoint.Owner, error){
		"open":       safepoint.Open,
		"main":       func() (*safepoint.Owner, error) { return safepoint.Main(0) },
		"main again": func() (*safepoint.Owner, error) { return safepoint.Main(0) },
	} {
		owners := make(chan *safepoint.Owner)
		go func() {
			o, err := begin()
			if err == nil {
				err = errors.Join(o.Install(syscall.SIGUSR1, nil, 0), o.Hold())
			}
			if err != nil {
				t.Error(name, err)
			}
			owners <- o
		}() // locked to its thread, which ends with it
		o := <-owners
		safepoint.Kill(os.Getpid(), syscall.SIGUSR1)
		must(t, o.Adopt())
		event, err := o.Wait()
		must(t, err)
		same(t, name, event.Signal, syscall.SIGUSR1)
		must(t, o.Close())
	}
}

// isLocked is what the runtime says of the calling goroutine.
func isLocked() bool {
	stack := make([]byte, 200)
	line, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte("\n"))
	return bytes.Contains(line, []byte("locked to thread"))
}

func TestTheGoroutineIsLockedUntilClose(t *testing.T) {
	for adoptions := 0; adoptions < 3; adoptions++ {
		o, err := safepoint.Open()
		must(t, err)
		for i := 0; i < adoptions; i++ {
			must(t, o.Adopt())
		}
		same(t, "locked", isLocked(), true)
		must(t, o.Close())
		same(t, "locked, closed", isLocked(), false)
	}
}

// What another goroutine may do while the owner closes.
func TestTheBreakerCanBeReadWhileItIsClosed(t *testing.T) {
	o := open(t)
	breaker := o.Breaker()
	begun, end := make(chan bool), atomic.Bool{}
	wait := all(func() {
		close(begun)
		for !end.Load() {
			if o.Breaker() != breaker {
				t.Error("it has moved")
			}
			atomic.LoadUint32(breaker)
			o.IsOwner()
			o.Call(func() error { return nil })
		}
	})
	<-begun
	must(t, o.Close())
	end.Store(true)
	wait()
	same(t, "closed", o.Breaker(), breaker)
}

func TestNumbersThatDoNotFitAreRefused(t *testing.T) {
	o := open(t)
	const usr1 = 1<<32 + syscall.SIGUSR1
	ran := func(safepoint.Event) error { t.Error("it ran"); return nil }
	must(t, o.Install(syscall.SIGUSR1, ran, 0))
	fds := func(fd int) error { _, err := o.SetWakeupFD(fd, false); return err }
	_, query := o.Query(usr1)
	_, name := safepoint.Number("INT\x00junk")
	_, mask := o.Mask(1<<32, 0)
	_, read := o.Read(1<<32, nil)
	_, _, timer := safepoint.Itimer(1 << 32).Get()
	_, _, wait := o.Waitpid(1<<32-1, syscall.WNOHANG)
	for what, refused := range map[string]struct {
		err  error
		with syscall.Errno
	}{
		"install":  {o.Install(usr1, ran, 0), syscall.EINVAL},
		"restore":  {o.Restore(usr1), syscall.EINVAL},
		"query":    {query, syscall.EINVAL},
		"trip":     {o.Trip(usr1), syscall.EINVAL},
		"raise":    {safepoint.Raise(usr1), syscall.EINVAL},
		"kill":     {safepoint.Kill(os.Getpid(), usr1), syscall.EINVAL},
		"kill pid": {safepoint.Kill(1<<32+os.Getpid(), syscall.SIGUSR1), syscall.ESRCH},
		"queue":    {safepoint.QueueSignal(1<<32+os.Getpid(), syscall.SIGUSR1, 0), syscall.ESRCH},
		"pidfd":    {safepoint.PidfdSend(1<<32, syscall.SIGUSR1), syscall.EBADF},
		"number":   {name, syscall.EINVAL},
		"mask":     {mask, syscall.EINVAL},
		"fd":       {fds(1<<32 - 1), syscall.EBADF},
		"read":     {read, syscall.EBADF},
		"itimer":   {timer, syscall.EINVAL},
		"waitpid":  {wait, syscall.ESRCH},
	} {
		if !errors.Is(refused.err, refused.with) {
			t.Errorf("%s: %v, not %v", what, refused.err, refused.with)
		}
	}
	must(t, o.Check())
	same(t, "name", safepoint.Name(usr1), "")
	safepoint.Alarm(1 << 40)
	if left := safepoint.Alarm(0); left < 1<<31 {
		t.Error("alarm in", left)
	}
}

func TestErrorsAreSentences(t *testing.T) {
	o := open(t)
	err := o.Install(syscall.SIGKILL, nil, 0)
	fails(t, err, syscall.EINVAL)
	if text := err.Error(); !strings.HasPrefix(text, "safepoint: install SIGKILL: ") || len(text) < 35 {
		t.Errorf("%q", text)
	}
	if _, err := safepoint.Number("SIGWHAT"); !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
	same(t, "name", safepoint.Name(syscall.SIGINT), "SIGINT")
	same(t, "name of none", safepoint.Name(99), "")
	same(t, "described", safepoint.Describe(syscall.SIGINT), "Interrupt")
	same(t, "valid", safepoint.Valid().Has(32), false)
	same(t, "version", strings.Count(safepoint.Version(), "."), 2)
}
