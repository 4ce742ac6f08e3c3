// SPDX-License-Identifier: MIT OR Apache-2.0

//! A context: an owner, its handlers, and what is pending for it.

const std = @import("std");
const c = @import("c");
const errors = @import("errors.zig");
const events = @import("event.zig");
const raise = @import("raise.zig");
const Waits = @import("waits.zig").Waits;
const signals = @import("signal.zig");
const Error = errors.Error;
const Event = events.Event;
const Signal = signals.Signal;
const done = errors.done;

/// A context whose handlers and calls may return the errors of the set `E`:
/// then the check or the wait that ran them returns that error. One whose
/// handler could return another does not compile.
///
/// Where nothing else is said a function is for the owner's thread alone, and
/// not for signal handlers; on another thread it is `error.EPERM`. Of a context
/// that was freed, everything but a check is `error.ESTALE`. Times are
/// nanoseconds.
pub fn Context(comptime E: type) type {
    return struct {
        handle: ?*c.sig_context,
        word: ?*const volatile u32,

        const Self = @This();
        const Raised = raise.Raised(E);
        const waits = Waits(Self, E);
        pub const WaitError = waits.WaitError;

        /// The main context. The first thread that installs a handler, or
        /// calls `safepoint.init()`, becomes its owner.
        pub const main: Self = .{ .handle = null, .word = null };

        /// A context of the caller's own, to be given back by `free()`. There
        /// can be 4,096.
        /// Thread: any, which becomes the owner.
        pub fn new() error{OutOfMemory}!Self {
            const handle = c.sig_context_new() orelse return error.OutOfMemory;
            return .{ .handle = handle, .word = c.sig_context_breaker(handle) };
        }

        /// Give it back, with its handlers and timers; what is pending is
        /// dropped. Errors: EINVAL the main one, EBUSY a handler is running.
        pub fn free(self: Self) Error!void {
            return done(c.sig_context_free(self.raw()));
        }

        /// What the functions of `safepoint.c` take.
        pub fn raw(self: Self) *c.sig_context {
            return self.handle orelse c.sig_main().?;
        }

        /// Thread: any. In a signal handler: yes.
        pub fn isOwner(self: Self) Error!bool {
            return try errors.result(c.sig_context_is_owner(self.raw())) == 1;
        }

        /// The caller becomes the owner, whoever was before. The old one is to
        /// be in no function but a check or a wait.
        /// Thread: any. Errors: EBUSY a handler is running, ENOMEM.
        pub fn adopt(self: Self) Error!void {
            return done(c.sig_context_adopt(self.raw()));
        }

        // Handlers

        /// Have `handler(user, event)` run at the owner's safe points when the
        /// signal comes. Its first parameter is a pointer to what is yours, or
        /// void, and then `user` is `{}`. It returns void, or a c_int, which
        /// raises where it is not 0, or an error union of one of them.
        ///
        /// Errors: EINVAL no signal that can be caught, EPERM, ENOMEM, EEXIST
        /// with `if_default`.
        pub fn install(
            self: Self,
            signal: Signal,
            comptime handler: anytype,
            user: raise.Arg(handler),
            flags: events.Flags,
        ) Error!void {
            const Handler = struct {
                fn call(event: [*c]const c.sig_event, arg: ?*anyopaque) callconv(.c) c_int {
                    return raise.code(E, handler(raise.fromOpaque(raise.Arg(handler), arg), eventOf(event)));
                }
            };
            return done(c.sig_context_install(self.raw(), @intFromEnum(signal), Handler.call, raise.toOpaque(user), @bitCast(flags)));
        }

        fn eventOf(event: [*c]const c.sig_event) *const Event {
            return @ptrCast(event);
        }

        /// SIG_IGN, once no other context has a handler; what is pending is
        /// dropped. Errors: EINVAL, EPERM, ENOMEM.
        pub fn ignore(self: Self, signal: Signal) Error!void {
            return done(c.sig_context_ignore(self.raw(), @intFromEnum(signal)));
        }

        /// SIG_DFL, once no other context has a handler or ignores it; what is
        /// pending is dropped. Errors: EINVAL, EPERM, ENOMEM.
        pub fn default(self: Self, signal: Signal) Error!void {
            return done(c.sig_context_default(self.raw(), @intFromEnum(signal)));
        }

        /// What stood there before our first change; a handler that somebody
        /// put over ours is left alone. Errors: EINVAL, EPERM.
        pub fn restore(self: Self, signal: Signal) Error!void {
            return done(c.sig_context_restore(self.raw(), @intFromEnum(signal)));
        }

        /// Errors: EINVAL, EPERM.
        pub fn query(self: Self, signal: Signal) Error!events.Disposition {
            var out: c.sig_disposition = undefined;
            try done(c.sig_context_query(self.raw(), @intFromEnum(signal), &out, @sizeOf(c.sig_disposition)));
            return .{
                .kind = @enumFromInt(out.kind),
                .flags = @bitCast(out.flags),
                .overwritten = out.overwritten != 0,
            };
        }

        /// Whether our handler stands there: one system call.
        /// Errors: EINVAL, EPERM.
        pub fn verify(self: Self, signal: Signal) Error!bool {
            return try errors.result(c.sig_context_verify(self.raw(), @intFromEnum(signal))) == 1;
        }

        /// Do the signal's default action where the owner comes to no safe
        /// point: at the delivery of that number, or when one has waited `ns`.
        /// 0 is never. Errors: EINVAL, EPERM, ENOMEM.
        pub fn setEscalation(self: Self, signal: Signal, deliveries: u32, ns: u64) Error!void {
            return done(c.sig_context_set_escalation(self.raw(), @intFromEnum(signal), deliveries, ns));
        }

        /// siginterrupt(3): whether system calls that the signal interrupts go
        /// on by themselves. Errors: EINVAL, EPERM, ENOMEM, EAGAIN, EBUSY.
        pub fn setRestart(self: Self, signal: Signal, on: bool) Error!void {
            return done(c.sig_context_set_restart(self.raw(), @intFromEnum(signal), @intFromBool(on)));
        }

        // Safe points

        /// A safe point: run what is pending. One load and one branch where
        /// nothing is. Where something raises, what has not run stays pending.
        /// Of a context that was freed it does nothing, or is `error.Raised`
        /// with -ESTALE.
        /// Thread: any, but runs nothing except on the owner's.
        pub inline fn check(self: Self) Raised!void {
            if (self.breaker().* != 0) {
                @branchHint(.unlikely);
                return self.checkFrame(null);
            }
        }

        /// `check()` with the interpreter's frame: handlers find `event.frame`.
        pub fn checkFrame(self: Self, frame: ?*anyopaque) Raised!void {
            return self.outcome(c.sig_context_check_frame(self.raw(), frame));
        }

        fn outcome(_: Self, number: c_int) Raised!void {
            if (number != 0) return raise.errorOf(E, number);
        }

        /// Take the next pending event, and do not call its handler; null
        /// where nothing is pending, or it is held. Errors: EPERM.
        pub fn next(self: Self) Error!?Event {
            var event: Event = undefined;
            const taken = try errors.result(c.sig_context_next(self.raw(), @ptrCast(&event), @sizeOf(Event)));
            return if (taken == 1) event else null;
        }

        /// Run the call or timer that `next()` has given out, or raise the
        /// number of its interrupt; nothing for a signal.
        pub fn run(self: Self, event: Event) Raised!void {
            return self.outcome(switch (event.kind) {
                .call, .timer => event.@"fn".?(event.arg),
                .interrupt => event.status,
                else => 0,
            });
        }

        /// Non-zero while anything is pending and not held: for a JIT, which
        /// tests the word there and calls `check()`. It never moves.
        /// Thread: any. In a signal handler: yes.
        pub inline fn breaker(self: Self) *const volatile u32 {
            return self.word orelse c.safepoint_breaker;
        }

        /// No handler runs until `release()`, and no wait ends. Nests.
        /// Errors: EPERM, EAGAIN.
        pub fn hold(self: Self) Error!void {
            return done(c.sig_context_hold(self.raw()));
        }

        /// Errors: EPERM, EINVAL not held.
        pub fn release(self: Self) Error!void {
            return done(c.sig_context_release(self.raw()));
        }

        // Calls

        /// Have the owner call `function(arg)` at its next safe point. 1,024
        /// can wait. What it may return is as with `install()`.
        /// Thread: any. In a signal handler: yes. Errors: EAGAIN no room.
        pub fn addPendingCall(self: Self, comptime function: anytype, arg: raise.Arg(function)) Error!void {
            return done(c.sig_context_add_pending_call(self.raw(), raise.Call(E, function).call, raise.toOpaque(arg)));
        }

        /// A call whose memory is yours, for `post()`.
        pub fn job(comptime function: anytype, arg: raise.Arg(function)) c.sig_job {
            var made = std.mem.zeroes(c.sig_job);
            made.size = @sizeOf(c.sig_job);
            made.@"fn" = raise.Call(E, function).call;
            made.arg = raise.toOpaque(arg);
            return made;
        }

        /// Queue a job; it is never refused. It has to stay where it is until
        /// its function is called, which may free or post it. One that is
        /// queued already is run once.
        /// Thread: any. In a signal handler: yes.
        pub fn post(self: Self, what: *c.sig_job) Error!void {
            return done(c.sig_context_post(self.raw(), what));
        }

        /// Call `function(arg)` at the first safe point that is `ns` away or
        /// more and, where `every_ns` is not 0, each `every_ns` after that.
        /// Thread: any. Errors: EAGAIN too many, ENOMEM.
        pub fn callAfter(
            self: Self,
            ns: u64,
            every_ns: u64,
            comptime function: anytype,
            arg: raise.Arg(function),
        ) Error!Timer {
            var id: u64 = undefined;
            try done(c.sig_context_call_after(self.raw(), ns, every_ns, raise.Call(E, function).call, raise.toOpaque(arg), &id));
            return @enumFromInt(id);
        }

        /// As if the signal had arrived, for this context.
        /// Thread: any. In a signal handler: yes. Errors: EINVAL.
        pub fn trip(self: Self, signal: Signal) Error!void {
            return done(c.sig_context_trip(self.raw(), @intFromEnum(signal)));
        }

        /// The next check or wait returns `what`, an error of `E` or a number
        /// but 0, before it runs anything: how one thread cancels another.
        /// Thread: any. In a signal handler: yes. Errors: EINVAL it is 0.
        pub fn interrupt(self: Self, what: anytype) Error!void {
            return done(c.sig_context_interrupt(self.raw(), raise.code(E, what)));
        }

        // Wake-up

        /// Write to `fd`, a non-blocking pipe, socket or eventfd, when
        /// something arrives: the signal's number, and with `calls` 0 for calls,
        /// timers and interrupts. null is none. The one before.
        /// Errors: EINVAL, EBADF, EPERM, EMFILE, ENFILE, ENOMEM.
        pub fn setWakeupFd(self: Self, fd: ?std.c.fd_t, options: struct { calls: bool = false }) Error!?std.c.fd_t {
            const flags: u32 = if (options.calls) c.SAFEPOINT_WAKE_CALLS else 0;
            var old: std.c.fd_t = undefined;
            try done(c.sig_context_set_wakeup_fd(self.raw(), fd orelse -1, flags, &old));
            return if (old == -1) null else old;
        }

        /// A descriptor of the library's that is readable while something is
        /// pending: poll it, never read or close it.
        /// Errors: EPERM, EMFILE, ENFILE, ENOMEM.
        pub fn eventFd(self: Self) Error!std.c.fd_t {
            return errors.result(c.sig_context_event_fd(self.raw()));
        }

        /// Have `function(arg, signal)` called, inside the signal handler,
        /// when something arrives; the signal is null for what is none.
        /// Errors: EPERM, EBUSY somebody is in the one before.
        pub fn setWakeupFn(self: Self, comptime function: anytype, arg: raise.Arg(function)) Error!void {
            const Wakeup = struct {
                fn call(signum: c_int, user: ?*anyopaque) callconv(.c) void {
                    const signal: ?Signal = if (signum == 0) null else @enumFromInt(signum);
                    function(raise.fromOpaque(raise.Arg(function), user), signal);
                }
            };
            return done(c.sig_context_set_wakeup_fn(self.raw(), Wakeup.call, raise.toOpaque(arg)));
        }

        /// Errors: EPERM, EBUSY.
        pub fn clearWakeupFn(self: Self) Error!void {
            return done(c.sig_context_set_wakeup_fn(self.raw(), null, null));
        }

        /// How many wake-ups could not be written since this was last asked,
        /// and why the last could not. Thread: any.
        pub fn wakeupFailures(self: Self) Error!struct { count: u31, last: ?Error } {
            var last: c_int = 0;
            const count = try errors.result(c.sig_context_wakeup_failures(self.raw(), &last));
            const why: ?Error = if (errors.result(-last)) |_| null else |err| err;
            return .{ .count = @intCast(count), .last = why };
        }

        /// What happened since this context began. Once nothing is pending,
        /// arrivals = handled + coalesced + lost + dropped. Thread: any.
        pub fn stats(self: Self) Error!c.sig_counters {
            var out: c.sig_counters = undefined;
            try done(c.sig_context_stats(self.raw(), &out, @sizeOf(c.sig_counters)));
            return out;
        }

        // Waits: waits.zig

        pub const call = waits.call;
        pub const blockingBegin = waits.blockingBegin;
        pub const blockingEnd = waits.blockingEnd;
        pub const retry = waits.retry;
        pub const sleep = waits.sleep;
        pub const pause = waits.pause;
        pub const read = waits.read;
        pub const write = waits.write;
        pub const open = waits.open;
        pub const recv = waits.recv;
        pub const send = waits.send;
        pub const accept = waits.accept;
        pub const connect = waits.connect;
        pub const poll = waits.poll;
        pub const epollWait = waits.epollWait;
        pub const waitpid = waits.waitpid;
        pub const futexWait = waits.futexWait;
        pub const latchWait = waits.latchWait;
        pub const mask = waits.mask;
        pub const pending = waits.pending;
        pub const wait = waits.wait;
    };
}

/// A call of `Context.callAfter()`.
pub const Timer = enum(u64) {
    _,

    /// When this returns, the call is not run any more; on another thread
    /// than its owner's it may be running just then.
    /// Thread: any. Errors: ENOENT it was run, or cancelled, or armed before a fork.
    pub fn cancel(timer: Timer) Error!void {
        return done(c.sig_cancel(@intFromEnum(timer)));
    }
};
