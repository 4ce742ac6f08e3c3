// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"safepoint/internal/native"
)

// An Owner is a goroutine's context: its handlers, and what is pending for it.
type Owner struct {
	breaker  *uint32 // not 0: something is pending; never changes
	recorded *uint32 // how many events C has taken out, or &always
	native   *native.Context
	handlers [65]Handler // by signal
	held     int
	runs     []context.Context // that are under way, the innermost last
	closed   atomic.Bool
}

// Init says what [Main] sets up.
type Init uint32

// InterpreterDefaults is for [Main]: SIGINT, unless it is ignored, gets a handler
// that raises [Interrupted](130). SIGPIPE and SIGXFSZ are ignored.
const InterpreterDefaults Init = native.InterpreterDefaults

// always is what a closed owner looks at: a check goes on to find that out.
var always uint32 = 1

var opening struct {
	sync.Mutex
	kickChosen bool
}

// Open makes the calling goroutine the owner of a new context. It is locked to
// its thread (runtime.LockOSThread) until [Owner.Close], which it has to call
// before it ends. A goroutine may own several. ENOMEM where there are 4,096
// already, or no memory.
func Open() (*Owner, error) { return open("open", false, 0) }

// Main makes the calling goroutine the owner of the process's main context, the
// one that C code means by sig_check(). EPERM where another thread is that,
// EBUSY where this one is: Main was called before and not closed, or C code owns it.
func Main(flags Init) (*Owner, error) { return open("main", true, flags) }

func open(op string, isMain bool, flags Init) (*Owner, error) {
	opening.Lock()
	defer opening.Unlock()
	runtime.LockOSThread()
	chooseKick()
	x, result := (*native.Context)(nil), 0
	switch {
	case !isMain:
		x = native.New()
	case native.IsMainOwner():
		result = -int(syscall.EBUSY)
	default:
		x, result = native.Init(uint32(flags))
	}
	if x == nil && result == 0 {
		result = -int(syscall.ENOMEM)
	}
	if err := failed(op, result); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	o := &Owner{breaker: x.Breaker(), recorded: x.Recorded(), native: x}
	if flags&InterpreterDefaults != 0 {
		// The C library takes a SIGINT at its default, but Go's is there.
		if err := o.Install(syscall.SIGINT, interrupted, KeepIgnored); err != nil {
			x.Close()
			runtime.UnlockOSThread()
			return nil, err
		}
	}
	return o, nil
}

// The signal that ends waits is SIGURG in C. Go's own preemption sends that all
// the time. Where C code is the main context's owner, the choice is its own.
func chooseKick() {
	if !opening.kickChosen {
		opening.kickChosen = true
		native.SetKick(int(syscall.SIGWINCH))
	}
}

// Close puts back what stood at each signal, drops what is pending, and unlocks
// the goroutine from its thread. Where the owner's goroutine has ended without
// it, any may Adopt it, and then close. EPERM.
func (o *Owner) Close() error {
	opening.Lock()
	defer opening.Unlock()
	if o.closed.Load() {
		return o.stale("close")
	}
	isOwner := o.native.IsOwner()
	if err := failed("close", o.native.Close()); err != nil {
		return err
	}
	o.closed.Store(true)
	o.recorded = &always
	calls.drop(o)
	if isOwner {
		runtime.UnlockOSThread()
	}
	return nil
}

// Adopt makes the calling goroutine the owner, whoever was, and locks it to its
// thread. What is pending stays, and is held no more. The caller sees to it that the
// old owner is in none of the methods; it stays locked to its thread. Any goroutine.
// EBUSY where C code is in a handler.
func (o *Owner) Adopt() error {
	if o.closed.Load() {
		return o.stale("adopt")
	}
	runtime.LockOSThread()
	wasOwner := o.native.IsOwner() // then it is locked already
	err := failed("adopt", o.native.Adopt())
	if err != nil || wasOwner {
		runtime.UnlockOSThread()
	}
	if err != nil {
		return err
	}
	for o.native.Release() == 0 { // held by one that lives; else it is not
	}
	o.held = 0
	return nil
}

// IsOwner reports whether the calling goroutine is the owner. Any goroutine.
func (o *Owner) IsOwner() bool { return !o.closed.Load() && o.native.IsOwner() }

// Native is the context for C code, which takes it as a uintptr_t and casts it to
// sig_context *. Once closed it is refused there, too: -ESTALE. Any goroutine.
func (o *Owner) Native() uintptr { return o.native.Handle() }

func (o *Owner) stale(op string) error { return &Error{op, syscall.ESTALE} }

// result calls the library, and is its result if that is no error.
func (o *Owner) result(op string, call func() int) (int, error) {
	if o.closed.Load() {
		return 0, o.stale(op)
	}
	n := call()
	return n, failed(op, n)
}

// owned is the same for what only the owner may do.
func (o *Owner) owned(op string, call func() int) (int, error) {
	return o.result(op, func() int {
		if !o.native.IsOwner() {
			return -int(syscall.EPERM)
		}
		return call()
	})
}
