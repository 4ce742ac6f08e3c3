// SPDX-License-Identifier: MIT OR Apache-2.0

//! The calls of a context that wait, and that a signal always ends. Handlers
//! run, and the call goes on with the time that is left; where one raises, the
//! call ends with what it raised.

const std = @import("std");
const c = @import("c");
const errors = @import("errors.zig");
const raise = @import("raise.zig");
const signals = @import("signal.zig");
const Event = @import("event.zig").Event;
const Latch = @import("latch.zig").Latch;
const Error = errors.Error;
const Signal = signals.Signal;
const Set = signals.Set;

/// A child that `Context.waitpid()` waited for.
pub const Waited = struct {
    /// 0 where none has ended yet, with WNOHANG.
    pid: std.c.pid_t,
    status: c_int,

    /// With what status it exited; null where it did not exit.
    pub fn exited(waited: Waited) ?u8 {
        return if (waited.status & 0x7f == 0) @truncate(@as(c_uint, @bitCast(waited.status)) >> 8) else null;
    }

    /// The signal that it died by; null where it did not.
    pub fn signaled(waited: Waited) ?Signal {
        const signal = waited.status & 0x7f;
        return if (signal == 0 or signal == 0x7f) null else @enumFromInt(signal);
    }
};

pub const How = enum(c_int) {
    block = c.SIG_BLOCK,
    unblock = c.SIG_UNBLOCK,
    set = c.SIG_SETMASK,
};

pub fn Waits(comptime Context: type, comptime E: type) type {
    return struct {
        pub const WaitError = Error || raise.Raised(E);

        /// Any function of `safepoint.c` whose first argument is a context, and
        /// its result: `call(c.sig_context_splice, .{ from, null, ... })`. Of
        /// the calls that wait those are functions of their own below that
        /// most programs need.
        pub fn call(self: Context, comptime function: anytype, args: anytype) WaitError!Result(function) {
            const returned = @call(.auto, function, .{self.raw()} ++ args);
            return errors.result(returned) catch |err| {
                if (err != error.EINTR) return err;
                const number = c.sig_context_raised(self.raw());
                return if (number == 0) err else raise.errorOf(E, number);
            };
        }

        fn Result(comptime function: anytype) type {
            return @typeInfo(@TypeOf(function)).@"fn".return_type.?;
        }

        /// Code that is not ours begins, and may wait: signals interrupt it
        /// until `blockingEnd()`. True where something is pending already:
        /// then better end at once, and check. Nests.
        /// Thread: owner. Errors: EPERM, ENOMEM, EAGAIN.
        pub fn blockingBegin(self: Context) Error!bool {
            return try errors.result(c.sig_context_blocking_begin(self.raw())) == 1;
        }

        /// Thread: owner. Errors: EPERM, EINVAL where none has begun.
        pub fn blockingEnd(self: Context) Error!void {
            return errors.done(c.sig_context_blocking_end(self.raw()));
        }

        /// After a call of the C library that has returned -1: whether errno
        /// is EINTR and it is to be made again, since the handlers have run.
        /// Thread: any.
        pub fn retry(self: Context) WaitError!bool {
            if (try errors.result(c.sig_context_retry(self.raw())) == 1) return true;
            const number = c.sig_context_raised(self.raw());
            const interrupted = std.c._errno().* == @intFromEnum(std.c.E.INTR);
            return if (interrupted and number != 0) raise.errorOf(E, number) else false;
        }

        /// Sleep `ns` nanoseconds, or `safepoint.forever`. Thread: any.
        pub fn sleep(self: Context, ns: u64) WaitError!void {
            _ = try self.call(c.sig_context_sleep, .{ns});
        }

        /// Wait until at least one handler or call has run.
        /// Thread: owner. Errors: EPERM.
        pub fn pause(self: Context) WaitError!void {
            _ = try self.call(c.sig_context_pause, .{});
        }

        /// read(2). Thread: any.
        pub fn read(self: Context, fd: std.c.fd_t, buffer: []u8) WaitError!usize {
            return @intCast(try self.call(c.sig_context_read, .{ fd, buffer.ptr, buffer.len }));
        }

        /// write(2): what was written, which may be less. Thread: any.
        pub fn write(self: Context, fd: std.c.fd_t, bytes: []const u8) WaitError!usize {
            return @intCast(try self.call(c.sig_context_write, .{ fd, bytes.ptr, bytes.len }));
        }

        /// open(2), of a FIFO say; `mode` counts with O_CREAT only. Thread: any.
        pub fn open(self: Context, path: [*:0]const u8, flags: std.c.O, mode: c_uint) WaitError!std.c.fd_t {
            const bits: c_int = @bitCast(flags);
            return @intCast(try self.call(c.sig_context_open, .{ path, bits, mode }));
        }

        /// recv(2). Thread: any.
        pub fn recv(self: Context, fd: std.c.fd_t, buffer: []u8, flags: c_int) WaitError!usize {
            return @intCast(try self.call(c.sig_context_recv, .{ fd, buffer.ptr, buffer.len, flags }));
        }

        /// send(2). Thread: any.
        pub fn send(self: Context, fd: std.c.fd_t, bytes: []const u8, flags: c_int) WaitError!usize {
            return @intCast(try self.call(c.sig_context_send, .{ fd, bytes.ptr, bytes.len, flags }));
        }

        /// accept4(2): the new descriptor. Thread: any.
        pub fn accept(
            self: Context,
            fd: std.c.fd_t,
            peer: ?*std.c.sockaddr,
            size: ?*std.c.socklen_t,
            flags: c_int,
        ) WaitError!std.c.fd_t {
            return @intCast(try self.call(c.sig_context_accept4, .{
                fd, @as(?*c.struct_sockaddr, @ptrCast(peer)), size, flags,
            }));
        }

        /// connect(2); interrupted, the result is what became of it. Thread: any.
        pub fn connect(self: Context, fd: std.c.fd_t, address: *const std.c.sockaddr, size: std.c.socklen_t) WaitError!void {
            _ = try self.call(c.sig_context_connect, .{
                fd, @as(*const c.struct_sockaddr, @ptrCast(address)), size,
            });
        }

        /// poll(2): how many are ready; `timeout` in milliseconds, -1 for ever.
        /// Thread: any.
        pub fn poll(self: Context, fds: []std.c.pollfd, timeout: c_int) WaitError!usize {
            return @intCast(try self.call(c.sig_context_poll, .{
                @as(?*c.struct_pollfd, @ptrCast(fds.ptr)), fds.len, timeout,
            }));
        }

        /// epoll_wait(2): how many events; `timeout` as `poll()` has it.
        /// Thread: any.
        pub fn epollWait(
            self: Context,
            fd: std.c.fd_t,
            events: []std.c.epoll_event,
            timeout: c_int,
        ) WaitError!usize {
            const room = std.math.cast(c_int, events.len) orelse std.math.maxInt(c_int);
            return @intCast(try self.call(c.sig_context_epoll_wait, .{
                fd, @as(?*c.struct_epoll_event, @ptrCast(events.ptr)), room, timeout,
            }));
        }

        /// waitpid(2). A child is reaped once, whatever arrives. Thread: any.
        pub fn waitpid(self: Context, pid: std.c.pid_t, options: c_int) WaitError!Waited {
            var status: c_int = 0;
            const who = try self.call(c.sig_context_waitpid, .{ pid, &status, options });
            return .{ .pid = @intCast(who), .status = status };
        }

        /// futex(2), FUTEX_WAIT, at most `ns` nanoseconds; it may return for
        /// no reason. Thread: any. Errors: EAGAIN the word differs, ETIMEDOUT.
        pub fn futexWait(self: Context, word: *const u32, expected: u32, ns: u64) WaitError!void {
            _ = try self.call(c.sig_context_futex_wait, .{ word, expected, ns });
        }

        /// Wait until the latch is set, at most `ns` nanoseconds, or
        /// `safepoint.forever`: whether it is set. Thread: any.
        pub fn latchWait(self: Context, latch: *Latch, ns: u64) WaitError!bool {
            const word: *c.sig_latch = @ptrCast(latch);
            return try self.call(c.sig_context_latch_wait, .{ word, ns }) == 1;
        }

        /// Change the calling thread's mask; `old` gets the one before. What
        /// is unblocked arrives and, on the owner's thread, is handled in here;
        /// where a handler raises, the mask is changed all the same.
        /// Thread: any.
        pub fn mask(self: Context, how: How, set: Set, old: ?*Set) WaitError!void {
            const before: ?*u64 = @ptrCast(old);
            _ = try self.call(c.sig_context_mask, .{ @intFromEnum(how), set.bits, before });
        }

        /// What was sent and not handled: blocked, and on the owner's thread
        /// also what is recorded. Thread: any.
        pub fn pending(self: Context) Error!Set {
            var bits: u64 = undefined;
            try errors.done(c.sig_context_pending(self.raw(), &bits));
            return .{ .bits = bits };
        }

        /// Take one of these signals, without its handler; the event says the
        /// rest. At most `ns` nanoseconds; 0 only looks.
        /// Thread: any. Errors: ETIMEDOUT none came, EINVAL no signal in the set.
        pub fn wait(self: Context, set: Set, ns: u64, event: ?*Event) WaitError!Signal {
            const out: ?*c.sig_event = @ptrCast(event);
            const size: usize = if (event == null) 0 else @sizeOf(Event);
            return @enumFromInt(try self.call(c.sig_context_wait, .{ set.bits, ns, out, size }));
        }
    };
}
