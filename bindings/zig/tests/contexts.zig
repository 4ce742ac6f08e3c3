// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const expect = support.expect;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const main = safepoint.Context(error{}).main;
const Script = safepoint.Context(error{ Cancelled, TimeUp });

test "a signal goes to each context that has a handler" {
    support.begin();
    defer support.end();
    var seen = [_]u64{ 0, 0, 0 };
    const one = try Script.new();
    const two = try Script.new();
    try main.install(.USR1, support.count, &seen[0], .{});
    try one.install(.USR1, support.count, &seen[1], .{});
    try two.install(.USR1, support.count, &seen[2], .{});
    try safepoint.raise(.USR1);
    try one.check();
    try expectEqual([_]u64{ 0, 1, 0 }, seen);
    try main.check();
    try two.check();
    try expectEqual([_]u64{ 1, 1, 1 }, seen);
    try two.trip(.USR1);
    try expectEqual(0, one.breaker().*);
    try expect(two.breaker().* != 0);
    try two.check();
    try expectEqual([_]u64{ 1, 1, 2 }, seen);
    try one.free();
    try two.free();
    try expectEqual(1, (try main.stats()).handled);
}

test "one that was freed is refused, and the main one cannot be" {
    support.begin();
    defer support.end();
    const script = try Script.new();
    try expect(try script.isOwner());
    try script.free();
    try expectError(error.ESTALE, script.free());
    try expectError(error.ESTALE, script.isOwner());
    try expectError(error.ESTALE, script.sleep(0));
    std.c._errno().* = @intFromEnum(std.c.E.INTR);
    try expectError(error.ESTALE, script.retry());
    try expectError(error.ESTALE, script.interrupt(error.TimeUp));
    try expectError(error.Raised, script.checkFrame(null));
    try expectEqual(-safepoint.errno(error.ESTALE), safepoint.raised());
    try expectError(error.EINVAL, main.free());
}

/// A thread that owns a context and runs until it is told why not to.
const Runner = struct {
    deadline: u64 = safepoint.forever,
    script: Script = undefined,
    started: safepoint.Latch = .{},
    outcome: ?anyerror = null,

    fn run(runner: *Runner) void {
        runner.script = Script.new() catch unreachable;
        runner.started.set();
        runner.outcome = runner.untilStopped();
        runner.script.free() catch unreachable;
    }

    fn untilStopped(runner: *Runner) anyerror {
        _ = runner.script.callAfter(runner.deadline, 0, timeUp, {}) catch |err| return err;
        var rounds: u64 = 0;
        while (runner.script.check()) : (rounds += 1) {} else |err| return err;
    }
};

fn timeUp(_: void) error{TimeUp}!void {
    return error.TimeUp;
}

test "another thread cancels what a context runs, or its deadline does" {
    support.begin();
    var runners: [2]Runner = .{ .{}, .{ .deadline = 5 * support.ms } };
    var threads: [2]std.Thread = undefined;
    for (&threads, &runners) |*thread, *runner| {
        thread.* = try std.Thread.spawn(.{}, Runner.run, .{runner});
        try expect(try main.latchWait(&runner.started, 50 * support.second));
    }
    runners[0].script.interrupt(error.Cancelled) catch {};
    for (threads) |thread| thread.join();
    try expectEqual(error.Cancelled, runners[0].outcome.?);
    try expectEqual(error.TimeUp, runners[1].outcome.?);
}

fn holdInto(script: Script, outcome: *safepoint.Error!void) void {
    outcome.* = script.hold();
}

test "what is for the owner alone is refused elsewhere" {
    support.begin();
    const script = try Script.new();
    var outcome: safepoint.Error!void = {};
    (try std.Thread.spawn(.{}, holdInto, .{ script, &outcome })).join();
    try expectError(error.EPERM, outcome);
    try script.free();
}

fn leave(into: *Script) void {
    into.* = Script.new() catch unreachable;
}

test "a context whose thread has ended can be adopted" {
    support.begin();
    var script: Script = undefined;
    (try std.Thread.spawn(.{}, leave, .{&script})).join();
    try expect(!try script.isOwner());
    try script.adopt();
    try expect(try script.isOwner());
    var seen: u64 = 0;
    try script.install(.USR1, support.count, &seen, .{});
    try safepoint.raise(.USR1);
    try script.pause();
    try expectEqual(1, seen);
    try script.free();
}

const Worker = struct {
    latch: *safepoint.Latch,
    rounds: u64 = 0,

    fn run(worker: *Worker) void {
        while (!worker.latch.isSet()) worker.rounds += 1;
    }
};

fn setLatch(latch: *safepoint.Latch, _: *const safepoint.Event) void {
    latch.set();
}

test "a latch stops workers, from a handler" {
    support.begin();
    defer support.end();
    var latch: safepoint.Latch = .{};
    var workers = [_]Worker{ .{ .latch = &latch }, .{ .latch = &latch } };
    var threads: [2]std.Thread = undefined;
    for (&threads, &workers) |*thread, *worker|
        thread.* = try std.Thread.spawn(.{}, Worker.run, .{worker});
    try expect(!try main.latchWait(&latch, support.ms));
    try main.install(.TERM, setLatch, &latch, .{});
    const sender = try std.Thread.spawn(.{}, support.sendLater, .{ .TERM, 10 });
    try expect(try main.latchWait(&latch, 50 * support.second));
    for (threads) |thread| thread.join();
    sender.join();
}
