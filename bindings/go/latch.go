// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"time"
	"unsafe"

	"safepoint/internal/native"
)

// A Latch stops any number of workers, in Go, in C, and in other processes that
// share its memory. The zero value is not set; once set it stays so. Do not copy
// it. Any goroutine.
type Latch struct{ word uint32 }

// Set sets it, and wakes all who wait for it; it reports whether it was not set
// before.
func (l *Latch) Set() bool { return native.LatchSet(&l.word) == 0 }

// IsSet reports whether it is set.
func (l *Latch) IsSet() bool { return native.LatchIsSet(&l.word) }

// Wait waits that long, or [Forever], until it is set, and reports whether it is.
// No handler runs meanwhile: see [Owner.WaitLatch]. A negative timeout is 0.
func (l *Latch) Wait(timeout time.Duration) bool {
	return native.LatchWait(&l.word, limit(timeout)()) == 1
}

// Pointer is the sig_latch, for C.
func (l *Latch) Pointer() unsafe.Pointer { return unsafe.Pointer(&l.word) }
