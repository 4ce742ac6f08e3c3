// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const expect = support.expect;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const signals = safepoint.Context(error{}).main;

test "the version is the library's" {
    var buffer: [64]u8 = undefined;
    const version = safepoint.version();
    const text = try std.fmt.bufPrint(&buffer, "{d}.{d}.{d}", .{ version.major, version.minor, version.patch });
    try std.testing.expectEqualStrings(safepoint.versionString(), text);
}

test "the first is the owner, until it ends that" {
    support.begin();
    try expect(!try signals.isOwner());
    try safepoint.init(.{});
    try expect(try signals.isOwner());
    var other: safepoint.Error!void = {};
    (try std.Thread.spawn(.{}, initInto, .{&other})).join();
    try expectError(error.EPERM, other);
    try safepoint.fini();
    try expect(!try signals.isOwner());
    (try std.Thread.spawn(.{}, initInto, .{&other})).join();
    try other;
    try signals.adopt();
    try safepoint.fini();
}

fn initInto(outcome: *safepoint.Error!void) void {
    outcome.* = safepoint.init(.{});
}

test "a forked child has the handlers, and nothing pending" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.USR1, support.count, &seen, .{});
    try safepoint.raise(.USR1);
    const pid = std.c.fork();
    if (pid == 0) std.c._exit(inChild(&seen) catch 99);
    const ended = try signals.waitpid(pid, 0);
    try expectEqual(1, ended.exited().?);
    try expectEqual(1, seen);
}

fn inChild(seen: *u64) !u8 {
    try signals.check();
    if (seen.* != 0 or !try signals.isOwner()) return 10;
    try safepoint.raise(.USR1);
    try signals.check();
    return @intCast(seen.*);
}

test "a program that reaches no safe point is killed where that is asked for" {
    support.begin();
    defer support.end();
    const pid = std.c.fork();
    if (pid == 0) {
        hang() catch {};
        std.c._exit(99);
    }
    const ended = try signals.waitpid(pid, 0);
    try expectEqual(.INT, ended.signaled().?);
}

fn hang() !void {
    var seen: u64 = 0;
    try signals.install(.INT, support.count, &seen, .{});
    try signals.setEscalation(.INT, 2, 0);
    try safepoint.raise(.INT);
    try safepoint.raise(.INT);
}

/// Raises what it has counted, from the third on.
fn third(seen: *u64, event: *const safepoint.Event) c_int {
    seen.* += event.count;
    return if (seen.* < 3) 0 else @intCast(seen.*);
}

test "alarms and itimers send their signals" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.ALRM, third, &seen, .{});
    try expectEqual(60, safepoint.alarm(30));
    const before = try safepoint.setitimer(.real, .{ .value = 2 * support.ms, .interval = 3 * support.ms });
    try expect(before.value > 20 * support.second and before.value <= 30 * support.second);
    try expectError(error.Raised, signals.sleep(50 * support.second));
    try expectEqual(3 * support.ms, (try safepoint.getitimer(.real)).interval);
    _ = try safepoint.setitimer(.real, .{ .value = 0 });
    try expectError(error.EINVAL, safepoint.setitimer(.real, .{ .value = 1 << 63 }));
    _ = try safepoint.setitimer(.virtual, .{ .value = 0 });
    _ = try safepoint.getitimer(.prof);
}

test "another signal can end the waits" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    try expectEqual(.URG, try safepoint.setKick(.IO));
    const thread = try std.Thread.spawn(.{}, addLater, .{});
    try signals.pause();
    thread.join();
    try expectEqual(1, calls);
    try expectError(error.EINVAL, safepoint.setKick(.KILL));
    try expectEqual(.IO, try safepoint.setKick(.URG));
}

var calls: u32 = 0;

fn addLater() void {
    _ = std.c.poll(undefined, 0, 5);
    signals.addPendingCall(increment, &calls) catch unreachable;
}

fn increment(number: *u32) void {
    number.* += 1;
}

test "signals are sent to processes, threads and pidfds" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.USR1, support.count, &seen, .{});
    try safepoint.kill(std.c.getpid(), .USR1);
    try safepoint.killThread(std.c.pthread_self(), .USR1);
    const pidfd = std.os.linux.pidfd_open(std.c.getpid(), 0);
    try safepoint.pidfdSend(@intCast(pidfd), .USR1);
    try signals.check();
    try expectEqual(3, seen);
    const counted = try signals.stats();
    try expectEqual(3, counted.arrivals);
    try expectEqual(1, counted.handled);
    try expectEqual(2, counted.coalesced);
    try expectError(error.EBADF, safepoint.pidfdSend(-1, .USR1));
    try expectError(error.ESRCH, safepoint.kill(std.math.maxInt(c_int), .USR1));
    try expectError(error.EINVAL, safepoint.raise(@enumFromInt(65)));
    _ = std.c.close(@intCast(pidfd));
}
