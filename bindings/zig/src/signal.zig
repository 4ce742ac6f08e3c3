// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signals, sets of them, and how they are sent.

const std = @import("std");
const c = @import("c");
const errors = @import("errors.zig");
const Error = errors.Error;

/// A signal's number. Those without a name here, as the real-time ones, are
/// made by `rt()`, `parse()` or `@enumFromInt`.
pub const Signal = enum(c_int) {
    HUP = c.SIGHUP,
    INT = c.SIGINT,
    QUIT = c.SIGQUIT,
    ILL = c.SIGILL,
    TRAP = c.SIGTRAP,
    ABRT = c.SIGABRT,
    BUS = c.SIGBUS,
    FPE = c.SIGFPE,
    KILL = c.SIGKILL,
    USR1 = c.SIGUSR1,
    SEGV = c.SIGSEGV,
    USR2 = c.SIGUSR2,
    PIPE = c.SIGPIPE,
    ALRM = c.SIGALRM,
    TERM = c.SIGTERM,
    CHLD = c.SIGCHLD,
    CONT = c.SIGCONT,
    STOP = c.SIGSTOP,
    TSTP = c.SIGTSTP,
    TTIN = c.SIGTTIN,
    TTOU = c.SIGTTOU,
    URG = c.SIGURG,
    XCPU = c.SIGXCPU,
    XFSZ = c.SIGXFSZ,
    VTALRM = c.SIGVTALRM,
    PROF = c.SIGPROF,
    WINCH = c.SIGWINCH,
    IO = c.SIGIO,
    SYS = c.SIGSYS,
    _,

    /// SIGRTMIN+`n`. One above SIGRTMAX is EINVAL wherever it is used.
    /// Thread: any. In a signal handler: yes.
    pub fn rt(n: u7) Signal {
        return @enumFromInt(c.sig_number("RTMIN") + @as(c_int, n));
    }

    /// By name or number, in any case: "SIGINT", "int", "2", "RTMIN+3".
    /// Thread: any. In a signal handler: yes. Errors: EINVAL no such signal.
    pub fn parse(text: [:0]const u8) Error!Signal {
        return @enumFromInt(try errors.result(c.sig_number(text)));
    }

    /// "SIGINT", "SIGRTMIN+3"; null where there is no such signal.
    /// Thread: any. In a signal handler: yes.
    pub fn name(signal: Signal) ?[:0]const u8 {
        return std.mem.span(c.sig_name(@intFromEnum(signal)) orelse return null);
    }

    /// "Interrupt", "Real-time signal 3"; null where there is no such signal.
    /// Thread: any. In a signal handler: yes.
    pub fn describe(signal: Signal) ?[:0]const u8 {
        return std.mem.span(c.sig_describe(@intFromEnum(signal)) orelse return null);
    }
};

/// A set of signals: bit number - 1.
pub const Set = packed struct(u64) {
    bits: u64,

    pub const empty: Set = .{ .bits = 0 };
    /// What may not be blocked or waited for in it is passed over.
    pub const all: Set = .{ .bits = std.math.maxInt(u64) };

    pub fn of(signals: []const Signal) Set {
        var set = empty;
        for (signals) |signal| set.insert(signal);
        return set;
    }

    /// What is no signal's number is not taken in.
    pub fn insert(set: *Set, signal: Signal) void {
        set.bits |= bit(signal);
    }

    pub fn remove(set: *Set, signal: Signal) void {
        set.bits &= ~bit(signal);
    }

    pub fn contains(set: Set, signal: Signal) bool {
        return set.bits & bit(signal) != 0;
    }

    fn bit(signal: Signal) u64 {
        const number = @intFromEnum(signal);
        return if (number < 1 or number > 64) 0 else @as(u64, 1) << @intCast(number - 1);
    }
};

/// The signals that exist, without those that the C library keeps for itself.
/// Thread: any. In a signal handler: yes.
pub fn valid() Set {
    return .{ .bits = c.sig_valid() };
}

/// Send a signal to the calling thread. It has arrived when this returns,
/// unless it is blocked; its handler runs at the next check.
/// Thread: any. In a signal handler: yes. Errors: EINVAL.
pub fn raise(signal: Signal) Error!void {
    return errors.done(c.sig_raise(@intFromEnum(signal)));
}

/// kill(2).
/// Thread: any. In a signal handler: yes. Errors: EINVAL, EPERM, ESRCH.
pub fn kill(pid: std.c.pid_t, signal: Signal) Error!void {
    return errors.done(c.sig_kill(pid, @intFromEnum(signal)));
}

/// pthread_kill(3), of a thread that was neither joined nor detached.
/// Thread: any. In a signal handler: yes. Errors: EINVAL, ESRCH it has ended.
pub fn killThread(thread: std.c.pthread_t, signal: Signal) Error!void {
    const handle = if (@typeInfo(std.c.pthread_t) == .pointer) @intFromPtr(thread) else thread;
    return errors.done(c.sig_kill_thread(handle, @intFromEnum(signal)));
}

/// sigqueue(3): a signal with a value.
/// Thread: any. In a signal handler: yes. Errors: EINVAL, EPERM, ESRCH, EAGAIN
/// the receiver's queue is full.
pub fn queue(pid: std.c.pid_t, signal: Signal, value: isize) Error!void {
    return errors.done(c.sig_queue(pid, @intFromEnum(signal), value));
}

/// pidfd_send_signal(2): to that very process, never to a later one of the
/// same number.
/// Thread: any. In a signal handler: yes. Errors: EINVAL, EBADF, EPERM, ESRCH,
/// ENOSYS before Linux 5.1.
pub fn pidfdSend(pidfd: std.c.fd_t, signal: Signal) Error!void {
    return errors.done(c.sig_pidfd_send(pidfd, @intFromEnum(signal)));
}

/// As if the signal had arrived, sent by this process, for all contexts.
/// Thread: any. In a signal handler: yes. Errors: EINVAL.
pub fn trip(signal: Signal) Error!void {
    return errors.done(c.sig_trip(@intFromEnum(signal)));
}
