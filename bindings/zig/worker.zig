// SPDX-License-Identifier: MIT OR Apache-2.0

//! The worker in Zig: see ../worker/README.md.
//!
//!     zig build worker

const std = @import("std");
const safepoint = @import("safepoint");
const Event = safepoint.Event;
const Signal = safepoint.Signal;

/// Handlers here raise numbers, not errors.
const signals = safepoint.Context(error{}).main;

const How = enum { spin, wait, read };

fn say(comptime format: []const u8, arguments: anytype) void {
    var buffer: [256]u8 = undefined;
    const line = std.fmt.bufPrint(&buffer, format ++ "\n", arguments) catch unreachable;
    _ = std.c.write(1, line.ptr, line.len);
}

fn yesNo(yes: bool) []const u8 {
    return if (yes) "yes" else "no";
}

/// Safe points until a handler raises: what it raised.
fn raisedIn(how: How) !c_int {
    while (true) {
        (if (how == .spin) signals.check() else signals.sleep(safepoint.forever)) catch |err|
            return if (err == error.Raised) safepoint.raised() else err;
    }
}

fn raiseIt(_: void, event: *const Event) c_int {
    return @intFromEnum(event.signum);
}

fn printSender(_: void, event: *const Event) void {
    say("{s} from {d} uid {d}", .{ event.signum.name().?, event.pid, event.uid });
}

fn printValue(_: void, event: *const Event) void {
    say("{s} value {d}", .{ event.signum.name().?, event.value });
}

fn addCount(sum: *u64, event: *const Event) void {
    sum.* += event.count;
}

fn arrival(how: How) !void {
    if (how == .read) return error.Usage;
    for ([_]Signal{ .HUP, .USR1, .USR2 }) |signal| try signals.install(signal, printSender, {}, .{});
    try signals.install(.TERM, raiseIt, {}, .{});
    say("ready", .{});
    say("raised {d}", .{try raisedIn(how)});
}

const Sums = struct {
    usr1: u64 = 0,
    rtmin1: u64 = 0,

    fn print(sums: *const Sums, _: *const Event) void {
        say("so far SIGUSR1 {d} SIGRTMIN+1 {d}", .{ sums.usr1, sums.rtmin1 });
    }
};

fn storm() !void {
    var sums: Sums = .{};
    try signals.install(.USR1, addCount, &sums.usr1, .{});
    try signals.install(.rt(1), addCount, &sums.rtmin1, .{});
    try signals.install(.USR2, Sums.print, &sums, .{});
    try signals.install(.TERM, raiseIt, {}, .{});
    say("ready", .{});
    say("raised {d}", .{try raisedIn(.wait)});
    while (signals.check()) break else |_| {}
    const n = try signals.stats();
    say("SIGUSR1 {d}\nSIGRTMIN+1 {d}", .{ sums.usr1, sums.rtmin1 });
    say("{d} arrivals = {d} handled + {d} coalesced + {d} lost + {d} dropped", .{
        n.arrivals, n.handled, n.coalesced, n.lost, n.dropped,
    });
}

fn values() !void {
    try signals.install(.rt(1), printValue, {}, .{});
    try signals.install(.rt(2), printValue, {}, .{});
    try signals.install(.TERM, raiseIt, {}, .{});
    say("ready", .{});
    say("raised {d}", .{try raisedIn(.wait)});
}

/// The calls of one thread: each says which it is.
const Turns = struct {
    next: u32 = 0,
    disorder: bool = false,
    elsewhere: bool = false,
    turns: []Turn,

    const Turn = struct {
        of: *Turns,
        number: u32,

        fn run(turn: *Turn) void {
            const turns = turn.of;
            if (turn.number != turns.next) turns.disorder = true;
            if (!(signals.isOwner() catch false)) turns.elsewhere = true;
            turns.next += 1;
        }
    };

    fn add(turns: *Turns) void {
        for (turns.turns, 0..) |*turn, number| {
            turn.* = .{ .of = turns, .number = @intCast(number) };
            addCall(Turn.run, turn);
        }
    }
};

fn addCall(comptime call: anytype, argument: anytype) void {
    while (true) {
        return signals.addPendingCall(call, argument) catch |err| {
            if (err != error.EAGAIN) fail(err);
            std.Thread.yield() catch {};
            continue;
        };
    }
}

fn raiseSeven(_: void) c_int {
    return 7;
}

fn addRaise() void {
    addCall(raiseSeven, {});
}

fn calls(threads: u32, each: u32) !void {
    if (threads == 0 or each == 0) return error.Usage;
    const allocator = std.heap.c_allocator;
    const all = try allocator.alloc(Turns, threads);
    const ids = try allocator.alloc(std.Thread, threads);
    try safepoint.init(.{});
    say("ready", .{});
    for (all, ids) |*turns, *id| {
        turns.* = .{ .turns = try allocator.alloc(Turns.Turn, each) };
        id.* = try std.Thread.spawn(.{}, Turns.add, .{turns});
    }
    var ran: u64 = 0;
    while (ran < @as(u64, threads) * each) {
        try signals.check();
        ran = 0;
        for (all) |turns| ran += turns.next;
    }
    var disorder = false;
    var elsewhere = false;
    for (all, ids) |turns, id| {
        id.join();
        disorder = disorder or turns.disorder;
        elsewhere = elsewhere or turns.elsewhere;
    }
    say("{d} calls\nin order {s}\non the owner {s}", .{ ran, yesNo(!disorder), yesNo(!elsewhere) });
    (try std.Thread.spawn(.{}, addRaise, .{})).join();
    say("raised {d}", .{try raisedIn(.spin)});
}

fn clock() u64 {
    var now: std.c.timespec = undefined;
    _ = std.c.clock_gettime(.MONOTONIC, &now);
    return @as(u64, @intCast(now.sec)) * 1_000_000_000 + @as(u64, @intCast(now.nsec));
}

fn raiseNine(_: void) c_int {
    return 9;
}

const Ticks = struct {
    timer: safepoint.Timer = undefined,
    n: u32 = 0,

    fn tick(ticks: *Ticks) void {
        ticks.n += 1;
        say("tick {d}", .{ticks.n});
        if (ticks.n == 3) ticks.timer.cancel() catch |err| fail(err);
    }
};

fn deadline(ms: u32) !void {
    if (ms == 0) return error.Usage;
    const ns = @as(u64, ms) * 1_000_000;
    try safepoint.init(.{});
    say("ready", .{});
    const began = clock();
    _ = try signals.callAfter(ns, 0, raiseNine, {});
    say("raised {d}", .{try raisedIn(.spin)});
    say("early {s}", .{yesNo(clock() - began < ns)});
    var ticks: Ticks = .{};
    ticks.timer = try signals.callAfter(ns, ns, Ticks.tick, &ticks);
    while (ticks.n < 3) try signals.check();
    try signals.sleep(5 * ns);
    say("cancelled", .{});
}

fn interrupt(how: How) !void {
    try safepoint.init(.{ .interpreter_defaults = true });
    say("ready", .{});
    say("interrupted {d}", .{try if (how == .read) raisedInRead() else raisedIn(how)});
    try signals.default(.INT);
    try safepoint.raise(.INT);
}

fn raisedInRead() !c_int {
    var byte: [1]u8 = undefined;
    if (signals.read(0, &byte)) |_| return 0 else |err| {
        return if (err == error.Raised) safepoint.raised() else err;
    }
}

fn printHandled(_: void, _: *const Event) void {
    say("handled", .{});
}

fn hang(deliveries: u32, ms: u32) !void {
    try signals.install(.INT, printHandled, {}, .{});
    try signals.setEscalation(.INT, deliveries, @as(u64, ms) * 1_000_000);
    say("ready", .{});
    while (true) std.atomic.spinLoopHint();
}

fn forkAndWait() !void {
    var count: u64 = 0;
    try signals.install(.USR1, addCount, &count, .{});
    say("ready", .{});
    try safepoint.raise(.USR1);
    const pid = try safepoint.result(std.c.fork());
    if (pid == 0) {
        say("child owner {s}", .{yesNo(try signals.isOwner())});
        try signals.check();
        say("child handled {d}", .{count});
        try safepoint.raise(.USR1);
        try signals.check();
        say("child handled {d}", .{count});
        std.c._exit(3);
    }
    const ended = try signals.waitpid(pid, 0);
    try signals.check();
    say("parent handled {d}\nchild ended {d}", .{ count, ended.exited().? });
}

fn keepStatus(status: *?c_int, event: *const Event) void {
    status.* = event.status;
}

extern "c" fn execvp(file: [*:0]const u8, arguments: [*:null]const ?[*:0]const u8) c_int;

fn start(command: [:null]const ?[*:0]const u8) !std.c.pid_t {
    const pid = try safepoint.result(std.c.fork());
    if (pid != 0) return pid;
    _ = execvp(command[0].?, command);
    std.c._exit(127);
}

/// Wait for it, and until its SIGCHLD has been handled.
fn waitFor(pid: std.c.pid_t, status: *?c_int) !safepoint.Waited {
    const ended = try signals.waitpid(pid, 0);
    while (status.* == null) try signals.check();
    say("SIGCHLD status {d}", .{status.*.?});
    status.* = null;
    return ended;
}

fn child() !void {
    var status: ?c_int = null;
    try signals.install(.CHLD, keepStatus, &status, .{});
    say("ready", .{});
    const three = try start(&.{ "sh", "-c", "exit 3" });
    say("child ended {d}", .{(try waitFor(three, &status)).exited().?});
    const sleeper = try start(&.{ "sleep", "100" });
    try safepoint.kill(sleeper, .TERM);
    say("child died by {s}", .{(try waitFor(sleeper, &status)).signaled().?.name().?});
}

fn printError(what: []const u8, outcome: safepoint.Error!void) void {
    say("{s} {s}", .{ what, if (outcome) "0" else |err| @errorName(err) });
}

fn installElsewhere(outcome: *safepoint.Error!void) void {
    outcome.* = signals.install(.USR1, raiseIt, {}, .{});
}

fn errors() !void {
    try safepoint.init(.{});
    say("ready", .{});
    printError("SIGKILL", signals.install(.KILL, raiseIt, {}, .{}));
    printError("0", signals.install(@enumFromInt(0), raiseIt, {}, .{}));
    var elsewhere: safepoint.Error!void = {};
    (try std.Thread.spawn(.{}, installElsewhere, .{&elsewhere})).join();
    printError("another thread", elsewhere);
    printError("no timer", @as(safepoint.Timer, @enumFromInt(1)).cancel());
}

var word: u32 = 0;

/// Out of line, as what a check calls.
noinline fn changed() !void {
    if (std.c.getpid() != 0) return error.Unexpected;
}

fn cost(rounds: u32) !void {
    if (rounds == 0) return error.Usage;
    const times = 5_000_000;
    try safepoint.init(.{});
    const other: *const volatile u32 = &word;
    say("other: a volatile load", .{});
    for (0..rounds) |round| {
        var ns: [2]f64 = undefined;
        for ([_]usize{ round % 2, (round + 1) % 2 }) |which| {
            const began = clock();
            if (which == 0) {
                for (0..times) |_| try signals.check();
            } else {
                for (0..times) |_| if (other.* != 0) try changed();
            }
            ns[which] = @as(f64, @floatFromInt(clock() - began)) / times;
        }
        say("{d:.3} {d:.3}", .{ ns[0], ns[1] });
    }
}

fn fail(err: anyerror) noreturn {
    const number = safepoint.errno(err);
    const sentence = if (number == 0) @errorName(err) else std.mem.span(safepoint.c.sig_strerror(number));
    std.debug.print("worker: {s}\n", .{sentence});
    std.c.exit(1);
}

/// Runs it with as many arguments as it takes.
fn run(comptime scenario: anytype, texts: []const [*:0]const u8) !void {
    const Arguments = std.meta.ArgsTuple(@TypeOf(scenario));
    var arguments: Arguments = undefined;
    if (texts.len != arguments.len) return error.Usage;
    inline for (&arguments, 0..) |*argument, i| {
        const text = std.mem.span(texts[i]);
        argument.* = switch (@TypeOf(argument.*)) {
            How => std.meta.stringToEnum(How, text) orelse return error.Usage,
            else => std.fmt.parseInt(u32, text, 10) catch return error.Usage,
        };
    }
    return @call(.auto, scenario, arguments);
}

fn choose(texts: []const [*:0]const u8) !void {
    if (texts.len == 0) return error.Usage;
    const scenarios = .{
        .arrival = arrival,
        .storm = storm,
        .values = values,
        .calls = calls,
        .deadline = deadline,
        .interrupt = interrupt,
        .hang = hang,
        .fork = forkAndWait,
        .child = child,
        .errors = errors,
        .cost = cost,
    };
    inline for (comptime std.meta.fieldNames(@TypeOf(scenarios))) |name| {
        if (std.mem.eql(u8, name, std.mem.span(texts[0])))
            return run(@field(scenarios, name), texts[1..]);
    }
    return error.Usage;
}

/// C's main, which is the same in every version of Zig.
pub export fn main(argc: c_int, argv: [*]const [*:0]const u8) c_int {
    choose(argv[1..@intCast(argc)]) catch |err| {
        if (err != error.Usage) fail(err);
        std.debug.print("usage: worker SCENARIO [ARGUMENT...]\n", .{});
        return 2;
    };
    return 0;
}
