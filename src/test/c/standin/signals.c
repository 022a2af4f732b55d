/*
 * sigaction(2), and the counting of signals for EVFILT_SIGNAL. A kernel counts a signal as it is sent, whatever the
 * process does about it. Here a handler stands before the process's own, as long as somebody counts.
 */
#include "standin.h"

/* Before <signal.h>, whose sa_handler is a macro. */
static void *handler_of(const struct bsd_sigaction *action) {
    return (void *)(intptr_t)action->sa_handler;
}

static void set_handler(struct bsd_sigaction *action, void *handler) {
    action->sa_handler = (int64_t)(intptr_t)handler;
}

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#define ROW(name) {BSD_##name, name},

static const int numbers[][2] = {BSD_SIGNALS(ROW)};

int signal_in(int signal) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i][0] == signal) {
            return numbers[i][1];
        }
    }
    return -1;
}

#define BELLS 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counters[NSIG];              /* how many count it; guarded by lock */
static struct sigaction before[NSIG];   /* what the process does about it */
static atomic_long counts[NSIG];
static atomic_int bells[BELLS];         /* eventfds, plus one */

static void ring(void) {
    uint64_t one = 1;
    for (int i = 0; i < BELLS; i++) {
        int bell = atomic_load(&bells[i]);
        if (bell != 0) {
            syscall(SYS_write, bell - 1, &one, sizeof one);
        }
    }
}

static bool is_ignored_by_default(int signal) {
    return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT;
}

static void counting(int signal, siginfo_t *info, void *context) {
    int saved = errno;
    atomic_fetch_add(&counts[signal], 1);
    ring();
    struct sigaction *own = &before[signal];
    if (own->sa_flags & SA_SIGINFO) {
        own->sa_sigaction(signal, info, context);
    } else if (own->sa_handler == SIG_DFL && !is_ignored_by_default(signal)) {
        /* The process dies of it. */
        sigaction(signal, own, NULL);
        raise(signal);
    } else if (own->sa_handler != SIG_DFL && own->sa_handler != SIG_IGN) {
        own->sa_handler(signal);
    }
    errno = saved;
}

static bool is_counting(const struct sigaction *action) {
    return action->sa_flags & SA_SIGINFO && action->sa_sigaction == counting;
}

/* Whoever sets an action by the process's own C library, as the JVM does, is noticed by the next who counts. */
bool count_signal(int signal) {
    struct sigaction present;
    pthread_mutex_lock(&lock);
    bool known = sigaction(signal, NULL, &present) == 0;
    if (known) {
        counters[signal]++;
        if (!is_counting(&present)) {
            before[signal] = present;
            struct sigaction count = {.sa_sigaction = counting, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
            known = sigaction(signal, &count, NULL) == 0;
        }
    }
    pthread_mutex_unlock(&lock);
    return known;
}

void stop_counting(int signal) {
    struct sigaction present;
    pthread_mutex_lock(&lock);
    if (--counters[signal] == 0 && sigaction(signal, NULL, &present) == 0 && is_counting(&present)) {
        sigaction(signal, &before[signal], NULL);
    }
    pthread_mutex_unlock(&lock);
}

long signal_count(int signal) {
    return atomic_load(&counts[signal]);
}

bool ring_on_signals(int eventfd) {
    for (int i = 0; i < BELLS; i++) {
        int none = 0;
        if (atomic_compare_exchange_strong(&bells[i], &none, eventfd + 1)) {
            return true;
        }
    }
    return false;
}

void ring_no_more(int eventfd) {
    for (int i = 0; i < BELLS; i++) {
        int bell = eventfd + 1;
        atomic_compare_exchange_strong(&bells[i], &bell, 0);
    }
}

/* Handlers take a number of Linux's: nobody here looks at it. */
int bsd_sigaction(int number, const struct bsd_sigaction *action, struct bsd_sigaction *old) {
    int signal = signal_in(number);
    struct sigaction present;
    if (signal < 0 || sigaction(signal, NULL, &present) != 0) {
        return fail(EINVAL);
    }
    pthread_mutex_lock(&lock);
    bool counted = is_counting(&present);
    if (old != NULL) {
        memset(old, 0, sizeof *old);
        struct sigaction *own = counted ? &before[signal] : &present;
        set_handler(old, own->sa_handler);
        old->sa_flags = own->sa_flags & SA_SIGINFO ? BSD_SA_SIGINFO : 0;
    }
    int result = 0;
    if (action != NULL) {
        /* Without SA_RESTART a handler ends a call that waits, here as there. */
        struct sigaction own = {.sa_handler = handler_of(action),
                                .sa_flags = action->sa_flags & BSD_SA_RESTART ? SA_RESTART : 0};
        if (counted) {
            before[signal] = own;
        } else {
            result = translated(sigaction(signal, &own, NULL));
        }
    }
    pthread_mutex_unlock(&lock);
    return result;
}

unsigned long bsd_pthread_self(void) {
    return pthread_self();
}

int bsd_pthread_kill(unsigned long thread, int number) {
    int signal = number == 0 ? 0 : signal_in(number);
    return signal < 0 ? bsd_errno(EINVAL) : pthread_kill(thread, signal) == 0 ? 0 : bsd_errno(ESRCH);
}

/* A set is bits in words of 32, of which the first has all signals that are counted here. */
int bsd_pthread_sigmask(int how, const void *set, void *old) {
    if (old != NULL || set == NULL) {
        return bsd_errno(EINVAL);
    }
    uint32_t bits;
    memcpy(&bits, set, sizeof bits);
    sigset_t own;
    sigemptyset(&own);
    for (int number = 1; number <= 32; number++) {
        if (bits & (uint32_t)1 << (number - 1) && signal_in(number) > 0) {
            sigaddset(&own, signal_in(number));
        }
    }
    int own_how = how == BSD_SIG_BLOCK ? SIG_BLOCK : how == BSD_SIG_UNBLOCK ? SIG_UNBLOCK : SIG_SETMASK;
    return pthread_sigmask(own_how, &own, NULL) == 0 ? 0 : bsd_errno(EINVAL);
}
