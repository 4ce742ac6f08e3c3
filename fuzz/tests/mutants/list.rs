//! The mutants: what a tired hand might do to the library. Each is one change
//! of its text, which has to be there once.

/// What is to catch a mutant.
#[derive(Clone, Copy)]
pub enum Net {
    /// The fuzzer: the inputs that were kept, or what it finds from there.
    Fuzzer,
    /// The same; and from no input at all, within a minute.
    FuzzerFromNothing,
    /// A model under loom, of this name: what only other threads show.
    Loom(&'static str),
}

pub struct Mutant {
    pub name: &'static str,
    pub net: Net,
    pub file: &'static str,
    pub text: &'static str,
    pub instead: &'static str,
}

macro_rules! mutants {
    ($($name:ident: $net:expr, $file:literal, $text:literal => $instead:literal;)*) => {
        pub const MUTANTS: &[Mutant] = &[$(Mutant {
            name: stringify!($name),
            net: $net,
            file: concat!("src/", $file),
            text: $text,
            instead: $instead,
        }),*];
    };
}

use Net::{Fuzzer, FuzzerFromNothing, Loom};

mutants! {
    // A lost update.
    a_delivery_that_joins_is_not_counted: FuzzerFromNothing, "zone/deliveries.rs",
        "let next = pack(count(seen).saturating_add(1), kept);"
        => "let next = pack(count(seen).max(1), kept);";
    a_value_is_lost: Fuzzer, "zone/deliveries.rs",
        "self.value.store(details.value, Relaxed);" => "";
    what_found_no_room_is_not_counted: Fuzzer, "context/ready.rs",
        "add(&last.lost, lost);" => "";
    what_joins_is_told_of_as_lost: Loom("a_delivery_that_joins"), "zone/deliveries.rs",
        "if queue && mine == 0 {" => "if mine == 0 {";
    a_join_replaces_the_first_event: Fuzzer, "context/ready.rs",
        "let first = if queue || line.last.load(Relaxed) == 0 {"
        => "let first = if queue || taken.count != 0 {";
    a_joined_delivery_is_counted_twice: Fuzzer, "safepoint/dispatch.rs",
        "add(&tally.coalesced, event.count - 1);" => "add(&tally.coalesced, event.count);";
    a_release_forgets_what_came: Fuzzer, "context/mod.rs",
        "if held == 0 && (self.unsettled.load(Relaxed) != 0 || self.is_pending()) {"
        => "if held == 0 && self.unsettled.load(Relaxed) == 2 {";
    a_later_interrupt_is_lost: Fuzzer, "zone/inbox.rs",
        "self.interrupt.swap(INTERRUPT | u64::from(value as u32), SeqCst);"
        => "let _ = self.interrupt.compare_exchange(0, INTERRUPT | u64::from(value as u32), SeqCst, Relaxed);";
    the_last_job_leaves_its_name: Fuzzer, "context/jobs.rs",
        "if next == 0 {" => "if next == 1 {";
    an_overfull_ring_takes_one_more: Fuzzer, "zone/ring.rs",
        "if self.consumer.head.load(Acquire) + N as u64 <= position {"
        => "if self.consumer.head.load(Acquire) + (N as u64) < position {";
    the_event_fd_stays_readable: Fuzzer, "context/mod.rs",
        "inbox.wake.drain_event();" => "";

    // A double run.
    a_call_that_raised_is_run_again: FuzzerFromNothing, "safepoint/mod.rs",
        "let raised = dispatch::call(call);"
        => "let raised = dispatch::call(call);\n        if raised != 0 {\n            let _ = context.inbox().add_call(call);\n        }";
    a_job_that_is_queued_is_queued_again: Fuzzer, "zone/posted.rs",
        "if link.queued.swap(era, AcqRel) == era {" => "if link.queued.swap(era, AcqRel) == !era {";
    a_oneshot_handler_stays: Fuzzer, "safepoint/dispatch.rs",
        "if flags & SAFEPOINT_ONESHOT != 0 {" => "if flags & SAFEPOINT_ONESHOT == !0 {";
    a_timer_runs_again: Fuzzer, "context/timers/mod.rs",
        "None => self.give_back(store, name)," => "None => _ = arm(store, name),";
    a_cancelled_timer_runs: Fuzzer, "context/timers/mod.rs",
        "context.cancel(store, name);\n        Ok(())" => "let _ = context;\n        Ok(())";
    a_handler_runs_what_it_made_pending: Fuzzer, "safepoint/mod.rs",
        "while context.ready.take(context.inbox(), limits.round, &mut event) {\n        let Some"
        => "while context.ready.take(context.inbox(), context.ready.collect(context.inbox()), &mut event) {\n        let Some";

    // A stale handle.
    a_stale_handle_is_accepted: FuzzerFromNothing, "context/contexts.rs",
        "self.handle().addr() != handle.addr()"
        => "self.handle().addr() % (1 << NUMBER_BITS) != handle.addr() % (1 << NUMBER_BITS)";
    a_context_keeps_its_generation: Fuzzer, "zone/pins.rs",
        "self.generation.fetch_add(1, SeqCst);" => "";
    a_context_begins_with_the_counters_of_the_last: Fuzzer, "context/contexts.rs",
        "context.begin_counting();" => "";

    // A raise that drops the rest, and other orders.
    a_raise_drops_the_rest: FuzzerFromNothing, "safepoint/mod.rs",
        "let raised = ready.call(&event);"
        => "let raised = ready.call(&event);\n        while raised != 0 && context.ready.take(context.inbox(), limits.round, &mut event) {}";
    an_interrupt_drops_the_rest: Fuzzer, "safepoint/mod.rs",
        "        context.settle();\n        return value;"
        => "        context.drop_pending();\n        return value;";
    signals_run_by_falling_number: Fuzzer, "context/ready.rs",
        "let signum = bits.trailing_zeros() + 1;\n            bits &= bits - 1;"
        => "let signum = 64 - bits.leading_zeros();\n            bits &= !bit(signum);";
    timers_run_behind_all_calls: Fuzzer, "safepoint/mod.rs",
        "timer(calls.head())\n        .or_else(|| calls.take(limits.calls).map(|call| (call, None)))"
        => "calls.take(limits.calls).map(|call| (call, None))";
    a_check_goes_on_when_held: Fuzzer, "context/mod.rs",
        "self.is_held() || !self.is_owned_by(me)" => "!self.is_owned_by(me)";

    // Who owns what, and who stands where.
    an_adopter_does_not_own: Fuzzer, "context/mod.rs",
        "self.owner.store(sys::this_thread(), Release);\n        self.take_waits_over();"
        => "self.take_waits_over();";
    a_running_handler_is_adopted_from: Fuzzer, "context/mod.rs",
        "return if self.is_in_a_handler() { Err(sys::EBUSY) } else { Ok(()) };"
        => "return Ok(());";
    a_child_inherits_what_is_pending: Fuzzer, "context/fork.rs",
        "        self.inbox().reset();\n        self.ready.reset();" => "        self.ready.reset();";
    a_child_keeps_the_marks_of_jobs: Fuzzer, "zone/process.rs",
        "self.era.store(self.era(), Release);" => "";
    a_child_inherits_timers: Fuzzer, "context/timers/mod.rs",
        "store.reset();" => "";
    what_is_chained_to_is_not_called: Fuzzer, "zone/arrival.rs",
        "When::Behind => behind(signum, info, context, here)," => "When::Behind => {}";
    a_restore_overwrites_somebody_else: Fuzzer, "context/disposition.rs",
        "let mut is_ours = line.is_ours(&current);" => "let mut is_ours = true;";
    a_restore_leaves_what_is_pending: Fuzzer, "context/disposition.rs",
        "    show(context, signum, Entry::default(), otherwise);\n    context.drop_signal(signum);"
        => "    show(context, signum, Entry::default(), otherwise);";
    one_context_takes_the_disposition_from_all: Fuzzer, "context/disposition.rs",
        "if left != Ours::Nothing {" => "if left == Ours::Beneath {";
    a_signal_comes_to_one_context_alone: Fuzzer, "zone/arrival.rs",
        "for index in others.into_iter().flat_map(Subscribers::iter) {"
        => "for index in others.into_iter().flat_map(Subscribers::iter).take(1 - usize::from(main)) {";

    // What only other threads show.
    the_breaker_is_cleared_behind_the_look: Loom("settle_does_the_same_in_the_library"),
        "context/mod.rs",
        "        inbox.breaker.0.swap(0, SeqCst);\n        inbox.wake.drain_event();\n        inbox.waiting.rest();\n        if self.is_pending() {"
        => "        inbox.wake.drain_event();\n        inbox.waiting.rest();\n        let pending = self.is_pending();\n        inbox.breaker.0.swap(0, SeqCst);\n        if pending {";
    a_breaker_is_set_before_its_record: Loom("a_signal_a_call_and_a_job_are_each_handled_once"),
        "zone/inbox.rs",
        "        let result = self.calls.push(call);\n        match result {\n            Ok(()) => {\n                if !sys::FENCES_ALL_THREADS {\n                    fence(SeqCst); // see `look`\n                }\n                self.announce(0, false);\n            }"
        => "        self.announce(0, false);\n        let result = self.calls.push(call);\n        match result {\n            Ok(()) => {}";
    a_run_does_not_see_what_a_poster_wrote: Loom("a_run_sees_what_a_poster_wrote"),
        "zone/posted.rs",
        "self.queued.swap(0, AcqRel);" => "self.queued.swap(0, Relaxed);";
    a_pinned_context_is_given_out: Loom("what_is_done_by_an_old_handle"), "zone/pins.rs",
        "self.count.load(SeqCst) != 0" => "self.count.load(SeqCst) > 1000";
    a_late_cell_is_never_looked_at: Loom("order_per_producer_holds_across_a_late_cell"),
        "zone/ring.rs",
        "self.set_late(index, true); // claimed and not published" => "";
}
