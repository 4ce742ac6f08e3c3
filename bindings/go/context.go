// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"context"
	"fmt"
	"os"
	"syscall"
)

// Cancelled is what a safe point in C returns when the context.Context that was
// given to [Owner.Run] is done.
const Cancelled = int(syscall.ECANCELED)

// Run runs a native loop: f calls C, which gets the context, as [Owner.Native]
// has it, and asks sig_context_check() at its safe points whether to go on. Where
// that is not 0 the loop has to end: ctx is done, Cancelled; or an event has come,
// EINTR, which waits for Check or Next. f's result is Run's. The error is
// ctx.Err() where that has ended the loop, or was done before; EINTR where an
// event waits, and at once where one does that a raise has left behind; EPERM, and
// EBUSY while held. A Run may be in a Run: what ends the outer ends the inner.
//
// In C code that asks sig_check() the context is that of [Main].
func (o *Owner) Run(ctx context.Context, f func(native uintptr) int) (result int, err error) {
	if _, err := o.owned("run", func() int {
		switch {
		case o.held > 0:
			return -int(syscall.EBUSY) // it could not be ended
		case o.ready():
			return -int(syscall.EINTR)
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
	o.runs = append(o.runs, ctx)
	defer func() {
		if o.ready() {
			err = &Error{"run", syscall.EINTR}
		}
		ended := result == Cancelled
		if !stop() {
			<-interrupted
			// If it is still there, the loop has ended by itself.
			ended = o.native.TakeInterrupt(Cancelled) == 0 || ended
		}
		if done := o.runDone(); ended && done != nil {
			err = done
		}
		o.runs = o.runs[:len(o.runs)-1]
		if o.runDone() != nil { // what was taken may have been that one's
			o.Interrupt(Cancelled)
		}
	}()
	return f(o.native.Handle()), nil
}

// runDone is why a Run has to end, the innermost first: nil for none.
func (o *Owner) runDone() error {
	for i := len(o.runs) - 1; i >= 0; i-- {
		if err := o.runs[i].Err(); err != nil {
			return err
		}
	}
	return nil
}

// A SignalError is why the context of [NotifyContext] is done: context.Cause.
type SignalError struct{ Event Event }

func (e *SignalError) Error() string { return Name(e.Event.Signal) + " received" }

// NotifyContext is a copy of parent that is done when one of the signals comes,
// with a [*SignalError] as its cause, as signal.NotifyContext has it; and it
// says who sent the signal. Until stop is called, the signals come here; stop
// returns when they have been put back. EINVAL for what cannot be caught, and for
// no signals: here that is not all of them.
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
	if len(signals) == 0 {
		return nil, &Error{"notify", syscall.EINVAL}
	}
	o, err := Open()
	if err != nil {
		return nil, err
	}
	for _, sig := range signals {
		number, ok := sig.(syscall.Signal)
		if !ok {
			err = &Error{fmt.Sprint("notify: ", sig), syscall.EINVAL}
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
