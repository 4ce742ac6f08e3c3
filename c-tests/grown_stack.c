/* For valgrind, which grows the main thread's stack where a program's code
 * reaches below it, but fails where handlers that interrupt each other do:
 * "Can't extend stack during signal delivery". So it is grown beforehand. */
#include <stddef.h>

__attribute__((constructor)) static void grow_the_stack(void)
{
    volatile char stack[256 * 1024];
    for (size_t i = 0; i < sizeof stack; i += 1024)
        stack[i] = 0;
}
