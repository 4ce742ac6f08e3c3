// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"syscall"
	"time"
	"unsafe"

	"safepoint/internal/native"
)

// Forever is a time that never comes.
const Forever time.Duration = 1<<63 - 1

// wait makes a call of the library's that waits, and makes it again when handlers
// have run and none has raised. There is no window between a check and the call.
func (o *Owner) wait(op string, call func() int) (int, error) {
	for {
		if o.closed.Load() {
			return 0, o.stale(op)
		}
		if !o.ready() { // or what a handler that raised has left comes first
			if n := call(); n != -int(syscall.EINTR) {
				return n, failed(op, n)
			}
		}
		if err := o.check(); err != nil {
			return 0, err
		}
	}
}

// limit is what is left, in nanoseconds, of so long from now.
func limit(d time.Duration) func() uint64 {
	if d == Forever {
		return func() uint64 { return native.Forever }
	}
	end := time.Now().Add(d)
	return func() uint64 {
		if left := time.Until(end); left > 0 {
			return uint64(left)
		}
		return 0
	}
}

// Sleep sleeps that long, or [Forever]; handlers run meanwhile. The error is what
// one has raised; EINTR where an event came that is for Next; EPERM. So it is
// with all that wait.
func (o *Owner) Sleep(d time.Duration) error {
	left := limit(d)
	_, err := o.wait("sleep", func() int { return o.native.Sleep(left()) })
	return err
}

// Pause waits until something has come, and handles it.
func (o *Owner) Pause() error {
	if !o.ready() {
		n, err := o.result("pause", o.native.Pause)
		if n != -int(syscall.EINTR) {
			return err
		}
	}
	return o.check()
}

// Wait waits for the next event, of any kind, and takes it as Next does.
func (o *Owner) Wait() (Event, error) {
	for {
		if event, err := o.Next(); err != nil || event.Kind != 0 {
			return event, err
		}
		n, err := o.result("wait", o.native.Pause)
		if err != nil && n != -int(syscall.EINTR) {
			return Event{}, err
		}
	}
}

// WaitFor takes one of these signals, without its handler; what else comes is
// handled meanwhile. It has arrived, or is blocked and was sent; with a timeout of
// 0 it only looks. ETIMEDOUT where none came, EINVAL where there is no signal in
// the set.
func (o *Owner) WaitFor(set Set, timeout time.Duration) (Event, error) {
	left := limit(timeout)
	var e native.Event
	n, err := o.owned("wait for", func() (n int) {
		if o.held == 0 {
			e, n = o.native.TakeRecorded(uint64(set))
		}
		return n
	})
	if err != nil || n > 0 {
		return eventOf(e), err
	}
	_, err = o.wait("wait for", func() (n int) {
		e, n = o.native.WaitSignal(uint64(set), left())
		return n
	})
	if err != nil {
		return Event{}, err
	}
	return eventOf(e), nil
}

// Read is read(2): what has been read is never lost to a signal. 0 is the end.
func (o *Owner) Read(fd int, p []byte) (int, error) {
	return o.transfer("read", syscall.SYS_READ, fd, p)
}

// Write is write(2): what was written, which may be less.
func (o *Owner) Write(fd int, p []byte) (int, error) {
	return o.transfer("write", syscall.SYS_WRITE, fd, p)
}

func (o *Owner) transfer(op string, number, fd int, p []byte) (int, error) {
	start := unsafe.Pointer(unsafe.SliceData(p))
	return o.wait(op, func() int { return o.native.SyscallAt(number, fd, start, len(p)) })
}

// Waitpid is waitpid(2): the child's process id, or 0 with syscall.WNOHANG. A
// child is reaped once, whatever comes. Do not wait for it by os/exec as well.
func (o *Owner) Waitpid(pid int, options int) (int, syscall.WaitStatus, error) {
	var status int32
	n, err := o.wait("waitpid", func() int {
		return o.native.SyscallAt(syscall.SYS_WAIT4, pid, unsafe.Pointer(&status), options)
	})
	return n, syscall.WaitStatus(status), err
}

// Syscall is any system call, but those that do not return as they were called,
// close and dup2. It is made again with these very arguments, so a time from now
// on begins anew. A uintptr(unsafe.Pointer(p)) among the arguments is as in
// syscall.Syscall.
//
//go:uintptrescapes
func (o *Owner) Syscall(number int, a, b, c, d, e, f uintptr) (int, error) {
	arguments := [6]uintptr{a, b, c, d, e, f}
	return o.wait("syscall", func() int { return o.native.Syscall(number, arguments) })
}

// PollFD is poll(2)'s struct pollfd.
type PollFD struct {
	FD      int32
	Events  int16
	Revents int16
}

// Poll is poll(2), for so long or [Forever]: how many descriptors are ready, 0
// when time is up.
func (o *Owner) Poll(fds []PollFD, timeout time.Duration) (int, error) {
	left := limit(timeout)
	return o.wait("poll", func() int {
		return o.native.Ppoll(unsafe.Pointer(unsafe.SliceData(fds)), len(fds), left())
	})
}

// Mask changes the mask of the owner's thread, as sigprocmask with how, and is the
// one before. What is unblocked and was sent is handled in here: if that raises,
// the mask is changed all the same. EINVAL.
func (o *Owner) Mask(how MaskHow, set Set) (old Set, err error) {
	n, err := o.result("mask", func() (n int) {
		was, n := o.native.Mask(int(how), uint64(set))
		old = Set(was)
		return n
	})
	if n == -int(syscall.EINTR) {
		err = o.check()
	}
	return old, err
}

// WaitLatch waits that long until the latch is set, and reports whether it is.
func (o *Owner) WaitLatch(l *Latch, timeout time.Duration) (bool, error) {
	left := limit(timeout)
	n, err := o.wait("wait for latch", func() int { return o.native.LatchWait(&l.word, left()) })
	return n == 1, err
}

// Blocking runs f, code that is not ours and may wait, a C function say: the
// system calls that the owner's thread makes in there fail with EINTR when
// something comes, again and again. What had come before is handled first, and
// what has come meanwhile afterwards. EPERM, ENOMEM.
func (o *Owner) Blocking(f func()) error {
	_, err := o.wait("blocking", func() int {
		n := o.native.BlockingBegin()
		if n == 1 { // something has come
			o.native.BlockingEnd()
			return -int(syscall.EINTR)
		}
		return n
	})
	if err != nil {
		return err
	}
	func() {
		defer o.native.BlockingEnd()
		f()
	}()
	return o.Check()
}
