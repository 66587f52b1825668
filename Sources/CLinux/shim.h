#pragma once
// No _GNU_SOURCE here: it gives structures of the C library members that Glibc's own module does
// not show, and the compiler refuses two views of one structure.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// GNU extensions, declared as in the C library's headers.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);

// Swift does not import functions with variable arguments. Zero would mean the default slack.
static inline int swarmkeeper_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}
