/* Dmitry Vyukov's bounded multi-producer multi-consumer queue, after
 * 1024cores.net, with 1,024 cells of {sequence, function, argument}. */
#include "queues.h"

#include <stdatomic.h>
#include <stddef.h>

#define ROOM 1024

static struct cell {
    _Atomic size_t sequence;
    call function;
    void *arg;
} cells[ROOM];

static _Alignas(64) _Atomic size_t enqueue_position;
static _Alignas(64) _Atomic size_t dequeue_position;

__attribute__((constructor)) static void begin(void)
{
    for (size_t i = 0; i < ROOM; i++)
        cells[i].sequence = i;
}

int vyukov_push(call function, void *arg)
{
    size_t position =
        atomic_load_explicit(&enqueue_position, memory_order_relaxed);
    struct cell *cell;
    for (;;) {
        cell = &cells[position % ROOM];
        size_t sequence =
            atomic_load_explicit(&cell->sequence, memory_order_acquire);
        ptrdiff_t ahead = (ptrdiff_t)(sequence - position);
        if (ahead < 0)
            return -1;
        if (ahead > 0)
            position =
                atomic_load_explicit(&enqueue_position, memory_order_relaxed);
        else if (atomic_compare_exchange_weak_explicit(
                     &enqueue_position, &position, position + 1,
                     memory_order_relaxed, memory_order_relaxed))
            break;
    }
    cell->function = function;
    cell->arg = arg;
    atomic_store_explicit(&cell->sequence, position + 1, memory_order_release);
    return 0;
}

int vyukov_run(void)
{
    size_t position =
        atomic_load_explicit(&dequeue_position, memory_order_relaxed);
    struct cell *cell;
    for (;;) {
        cell = &cells[position % ROOM];
        size_t sequence =
            atomic_load_explicit(&cell->sequence, memory_order_acquire);
        ptrdiff_t ahead = (ptrdiff_t)(sequence - (position + 1));
        if (ahead < 0)
            return 0;
        if (ahead > 0)
            position =
                atomic_load_explicit(&dequeue_position, memory_order_relaxed);
        else if (atomic_compare_exchange_weak_explicit(
                     &dequeue_position, &position, position + 1,
                     memory_order_relaxed, memory_order_relaxed))
            break;
    }
    call function = cell->function;
    void *arg = cell->arg;
    atomic_store_explicit(&cell->sequence, position + ROOM,
                          memory_order_release);
    function(arg);
    return 1;
}
