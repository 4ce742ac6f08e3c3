// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const expect = support.expect;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const signals = safepoint.Context(error{Stopped}).main;

fn increment(number: *u32) void {
    number.* += 1;
}

/// One thread's calls: each knows which it was.
const Queue = struct {
    next: u32 = 0,
    out_of_order: u32 = 0,
    calls: [count]Numbered = undefined,

    const count = 2000;
    const Numbered = struct {
        queue: *Queue,
        number: u32,

        fn run(call: *Numbered) void {
            if (call.number != call.queue.next) call.queue.out_of_order += 1;
            call.queue.next += 1;
        }
    };

    fn fill(queue: *Queue) void {
        for (&queue.calls, 0..) |*call, number| {
            call.* = .{ .queue = queue, .number = @intCast(number) };
            while (true) {
                signals.addPendingCall(Numbered.run, call) catch |err| {
                    std.debug.assert(err == error.EAGAIN);
                    std.Thread.yield() catch {};
                    continue;
                };
                break;
            }
        }
    }
};

test "calls from other threads all run here, each thread's in order" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    var queues: [3]Queue = .{ .{}, .{}, .{} };
    var threads: [3]std.Thread = undefined;
    for (&threads, &queues) |*thread, *queue|
        thread.* = try std.Thread.spawn(.{}, Queue.fill, .{queue});
    while (queues[0].next + queues[1].next + queues[2].next < 3 * Queue.count)
        try signals.check();
    for (threads) |thread| thread.join();
    for (queues) |queue| {
        try expectEqual(Queue.count, queue.next);
        try expectEqual(0, queue.out_of_order);
    }
    try expectEqual(3 * Queue.count, (try signals.stats()).calls_run);
}

test "one call more than there is room for is refused" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    var ran: u32 = 0;
    for (0..1024) |_| try signals.addPendingCall(increment, &ran);
    try expectError(error.EAGAIN, signals.addPendingCall(increment, &ran));
    try signals.check();
    try expectEqual(1024, ran);
    try expectEqual(1, (try signals.stats()).calls_refused);
}

/// Its job is a part of it, and is posted again where it runs.
const Task = struct {
    job: safepoint.Job,
    left: u32,

    fn run(task: *Task) safepoint.Error!void {
        task.left -= 1;
        if (task.left > 0) try signals.post(&task.job);
    }
};

test "a job is never refused, is run once, and may post itself" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const all = safepoint.Context(safepoint.Error).main;
    var task: Task = .{ .job = undefined, .left = 3 };
    task.job = @TypeOf(all).job(Task.run, &task);
    try all.post(&task.job);
    try all.post(&task.job);
    for ([_]u32{ 2, 1, 0, 0 }) |left| {
        try all.check();
        try expectEqual(left, task.left);
    }
    var stopped = @TypeOf(signals).job(stop, {});
    try signals.post(&stopped);
    try expectError(error.Stopped, signals.check());
}

fn stop(_: void) error{Stopped}!void {
    return error.Stopped;
}

test "a deadline is never early, and ends a sleep" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const before = support.now();
    _ = try signals.callAfter(20 * support.ms, 0, stop, {});
    while (signals.check()) {} else |err| try expectEqual(error.Stopped, err);
    try expect(support.now() - before >= 20 * support.ms);
    _ = try signals.callAfter(20 * support.ms, 0, stop, {});
    try expectError(error.Stopped, signals.sleep(50 * support.second));
}

const Tick = struct {
    count: u32 = 0,
    timer: safepoint.Timer = undefined,

    fn run(tick: *Tick) safepoint.Error!void {
        tick.count += 1;
        if (tick.count == 3) try tick.timer.cancel();
    }
};

test "a timer comes again until it is cancelled" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const all = safepoint.Context(safepoint.Error).main;
    var tick: Tick = .{};
    tick.timer = try all.callAfter(support.ms, support.ms, Tick.run, &tick);
    while (tick.count < 3) try all.pause();
    try all.sleep(10 * support.ms);
    try expectEqual(3, tick.count);
    try expectError(error.ENOENT, tick.timer.cancel());
    const never: safepoint.Timer = @enumFromInt(1 << 60);
    try expectError(error.ENOENT, never.cancel());
}

fn isReadable(fd: std.c.fd_t) bool {
    var fds = [_]std.c.pollfd{.{ .fd = fd, .events = 1, .revents = 0 }}; // POLLIN
    return std.c.poll(&fds, 1, 0) == 1;
}

test "the event descriptor is readable while something is pending" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const fd = try signals.eventFd();
    try expect(!isReadable(fd));
    var ran: u32 = 0;
    try signals.addPendingCall(increment, &ran);
    try expect(isReadable(fd));
    try signals.check();
    try expect(!isReadable(fd));
}

test "an arrival writes its number to the wake-up descriptor" {
    support.begin();
    defer support.end();
    var ends: [2]std.c.fd_t = undefined;
    try expectEqual(0, std.c.pipe(&ends));
    defer for (ends) |fd| {
        _ = std.c.close(fd);
    };
    var seen: u64 = 0;
    try signals.install(.USR1, support.count, &seen, .{});
    try expectError(error.EINVAL, signals.setWakeupFd(ends[1], .{})); // it would block
    for (ends) |fd| try expectEqual(0, std.c.fcntl(fd, std.c.F.SETFL, @as(c_int, @bitCast(std.c.O{ .NONBLOCK = true }))));
    try expectEqual(null, try signals.setWakeupFd(ends[1], .{ .calls = true }));
    try safepoint.raise(.USR1);
    var ran: u32 = 0;
    try signals.addPendingCall(increment, &ran);
    var bytes: [8]u8 = undefined;
    try expectEqual(2, std.c.read(ends[0], &bytes, bytes.len));
    try std.testing.expectEqualSlices(u8, &.{ 10, 0 }, bytes[0..2]);
    const one: u8 = 1;
    while (std.c.write(ends[1], @ptrCast(&one), 1) == 1) {}
    try safepoint.raise(.USR1);
    const failures = try signals.wakeupFailures();
    try expectEqual(1, failures.count);
    try expectEqual(error.EAGAIN, failures.last.?);
    try expectEqual(null, (try signals.wakeupFailures()).last);
    try expectEqual(ends[1], (try signals.setWakeupFd(null, .{})).?);
}

const Woken = struct {
    by: ?safepoint.Signal = null,
    times: u32 = 0,

    fn wake(woken: *Woken, signal: ?safepoint.Signal) void {
        woken.by = signal;
        woken.times += 1;
    }
};

test "an arrival calls the wake-up function" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    var ran: u32 = 0;
    var woken: Woken = .{};
    try signals.install(.USR1, support.count, &seen, .{});
    try signals.setWakeupFn(Woken.wake, &woken);
    try safepoint.raise(.USR1);
    try expectEqual(.USR1, woken.by.?);
    try signals.addPendingCall(increment, &ran);
    try expectEqual(null, woken.by);
    try expectEqual(2, woken.times);
    try signals.clearWakeupFn();
    try safepoint.raise(.USR1);
    try expectEqual(2, woken.times);
}
