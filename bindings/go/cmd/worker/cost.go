// SPDX-License-Identifier: MIT OR Apache-2.0

package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"safepoint"
)

var word uint32

// Each in a loop of its own, by turns, a few ms each.
const times = 5_000_000

func checks(o *safepoint.Owner) (raised error) {
	for i := 0; i < times; i++ {
		if err := o.Check(); err != nil {
			raised = err
		}
	}
	return raised
}

func loads(word *uint32) (set bool) {
	for i := 0; i < times; i++ {
		if atomic.LoadUint32(word) != 0 {
			set = true
		}
	}
	return set
}

func nanoseconds(loop func()) float64 {
	began := time.Now()
	loop()
	return float64(time.Since(began)) / times
}

func cost(rounds int) {
	o := open(0)
	check := func() { must(checks(o)) }
	load := func() {
		if loads(&word) {
			panic("nobody sets it")
		}
	}
	fmt.Println("other: atomic.LoadUint32")
	for round := 0; round < rounds; round++ {
		var ns [2]float64
		if round%2 == 0 {
			ns[0], ns[1] = nanoseconds(check), nanoseconds(load)
		} else {
			ns[1], ns[0] = nanoseconds(load), nanoseconds(check)
		}
		fmt.Printf("%.3f %.3f\n", ns[0], ns[1])
	}
}
