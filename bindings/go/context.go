// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"context"
	"os"
	"syscall"

	"safepoint/internal/native"
)

// Cancelled is what a safe point in C returns when the context.Context that was
// given to [Owner.Run] is done.
const Cancelled = int(syscall.ECANCELED)

// Run runs a native loop: f calls C, which gets the context, as [Owner.Native]
// has it, and asks sig_context_check() at its safe points whether to go on. Where
// that is not 0 the loop has to end: ctx is done, Cancelled; or an event has come,
// EINTR, which waits for Check or Next. f's result is Run's. The error is
// ctx.Err() where that has ended the loop, or was done before; EINTR where an
// event waits; EPERM, and EBUSY while held.
//
// In C code that asks sig_check() the context is that of [Main].
func (o *Owner) Run(ctx context.Context, f func(native uintptr) int) (result int, err error) {
	if _, err := o.owned("run", func() int {
		if o.held > 0 {
			return -int(syscall.EBUSY) // it could not be ended
		}
		return 0
	}); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		o.native.Interrupt(Cancelled)
		close(interrupted)
	})
	before := o.native.Enter()
	defer func() {
		native.Leave(before)
		if o.ready() {
			err = &Error{"run", syscall.EINTR}
		}
		if !stop() {
			<-interrupted
			// If it is still there, the loop has ended by itself.
			if o.native.TakeInterrupt(Cancelled) == 0 {
				err = ctx.Err()
			}
		}
	}()
	return f(o.native.Handle()), nil
}

// A SignalError is why the context of [NotifyContext] is done: context.Cause.
type SignalError struct{ Event Event }

func (e *SignalError) Error() string { return Name(e.Event.Signal) + " received" }

// NotifyContext is a copy of parent that is done when one of the signals comes,
// with a [*SignalError] as its cause, as signal.NotifyContext has it; and it
// says who sent the signal. Until stop is called, the signals come here; stop
// returns when they have been put back. EINVAL for what cannot be caught.
func NotifyContext(parent context.Context, signals ...os.Signal) (ctx context.Context, stop func(), err error) {
	ctx, cancel := context.WithCancelCause(parent)
	opened, ended := make(chan error), make(chan struct{})
	var owner *Owner
	go func() {
		defer close(ended)
		o, err := openFor(signals)
		owner = o
		opened <- err
		if err != nil {
			return
		}
		defer o.Close()
		for {
			event, err := o.Wait()
			if err != nil {
				cancel(err)
			}
			if err != nil || event.Kind == InterruptEvent {
				return
			}
			cancel(&SignalError{event})
		}
	}()
	if err := <-opened; err != nil {
		cancel(err)
		return nil, nil, err
	}
	return ctx, func() {
		cancel(nil)
		owner.Interrupt(1)
		<-ended
	}, nil
}

func openFor(signals []os.Signal) (*Owner, error) {
	o, err := Open()
	if err != nil {
		return nil, err
	}
	for _, sig := range signals {
		number, ok := sig.(syscall.Signal)
		if !ok {
			err = &Error{"notify: " + sig.String(), syscall.EINVAL}
		} else {
			err = o.Install(number, nil, 0)
		}
		if err != nil {
			o.Close()
			return nil, err
		}
	}
	return o, nil
}
