// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"syscall"

	"safepoint/internal/native"
)

// A Set is a set of signals: bit number - 1.
type Set uint64

// SetOf is the set of these. What is no signal is left out.
func SetOf(signals ...syscall.Signal) Set {
	var set Set
	for _, sig := range signals {
		if sig >= 1 && sig <= 64 {
			set |= 1 << (sig - 1)
		}
	}
	return set
}

// Has reports whether the signal is in the set.
func (s Set) Has(sig syscall.Signal) bool { return s&SetOf(sig) != 0 }

// MaskHow is how [Owner.Mask] changes the mask.
type MaskHow int

// SIG_BLOCK, SIG_UNBLOCK and SIG_SETMASK.
const (
	Block MaskHow = iota
	Unblock
	SetMask
)

// Pending is what was sent and not handled: blocked, and waiting in the kernel for
// this thread or the process; in the owner's goroutine also what is recorded.
func (o *Owner) Pending() (Set, error) {
	var set uint64
	_, err := o.result("pending", func() (n int) {
		set, n = o.native.Pending()
		return n
	})
	return Set(set), err
}

// Name is "SIGINT", "SIGRTMIN+3"; "" where there is no such signal.
func Name(sig syscall.Signal) string { return native.Name(int(sig)) }

// Describe is "Interrupt", "Real-time signal 3"; "" where there is no such signal.
func Describe(sig syscall.Signal) string { return native.Describe(int(sig)) }

// Number is the signal of that name or number, in any case: "SIGINT", "int", "2",
// "RTMIN+3". EINVAL where there is none.
func Number(name string) (syscall.Signal, error) {
	n := native.Number(name)
	if err := failed("number of "+name, n); err != nil {
		return 0, err
	}
	return syscall.Signal(n), nil
}

// Valid is the signals that exist, without those that the C library keeps.
func Valid() Set { return Set(native.Valid()) }
