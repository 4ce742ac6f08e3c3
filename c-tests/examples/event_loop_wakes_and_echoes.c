/* The event loop with clients: a signal ends its poll() and is handled, while
 * nothing else happens and while bytes flow, of which none is lost; SIGTERM
 * closes its connections, and it dies by SIGTERM.
 *
 * usage: event_loop_wakes_and_echoes EVENT_LOOP */
#include "driver.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum { CLIENTS = 8 };

/* The first sends more than its server's kernel keeps for one socket. */
static int bytes(int client)
{
    return client == 0 ? 16 << 20 : 64 << 10;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int small = 4096;
    MUST(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small));
    MUST(connect(fd, (struct sockaddr *)&to, sizeof to));
    return fd;
}

static unsigned char at(int client, int i)
{
    return (unsigned char)(client * 31 + i % 251);
}

/* Send and receive so many bytes. It reads only when it cannot write, so the server
 * finds its client's buffers full, and has to wait before it sends the rest. */
static void echo(int fd, int client, pid_t server)
{
    static unsigned char out[65536], in[65536];
    for (int sent = 0, got = 0; got < bytes(client);) {
        short writable = sent < bytes(client) ? POLLOUT : 0;
        struct pollfd polled = {fd, POLLIN | writable, 0};
        MUST(poll(&polled, 1, -1));
        if (polled.revents & POLLOUT) {
            int left = bytes(client) - sent, size = (int)sizeof out;
            for (int i = 0; i < size; i++)
                out[i] = at(client, sent + i);
            size = left < size ? left : size;
            sent += (int)MUST(send(fd, out, (size_t)size, MSG_DONTWAIT));
            MUST(kill(server, SIGUSR1));
        } else {
            int n = (int)MUST(recv(fd, in, sizeof in, MSG_DONTWAIT));
            ASSERT_GT(n, 0);
            for (int i = 0; i < n; i++)
                ASSERT_EQ(in[i], at(client, got + i));
            got += n;
        }
    }
}

/* Until it says that it has so many. */
static void wait_for_clients(struct program *p, int count)
{
    do {
        MUST(kill(p->pid, SIGUSR1)); /* at least one answer is still to come */
    } while (atoi(EXPECT(p, ": ")) != count);
}

int main(int argc, char **argv)
{
    int clients[CLIENTS];
    ASSERT_EQ(argc, 2);
    watchdog(60);
    struct program p = start_on_pipes((char *[]){argv[1], NULL});
    int port = atoi(EXPECT(&p, "listens on port "));
    ASSERT_GT(port, 0);
    MUST(kill(p.pid, SIGUSR1)); /* nothing else wakes it */
    ASSERT_STR(EXPECT(&p, ": "), "0 clients\n");

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = connect_to((uint16_t)port);
        echo(clients[i], i, p.pid);
    }
    wait_for_clients(&p, CLIENTS);
    close(clients[0]);
    wait_for_clients(&p, CLIENTS - 1);
    MUST(kill(p.pid, SIGTERM));
    EXPECT(&p, "SIGTERM: closing 7 connections");
    for (int i = 1; i < CLIENTS; i++) {
        char byte;
        ASSERT_EQ(recv(clients[i], &byte, 1, 0), 0);
    }
    ASSERT_KILLED_BY(&p, SIGTERM);
    return 0;
}
