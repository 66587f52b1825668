#pragma once
// No _GNU_SOURCE here: it gives structures of the C library members that Glibc's own module does
// not show, and the compiler refuses two views of one structure.
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// GNU extensions, declared as in the C library's headers.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// Swift does not import functions with variable arguments. Zero would mean the default slack.
static inline int swarmkeeper_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

// The C library's send and recv first note that the thread may be cancelled here, atomically, and
// then that it may not. No thread of ours is ever cancelled, and a load generator spends half a per
// cent of a request on that.
#include <sys/syscall.h>
long syscall(long number, ...);

static inline ssize_t swarmkeeper_send(int socket, const void *bytes, size_t count, int flags) {
    return syscall(SYS_sendto, socket, bytes, count, flags, (void *)0, 0);
}
static inline ssize_t swarmkeeper_recv(int socket, void *bytes, size_t count, int flags) {
    return syscall(SYS_recvfrom, socket, bytes, count, flags, (void *)0, (void *)0);
}
