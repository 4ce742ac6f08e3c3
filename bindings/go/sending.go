// SPDX-License-Identifier: MIT OR Apache-2.0

package safepoint

import (
	"syscall"
	"time"

	"safepoint/internal/native"
)

// Raise sends a signal to the calling thread: it has arrived when this returns.
// EINVAL.
func Raise(sig syscall.Signal) error {
	return failed(at("raise", sig), native.Raise(int(sig)))
}

// Kill is kill(2). EINVAL, EPERM, ESRCH.
func Kill(pid int, sig syscall.Signal) error {
	return failed(at("kill", sig), native.Kill(pid, int(sig)))
}

// QueueSignal is sigqueue(3): a signal with a value. EINVAL, EPERM, ESRCH, EAGAIN where
// the receiver's queue is full.
func QueueSignal(pid int, sig syscall.Signal, value int) error {
	return failed(at("queue", sig), native.QueueValue(pid, int(sig), value))
}

// PidfdSend is pidfd_send_signal(2): to that very process. EINVAL, EBADF, EPERM,
// ESRCH, ENOSYS.
func PidfdSend(pidfd int, sig syscall.Signal) error {
	return failed(at("pidfd send", sig), native.PidfdSend(pidfd, int(sig)))
}

// Alarm sends SIGALRM in so many seconds, 2^32 - 1 at most, 0 for not at all; the seconds that were
// left of the last one.
func Alarm(seconds uint) uint { return native.Alarm(seconds) }

// Itimer is a timer of the process. The Go runtime's profiler uses ProfItimer.
type Itimer int

// ITIMER_REAL, ITIMER_VIRTUAL and ITIMER_PROF.
const (
	RealItimer Itimer = iota
	VirtualItimer
	ProfItimer
)

// Set has the timer fall due after value, 0 for not at all, and then every
// interval, 0 for once. What it was. EINVAL.
func (i Itimer) Set(value, interval time.Duration) (oldValue, oldInterval time.Duration, err error) {
	if value < 0 || interval < 0 {
		return 0, 0, &Error{"set itimer", syscall.EINVAL}
	}
	v, every, n := native.SetItimer(int(i), uint64(value), uint64(interval))
	return time.Duration(v), time.Duration(every), failed("set itimer", n)
}

// Get is what it has left. EINVAL.
func (i Itimer) Get() (value, interval time.Duration, err error) {
	v, every, n := native.Itimer(int(i))
	return time.Duration(v), time.Duration(every), failed("get itimer", n)
}
