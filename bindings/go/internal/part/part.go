// SPDX-License-Identifier: MIT OR Apache-2.0

// Command part is a Go part of a C program, as a c-archive or c-shared library,
// for the tests: testdata/host.c.
package main

import "C"

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"

	"safepoint"
)

func main() {}

var (
	notified = make(chan os.Signal, 1)
	handled  atomic.Int64
)

// Goroutines that only preemption stops, and the collector, for good.
//
//export PartStart
func PartStart() {
	signal.Notify(notified, syscall.SIGHUP)
	go func() {
		for sum := 0; ; sum++ {
		}
	}()
	go func() {
		for {
			runtime.GC()
		}
	}()
}

// The sum from 1 to n, by as many goroutines.
//
//export PartSum
func PartSum(n C.int) C.int {
	results := make(chan int)
	for i := 1; i <= int(n); i++ {
		i := i
		go func() { results <- i }()
	}
	sum := 0
	for i := 0; i < int(n); i++ {
		sum += <-results
	}
	return C.int(sum)
}

// A goroutine that owns a context beside the host's: 0, or 1 where it cannot.
//
//export PartOwn
func PartOwn() C.int {
	opened := make(chan C.int)
	go func() {
		o, err := safepoint.Open()
		if err == nil {
			err = o.Install(syscall.SIGUSR2, nil, 0)
		}
		if err != nil {
			opened <- 1
			return
		}
		opened <- 0
		for {
			event, err := o.Wait()
			if err != nil {
				return
			}
			handled.Add(int64(event.Count))
		}
	}()
	return <-opened
}

// What safepoint.Main says on the calling thread, an errno.
//
//export PartMain
func PartMain() C.int {
	o, err := safepoint.Main(0)
	if err == nil {
		o.Close()
	}
	var errno syscall.Errno
	errors.As(err, &errno)
	return C.int(errno)
}

// How many SIGUSR2 it has handled.
//
//export PartHandled
func PartHandled() C.long { return C.long(handled.Load()) }

// Wait until os/signal has had SIGHUP.
//
//export PartHup
func PartHup() { <-notified }
