// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const Event = safepoint.Event;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const signals = safepoint.Context(error{ Stopped, TimeUp, EPERM }).main;

fn stop(_: void, _: *const Event) error{Stopped}!void {
    return error.Stopped;
}

fn status(number: *c_int, _: *const Event) c_int {
    return number.*;
}

fn either(number: *c_int, _: *const Event) error{EPERM}!c_int {
    return if (number.* < 0) error.EPERM else number.*;
}

test "an error of a handler comes out of the check as itself" {
    support.begin();
    defer support.end();
    try signals.install(.USR1, stop, {}, .{});
    try signals.check();
    try safepoint.raise(.USR1);
    try expectError(error.Stopped, signals.check());
    try signals.check();
}

test "a number comes out as Raised" {
    support.begin();
    defer support.end();
    var number: c_int = 0;
    try signals.install(.USR1, status, &number, .{});
    for ([_]c_int{ 1, -7, -22, 130, std.math.maxInt(c_int) }) |value| {
        number = value;
        try safepoint.raise(.USR1);
        try expectError(error.Raised, signals.check());
        try expectEqual(value, safepoint.raised());
    }
    number = 0;
    try safepoint.raise(.USR1);
    try signals.check();
}

test "a handler may return either, and an error that has errno's name" {
    support.begin();
    defer support.end();
    var number: c_int = 3;
    try signals.install(.USR1, either, &number, .{});
    try safepoint.raise(.USR1);
    try expectError(error.Raised, signals.check());
    try expectEqual(3, safepoint.raised());
    number = -1;
    try safepoint.raise(.USR1);
    try expectError(error.EPERM, signals.check());
    number = 0;
    try safepoint.raise(.USR1);
    try signals.check();
}

test "what has not run when a handler raises stays pending" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.USR1, stop, {}, .{});
    try signals.install(.USR2, support.count, &seen, .{});
    try safepoint.raise(.USR2);
    try safepoint.raise(.USR1);
    try expectError(error.Stopped, signals.check());
    try expectEqual(0, seen);
    try signals.check();
    try expectEqual(1, seen);
}

fn within(seen: *u64, _: *const Event) error{TimeUp}!void {
    safepoint.raise(.USR1) catch return error.TimeUp;
    if (signals.check()) return error.TimeUp else |err| seen.* += @intFromBool(err == error.Stopped);
}

test "a handler may check, and catch what that raises" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.USR1, stop, {}, .{});
    try signals.install(.USR2, within, &seen, .{});
    try safepoint.raise(.USR2);
    try signals.check();
    try expectEqual(1, seen);
}

fn interruptWith(what: anytype) void {
    signals.interrupt(what) catch unreachable;
}

test "another thread interrupts with an error or a number" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    (try std.Thread.spawn(.{}, interruptWith, .{error.TimeUp})).join();
    try expectError(error.TimeUp, signals.check());
    (try std.Thread.spawn(.{}, interruptWith, .{@as(c_int, 9)})).join();
    try expectError(error.Raised, signals.check());
    try expectEqual(9, safepoint.raised());
    try expectError(error.EINVAL, signals.interrupt(0));
    try signals.interrupt(error.TimeUp);
    const event = (try signals.next()).?;
    try expectEqual(.interrupt, event.kind);
    try expectError(error.TimeUp, signals.run(event));
}

test "waits end with the error, whenever the signal comes" {
    support.begin();
    defer support.end();
    try signals.install(.USR1, stop, {}, .{});
    for ([_]u31{ 0, 20 }) |milliseconds| {
        const thread = try std.Thread.spawn(.{}, support.sendLater, .{ .USR1, milliseconds });
        try expectError(error.Stopped, signals.sleep(50 * support.second));
        thread.join();
    }
    var number: c_int = 12;
    try signals.install(.USR2, status, &number, .{});
    try safepoint.raise(.USR2);
    try expectError(error.Raised, signals.pause());
    try expectEqual(12, safepoint.raised());
}

test "an error of a set that another module named is a number here" {
    support.begin();
    defer support.end();
    const other = safepoint.Context(error{Elsewhere}).main;
    try signals.install(.USR1, stop, {}, .{});
    try safepoint.raise(.USR1);
    try expectError(error.Raised, other.check());
    const number = safepoint.raised();
    try safepoint.raise(.USR1);
    try expectError(error.Raised, other.sleep(safepoint.forever));
    try expectEqual(number, safepoint.raised());
}

test "calls and timers raise as handlers do" {
    support.begin();
    defer support.end();
    const Call = struct {
        fn run(result: *error{TimeUp}!void) error{TimeUp}!void {
            return result.*;
        }
    };
    var result: error{TimeUp}!void = error.TimeUp;
    try signals.addPendingCall(Call.run, &result);
    try safepoint.init(.{});
    try expectError(error.TimeUp, signals.check());
    _ = try signals.callAfter(support.ms, 0, Call.run, &result);
    try expectError(error.TimeUp, signals.sleep(50 * support.second));
}

test "the interpreter's Ctrl-C raises 130" {
    support.begin();
    defer support.end();
    try safepoint.init(.{ .interpreter_defaults = true });
    try safepoint.raise(.INT);
    try expectError(error.Raised, signals.check());
    try expectEqual(safepoint.c.SAFEPOINT_INTERRUPTED, safepoint.raised());
    try signals.install(.TERM, safepoint.interrupted, {}, .{});
    try safepoint.raise(.TERM);
    try expectError(error.Raised, signals.check());
}
