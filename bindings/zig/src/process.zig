// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the process has once: the library's life, its kick, and the itimers.

const std = @import("std");
const c = @import("c");
const errors = @import("errors.zig");
const Error = errors.Error;
const Event = @import("event.zig").Event;
const Signal = @import("signal.zig").Signal;

/// Of the library that is loaded. Thread: any. In a signal handler: yes.
pub fn version() std.SemanticVersion {
    const packed_version = c.sig_version();
    return .{
        .major = packed_version >> 16,
        .minor = packed_version >> 8 & 0xff,
        .patch = packed_version & 0xff,
    };
}

/// "major.minor.patch". Thread: any. In a signal handler: yes.
pub fn versionString() [:0]const u8 {
    return std.mem.span(c.sig_version_string());
}

/// Make the caller the owner of the main context. `interpreter_defaults`:
/// SIGINT raises 130, and SIGPIPE and SIGXFSZ are ignored.
/// Thread: the first, then owner. Errors: EPERM another is the owner, ENOMEM.
pub fn init(options: struct { interpreter_defaults: bool = false }) Error!void {
    const flags: u32 = if (options.interpreter_defaults) c.SAFEPOINT_INTERPRETER_DEFAULTS else 0;
    return errors.done(c.sig_init(flags));
}

/// Put back each disposition that still is ours, drop what is pending in the
/// main context, and have no owner.
/// Thread: owner (any, where there is none). Errors: EPERM.
pub fn fini() Error!void {
    return errors.done(c.sig_fini());
}

/// A handler to install: it raises 130, as Python's raises KeyboardInterrupt.
pub fn interrupted(_: void, event: *const Event) c_int {
    return c.sig_interrupted(@ptrCast(event), null);
}

/// Have this signal end the owner's waits; the one before. SIGURG at first.
/// Thread: owner, or the first. Errors: EINVAL, EBUSY, EPERM, ENOMEM.
pub fn setKick(signal: Signal) Error!Signal {
    return @enumFromInt(try errors.result(c.sig_set_kick(@intFromEnum(signal))));
}

/// SIGALRM in so many seconds, 0 for not at all; those left of the last one.
/// Thread: any. In a signal handler: yes.
pub fn alarm(seconds: c_uint) c_uint {
    return c.sig_alarm(seconds);
}

/// A timer of the process, in nanoseconds, rounded up to microseconds.
pub const Itimer = struct {
    /// Until it falls due; 0 is not at all.
    value: u64,
    /// And then every so often; 0 is only once.
    interval: u64 = 0,

    pub const Which = enum(c_int) { real, virtual, prof };
};

/// What it was before. Thread: any. Errors: EINVAL a time of 2^63 or more.
pub fn setitimer(which: Itimer.Which, timer: Itimer) Error!Itimer {
    const new: c.sig_itimer = .{
        .size = @sizeOf(c.sig_itimer),
        .reserved = 0,
        .value = timer.value,
        .interval = timer.interval,
    };
    var old = sized();
    try errors.done(c.sig_setitimer(@intFromEnum(which), &new, &old));
    return .{ .value = old.value, .interval = old.interval };
}

/// What it has left. Thread: any.
pub fn getitimer(which: Itimer.Which) Error!Itimer {
    var left = sized();
    try errors.done(c.sig_getitimer(@intFromEnum(which), &left));
    return .{ .value = left.value, .interval = left.interval };
}

fn sized() c.sig_itimer {
    var timer = std.mem.zeroes(c.sig_itimer);
    timer.size = @sizeOf(c.sig_itimer);
    return timer;
}
