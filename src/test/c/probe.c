/*
 * Asks this system's own headers whether they agree with the tables: assertions.h, which a test writes, asserts every
 * constant, offset and size of one ABI. A program that compiles has nothing more to say, so it is never run.
 */
#define _GNU_SOURCE
#define _NETBSD_SOURCE
#define _DARWIN_C_SOURCE
#define __APPLE_USE_RFC_3542

#include <stddef.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

/* What only some systems have. */
#if __has_include(<sys/event.h>)
#include <sys/event.h>
#endif
#if __has_include(<sys/filio.h>)
#include <sys/filio.h>
#endif
#if __has_include(<sys/ttycom.h>)
#include <sys/ttycom.h>
#endif
#if __has_include(<sys/ucred.h>)
#include <sys/ucred.h>
#endif
#if __has_include(<sys/epoll.h>)
#include <sys/epoll.h>
#endif
#if __has_include(<sys/eventfd.h>)
#include <sys/eventfd.h>
#endif
#if __has_include(<sys/inotify.h>)
#include <sys/inotify.h>
#endif
#if __has_include(<sys/signalfd.h>)
#include <sys/signalfd.h>
#endif
#if __has_include(<sys/timerfd.h>)
#include <sys/timerfd.h>
#endif
#if __has_include(<sys/syscall.h>)
#include <sys/syscall.h>
#endif

#if defined(__APPLE__)
#define st_atim st_atimespec
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

#define CONSTANT(name, bits) _Static_assert((unsigned int) (name) == (bits), #name)
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "sizeof " #type)
#define ALIGNMENT(type, bytes) _Static_assert(_Alignof(type) == (bytes), "alignof " #type)
#define OFFSET(type, field, bytes) _Static_assert(offsetof(type, field) == (bytes), "offset of " #type "." #field)
#define WIDTH(type, field, bytes) \
    _Static_assert(sizeof(((type *) 0)->field) == (bytes), "size of " #type "." #field)
#define CONTROL(payload, length, space) \
    _Static_assert(CMSG_LEN(payload) == (length) && CMSG_SPACE(payload) == (space), "CMSG of " #payload)

#include "assertions.h"
