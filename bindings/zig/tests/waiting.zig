// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const safepoint = @import("safepoint");
const support = @import("support.zig");
const c = safepoint.c;
const expect = support.expect;
const expectEqual = support.expectEqual;
const expectError = support.expectError;

const signals = safepoint.Context(error{Stopped}).main;

fn stop(_: void, _: *const safepoint.Event) error{Stopped}!void {
    return error.Stopped;
}

const Pipe = struct {
    read: std.c.fd_t,
    write: std.c.fd_t,

    fn open() !Pipe {
        var ends: [2]std.c.fd_t = undefined;
        try expectEqual(0, std.c.pipe(&ends));
        return .{ .read = ends[0], .write = ends[1] };
    }

    fn close(pipe: Pipe) void {
        _ = std.c.close(pipe.read);
        _ = std.c.close(pipe.write);
    }
};

fn sendBoth() void {
    support.sendLater(.USR1, 5);
    support.sendLater(.USR2, 25);
}

test "a read goes on after handlers, and ends where one raises" {
    support.begin();
    defer support.end();
    const pipe = try Pipe.open();
    defer pipe.close();
    var seen: u64 = 0;
    try signals.install(.USR1, support.count, &seen, .{});
    try signals.install(.USR2, stop, {}, .{});
    var buffer: [8]u8 = undefined;
    const sender = try std.Thread.spawn(.{}, sendBoth, .{});
    try expectError(error.Stopped, signals.read(pipe.read, &buffer));
    sender.join();
    try expectEqual(1, seen);
    try expectEqual(3, try signals.write(pipe.write, "abc"));
    try expectEqual(3, try signals.read(pipe.read, &buffer));
    try std.testing.expectEqualStrings("abc", buffer[0..3]);
    try expectError(error.EBADF, signals.read(-1, &buffer));
}

test "poll says what is ready, and ends where a handler raises" {
    support.begin();
    defer support.end();
    const pipe = try Pipe.open();
    defer pipe.close();
    var fds = [_]std.c.pollfd{.{ .fd = pipe.read, .events = 1, .revents = 0 }};
    try signals.install(.USR1, stop, {}, .{});
    try expectEqual(0, try signals.poll(&fds, 0));
    try safepoint.raise(.USR1);
    try expectError(error.Stopped, signals.poll(&fds, -1));
    _ = try signals.write(pipe.write, "x");
    try expectEqual(1, try signals.poll(&fds, -1));
    try expectEqual(1, fds[0].revents);
}

test "sockets wait in the library too" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    var address = std.mem.zeroes(std.c.sockaddr.in);
    address.family = std.c.AF.INET;
    address.addr = std.mem.nativeToBig(u32, 0x7f000001);
    const any: *std.c.sockaddr = @ptrCast(&address);
    var size: std.c.socklen_t = @sizeOf(std.c.sockaddr.in);
    const server = std.c.socket(std.c.AF.INET, std.c.SOCK.STREAM, 0);
    defer _ = std.c.close(server);
    try expectEqual(0, std.c.bind(server, any, size));
    try expectEqual(0, std.c.listen(server, 1));
    try expectEqual(0, std.c.getsockname(server, any, &size));
    const client = std.c.socket(std.c.AF.INET, std.c.SOCK.STREAM, 0);
    defer _ = std.c.close(client);
    try signals.connect(client, any, size);
    try expectError(error.EISCONN, signals.connect(client, any, size));
    const peer = try signals.accept(server, null, null, 0);
    defer _ = std.c.close(peer);
    try expectEqual(2, try signals.send(client, "hi", 0));
    var buffer: [8]u8 = undefined;
    try expectEqual(2, try signals.recv(peer, &buffer, 0));

    const epoll = std.c.epoll_create1(0);
    defer _ = std.c.close(epoll);
    var event: std.c.epoll_event = .{ .events = 1, .data = .{ .fd = peer } };
    try expectEqual(0, std.c.epoll_ctl(epoll, 1, peer, &event)); // EPOLL_CTL_ADD
    var ready: [4]std.c.epoll_event = undefined;
    try expectEqual(0, try signals.epollWait(epoll, &ready, 0));
    _ = try signals.send(client, "x", 0);
    try expectEqual(1, try signals.epollWait(epoll, &ready, -1));
    try expectEqual(peer, ready[0].data.fd);
}

test "any other call that waits is there by its name in C" {
    support.begin();
    defer support.end();
    const pipe = try Pipe.open();
    defer pipe.close();
    try signals.install(.USR1, stop, {}, .{});
    const vector = [_]std.c.iovec_const{ .{ .base = "ab", .len = 2 }, .{ .base = "c", .len = 1 } };
    const what: *const c.struct_iovec = @ptrCast(&vector);
    try expectEqual(3, try signals.call(c.sig_context_writev, .{ pipe.write, what, 2 }));
    try safepoint.raise(.USR1);
    try expectError(error.Stopped, signals.call(c.sig_context_pause, .{}));
    const file = try signals.open("/dev/null", .{ .ACCMODE = .RDWR }, 0);
    try expectEqual(0, try signals.call(c.sig_context_flock, .{ file, 1 }));
    try expectEqual(0, std.c.close(file));
    try expectError(error.ENOENT, signals.open("/dev/nothing/such", .{}, 0));
}

fn child(status: u8, signal: ?safepoint.Signal) std.c.pid_t {
    const pid = std.c.fork();
    if (pid != 0) return pid;
    if (signal) |which| safepoint.raise(which) catch {};
    std.c._exit(status);
}

test "a child is waited for, and says how it ended" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const three = try signals.waitpid(child(3, null), 0);
    try expectEqual(3, three.exited().?);
    try expectEqual(null, three.signaled());
    const killed = try signals.waitpid(child(0, .KILL), 0);
    try expectEqual(null, killed.exited());
    try expectEqual(.KILL, killed.signaled().?);
    try expectError(error.ECHILD, signals.waitpid(-1, 0));
}

test "what is blocked waits, and is handled when it is unblocked" {
    support.begin();
    defer support.end();
    try signals.install(.USR1, stop, {}, .{});
    var before: safepoint.Set = .all;
    try signals.mask(.block, .of(&.{.USR1}), &before);
    try expectEqual(safepoint.Set.empty, before);
    try safepoint.raise(.USR1);
    try signals.check();
    try expect((try signals.pending()).contains(.USR1));
    try expectError(error.Stopped, signals.mask(.set, .empty, &before));
    try expectEqual(safepoint.Set.of(&.{.USR1}), before);
    try expect(!(try signals.pending()).contains(.USR1));
    try signals.mask(.block, .empty, null);
}

test "a signal can be taken without its handler" {
    support.begin();
    defer support.end();
    try signals.install(.USR1, stop, {}, .{});
    const set: safepoint.Set = .of(&.{ .USR1, .rt(4) });
    try expectError(error.ETIMEDOUT, signals.wait(set, support.ms, null));
    try expectError(error.EINVAL, signals.wait(.empty, 0, null));
    var event: safepoint.Event = undefined;
    try signals.mask(.block, .of(&.{.rt(4)}), null);
    try safepoint.queue(std.c.getpid(), .rt(4), -3);
    try expectEqual(safepoint.Signal.rt(4), try signals.wait(set, safepoint.forever, &event));
    try expectEqual(-3, event.value);
    const sender = try std.Thread.spawn(.{}, support.sendLater, .{ .USR1, 5 });
    try expectEqual(.USR1, try signals.wait(set, safepoint.forever, null));
    sender.join();
    try signals.check();
    try signals.mask(.unblock, .all, null);
}

test "code that is not ours is interrupted, and made again" {
    support.begin();
    defer support.end();
    var seen: u64 = 0;
    try signals.install(.USR1, support.count, &seen, .{});
    try signals.install(.USR2, stop, {}, .{});
    const pipe = try Pipe.open();
    defer pipe.close();
    var buffer: [1]u8 = undefined;
    try expect(!try signals.blockingBegin());
    const one = try std.Thread.spawn(.{}, support.sendLater, .{ .USR1, 5 });
    try expectEqual(-1, std.c.read(pipe.read, &buffer, 1));
    try expect(try signals.retry());
    try expectEqual(1, seen);
    one.join();
    const two = try std.Thread.spawn(.{}, support.sendLater, .{ .USR2, 5 });
    try expectEqual(-1, std.c.read(pipe.read, &buffer, 1));
    try expectError(error.Stopped, signals.retry());
    two.join();
    try safepoint.raise(.USR1);
    try expect(try signals.blockingBegin());
    try signals.blockingEnd();
    try signals.blockingEnd();
    try expectError(error.EINVAL, signals.blockingEnd());
    try expectEqual(-1, std.c.read(-1, &buffer, 1));
    try expect(!try signals.retry());
}

test "a futex is waited for" {
    support.begin();
    defer support.end();
    try safepoint.init(.{});
    const word: u32 = 7;
    try expectError(error.EAGAIN, signals.futexWait(&word, 8, safepoint.forever));
    try expectError(error.ETIMEDOUT, signals.futexWait(&word, 7, support.ms));
}

test "a thread that owns nothing waits as ever" {
    support.begin();
    defer support.end();
    try signals.install(.USR1, stop, {}, .{});
    var outcome: anyerror!void = error.Nothing;
    (try std.Thread.spawn(.{}, sleepInto, .{&outcome})).join();
    try outcome;
}

fn sleepInto(outcome: *anyerror!void) void {
    safepoint.raise(.USR1) catch unreachable;
    outcome.* = signals.sleep(support.ms);
}
