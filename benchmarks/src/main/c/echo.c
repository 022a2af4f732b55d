/*
 * The least that an echo server can do: epoll, level-triggered, one thread. What a server in Java costs more than this
 * is Java's, or the library's. Arguments: "plain" or "flip" (as in EchoServer.java), and the size of a message.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 1024, BACKLOG = 4096 };

struct connection {
    int fd;
    ssize_t filled;
    ssize_t written;
    char buffer[];
};

static int epoll;
static int flip;
static size_t size;

static void check(int result, const char *call) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
}

static void control(int operation, struct connection *connection, unsigned interest) {
    struct epoll_event event = {.events = interest, .data.ptr = connection};
    check(epoll_ctl(epoll, operation, connection->fd, &event), "epoll_ctl");
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && errno == EAGAIN) {
            return;
        }
        check(fd, "accept4");
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = malloc(sizeof *connection + size);
        connection->fd = fd;
        connection->filled = connection->written = 0;
        control(EPOLL_CTL_ADD, connection, EPOLLIN);
    }
}

static void end(struct connection *connection) {
    close(connection->fd);
    free(connection);
}

/* Writes what is left; changes interest where it must, or always when flipping. */
static void answer(struct connection *connection, int waited) {
    ssize_t n = write(connection->fd, connection->buffer + connection->written,
                      (size_t)(connection->filled - connection->written));
    if (n < 0 && errno != EAGAIN) {
        end(connection);
        return;
    }
    connection->written += n < 0 ? 0 : n;
    if (connection->written < connection->filled) {
        if (!waited) {
            control(EPOLL_CTL_MOD, connection, EPOLLOUT);
        }
    } else if (waited) {
        control(EPOLL_CTL_MOD, connection, EPOLLIN);
    }
}

static void ask(struct connection *connection) {
    ssize_t n = read(connection->fd, connection->buffer, size);
    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        end(connection);
        return;
    }
    connection->filled = n;
    connection->written = 0;
    if (flip) {
        control(EPOLL_CTL_MOD, connection, EPOLLOUT);
    } else {
        answer(connection, 0);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: echo plain|flip SIZE\n");
        return 2;
    }
    flip = !strcmp(argv[1], "flip");
    size = (size_t)atol(argv[2]);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(listener, "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    check(bind(listener, (struct sockaddr *)&address, length), "bind");
    check(listen(listener, BACKLOG), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    epoll = epoll_create1(EPOLL_CLOEXEC);
    check(epoll, "epoll_create1");
    struct connection door = {.fd = listener};
    struct connection input = {.fd = STDIN_FILENO};
    control(EPOLL_CTL_ADD, &door, EPOLLIN);
    control(EPOLL_CTL_ADD, &input, EPOLLIN);
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == &door) {
                accept_all(listener);
            } else if (connection == &input) {
                return 0; /* the process that started this one has ended */
            } else if (events[i].events & EPOLLOUT) {
                answer(connection, 1);
            } else {
                ask(connection);
            }
        }
    }
}
