/* A native extension for Ruby that computes for a long time, without the GVL,
 * and that Ctrl-C, a deadline and another thread stop all the same.
 *
 *     ruby -rmkmf -e '$libs += " -lsafepoint"; create_makefile "guest"'
 *     make && ruby host.rb ctrl-c spin     then press Ctrl-C
 *
 * SIGINT stays Ruby's. The extension watches it by SAFEPOINT_CHAIN, so that
 * its loop learns of it from one load, takes the GVL only then, and has Ruby
 * raise what is pending there. The same load ends it for Thread#raise and
 * Thread#kill, whose unblocking function is one call of the library.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <pthread.h>
#include <ruby.h>
#include <ruby/thread.h>
#include <safepoint.h>
#include <signal.h>

enum raised { WOKEN = 1, CANCELLED, LATE, TOO_LATE }; /* INTERRUPTED is 130 */
enum look { NONE, SAFEPOINT, HELD, RETAKE }; /* what a turn looks at */

/* A native thread has a context; Ruby may use it for several, in turn. */
static _Thread_local sig_context *own;
static _Thread_local VALUE script_tag; /* of the script that runs, or 0 */
static pthread_key_t at_end;

static ID running; /* what a Thread runs: its context */
static VALUE cancelled, timeout;
static volatile uint64_t sink;

struct call {
    sig_context *context;
    uint64_t turns;
    enum look look;
    int raised;
    VALUE thread, before; /* what ran there before */
    uint64_t id;
};

static int checked(int result)
{
    if (result < 0)
        rb_syserr_fail(-result, "safepoint");
    return result;
}

static void free_context(void *context)
{
    (void)sig_context_free(context);
}

static sig_context *this_context(void)
{
    if (own == NULL) {
        own = sig_context_new();
        if (own == NULL || pthread_setspecific(at_end, own) != 0)
            rb_memerror();
    }
    return own;
}

/* Ruby may have put a handler over ours since the last call: then ours goes
 * over that one. Where SIGINT is ignored, or kills, it is left at that. */
static void attach(sig_context *context)
{
    sig_disposition now;
    if (checked(sig_context_verify(context, SIGINT)))
        return;
    checked(sig_context_query(context, SIGINT, &now, sizeof now));
    if (now.kind != SAFEPOINT_KIND_DEFAULT &&
        now.kind != SAFEPOINT_KIND_IGNORED)
        checked(sig_context_install(context, SIGINT, sig_interrupted, NULL,
                                    SAFEPOINT_CHAIN));
}

static VALUE check_ints(VALUE nothing)
{
    rb_thread_check_ints();
    return nothing;
}

static void *check_ints_protected(void *state)
{
    rb_protect(check_ints, Qnil, state);
    return NULL;
}

/* The computation. `look` is a constant where it is inlined. */
static inline __attribute__((always_inline))
void compute(struct call *call, enum look look)
{
    const volatile uint32_t *breaker = sig_context_breaker(call->context);
    int raised = 0;
    uint64_t x = 1;
    for (uint64_t turns = call->turns; turns != 0 && raised == 0; turns--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (look == SAFEPOINT && __builtin_expect(*breaker != 0, 0))
            raised = sig_context_check(call->context);
        if (look == HELD)
            rb_thread_check_ints();
        if (look == RETAKE)
            rb_thread_call_with_gvl(check_ints_protected, &raised);
    }
    sink = x;
    call->raised = raised;
}

static void *work(void *arg)
{
    struct call *call = arg;
    switch (call->look) {
    case NONE: compute(call, NONE); break;
    case SAFEPOINT: compute(call, SAFEPOINT); break;
    case HELD: compute(call, HELD); break;
    case RETAKE: compute(call, RETAKE); break;
    }
    return NULL;
}

static int woken(void *arg)
{
    (void)arg;
    return WOKEN;
}

/* Ruby's unblocking function: on any thread, and in Ruby's signal handler.
 * Where there is no room for one more call the breaker is set as it is. */
static void wake(void *context)
{
    (void)sig_context_add_pending_call(context, woken, NULL);
}

/* Ruby checks what is pending for the thread before `work` and after it. */
static void without_gvl(struct call *call)
{
    call->raised = 0;
    rb_nogvl(work, call, wake, call->context, RB_NOGVL_UBF_ASYNC_SAFE);
}

/* A deadline: of one call of spin(), or of a script. */
static int late(void *arg)
{
    return arg == NULL ? LATE : TOO_LATE;
}

static uint64_t call_late(VALUE options, void *arg)
{
    static ID name;
    VALUE ms = Qundef;
    uint64_t id = 0;
    if (name == 0)
        name = rb_intern("deadline_ms");
    rb_get_kwargs(options, &name, 0, 1, &ms);
    if (ms != Qundef)
        checked(sig_context_call_after(
            this_context(), NUM2ULONG(ms) * UINT64_C(1000000), 0, late, arg,
            &id));
    return id;
}

static void fail(int raised)
{
    if (raised == CANCELLED)
        rb_raise(cancelled, "cancel");
    rb_raise(timeout, "deadline");
}

/* No `rescue` stops a throw. */
static void end(int raised)
{
    if (script_tag != 0 && raised != LATE)
        rb_throw_obj(script_tag, INT2FIX(raised));
    fail(raised);
}

static void drain(sig_context *context)
{
    int raised;
    while ((raised = sig_context_check(context)) != 0)
        if (script_tag != 0 && (raised == CANCELLED || raised == TOO_LATE))
            end(raised);
}

static void enter(sig_context *context, struct call *call)
{
    call->context = context;
    call->thread = rb_thread_current();
    call->before = rb_ivar_get(call->thread, running);
    rb_ivar_set(call->thread, running, ULL2NUM((uintptr_t)context));
}

static VALUE leave(VALUE arg)
{
    struct call *call = (struct call *)arg;
    rb_ivar_set(call->thread, running, call->before);
    if (call->id != 0)
        (void)sig_cancel(call->id); /* ENOENT: it was what stopped us */
    /* Ruby has raised something else just then: the script still ends. */
    if (call->raised == CANCELLED || call->raised == TOO_LATE)
        (void)sig_context_interrupt(call->context, call->raised);
    return Qnil;
}

static VALUE spin_body(VALUE arg)
{
    struct call *call = (struct call *)arg;
    int raised;
    do {
        without_gvl(call);
        raised = call->raised;
    } while (raised == WOKEN || raised == SAFEPOINT_INTERRUPTED);
    call->raised = 0;
    end(raised);
    return Qnil;
}

static VALUE spin(int argc, VALUE *argv, VALUE self)
{
    sig_context *context = this_context();
    struct call call = {.turns = UINT64_MAX, .look = SAFEPOINT};
    VALUE options;
    (void)self;
    rb_scan_args(argc, argv, ":", &options);
    attach(context);
    /* What came between two calls was Ruby's affair, and has been, or is
     * here; but for what ends the script. */
    drain(context);
    rb_thread_check_ints();
    call.id = call_late(options, NULL);
    enter(context, &call);
    return rb_ensure(spin_body, (VALUE)&call, leave, (VALUE)&call);
}

static VALUE script_block(RB_BLOCK_CALL_FUNC_ARGLIST(tag, nothing))
{
    (void)nothing;
    script_tag = tag;
    rb_yield_values(0);
    return Qnil;
}

static VALUE script_body(VALUE tag)
{
    return rb_catch_obj(tag, script_block, Qnil);
}

static VALUE script_leave(VALUE arg)
{
    script_tag = 0;
    return leave(arg);
}

static VALUE script(int argc, VALUE *argv, VALUE self)
{
    struct call call = {0};
    VALUE options, tag = rb_obj_alloc(rb_cObject), result;
    (void)self;
    rb_scan_args(argc, argv, ":", &options);
    rb_need_block();
    if (script_tag != 0)
        rb_raise(rb_eRuntimeError, "a script runs already");
    drain(this_context());
    call.id = call_late(options, &call);
    enter(this_context(), &call);
    result = rb_ensure(script_body, tag, script_leave, (VALUE)&call);
    if (result != Qnil)
        fail(FIX2INT(result));
    return Qnil;
}

static VALUE cancel(int argc, VALUE *argv, VALUE self)
{
    VALUE threads = argc == 0 ? rb_funcall(rb_cThread, rb_intern("list"), 0)
                              : rb_ary_new_from_values(argc, argv);
    long count = 0;
    (void)self;
    for (long i = 0; i < RARRAY_LEN(threads); i++) {
        VALUE context = rb_ivar_get(RARRAY_AREF(threads, i), running);
        if (context == Qnil)
            continue;
        checked(sig_context_interrupt(
            (sig_context *)(uintptr_t)NUM2ULL(context), CANCELLED));
        count++;
    }
    return LONG2NUM(count);
}

static VALUE run(VALUE self, VALUE look, VALUE turns)
{
    struct call call = {.context = this_context(),
                        .turns = NUM2ULL(turns),
                        .look = (enum look)NUM2INT(look)};
    (void)self;
    if (call.look == HELD)
        work(&call);
    else
        without_gvl(&call);
    return INT2NUM(call.raised);
}

void Init_guest(void)
{
    VALUE guest = rb_define_module("Guest");
    int error = pthread_key_create(&at_end, free_context);
    if (error != 0)
        rb_syserr_fail(error, "pthread_key_create");
    running = rb_intern("guest_running"); /* no @: Ruby code cannot see it */
    cancelled = rb_define_class_under(guest, "Cancelled", rb_eStandardError);
    timeout = rb_define_class_under(guest, "TimeoutError", rb_eStandardError);
    /* spin(deadline_ms: nil): compute for ever, without the GVL. */
    rb_define_module_function(guest, "spin", spin, -1);
    /* script(deadline_ms: nil) { ... }: a cancel and the deadline end it. */
    rb_define_module_function(guest, "script", script, -1);
    /* cancel(*threads): end their spin and script, or all; how many. */
    rb_define_module_function(guest, "cancel", cancel, -1);
    /* run(look, turns): so many turns that look at 0 nothing, 1 the safe
     * point, 2 Ruby's interrupts, 3 those with the GVL taken for it. */
    rb_define_module_function(guest, "run", run, 2);
}
