# The worker in C, compiled by the README's line.
safepoint_binding_test(c/worker BUILDS worker_c
    COMMAND sh -c "cc -std=gnu11 -O2 -Wall -Wextra -Werror -o worker_c \
        ${CMAKE_CURRENT_LIST_DIR}/worker.c $(pkg-config --cflags --libs safepoint) -pthread")
safepoint_worker(c ${CMAKE_CURRENT_BINARY_DIR}/worker_c)
