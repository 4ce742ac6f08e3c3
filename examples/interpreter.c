/* A bytecode interpreter whose `while true` is stopped by Ctrl-C.
 *
 *     cc -o interpreter interpreter.c $(pkg-config --cflags --libs safepoint)
 *     ./interpreter            the script catches KeyboardInterrupt
 *     ./interpreter uncaught   it does not, and the program dies by SIGINT
 *
 * SIGUSR1 prints where the script is; on Windows Ctrl-Break does.
 *
 * The loop has an eval-breaker: a word that it tests where a script jumps
 * back or calls, and that is zero while there is nothing to do. The library's
 * breaker is the other half of that word, so that a signal costs the script
 * nothing until it comes.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <inttypes.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#define WHERE SIGBREAK
#define LINE_BY_LINE _IONBF /* there is no other way */
#else
#define WHERE SIGUSR1
#define LINE_BY_LINE _IOLBF
#endif

enum op { PUSH, ADD, STORE, LOAD, PRINT, JUMP, HALT };
enum exception { NONE, KEYBOARD_INTERRUPT };
static const char *const exception_names[] = {"", "KeyboardInterrupt"};

struct code {
    const char *name;
    struct instruction {
        enum op op;
        intptr_t operand;
        int line;
    } code[16];
    /* What is raised from one instruction to before another goes on where. */
    struct except {
        size_t from, to;
        enum exception caught;
        size_t target;
    } table[2];
};

/*  1  n = 0
 *  2  try:
 *  3      while true:
 *  4          n = n + 1
 *  5  except KeyboardInterrupt:
 *  6      print "caught KeyboardInterrupt: n is", n
 *  7  print "and goes on: 1 + 1 is", 1 + 1
 */
static const struct code counting = {
    .name = "counting",
    .code = {{PUSH, 0, 1},
             {STORE, 0, 1},
             {LOAD, 0, 4},
             {PUSH, 1, 4},
             {ADD, 0, 4},
             {STORE, 0, 4},
             {JUMP, 2, 3},
             {LOAD, 0, 6},
             {PRINT, (intptr_t) "caught KeyboardInterrupt: n is", 6},
             {PUSH, 1, 7},
             {PUSH, 1, 7},
             {ADD, 0, 7},
             {PRINT, (intptr_t) "and goes on: 1 + 1 is", 7},
             {HALT, 0, 7}},
    .table = {{2, 7, KEYBOARD_INTERRUPT, 7}},
};

/*  1  while true:
 *  2      pass
 */
static const struct code uncaught = {
    .name = "uncaught",
    .code = {{JUMP, 0, 1}},
};

struct frame {
    const struct code *code;
    size_t at;
};

struct vm {
    const volatile uint32_t *signals; /* half of the eval-breaker: theirs */
    uint32_t requests;                /* and ours: bits of the VM's own */
    uint64_t ticks, collections;
    intptr_t stack[8], variables[4];
    size_t depth;
};

#define COLLECT 1u /* collect garbage */

static void collect_garbage(struct vm *vm)
{
    vm->requests &= ~COLLECT;
    vm->collections++;
}

/* A handler sees the frame that sig_check_frame() was given. */
static int where(const sig_event *event, void *user)
{
    const struct frame *frame = event->frame;
    (void)user;
    printf("script %s, line %d\n", frame->code->name,
           frame->code->code[frame->at].line);
    return 0;
}

/* What the eval-breaker stands for, one by one: an exception to raise. */
static enum exception service(struct vm *vm, struct frame *frame)
{
    if (vm->requests & COLLECT)
        collect_garbage(vm);
    if (*vm->signals && sig_check_frame(frame) == SAFEPOINT_INTERRUPTED)
        return KEYBOARD_INTERRUPT;
    return NONE;
}

/* Go on where the exception is caught: 0 where it is not. */
static int unwind(struct vm *vm, struct frame *frame, enum exception raised)
{
    for (size_t i = 0; i < 2; i++) {
        const struct except *entry = &frame->code->table[i];
        if (entry->caught == raised && frame->at >= entry->from &&
            frame->at < entry->to) {
            frame->at = entry->target;
            vm->depth = 0;
            return 1;
        }
    }
    printf("script %s, line %d: %s\n", frame->code->name,
           frame->code->code[frame->at].line, exception_names[raised]);
    return 0;
}

static enum exception step(struct vm *vm, struct frame *frame)
{
    const struct instruction *now = &frame->code->code[frame->at];
    intptr_t *top = &vm->stack[vm->depth];

    switch (now->op) {
    case PUSH: *top = now->operand; vm->depth++; break;
    case ADD: top[-2] += top[-1]; vm->depth--; break;
    case STORE: vm->variables[now->operand] = top[-1]; vm->depth--; break;
    case LOAD: *top = vm->variables[now->operand]; vm->depth++; break;
    case PRINT:
        printf("%s %" PRIdPTR "\n", (const char *)now->operand, top[-1]);
        vm->depth--;
        break;
    case JUMP:
        if ((++vm->ticks & 0xfffff) == 0) /* as an allocation might ask */
            vm->requests |= COLLECT;
        if ((*vm->signals | vm->requests) != 0) { /* the eval-breaker */
            enum exception raised = service(vm, frame);
            if (raised != NONE)
                return raised;
        }
        frame->at = (size_t)now->operand;
        return NONE;
    case HALT: break;
    }
    frame->at++;
    return NONE;
}

static enum exception run(struct vm *vm, const struct code *code)
{
    struct frame frame = {code, 0};
    while (code->code[frame.at].op != HALT) {
        enum exception raised = step(vm, &frame);
        if (raised != NONE && !unwind(vm, &frame, raised))
            return raised;
    }
    return NONE;
}

int main(int argc, char **argv)
{
    int catches = argc < 2 || strcmp(argv[1], "uncaught") != 0;
    struct vm vm = {.signals = sig_breaker()};
    int error = sig_init(SAFEPOINT_INTERPRETER_DEFAULTS);

    if (error >= 0)
        error = sig_install(WHERE, where, NULL, SAFEPOINT_RESTART);
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", argv[0], sig_strerror(error));
        return 1;
    }
    setvbuf(stdout, NULL, LINE_BY_LINE, 0);
    printf("running a script that never ends: press Ctrl-C\n");
    if (run(&vm, catches ? &counting : &uncaught) == KEYBOARD_INTERRUPT) {
        sig_default(SIGINT); /* as CPython does: the shell sees 130 */
        raise(SIGINT);
    }
    return 0;
}
