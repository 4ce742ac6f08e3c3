// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"safepoint"
	_ "safepoint/realtime"
)

func printSender(event safepoint.Event) error {
	fmt.Printf("%s from %d uid %d\n", safepoint.Name(event.Signal), event.PID, event.UID)
	return nil
}

func printValue(event safepoint.Event) error {
	fmt.Printf("%s value %d\n", safepoint.Name(event.Signal), event.Value)
	return nil
}

func arrival(how string) {
	o := open(0)
	install(o, "HUP", printSender)
	install(o, "USR1", printSender)
	install(o, "USR2", printSender)
	install(o, "TERM", raiseIt)
	fmt.Println("ready")
	fmt.Println(raisedIn(o, how))
}

func storm() {
	o := open(0)
	var usr1, rtmin1 uint64
	install(o, "USR1", func(event safepoint.Event) error {
		usr1 += event.Count
		return nil
	})
	install(o, "RTMIN+1", func(event safepoint.Event) error {
		rtmin1 += event.Count
		return nil
	})
	rt, err := safepoint.Number("RTMIN+1")
	must(err)
	_, err = o.Mask(safepoint.Unblock, safepoint.SetOf(rt))
	must(err)
	install(o, "USR2", func(safepoint.Event) error {
		fmt.Printf("so far SIGUSR1 %d SIGRTMIN+1 %d\n", usr1, rtmin1)
		return nil
	})
	install(o, "TERM", raiseIt)
	fmt.Println("ready")
	fmt.Println(raisedIn(o, "wait"))
	for o.Check() != nil {
	}
	n, err := o.Stats()
	must(err)
	fmt.Printf("SIGUSR1 %d\nSIGRTMIN+1 %d\n", usr1, rtmin1)
	fmt.Printf("%d arrivals = %d handled + %d coalesced + %d lost + %d dropped\n",
		n.Arrivals, n.Handled, n.Coalesced, n.Lost, n.Dropped)
}

// Their order is kept by safepoint/realtime, and where one thread takes them.
func values() {
	o := open(0)
	first, err := safepoint.Number("RTMIN+1")
	must(err)
	_, err = o.Mask(safepoint.Unblock, safepoint.SetOf(first, first+1))
	must(err)
	install(o, "RTMIN+1", printValue)
	install(o, "RTMIN+2", printValue)
	install(o, "TERM", raiseIt)
	fmt.Println("ready")
	fmt.Println(raisedIn(o, "wait"))
}

// queue queues a call, and tries again where there is no room.
func queue(o *safepoint.Owner, call func() error) {
	for {
		err := o.Call(call)
		if !errors.Is(err, syscall.EAGAIN) {
			must(err)
			return
		}
		runtime.Gosched()
	}
}

func pendingCalls(threads, each int) {
	o := open(0)
	run, inOrder, onOwner := 0, "yes", "yes"
	fmt.Println("ready")
	var queuing sync.WaitGroup
	for thread := 0; thread < threads; thread++ {
		queuing.Add(1)
		go func() {
			defer queuing.Done()
			runtime.LockOSThread()
			next := 0
			for i := 0; i < each; i++ {
				i := i
				queue(o, func() error {
					if i != next {
						inOrder = "no"
					}
					if !o.IsOwner() {
						onOwner = "no"
					}
					next++
					run++
					return nil
				})
			}
		}()
	}
	for run < threads*each {
		must(o.Check())
	}
	queuing.Wait()
	fmt.Printf("%d calls\nin order %s\non the owner %s\n", run, inOrder, onOwner)
	go queue(o, func() error { return raised(7) })
	fmt.Println(raisedIn(o, "spin"))
}

func deadline(ms int) {
	o := open(0)
	delay := time.Duration(ms) * time.Millisecond
	fmt.Println("ready")
	began, early := time.Now(), "no"
	_, err := o.CallAfter(delay, 0, func() error { return raised(9) })
	must(err)
	fmt.Println(raisedIn(o, "spin"))
	if time.Since(began) < delay {
		early = "yes"
	}
	fmt.Printf("early %s\n", early)
	var timer *safepoint.Timer
	ticks := 0
	timer, err = o.CallAfter(delay, delay, func() error {
		ticks++
		fmt.Printf("tick %d\n", ticks)
		if ticks == 3 {
			return timer.Cancel()
		}
		return nil
	})
	must(err)
	for ticks < 3 {
		must(o.Check())
	}
	must(o.Sleep(5 * delay))
	fmt.Println("cancelled")
}

func interrupt(how string) {
	o := open(safepoint.InterpreterDefaults)
	fmt.Println("ready")
	var err error
	if how == "read" {
		_, err = o.Read(0, make([]byte, 1))
	} else {
		err = raisedIn(o, how)
	}
	var value safepoint.Interrupted
	if !errors.As(err, &value) {
		must(err)
	}
	fmt.Printf("interrupted %d\n", value)
	must(o.Default(syscall.SIGINT))
	must(safepoint.Raise(syscall.SIGINT))
}

func hang(deliveries, ms int) {
	o := open(0)
	install(o, "INT", func(safepoint.Event) error {
		fmt.Println("handled")
		return nil
	})
	must(o.SetEscalation(syscall.SIGINT, deliveries, time.Duration(ms)*time.Millisecond))
	fmt.Println("ready")
	for {
	}
}

func fork() {
	fmt.Fprintln(os.Stderr, "worker: a Go program cannot fork without exec")
	os.Exit(77)
}

// start starts a command that the library is to wait for: os/exec would, too.
func start(command ...string) int {
	path, err := exec.LookPath(command[0])
	must(err)
	pid, err := syscall.ForkExec(path, command, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2},
	})
	must(err)
	return pid
}

func children() {
	o := open(0)
	seen := -1
	install(o, "CHLD", func(event safepoint.Event) error {
		seen = event.Status
		return nil
	})
	// Wait for it, and until its SIGCHLD has been handled.
	waitFor := func(pid int) syscall.WaitStatus {
		_, status, err := o.Waitpid(pid, 0)
		must(err)
		for seen < 0 {
			must(o.Check())
		}
		fmt.Printf("SIGCHLD status %d\n", seen)
		return status
	}
	fmt.Println("ready")
	fmt.Printf("child ended %d\n", waitFor(start("sh", "-c", "exit 3")).ExitStatus())
	seen = -1
	child := start("sleep", "100")
	must(safepoint.Kill(child, syscall.SIGTERM))
	fmt.Printf("child died by %s\n", safepoint.Name(waitFor(child).Signal()))
}

func errorNames() {
	o := open(0)
	names := map[syscall.Errno]string{syscall.EINVAL: "EINVAL", syscall.EPERM: "EPERM",
		syscall.ENOENT: "ENOENT"}
	name := func(err error) string {
		var errno syscall.Errno
		if !errors.As(err, &errno) {
			return "0"
		}
		return names[errno]
	}
	fmt.Println("ready")
	fmt.Println("SIGKILL", name(o.Install(syscall.SIGKILL, raiseIt, 0)))
	fmt.Println("0", name(o.Install(0, raiseIt, 0)))
	elsewhere := make(chan error)
	go func() { elsewhere <- o.Install(syscall.SIGUSR1, raiseIt, 0) }()
	fmt.Println("another thread", name(<-elsewhere))
	fmt.Println("no timer", name(new(safepoint.Timer).Cancel()))
}
