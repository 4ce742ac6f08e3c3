// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"safepoint/internal/native"
)

// A Handler runs at the owner's safe points, in ordinary Go. An error raises: the
// check or wait ends with it.
type Handler func(Event) error

// Flags are how a signal is handled.
type Flags uint32

// Flags of [Owner.Install].
const (
	// Restart has interrupted system calls of other threads go on by themselves
	// (SA_RESTART).
	Restart Flags = native.Restart
	// Chain passes the signal on, when it is recorded, to what stood there
	// before: in a Go program that is os/signal, and Go's own use of it. Call
	// signal.Notify first: after Install it takes some signals away, see Verify.
	Chain Flags = native.Chain
	// OneShot restores what stood there before the handler is called.
	OneShot Flags = native.Oneshot
	// Queue keeps each delivery apart, as for real-time signals.
	Queue Flags = native.Queue
	// IfDefault fails with EEXIST where a C function stands there. The Go
	// runtime's own is one: it has one at almost every signal.
	IfDefault Flags = native.IfDefault
	// KeepIgnored leaves a signal alone that is ignored, as under nohup; then
	// Query has Kind Ignored.
	KeepIgnored Flags = native.KeepIgnored
)

// Install has handler called when the signal comes; it replaces an earlier one.
// With nil the events are for [Owner.Next] and [Owner.Wait], and end a Check or
// another wait with EINTR. EINVAL for a signal that cannot be caught or does not
// exist, or unknown flags; EPERM, EEXIST, ENOMEM.
func (o *Owner) Install(sig syscall.Signal, handler Handler, flags Flags) error {
	n, err := o.owned(at("install", sig), func() int {
		return o.native.Install(int(sig), uint32(flags))
	})
	if err == nil && n == 0 {
		o.handlers[sig] = handler
	}
	return err
}

// Ignore ignores the signal (SIG_IGN), and drops what is pending of it. While
// another owner handles it, it is not ignored. EINVAL, EPERM.
func (o *Owner) Ignore(sig syscall.Signal) error {
	return o.remove("ignore", sig, o.native.Ignore)
}

// Default does the default (SIG_DFL, not what the Go runtime does), and drops what
// is pending of it. While another owner handles or ignores it, it does not.
// EINVAL, EPERM.
func (o *Owner) Default(sig syscall.Signal) error {
	return o.remove("default", sig, o.native.Default)
}

// Restore puts back what stood there before, and drops what is pending of the
// signal. Where somebody has put a handler over ours, that is left alone: see
// Verify. EINVAL, EPERM.
func (o *Owner) Restore(sig syscall.Signal) error {
	return o.remove("restore", sig, o.native.Restore)
}

func (o *Owner) remove(op string, sig syscall.Signal, from func(int) int) error {
	_, err := o.owned(at(op, sig), func() int { return from(int(sig)) })
	if err == nil {
		o.handlers[sig] = nil
	}
	return err
}

// Kind is who stands at a signal.
type Kind uint32

// Kinds of [Disposition].
const (
	Default Kind = native.KindDefault
	Ignored Kind = native.KindIgnored
	Handled Kind = native.KindHandler // by an Owner, this or another
	Foreign Kind = native.KindForeign // by a C function: the Go runtime's, mostly
)

func (k Kind) String() string {
	names := []string{"default", "ignored", "handled", "foreign"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("Kind(%d)", uint32(k))
}

// A Disposition is what stands at a signal.
type Disposition struct {
	Kind        Kind  // what the kernel has there now
	Installed   bool  // this owner has installed a handler
	Flags       Flags // of that
	Overwritten bool  // something else stands there now
}

// Query says who stands at a signal. EINVAL, EPERM.
func (o *Owner) Query(sig syscall.Signal) (Disposition, error) {
	var d Disposition
	_, err := o.owned(at("query", sig), func() int {
		kind, flags, installed, overwritten, n := o.native.Query(int(sig))
		d = Disposition{Kind(kind), installed, Flags(flags), overwritten}
		return n
	})
	return d, err
}

// Verify reports whether this owner's handler still stands there: not so after
// signal.Ignore, say, or signal.Notify of a SIGCONT. Install puts it back. EINVAL, EPERM.
func (o *Owner) Verify(sig syscall.Signal) (bool, error) {
	n, err := o.owned(at("verify", sig), func() int { return o.native.Verify(int(sig)) })
	return n == 1, err
}

// SetEscalation lets no program hang: the signal's default action is done, from
// within the arrival, at that many deliveries without a safe point in between,
// or when one has waited that long for one. 0 is never. EINVAL for a signal that
// does nothing by default, or a negative number; EPERM, ENOMEM.
func (o *Owner) SetEscalation(sig syscall.Signal, deliveries int, after time.Duration) error {
	_, err := o.owned(at("escalation of", sig), func() int {
		if deliveries < 0 || int(uint32(deliveries)) != deliveries || after < 0 {
			return -int(syscall.EINVAL)
		}
		return o.native.SetEscalation(int(sig), uint32(deliveries), uint64(after))
	})
	return err
}

// SetRestart says whether system calls that the signal interrupts go on by
// themselves (siginterrupt). EINVAL, EPERM, EAGAIN, EBUSY.
func (o *Owner) SetRestart(sig syscall.Signal, on bool) error {
	_, err := o.owned(at("restart of", sig), func() int { return o.native.SetRestart(int(sig), on) })
	return err
}

// SetKick chooses the signal that ends the waits of all owners, for what does not
// arrive on their own threads, and is the one before. The first Open chooses
// SIGWINCH, which is passed on. Nobody ought to block or ignore it. Any goroutine,
// before the first wait. EINVAL for a real-time signal, a fault's, or SIGCHLD;
// EBUSY where somebody waits by the one before; EPERM where another thread owns
// the main context.
func SetKick(sig syscall.Signal) (syscall.Signal, error) {
	opening.Lock()
	defer opening.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := native.SetKick(int(sig))
	if n < 0 {
		return 0, failed(at("kick by", sig), n)
	}
	opening.kickChosen = true
	return syscall.Signal(n), nil
}
