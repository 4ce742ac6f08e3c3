// SPDX-License-Identifier: MIT OR Apache-2.0

// Package safepoint records signals when they arrive and handles them later, in
// the goroutine that owns them, at a point where that is safe.
//
// [Open] makes a goroutine an owner, and locks it to its thread. Handlers are Go
// functions. They run in that goroutine, in [Owner.Check], which calls nothing while
// nothing has come, and in waits such as [Owner.Sleep], and nowhere else;
// or [Owner.Next] and [Owner.Wait] give out one event after the other. No C code
// calls into Go.
//
// A handler that returns an error raises it: the check or wait ends with that
// error, and what had not run stays pending.
//
// Methods of an Owner are its goroutine's: elsewhere they fail with EPERM. Those
// that any goroutine may call say so. An error of the library's is an [*Error]:
// errors.Is(err, syscall.EPERM) tells which. None of this may be called in a
// signal handler, where no Go code may run.
//
// A signal that this package handles no longer comes to os/signal, unless it is
// installed with [Chain]: then it comes to both.
package safepoint

import (
	"syscall"

	"safepoint/internal/native"
)

// Version is that of the library that is loaded, "major.minor.patch".
func Version() string { return native.Version() }

// An Error is one of the library's, which it wraps as a syscall.Errno.
type Error struct {
	Op    string // what was called, and with what
	Errno syscall.Errno
}

func (e *Error) Error() string {
	return "safepoint: " + e.Op + ": " + native.Strerror(int(e.Errno))
}

// Unwrap is the errno, for errors.Is.
func (e *Error) Unwrap() error { return e.Errno }

// failed is the error of a result below 0.
func failed(op string, result int) error {
	if result >= 0 {
		return nil
	}
	return &Error{op, syscall.Errno(-result)}
}

func at(op string, sig syscall.Signal) string {
	if name := Name(sig); name != "" {
		return op + " " + name
	}
	return op + " " + sig.String()
}
