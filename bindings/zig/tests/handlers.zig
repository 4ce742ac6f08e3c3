// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const Event = safepoint.Event;
const expect = support.expect;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const signals = safepoint.Context(error{}).main;

fn keep(seen: *Event, event: *const Event) void {
    seen.* = event.*;
}

test "a handler gets what is its own, and who sent what" {
    support.begin();
    defer support.end();
    var seen = std.mem.zeroes(Event);
    try signals.install(.USR1, keep, &seen, .{});
    try safepoint.kill(std.c.getpid(), .USR1);
    try safepoint.kill(std.c.getpid(), .USR1);
    try expectEqual(0, seen.count);
    try signals.check();
    try expectEqual(.signal, seen.kind);
    try expectEqual(.USR1, seen.signum);
    try expectEqual(2, seen.count);
    try expectEqual(safepoint.c.SI_USER, seen.code);
    try expectEqual(std.c.getpid(), seen.pid);
    try expectEqual(std.c.getuid(), seen.uid);
    try expect(seen.time != 0 and seen.time <= support.now());
    try expectEqual(signals.raw(), seen.context.?);
    try expect(seen.frame == null);
}

const List = struct {
    values: [4]isize = undefined,
    len: usize = 0,

    fn add(list: *List, event: *const Event) void {
        list.values[list.len] = event.value;
        list.len += 1;
    }
};

test "each real-time signal comes apart, in order, with its value" {
    support.begin();
    defer support.end();
    var list: List = .{};
    const signal = safepoint.Signal.rt(1);
    try signals.install(signal, List.add, &list, .{});
    for ([_]isize{ 7, -8, std.math.minInt(isize) }) |value|
        try safepoint.queue(std.c.getpid(), signal, value);
    try signals.check();
    try std.testing.expectEqualSlices(isize, &.{ 7, -8, std.math.minInt(isize) }, list.values[0..list.len]);
}

var runs: u32 = 0;

fn countRuns(_: void, _: *const Event) void {
    runs += 1;
}

test "a handler may have nothing of its own, and a constant or an optional" {
    support.begin();
    defer support.end();
    const Other = struct {
        fn constant(number: *const u32, _: *const Event) void {
            runs += number.*;
        }
        fn optional(number: ?*u32, _: *const Event) void {
            if (number == null) runs += 100;
        }
    };
    runs = 0;
    const ten: u32 = 10;
    try signals.install(.USR1, countRuns, {}, .{});
    try signals.install(.USR2, Other.constant, &ten, .{});
    try signals.install(.HUP, Other.optional, null, .{});
    for ([_]safepoint.Signal{ .USR1, .USR2, .HUP }) |signal| try safepoint.raise(signal);
    try signals.check();
    try expectEqual(111, runs);
}

test "what is queued is an event for each delivery, and once is once" {
    support.begin();
    defer support.end();
    runs = 0;
    try signals.install(.USR1, countRuns, {}, .{ .queue = true });
    for (0..3) |_| try safepoint.raise(.USR1);
    try signals.check();
    try expectEqual(3, runs);
    try signals.install(.USR1, countRuns, {}, .{ .oneshot = true });
    try safepoint.raise(.USR1);
    try signals.check();
    try expectEqual(4, runs);
    try expectEqual(.default, (try signals.query(.USR1)).kind);
}

test "who stands at a signal can be asked and changed" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    try expectEqual(.default, (try signals.query(.USR1)).kind);
    try expect(!try signals.verify(.USR1));
    try signals.install(.USR1, countRuns, {}, .{ .restart = true, .chain = true });
    const ours = try signals.query(.USR1);
    try expectEqual(.handler, ours.kind);
    try expectEqual(safepoint.Flags{ .restart = true, .chain = true }, ours.flags);
    try expect(!ours.overwritten);
    try expect(try signals.verify(.USR1));
    try signals.setRestart(.USR1, false);
    try signals.ignore(.USR1);
    try expectEqual(.ignored, (try signals.query(.USR1)).kind);
    try signals.install(.USR1, countRuns, {}, .{});
    try signals.default(.USR1);
    try expectEqual(.default, (try signals.query(.USR1)).kind);
    try signals.restore(.USR1);

    // Somebody else's, over ours.
    try signals.install(.USR1, countRuns, {}, .{});
    _ = safepoint.c.signal(safepoint.c.SIGUSR1, foreign);
    const foreigner = try signals.query(.USR1);
    try expectEqual(.foreign, foreigner.kind);
    try expect(foreigner.overwritten);
    try expect(!try signals.verify(.USR1));
    try expectError(error.EEXIST, signals.install(.USR1, countRuns, {}, .{ .if_default = true }));
    _ = safepoint.c.signal(safepoint.c.SIGUSR1, null);
}

fn foreign(_: c_int) callconv(.c) void {}

test "what was ignored under nohup can stay so" {
    support.begin();
    defer support.end();
    try signals.ignore(.HUP);
    try safepoint.fini();
    try safepoint.init(.{});
    const C = safepoint.c;
    _ = C.signal(C.SIGHUP, @ptrFromInt(1)); // SIG_IGN
    try signals.install(.HUP, countRuns, {}, .{ .keep_ignored = true });
    try expect(!try signals.verify(.HUP));
    try expectEqual(.ignored, (try signals.query(.HUP)).kind);
    _ = C.signal(C.SIGHUP, null);
}

test "what cannot be is an error by errno's name, and a sentence" {
    support.begin();
    defer support.end();
    try expectError(error.EINVAL, signals.install(.KILL, countRuns, {}, .{}));
    try expectError(error.EINVAL, signals.install(@enumFromInt(0), countRuns, {}, .{}));
    try signals.install(.USR1, countRuns, {}, .{});
    var outcome: safepoint.Error!void = {};
    const thread = try std.Thread.spawn(.{}, installInto, .{&outcome});
    thread.join();
    try expectError(error.EPERM, outcome);
    try expectEqual(@intFromEnum(std.c.E.PERM), safepoint.errno(error.EPERM));
    try expectEqual(0, safepoint.errno(error.OutOfMemory));
    try expect(safepoint.strerror(error.EPERM).len > 20);
    try expect(!std.mem.eql(u8, safepoint.strerror(error.EPERM), safepoint.strerror(error.EINVAL)));
    try expectError(error.Unexpected, safepoint.result(@as(c_int, -4000)));
    try expectError(error.Unexpected, safepoint.result(@as(c_long, std.math.minInt(c_long))));
}

fn installInto(outcome: *safepoint.Error!void) void {
    outcome.* = signals.install(.USR2, countRuns, {}, .{});
}

test "what is pending can be taken instead" {
    support.begin();
    defer support.end();
    runs = 0;
    try signals.install(.USR1, countRuns, {}, .{});
    try expectEqual(null, try signals.next());
    try safepoint.raise(.USR1);
    try signals.addPendingCall(addRuns, &runs);
    const first = (try signals.next()).?;
    try expectEqual(.USR1, first.signum);
    const second = (try signals.next()).?;
    try expectEqual(.call, second.kind);
    try expectEqual(0, runs);
    try signals.run(first);
    try signals.run(second);
    try expectEqual(5, runs);
    try expectEqual(null, try signals.next());
}

fn addRuns(number: *u32) void {
    number.* += 5;
}

test "while it is held nothing runs" {
    support.begin();
    defer support.end();
    runs = 0;
    try signals.install(.USR1, countRuns, {}, .{});
    try signals.hold();
    try safepoint.raise(.USR1);
    try signals.check();
    try expectEqual(0, runs);
    try expectEqual(0, signals.breaker().*);
    try expect((try signals.pending()).contains(.USR1));
    try signals.release();
    try expect(signals.breaker().* != 0);
    try signals.check();
    try expectEqual(1, runs);
    try expectError(error.EINVAL, signals.release());
}

test "a handler finds the interpreter's frame" {
    support.begin();
    defer support.end();
    var seen = std.mem.zeroes(Event);
    try signals.install(.USR1, keep, &seen, .{});
    try safepoint.trip(.USR1);
    var frame: u32 = 0;
    try signals.checkFrame(&frame);
    try expectEqual(@as(?*anyopaque, &frame), seen.frame);
}

test "signals have names and numbers" {
    try std.testing.expectEqualStrings("SIGINT", safepoint.Signal.INT.name().?);
    try std.testing.expectEqualStrings("SIGRTMIN+3", safepoint.Signal.rt(3).name().?);
    try std.testing.expectEqualStrings("Interrupt", safepoint.Signal.INT.describe().?);
    const none: safepoint.Signal = @enumFromInt(0);
    try expectEqual(null, none.name());
    try expectEqual(null, none.describe());
    try expectEqual(.USR1, try safepoint.Signal.parse("usr1"));
    try expectEqual(safepoint.Signal.rt(2), try safepoint.Signal.parse("SIGRTMIN+2"));
    try expectError(error.EINVAL, safepoint.Signal.parse("SIGNONE"));
    inline for (comptime std.meta.fieldNames(safepoint.Signal)) |name|
        try std.testing.expectEqualStrings("SIG" ++ name, @field(safepoint.Signal, name).name().?);
}

test "a set has what was put in" {
    var set = safepoint.Set.of(&.{ .INT, .rt(0) });
    try expect(set.contains(.INT) and set.contains(.rt(0)) and !set.contains(.TERM));
    try expectEqual(2, @popCount(set.bits));
    set.insert(@enumFromInt(0));
    set.insert(@enumFromInt(65));
    set.remove(.INT);
    try expectEqual(safepoint.Set.of(&.{.rt(0)}), set);
    try expect(safepoint.valid().contains(.USR1));
    try expect(!safepoint.valid().contains(@enumFromInt(32)));
}
