// SPDX-License-Identifier: MIT OR Apache-2.0

//! What handlers are given, and what they say in return.

const std = @import("std");
const c = @import("c");
const Signal = @import("signal.zig").Signal;

/// What happened. A handler's event is valid until the handler returns. What
/// does not apply is 0 or null.
pub const Event = extern struct {
    size: u32,
    kind: Kind,
    signum: Signal,
    /// si_code: `c.SI_USER` for kill, `c.SI_QUEUE` for sigqueue.
    code: c_int,
    /// The sender's process.
    pid: std.c.pid_t,
    /// The sender's real user.
    uid: std.c.uid_t,
    /// SIGCHLD: the child's exit status or signal. Interrupt: the number.
    status: c_int,
    reserved: u32,
    /// What sigqueue sent along.
    value: isize,
    /// A call's or timer's; `Context.run()` runs it.
    @"fn": c.sig_call,
    arg: ?*anyopaque,
    /// Deliveries that this event stands for: at least 1. Where it is more,
    /// code, pid, uid, value and time are those of the first.
    count: u64,
    /// Deliveries behind this one that found no room and are lost.
    lost: u64,
    /// When it arrived: nanoseconds of CLOCK_MONOTONIC.
    time: u64,
    /// What `Context.checkFrame()` was given.
    frame: ?*anyopaque,
    context: ?*c.sig_context,

    pub const Kind = enum(u32) {
        signal = c.SAFEPOINT_EVENT_SIGNAL,
        call = c.SAFEPOINT_EVENT_CALL,
        timer = c.SAFEPOINT_EVENT_TIMER,
        child = c.SAFEPOINT_EVENT_CHILD,
        interrupt = c.SAFEPOINT_EVENT_INTERRUPT,
        _,
    };

    comptime {
        std.debug.assert(@sizeOf(Event) == @sizeOf(c.sig_event));
        for (std.meta.fieldNames(Event)) |name|
            std.debug.assert(@offsetOf(Event, name) == @offsetOf(c.sig_event, name));
    }
};

/// How to install a handler; all are off unless asked for.
pub const Flags = packed struct(u32) {
    /// System calls that the signal interrupts restart (SA_RESTART).
    restart: bool = false,
    /// After recording, the C handler that stood before runs, too.
    chain: bool = false,
    /// What stood before is restored just before the handler runs.
    oneshot: bool = false,
    /// Each delivery is an event of its own. Always so for real-time signals.
    queue: bool = false,
    /// EEXIST, and no change, where somebody else's handler stands.
    if_default: bool = false,
    /// A signal that was ignored before us, as under nohup, stays ignored,
    /// which is no error: `Context.verify()` then says no.
    keep_ignored: bool = false,
    unused: u26 = 0,

    comptime {
        for (.{ "restart", "chain", "oneshot", "queue", "if_default", "keep_ignored" }, .{
            c.SAFEPOINT_RESTART, c.SAFEPOINT_CHAIN,      c.SAFEPOINT_ONESHOT,
            c.SAFEPOINT_QUEUE,   c.SAFEPOINT_IF_DEFAULT, c.SAFEPOINT_KEEP_IGNORED,
        }) |name, bit|
            std.debug.assert(@as(u32, 1) << @bitOffsetOf(Flags, name) == bit);
    }
};

/// Who stands at a signal.
pub const Disposition = struct {
    kind: Kind,
    /// Our handler's, if this context has one.
    flags: Flags,
    /// Our handler was installed, and something else stands there now.
    overwritten: bool,

    pub const Kind = enum(u32) {
        default = c.SAFEPOINT_KIND_DEFAULT,
        ignored = c.SAFEPOINT_KIND_IGNORED,
        /// Ours, of this context or another.
        handler = c.SAFEPOINT_KIND_HANDLER,
        /// Somebody else's C handler.
        foreign = c.SAFEPOINT_KIND_FOREIGN,
        _,
    };
};
