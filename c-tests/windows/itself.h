/* A socket that is connected to itself: what is written to it can be read. */
#ifndef ITSELF_H
#define ITSELF_H

#include <winsock2.h>

#include "events.h"

static SOCKET to_itself(void)
{
    WSADATA data;
    struct sockaddr_in at = {.sin_family = AF_INET};
    int size = sizeof at;
    ASSERT_EQ(WSAStartup(0x202, &data), 0);
    SOCKET fd = socket(AF_INET, SOCK_DGRAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, (struct sockaddr *)&at, size), 0);
    ASSERT_EQ(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    ASSERT_EQ(connect(fd, (struct sockaddr *)&at, size), 0);
    return fd;
}

#endif
