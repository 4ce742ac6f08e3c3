/* An echo server: poll() over sockets and the wake-up descriptor.
 *
 *     cc -o event_loop event_loop.c $(pkg-config --cflags --libs safepoint)
 *     ./event_loop [PORT]      on 127.0.0.1; without a port, any free one
 *
 * SIGUSR1 prints how many clients there are. SIGINT and SIGTERM stop it: it
 * closes its connections and dies by that signal.
 *
 * An arrival writes a byte into `wake`, so that poll() ends, whenever it
 * came. What came is not in that byte but in the library: the loop first
 * drains `wake`, then checks. The other way round, an arrival between check
 * and drain would lose its wake-up.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 64
enum { WAKE, LISTENER, FIRST };

struct server {
    struct pollfd polled[FIRST + CLIENTS]; /* fd -1: poll() skips it */
    struct owed {
        size_t at, end; /* what a client is still to be sent */
        char data[4096];
    } owed[FIRST + CLIENTS];
    int clients;
};

static int status(const sig_event *event, void *user)
{
    const struct server *server = user;
    printf("%s from %d: %d clients\n", sig_name(event->signum), event->pid,
           server->clients);
    return 0;
}

static int stop(const sig_event *event, void *user)
{
    (void)user;
    return event->signum; /* sig_check() returns it */
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof to;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&to, size) != 0 ||
        listen(fd, CLIENTS) != 0 ||
        getsockname(fd, (struct sockaddr *)&to, &size) != 0)
        return -1;
    printf("process %d listens on port %d\n", (int)getpid(),
           ntohs(to.sin_port));
    return fd;
}

static void accept_client(struct server *server)
{
    int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    int fd = accept4(server->polled[LISTENER].fd, NULL, NULL, flags);
    if (fd < 0)
        return;
    for (int i = FIRST; i < FIRST + CLIENTS; i++) {
        if (server->polled[i].fd < 0) {
            server->polled[i] = (struct pollfd){fd, POLLIN, 0};
            server->owed[i].at = server->owed[i].end = 0;
            server->clients++;
            return;
        }
    }
    close(fd); /* full */
}

/* Read, and send back. One who does not take what is owed is not read from
 * meanwhile. False where the client has gone. */
static int serve(struct pollfd *polled, struct owed *owed)
{
    if (owed->at == owed->end) {
        ssize_t n = recv(polled->fd, owed->data, sizeof owed->data, 0);
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        owed->at = 0;
        owed->end = (size_t)n;
    }
    ssize_t n = send(polled->fd, owed->data + owed->at, owed->end - owed->at,
                     MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        return 0;
    owed->at += n > 0 ? (size_t)n : 0;
    polled->events = owed->at < owed->end ? POLLOUT : POLLIN;
    return 1;
}

/* Until a handler raises: what it raised. */
static int loop(struct server *server)
{
    struct pollfd *polled = server->polled;
    for (;;) {
        if (poll(polled, FIRST + CLIENTS, -1) < 0)
            continue; /* EINTR: WAKE is readable now */
        char bytes[64];
        while (read(polled[WAKE].fd, bytes, sizeof bytes) > 0)
            ; /* drain first, */
        int raised = sig_check(); /* then check */
        if (raised != 0)
            return raised;
        for (int i = FIRST; i < FIRST + CLIENTS; i++) {
            if (polled[i].fd >= 0 && polled[i].revents != 0 &&
                !serve(&polled[i], &server->owed[i])) {
                close(polled[i].fd);
                polled[i].fd = -1;
                server->clients--;
            }
        }
        if (polled[LISTENER].revents != 0)
            accept_client(server);
    }
}

int main(int argc, char **argv)
{
    static struct server server;
    uint32_t again = SAFEPOINT_RESTART;
    uint32_t once = again | SAFEPOINT_ONESHOT | SAFEPOINT_KEEP_IGNORED;
    int wake[2], error, stopped_by;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < FIRST + CLIENTS; i++)
        server.polled[i] = (struct pollfd){-1, POLLIN, 0};
    if (pipe2(wake, O_NONBLOCK | O_CLOEXEC) != 0) {
        perror("pipe2");
        return 1;
    }
    server.polled[WAKE].fd = wake[0];
    /* RESTART: stdio does not repeat a write that a signal has cut short. */
    if ((error = sig_install(SIGUSR1, status, &server, again)) < 0 ||
        (error = sig_install(SIGINT, stop, NULL, once)) < 0 ||
        (error = sig_install(SIGTERM, stop, NULL, once)) < 0 ||
        (error = sig_set_wakeup_fd(wake[1], 0, NULL)) < 0) {
        fprintf(stderr, "%s: %s\n", argv[0], sig_strerror(error));
        return 1;
    }
    close(wake[1]); /* the library has its own duplicate */

    uint16_t port = argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 0;
    server.polled[LISTENER].fd = listen_on(port);
    if (server.polled[LISTENER].fd < 0) {
        perror("listen");
        return 1;
    }
    stopped_by = loop(&server);
    printf("%s: closing %d connections\n", sig_name(stopped_by),
           server.clients);
    for (int i = LISTENER; i < FIRST + CLIENTS; i++) {
        if (server.polled[i].fd >= 0)
            close(server.polled[i].fd);
    }
    sig_default(stopped_by);
    raise(stopped_by);
    return 0;
}
