#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* In <sys/socket.h> it hides behind a macro that a module's reader can't set. */
struct sockaddr;
extern int accept4(int, struct sockaddr *, unsigned int *, int);

static inline int accept_connection(int listener, int flags) {
    return accept4(listener, 0, 0, flags);
}

/* Neither is <malloc.h> in what Swift sees of the C library. */
extern int malloc_trim(unsigned long);

/* Gives free memory back to the system. */
static inline void release_memory(void) {
    malloc_trim(0);
}

/* Swift doesn't see the packed union of an event as C does. */
static inline int epoll_add(int poller, int file, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(poller, EPOLL_CTL_ADD, file, &event);
}

static inline int epoll_change(int poller, int file, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(poller, EPOLL_CTL_MOD, file, &event);
}

static inline int epoll_remove(int poller, int file) {
    return epoll_ctl(poller, EPOLL_CTL_DEL, file, 0);
}
