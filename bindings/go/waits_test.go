// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint_test

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"safepoint"
	"safepoint/internal/loop"
)

// storm sends a signal to the process so many times.
func storm(sig syscall.Signal, times int) {
	for i := 0; i < times; i++ {
		safepoint.Kill(os.Getpid(), sig)
		if i%100 == 0 {
			runtime.Gosched()
		}
	}
}

func TestHandlersRunWhileItSleepsForItsWholeTime(t *testing.T) {
	o := open(t)
	var counted uint64
	must(t, o.Install(syscall.SIGUSR1, func(event safepoint.Event) error {
		counted += event.Count
		return nil
	}, 0))
	began := time.Now()
	sent := all(func() { storm(syscall.SIGUSR1, 1000) })
	must(t, o.Sleep(50*time.Millisecond))
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("it slept %v", took)
	}
	sent()
	must(t, o.Check())
	if counted == 0 {
		t.Error("no signal came")
	}
	n := balanced(t, o)
	same(t, "counted", counted, n.Arrivals)
}

// Each of 3,000 signals, sent when the one before was handled, ends a wait.
func TestAWaitHasNoWindow(t *testing.T) {
	const times = 3000
	o := open(t)
	handled := make(chan struct{})
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error {
		handled <- struct{}{}
		return nil
	}, 0))
	go func() {
		for i := 0; i < times; i++ {
			safepoint.Kill(os.Getpid(), syscall.SIGUSR1)
			<-handled
		}
		o.Interrupt(1)
	}()
	same(t, "raised", o.Sleep(safepoint.Forever), error(safepoint.Interrupted(1)))
	same(t, "handled", balanced(t, o).Handled, times)
}

func TestWhatIsReadIsNeverLostToSignals(t *testing.T) {
	const size = 1 << 20
	o := open(t)
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { return nil }, 0))
	var fds [2]int
	must(t, syscall.Pipe(fds[:]))
	defer syscall.Close(fds[0])
	sent := bytes.Repeat([]byte("safepoint "), size/10)
	stormed := all(func() { storm(syscall.SIGUSR1, 5000) })
	go func() {
		defer syscall.Close(fds[1])
		for rest := sent; len(rest) > 0; {
			n, err := syscall.Write(fds[1], rest[:min(len(rest), 777)])
			if err != nil && err != syscall.EINTR {
				t.Error(err)
				return
			}
			rest = rest[max(n, 0):]
		}
	}()
	var came []byte
	for p := make([]byte, 4096); ; {
		n, err := o.Read(fds[0], p)
		must(t, err)
		if n == 0 {
			break
		}
		came = append(came, p[:n]...)
	}
	stormed()
	same(t, "the same", bytes.Equal(came, sent), true)
	must(t, o.Check())
	balanced(t, o)
}

func TestOtherWaits(t *testing.T) {
	o := open(t)
	var fds [2]int
	must(t, syscall.Pipe(fds[:]))
	defer syscall.Close(fds[0])
	defer syscall.Close(fds[1])
	polled := []safepoint.PollFD{{FD: int32(fds[0]), Events: 1}}
	n, err := o.Poll(polled, 10*time.Millisecond)
	must(t, err)
	same(t, "ready", n, 0)
	n, err = o.Write(fds[1], []byte("abc"))
	must(t, err)
	same(t, "written", n, 3)
	n, err = o.Poll(polled, safepoint.Forever)
	must(t, err)
	same(t, "ready", n, 1)
	same(t, "readable", polled[0].Revents, 1)

	must(t, o.Call(func() error { return errStop }))
	_, err = o.Poll(nil, safepoint.Forever)
	same(t, "raised", err, errStop)

	buffer := make([]byte, 8)
	n, err = o.Syscall(syscall.SYS_READ, uintptr(fds[0]),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0, 0)
	must(t, err)
	same(t, "read", string(buffer[:n]), "abc")
	mapped, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	must(t, err)
	defer syscall.Munmap(mapped)
	for _, p := range [][]byte{nil, buffer[:0], {}, mapped[:2]} { // also no Go memory
		n, err = o.Write(fds[1], []byte("xyz")[:len(p)])
		must(t, err)
		same(t, "written", n, len(p))
		n, err = o.Read(fds[0], p)
		must(t, err)
		same(t, "read", string(p[:n]), "xyz"[:len(p)])
	}
	_, err = o.Read(-1, buffer)
	fails(t, err, syscall.EBADF)
}

func TestWaitpidReapsOnce(t *testing.T) {
	o := open(t)
	statuses := 0
	must(t, o.Install(syscall.SIGCHLD, func(event safepoint.Event) error {
		statuses += event.Status
		return nil
	}, 0))
	for i := 0; i < 20; i++ {
		pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", "exit 3"}, nil)
		must(t, err)
		reaped, status, err := o.Waitpid(pid, 0)
		must(t, err)
		same(t, "child", reaped, pid)
		same(t, "status", status.ExitStatus(), 3)
		must(t, o.Check())
		same(t, "statuses", statuses, 3*(i+1))
	}
	_, _, err := o.Waitpid(-1, 0)
	fails(t, err, syscall.ECHILD)
}

func TestWaitForTakesASignalWithoutItsHandler(t *testing.T) {
	o := open(t)
	ran := 0
	handler := func(safepoint.Event) error { ran++; return nil }
	must(t, o.Install(syscall.SIGUSR1, handler, 0))
	must(t, o.Install(syscall.SIGUSR2, handler, 0))
	set := safepoint.SetOf(syscall.SIGUSR2)
	_, err := o.WaitFor(set, time.Millisecond)
	fails(t, err, syscall.ETIMEDOUT)
	_, err = o.WaitFor(0, 0)
	fails(t, err, syscall.EINVAL)
	send(t, syscall.SIGUSR1)
	go func() {
		time.Sleep(10 * time.Millisecond)
		safepoint.Kill(os.Getpid(), syscall.SIGUSR2)
	}()
	event, err := o.WaitFor(set, safepoint.Forever)
	must(t, err)
	same(t, "signal", event.Signal, syscall.SIGUSR2)
	same(t, "ran", ran, 1)

	must(t, o.Install(syscall.SIGHUP, func(safepoint.Event) error { return errStop }, 0))
	send(t, syscall.SIGHUP, syscall.SIGUSR2)
	same(t, "raised", o.Check(), errStop) // SIGUSR2 is left behind
	must(t, o.Hold())
	_, err = o.WaitFor(set, 0)
	fails(t, err, syscall.ETIMEDOUT)
	must(t, o.Release())
	event, err = o.WaitFor(set, 0)
	must(t, err)
	same(t, "signal", event.Signal, syscall.SIGUSR2)
	same(t, "ran", ran, 1)
}

func TestMaskIsASafePointWhenItUnblocks(t *testing.T) {
	o := open(t)
	ran := 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return nil }, 0))
	set := safepoint.SetOf(syscall.SIGUSR1)
	old, err := o.Mask(safepoint.Block, set)
	must(t, err)
	send(t, syscall.SIGUSR1)
	pending, err := o.Pending()
	must(t, err)
	same(t, "pending", pending, set)
	must(t, o.Check())
	same(t, "ran", ran, 0)
	blocked, err := o.Mask(safepoint.SetMask, old)
	must(t, err)
	same(t, "blocked", blocked, old|set)
	same(t, "ran", ran, 1)
}

func TestForeignCodeIsInterrupted(t *testing.T) {
	o := open(t)
	ran, result := 0, 0
	must(t, o.Install(syscall.SIGUSR1, func(safepoint.Event) error { ran++; return errStop }, 0))
	must(t, o.Call(func() error { ran++; return nil }))
	must(t, o.Blocking(func() { same(t, "ran before", ran, 1) }))
	end := make(chan struct{})
	go func() { // what comes before the nap is handled before it
		for ticks := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-ticks:
				safepoint.Kill(os.Getpid(), syscall.SIGUSR1)
			case <-end:
				return
			}
		}
	}()
	for result == 0 {
		if err := o.Blocking(func() { result = loop.Nap(100) }); err != nil {
			same(t, "raised", err, errStop)
		}
	}
	close(end)
	same(t, "result", syscall.Errno(result), syscall.EINTR)
	if ran < 2 {
		t.Error("no handler ran")
	}
}

func TestWakeups(t *testing.T) {
	o := open(t)
	var fds [2]int
	must(t, syscall.Pipe2(fds[:], syscall.O_NONBLOCK))
	defer syscall.Close(fds[0])
	defer syscall.Close(fds[1])
	old, err := o.SetWakeupFD(fds[1], true)
	must(t, err)
	same(t, "before", old, -1)
	must(t, o.Install(syscall.SIGUSR1, nil, 0))
	fd, err := o.EventFD()
	must(t, err)
	send(t, syscall.SIGUSR1)
	must(t, o.Interrupt(5))
	came := make([]byte, 4)
	n, err := syscall.Read(fds[0], came)
	must(t, err)
	same(t, "woken", string(came[:n]), "\x0a\x00")
	must(t, o.Hold()) // or it would end the poll
	count, err := o.Poll([]safepoint.PollFD{{FD: int32(fd), Events: 1}}, 0)
	must(t, err)
	same(t, "readable", count, 1)
	must(t, o.Release())
	old, err = o.SetWakeupFD(-1, false)
	must(t, err)
	same(t, "before", old, fds[1])
	failures, last := o.WakeupFailures()
	same(t, "failures", failures, 0)
	same(t, "last", last, nil)
	_, err = o.SetWakeupFD(9999, false)
	fails(t, err, syscall.EBADF)
}

func TestItimersAndAlarm(t *testing.T) {
	o := open(t)
	must(t, o.Install(syscall.SIGALRM, nil, 0))
	_, _, err := safepoint.RealItimer.Set(time.Millisecond, 0)
	must(t, err)
	event, err := o.Wait()
	must(t, err)
	same(t, "signal", event.Signal, syscall.SIGALRM)
	same(t, "before", safepoint.Alarm(100), 0)
	left, _, err := safepoint.RealItimer.Get()
	must(t, err)
	if left <= 0 || left > 100*time.Second {
		t.Error(left)
	}
	if old := safepoint.Alarm(0); old < 1 || old > 100 {
		t.Error(old)
	}
	_, _, err = safepoint.Itimer(9).Get()
	if !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
}

func TestMaskIsChangedWithSomethingLeftBehind(t *testing.T) {
	o := open(t)
	handler := func(safepoint.Event) error { return errStop }
	must(t, o.Install(syscall.SIGUSR1, handler, 0))
	must(t, o.Install(syscall.SIGUSR2, handler, 0))
	set := safepoint.SetOf(syscall.SIGHUP, syscall.SIGUSR1)
	send(t, syscall.SIGUSR1, syscall.SIGUSR2)
	same(t, "raised", o.Check(), errStop) // SIGUSR2 is left behind
	first, err := o.Mask(safepoint.Block, set)
	must(t, err)
	send(t, syscall.SIGUSR1)
	old, err := o.Mask(safepoint.SetMask, first)
	same(t, "raised", err, errStop)
	same(t, "before", old, first|set)
	same(t, "raised", o.Check(), errStop)
	must(t, o.Check())
	old, err = o.Mask(safepoint.Block, 0)
	must(t, err)
	same(t, "now", old, first)
}
